//! Who asks: the user behind a request's session, looked up once, and only when somebody wants to know.

use demijohn_core::Result;
use demijohn_orm::{Database, Db, Model as _};
use demijohn_web::{RequestContext, Session, Site};

use crate::login::{BACKEND, BACKEND_KEY, HASH_KEY, USER_KEY};
use crate::models::User;
use crate::permissions::{PermissionSet, permissions_of};
use crate::tokens::{SessionMatch, check_session_auth_hash, session_auth_hash};

/// The request's user once it was looked up; `None` in it: nobody is logged in.
#[derive(Clone)]
struct Known(Option<User>);

/// What the request's user may do, with the user's key.
#[derive(Clone)]
struct KnownPermissions(i64, PermissionSet);

/// The user who is logged in, if anybody is.
///
/// A session without a user, of a user who is gone or not active, or made before the password was changed, is
/// nobody's. The answer is kept for the rest of the request; a request without a session cookie costs nothing.
///
/// # Errors
/// What the session store or the database reports.
pub async fn current_user(context: &RequestContext, site: &Site) -> Result<Option<User>> {
    if let Some(Known(user)) = context.get() {
        return Ok(user);
    }
    context.vary_on_cookie();
    let user = match context.cookie(&site.settings().session_cookie_name) {
        Some(_) => load(context, site).await?,
        None => None,
    };
    remember(context, user.clone());
    Ok(user)
}

/// What the user of this request may do, read once.
pub(crate) async fn current_permissions(user: &User, context: &RequestContext, site: &Site) -> Result<PermissionSet> {
    if let Some(KnownPermissions(_, known)) = context.get().filter(|known: &KnownPermissions| known.0 == user.id) {
        return Ok(known);
    }
    let permissions = permissions_of(user, &database(context, site).await?).await?;
    context.insert(KnownPermissions(user.id, permissions.clone()));
    Ok(permissions)
}

/// From now on this is who asks.
pub(crate) fn remember(context: &RequestContext, user: Option<User>) {
    context.insert(Known(user));
    context.insert(KnownPermissions(0, PermissionSet::nothing()));
}

/// The database, with this request's statements on its debug page.
pub(crate) async fn database(context: &RequestContext, site: &Site) -> Result<Db> {
    Database::of_request(context, site).await
}

async fn load(context: &RequestContext, site: &Site) -> Result<Option<User>> {
    let session = Session::load(context, site).await?;
    // Values of another type are not ours: as if they were not there.
    let text = |name: &str| session.get::<String>(name).ok().flatten();
    let Some(id) = text(USER_KEY).and_then(|id| id.parse::<i64>().ok()) else { return Ok(None) };
    if text(BACKEND_KEY).as_deref() != Some(BACKEND) {
        return Ok(None);
    }
    let db = database(context, site).await?;
    let Some(user) = User::objects().with_key(id).first(&db).await?.filter(|user| user.is_active) else {
        return Ok(None);
    };
    let keys = site.settings().keys()?;
    match check_session_auth_hash(&text(HASH_KEY).unwrap_or_default(), &user.password, &keys) {
        SessionMatch::Current => Ok(Some(user)),
        SessionMatch::Fallback => {
            session.cycle_key();
            session.insert(HASH_KEY, session_auth_hash(&user.password, &keys))?;
            Ok(Some(user))
        }
        SessionMatch::Stale => {
            session.flush();
            Ok(None)
        }
    }
}
