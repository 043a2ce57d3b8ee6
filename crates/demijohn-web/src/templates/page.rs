//! [`Page`]: the names a template can use while one page is drawn.

use std::fmt;
use std::sync::{Arc, OnceLock};

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use crate::{Messages, RequestContext, Site};

/// What the handler gave, then what belongs to the request. Nothing of it is made before a template asks.
pub(super) struct Page {
    pub(super) given: Value,
    pub(super) context: RequestContext,
    pub(super) site: Site,
    pub(super) provided: Arc<[(&'static str, Value)]>,
    pub(super) messages: OnceLock<Value>,
}

impl Object for Page {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if let Ok(value) = self.given.get_attr(key)
            && !value.is_undefined()
        {
            return Some(value);
        }
        if let Some((_, value)) = self.provided.iter().find(|(name, _)| *name == key) {
            self.context.vary_on_cookie();
            return Some(value.clone());
        }
        let settings = self.site.settings();
        Some(match key {
            "request" => request(&self.context),
            "messages" => self.messages.get_or_init(|| self.messages()).clone(),
            "csrf_token" => Value::from(self.context.csrf_token(settings)),
            "csrf_input" => {
                let token = self.context.csrf_token(settings);
                let input = format!("<input type=\"hidden\" name=\"csrfmiddlewaretoken\" value=\"{token}\">");
                Value::from_safe_string(input)
            }
            "csp_nonce" => Value::from(self.context.csp_nonce()),
            "debug" => Value::from(settings.debug),
            _ => return None,
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let mut names: Vec<Value> = self.given.try_iter().map(Iterator::collect).unwrap_or_default();
        names.extend(self.provided.iter().map(|(name, _)| Value::from(*name)));
        names.extend(["request", "messages", "csrf_token", "csrf_input", "csp_nonce", "debug"].map(Value::from));
        Enumerator::Values(names)
    }
}

impl Page {
    /// The messages of the session, which are gone from it then.
    fn messages(&self) -> Value {
        self.context.vary_on_cookie();
        let session = self.context.inner().session.get().cloned();
        let messages = session.map(|session| Messages::of(session).take()).unwrap_or_default();
        super::to_template_value(&messages)
    }
}

fn request(context: &RequestContext) -> Value {
    let uri = context.uri();
    let full = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    Value::from_pairs([
        ("path", Value::from(uri.path())),
        ("full_path", Value::from(full)),
        ("method", Value::from(context.method().as_str())),
        ("is_https", Value::from(context.is_https())),
        ("query", Value::from_pairs(pairs.map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))))),
    ])
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").finish_non_exhaustive()
    }
}
