//! [`authenticate`]: whose user name and password these are.

use demijohn_core::Result;
use demijohn_orm::{Executor, Model as _};

use crate::hashers::{Hashing, Outcome};
use crate::models::User;

/// The active user whose name and password these are; `None` for anything else.
///
/// An unknown name, an inactive account, one without a usable password and a wrong password all cost the same, so that
/// the time does not tell which it was.
///
/// # Errors
/// What the database reports; `auth.busy` when too many checks are waiting already.
pub async fn authenticate(
    db: &dyn Executor,
    hashing: &Hashing,
    username: &str,
    password: &str,
) -> Result<Option<User>> {
    let found = find(db, username).await?;
    let stored = found.as_ref().map(|user| user.password.clone());
    let outcome = hashing.check_async(password, stored).await?;
    let Some(mut user) = found.filter(|user| outcome.is_correct() && user.is_active) else {
        return Ok(None);
    };
    if outcome == Outcome::Outdated {
        let old = user.password.clone();
        user.set_password(hashing, password).await?;
        let (old, new) = (old.as_str(), user.password.as_str());
        // What was changed meanwhile stays changed: by another login it may still be this password, or another one.
        let same = User::objects().with_key(user.id).filter(|row| row.password.eq(old));
        if same.update(|row| row.password.set(new)).execute(db).await? == 0 {
            let Some(found) = User::objects().with_key(user.id).first(db).await? else { return Ok(None) };
            let outcome = hashing.check_async(password, Some(found.password.clone())).await?;
            return Ok((outcome.is_correct() && found.is_active).then_some(found));
        }
    }
    Ok(Some(user))
}

async fn find(db: &dyn Executor, username: &str) -> Result<Option<User>> {
    // No name holds a NUL, and some databases refuse to be asked for one.
    if username.contains('\0') {
        return Ok(None);
    }
    User::objects().filter(|user| user.username.eq(username)).first(db).await
}
