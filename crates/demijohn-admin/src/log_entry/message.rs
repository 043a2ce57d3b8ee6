//! What a [`LogEntry`](super::LogEntry) says was changed: Django's JSON, byte for byte, and the words for it.

use demijohn_core::signing::json;
use serde_json::{Value as Json, json};

use super::Action;

/// `[{"added": {}}]`
pub(crate) const ADDED: &str = "[{\"added\": {}}]";

/// What was changed: `[{"changed": {"fields": ["Title"]}}]`, or `[]` when nothing was.
pub(crate) fn changed(labels: &[&str]) -> String {
    if labels.is_empty() {
        return "[]".to_owned();
    }
    json::write_spaced(&json!([{ "changed": { "fields": labels } }]))
}

/// The message in words: `Changed Title and Content.`
pub(crate) fn in_words(flag: i16, message: &str) -> String {
    if flag == Action::Deletion as i16 {
        return "Deleted.".to_owned();
    }
    let Ok(Json::Array(parts)) = serde_json::from_str::<Json>(message) else {
        // Before Django 1.10, and in programs of people's own, it was plain text.
        return message.to_owned();
    };
    let sentences: Vec<String> = parts.iter().filter_map(sentence).collect();
    if sentences.is_empty() { "No fields changed.".to_owned() } else { sentences.join(" ") }
}

fn sentence(part: &Json) -> Option<String> {
    let (what, details) = part.as_object()?.iter().next()?;
    let text = |name: &str| details.get(name).and_then(Json::as_str);
    // An inline's part names the row; one without is about the row itself.
    let row = text("name").zip(text("object")).map(|(name, object)| format!("{name} “{object}”"));
    let fields = || {
        let labels = details.get("fields").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        listed(&labels.collect::<Vec<_>>())
    };
    Some(match (what.as_str(), row) {
        ("added", None) => "Added.".to_owned(),
        ("added", Some(row)) => format!("Added {row}."),
        ("changed", None) => format!("Changed {}.", fields()),
        ("changed", Some(row)) => format!("Changed {} for {row}.", fields()),
        ("deleted", Some(row)) => format!("Deleted {row}."),
        _ => return None,
    })
}

/// `Title, Content and Tags`
fn listed(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_djangos_byte_for_byte() {
        assert_eq!(changed(&["Name", "Permissions"]), r#"[{"changed": {"fields": ["Name", "Permissions"]}}]"#);
        assert_eq!(changed(&["Größe"]), r#"[{"changed": {"fields": ["Gr\u00f6\u00dfe"]}}]"#);
        assert_eq!(changed(&[]), "[]");
    }

    #[test]
    fn messages_of_django_read_as_sentences() {
        for (flag, message, words) in [
            (1, ADDED, "Added."),
            (2, r#"[{"changed": {"fields": ["Name", "Size", "Tags"]}}]"#, "Changed Name, Size and Tags."),
            (2, "[]", "No fields changed."),
            (2, r#"[{"added": {"name": "comment", "object": "Hi"}}]"#, "Added comment “Hi”."),
            (3, "", "Deleted."),
            (2, "Changed by hand", "Changed by hand"),
            (2, r#"[1, "x", {"changed": 7}]"#, "Changed nothing."),
        ] {
            assert_eq!(in_words(flag, message), words);
        }
    }
}
