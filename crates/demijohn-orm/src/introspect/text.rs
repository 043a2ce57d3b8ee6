//! The parts of a `CREATE TABLE` of SQLite, which says in its text alone what checks a table has.

use demijohn_sql::schema::ExistingCheck;

/// What the text of a table says beyond its columns and keys.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) checks: Vec<ExistingCheck>,
    /// Column and what it is computed from.
    pub(super) generated: Vec<(String, String)>,
    /// Column and its order of letters.
    pub(super) collations: Vec<(String, String)>,
    /// The columns of each foreign key that is looked at when a transaction ends.
    pub(super) deferred: Vec<Vec<String>>,
    /// Does the database never give a number twice?
    pub(super) autoincrement: bool,
}

/// A piece of SQL: a word, a quoted name, or what stands in brackets.
#[derive(Debug, PartialEq)]
enum Piece {
    Word(String),
    Quoted(String),
    Brackets(String),
    Comma,
}

impl Piece {
    fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(wanted))
    }

    fn name(&self) -> String {
        match self {
            Self::Word(text) | Self::Quoted(text) | Self::Brackets(text) => text.clone(),
            Self::Comma => String::new(),
        }
    }
}

/// Reads the text of a table.
pub(super) fn parts(sql: &str) -> Parts {
    let body = pieces(sql).into_iter().find_map(|piece| match piece {
        Piece::Brackets(inner) => Some(inner),
        _ => None,
    });
    let pieces = pieces(&body.unwrap_or_default());
    let mut parts = Parts::default();
    for part in pieces.split(|piece| *piece == Piece::Comma) {
        let Some(first) = part.first() else { continue };
        let table_words = ["constraint", "primary", "unique", "check", "foreign"];
        let column = if table_words.iter().any(|word| first.is(word)) { None } else { Some(first.name()) };
        read(part, column.as_deref(), &mut parts);
    }
    parts
}

fn read(part: &[Piece], column: Option<&str>, parts: &mut Parts) {
    let mut name = None;
    let mut key = column.map(|column| vec![column.to_owned()]);
    // The first piece of a column is its name, whatever it spells.
    let from = usize::from(column.is_some());
    for (n, piece) in part.iter().enumerate().skip(from) {
        let next = part.get(n + 1);
        if piece.is("constraint") {
            name = next.map(Piece::name);
        } else if let (true, Some(Piece::Brackets(condition))) = (piece.is("check"), next) {
            let condition = condition.trim().to_owned();
            parts.checks.push(ExistingCheck { name: name.take(), condition, column: column.map(str::to_owned) });
        } else if let (true, Some(column), Some(Piece::Brackets(text))) = (piece.is("as"), column, next) {
            parts.generated.push((column.to_owned(), text.trim().to_owned()));
        } else if let (true, Some(column), Some(next)) = (piece.is("collate"), column, next) {
            parts.collations.push((column.to_owned(), next.name()));
        } else if let (true, Some(Piece::Brackets(columns))) = (piece.is("key"), next) {
            key = Some(pieces(columns).iter().filter(|piece| **piece != Piece::Comma).map(Piece::name).collect());
        } else if let (true, Some(next), Some(columns)) = (piece.is("initially"), next, &key) {
            parts.deferred.extend(next.is("deferred").then(|| columns.clone()));
        } else if piece.is("autoincrement") {
            parts.autoincrement = true;
        }
    }
}

fn pieces(sql: &str) -> Vec<Piece> {
    let letters: Vec<char> = sql.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let letter = letters[at];
        match letter {
            '"' | '`' | '\'' | '[' => {
                let (text, end) = quoted(&letters, at);
                found.push(Piece::Quoted(text));
                at = end;
            }
            '(' => {
                let end = closing(&letters, at);
                found.push(Piece::Brackets(letters[at + 1..end].iter().collect()));
                at = end + 1;
            }
            ',' => {
                found.push(Piece::Comma);
                at += 1;
            }
            '-' if letters.get(at + 1) == Some(&'-') => at = line_end(&letters, at),
            '/' if letters.get(at + 1) == Some(&'*') => at = comment_end(&letters, at),
            _ if letter.is_alphanumeric() || letter == '_' => {
                let end = letters[at..].iter().position(|letter| !letter.is_alphanumeric() && *letter != '_');
                let end = end.map_or(letters.len(), |length| at + length);
                found.push(Piece::Word(letters[at..end].iter().collect()));
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

/// What stands between quotes, and the place behind them. A quote written twice is one.
fn quoted(letters: &[char], from: usize) -> (String, usize) {
    let close = if letters[from] == '[' { ']' } else { letters[from] };
    let mut text = String::new();
    let mut at = from + 1;
    while at < letters.len() {
        if letters[at] == close {
            if close == ']' || letters.get(at + 1) != Some(&close) {
                return (text, at + 1);
            }
            at += 1;
        }
        text.push(letters[at]);
        at += 1;
    }
    (text, at)
}

/// The place of the bracket that closes the one here, or the end.
fn closing(letters: &[char], from: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = from;
    while at < letters.len() {
        match letters[at] {
            '"' | '`' | '\'' | '[' => {
                at = quoted(letters, at).1;
                continue;
            }
            '-' if letters.get(at + 1) == Some(&'-') => {
                at = line_end(letters, at);
                continue;
            }
            '/' if letters.get(at + 1) == Some(&'*') => {
                at = comment_end(letters, at);
                continue;
            }
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
        at += 1;
    }
    letters.len()
}

fn line_end(letters: &[char], from: usize) -> usize {
    letters[from..].iter().position(|letter| *letter == '\n').map_or(letters.len(), |length| from + length)
}

fn comment_end(letters: &[char], from: usize) -> usize {
    let end = letters[from..].windows(2).skip(2).position(|pair| pair == ['*', '/']);
    end.map_or(letters.len(), |length| from + length + 4)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn reads_what_only_the_text_of_a_table_says() {
        let parts = parts(
            "CREATE TABLE \"t,(\" (\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, -- CHECK (no)\n\
             \"check\" text COLLATE NOCASE CHECK ((JSON_VALID(\"check\") OR \"check\" IS NULL)), /* , */\n\
             sum integer GENERATED ALWAYS AS (a + (b * ')')) STORED, CONSTRAINT \"a \"\"b\"\"\" CHECK (x > 0), CHECK (y))",
        );
        assert!(parts.autoincrement);
        assert_eq!(parts.collations, [("check".to_owned(), "NOCASE".to_owned())]);
        assert_eq!(parts.generated, [("sum".to_owned(), "a + (b * ')')".to_owned())]);
        let checks: Vec<_> =
            parts.checks.iter().map(|c| (c.name.as_deref(), c.column.as_deref(), c.condition.as_str())).collect();
        assert_eq!(
            checks,
            [
                (None, Some("check"), "(JSON_VALID(\"check\") OR \"check\" IS NULL)"),
                (Some("a \"b\""), None, "x > 0"),
                (None, None, "y"),
            ]
        );
    }
}
