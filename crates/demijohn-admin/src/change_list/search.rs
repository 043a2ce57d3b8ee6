//! The search of a list.

use demijohn_core::model::Value;
use demijohn_orm::Condition;
use demijohn_sql::{Column, Compare, Expr, Match};

use super::columns::display_columns;
use super::query::LONGEST_SEARCH;

/// Words of one search; what follows is not looked for.
const MOST_WORDS: usize = 20;

/// The rows in which every word stands somewhere in one of these columns, in any case of letters.
///
/// Text in quotes is one word. Numbers have to be the whole value of a column of numbers.
pub(crate) fn condition(text: &str, columns: &[Column]) -> Option<Condition> {
    let columns: Vec<Column> = columns.iter().copied().flat_map(searched).collect();
    let words = words(text);
    if columns.is_empty() || words.is_empty() {
        return None;
    }
    let conditions = words.iter().map(|word| {
        let matches = columns.iter().filter_map(|column| matches(*column, word));
        Condition::from_expr(Expr::Or(matches.collect()))
    });
    Some(conditions.fold(Condition::all(), |all, one| all & one))
}

/// A foreign key is searched by what people read for its row.
fn searched(column: Column) -> Vec<Column> {
    match column.meta().relation {
        Some(_) => display_columns(column.path.child(column.field)),
        None => vec![column],
    }
}

fn matches(column: Column, word: &str) -> Option<Expr> {
    let kind = column.meta().kind;
    if kind.is_integer() {
        let number = Expr::Value(Value::Int(word.parse().ok()?));
        return Some(Expr::Compare(Compare::Eq, Box::new((Expr::Column(column), number))));
    }
    kind.is_text().then(|| Expr::Match {
        how: Match::Contains,
        ignore_case: true,
        operands: Box::new((Expr::Column(column), Expr::Value(Value::from(word)))),
    })
}

/// The words of a search: between spaces, or between quotes.
fn words(text: &str) -> Vec<String> {
    let text: String = text.chars().filter(|letter| *letter != '\0').take(LONGEST_SEARCH).collect();
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && words.len() < MOST_WORDS {
        let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''));
        let end = quote.and_then(|quote| rest[1..].find(quote));
        let word = match end {
            Some(end) => {
                let word = &rest[1..=end];
                rest = rest[end + 2..].trim_start();
                word
            }
            None => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                rest = after.trim_start();
                word
            }
        };
        if !word.is_empty() {
            words.push(word.to_owned());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_between_spaces_or_quotes() {
        assert_eq!(words("  a  b "), ["a", "b"]);
        assert_eq!(words("\"a b\" c 'd e'"), ["a b", "c", "d e"]);
        assert_eq!(words("it's \"open"), ["it's", "\"open"]);
        assert_eq!(words("\"\" x\0y"), ["xy"]);
    }

    #[test]
    fn a_long_search_is_cut_in_linear_time() {
        assert_eq!(words(&"a ".repeat(100_000)).len(), MOST_WORDS);
        assert_eq!(words(&"\"".repeat(100_000)).len(), 0);
    }
}
