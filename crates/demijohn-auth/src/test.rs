//! Logging in, in tests of your own.

use demijohn_core::{Error, Result};
use demijohn_web::session::SessionData;
use demijohn_web::{SessionStore as _, TestClient};
use std::time::SystemTime;

use crate::DbSessionStore;
use crate::login::{BACKEND, BACKEND_KEY, HASH_KEY, USER_KEY};
use crate::models::User;
use crate::tokens::session_auth_hash;

/// What accounts add to the test client: `client.login(&ada).await?`.
pub trait TestLogin {
    /// Makes the client this user's, through the session store and without a password.
    fn login(&self, user: &User) -> impl Future<Output = Result<()>> + Send;

    /// The same; Django's name for it.
    fn force_login(&self, user: &User) -> impl Future<Output = Result<()>> + Send;
}

impl TestLogin for TestClient {
    async fn login(&self, user: &User) -> Result<()> {
        let settings = self.site().settings();
        let store = self.site().get::<DbSessionStore>().ok_or_else(|| {
            Error::misconfigured("auth.not_installed", "accounts are not installed on the site of this test client")
                .with_hint("add `.install(auth::app())` to the app")
        })?;
        let mut data = SessionData::new();
        data.insert(USER_KEY.to_owned(), user.id.to_string().into());
        data.insert(BACKEND_KEY.to_owned(), BACKEND.into());
        data.insert(HASH_KEY.to_owned(), session_auth_hash(&user.password, &settings.keys()?).into());
        let key = store.create(&data, SystemTime::now() + settings.session_cookie_age).await?;
        self.set_cookie(&settings.session_cookie_name, &key);
        Ok(())
    }

    async fn force_login(&self, user: &User) -> Result<()> {
        self.login(user).await
    }
}
