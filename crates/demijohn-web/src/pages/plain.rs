//! The page of an error for a site that has none of its own.

use std::borrow::Cow;

use demijohn_core::Error;
use http::Method;

use super::fill::fill;

/// The page; `message` is the error's own text for clients when it has one.
pub(super) fn page(error: &Error, method: &Method, nonce: &str) -> String {
    let (title, text) = words(error, method);
    let own = error.public();
    // Only a text that somebody wrote for this error says more than the standard one.
    let message = if own == error.kind().public_text() || error.code() == super::CSRF { text } else { sentence(own) };
    let status = error.status().to_string();
    let values =
        [("csp_nonce", nonce), ("status", &status), ("title", title), ("message", &message), ("home_url", "/")];
    fill(include_str!("../../templates/error.html"), &values)
}

fn words(error: &Error, method: &Method) -> (&'static str, Cow<'static, str>) {
    if error.code() == super::CSRF {
        let message = "Go back, load the page again and send the form once more. Cookies have to be allowed for that.";
        return ("The form had gone stale", message.into());
    }
    let (title, message) = match error.status() {
        401 => ("Please log in", "This page is for people who are logged in."),
        403 => ("You may not see this", "Your account does not have the permission this page asks for."),
        404 | 410 => ("There is nothing here", "No page answers to this address. It may have moved, or never been."),
        405 => {
            let message = format!("This address does not answer to {method} requests.");
            return ("That cannot be done here", message.into());
        }
        408 => ("That took too long", "The request did not arrive in time. Please try again."),
        409 => ("That does not fit", "Something else was changed meanwhile. Going back and trying again may help."),
        413 => ("That is too large", "What was sent is larger than this site accepts."),
        429 => ("Too many requests", "Please wait a moment, then try again."),
        503 => ("Not available just now", "The site is busy or being looked after. Please try again in a moment."),
        504 => ("That took too long", "Something this page needs did not answer. Please try again in a moment."),
        400..=499 => {
            ("The request made no sense", "Something in it could not be read. Going back and trying again may help.")
        }
        _ => ("Something went wrong", "It is not your doing. The error was logged; trying again in a moment may help."),
    };
    (title, message.into())
}

/// `no post 7` as a sentence.
fn sentence(text: &str) -> Cow<'_, str> {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return text.into();
    };
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), chars.as_str()).into()
}
