//! What happens to a response after its handler.

use std::time::SystemTime;

use axum::response::IntoResponse as _;
use http::header::{CACHE_CONTROL, SET_COOKIE, VARY};
use http::{HeaderMap, HeaderValue};
use http_body::Body as _;

use super::{Head, Shell};
use crate::{Response, log, pages};

impl Shell {
    /// Draws errors, saves the session, sets cookies and headers.
    pub(super) async fn finish(&self, head: &Head, response: &mut Response) {
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            self.draw(head, response).await;
        }
        if let Some(context) = &head.context {
            if let Err(error) = self.save(context, response).await {
                // Whoever was told that they are logged out must be: the answer that was made is not true.
                *response = error.into_response();
                self.draw(head, response).await;
            }
            for cookie in context.take_cookies() {
                match cookie.header(SystemTime::now()) {
                    Some(value) => {
                        response.headers_mut().append(SET_COOKIE, value);
                    }
                    None => log::note(&format!(
                        "the cookie `{}` cannot be sent: its value has forbidden characters",
                        cookie.name
                    )),
                }
            }
            if context.varies_on_cookie() {
                vary_on_cookie(response.headers_mut());
                // Some shared caches do not look at `Vary`.
                response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private"));
            }
        }
    }

    /// Puts the page or the JSON of an error into its response.
    async fn draw(&self, head: &Head, response: &mut Response) {
        let error = super::error_of(response);
        if error.is_none() && !response.body().is_end_stream() {
            return;
        }
        if let Some(error) = error.as_ref().filter(|error| error.status() >= 500) {
            log::error(&head.method, &head.uri, error);
        }
        pages::draw(&self.site, head, error.as_deref(), response).await;
    }

    async fn save(&self, context: &crate::RequestContext, response: &mut Response) -> demijohn_core::Result<()> {
        #[cfg(feature = "sessions")]
        crate::session::save(&self.site, context, response.status()).await?;
        for hook in &self.site.core().response_hooks {
            hook(context, &self.site, response).await?;
        }
        Ok(())
    }
}

fn vary_on_cookie(headers: &mut HeaderMap) {
    let names = |value: &HeaderValue| {
        let text = value.to_str().unwrap_or_default();
        text.split(',').any(|name| name.trim().eq_ignore_ascii_case("cookie") || name.trim() == "*")
    };
    if !headers.get_all(VARY).iter().any(names) {
        headers.append(VARY, HeaderValue::from_static("Cookie"));
    }
}
