//! `user` and `perms` in every template.

use std::fmt;
use std::sync::Arc;

use demijohn_core::Result;
use demijohn_web::minijinja::Value;
use demijohn_web::minijinja::value::{Enumerator, Object};
use demijohn_web::{BoxFuture, RequestContext, Site, SiteBuilder, to_template_value};
use http::request::Parts;

use crate::PermissionSet;
use crate::current::{current_permissions, current_user};

/// Gives every template `user` (none when nobody is logged in) and `perms` (`{% if perms.blog.add_post %}`,
/// `{% if "blog.add_post" in perms %}`).
///
/// A template cannot wait for a database, so both are read before it is drawn; a request without a session cookie
/// asks nothing, and a superuser's permissions need no query.
pub(crate) fn add(site: &mut SiteBuilder) {
    site.template_context("user", user);
    site.template_context("perms", permissions);
}

fn user<'a>(parts: &'a mut Parts, site: &'a Site) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let user = current_user(&RequestContext::of(parts)?, site).await?;
        Ok(user.map_or_else(|| Value::from(()), |user| to_template_value(&user)))
    })
}

fn permissions<'a>(parts: &'a mut Parts, site: &'a Site) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let context = RequestContext::of(parts)?;
        let permissions = match current_user(&context, site).await? {
            Some(user) => current_permissions(&user, &context, site).await?,
            None => PermissionSet::nothing(),
        };
        Ok(Value::from_object(Perms(permissions)))
    })
}

/// `perms`.
struct Perms(PermissionSet);

impl Object for Perms {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        if name.contains('.') {
            return self.0.has(name).then(|| Value::from(true));
        }
        // An app of which nothing is held is there all the same, so that `perms.blog.add_post` is false, not an error.
        Some(Value::from_object(AppPerms { app: name.to_owned(), held: self.0.clone() }))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.iter().map(Value::from).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.0.is_everything() || self.0.iter().next().is_some()
    }
}

impl fmt::Debug for Perms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `perms.blog`.
#[derive(Debug)]
struct AppPerms {
    app: String,
    held: PermissionSet,
}

impl Object for AppPerms {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(Value::from(self.held.has(&format!("{}.{}", self.app, key.as_str()?))))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.held.has_app(&self.app)
    }
}
