//! [`Check`]: a problem found before any request is served.

use std::borrow::Cow;
use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Works, but is unwise or will stop working.
    Warning,
    /// Does not work: the server refuses to start.
    Error,
}

/// One finding of the start-up checks: a stable id, the object at fault, what is wrong and what to do.
///
/// Ids follow Django's: the area, a dot, a letter for the level and a number (`models.E001`). They never change
/// their meaning, so they can be silenced in the settings (`silenced_checks`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The stable id.
    pub id: &'static str,
    /// How bad it is.
    pub level: Level,
    /// The thing at fault: a model, a route, a setting.
    pub object: String,
    /// What is wrong, one line.
    pub message: Cow<'static, str>,
    /// What to do about it.
    pub hint: Option<Cow<'static, str>>,
}

impl Check {
    /// Something that does not work.
    pub fn error(id: &'static str, object: impl Into<String>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { id, level: Level::Error, object: object.into(), message: message.into(), hint: None }
    }

    /// Something unwise.
    pub fn warning(id: &'static str, object: impl Into<String>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { level: Level::Warning, ..Self::error(id, object, message) }
    }

    /// Says what to do about it.
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ({}) {}", self.object, self.id, self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n    hint: {hint}")?;
        }
        Ok(())
    }
}
