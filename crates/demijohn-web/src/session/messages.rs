//! [`Messages`]: what the next page should tell the person, in Django's format.

use axum::extract::{FromRef, FromRequestParts};
use demijohn_core::Result;
use demijohn_core::signing::json;
use http::request::Parts;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::Session;
use crate::{RequestContext, Site};

/// The session's key of Django's session storage of messages.
const KEY: &str = "_messages";

/// How good or bad a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For developers.
    Debug,
    /// For information.
    Info,
    /// Something worked.
    Success,
    /// Something should be looked at.
    Warning,
    /// Something did not work.
    Error,
}

/// One message for one person, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How good or bad it is; in templates `message.level`, one of `debug`, `info`, `success`, `warning`, `error`.
    pub level: Level,
    /// The words.
    pub text: String,
}

/// Messages for the next page: `messages.success("saved")`, then `{% for message in messages %}` in its template.
#[derive(Debug, Clone)]
pub struct Messages(Session);

impl Messages {
    /// The messages of a session.
    pub fn of(session: Session) -> Self {
        Self(session)
    }

    /// Something worked.
    pub fn success(&self, text: impl Into<String>) {
        self.add(Level::Success, text);
    }

    /// For information.
    pub fn info(&self, text: impl Into<String>) {
        self.add(Level::Info, text);
    }

    /// Something should be looked at.
    pub fn warning(&self, text: impl Into<String>) {
        self.add(Level::Warning, text);
    }

    /// Something did not work.
    pub fn error(&self, text: impl Into<String>) {
        self.add(Level::Error, text);
    }

    /// Adds a message.
    pub fn add(&self, level: Level, text: impl Into<String>) {
        /// A client that never looks at its messages must not fill the store with them.
        const MOST: usize = 100;
        let mut messages = self.read();
        messages.drain(..(messages.len() + 1).saturating_sub(MOST));
        messages.push(Message { level, text: text.into() });
        let list: Vec<Value> = (messages.iter())
            .map(|message| json!(["__json_message", 0, number(message.level), message.text, ""]))
            .collect();
        // A list of strings and numbers can always be written.
        let _ = self.0.insert(KEY, json::write_spaced(&Value::Array(list)));
    }

    /// The messages, which are gone from the session then.
    pub fn take(&self) -> Vec<Message> {
        let messages = self.read();
        self.0.remove(KEY);
        messages
    }

    /// The messages, which stay.
    fn read(&self) -> Vec<Message> {
        let text = self.0.get::<String>(KEY).ok().flatten().unwrap_or_default();
        let list: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
        list.iter().filter_map(read_one).collect()
    }
}

fn read_one(value: &Value) -> Option<Message> {
    let [_, _, level, text, ..] = value.as_array()?.as_slice() else {
        return None;
    };
    let level = match level.as_i64()? {
        ..=10 => Level::Debug,
        11..=20 => Level::Info,
        21..=25 => Level::Success,
        26..=30 => Level::Warning,
        _ => Level::Error,
    };
    Some(Message { level, text: text.as_str()?.to_owned() })
}

fn number(level: Level) -> u8 {
    match level {
        Level::Debug => 10,
        Level::Info => 20,
        Level::Success => 25,
        Level::Warning => 30,
        Level::Error => 40,
    }
}

impl Level {
    /// Django's tag, for CSS classes.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

// By hand: a derive would bring a macro parser into every build.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut message = serializer.serialize_struct("Message", 2)?;
        message.serialize_field("level", self.level.tag())?;
        message.serialize_field("text", &self.text)?;
        message.end()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Messages
where
    Site: FromRef<S>,
{
    type Rejection = demijohn_core::Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Session::load(&RequestContext::of(parts)?, &Site::from_ref(state)).await.map(Self)
    }
}
