//! Guards: who may use all routes of an app.

use demijohn_core::{Error, Result};
use demijohn_web::{BoxFuture, Guard, RequestContext, Site};
use http::request::Parts;

use crate::current::{current_permissions, current_user};
use crate::models::User;
use crate::permissions::denied;

/// Lets in whoever is logged in: `App::named("shop").guard(login_required())`.
///
/// A browser is sent to the login page and comes back, an API client gets 401.
pub fn login_required() -> impl Guard {
    Required(Needs::Login)
}

/// Lets in whoever has a permission: `.guard(permission("blog.add_post"))`. Others who are logged in get 403.
pub fn permission(name: impl Into<String>) -> impl Guard {
    Required(Needs::Permission(name.into()))
}

/// Lets in whoever may use the admin. Others who are logged in get 403.
pub fn staff_required() -> impl Guard {
    Required(Needs::Staff)
}

/// Lets in superusers. Others who are logged in get 403.
pub fn superuser_required() -> impl Guard {
    Required(Needs::Superuser)
}

/// How a guard for a permission begins in the list of routes.
pub(crate) const PERMISSION: &str = "permission ";

struct Required(Needs);

enum Needs {
    Login,
    Permission(String),
    Staff,
    Superuser,
}

impl Guard for Required {
    fn check<'a>(&'a self, parts: &'a mut Parts, site: &'a Site) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let context = RequestContext::of(parts)?;
            let user = current_user(&context, site).await?.ok_or_else(unauthenticated)?;
            self.0.check(&user, &context, site).await
        })
    }

    fn description(&self) -> String {
        match &self.0 {
            Needs::Login => "login".to_owned(),
            Needs::Permission(name) => format!("{PERMISSION}{name}"),
            Needs::Staff => "staff".to_owned(),
            Needs::Superuser => "superuser".to_owned(),
        }
    }
}

impl Needs {
    async fn check(&self, user: &User, context: &RequestContext, site: &Site) -> Result<()> {
        let refuse = |who: &str| {
            Err(Error::denied(format!("the user is not {who}"))
                .with_code("auth.denied")
                .with_public("you are not allowed to do that"))
        };
        match self {
            Self::Login => Ok(()),
            Self::Staff if user.is_staff => Ok(()),
            Self::Staff => refuse("staff"),
            Self::Superuser if user.is_superuser => Ok(()),
            Self::Superuser => refuse("a superuser"),
            Self::Permission(name) if current_permissions(user, context, site).await?.has(name) => Ok(()),
            Self::Permission(name) => Err(denied(name)),
        }
    }
}

/// 401, or the login page in a browser.
#[track_caller]
pub(crate) fn unauthenticated() -> Error {
    Error::unauthenticated("please log in").with_code("auth.login_required")
}
