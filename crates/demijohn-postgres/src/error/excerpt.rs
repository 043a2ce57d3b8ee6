//! How a statement is shown.

/// What of a statement is shown when nothing points into it.
const SHOWN: usize = 2_000;

/// What of a line is shown before and after the place that the server points at.
const AROUND: usize = 60;

/// A statement as errors show it; with the position of a character, the line there and a mark under it.
pub(crate) fn excerpt(sql: &str, position: Option<usize>) -> String {
    let offset = position.and_then(|position| sql.char_indices().nth(position)).map(|(offset, _)| offset);
    let Some(offset) = offset else {
        let mut shown: String = sql.chars().take(SHOWN).collect();
        if shown.len() < sql.len() {
            shown.push('…');
        }
        return format!("  sql | {}", shown.trim().replace('\n', "\n      | "));
    };
    let before: Vec<char> = sql[..offset].chars().rev().take_while(|c| *c != '\n').take(AROUND).collect();
    let after: String = sql[offset..].chars().take_while(|c| *c != '\n').take(AROUND).collect();
    let width = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').count().max(1);
    let line: String =
        before.iter().rev().copied().chain(after.chars()).map(|c| if c == '\t' { ' ' } else { c }).collect();
    format!("  sql | {line}\n      | {}{}", " ".repeat(before.len()), "^".repeat(width))
}
