//! [`Keys`]: the secret key and those it replaced.

use std::fmt;

/// The secret key, and the old keys whose signatures are still accepted while a key is being replaced.
///
/// `Debug` shows how many there are, never what they are.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    current: Vec<u8>,
    fallbacks: Vec<Vec<u8>>,
}

impl Keys {
    /// One key that signs and checks (Django's `SECRET_KEY`).
    pub fn new(current: impl Into<Vec<u8>>) -> Self {
        Self { current: current.into(), fallbacks: Vec::new() }
    }

    /// Adds keys that only check (Django's `SECRET_KEY_FALLBACKS`).
    pub fn with_fallbacks<K: Into<Vec<u8>>>(mut self, fallbacks: impl IntoIterator<Item = K>) -> Self {
        self.fallbacks.extend(fallbacks.into_iter().map(Into::into));
        self
    }

    /// The key that signs.
    pub fn current(&self) -> &[u8] {
        &self.current
    }

    /// The keys that only check, newest first.
    pub fn fallbacks(&self) -> impl Iterator<Item = &[u8]> {
        self.fallbacks.iter().map(Vec::as_slice)
    }

    /// All keys that may check a signature, the signing one first.
    pub fn all(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(self.current()).chain(self.fallbacks())
    }

    /// The same keys with `prefix` before each.
    pub fn prefixed(&self, prefix: &str) -> Self {
        let join = |key: &[u8]| [prefix.as_bytes(), key].concat();
        Self { current: join(&self.current), fallbacks: self.fallbacks().map(join).collect() }
    }

    /// The keys that sign cookies: Django puts `django.http.cookies` before each.
    pub fn for_cookies(&self) -> Self {
        self.prefixed("django.http.cookies")
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys(1 current, {} fallbacks)", self.fallbacks.len())
    }
}
