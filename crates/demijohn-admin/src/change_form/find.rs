//! Finding rows to choose without JavaScript: the form comes back with what was found in its lists.

use demijohn_forms::{Form, FormData};

/// What somebody wants to find, by field.
pub(crate) struct Search(Vec<(String, String)>);

impl Search {
    /// The text for a field; empty when it was not asked for.
    pub(crate) fn text_for(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text)
    }
}

/// The search that a submitted form is, if it is one: the button `_find` was pressed, or a box beside a field says
/// something that was not looked for yet.
pub(super) fn asked(data: &FormData, form: &Form) -> Option<Search> {
    let pressed = data.get("_find").is_some();
    let mut texts = Vec::new();
    let mut is_new = false;
    for field in form.fields().iter().filter(|field| field.is_relation()) {
        let part = |end: &str| data.get(&format!("{}{end}", field.name())).unwrap_or_default().trim().to_owned();
        let (text, before) = (part("__find"), part("__found"));
        is_new |= !text.is_empty() && text != before;
        let text: String = text.chars().filter(|letter| *letter != '\0').take(200).collect();
        texts.push((field.name().to_owned(), text));
    }
    (pressed || is_new).then_some(Search(texts))
}
