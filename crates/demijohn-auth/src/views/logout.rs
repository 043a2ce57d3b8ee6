//! Logging out.

use demijohn_core::Result;
use demijohn_forms::FormData;
use demijohn_web::{Redirect, Response, Templates, context};

use super::no_store;
use crate::Auth;

/// Logs out whoever it is, and leads on to `next`, to where the site says, or to a page that says so.
///
/// Whatever the body is: somebody who wants to leave is not kept because of a form.
pub(super) async fn submit(auth: Auth, page: Templates, data: Result<FormData>) -> Result<Response> {
    auth.logout().await?;
    let data = data.unwrap_or_default();
    let next = data.get("next").unwrap_or_default();
    let next = Redirect::local(next, auth.accounts()?.after_logout().unwrap_or_default());
    if !next.location().is_empty() {
        return Ok(no_store(next));
    }
    let nobody: Option<&str> = None;
    let login_url = auth.site().login_url().unwrap_or("/");
    let context = context! { login_url, user => nobody };
    Ok(no_store(page.render("auth/logged_out.html", context)?))
}
