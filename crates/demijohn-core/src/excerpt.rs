//! Lines of a text around the place at fault, as error messages and the debug page show them.

use std::fmt::Write as _;

/// The line `line` of `text` (counted from 1) with `around` lines before and after it, and a marker under the
/// `width` characters from `column` (counted from 1; 0 leaves the marker out).
///
/// ```
/// let text = "debug = true\nport = 'x'\n";
/// assert_eq!(demijohn_core::excerpt::lines(text, 2, 8, 3, 0), "  2 | port = 'x'\n    |        ^^^");
/// ```
pub fn lines(text: &str, line: usize, column: usize, width: usize, around: usize) -> String {
    let first = line.saturating_sub(around).max(1);
    let digits = (line + around).to_string().len().max(3);
    let mut out = String::new();
    for (number, content) in text.lines().enumerate().map(|(n, content)| (n + 1, content)) {
        if number < first || number > line + around {
            continue;
        }
        let shown: String = content.chars().take(160).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let _ = writeln!(out, "{number:>digits$} | {}", shown.trim_end());
        if number == line && column > 0 && column <= 160 {
            let marker = "^".repeat(width.clamp(1, 60));
            let _ = writeln!(out, "{:>digits$} | {}{marker}", "", " ".repeat(column - 1));
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The line and the column, both counted from 1, of the byte `offset` in `text`.
///
/// ```
/// assert_eq!(demijohn_core::excerpt::position("a\nbc", 3), (2, 2));
/// ```
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line, column)
}
