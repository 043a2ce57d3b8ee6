//! Finding the name that was probably meant, for error messages.

use std::fmt::Write as _;

/// The choice nearest to `found`, if one is near enough to have been meant.
///
/// ```
/// assert_eq!(demijohn_core::suggest::nearest("titel", ["id", "title"]), Some("title"));
/// assert_eq!(demijohn_core::suggest::nearest("colour", ["id", "title"]), None);
/// assert_eq!(demijohn_core::suggest::nearest("x", ["id", "title"]), None);
/// ```
pub fn nearest<'a>(found: &str, choices: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Names longer than this were not mistyped, and the distance costs the product of both lengths.
    if found.len() > 64 {
        return None;
    }
    choices
        .into_iter()
        .map(|choice| (distance(found, choice), choice))
        .filter(|(distance, choice)| {
            let length = choice.chars().count();
            // Two names of which every letter differs are not alike, however short they are.
            *distance <= length.max(3) / 3 + 1 && *distance < length.max(found.chars().count())
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, choice)| choice)
}

/// The choices as a list in backticks, cut after thirty.
///
/// ```
/// assert_eq!(demijohn_core::suggest::list(["id", "title"]), "`id`, `title`");
/// ```
pub fn list<'a>(choices: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    let mut left_out = 0;
    for (n, choice) in choices.into_iter().enumerate() {
        if n >= 30 {
            left_out += 1;
            continue;
        }
        let _ = write!(text, "{}`{choice}`", if n == 0 { "" } else { ", " });
    }
    if left_out > 0 {
        let _ = write!(text, " and {left_out} more");
    }
    if text.is_empty() { "(none)".to_owned() } else { text }
}

/// How many insertions, deletions and replacements lie between two names.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = if x == *y { diagonal } else { 1 + diagonal.min(row[j]).min(row[j + 1]) };
            diagonal = row[j + 1];
            row[j + 1] = cost;
        }
    }
    row[b.len()]
}
