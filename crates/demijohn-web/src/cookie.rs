//! [`Cookie`]: what a response sets, and reading what a request sent.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::HeaderValue;

/// The `SameSite` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SameSite {
    /// Sent with links from other sites, not with their forms.
    #[default]
    Lax,
    /// Sent from this site only.
    Strict,
    /// Sent always; needs `Secure`.
    None,
}

impl SameSite {
    /// Reads the word of a setting.
    pub fn from_setting(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "strict" => Self::Strict,
            "none" => Self::None,
            _ => Self::Lax,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Lax => "Lax",
            Self::Strict => "Strict",
            Self::None => "None",
        }
    }
}

/// A cookie that a response sets. Its name and value may not hold `;`, `,`, spaces or control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// The name.
    pub name: Cow<'static, str>,
    /// The value.
    pub value: String,
    /// How long it lives; none: until the browser is closed. Zero deletes it.
    pub max_age: Option<Duration>,
    /// The path it is sent to.
    pub path: Cow<'static, str>,
    /// The domain it is sent to; none: this host only.
    pub domain: Option<String>,
    /// Over HTTPS only.
    pub secure: bool,
    /// Hidden from JavaScript.
    pub http_only: bool,
    /// Whether other sites' requests carry it.
    pub same_site: SameSite,
}

impl Cookie {
    /// A cookie for the whole site that JavaScript does not see, until the browser is closed.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            max_age: None,
            path: Cow::Borrowed("/"),
            domain: None,
            secure: false,
            http_only: true,
            same_site: SameSite::Lax,
        }
    }

    /// The cookie that takes one of this name away.
    pub fn removal(name: impl Into<Cow<'static, str>>) -> Self {
        Self { max_age: Some(Duration::ZERO), ..Self::new(name, "\"\"") }
    }

    /// The `Set-Cookie` header, in the order in which Django writes it; `None` when a part cannot stand in a header.
    pub fn header(&self, now: SystemTime) -> Option<HeaderValue> {
        let clean = |text: &str| !text.contains(|c: char| c.is_control() || matches!(c, ';' | ',' | ' '));
        let attributes = [&*self.path, self.domain.as_deref().unwrap_or_default()];
        if !clean(&self.name) || self.name.contains('=') || !clean(&self.value) || !attributes.into_iter().all(clean) {
            return None;
        }
        let mut text = format!("{}={}", self.name, self.value);
        if let Some(domain) = &self.domain {
            text.push_str("; Domain=");
            text.push_str(domain);
        }
        if let Some(age) = self.max_age {
            let expires = if age.is_zero() { SystemTime::UNIX_EPOCH } else { now + age };
            text.push_str("; expires=");
            text.push_str(&httpdate::fmt_http_date(expires));
        }
        if self.http_only {
            text.push_str("; HttpOnly");
        }
        if let Some(age) = self.max_age {
            text.push_str("; Max-Age=");
            text.push_str(&age.as_secs().to_string());
        }
        text.push_str("; Path=");
        text.push_str(&self.path);
        text.push_str("; SameSite=");
        text.push_str(self.same_site.word());
        if self.secure {
            text.push_str("; Secure");
        }
        HeaderValue::try_from(text).ok()
    }
}

/// The value of a cookie in a `Cookie` header.
///
/// ```
/// assert_eq!(demijohn_web::cookie_value("a=1; sessionid=x=y", "sessionid"), Some("x=y"));
/// assert_eq!(demijohn_web::cookie_value("a=1", "b"), None);
/// ```
pub fn cookie_value<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let value = header.split(';').find_map(|pair| {
        let (found, value) = pair.split_once('=')?;
        (found.trim() == name).then(|| value.trim())
    })?;
    Some(value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(value))
}
