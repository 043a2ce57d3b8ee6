//! SQL that people write: `?` for each value, on every database.

use crate::Dialect;

/// Writes each `?` outside of quotes and comments as the database's own placeholder; `??` is a question mark itself.
/// How many values it takes comes back.
pub fn translate(sql: &str, dialect: &dyn Dialect) -> (String, usize) {
    let mut written = String::with_capacity(sql.len() + 16);
    let mut rest = sql;
    let mut count = 0;
    while let Some(letter) = rest.chars().next() {
        let plain = match letter {
            '?' if rest.starts_with("??") => {
                written.push('?');
                rest = &rest[2..];
                continue;
            }
            '?' => {
                count += 1;
                dialect.placeholder(&mut written, count);
                rest = &rest[1..];
                continue;
            }
            '\'' | '"' | '`' => quoted(rest, letter, dialect.name() == "mysql"),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '$' if dialect.name() == "postgres" => dollar_quoted(rest),
            other => other.len_utf8(),
        };
        written.push_str(&rest[..plain]);
        rest = &rest[plain..];
    }
    (written, count)
}

/// How long a text in quotes is. A quote that is doubled begins the next text at once, which comes to the same.
fn quoted(text: &str, quote: char, backslashes: bool) -> usize {
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == quote {
            return at + 1;
        }
        if backslashes && letter == '\\' {
            letters.next();
        }
    }
    text.len()
}

/// How long `$tag$ … $tag$` is; one letter when it is something else.
fn dollar_quoted(text: &str) -> usize {
    let Some(end) = text[1..].find('$').map(|end| end + 2) else { return 1 };
    let tag = &text[..end];
    let named = tag[1..end - 1].chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    if !named || tag[1..].starts_with(|first: char| first.is_ascii_digit()) {
        return 1;
    }
    text[end..].find(tag).map_or(text.len(), |close| end + close + tag.len())
}

#[cfg(test)]
mod tests {
    use super::translate;
    use crate::{Mysql, Postgres, Sqlite};

    #[test]
    fn question_marks_in_quotes_and_comments_are_left_alone() {
        let sql = "SELECT '?', \"a?\", ? -- ?\n, /* ? */ ? FROM t WHERE a ?? 'it''s ?' AND b = $x$ ? $x$ AND c = ?";
        let (postgres, count) = translate(sql, &Postgres);
        assert_eq!(
            postgres,
            "SELECT '?', \"a?\", $1 -- ?\n, /* ? */ $2 FROM t WHERE a ? 'it''s ?' AND b = $x$ ? $x$ AND c = $3"
        );
        assert_eq!(count, 3);
        assert_eq!(translate("a = ? AND b = '?", &Sqlite), ("a = ? AND b = '?".to_owned(), 1));
        assert_eq!(translate(r"a = 'x\' ?' AND b = ?", &Mysql).1, 1);
        assert_eq!(translate("ü ? /* ?", &Postgres), ("ü $1 /* ?".to_owned(), 1));
    }
}
