//! What is wrong with a site.

use demijohn_core::{Check, Error, Level, Result, Settings};

use super::Site;

impl Site {
    /// All findings: of the routes and templates, and of the plugins; with `deploy`, also what would be unwise in
    /// production. Silenced ones are left out, the worst come first.
    pub fn checks(&self, deploy: bool) -> Vec<Check> {
        let mut checks = self.core.checks.clone();
        for plugin in &self.core.plugins {
            checks.extend(plugin.checks(self, deploy));
        }
        if deploy {
            checks.extend(deployment(self.settings()));
        }
        checks.retain(|check| !self.settings().silenced_checks.iter().any(|id| id == check.id));
        checks.sort_by_key(|check| std::cmp::Reverse(check.level));
        checks
    }

    /// Refuses a site that cannot work.
    ///
    /// # Errors
    /// There are findings of the level error; the error lists them.
    pub fn require_sound(&self) -> Result<()> {
        self.require_sound_in(&[""])
    }

    /// Refuses a site with errors whose codes begin with one of these: `models.`.
    ///
    /// # Errors
    /// There are such findings; the error lists them.
    pub fn require_sound_in(&self, codes: &[&str]) -> Result<()> {
        let mut errors = self.checks(false);
        errors.retain(|check| check.level == Level::Error && codes.iter().any(|code| check.id.starts_with(code)));
        if errors.is_empty() {
            return Ok(());
        }
        let list: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let problems = if errors.len() == 1 { "problem" } else { "problems" };
        Err(Error::misconfigured("web.checks", format!("the checks found {} {problems}", errors.len()))
            .with_excerpt(list.join("\n")))
    }
}

fn deployment(settings: &Settings) -> Vec<Check> {
    let warn = |id, object: &str, message: &'static str, hint: &'static str| {
        Check::warning(id, object.to_owned(), message).with_hint(hint)
    };
    let mut checks = Vec::new();
    if settings.debug {
        let message = "development mode shows source code and settings to everybody";
        checks.push(warn("security.W018", "debug", message, "set `debug = false` or build with `--release`"));
    }
    if settings.allowed_hosts.is_empty() {
        let message = "every host name is answered";
        checks.push(warn("security.W020", "allowed_hosts", message, "list the host names of this site"));
    }
    match settings.secret_key().map(str::len) {
        Ok(50..) if settings.has_secret_key() => {}
        _ => {
            let message = "the secret key is missing, generated or shorter than 50 characters";
            checks.push(warn(
                "security.W009",
                "secret_key",
                message,
                "set `SECRET_KEY` to 50 or more random characters",
            ));
        }
    }
    if settings.hsts.is_zero() {
        let message = "browsers may come back without TLS";
        checks.push(warn("security.W004", "hsts", message, "set `hsts = 31536000` once the whole site has TLS"));
    }
    if !settings.session_cookie_is_secure() {
        let message = "the session cookie is sent without TLS too";
        checks.push(warn("security.W012", "session_cookie_secure", message, "set `session_cookie_secure = true`"));
    }
    if !settings.csrf_cookie_is_secure() {
        let message = "the CSRF cookie is sent without TLS too";
        checks.push(warn("security.W016", "csrf_cookie_secure", message, "set `csrf_cookie_secure = true`"));
    }
    checks
}
