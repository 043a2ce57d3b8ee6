//! [`Accounts`]: how a site treats passwords and logins.

use std::sync::Arc;

use demijohn_core::{Error, Result};
use demijohn_orm::{Executor, Model as _};
use demijohn_web::Site;
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use crate::Throttle;
use crate::hashers::Hashing;
use crate::models::User;
use crate::password_validation::PasswordRules;
use crate::sign_in_link::SignInLink;

/// How a site treats passwords and logins; given to [`app_with`](crate::app_with).
///
/// ```
/// use demijohn_auth::Accounts;
/// use demijohn_auth::hashers::{Hasher, Hashing};
///
/// // A site that shares its users with Django 5.2, and stores new passwords as that does.
/// let accounts = Accounts::new().hashing(Hashing::new(Hasher::DJANGO_5_2)).login_redirect("/dashboard");
/// let app = demijohn_auth::app_with(accounts);
/// # let _ = app;
/// ```
#[derive(Clone)]
pub struct Accounts {
    hashing: Hashing,
    rules: Arc<PasswordRules>,
    login_redirect: Arc<str>,
    logout_redirect: Option<Arc<str>>,
    throttle: Arc<Throttle>,
    pub(crate) link: Arc<SignInLink>,
    observed: Arc<OnceCell<()>>,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            hashing: Hashing::default(),
            rules: Arc::default(),
            login_redirect: "/".into(),
            logout_redirect: None,
            throttle: Arc::default(),
            link: Arc::default(),
            observed: Arc::default(),
        }
    }
}

impl Accounts {
    /// Argon2 for new passwords, the four rules of a new Django project, `/` after the login.
    pub fn new() -> Self {
        Self::default()
    }

    /// How passwords are stored and checked.
    pub fn hashing(mut self, hashing: Hashing) -> Self {
        self.hashing = hashing;
        self
    }

    /// What a new password must be.
    pub fn password_rules(mut self, rules: PasswordRules) -> Self {
        self.rules = Arc::new(rules);
        self
    }

    /// Where people go after logging in when they came from nowhere.
    pub fn login_redirect(mut self, path: &str) -> Self {
        self.login_redirect = path.into();
        self
    }

    /// Where people go after logging out; without it they are shown a page that says so.
    pub fn logout_redirect(mut self, path: &str) -> Self {
        self.logout_redirect = Some(path.into());
        self
    }

    /// Those of a site.
    ///
    /// # Errors
    /// `auth.not_installed` when accounts are not installed on it.
    pub fn of(site: &Site) -> Result<&Self> {
        site.get::<Self>().ok_or_else(|| {
            Error::misconfigured("auth.not_installed", "accounts are not installed on this site")
                .with_hint("add `.install(auth::app())` to the app")
        })
    }

    /// How passwords are stored and checked.
    pub fn hasher(&self) -> &Hashing {
        &self.hashing
    }

    /// What a new password must be.
    pub fn rules(&self) -> &PasswordRules {
        &self.rules
    }

    /// How often a password may be tried.
    pub fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    /// Where people go after logging in.
    pub fn after_login(&self) -> &str {
        &self.login_redirect
    }

    /// Where people go after logging out.
    pub fn after_logout(&self) -> Option<&str> {
        self.logout_redirect.as_deref()
    }

    /// Looks at some stored passwords, the first time: the very first check for a user who does not exist must cost
    /// what a check for one who does costs.
    pub(crate) async fn observe(&self, db: &dyn Executor) -> Result<()> {
        /// Enough to meet every way of storing that is in use.
        const SAMPLE: u64 = 200;
        let look = async || {
            let some = User::objects().select(|user| user.password).limit(SAMPLE).all(db).await?;
            let hashing = self.hashing.clone();
            // Two ways of storing are compared by running both, which takes some time.
            let compare = spawn_blocking(move || some.iter().for_each(|stored| hashing.observe(stored)));
            compare.await.map_err(|error| Error::internal("stored passwords could not be read").with_source(error))
        };
        self.observed.get_or_try_init(look).await.copied()
    }
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts").field("hashing", &self.hashing).field("rules", &self.rules).finish_non_exhaustive()
    }
}
