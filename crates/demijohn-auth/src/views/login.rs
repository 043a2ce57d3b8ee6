//! The login page.

use std::time::Duration;

use demijohn_core::{FieldErrors, Result};
use demijohn_forms::{Field, Form, FormData};
use demijohn_web::{Redirect, Response, Templates, context};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

use super::no_store;
use crate::models::User;
use crate::{Attempt, Auth};

/// What is said of every pair of name and password that nobody may log in with: the same for all.
const REFUSED: &str = "Please enter a correct username and password. Note that both fields may be case-sensitive.";

/// The form of a login page: `username` and `password`.
pub fn login_form() -> Form {
    Form::new()
        .field(Field::text("username").max_length(150).autocomplete("username"))
        .field(Field::password("password").autocomplete("current-password"))
}

/// The forms of login pages.
impl Auth {
    /// Finds out whose name and password a [`login_form`] holds. When it is nobody's, the form says what is wrong, and
    /// the refusal knows the status to answer with. Nobody is logged in by this.
    ///
    /// # Errors
    /// What the database reports; `auth.busy` when too many checks are waiting already.
    pub async fn check_login_form(&self, form: &mut Form) -> Result<Result<User, Refusal>> {
        let Ok(cleaned) = form.validate() else { return Ok(Err(Refusal { wait: None })) };
        Ok(match self.attempt(cleaned.text("username"), cleaned.text("password")).await? {
            Attempt::Welcome(user) => Ok(*user),
            Attempt::Refused => {
                form.add_error(FieldErrors::FORM, REFUSED);
                Err(Refusal { wait: None })
            }
            Attempt::TooMany(wait) => {
                form.add_error(
                    FieldErrors::FORM,
                    format!("Too many failed attempts. Please try again in {}.", words(wait)),
                );
                Err(Refusal { wait: Some(wait) })
            }
        })
    }
}

/// Nobody is logged in: the form says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    wait: Option<Duration>,
}

impl Refusal {
    /// The response with the status for it: 200 for a form to be filled in again, as Django answers; 429 with
    /// `Retry-After` after too many failures.
    pub fn dress(self, mut response: Response) -> Response {
        if let Some(wait) = self.wait {
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response
    }
}

pub(super) async fn page(page: Templates, query: FormData) -> Result<Response> {
    let next = query.get("next").unwrap_or_default();
    draw(&page, &login_form(), next)
}

pub(super) async fn submit(auth: Auth, page: Templates, data: FormData) -> Result<Response> {
    let mut form = login_form();
    form.bind(&data);
    let next = data.get("next").unwrap_or_default();
    match auth.check_login_form(&mut form).await? {
        Ok(user) => {
            auth.login(&user).await?;
            Ok(no_store(Redirect::local(next, auth.accounts()?.after_login())))
        }
        Err(refusal) => Ok(refusal.dress(draw(&page, &form, next)?)),
    }
}

fn draw(page: &Templates, form: &Form, next: &str) -> Result<Response> {
    let none: Option<&str> = None;
    // A hostile `next` is not carried along: it would be refused after the login anyway.
    let next = if Redirect::local(next, "").location().is_empty() { "" } else { next };
    let notice = (!next.is_empty() && !form.is_bound()).then_some("Please log in to see that page.");
    let context = context! { form => form.context(), next, notice, password_reset_url => none };
    Ok(no_store(page.render("auth/login.html", context)?))
}

/// A waiting time for people, rounded up: `30 seconds`, `2 minutes`.
fn words(wait: Duration) -> String {
    let seconds = wait.as_millis().div_ceil(1000).max(1);
    let (count, unit) = if seconds <= 90 { (seconds, "second") } else { (seconds.div_ceil(60), "minute") };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_read_well() {
        for (millis, expected) in
            [(1, "1 second"), (30_000, "30 seconds"), (29_500, "30 seconds"), (90_001, "2 minutes")]
        {
            assert_eq!(words(Duration::from_millis(millis)), expected);
        }
    }
}
