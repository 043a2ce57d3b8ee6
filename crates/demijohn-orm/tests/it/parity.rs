//! `docs/orm-parity.md` is true: every name of Django's inventory stands in it, and what works has a test that is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Words of the inventory's sentences that are no names of Django's.
const WORDS: [&str; 50] = [
    "Field",
    "removed",
    "Common",
    "Enumerations",
    "API",
    "Inheritance",
    "Unmanaged",
    "Swappable",
    "Constraints",
    "Indexes",
    "Auto",
    "Return",
    "Other",
    "Every",
    "twin",
    "UUID",
    "postgres",
    "Custom",
    "Relationship",
    "__",
    "SQL",
    "SQLite",
    "LIKE",
    "ESCAPE",
    "REGEXP",
    "PG",
    "UPPER",
    "Expressions",
    "DB",
    "JSON",
    "On",
    "Django",
    "Demijohn",
    "ON",
    "OFF",
    "Signal",
    "deleted",
    "Then",
    "Not",
    "Site",
    "FK",
    "ALTER",
    "TYPE",
    "USING",
    "_like",
    "text",
    "FKs",
    "Lookup",
    "Transform",
    "Raw",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A row of the tables: names, state, tests.
struct Row {
    names: Vec<String>,
    state: String,
    tests: Vec<String>,
}

/// What stands in backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/orm-parity.md")).expect("the document is there");
    let (_, part) = text.split_once("\n# By Django's names\n").expect("the document has this part");
    let lines = part.lines().filter(|line| line.starts_with("| `"));
    let cells =
        lines.map(|line| line.trim_matches('|').replace("\\|", "/").split('|').map(str::to_owned).collect::<Vec<_>>());
    cells
        .map(|cells| {
            assert_eq!(cells.len(), 3, "three cells: {cells:?}");
            Row { names: quoted(&cells[0]), state: cells[1].trim().to_owned(), tests: quoted(&cells[2]) }
        })
        .collect()
}

#[test]
fn what_works_has_a_test_that_is_there() {
    let rows = rows();
    assert!(rows.len() > 100, "only {} rows were read", rows.len());
    for Row { names, state, tests } in &rows {
        let known = ["works", "differs", "left out"].iter().any(|word| state.starts_with(word));
        assert!(known, "{names:?} neither works nor differs nor is left out: {state}");
        let says_how = state.len() > "left out: ".len();
        assert!(state.starts_with("works") || says_how, "{names:?} does not say how or why: {state}");
        assert!(!state.starts_with("works") || !tests.is_empty(), "{names:?} works, but no test shows it");
        for test in tests {
            let (file, name) = test.split_once("::").expect("a file and a test");
            let path = if file.starts_with("crates/") {
                root().join(file)
            } else {
                root().join("crates/demijohn-orm/tests/it").join(file)
            };
            let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{names:?}: {file}: {error}"));
            assert!(source.contains(&format!("fn {name}(")), "{names:?}: {file} has no test `{name}`");
        }
    }
}

/// The names in a line of the inventory, without what stands in brackets.
fn names_of(line: &str) -> Vec<String> {
    let line = if line.starts_with('|') { line.trim_matches('|').split('|').next().unwrap_or_default() } else { line };
    let mut depth = 0_i32;
    let flat: String = line
        .chars()
        .filter_map(|letter| {
            match letter {
                '(' => depth += 1,
                ')' => depth = (depth - 1).max(0),
                '`' | '*' => return None,
                _ if depth == 0 => return Some(letter),
                _ => return None,
            }
            (letter == ')').then_some(' ')
        })
        .collect();
    let is_name = |word: &str| {
        word.len() > 1
            && word.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
            && word.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let mut names = Vec::new();
    for piece in flat.replace(". ", ",").split([',', ';', '·', '/', '|', ':', '=', '+', '{', '}', '→', '—', '–', '…'])
    {
        let words: Vec<&str> = piece.split_whitespace().map(|word| word.trim_matches('.')).collect();
        let alone = words.len() == 1;
        let wanted = words.iter().filter(|word| {
            is_name(word)
                && (alone || word.contains('_') || word.starts_with(|letter: char| letter.is_ascii_uppercase()))
        });
        names.extend(wanted.map(|word| (*word).to_owned()));
    }
    names
}

/// Read where the inventory lies beside the project.
#[test]
fn every_name_of_the_inventory_stands_in_a_row() {
    let Ok(text) = fs::read_to_string(root().join("../shared/inventory/orm.md")) else {
        eprintln!("skipped: the inventory is not here");
        return;
    };
    let known: BTreeSet<String> =
        rows().into_iter().flat_map(|row| row.names).chain(WORDS.map(str::to_owned)).collect();
    let lines = text.lines().skip_while(|line| !line.starts_with("## ")).filter(|line| !line.starts_with("## "));
    let all: BTreeSet<String> = lines.filter(|line| !line.starts_with("|---")).flat_map(names_of).collect();
    assert!(all.len() > 500, "only {} names were read", all.len());
    let missing: Vec<&String> = all.difference(&known).collect();
    assert!(missing.is_empty(), "no row of docs/orm-parity.md names {missing:?}");
}
