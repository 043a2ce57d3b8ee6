//! [`DbSessionStore`]: sessions in Django's table, in Django's format.

use std::time::SystemTime;

use demijohn_core::signing::session;
use demijohn_core::{Error, ErrorKind, Result, Settings};
use demijohn_orm::{Database, Db, Model as _, Timestamp};
use demijohn_web::session::SessionData;
use demijohn_web::{BoxFuture, SessionStore};

use crate::models::{Session, now};

/// Keeps sessions in `django_session`. With the same `secret_key`, a session made here is one in Django and the other
/// way round.
///
/// A row that has expired, that nobody's key signed or that is damaged, is as if it were not there.
#[derive(Clone)]
pub struct DbSessionStore {
    database: Database,
    settings: Settings,
}

impl DbSessionStore {
    /// A store in this database, signing with the secret key of these settings.
    pub fn new(database: Database, settings: Settings) -> Self {
        Self { database, settings }
    }

    /// Removes the rows that have expired; how many is returned.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn clear_expired(&self) -> Result<u64> {
        let moment = now();
        let old = Session::objects().filter(|row| row.expire_date.lt(moment));
        Ok(old.delete(self.db().await?).await?.count())
    }

    async fn db(&self) -> Result<&Db> {
        self.database.db().await
    }

    fn text(&self, data: &SessionData) -> Result<String> {
        Ok(session::encode(data, &self.settings.keys()?))
    }

    async fn read(&self, key: &str) -> Result<Option<SessionData>> {
        if !is_key(key) {
            return Ok(None);
        }
        let moment = now();
        let row = Session::objects()
            .filter(|row| row.session_key.eq(key) & row.expire_date.gt(moment))
            .select(|row| row.session_data)
            .first(self.db().await?)
            .await?;
        let keys = self.settings.keys()?;
        Ok(row.and_then(|text| session::decode(&text, &keys).ok()))
    }

    async fn insert(&self, data: &SessionData, expires: SystemTime) -> Result<String> {
        /// Two keys are never the same; a generator that repeats itself must not loop for ever.
        const TRIES: usize = 5;
        let (text, expires) = (self.text(data)?, timestamp(expires)?);
        let db = self.db().await?;
        for _ in 0..TRIES {
            let key = session::new_key();
            let row = Session::create().session_key(key.as_str()).session_data(text.as_str()).expire_date(expires);
            match row.save(db).await {
                Ok(_) => return Ok(key),
                Err(error) if error.code() == "orm.unique" => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::internal("no free session key was found"))
    }

    async fn update(&self, key: &str, data: &SessionData, expires: SystemTime) -> Result<String> {
        let (text, expires) = (self.text(data)?, timestamp(expires)?);
        let text = text.as_str();
        let row = Session::objects().filter(|row| row.session_key.eq(key));
        let change = row.update(|row| (row.session_data.set(text), row.expire_date.set(expires)));
        if change.execute(self.db().await?).await? == 0 {
            return Err(Error::new(
                ErrorKind::Conflict,
                "auth.session_gone",
                "the session was ended by another request",
            )
            .with_public("you were logged out meanwhile"));
        }
        Ok(key.to_owned())
    }

    async fn remove(&self, key: &str) -> Result<()> {
        Session::objects().filter(|row| row.session_key.eq(key)).delete(self.db().await?).await.map(|_| ())
    }
}

/// What can be a key at all; anything else is not worth a question to the database.
fn is_key(text: &str) -> bool {
    (8..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// With the microseconds that databases keep.
fn timestamp(time: SystemTime) -> Result<Timestamp> {
    let time = Timestamp::try_from(time)?;
    Ok(Timestamp::from_microsecond(time.as_microsecond())?)
}

impl SessionStore for DbSessionStore {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<SessionData>>> {
        Box::pin(self.read(key))
    }

    fn create<'a>(&'a self, data: &'a SessionData, expires: SystemTime) -> BoxFuture<'a, Result<String>> {
        Box::pin(self.insert(data, expires))
    }

    fn save<'a>(&'a self, key: &'a str, data: &'a SessionData, expires: SystemTime) -> BoxFuture<'a, Result<String>> {
        Box::pin(self.update(key, data, expires))
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.remove(key))
    }
}
