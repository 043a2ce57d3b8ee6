//! The words for what is wrong: Django's own, so that people and tests who know them find them again.

pub(crate) const REQUIRED: &str = "This field is required.";
pub(crate) const NULL_CHARACTERS: &str = "Null characters are not allowed.";
pub(crate) const WHOLE_NUMBER: &str = "Enter a whole number.";
pub(crate) const NUMBER: &str = "Enter a number.";
pub(crate) const DATE: &str = "Enter a valid date.";
pub(crate) const TIME: &str = "Enter a valid time.";
pub(crate) const DATE_TIME: &str = "Enter a valid date/time.";
pub(crate) const EMAIL: &str = "Enter a valid email address.";
pub(crate) const URL: &str = "Enter a valid URL.";
pub(crate) const SLUG: &str = "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.";
pub(crate) const UUID: &str = "Enter a valid UUID.";
pub(crate) const JSON: &str = "Enter a valid JSON.";
pub(crate) const DURATION: &str = "Enter a valid duration.";
pub(crate) const ADDRESS: &str = "Enter a valid IPv4 or IPv6 address.";
pub(crate) const ADDRESS_6: &str = "This is not a valid IPv6 address.";
pub(crate) const NO_JSON: &str = "Could not load JSON data.";
pub(crate) const NO_OBJECT: &str = "Input must be a JSON dictionary.";
pub(crate) const WRONG_ORDER: &str = "The start of the range must not exceed the end of the range.";

/// What is said of a row that does not exist, or that may not be chosen.
pub const INVALID_MODEL_CHOICE: &str = "Select a valid choice. That choice is not one of the available choices.";

/// What is said of one value that is not among the choices.
pub fn invalid_choice(found: &str) -> String {
    format!("Select a valid choice. {} is not one of the available choices.", shortened(found))
}

pub(crate) fn invalid_key(found: &str) -> String {
    format!("“{}” is not a valid value.", shortened(found))
}

pub(crate) fn of_item(number: usize, message: &str) -> String {
    format!("Item {number}: {message}")
}

pub(crate) fn not_text(name: &str, found: &str) -> String {
    format!("“{}” is {found}; a text or null was expected.", shortened(name))
}

pub(crate) fn too_long(limit: usize, found: usize) -> String {
    format!("Ensure this value has at most {limit} character{} (it has {found}).", s(limit))
}

pub(crate) fn too_short(limit: usize, found: usize) -> String {
    format!("Ensure this value has at least {limit} character{} (it has {found}).", s(limit))
}

pub(crate) fn too_large(limit: &str) -> String {
    format!("Ensure this value is less than or equal to {limit}.")
}

pub(crate) fn too_small(limit: &str) -> String {
    format!("Ensure this value is greater than or equal to {limit}.")
}

pub(crate) fn too_many_digits(limit: usize) -> String {
    format!("Ensure that there are no more than {limit} digit{} in total.", s(limit))
}

pub(crate) fn too_many_places(limit: usize) -> String {
    format!("Ensure that there are no more than {limit} decimal place{}.", s(limit))
}

pub(crate) fn too_many_whole_digits(limit: usize) -> String {
    format!("Ensure that there are no more than {limit} digit{} before the decimal point.", s(limit))
}

pub(crate) fn not_in_zone(found: &str, zone: &str) -> String {
    format!("{found} couldn’t be interpreted in time zone {zone}; it may be ambiguous or it may not exist.")
}

fn s(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Input repeated in a message: cut where it stops being readable, without control characters.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut letters = text.chars();
    let mut shown: String = letters
        .by_ref()
        .take(LONGEST)
        .map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter })
        .collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}
