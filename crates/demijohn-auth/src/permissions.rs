//! [`PermissionSet`]: what a user may do.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use demijohn_core::{Error, Result};
use demijohn_orm::{Executor, Model as _};
use demijohn_web::{RequestContext, Site};
use http::request::Parts;

use crate::current::{current_permissions, current_user};
use crate::models::{GroupPermission, Permission, User, UserGroup, UserPermission};

/// What a user may do, in full: `permissions.has("blog.add_post")`.
///
/// In a handler's arguments it is that of whoever asks: nothing at all for somebody who is not logged in. It is read
/// once in a request.
#[derive(Debug, Clone, Default)]
pub struct PermissionSet {
    is_everything: bool,
    names: Arc<BTreeSet<String>>,
}

impl PermissionSet {
    /// Nothing: for somebody who is not logged in.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Everything: for a superuser.
    pub fn everything() -> Self {
        Self { is_everything: true, names: Arc::default() }
    }

    /// Exactly these: `blog.add_post`.
    pub fn of<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self { is_everything: false, names: Arc::new(names.into_iter().map(Into::into).collect()) }
    }

    /// Whether it holds this one: `blog.add_post`.
    pub fn has(&self, permission: &str) -> bool {
        self.is_everything || self.names.contains(permission)
    }

    /// Whether it holds all of these.
    pub fn has_all<'p>(&self, permissions: impl IntoIterator<Item = &'p str>) -> bool {
        permissions.into_iter().all(|permission| self.has(permission))
    }

    /// Whether it holds any permission of this app.
    pub fn has_app(&self, app: &str) -> bool {
        let first = format!("{app}.");
        self.is_everything || self.names.range(first.clone()..).next().is_some_and(|name| name.starts_with(&first))
    }

    /// Refuses whoever has not this one.
    ///
    /// # Errors
    /// 403.
    #[track_caller]
    pub fn require(&self, permission: &str) -> Result<()> {
        if self.has(permission) { Ok(()) } else { Err(denied(permission)) }
    }

    /// Whether it holds everything there is.
    pub fn is_everything(&self) -> bool {
        self.is_everything
    }

    /// Each permission by its name; none for [`PermissionSet::everything`], which names none.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// 403 for a permission that is missing. The client is not told which.
#[track_caller]
pub(crate) fn denied(permission: &str) -> Error {
    Error::denied(format!("the user has not the permission `{permission}`"))
        .with_code("auth.permission")
        .with_public("you are not allowed to do that")
}

/// What a user may do: everything for a superuser, nothing for somebody inactive, else what was given to the user and
/// to the user's groups. One query.
///
/// # Errors
/// What the database reports.
pub async fn permissions_of(user: &User, db: &dyn Executor) -> Result<PermissionSet> {
    if !user.is_active {
        return Ok(PermissionSet::nothing());
    }
    if user.is_superuser {
        return Ok(PermissionSet::everything());
    }
    let names = Permission::objects()
        .filter(|permission| {
            let own = UserPermission::objects().filter(|pair| pair.user.eq(user.id)).select(|pair| pair.permission);
            let groups = UserGroup::objects().filter(|pair| pair.user.eq(user.id)).select(|pair| pair.group);
            let shared =
                GroupPermission::objects().filter(|pair| pair.group.in_query(groups)).select(|pair| pair.permission);
            permission.id.in_query(own) | permission.id.in_query(shared)
        })
        .select(|permission| (permission.content_type().app_label, permission.codename))
        .all(db)
        .await?;
    Ok(PermissionSet::of(names.into_iter().map(|(app, codename)| format!("{app}.{codename}"))))
}

/// What the user may do.
impl User {
    /// Whether the user has a permission: `blog.add_post`. Asks the database each time: a handler with several
    /// questions takes [`PermissionSet`].
    ///
    /// # Errors
    /// What the database reports.
    pub async fn has_perm(&self, db: &dyn Executor, permission: &str) -> Result<bool> {
        Ok(permissions_of(self, db).await?.has(permission))
    }

    /// Whether the user has any permission of an app.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn has_module_perms(&self, db: &dyn Executor, app: &str) -> Result<bool> {
        Ok(permissions_of(self, db).await?.has_app(app))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PermissionSet
where
    Site: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let (context, site) = (RequestContext::of(parts)?, Site::from_ref(state));
        match current_user(&context, &site).await? {
            Some(user) => current_permissions(&user, &context, &site).await,
            None => Ok(Self::nothing()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_whose_name_begins_like_another_is_not_mistaken_for_it() {
        let set = PermissionSet::of(["blog.add_post", "shop.view_item"]);
        assert!(set.has_app("blog") && set.has_app("shop"));
        assert!(!set.has_app("blo") && !set.has_app("blogs") && !set.has_app("") && !set.has_app("zoo"));
        assert!(set.has("blog.add_post") && !set.has("blog.add_posts") && !set.has("blog.add"));
        assert!(set.has_all(["blog.add_post", "shop.view_item"]) && !set.has_all(["blog.add_post", "x.y"]));
    }

    #[test]
    fn nothing_has_nothing_and_everything_has_all() {
        assert!(PermissionSet::everything().has("any.thing") && PermissionSet::everything().has_app("any"));
        let error = PermissionSet::nothing().require("blog.add_post").expect_err("it has nothing");
        assert_eq!(error.status(), 403);
        assert!(!error.public().contains("add_post"), "{}", error.public());
    }
}
