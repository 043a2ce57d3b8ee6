//! The link that signs a developer in once: printing it, and following it.

use std::io::Write as _;

use demijohn_core::{Error, Result};
use demijohn_orm::{Database, Executor, Model as _};
use demijohn_web::{Path, Redirect, Response, Site};

use super::no_store;
use crate::models::User;
use crate::sign_in_link::{self, LIFETIME};
use crate::{Accounts, Auth};

#[cfg(test)]
mod tests;

/// Prints a link for the first superuser, where one may be.
pub(crate) async fn print_link(site: &Site) -> Result<()> {
    let text = announcement(site).await?;
    // Whoever closed the pipe does not want the link.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(())
}

/// What the developer is told at start; nothing in production or where others could follow the link.
async fn announcement(site: &Site) -> Result<String> {
    if !sign_in_link::is_allowed(site.settings()) {
        return Ok(String::new());
    }
    let db = Database::of(site)?.db().await?;
    let Some(user) = first_superuser(db).await? else {
        return Ok("There is no superuser yet: make one with `createsuperuser`.\n".to_owned());
    };
    let token = Accounts::of(site)?.link.issue(user.id, &site.settings().keys()?);
    let path = site.url_for("auth.sign_in", ("token", token))?;
    let address = sign_in_link::address(site.settings(), &path);
    let name: String = user.username.chars().flat_map(char::escape_debug).collect();
    Ok(format!("Sign in as {name}, once, within {} minutes: {address}\n", LIFETIME.as_secs() / 60))
}

async fn first_superuser(db: &dyn Executor) -> Result<Option<User>> {
    User::objects().filter(|user| user.is_superuser & user.is_active).order_by(|user| user.id).first(db).await
}

/// Signs in whoever follows the link, the first time.
pub(super) async fn enter(auth: Auth, Path(token): Path<String>) -> Result<Response> {
    let site = auth.site();
    // In production, and from elsewhere, there is no such page at all.
    if !sign_in_link::is_allowed(site.settings()) || !sign_in_link::is_local(auth.client()) {
        return Err(Error::not_found("page not found"));
    }
    let user = match auth.accounts()?.link.redeem(&token, &site.settings().keys()?) {
        Some(id) => User::objects().with_key(id).first(&auth.db().await?).await?,
        None => None,
    };
    let Some(user) = user.filter(|user| user.is_active) else {
        return Err(Error::denied("this link was used already or is too old")
            .with_code("auth.sign_in_link")
            .with_hint("start the server again for another one, or log in with a password"));
    };
    auth.login(&user).await?;
    Ok(no_store(Redirect::to(site.url_for("admin.index", ()).unwrap_or_else(|_| "/".to_owned()))))
}
