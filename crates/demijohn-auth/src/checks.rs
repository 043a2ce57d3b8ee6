//! What can be wrong with accounts before any request is served.

use demijohn_core::{Check, suggest};
use demijohn_orm::Database;
use demijohn_web::Site;

use crate::content::permission_names;
use crate::guards::PERMISSION;

/// All findings.
pub(crate) fn checks(site: &Site) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Err(error) = site.settings().keys() {
        let hint = error.hint().unwrap_or("set the environment variable `SECRET_KEY`").to_owned();
        checks
            .push(Check::error("auth.E001", "secret_key", "sessions cannot be signed: no secret key").with_hint(hint));
    }
    if let Ok(database) = Database::of(site) {
        checks.extend(unknown_permissions(site, &permission_names(database.models())));
    }
    checks
}

/// Guards that ask for a permission which no model has: they let in superusers only.
fn unknown_permissions(site: &Site, known: &[String]) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    for route in site.routes() {
        for name in route.guards.iter().filter_map(|guard| guard.strip_prefix(PERMISSION)) {
            if known.iter().any(|known| known == name) {
                continue;
            }
            let message = format!("its guard asks for the permission `{name}`, which no model of this site has");
            let names = || known.iter().map(String::as_str);
            let hint = match suggest::nearest(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a permission is written `app.action_model`: `blog.add_post`".to_owned(),
            };
            checks.push(Check::warning("auth.W001", format!("route `{}`", route.path), message).with_hint(hint));
        }
    }
    checks
}
