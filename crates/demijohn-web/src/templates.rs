//! [`Templates`]: pages drawn by MiniJinja.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use demijohn_core::{Error, Result};
use http::request::Parts;
use minijinja::Value;

use crate::{Html, RequestContext, Session, Site};

mod engine;
mod escape;
mod failure;
mod page;
mod setup;

pub(crate) use engine::Engine;
use page::Page;
pub(crate) use setup::Setup;

/// Draws pages from templates: `page.render("detail.html", context! { post })`.
///
/// Every page also sees `request` (`path`, `method`, `query`, `full_path`), `messages`, `csrf_input`, `csrf_token`,
/// `csp_nonce`, what plugins add (`user`), and the functions `url_for('blog.detail', id=7)` and `static('app.css')`.
#[derive(Clone)]
pub struct Templates {
    site: Site,
    context: RequestContext,
    provided: Arc<[(&'static str, Value)]>,
}

impl Templates {
    /// Draws a page.
    ///
    /// # Errors
    /// There is no such template, or it fails; the error names the template, the line and what was possible.
    #[track_caller]
    pub fn render(&self, name: &str, context: Value) -> Result<Html> {
        let place = std::panic::Location::caller();
        let page = Page {
            given: context,
            context: self.context.clone(),
            site: self.site.clone(),
            provided: Arc::clone(&self.provided),
            messages: std::sync::OnceLock::new(),
        };
        let html = self.site.core().templates.render(name, Value::from_object(page));
        html.map(Html).map_err(|error| error.at(place))
    }

    /// The request's context.
    pub fn request(&self) -> &RequestContext {
        &self.context
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.site.core().templates.has(name)
    }

    /// Loads what templates cannot wait for: the session with its messages, and what plugins provide.
    pub(crate) async fn load(parts: &mut Parts, site: Site) -> Result<Self> {
        let context = RequestContext::of(parts)?;
        // Without its cookie a session has nothing to say.
        if context.cookie(&site.settings().session_cookie_name).is_some() {
            Session::load(&context, &site).await?;
        }
        let mut provided = Vec::new();
        for (name, provider) in &site.core().templates.providers {
            provided.push((*name, provider(parts, &site).await?));
        }
        Ok(Self { site, context, provided: provided.into() })
    }

    /// The same for a request whose handler is done: for the pages of errors.
    pub(crate) async fn for_error(context: &RequestContext, site: &Site) -> Result<Self> {
        let mut request = http::Request::new(());
        *request.method_mut() = context.method().clone();
        *request.uri_mut() = context.uri().clone();
        for cookie in context.cookie_headers() {
            request.headers_mut().append(http::header::COOKIE, cookie.clone());
        }
        request.extensions_mut().insert(context.clone());
        Self::load(&mut request.into_parts().0, site.clone()).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Templates
where
    Site: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Self::load(parts, Site::from_ref(state)).await
    }
}

/// Values for a template: `context! { post, title => "First", ..more }`. Anything that serde can write will do.
///
/// ```
/// let title = "First";
/// let context = demijohn_web::context! { title, numbers => [1, 2] };
/// assert_eq!(context.get_attr("title").unwrap().to_string(), "First");
/// ```
#[macro_export]
macro_rules! context {
    () => { $crate::__private::template_context(::std::vec::Vec::new()) };
    ($($name:ident $(=> $value:expr)?),* $(, ..$more:expr)* $(,)?) => {{
        let own = $crate::__private::template_context(::std::vec![
            $((::std::stringify!($name), $crate::context!(@value $name $($value)?))),*
        ]);
        $crate::__private::merge_contexts(own, ::std::vec![$($crate::__private::to_template_value(&$more)),*])
    }};
    (..$first:expr $(, ..$more:expr)* $(,)?) => {
        $crate::__private::merge_contexts(
            $crate::__private::to_template_value(&$first),
            ::std::vec![$($crate::__private::to_template_value(&$more)),*],
        )
    };
    (@value $name:ident $value:expr) => { $crate::__private::to_template_value(&$value) };
    (@value $name:ident) => { $crate::__private::to_template_value(&$name) };
}

/// Anything that serde can write as a value for templates; [`Html`] stays HTML.
pub fn to_template_value<T: serde::Serialize + ?Sized>(value: &T) -> Value {
    Value::from(minijinja::value::Serde(value))
}

#[doc(hidden)]
pub fn template_context(pairs: Vec<(&'static str, Value)>) -> Value {
    Value::from_pairs(pairs)
}

#[doc(hidden)]
pub fn merge_contexts(own: Value, others: Vec<Value>) -> Value {
    if others.is_empty() { own } else { minijinja::value::merge_maps(std::iter::once(own).chain(others)) }
}
