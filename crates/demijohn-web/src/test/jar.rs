//! The cookies a test client keeps.

use std::collections::BTreeMap;

/// Cookies by name; one host, so domains do not matter, and paths hardly.
#[derive(Default)]
pub(super) struct Jar(BTreeMap<String, String>);

impl Jar {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    /// Takes over what a `Set-Cookie` header says.
    pub(super) fn receive(&mut self, header: &str) {
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let expires_now = parts.any(|part| part.eq_ignore_ascii_case("max-age=0"));
        if expires_now {
            self.0.remove(name);
        } else {
            self.set(name, value);
        }
    }

    /// The `Cookie` header, if there is anything to send.
    pub(super) fn header(&self) -> Option<String> {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}
