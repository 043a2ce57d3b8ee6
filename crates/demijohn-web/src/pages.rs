//! What a client sees of an error: a page, JSON, or in development all that is known.

use axum::body::Body;
use axum::response::IntoResponse as _;
use demijohn_core::{Error, ErrorKind};
use http::header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use crate::shell::Head;
use crate::{Redirect, Response, Site};

mod debug;
mod fill;
mod plain;
mod redact;
pub(crate) mod source;

/// The code of a panic in a handler.
pub(crate) const PANIC: &str = "web.panic";

/// Replaces the body of an error's response; status and other headers stay.
#[cfg_attr(not(feature = "templates"), expect(clippy::unused_async, reason = "only templates wait"))]
pub(crate) async fn draw(site: &Site, head: &Head, error: Option<&Error>, response: &mut Response) {
    let status = response.status();
    let made;
    let error = match error {
        Some(error) => error,
        None => {
            made = of_status(status);
            &made
        }
    };
    if !head.accepts_html {
        return replace(response, "application/json", json(site, error, status), None);
    }
    if error.kind() == ErrorKind::Unauthenticated
        && let Some(login) = site.login_url()
    {
        *response = login_redirect(login, head);
        return;
    }
    // An error whose words are all meant for people needs no more than their page.
    let is_for_developers = status.is_server_error() || error.public() != error.message();
    let nonce = fill::nonce();
    if site.settings().debug && is_for_developers {
        return replace(response, HTML, debug::page(site, head, error, &nonce), Some(&fill::policy(&nonce)));
    }
    #[cfg(feature = "templates")]
    if let Some(page) = own_page(site, head, error, status).await {
        return replace(response, HTML, page, None);
    }
    replace(response, HTML, plain::page(error, &head.method, &nonce), Some(&fill::policy(&nonce)));
}

const HTML: &str = "text/html; charset=utf-8";

/// The code of a refused cross-site request.
pub(crate) const CSRF: &str = "web.csrf";

fn replace(response: &mut Response, media_type: &'static str, text: String, policy: Option<&str>) {
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.remove(CONTENT_LENGTH);
    if let Some(policy) = policy.and_then(|policy| HeaderValue::try_from(policy).ok()) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    *response.body_mut() = Body::from(text);
}

/// The error that a bare status stands for.
fn of_status(status: StatusCode) -> Error {
    let kind = match status.as_u16() {
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::Denied,
        404 => ErrorKind::NotFound,
        405 => ErrorKind::MethodNotAllowed,
        409 => ErrorKind::Conflict,
        413 => ErrorKind::TooLarge,
        503 => ErrorKind::Unavailable,
        504 => ErrorKind::Timeout,
        400..=499 => ErrorKind::Invalid,
        _ => ErrorKind::Internal,
    };
    let reason = status.canonical_reason().unwrap_or("error").to_lowercase();
    Error::new(kind, "http.status", reason.clone()).with_public(reason).with_status(status.as_u16())
}

fn json(site: &Site, error: &Error, status: StatusCode) -> String {
    let mut object = serde_json::Map::new();
    object.insert("code".to_owned(), error.code().into());
    object.insert("message".to_owned(), error.public().into());
    if !error.fields().is_empty() {
        let fields = error.fields().iter().map(|(name, messages)| (name.to_owned(), messages.into()));
        object.insert("fields".to_owned(), serde_json::Value::Object(fields.collect()));
    }
    if site.settings().debug
        && (status.is_server_error()
            || error.hint().is_some()
            || error.excerpt().is_some()
            || error.public() != error.message())
    {
        object.insert("debug".to_owned(), format!("{error:#}").into());
    }
    let object = serde_json::json!({ "error": object });
    format!("{object}\n")
}

fn login_redirect(login: &str, head: &Head) -> Response {
    let here = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    // A form that was posted cannot be posted again after the login; the page it leads to may be opened.
    let next: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
    let separator = if login.contains('?') { '&' } else { '?' };
    Redirect::found(format!("{login}{separator}next={next}")).into_response()
}

/// The site's own `404.html`, `500.html` …, or `error.html` for all.
#[cfg(feature = "templates")]
async fn own_page(site: &Site, head: &Head, error: &Error, status: StatusCode) -> Option<String> {
    let own = format!("{}.html", status.as_u16());
    let engine = &site.core().templates;
    let name = [own.as_str(), "error.html"].into_iter().find(|name| engine.has(name))?;
    let context = head.context.as_ref()?;
    let values = crate::context! {
        status => status.as_u16(),
        code => error.code(),
        message => error.public(),
        reason => status.canonical_reason().unwrap_or("Error"),
    };
    let page = match crate::Templates::for_error(context, site).await {
        Ok(templates) => templates.render(name, values),
        Err(error) => Err(error),
    };
    match page {
        Ok(page) => Some(page.0),
        Err(error) => {
            // The page of an error must not fail with the error's own cause: a database that is down.
            crate::log::error(&head.method, &head.uri, &error);
            None
        }
    }
}
