//! [`Auth`]: logging in, out, and changing passwords, as an argument of a handler.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use axum::extract::{FromRef, FromRequestParts};
use demijohn_core::{Error, Result};
use demijohn_orm::{Db, Model as _};
use demijohn_web::{PeerAddr, RequestContext, Site};
use http::request::Parts;

use crate::current::{current_permissions, current_user, database};
use crate::models::User;
use crate::{Accounts, PermissionSet, authenticate, login, logout, update_session_auth_hash};

/// What came of a password that somebody gave.
#[derive(Debug, Clone, PartialEq)]
pub enum Attempt {
    /// It is this user's.
    Welcome(Box<User>),
    /// It is nobody's who may log in. Why is not for anybody to know.
    Refused,
    /// There were too many failures: so long nothing is looked at.
    TooMany(Duration),
}

/// Logging in, out, and changing passwords, for login pages of your own.
///
/// ```
/// use demijohn_auth::{Attempt, Auth};
/// use demijohn_core::{Error, Result};
/// use demijohn_forms::FormData;
/// use demijohn_web::Redirect;
///
/// async fn enter(auth: Auth, form: FormData) -> Result<Redirect> {
///     let (name, password) = (form.get("username").unwrap_or_default(), form.get("password").unwrap_or_default());
///     match auth.attempt(name, password).await? {
///         Attempt::Welcome(user) => {
///             auth.login(&user).await?;
///             Ok(Redirect::local(form.get("next").unwrap_or_default(), "/"))
///         }
///         Attempt::Refused => Err(Error::unauthenticated("that is nobody's password")),
///         Attempt::TooMany(wait) => Err(Error::unauthenticated("please wait").with_status(429).with_hint(format!("{wait:?}"))),
///     }
/// }
/// # let _ = enter;
/// ```
#[derive(Clone)]
pub struct Auth {
    site: Site,
    context: RequestContext,
    client: IpAddr,
}

impl Auth {
    /// That of a request.
    ///
    /// # Errors
    /// The request has no context.
    pub fn of(parts: &Parts, site: Site) -> Result<Self> {
        let client = client(parts, &site);
        Ok(Self { context: RequestContext::of(parts)?, client, site })
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// How the site treats passwords and logins.
    ///
    /// # Errors
    /// Accounts are not installed.
    pub fn accounts(&self) -> Result<&Accounts> {
        Accounts::of(&self.site)
    }

    /// Whoever is logged in.
    ///
    /// # Errors
    /// What the session store or the database reports.
    pub async fn user(&self) -> Result<Option<User>> {
        current_user(&self.context, &self.site).await
    }

    /// What whoever is logged in may do; nothing for nobody.
    ///
    /// # Errors
    /// What the session store or the database reports.
    pub async fn permissions(&self) -> Result<PermissionSet> {
        match self.user().await? {
            Some(user) => current_permissions(&user, &self.context, &self.site).await,
            None => Ok(PermissionSet::nothing()),
        }
    }

    /// Finds out whose name and password these are. Nobody is logged in by this; failures are counted.
    ///
    /// # Errors
    /// What the database reports; `auth.busy` when too many checks are waiting already.
    pub async fn attempt(&self, username: &str, password: &str) -> Result<Attempt> {
        let accounts = self.accounts()?;
        if let Err(wait) = accounts.throttle().begin(username, self.client, Instant::now()) {
            return Ok(Attempt::TooMany(wait));
        }
        let db = self.db().await?;
        accounts.observe(&db).await?;
        let found = authenticate(&db, accounts.hasher(), username, password).await?;
        Ok(found.map_or(Attempt::Refused, |user| {
            accounts.throttle().succeed(username, self.client);
            Attempt::Welcome(Box::new(user))
        }))
    }

    /// Logs a user in; see [`login`].
    ///
    /// # Errors
    /// What the session store or the database reports.
    pub async fn login(&self, user: &User) -> Result<()> {
        login(&self.context, &self.site, user).await
    }

    /// Logs whoever it is out; see [`logout`].
    ///
    /// # Errors
    /// What the session store reports.
    pub async fn logout(&self) -> Result<()> {
        logout(&self.context, &self.site).await
    }

    /// Stores another password for a user. All sessions of the user end, but not this one, if it is the user's.
    ///
    /// # Errors
    /// The password is too long to be hashed; what the session store or the database reports.
    pub async fn change_password(&self, user: &User, password: &str) -> Result<User> {
        let stored = self.accounts()?.hasher().make_async(password).await?;
        let value = stored.as_str();
        let changed = User::objects().with_key(user.id).update(|row| row.password.set(value));
        if changed.execute(&self.db().await?).await? == 0 {
            return Err(Error::conflict("the account is no longer there"));
        }
        let user = User { password: stored, ..user.clone() };
        if self.user().await?.is_some_and(|own| own == user) {
            update_session_auth_hash(&self.context, &self.site, &user).await?;
        }
        Ok(user)
    }

    /// Who is at the other end.
    pub(crate) fn client(&self) -> IpAddr {
        self.client
    }

    pub(crate) async fn db(&self) -> Result<Db> {
        database(&self.context, &self.site).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Auth
where
    Site: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Self::of(parts, Site::from_ref(state))
    }
}

/// Who is at the other end: behind a proxy, whoever the proxy says it is. Only the last address is the proxy's own
/// word; those before it came with the request.
fn client(parts: &Parts, site: &Site) -> IpAddr {
    let named = || {
        let header = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        header.rsplit(',').next()?.trim().parse().ok()
    };
    let forwarded = if site.settings().behind_proxy { named() } else { None };
    forwarded.unwrap_or_else(|| PeerAddr::of(parts).0.ip())
}
