//! [`app`]: the admin as a part of a site.

use demijohn_core::{Check, Result};
use demijohn_orm::{AppModels as _, registered_models};
use demijohn_web::{App, BoxFuture, Plugin, Site, SiteBuilder};

use crate::site::AdminSite;
use crate::{
    LogEntry, assets, autocomplete, change_form, change_list, delete, history, index, login, migrations, password,
    staff, users,
};

/// The admin, to be installed with `.install(admin::app())`; it is at `/admin` then.
///
/// It needs `auth::app()` beside it. The section `[admin]` of the settings names it: `title`, `header`,
/// `index_title`, `site_url`.
pub fn app() -> App {
    App::named("admin")
        .prefix("/admin")
        .plugin(Admin)
        .model::<LogEntry>()
        .migrations(migrations::all())
        .get("/", index::index)
        .get("/login/", login::form)
        .name("login")
        .post("/login/", login::submit)
        .name("login")
        .post("/logout/", login::logout)
        .get("/password_change/", password::form)
        .name("password_change")
        .post("/password_change/", password::submit)
        .name("password_change")
        .get("/password_change/done/", password::done)
        .name("password_change_done")
        .get("/autocomplete/", autocomplete::autocomplete)
        .get("/{app}/", index::app_index)
        .get("/{app}/{model}/", change_list::list)
        .name("changelist")
        .post("/{app}/{model}/", change_list::act)
        .name("changelist")
        .get("/{app}/{model}/add/", change_form::add)
        .name("add")
        .post("/{app}/{model}/add/", change_form::save_new)
        .name("add")
        .get("/{app}/{model}/{key}/", change_form::redirect)
        .name("object")
        .get("/{app}/{model}/{key}/change/", change_form::change)
        .name("change")
        .post("/{app}/{model}/{key}/change/", change_form::save)
        .name("change")
        .get("/{app}/{model}/{key}/delete/", delete::confirm)
        .name("delete")
        .post("/{app}/{model}/{key}/delete/", delete::carry_out)
        .name("delete")
        .get("/{app}/{model}/{key}/history/", history::history)
        .name("history")
        .get("/{app}/{model}/{key}/password/", users::password_form)
        .name("user_password")
        .post("/{app}/{model}/{key}/password/", users::set_password)
        .name("user_password")
}

struct Admin;

impl Plugin for Admin {
    fn name(&self) -> &'static str {
        "admin"
    }

    fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let admin = AdminSite::collect(site, users::usual_models())?;
            site.insert(admin);
            site.templates(assets::templates());
            site.static_files(assets::static_files());
            Ok(())
        })
    }

    fn checks(&self, site: &Site, _deploy: bool) -> Vec<Check> {
        let has_accounts = site.plugins().any(|plugin| plugin == "auth");
        let missing = || {
            Check::error("admin.E406", "the admin", "it has nobody to let in: accounts are not installed")
                .with_hint("add `.install(auth::app())` to the app")
        };
        let known: Vec<_> = registered_models(site).map(|(meta, _)| meta).collect();
        let strangers = staff::admin_of(site).models().iter().filter(|model| !known.contains(&model.meta));
        let unknown = strangers.map(|model| {
            let name = model.meta.name;
            Check::error(
                "admin.E201",
                model.meta.full_name(),
                "the admin shows it, but no app of this site registered it",
            )
            .with_hint(format!("add `.model::<{name}>()` to the app it belongs to"))
        });
        (!has_accounts).then(missing).into_iter().chain(unknown).collect()
    }
}
