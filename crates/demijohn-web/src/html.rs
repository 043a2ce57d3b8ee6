//! [`Html`]: text that is HTML, and the escaping of text that is not.

use std::borrow::Cow;
use std::fmt;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CONTENT_TYPE;

/// A piece of HTML: a response, and in templates a value that is not escaped again.
///
/// Every page is sent with a content security policy under which no inline script or style runs, unless it carries the
/// nonce of its request (`RequestContext::csp_nonce`). A `Content-Security-Policy` of the handler's own takes the
/// place of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(pub String);

impl Html {
    /// HTML from a text, which is escaped.
    ///
    /// ```
    /// assert_eq!(demijohn_web::Html::text("a < b").0, "a &lt; b");
    /// ```
    pub fn text(text: &str) -> Self {
        Self(escape(text).into_owned())
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Html {
    fn from(html: String) -> Self {
        Self(html)
    }
}

impl From<&str> for Html {
    fn from(html: &str) -> Self {
        Self(html.to_owned())
    }
}

impl serde::Serialize for Html {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[cfg(feature = "templates")]
        if minijinja::value::serializing_for_value() {
            return minijinja::Value::from_safe_string(self.0.clone()).serialize(serializer);
        }
        serializer.serialize_str(&self.0)
    }
}

impl IntoResponse for Html {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.0));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        response
    }
}

/// The text with the five characters replaced that mean something in HTML.
///
/// ```
/// assert_eq!(demijohn_web::escape("<a href='x'>"), "&lt;a href=&#39;x&#39;&gt;");
/// ```
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + text.len() / 8 + 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}
