//! Names of Rust made of the names of tables and columns.

use std::collections::HashSet;

/// Words that no identifier can be, not even as `r#…`.
const NEVER: [&str; 4] = ["self", "super", "crate", "Self"];

/// Words that are identifiers only as `r#…`.
const KEYWORDS: [&str; 47] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while",
];

/// Types that the written source mentions: a model of this name would stand in their place.
const TYPES: [&str; 18] = [
    "Clone",
    "Date",
    "Debug",
    "Decimal",
    "Duration",
    "Fields",
    "ForeignKey",
    "ManyToMany",
    "Model",
    "Option",
    "Self",
    "String",
    "Text",
    "Time",
    "Timestamp",
    "Uuid",
    "Value",
    "Vec",
];

/// Methods that the builder of a new row has, so that no field of it can be called like them.
const BUILDER: [&str; 2] = ["save", "build"];

/// Names that were given away already.
#[derive(Default)]
pub(super) struct Taken(HashSet<String>);

impl Taken {
    /// Keeps a name for what has it by itself.
    pub(super) fn reserve(&mut self, name: &str) {
        self.0.insert(name.to_owned());
    }

    /// Is it free?
    pub(super) fn is_free(&self, name: &str) -> bool {
        !self.0.contains(name)
    }

    /// The name, or the first of `name_2`, `name_3` (`Name2`, `Name3`) that is free.
    fn take(&mut self, name: String, separator: &str) -> String {
        let mut found = name.clone();
        let mut n = 2;
        while !self.0.insert(found.clone()) {
            found = format!("{name}{separator}{n}");
            n += 1;
        }
        found
    }
}

/// The model of a table: `BlogPost` for `blog_post`. The derive makes `BlogPostColumns` and `BlogPostCreate` beside it.
pub(super) fn model(table: &str, taken: &mut Taken) -> String {
    let mut name: String = words(table).map(capitalised).collect();
    if name.is_empty() || name.starts_with(|letter: char| letter.is_ascii_digit()) {
        name.insert_str(0, "Table");
    }
    if TYPES.contains(&name.as_str()) {
        name.push_str("Row");
    }
    let name = taken.take(name, "");
    taken.reserve(&format!("{name}Columns"));
    taken.reserve(&format!("{name}Create"));
    name
}

/// The field of a column: `created_at` for `createdAt`. Without `r#`.
pub(super) fn field(column: &str, taken: &mut Taken) -> String {
    let words: Vec<String> = words(column).map(str::to_lowercase).collect();
    let mut name = words.join("_");
    if name.is_empty() || name.starts_with(|letter: char| letter.is_ascii_digit()) {
        name = if name.is_empty() { "column".to_owned() } else { format!("column_{name}") };
    }
    if NEVER.contains(&name.as_str()) || BUILDER.contains(&name.as_str()) {
        name.push_str("_column");
    }
    taken.take(name, "_")
}

/// The field of a foreign key: `author` for `author_id`, unless another column is called that.
pub(super) fn relation(column: &str, others: &[&str], taken: &mut Taken) -> String {
    let short = column.strip_suffix("_id").or_else(|| column.strip_suffix("Id")).filter(|short| !short.is_empty());
    let is_other = |short: &str| others.iter().any(|other| other.eq_ignore_ascii_case(short));
    match short {
        Some(short) if !is_other(short) && taken.is_free(short) => field(short, taken),
        _ => field(column, taken),
    }
}

/// The name as source: `r#type`.
pub(super) fn identifier(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}

/// The words of a name: parted by what is no letter or digit of ASCII, and where a capital follows a small letter.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let part = |part: &str| -> Vec<usize> {
        let bytes = part.as_bytes();
        let turns = |at: &usize| {
            bytes[*at].is_ascii_uppercase()
                && (bytes[at - 1].is_ascii_lowercase() || bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase))
        };
        (1..bytes.len()).filter(turns).collect()
    };
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|text| !text.is_empty()).flat_map(move |text| {
        let mut cuts = part(text);
        cuts.push(text.len());
        let starts: Vec<usize> = std::iter::once(0).chain(cuts.iter().copied()).collect();
        starts.into_iter().zip(cuts).map(|(from, to)| &text[from..to]).collect::<Vec<_>>()
    })
}

fn capitalised(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let mut letters = lower.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_types() {
        let mut taken = Taken::default();
        let mut name = |table: &str| model(table, &mut taken);
        assert_eq!(name("blog_post"), "BlogPost");
        assert_eq!(name("blog__post"), "BlogPost2");
        assert_eq!(name("blog post columns"), "BlogPostColumns2");
        assert_eq!(name("OrderLine"), "OrderLine");
        assert_eq!(name("HTTPLog"), "HttpLog");
        assert_eq!(name("text"), "TextRow");
        assert_eq!(name("2024"), "Table2024");
        assert_eq!(name("größe"), "GrE");
        assert_eq!(name("日"), "Table");
    }

    #[test]
    fn columns_become_fields() {
        let mut taken = Taken::default();
        let mut name = |column: &str| field(column, &mut taken);
        assert_eq!(name("createdAt"), "created_at");
        assert_eq!(name("created__at_"), "created_at_2");
        assert_eq!(name("type"), "type");
        assert_eq!(name("self"), "self_column");
        assert_eq!(name("save"), "save_column");
        assert_eq!(name("1st"), "column_1st");
        assert_eq!(name("°"), "column");
        assert_eq!(identifier("type"), "r#type");
    }

    #[test]
    fn a_foreign_key_is_called_like_what_it_leads_to() {
        let mut taken = Taken::default();
        assert_eq!(relation("author_id", &["title"], &mut taken), "author");
        assert_eq!(relation("editor_id", &["editor"], &mut taken), "editor_id");
        assert_eq!(relation("owner", &[], &mut taken), "owner");
        assert_eq!(relation("_id", &[], &mut taken), "id");
    }
}
