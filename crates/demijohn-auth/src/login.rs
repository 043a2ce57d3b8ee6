//! Logging in and out: what a session says of its user, in Django's words, so that both sides read it.

use demijohn_core::Result;
use demijohn_orm::Model as _;
use demijohn_web::{RequestContext, Session, Site};

use crate::current::{database, remember};
use crate::models::{User, now};
use crate::tokens::session_auth_hash;

/// The session's value with the user's key, as a text.
pub(crate) const USER_KEY: &str = "_auth_user_id";

/// The session's value with the way the user was recognised.
pub(crate) const BACKEND_KEY: &str = "_auth_user_backend";

/// The session's value that ties it to the password.
pub(crate) const HASH_KEY: &str = "_auth_user_hash";

/// Django's name for what we do: look a user up in `auth_user`.
pub(crate) const BACKEND: &str = "django.contrib.auth.backends.ModelBackend";

/// Logs a user in: from now on the browser behind this request is theirs.
///
/// The session gets a new key, so that one which somebody planted is worth nothing; what it held stays, unless it was
/// another user's. The browser gets a new CSRF secret, and the moment is written down as the user's last login.
/// Whether the user may log in is for the caller to know: see [`authenticate`](crate::authenticate).
///
/// # Errors
/// What the session store or the database reports.
pub async fn login(context: &RequestContext, site: &Site, user: &User) -> Result<()> {
    let session = Session::load(context, site).await?;
    let hash = session_auth_hash(&user.password, &site.settings().keys()?);
    let holds = |name: &str, value: &str| session.get::<String>(name).ok().flatten().as_deref() == Some(value);
    let is_own = holds(USER_KEY, &user.id.to_string()) && holds(HASH_KEY, &hash);
    if session.contains(USER_KEY) && !is_own {
        session.flush();
    } else {
        session.cycle_key();
    }
    session.insert(USER_KEY, user.id.to_string())?;
    session.insert(BACKEND_KEY, BACKEND)?;
    session.insert(HASH_KEY, hash)?;
    context.rotate_csrf();
    let moment = now();
    let db = database(context, site).await?;
    User::objects().with_key(user.id).update(|row| row.last_login.set(moment)).execute(&db).await?;
    remember(context, Some(User { last_login: Some(moment), ..user.clone() }));
    Ok(())
}

/// Logs whoever it is out: the session is gone, here and in the store.
///
/// # Errors
/// What the session store reports.
pub async fn logout(context: &RequestContext, site: &Site) -> Result<()> {
    Session::load(context, site).await?.flush();
    context.rotate_csrf();
    remember(context, None);
    Ok(())
}

/// Keeps this session alive after its user's password was changed; all others of the user end.
///
/// # Errors
/// What the session store reports.
pub async fn update_session_auth_hash(context: &RequestContext, site: &Site, user: &User) -> Result<()> {
    let session = Session::load(context, site).await?;
    session.cycle_key();
    session.insert(HASH_KEY, session_auth_hash(&user.password, &site.settings().keys()?))?;
    remember(context, Some(user.clone()));
    Ok(())
}
