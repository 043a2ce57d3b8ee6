//! [`Staff`]: a request of somebody who may use the admin, with all that its pages need.

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse as _, Response};
use demijohn_auth::{PermissionSet, User, permissions_of};
use demijohn_core::model::ModelMeta;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_orm::Db;
use demijohn_web::{Messages, Redirect, RequestContext, Site, Templates, to_template_value};
use http::header::{CACHE_CONTROL, HeaderValue};
use http::request::Parts;
use serde_json::{Map, Value as Json, json};

use crate::access::Act;
use crate::site::{AdminSite, app_name};
use crate::{AdminModel, show};

/// A request of somebody who may use the admin: active, and staff. Everybody else is sent to the login page.
pub(crate) struct Staff {
    pub(crate) site: Site,
    pub(crate) db: Db,
    pub(crate) user: User,
    pub(crate) messages: Messages,
    pub(crate) context: RequestContext,
    permissions: PermissionSet,
    templates: Templates,
}

impl FromRequestParts<Site> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        Self::load(parts, site).await.map_err(|refused| match refused {
            Refused::Login(login) => private(login.into_response()),
            Refused::Error(error) => private(error.into_response()),
        })
    }
}

enum Refused {
    Login(Redirect),
    Error(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Staff {
    async fn load(parts: &mut Parts, site: &Site) -> Result<Self, Refused> {
        let user = Option::<User>::from_request_parts(parts, site).await?;
        let Some(user) = user.filter(|user| user.is_active && user.is_staff) else {
            return Err(Refused::Login(to_login(parts, site)?));
        };
        let db = Db::from_request_parts(parts, site).await?;
        let permissions = permissions_of(&user, &db).await?;
        let messages = Messages::from_request_parts(parts, site).await?;
        let templates = Templates::from_request_parts(parts, site).await?;
        let context = RequestContext::of(parts)?;
        Ok(Self { site: site.clone(), db, user, messages, context, permissions, templates })
    }

    /// The admin of the site.
    pub(crate) fn admin(&self) -> &AdminSite {
        admin_of(&self.site)
    }

    /// The model at an address. Whether this person may do anything with it is another question.
    pub(crate) fn model(&self, app: &str, name: &str) -> Result<&AdminModel> {
        let model = self.admin().find(app, name);
        model.ok_or_else(|| Error::not_found("There is no such kind of object."))
    }

    /// May this person do that?
    pub(crate) fn may(&self, act: Act, meta: &ModelMeta) -> bool {
        self.user.is_superuser || self.permissions.has(&act.permission(meta))
    }

    /// Has this person all of these permissions: `blog.add_post`?
    pub(crate) fn has_all<'p>(&self, permissions: impl IntoIterator<Item = &'p str>) -> bool {
        self.user.is_superuser || self.permissions.has_all(permissions)
    }

    /// May this person open rows of it? Who may change one may see it.
    pub(crate) fn may_see(&self, meta: &ModelMeta) -> bool {
        self.may(Act::View, meta) || self.may(Act::Change, meta)
    }

    /// The query of the request's address.
    pub(crate) fn query(&self) -> &str {
        self.context.uri().query().unwrap_or_default()
    }
}

/// Drawing.
impl Staff {
    /// A page inside the frame.
    pub(crate) fn render(&self, template: &str, page: Json) -> Result<Response> {
        let mut given = into_map(page);
        let current = given.get("model").and_then(|model| {
            Some((model.get("app_label")?.as_str()?.to_owned(), model.get("model_name")?.as_str()?.to_owned()))
        });
        let site = self.frame(current.as_ref().map(|(app, name)| (app.as_str(), name.as_str())));
        given.insert("site".to_owned(), site);
        given.insert("user".to_owned(), user_context(&self.user));
        let html = self.templates.render(template, to_template_value(&Json::Object(given)))?;
        Ok(html.into_response())
    }

