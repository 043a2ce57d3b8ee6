//! [`AdminSite`]: the models of a site's admin, its addresses and names.

use std::collections::BTreeMap;

use demijohn_core::model::ModelMeta;
use demijohn_core::{Check, Result, Settings};
use demijohn_web::SiteBuilder;
use jiff::tz::TimeZone;

use crate::quote::quote;
use crate::{AdminModel, show};

/// The admin of a site, made once when the site is built.
pub(crate) struct AdminSite {
    /// Where it is mounted, with a slash at the end: `/admin/`.
    pub(crate) base: String,
    pub(crate) title: String,
    pub(crate) header: String,
    pub(crate) index_title: String,
    /// Where "View site" leads.
    pub(crate) site_url: Option<String>,
    pub(crate) zone: TimeZone,
    models: Vec<AdminModel>,
}

impl AdminSite {
    /// Puts together what the apps registered, and of the usual models those that no app registered in its own way.
    pub(crate) fn collect(site: &mut SiteBuilder, usual: Vec<AdminModel>) -> Result<Self> {
        let base = site.url_for("admin.index", ())?;
        let mut models: Vec<AdminModel> = Vec::new();
        let mut checks: Vec<Check> = Vec::new();
        let known: Vec<AdminModel> = site.contributions::<AdminModel>().to_vec();
        for model in &known {
            if models.iter().any(|other| other.meta == model.meta) {
                let message = "it is registered with the admin twice";
                checks.push(
                    Check::error("admin.E200", model.meta.full_name(), message).with_hint("keep one `.admin::<…>(…)`"),
                );
                continue;
            }
            models.push(model.clone());
        }
        let is_new = |model: &AdminModel| !known.iter().any(|own| own.meta == model.meta);
        models.extend(usual.into_iter().filter(is_new));
        checks.extend(models.iter().flat_map(AdminModel::checks));
        checks.into_iter().for_each(|check| site.check(check));
        let names = Names::read(site.settings())?;
        let zone = zone(site.settings());
        Ok(Self {
            base,
            title: names.get("title", "Demijohn admin"),
            header: names.get("header", "Demijohn"),
            index_title: names.get("index_title", "Site administration"),
            site_url: Some(names.get("site_url", "/")).filter(|url| !url.is_empty()),
            zone,
            models,
        })
    }

    /// Its models.
    pub(crate) fn models(&self) -> &[AdminModel] {
        &self.models
    }

    /// The model at an address: `blog`, `post`.
    pub(crate) fn find(&self, app: &str, name: &str) -> Option<&AdminModel> {
        self.models.iter().find(|model| model.meta.app == app && model.meta.name_lower() == name)
    }

    /// How a model is shown, if it is.
    pub(crate) fn of(&self, meta: &ModelMeta) -> Option<&AdminModel> {
        self.models.iter().find(|model| model.meta == meta)
    }

    /// The apps with their models, both in the order of their names.
    pub(crate) fn apps(&self) -> Vec<(&'static str, Vec<&AdminModel>)> {
        let mut apps: BTreeMap<&'static str, Vec<&AdminModel>> = BTreeMap::new();
        for model in &self.models {
            apps.entry(model.meta.app).or_default().push(model);
        }
        let mut apps: Vec<_> = apps.into_iter().collect();
        for (_, models) in &mut apps {
            models.sort_by_key(|model| model.meta.label_plural.to_lowercase());
        }
        apps.sort_by_key(|(app, _)| app_name(app).to_lowercase());
        apps
    }
}

/// Addresses.
impl AdminSite {
    /// The page of an app.
    pub(crate) fn app_url(&self, app: &str) -> String {
        format!("{}{app}/", self.base)
    }

    /// The list of a model.
    pub(crate) fn list_url(&self, meta: &ModelMeta) -> String {
        format!("{}{}/{}/", self.base, meta.app, meta.name_lower())
    }

    /// The form for a new row.
    pub(crate) fn add_url(&self, meta: &ModelMeta) -> String {
        format!("{}add/", self.list_url(meta))
    }

    /// A page about a row: `change`, `delete`, `history`.
    pub(crate) fn row_url(&self, meta: &ModelMeta, key: &str, page: &str) -> String {
        let key: String = encoded(&quote(key));
        format!("{}{key}/{page}/", self.list_url(meta))
    }
}

/// The part of an address for a text: letters and digits stay, the rest is encoded.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'!' | b'*' | b'\'' | b'(' | b')' => {
                encoded.push(char::from(byte));
            }
            other => {
                use std::fmt::Write as _;
                let _ = write!(encoded, "%{other:02X}");
            }
        }
    }
    // A browser would take these for directories.
    match encoded.as_str() {
        "." => "_2E".to_owned(),
        ".." => "_2E_2E".to_owned(),
        _ => encoded,
    }
}

/// What people call an app.
pub(crate) fn app_name(app: &str) -> String {
    match app {
        "auth" => "Authentication and Authorization".to_owned(),
        "admin" => "Administration".to_owned(),
        "contenttypes" => "Content Types".to_owned(),
        other => show::capitalised(&other.replace(['_', '-'], " ")),
    }
}

/// The names in the section `[admin]` of the settings.
struct Names(BTreeMap<String, String>);

impl Names {
    fn read(settings: &Settings) -> Result<Self> {
        Ok(Self(settings.section("admin")?.unwrap_or_default()))
    }

    fn get(&self, name: &str, usual: &str) -> String {
        self.0.get(name).map_or(usual, String::as_str).to_owned()
    }
}

fn zone(settings: &Settings) -> TimeZone {
    TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC)
}
