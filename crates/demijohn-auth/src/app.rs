//! [`app`]: accounts as an app, and the plugin behind it.

use demijohn_core::{Check, Result};
use demijohn_orm::fixtures::Renumbered;
use demijohn_orm::migrations::PostMigrate;
use demijohn_orm::{AppModels as _, Database, Model as _};
use demijohn_web::{App, BoxFuture, Command, Plugin, Site, SiteBuilder};

use crate::models::{ContentType, Group, Permission, Session, User};
use crate::{Accounts, DbSessionStore, checks, commands, content, migrations, template_context, views};

/// Accounts for a site: `App::new().install(auth::app())`.
///
/// It brings users, groups and permissions with their tables, sessions in the database, the pages below `/accounts`
/// (`auth.login`, `auth.logout`, `auth.password_change`), `user` and `perms` in templates, and the commands
/// `createsuperuser`, `changepassword` and `clearsessions`.
pub fn app() -> App {
    app_with(Accounts::default())
}

/// Accounts for a site, with passwords and logins treated as these say.
pub fn app_with(accounts: Accounts) -> App {
    let content_types = App::named("contenttypes").model::<ContentType>().migrations(migrations::contenttypes::all());
    let sessions = App::named("sessions").model::<Session>().migrations(migrations::sessions::all());
    let auth = App::named("auth").prefix("/accounts").model::<Permission>().model::<Group>().model::<User>();
    views::routes(auth)
        .migrations(migrations::auth::all())
        .contribute(PostMigrate(content::after_migrate))
        .contribute(Renumbered(Permission::meta))
        .plugin(AuthPlugin(accounts))
        .mount("", content_types)
        .mount("", sessions)
}

struct AuthPlugin(Accounts);

impl Plugin for AuthPlugin {
    fn name(&self) -> &'static str {
        "auth"
    }

    fn commands(&self) -> Vec<Command> {
        commands::commands()
    }

    fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if let Some(database) = site.get::<Database>() {
                let store = DbSessionStore::new(database.clone(), site.settings().clone());
                site.session_store(store.clone());
                site.insert(store);
            }
            site.insert(self.0.clone());
            let login = site.url_for("auth.login", ())?;
            site.login_url(login);
            // An embedded directory is compiled into release builds and read from disk in others.
            site.templates(demijohn_macros::embed!("templates"));
            template_context::add(site);
            Ok(())
        })
    }

    fn checks(&self, site: &Site, _deploy: bool) -> Vec<Check> {
        checks::checks(site)
    }

    fn on_serve<'a>(&'a self, site: &'a Site) -> BoxFuture<'a, Result<()>> {
        Box::pin(views::sign_in::print_link(site))
    }
}