    /// `site`: names, and the apps and models that this person may see.
    pub(crate) fn frame(&self, current: Option<(&str, &str)>) -> Json {
        let apps = self.admin().apps().into_iter().filter_map(|(app, models)| {
            let is_app = current.is_some_and(|(current, _)| current == app);
            let models: Vec<Json> = models
                .into_iter()
                .filter_map(|model| {
                    self.model_entry(model, is_app && current.is_some_and(|(_, name)| name == model.meta.name_lower()))
                })
                .collect();
            let url = self.admin().app_url(app);
            (!models.is_empty()).then(
                || json!({ "app_label": app, "name": app_name(app), "url": url, "current": is_app, "models": models }),
            )
        });
        let apps: Vec<Json> = apps.collect();
        site_context(self.admin(), apps)
    }

    fn model_entry(&self, model: &AdminModel, current: bool) -> Option<Json> {
        let meta = model.meta;
        let url = self.may_see(meta).then(|| self.admin().list_url(meta));
        let add_url = self.may(Act::Add, meta).then(|| self.admin().add_url(meta));
        if url.is_none() && add_url.is_none() && !self.may(Act::Delete, meta) {
            return None;
        }
        Some(json!({
            "model_name": meta.name_lower(), "name": show::capitalised(meta.label_plural), "verbose_name": meta.label,
            "url": url, "add_url": add_url, "current": current,
        }))
    }

    /// `model`: what pages about one model know of it.
    pub(crate) fn model_context(&self, model: &AdminModel) -> Json {
        let meta = model.meta;
        json!({
            "app_label": meta.app, "app_name": app_name(meta.app), "app_url": self.admin().app_url(meta.app),
            "model_name": meta.name_lower(), "verbose_name": meta.label, "verbose_name_plural": meta.label_plural,
            "url": self.admin().list_url(meta),
        })
    }

    /// [`Staff::finish`] for a page that has to be waited for.
    pub(crate) async fn answer(&self, page: impl Future<Output = Result<Response>>) -> Response {
        self.finish(page.await)
    }

    /// The answer: the page, or the error inside the frame. Nothing of it is kept by any cache.
    pub(crate) fn finish(&self, page: Result<Response>) -> Response {
        private(page.unwrap_or_else(|error| self.error_page(error)))
    }

    fn error_page(&self, error: Error) -> Response {
        let template = match error.kind() {
            ErrorKind::NotFound => "admin/404.html",
            ErrorKind::Denied => "admin/403.html",
            _ => return error.into_response(),
        };
        // An error from below speaks of rows and queries; what it says is for the log.
        let message = (error.public() != error.kind().public_text()).then(|| show::capitalised(error.public()));
        match self.render(template, json!({ "message": message })) {
            Ok(mut response) => {
                *response.status_mut() = if error.kind() == ErrorKind::NotFound {
                    http::StatusCode::NOT_FOUND
                } else {
                    http::StatusCode::FORBIDDEN
                };
                response
            }
            Err(error) => error.into_response(),
        }
    }
}

/// The admin of a site.
pub(crate) fn admin_of(site: &Site) -> &AdminSite {
    site.get::<AdminSite>().expect("the routes of the admin come with its plugin, which puts this in")
}

/// `site`, as every page knows it.
pub(crate) fn site_context(admin: &AdminSite, apps: Vec<Json>) -> Json {
    json!({
        "lang": "en", "dir": "ltr", "title": admin.title, "header": admin.header, "index_title": admin.index_title,
        "url": admin.site_url, "apps": apps,
    })
}

pub(crate) fn user_context(user: &User) -> Json {
    let full_name = format!("{} {}", user.first_name, user.last_name);
    json!({
        "username": user.username, "full_name": full_name.trim(), "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
    })
}

pub(crate) fn into_map(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}

/// Keeps every page of the admin out of caches, the browser's too: the "back" button after logging out shows nothing.
pub(crate) fn private(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// The login page, and back here afterwards; a form that was sent is not sent again.
fn to_login(parts: &Parts, site: &Site) -> Result<Redirect> {
    let login = site.url_for("admin.login", ())?;
    let here = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let next = form_urlencoded::byte_serialize(here.as_bytes()).collect::<String>();
    Ok(Redirect::found(format!("{login}?next={next}")))
}
