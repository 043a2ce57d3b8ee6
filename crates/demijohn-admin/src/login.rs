//! Logging in to the admin, and out.

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse as _, Response};
use demijohn_auth::{Attempt, Auth, User};
use demijohn_core::Result;
use demijohn_forms::FormData;
use demijohn_web::{Redirect, Site, Templates, to_template_value};
use http::StatusCode;
use serde_json::{Value as Json, json};

use crate::site::AdminSite;
use crate::staff::{admin_of, private, site_context};

/// What is said of every login that fails, whatever the reason.
const REFUSED: &str =
    "Please enter the correct username and password for a staff account. Note that both fields may be case-sensitive.";

/// Everything that the login page needs.
pub(crate) struct Door {
    site: Site,
    auth: Auth,
    templates: Templates,
    query_next: String,
}

impl FromRequestParts<Site> for Door {
    type Rejection = demijohn_core::Error;

    async fn from_request_parts(parts: &mut http::request::Parts, site: &Site) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let next = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
        Ok(Self {
            query_next: next.map(|(_, next)| next.into_owned()).unwrap_or_default(),
            auth: Auth::from_request_parts(parts, site).await?,
            templates: Templates::from_request_parts(parts, site).await?,
            site: site.clone(),
        })
    }
}

/// `GET /admin/login/`
pub(crate) async fn form(door: Door) -> Result<Response> {
    let admin = admin_of(&door.site);
    let user = door.auth.user().await?;
    if user.as_ref().is_some_and(|user| user.is_staff) {
        return Ok(private(onward(admin, &door.query_next).into_response()));
    }
    let notice = user.map(|user: User| {
        format!(
            "You are logged in as {}, but may not see this page. Would you like to log in to a different account?",
            user.username
        )
    });
    page(&door, &door.query_next, "", notice, &[], &[])
}

/// `POST /admin/login/`
pub(crate) async fn submit(door: Door, data: FormData) -> Result<Response> {
    let text = |name: &str| data.get(name).unwrap_or_default();
    let (username, password, next) = (text("username").trim(), text("password"), text("next"));
    let missing: Vec<&str> = [("username", username), ("password", password)]
        .iter()
        .filter(|(_, text)| text.is_empty())
        .map(|(name, _)| *name)
        .collect();
    if !missing.is_empty() {
        return page(&door, next, username, None, &[], &missing);
    }
    match door.auth.attempt(username, password).await? {
        Attempt::Welcome(user) if user.is_staff => {
            door.auth.login(&user).await?;
            Ok(private(onward(admin_of(&door.site), next).into_response()))
        }
        Attempt::TooMany(wait) => {
            let message = format!("There were too many failed attempts. Please wait {}.", words(wait.as_secs().max(1)));
            let mut response = page(&door, next, username, None, &[&message], &[])?;
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            Ok(response)
        }
        // Somebody's who is no staff is refused as a wrong one is: it is not for a stranger to know.
        Attempt::Welcome(_) | Attempt::Refused => page(&door, next, username, None, &[REFUSED], &[]),
    }
}

/// `POST /admin/logout/`
pub(crate) async fn logout(auth: Auth) -> Result<Response> {
    auth.logout().await?;
    let login = auth.site().url_for("admin.login", ())?;
    Ok(private(Redirect::to(login).into_response()))
}

fn onward(admin: &AdminSite, next: &str) -> Redirect {
    Redirect::local(next, &admin.base)
}

fn words(seconds: u64) -> String {
    match seconds {
        1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// The page (CONTRACT.md, `admin/login.html`).
fn page(
    door: &Door,
    next: &str,
    username: &str,
    notice: Option<String>,
    errors: &[&str],
    missing: &[&str],
) -> Result<Response> {
    let admin = admin_of(&door.site);
    let field = |name: &str, label: &str, kind: &str, value: &str, autocomplete: &str, longest: Option<u16>| {
        let errors: &[&str] = if missing.contains(&name) { &["This field is required."] } else { &[] };
        json!({
            "name": name, "id": format!("id_{name}"), "label": label, "type": kind, "value": value,
            "autocomplete": autocomplete, "maxlength": longest, "errors": errors,
        })
    };
    let context = json!({
        "site": site_context(admin, Vec::new()), "user": Json::Null, "notice": notice, "password_reset_url": null,
        "next": if next.is_empty() { admin.base.as_str() } else { next },
        "form": { "errors": errors, "fields": [
            field("username", "Username", "text", username, "username", Some(150)),
            field("password", "Password", "password", "", "current-password", None),
        ] },
    });
    let html = door.templates.render("admin/login.html", to_template_value(&context))?;
    Ok(private(html.into_response()))
}
