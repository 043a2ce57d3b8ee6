//! [`Settings`]: what a site is told from outside: `demijohn.toml`, `.env` and the environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::{Error, Result};

mod dotenv;
mod file;
mod load;
mod secret;
mod slot;
#[cfg(test)]
mod tests;

pub use secret::Secret;

/// The settings of a site.
///
/// Each value comes from the last of these that names it: the default, `demijohn.toml`, the file `.env` beside it,
/// the environment. In the environment a key is called `DEMIJOHN_` and its name in capitals; `DATABASE_URL`,
/// `SECRET_KEY` and `PORT` are read under these names too. Durations are seconds.
///
/// ```
/// let mut settings = demijohn_core::Settings::default();
/// settings.allowed_hosts = vec!["example.org".to_owned()];
/// assert_eq!(settings.bind, "127.0.0.1:8000");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Development: the debug page, templates from disk, one line for each request. Default: built with debug assertions.
    pub debug: bool,
    /// Where the data is: `sqlite:site.sqlite3`.
    pub database_url: Option<Secret>,
    /// The address and port to listen on.
    pub bind: String,
    /// The host names this site answers to; `.example.org` stands for all below it, `*` for any. Empty: any in
    /// production, the names of this machine in development.
    pub allowed_hosts: Vec<String>,
    /// Other origins whose forms may post here: `https://shop.example.org`, `https://*.example.org`.
    pub csrf_trusted_origins: Vec<String>,
    /// A proxy in front sets `X-Forwarded-Proto`, and nobody else can.
    pub behind_proxy: bool,
    /// The time zone in which dates are shown and read.
    pub time_zone: String,
    /// The name of the session cookie.
    pub session_cookie_name: String,
    /// How long a session lives after it was last saved.
    pub session_cookie_age: Duration,
    /// Send the session cookie over HTTPS only. Default: when not in development.
    pub session_cookie_secure: Option<bool>,
    /// Hide the session cookie from JavaScript.
    pub session_cookie_httponly: bool,
    /// The session cookie's `SameSite`: `Lax`, `Strict` or `None`.
    pub session_cookie_samesite: String,
    /// The session cookie's `Domain`; none: this host only.
    pub session_cookie_domain: Option<String>,
    /// The session cookie's `Path`.
    pub session_cookie_path: String,
    /// Sessions end when the browser is closed.
    pub session_expire_at_browser_close: bool,
    /// Save the session, and send its cookie, with every request.
    pub session_save_every_request: bool,
    /// The name of the CSRF cookie.
    pub csrf_cookie_name: String,
    /// Send the CSRF cookie over HTTPS only. Default: when not in development.
    pub csrf_cookie_secure: Option<bool>,
    /// The largest body of a request in bytes.
    pub body_limit: u64,
    /// How long a client may take to send a body, and how long it may take nothing of an answer.
    pub body_deadline: Duration,
    /// How long a client may take to send the head of a request, and how long a connection may be idle.
    pub header_timeout: Duration,
    /// How many connections are open at once; more wait.
    pub max_connections: u32,
    /// How long running requests may take to finish once the server is told to stop.
    pub shutdown_grace: Duration,
    /// Where static files are found.
    pub static_url: String,
    /// Where browsers are sent to log in.
    pub login_url: Option<String>,
    /// `Strict-Transport-Security` for this long; none when zero.
    pub hsts: Duration,
    /// Statements that take longer are reported; none when zero.
    pub slow_query: Duration,
    /// The ids of checks that say nothing.
    pub silenced_checks: Vec<String>,
    secret_key: Option<Secret>,
    secret_key_fallbacks: Vec<Secret>,
    generated_key: Arc<OnceLock<Secret>>,
    root: PathBuf,
    file: Option<Arc<file::SettingsFile>>,
    variables: Arc<BTreeMap<String, Secret>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            debug: cfg!(debug_assertions),
            database_url: None,
            bind: "127.0.0.1:8000".to_owned(),
            allowed_hosts: Vec::new(),
            csrf_trusted_origins: Vec::new(),
            behind_proxy: false,
            time_zone: "UTC".to_owned(),
            session_cookie_name: "sessionid".to_owned(),
            session_cookie_age: Duration::from_secs(1_209_600),
            session_cookie_secure: None,
            session_cookie_httponly: true,
            session_cookie_samesite: "Lax".to_owned(),
            session_cookie_domain: None,
            session_cookie_path: "/".to_owned(),
            session_expire_at_browser_close: false,
            session_save_every_request: false,
            csrf_cookie_name: "csrftoken".to_owned(),
            csrf_cookie_secure: None,
            body_limit: 2_621_440,
            body_deadline: Duration::from_secs(30),
            header_timeout: Duration::from_secs(10),
            max_connections: 10_000,
            shutdown_grace: Duration::from_secs(10),
            static_url: "/static/".to_owned(),
            login_url: None,
            hsts: Duration::ZERO,
            slow_query: Duration::ZERO,
            silenced_checks: Vec::new(),
            secret_key: None,
            secret_key_fallbacks: Vec::new(),
            generated_key: Arc::default(),
            root: PathBuf::from("."),
            file: None,
            variables: Arc::default(),
        }
    }
}

