//! The page on which people change their own password.

use demijohn_core::{FieldErrors, Result};
use demijohn_forms::{Field, Form, FormData};
use demijohn_web::{Redirect, Response, Templates, context};

use super::no_store;
use crate::models::User;
use crate::{Attempt, Auth};

const WRONG: &str = "Your old password was entered incorrectly. Please enter it again.";
const MISMATCH: &str = "The two password fields didn’t match.";

/// The form: `old_password`, `new_password1`, `new_password2`.
pub fn password_change_form() -> Form {
    Form::new()
        .field(Field::password("old_password").label("Old password").autocomplete("current-password"))
        .field(Field::password("new_password1").label("New password").autocomplete("new-password"))
        .field(Field::password("new_password2").label("New password again").autocomplete("new-password"))
        .rule(|cleaned, errors| {
            let [first, second] = ["new_password1", "new_password2"].map(|name| cleaned.text(name));
            if !first.is_empty() && !second.is_empty() && first != second {
                errors.add("new_password2", MISMATCH);
            }
        })
}

/// The forms of pages that change passwords.
impl Auth {
    /// Changes the password of whoever is logged in as a [`password_change_form`] says: other sessions of the user are
    /// over then, and this one goes on. `None` when the form says what is wrong. Wrong old passwords are counted as
    /// failed logins.
    ///
    /// # Errors
    /// What the session store or the database reports.
    pub async fn apply_password_form(&self, user: &User, form: &mut Form) -> Result<Option<User>> {
        // Everything that is wrong is said at once, so what can be looked at is, whatever else is wrong.
        let _ = form.validate();
        let [old, new] = ["old_password", "new_password1"].map(|name| form.cleaned().text(name).to_owned());
        if !new.is_empty() {
            let mut errors = FieldErrors::new();
            self.accounts()?.rules().check_field("new_password1", &new, &user.attributes(), &mut errors);
            form.add_errors(&errors);
        }
        if !old.is_empty() {
            // Through the name, so that an account that was made inactive meanwhile is refused.
            match self.attempt(&user.username, &old).await? {
                Attempt::Welcome(found) if *found == *user => {}
                Attempt::Welcome(_) | Attempt::Refused => form.add_error("old_password", WRONG),
                Attempt::TooMany(_) => {
                    form.add_error("old_password", "Too many wrong passwords. Please try again later.");
                }
            }
        }
        if form.errors().is_empty() { self.change_password(user, &new).await.map(Some) } else { Ok(None) }
    }
}

pub(super) async fn page(user: User, auth: Auth, page: Templates) -> Result<Response> {
    draw(&user, &auth, &page, &password_change_form())
}

pub(super) async fn submit(user: User, auth: Auth, page: Templates, data: FormData) -> Result<Response> {
    let mut form = password_change_form();
    form.bind(&data);
    match auth.apply_password_form(&user, &mut form).await? {
        Some(_) => Ok(no_store(Redirect::to(auth.site().url_for("auth.password_change_done", ())?))),
        None => draw(&user, &auth, &page, &form),
    }
}

pub(super) async fn done(user: User, auth: Auth, page: Templates) -> Result<Response> {
    let done_url = auth.accounts()?.after_login();
    let context = context! { user, done => true, done_url };
    Ok(no_store(page.render("auth/password_change_form.html", context)?))
}

fn draw(user: &User, auth: &Auth, page: &Templates, form: &Form) -> Result<Response> {
    let accounts = auth.accounts()?;
    let (rules, done_url) = (accounts.rules().help(), accounts.after_login());
    let context = context! { user, done => false, done_url, rules, form => form.context() };
    Ok(no_store(page.render("auth/password_change_form.html", context)?))
}
