//! [`Redirect`]: sends the browser elsewhere.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use demijohn_core::Error;

/// Sends the browser to another address.
///
/// ```
/// use demijohn_web::Redirect;
///
/// async fn save() -> Redirect {
///     Redirect::to("/posts/7")
/// }
/// # let _ = save;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    status: StatusCode,
    location: String,
}

impl Redirect {
    /// 303: get this page next. The right answer to a form that was saved.
    pub fn to(location: impl Into<String>) -> Self {
        Self { status: StatusCode::SEE_OTHER, location: location.into() }
    }

    /// 302: the page is elsewhere for now.
    pub fn found(location: impl Into<String>) -> Self {
        Self { status: StatusCode::FOUND, location: location.into() }
    }

    /// 307: send the same request to the other address for now.
    pub fn temporary(location: impl Into<String>) -> Self {
        Self { status: StatusCode::TEMPORARY_REDIRECT, location: location.into() }
    }

    /// 308: send the same request to the other address, now and for ever.
    pub fn permanent(location: impl Into<String>) -> Self {
        Self { status: StatusCode::PERMANENT_REDIRECT, location: location.into() }
    }

    /// Where to.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// `next` when it leads to a page of this site, so that a link cannot send people elsewhere; else `fallback`.
    ///
    /// ```
    /// use demijohn_web::Redirect;
    /// assert_eq!(Redirect::local("/posts/?page=2", "/").location(), "/posts/?page=2");
    /// assert_eq!(Redirect::local("//evil.example", "/").location(), "/");
    /// assert_eq!(Redirect::local("https://evil.example", "/").location(), "/");
    /// ```
    pub fn local(next: &str, fallback: &str) -> Self {
        Self::to(if is_local(next) { next } else { fallback })
    }
}

/// True for a path of this site: one slash first, and nothing that a browser would read as a host.
pub(crate) fn is_local(location: &str) -> bool {
    location.starts_with('/')
        && !location[1..].starts_with(['/', '\\'])
        && location.len() <= 2048
        && !location.chars().any(|c| c.is_control() || c == '\\')
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        // Only what cannot stand in an address is encoded: `%2F` and `?` keep their meaning.
        let location: String = percent_encoding::utf8_percent_encode(&self.location, UNSAFE).collect();
        match HeaderValue::try_from(location) {
            Ok(location) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = self.status;
                response.headers_mut().insert(LOCATION, location);
                response
            }
            Err(error) => {
                Error::internal("the redirect's address cannot stand in a header").with_source(error).into_response()
            }
        }
    }
}

const UNSAFE: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
