//! [`FormData`]: what a browser sent.

#[cfg(feature = "extract")]
mod extract;

use std::fmt;
use std::sync::Arc;

use demijohn_core::{Error, ErrorKind, Result};

/// The fields of a submitted form, in the order in which they came, repeated names among them.
///
/// Bytes that are not UTF-8 become U+FFFD, as in Django. Cloning is cheap. `Debug` shows names only: values may be
/// passwords.
///
/// ```
/// use demijohn_forms::FormData;
///
/// let data = FormData::parse(b"title=One+%26+two&tag=a&tag=b").unwrap();
/// assert_eq!(data.get("title"), Some("One & two"));
/// assert_eq!(data.get_all("tag").collect::<Vec<_>>(), ["a", "b"]);
/// assert_eq!(data.get("nothing"), None);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FormData(Arc<Vec<(String, String)>>);

impl FormData {
    /// The most fields [`FormData::parse`] reads.
    pub const MAX_FIELDS: usize = 1_000;

    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the body of an `application/x-www-form-urlencoded` request, or a query string.
    ///
    /// The size of the body is for the web layer to bound.
    ///
    /// # Errors
    /// `forms.too_many_fields` (413) above [`FormData::MAX_FIELDS`] fields.
    pub fn parse(body: &[u8]) -> Result<Self> {
        Self::parse_at_most(body, Self::MAX_FIELDS)
    }

    /// [`FormData::parse`] with another limit, for pages with more fields.
    ///
    /// # Errors
    /// `forms.too_many_fields` (413) above `max_fields` fields.
    pub fn parse_at_most(body: &[u8], max_fields: usize) -> Result<Self> {
        // Counted before anything is decoded or allocated.
        let found = body.split(|byte| *byte == b'&').filter(|part| !part.is_empty()).count();
        if found > max_fields {
            let message = format!("a form of {found} fields was sent; at most {max_fields} are read");
            return Err(Error::new(ErrorKind::TooLarge, "forms.too_many_fields", message)
                .with_public("the form has too many fields")
                .with_hint("read larger forms with `FormData::parse_at_most`"));
        }
        Ok(Self::from_pairs(form_urlencoded::parse(body)))
    }

    /// From names and values that were read in another way.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(Arc::new(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
    }

    /// The value of a field; the last one when the name is repeated.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Was a field of this name sent?
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every name and value.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many fields were sent.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when none was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for FormData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
