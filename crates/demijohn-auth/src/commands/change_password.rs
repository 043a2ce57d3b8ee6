//! `changepassword`

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_orm::{Database, Model as _};
use demijohn_web::{Args, Site};

use super::dialogue::{Terminal, new_password};
use super::{print, shown};
use crate::Accounts;
use crate::models::User;

/// The new password, where nobody can be asked.
const PASSWORD: &str = "DEMIJOHN_NEW_PASSWORD";

pub(super) async fn run(site: Site, mut args: Args) -> Result<()> {
    let asks = !(args.flag("--noinput") | args.flag("--no-input"));
    let username = args.positional();
    args.finish()?;
    let username = username.ok_or_else(|| {
        let error = Error::new(ErrorKind::Invalid, "auth.changepassword", "`changepassword` needs a user name");
        error.with_hint("write `changepassword USERNAME`")
    })?;
    let db = Database::of(&site)?.db().await?;
    let name = username.as_str();
    let Some(mut user) = User::objects().filter(|user| user.username.eq(name)).first(db).await? else {
        let message = format!("there is no user `{}`", shown(name));
        return Err(Error::new(ErrorKind::NotFound, "auth.changepassword", message));
    };
    let accounts = Accounts::of(&site)?;
    let password = if asks {
        let mut terminal = Terminal::open("use `--noinput` with the variable DEMIJOHN_NEW_PASSWORD")?;
        let complaints = |password: &str| {
            let found = accounts.rules().check(password, &user.attributes());
            found.into_iter().map(|complaint| complaint.message).collect()
        };
        new_password(&mut terminal, &complaints)?
    } else {
        let given = site.settings().var(PASSWORD).filter(|value| !value.is_empty());
        let missing =
            || Error::new(ErrorKind::Invalid, "auth.changepassword", format!("the variable {PASSWORD} is not set"));
        given.ok_or_else(missing)?.to_owned()
    };
    user.set_password(accounts.hasher(), &password).await?;
    let stored = user.password.as_str();
    User::objects().with_key(user.id).update(|row| row.password.set(stored)).execute(db).await?;
    print(&format!("Changed the password of {}; all sessions of this user are over.\n", shown(name)));
    Ok(())
}
