//! `createsuperuser`

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_orm::{Database, Db, Model as _};
use demijohn_web::{Args, Site};

use super::dialogue::{Dialogue, Terminal, new_password};
use super::{print, shown};
use crate::Accounts;
use crate::models::User;
use crate::password_validation::UserAttribute;

/// Django's variables, so that scripts that know them go on working.
const USERNAME: &str = "DJANGO_SUPERUSER_USERNAME";
const EMAIL: &str = "DJANGO_SUPERUSER_EMAIL";
const PASSWORD: &str = "DJANGO_SUPERUSER_PASSWORD";

/// What is known of the account.
#[derive(Debug, Clone, Default)]
struct Wanted {
    username: Option<String>,
    email: Option<String>,
    password: Option<String>,
}

pub(super) async fn run(site: Site, mut args: Args) -> Result<()> {
    let mut wanted = Wanted { username: args.option("--username")?, email: args.option("--email")?, password: None };
    let asks = !(args.flag("--noinput") | args.flag("--no-input"));
    args.finish()?;
    let db = Database::of(&site)?.db().await?;
    if asks {
        let hint =
            "use `--noinput` with the variable DJANGO_SUPERUSER_PASSWORD and the options `--username`, `--email`";
        let mut terminal = Terminal::open(hint)?;
        wanted = ask(&mut terminal, db, Accounts::of(&site)?, wanted).await?;
    } else {
        let variable = |name| site.settings().var(name).filter(|value| !value.is_empty()).map(ToOwned::to_owned);
        wanted.username = wanted.username.or_else(|| variable(USERNAME));
        wanted.email = wanted.email.or_else(|| variable(EMAIL));
        wanted.password = variable(PASSWORD);
    }
    make(&site, db, wanted).await
}

async fn make(site: &Site, db: &Db, wanted: Wanted) -> Result<()> {
    let username = wanted.username.ok_or_else(|| {
        invalid("no user name was given").with_hint(format!("use `--username NAME` or the variable {USERNAME}"))
    })?;
    if let Some(wrong) = problem_of(db, &username).await? {
        return Err(invalid(format!("the user name `{}` cannot be used: {wrong}", shown(&username))));
    }
    let hasher = Accounts::of(site)?.hasher();
    let email = wanted.email.unwrap_or_default();
    User::create_superuser(db, hasher, &username, &email, wanted.password.as_deref()).await?;
    let name = shown(&username);
    print(&match wanted.password {
        Some(_) => format!("Made the superuser {name}.\n"),
        None => format!("Made the superuser {name} without a password; give one with `changepassword {name}`.\n"),
    });
    Ok(())
}

/// Asks for what is not known yet, until it can be used.
async fn ask(dialogue: &mut (dyn Dialogue + Send), db: &Db, accounts: &Accounts, wanted: Wanted) -> Result<Wanted> {
    let mut username = wanted.username;
    let username = loop {
        let name = match username.take() {
            Some(name) => name,
            None => dialogue.ask("Username: ")?.trim().to_owned(),
        };
        match problem_of(db, &name).await? {
            None => break name,
            Some(wrong) => dialogue.say(&format!("Error: {wrong}\n")),
        }
    };
    let email = match wanted.email {
        Some(email) => email,
        None => dialogue.ask("Email address: ")?.trim().to_owned(),
    };
    let complaints = |password: &str| {
        let user = [UserAttribute::new("username", &username), UserAttribute::new("email address", &email)];
        accounts.rules().check(password, &user).into_iter().map(|complaint| complaint.message).collect()
    };
    let password = new_password(dialogue, &complaints)?;
    Ok(Wanted { username: Some(username), email: Some(email), password: Some(password) })
}

/// What is wrong with a name for a new account.
async fn problem_of(db: &Db, username: &str) -> Result<Option<&'static str>> {
    if let Some(wrong) = User::check_username(username) {
        return Ok(Some(wrong));
    }
    let is_taken = User::objects().filter(|user| user.username.eq(username)).exists(db).await?;
    Ok(is_taken.then_some("That username is already taken."))
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Invalid, "auth.createsuperuser", message)
}

#[cfg(test)]
mod tests {
    use demijohn_core::model::Models;
    use demijohn_orm::migrations::{MigrateContext, MigrateOptions, migrate};

    use super::super::dialogue::tests::Script;
    use super::*;
    use crate::hashers::{Hasher, Hashing, Pbkdf2};

    async fn database() -> Db {
        let models: Models = [User::meta(), crate::ContentType::meta()].into_iter().collect();
        let db = Db::connect("sqlite::memory:", models.clone()).await.expect("a database");
        let migrations = [crate::migrations::contenttypes::all().into(), crate::migrations::auth::all().into()];
        let driver = db.driver().as_ref();
        let context = MigrateContext { driver, models: &models, migrations: &migrations, post_migrate: &[] };
        migrate(&context, &MigrateOptions::default(), &mut |_| {}).await.expect("migrated");
        db
    }

    #[tokio::test]
    async fn what_is_wrong_is_asked_for_again() {
        let db = database().await;
        let hashing = Hashing::new(Hasher::Pbkdf2(Pbkdf2::sha256(10)));
        User::create_user(&db, &hashing, "ada", "", None).await.expect("a user");
        let accounts = Accounts::new();
        let mut script = Script::new(&["", "a b", "ada", "grace", "grace@EXAMPLE.org", "grace1234", "grace1234", "y"]);
        let wanted = ask(&mut script, &db, &accounts, Wanted::default()).await.expect("all is known");
        assert_eq!(wanted.username.as_deref(), Some("grace"));
        assert_eq!(wanted.password.as_deref(), Some("grace1234"));
        for expected in ["cannot be blank", "Use only letters", "already taken", "too similar to the username"] {
            assert!(script.heard.contains(expected), "{expected}: {}", script.heard);
        }
        // What the command line said is not asked for.
        let known = Wanted { username: Some("bob".to_owned()), email: Some(String::new()), password: None };
        let mut script = Script::new(&["quartz blimp 7 ferry", "quartz blimp 7 ferry"]);
        let wanted = ask(&mut script, &db, &accounts, known).await.expect("all is known");
        assert_eq!(
            (wanted.username.as_deref(), script.heard.as_str()),
            (Some("bob"), "Password: \nPassword (again): \n")
        );
    }
}
