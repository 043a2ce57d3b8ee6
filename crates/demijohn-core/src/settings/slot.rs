//! The keys of the settings, each with its type: one table for the file, `.env` and the environment.

use std::time::Duration;

use serde_json::Value;

use super::{Secret, Settings};

/// Every key, in the order in which `docs` and error messages list them.
pub(super) const KEYS: &[&str] = &[
    "debug",
    "secret_key",
    "secret_key_fallbacks",
    "database_url",
    "bind",
    "allowed_hosts",
    "csrf_trusted_origins",
    "behind_proxy",
    "time_zone",
    "session_cookie_name",
    "session_cookie_age",
    "session_cookie_secure",
    "session_cookie_httponly",
    "session_cookie_samesite",
    "session_cookie_domain",
    "session_cookie_path",
    "session_expire_at_browser_close",
    "session_save_every_request",
    "csrf_cookie_name",
    "csrf_cookie_secure",
    "body_limit",
    "body_deadline",
    "header_timeout",
    "max_connections",
    "shutdown_grace",
    "static_url",
    "login_url",
    "hsts",
    "slow_query",
    "silenced_checks",
];

/// Where a key's value goes, and so what type it has.
pub(super) enum Slot<'a> {
    Flag(&'a mut bool),
    OptionalFlag(&'a mut Option<bool>),
    Text(&'a mut String),
    OptionalText(&'a mut Option<String>),
    Choice(&'a mut String, &'static [&'static str]),
    Secret(&'a mut Option<Secret>),
    Secrets(&'a mut Vec<Secret>),
    Bytes(&'a mut u64),
    Count(&'a mut u32),
    Seconds(&'a mut Duration),
    List(&'a mut Vec<String>),
}

/// The place of a key in the settings; `None` for a key that does not exist.
pub(super) fn slot<'a>(settings: &'a mut Settings, key: &str) -> Option<Slot<'a>> {
    Some(match key {
        "debug" => Slot::Flag(&mut settings.debug),
        "secret_key" => Slot::Secret(&mut settings.secret_key),
        "secret_key_fallbacks" => Slot::Secrets(&mut settings.secret_key_fallbacks),
        "database_url" => Slot::Secret(&mut settings.database_url),
        "bind" => Slot::Text(&mut settings.bind),
        "allowed_hosts" => Slot::List(&mut settings.allowed_hosts),
        "csrf_trusted_origins" => Slot::List(&mut settings.csrf_trusted_origins),
        "behind_proxy" => Slot::Flag(&mut settings.behind_proxy),
        "time_zone" => Slot::Text(&mut settings.time_zone),
        "session_cookie_name" => Slot::Text(&mut settings.session_cookie_name),
        "session_cookie_age" => Slot::Seconds(&mut settings.session_cookie_age),
        "session_cookie_secure" => Slot::OptionalFlag(&mut settings.session_cookie_secure),
        "session_cookie_httponly" => Slot::Flag(&mut settings.session_cookie_httponly),
        "session_cookie_samesite" => Slot::Choice(&mut settings.session_cookie_samesite, &["Lax", "Strict", "None"]),
        "session_cookie_domain" => Slot::OptionalText(&mut settings.session_cookie_domain),
        "session_cookie_path" => Slot::Text(&mut settings.session_cookie_path),
        "session_expire_at_browser_close" => Slot::Flag(&mut settings.session_expire_at_browser_close),
        "session_save_every_request" => Slot::Flag(&mut settings.session_save_every_request),
        "csrf_cookie_name" => Slot::Text(&mut settings.csrf_cookie_name),
        "csrf_cookie_secure" => Slot::OptionalFlag(&mut settings.csrf_cookie_secure),
        "body_limit" => Slot::Bytes(&mut settings.body_limit),
        "body_deadline" => Slot::Seconds(&mut settings.body_deadline),
        "header_timeout" => Slot::Seconds(&mut settings.header_timeout),
        "max_connections" => Slot::Count(&mut settings.max_connections),
        "shutdown_grace" => Slot::Seconds(&mut settings.shutdown_grace),
        "static_url" => Slot::Text(&mut settings.static_url),
        "login_url" => Slot::OptionalText(&mut settings.login_url),
        "hsts" => Slot::Seconds(&mut settings.hsts),
        "slow_query" => Slot::Seconds(&mut settings.slow_query),
        "silenced_checks" => Slot::List(&mut settings.silenced_checks),
        _ => return None,
    })
}

impl Slot<'_> {
    /// What can stand here, in words.
    pub(super) fn expected(&self) -> String {
        match self {
            Self::Flag(_) | Self::OptionalFlag(_) => "`true` or `false`".to_owned(),
            Self::Text(_) | Self::OptionalText(_) | Self::Secret(_) => "a text".to_owned(),
            Self::Choice(_, choices) => crate::suggest::list(choices.iter().copied()),
            Self::Bytes(_) => "a number of bytes".to_owned(),
            Self::Count(_) => "a number from 1 to 4294967295".to_owned(),
            Self::Seconds(_) => "a number of seconds".to_owned(),
            Self::List(_) | Self::Secrets(_) => "a list of texts".to_owned(),
        }
    }

    /// Takes a value of the settings file; false when it has the wrong type.
    pub(super) fn set(self, value: &Value) -> bool {
        match (self, value) {
            (Self::List(slot), Value::Array(items)) => return texts(items).map(|items| *slot = items).is_some(),
            (Self::Secrets(slot), Value::Array(items)) => {
                return texts(items).map(|items| *slot = items.into_iter().map(Secret::new).collect()).is_some();
            }
            (Self::Flag(slot), Value::Bool(flag)) => *slot = *flag,
            (Self::OptionalFlag(slot), Value::Bool(flag)) => *slot = Some(*flag),
            (Self::List(_) | Self::Secrets(_), _) => return false,
            (slot, Value::String(text)) if slot.is_text() => return slot.set_text(text),
            (slot, Value::Number(number)) if slot.is_number() => return slot.set_text(&number.to_string()),
            _ => return false,
        }
        true
    }

    /// Takes a value of the environment; false when it cannot be read.
    pub(super) fn set_text(self, text: &str) -> bool {
        match self {
            Self::Flag(slot) => return flag(text).map(|flag| *slot = flag).is_some(),
            Self::OptionalFlag(slot) => return flag(text).map(|flag| *slot = Some(flag)).is_some(),
            Self::Text(slot) => text.clone_into(slot),
            Self::OptionalText(slot) => *slot = Some(text.to_owned()),
            Self::Choice(slot, choices) => {
                let choice = choices.iter().find(|choice| choice.eq_ignore_ascii_case(text));
                return choice.map(|choice| (*choice).clone_into(slot)).is_some();
            }
            Self::Secret(slot) => *slot = Some(Secret::new(text)),
            Self::Secrets(slot) => *slot = split(text).map(Secret::new).collect(),
            Self::Bytes(slot) => return text.parse().map(|bytes| *slot = bytes).is_ok(),
            Self::Count(slot) => match text.parse() {
                Ok(count) if count > 0 => *slot = count,
                _ => return false,
            },
            Self::Seconds(slot) => {
                let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                return seconds.map(|seconds| *slot = seconds).is_some();
            }
            Self::List(slot) => *slot = split(text).map(ToOwned::to_owned).collect(),
        }
        true
    }

    fn is_text(&self) -> bool {
        matches!(self, Self::Text(_) | Self::OptionalText(_) | Self::Choice(..) | Self::Secret(_))
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Bytes(_) | Self::Count(_) | Self::Seconds(_))
    }
}

fn texts(items: &[Value]) -> Option<Vec<String>> {
    items.iter().map(|item| item.as_str().map(ToOwned::to_owned)).collect()
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" | "" => Some(false),
        _ => None,
    }
}
