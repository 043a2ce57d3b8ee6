//! Paths: their patterns, names, conflicts, and addresses made from them.

use std::panic::Location;
use std::sync::Arc;

use axum::routing::MethodRouter;
use http::Method;

pub(crate) mod layers;
mod pattern;
pub(crate) mod table;
mod url;

pub(crate) use pattern::Pattern;
pub(crate) use table::{RouteTable, other_slash};
pub use url::UrlParams;

/// A route of a site.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RouteInfo {
    /// The path: `/posts/{id}`.
    pub path: String,
    /// The methods it answers; empty when it answers any.
    pub methods: Vec<Method>,
    /// The name [`Site::url_for`](crate::Site::url_for) knows it by.
    pub name: Option<String>,
    /// The app it belongs to; empty when that has no name.
    pub app: Arc<str>,
    /// Where it was added.
    pub place: &'static Location<'static>,
    /// What its guards demand, outermost first.
    pub guards: Vec<String>,
    /// Other sites may post to it.
    pub csrf_exempt: bool,
}

impl RouteInfo {
    /// The methods as a text: `GET, POST`, or `any`.
    pub fn methods_text(&self) -> String {
        if self.methods.is_empty() {
            return "any".to_owned();
        }
        self.methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The name of a handler function; closures have none.
pub(crate) fn handler_name<H>() -> Option<&'static str> {
    let full = std::any::type_name::<H>();
    let path = full.split('<').next().unwrap_or(full);
    let name = path.rsplit("::").next().unwrap_or(path);
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    (is_name && !path.starts_with("axum::") && !path.starts_with("tower")).then_some(name)
}

/// The methods a method router answers, and whether it answers others too.
///
/// axum tells neither, except through `Debug`; a test holds this to the axum in use.
pub(crate) fn methods_of(handlers: &MethodRouter<crate::Site>) -> (Vec<Method>, bool) {
    let text = format!("{handlers:?}");
    let has = |field: &str| {
        let start = text.find(&format!("{field}: "));
        start.is_some_and(|start| !text[start + field.len() + 2..].starts_with("None"))
    };
    let known = [
        ("get", Method::GET),
        ("head", Method::HEAD),
        ("delete", Method::DELETE),
        ("options", Method::OPTIONS),
        ("patch", Method::PATCH),
        ("post", Method::POST),
        ("put", Method::PUT),
        ("trace", Method::TRACE),
        ("connect", Method::CONNECT),
    ];
    let methods = known.into_iter().filter(|(field, _)| has(field)).map(|(_, method)| method).collect();
    (methods, !text.contains("fallback: Default("))
}
