//! [`Secret`]: a text that no log and no debug page shows.

use std::fmt;
use std::path::Path;

use crate::{Error, Result};

/// A text that is not for anybody's eyes: `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"********\"")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// The key of this working copy: read from `.demijohn/secret_key`, or made and kept there.
#[cfg(feature = "signing")]
pub(super) fn development_key(root: &Path) -> Result<Secret> {
    let path = root.join(".demijohn").join("secret_key");
    if let Ok(text) = std::fs::read_to_string(&path)
        && text.trim().len() >= 32
    {
        return Ok(Secret::new(text.trim()));
    }
    let key = crate::signing::random_string(64);
    write_private(&path, &key).map_err(|error| {
        Error::misconfigured("settings.secret_key", format!("cannot keep the development key in `{}`", path.display()))
            .with_source(error)
            .with_hint("make the directory writable or set the environment variable `SECRET_KEY`")
    })?;
    Ok(Secret::new(key))
}

#[cfg(not(feature = "signing"))]
pub(super) fn development_key(_root: &Path) -> Result<Secret> {
    Err(Error::misconfigured("settings.secret_key", "`secret_key` is not set")
        .with_hint("set the environment variable `SECRET_KEY`, or turn on the feature `signing` to have one made"))
}

#[cfg(feature = "signing")]
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
        // What is in here belongs to this machine, never to the repository.
        std::fs::write(directory.join(".gitignore"), "*\n")?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
