//! The pages below `/accounts`.

use axum::response::IntoResponse;
use demijohn_web::{App, Response};
use http::header::{CACHE_CONTROL, HeaderValue};

mod login;
mod logout;
mod password_change;
pub(crate) mod sign_in;

pub use login::{Refusal, login_form};
pub use password_change::password_change_form;

/// Adds the routes.
pub(crate) fn routes(app: App) -> App {
    app.get("/login/", login::page)
        .name("login")
        .post("/login/", login::submit)
        .name("login")
        .post("/logout/", logout::submit)
        .name("logout")
        .get("/password_change/", password_change::page)
        .name("password_change")
        .post("/password_change/", password_change::submit)
        .name("password_change")
        .get("/password_change/done/", password_change::done)
        .name("password_change_done")
        .get("/sign-in/{token}/", sign_in::enter)
        .name("sign_in")
}

/// A page or redirect that no cache may keep: it holds who is logged in.
pub(crate) fn no_store(response: impl IntoResponse) -> Response {
    let mut response = response.into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