impl Settings {
    /// The directory of `demijohn.toml`, or the working directory: relative paths in the settings start here.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The settings file that was read.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref().map(|file| file.path.as_path())
    }

    /// A variable of the environment or of `.env`, for settings of your own.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(Secret::expose)
    }

    /// Adds a variable as if it came from the environment; for tests.
    pub fn with_var(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.variables).insert(name.into(), Secret::new(value));
        self
    }

    /// Sets the secret key; for tests and for programs that keep it elsewhere.
    pub fn with_secret_key(mut self, key: impl Into<String>) -> Self {
        self.secret_key = Some(Secret::new(key));
        self
    }

    /// Sets the old keys whose signatures are still accepted.
    pub fn with_secret_key_fallbacks<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.secret_key_fallbacks = keys.into_iter().map(Secret::new).collect();
        self
    }

    /// The key that everything signed is signed with.
    ///
    /// In development a random one is made and kept in `.demijohn/secret_key` beside the settings file.
    ///
    /// # Errors
    /// No key is set in production.
    pub fn secret_key(&self) -> Result<&str> {
        if let Some(key) = self.given_key() {
            return Ok(key.expose());
        }
        if !self.debug {
            return Err(Error::misconfigured("settings.secret_key", "`secret_key` is not set")
                .with_hint("set the environment variable `SECRET_KEY` to 50 or more random characters"));
        }
        if let Some(key) = self.generated_key.get() {
            return Ok(key.expose());
        }
        let key = secret::development_key(&self.root)?;
        Ok(self.generated_key.get_or_init(|| key).expose())
    }

    /// True when a key was given, so that nothing has to be generated.
    pub fn has_secret_key(&self) -> bool {
        self.given_key().is_some()
    }

    /// An empty key is none: everybody could sign with it.
    fn given_key(&self) -> Option<&Secret> {
        self.secret_key.as_ref().filter(|key| !key.expose().trim().is_empty())
    }

    /// Old keys whose signatures are still accepted.
    pub fn secret_key_fallbacks(&self) -> impl Iterator<Item = &str> {
        self.secret_key_fallbacks.iter().map(Secret::expose).filter(|key| !key.trim().is_empty())
    }

    /// Whether the session cookie goes over HTTPS only.
    pub fn session_cookie_is_secure(&self) -> bool {
        self.session_cookie_secure.unwrap_or(!self.debug)
    }

    /// Whether the CSRF cookie goes over HTTPS only.
    pub fn csrf_cookie_is_secure(&self) -> bool {
        self.csrf_cookie_secure.unwrap_or(!self.debug)
    }

    /// The table `[name]` of the settings file as a type of your own; `None` when there is no such table.
    ///
    /// # Errors
    /// The table does not fit the type; the error shows the line and what was possible.
    pub fn section<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let Some((file, value)) = self.file.as_deref().and_then(|file| Some((file, file.section(name)?))) else {
            return Ok(None);
        };
        serde_json::from_value(value).map(Some).map_err(|error| file.section_error(name, &error.to_string()))
    }

    /// The names of the tables in the settings file.
    pub fn sections(&self) -> Vec<&str> {
        self.file.as_deref().map(file::SettingsFile::section_names).unwrap_or_default()
    }
}

#[cfg(feature = "signing")]
impl Settings {
    /// The secret key and the old ones still accepted, for signing.
    ///
    /// # Errors
    /// As [`Settings::secret_key`].
    pub fn keys(&self) -> Result<crate::signing::Keys> {
        Ok(crate::signing::Keys::new(self.secret_key()?).with_fallbacks(self.secret_key_fallbacks()))
    }
}
