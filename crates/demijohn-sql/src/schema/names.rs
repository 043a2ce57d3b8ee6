//! The names that Django makes up for indexes and constraints. Nothing but its name says where such an index came
//! from, so two programs on one database must agree on every letter.

use std::fmt::Write as _;

use md5::{Digest as _, Md5};

/// The name of an index or constraint that follows from its columns: table, columns, eight digits and a suffix
/// (`_uniq`, `_like`, `_fk_auth_user_id`, or nothing), cut to `longest` bytes.
///
/// ```
/// # use demijohn_sql::schema::column_index_name;
/// assert_eq!(column_index_name("django_session", &["expire_date"], "", 200), "django_session_expire_date_a5c62663");
/// ```
pub fn column_index_name(table: &str, columns: &[&str], suffix: &str, longest: usize) -> String {
    let mut parts = vec![table];
    parts.extend(columns);
    let mut tail = format!("{}{suffix}", digest(&parts, 8));
    let columns = columns.join("_");
    let name = format!("{table}_{columns}_{tail}");
    if name.len() <= longest {
        return name;
    }
    if tail.len() > longest / 3 {
        tail = first(&tail, longest / 3).to_owned();
    }
    let room = (longest - tail.len()) / 2 - 1;
    let mut name = format!("{}_{}_{tail}", first(table, room), first(&columns, room));
    if name.starts_with(|letter: char| letter == '_' || letter.is_ascii_digit()) {
        name.pop();
        name.insert(0, 'D');
    }
    name
}

/// The name of an index that a model lists without naming it: at most 30 characters. `column` is the first column,
/// `parts` everything it is over, with a `-` before what is turned round; the suffix says how it finds rows (`idx`,
/// `gin`).
///
/// ```
/// # use demijohn_sql::schema::declared_index_name;
/// assert_eq!(declared_index_name("polls_p", "title", &["title"], "idx"), "polls_p_title_806377_idx");
/// ```
pub fn declared_index_name(table: &str, column: &str, parts: &[&str], suffix: &str) -> String {
    let mut hashed = vec![table];
    hashed.extend(parts);
    hashed.push(suffix);
    let mut name = format!("{}_{}_{}_{suffix}", first(table, 11), first(column, 7), digest(&hashed, 6));
    if name.starts_with(|letter: char| letter == '_' || letter.is_ascii_digit()) {
        name.replace_range(..1, "D");
    }
    name
}

/// The first hexadecimal digits of the MD5 of the parts, one after another.
fn digest(parts: &[&str], digits: usize) -> String {
    let mut hash = Md5::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    let mut text = String::with_capacity(32);
    for byte in hash.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text.truncate(digits);
    text
}

/// At most so many characters.
fn first(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/django.json");

    fn strings(value: &serde_json::Value) -> Vec<&str> {
        value.as_array().expect("a list").iter().map(|text| text.as_str().expect("text")).collect()
    }

    #[test]
    fn names_are_those_that_django_makes() {
        let Ok(text) = std::fs::read_to_string(VECTORS) else {
            eprintln!("skipped: {VECTORS} is absent");
            return;
        };
        let vectors: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        let vectors = vectors["index_names"].as_array().expect("a list");
        assert!(vectors.len() >= 5);
        for vector in vectors {
            let table = vector["table"].as_str().expect("text");
            let suffix = vector["suffix"].as_str().expect("text");
            assert_eq!(column_index_name(table, &strings(&vector["cols"]), suffix, 200), vector["name"]);
        }
    }

    #[test]
    fn long_names_are_cut_and_keep_their_digest() {
        let table = "a_table_whose_name_goes_on_and_on_and_on";
        let name = column_index_name(table, &["a_column_whose_name_is_no_shorter"], "_fk_other_table_id", 63);
        assert_eq!(name, "a_table_whose_name_g_a_column_whose_name__56644e51_fk_other_tab");
        assert!(column_index_name("__x", &["y".repeat(80).as_str()], "", 63).starts_with("D__x_yyy"));
        assert!(declared_index_name("_x", "y", &["y"], "idx").starts_with("Dx_y_"));
    }
}
