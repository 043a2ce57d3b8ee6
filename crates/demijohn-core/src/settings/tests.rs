//! Tests of the settings: which source wins, and what each mistake says.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use expect_test::{Expect, expect};
use serde::Deserialize;

use super::Settings;

/// A working directory that is gone when the test is.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("demijohn-settings-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("the temporary directory can be written");
        Self(path)
    }

    fn with(self, name: &str, text: &str) -> Self {
        std::fs::write(self.0.join(name), text).expect("it can be written");
        self
    }

    fn load(&self, environment: &[(&str, &str)]) -> crate::Result<Settings> {
        let environment: BTreeMap<_, _> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::load_from(&self.0, &environment)
    }

    fn check(&self, environment: &[(&str, &str)], expected: Expect) {
        let error = self.load(environment).expect_err("the settings are wrong");
        expected.assert_eq(&format!("{error:#}").replace(&self.0.display().to_string(), "DIR"));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_environment_wins_over_dotenv_over_the_file_over_the_default() {
    let place = Place::new()
        .with("demijohn.toml", "bind = 'a:1'\nbody_limit = 10\ntime_zone = 'Europe/Berlin'\nallowed_hosts = ['a.b']\n")
        .with(".env", "DEMIJOHN_BIND=b:2\nDEMIJOHN_BODY_LIMIT=20\nOWN=from-dotenv\nOTHER=x\n");
    let settings = place.load(&[("DEMIJOHN_BIND", "c:3"), ("OWN", "from-environment")]).expect("they are good");
    assert_eq!(settings.bind, "c:3");
    assert_eq!(settings.body_limit, 20);
    assert_eq!(settings.time_zone, "Europe/Berlin");
    assert_eq!(settings.allowed_hosts, ["a.b"]);
    assert_eq!(settings.header_timeout, Duration::from_secs(10));
    assert_eq!(
        (settings.var("OWN"), settings.var("OTHER"), settings.var("NONE")),
        (Some("from-environment"), Some("x"), None)
    );
    assert_eq!(settings.root(), place.0);
}

#[test]
fn well_known_variables_have_their_well_known_names() {
    let place = Place::new();
    let variables = [("DATABASE_URL", "sqlite:x"), ("SECRET_KEY", "s"), ("PORT", "9000"), ("DEMIJOHN_DEBUG", "off")];
    let settings = place.load(&variables).expect("they are good");
    assert_eq!(settings.database_url.as_ref().map(super::Secret::expose), Some("sqlite:x"));
    assert_eq!(settings.secret_key().expect("it is set"), "s");
    assert_eq!(settings.bind, "127.0.0.1:9000");
    assert!(!settings.debug);
}

#[test]
fn every_key_can_be_set_in_the_file_and_in_the_environment() {
    for key in super::slot::KEYS {
        let mut settings = Settings::default();
        assert!(super::slot::slot(&mut settings, key).is_some(), "{key} is listed and cannot be set");
    }
}

#[test]
fn no_log_shows_a_secret() {
    let place = Place::new().with(".env", "OWN=hunter2\nSECRET_KEY=hunter3\nDATABASE_URL=postgres://u:hunter4@h/d\n");
    let text = format!("{:?}", place.load(&[]).expect("they are good"));
    assert!(!text.contains("hunter"), "{text}");
}

#[test]
fn an_unknown_key_lists_the_choices() {
    let place = Place::new().with("demijohn.toml", "# ours\nalowed_hosts = ['a']\n");
    place.check(&[], expect![[r#"
        DIR/demijohn.toml:2: unknown setting `alowed_hosts`; choices are `debug`, `secret_key`, `secret_key_fallbacks`, `database_url`, `bind`, `allowed_hosts`, `csrf_trusted_origins`, `behind_proxy`, `time_zone`, `session_cookie_name`, `session_cookie_age`, `session_cookie_secure`, `session_cookie_httponly`, `session_cookie_samesite`, `session_cookie_domain`, `session_cookie_path`, `session_expire_at_browser_close`, `session_save_every_request`, `csrf_cookie_name`, `csrf_cookie_secure`, `body_limit`, `body_deadline`, `header_timeout`, `max_connections`, `shutdown_grace`, `static_url`, `login_url`, `hsts`, `slow_query`, `silenced_checks`
          2 | alowed_hosts = ['a']
            | ^^^^^^^^^^^^
        hint: did you mean `allowed_hosts`?"#]]);
    Place::new().check(&[("DEMIJOHN_BODY_LIMT", "1")], expect![[r#"
        environment: unknown setting `DEMIJOHN_BODY_LIMT`; choices are `DEMIJOHN_DEBUG`, `DEMIJOHN_SECRET_KEY`, `DEMIJOHN_SECRET_KEY_FALLBACKS`, `DEMIJOHN_DATABASE_URL`, `DEMIJOHN_BIND`, `DEMIJOHN_ALLOWED_HOSTS`, `DEMIJOHN_CSRF_TRUSTED_ORIGINS`, `DEMIJOHN_BEHIND_PROXY`, `DEMIJOHN_TIME_ZONE`, `DEMIJOHN_SESSION_COOKIE_NAME`, `DEMIJOHN_SESSION_COOKIE_AGE`, `DEMIJOHN_SESSION_COOKIE_SECURE`, `DEMIJOHN_SESSION_COOKIE_HTTPONLY`, `DEMIJOHN_SESSION_COOKIE_SAMESITE`, `DEMIJOHN_SESSION_COOKIE_DOMAIN`, `DEMIJOHN_SESSION_COOKIE_PATH`, `DEMIJOHN_SESSION_EXPIRE_AT_BROWSER_CLOSE`, `DEMIJOHN_SESSION_SAVE_EVERY_REQUEST`, `DEMIJOHN_CSRF_COOKIE_NAME`, `DEMIJOHN_CSRF_COOKIE_SECURE`, `DEMIJOHN_BODY_LIMIT`, `DEMIJOHN_BODY_DEADLINE`, `DEMIJOHN_HEADER_TIMEOUT`, `DEMIJOHN_MAX_CONNECTIONS`, `DEMIJOHN_SHUTDOWN_GRACE`, `DEMIJOHN_STATIC_URL`, `DEMIJOHN_LOGIN_URL`, `DEMIJOHN_HSTS`, `DEMIJOHN_SLOW_QUERY`, `DEMIJOHN_SILENCED_CHECKS`
        hint: did you mean `DEMIJOHN_BODY_LIMIT`?"#]]);
    Place::new().with(".env", "DEMIJOHN_BND=1").check(&[], expect![[r#"
        DIR/.env: unknown setting `DEMIJOHN_BND`; choices are `DEMIJOHN_DEBUG`, `DEMIJOHN_SECRET_KEY`, `DEMIJOHN_SECRET_KEY_FALLBACKS`, `DEMIJOHN_DATABASE_URL`, `DEMIJOHN_BIND`, `DEMIJOHN_ALLOWED_HOSTS`, `DEMIJOHN_CSRF_TRUSTED_ORIGINS`, `DEMIJOHN_BEHIND_PROXY`, `DEMIJOHN_TIME_ZONE`, `DEMIJOHN_SESSION_COOKIE_NAME`, `DEMIJOHN_SESSION_COOKIE_AGE`, `DEMIJOHN_SESSION_COOKIE_SECURE`, `DEMIJOHN_SESSION_COOKIE_HTTPONLY`, `DEMIJOHN_SESSION_COOKIE_SAMESITE`, `DEMIJOHN_SESSION_COOKIE_DOMAIN`, `DEMIJOHN_SESSION_COOKIE_PATH`, `DEMIJOHN_SESSION_EXPIRE_AT_BROWSER_CLOSE`, `DEMIJOHN_SESSION_SAVE_EVERY_REQUEST`, `DEMIJOHN_CSRF_COOKIE_NAME`, `DEMIJOHN_CSRF_COOKIE_SECURE`, `DEMIJOHN_BODY_LIMIT`, `DEMIJOHN_BODY_DEADLINE`, `DEMIJOHN_HEADER_TIMEOUT`, `DEMIJOHN_MAX_CONNECTIONS`, `DEMIJOHN_SHUTDOWN_GRACE`, `DEMIJOHN_STATIC_URL`, `DEMIJOHN_LOGIN_URL`, `DEMIJOHN_HSTS`, `DEMIJOHN_SLOW_QUERY`, `DEMIJOHN_SILENCED_CHECKS`
        hint: did you mean `DEMIJOHN_BIND`?"#]]);
}

#[test]
fn a_value_of_the_wrong_type_shows_the_line() {
    Place::new().with("demijohn.toml", "debug = true\nbody_limit = 'big'\n").check(
        &[],
        expect![[r#"
        DIR/demijohn.toml:2: `body_limit` is the text `big`; it has to be a number of bytes
          2 | body_limit = 'big'
            | ^^^^^^^^^^"#]],
    );
    Place::new().with("demijohn.toml", "allowed_hosts = 'a.b'\n").check(
        &[],
        expect![[r#"
        DIR/demijohn.toml:1: `allowed_hosts` is the text `a.b`; it has to be a list of texts
          1 | allowed_hosts = 'a.b'
            | ^^^^^^^^^^^^^"#]],
    );
    Place::new().with("demijohn.toml", "session_cookie_samesite = 'Loose'\n").check(
        &[],
        expect![[r#"
        DIR/demijohn.toml:1: `session_cookie_samesite` is the text `Loose`; it has to be `Lax`, `Strict`, `None`
          1 | session_cookie_samesite = 'Loose'
            | ^^^^^^^^^^^^^^^^^^^^^^^"#]],
    );
    Place::new().with("demijohn.toml", "header_timeout = -1\n").check(
        &[],
        expect![[r#"
        DIR/demijohn.toml:1: `header_timeout` is the number `-1`; it has to be a number of seconds
          1 | header_timeout = -1
            | ^^^^^^^^^^^^^^"#]],
    );
    Place::new().check(
        &[("DEMIJOHN_DEBUG", "maybe")],
        expect!["environment: `DEMIJOHN_DEBUG` is `maybe`; it has to be `true` or `false`"],
    );
    Place::new()
        .check(&[("PORT", "http")], expect!["environment: `PORT` is `http`; it has to be a number from 0 to 65535"]);
}

#[test]
fn a_file_that_is_no_toml_shows_the_line() {
    Place::new().with("demijohn.toml", "debug = true\nbind = \n").check(
        &[],
        expect![[r#"
        DIR/demijohn.toml:2: string values must be quoted, expected literal string
          2 | bind =
            |        ^"#]],
    );
    Place::new().with("demijohn.toml", "debug = true\ndebug = false\n").check(
        &[],
        expect![[r#"
        DIR/demijohn.toml:2: duplicate key
          2 | debug = false
            | ^^^^^"#]],
    );
    Place::new().check(
        &[("DEMIJOHN_CONFIG", "other.toml")],
        expect!["there is no file `DIR/other.toml`, which `DEMIJOHN_CONFIG` names"],
    );
}

#[test]
fn dotenv_knows_quotes_comments_and_export() {
    let text = "# a comment\nexport A=1\nB = two words # comment\nC='sin#gle \\n'\nD=\"dou\\\"ble\\n\" # comment\nE=\nF=p#ss\n\n";
    let place = Place::new().with(".env", text);
    let settings = place.load(&[]).expect("they are good");
    let values: Vec<_> =
        ["A", "B", "C", "D", "E", "F"].into_iter().map(|name| settings.var(name).unwrap_or("(none)")).collect();
    assert_eq!(values, ["1", "two words", "sin#gle \\n", "dou\"ble\n", "", "p#ss"]);
}

#[test]
fn a_wrong_line_of_dotenv_is_named_without_its_value() {
    Place::new().with(".env", "A=1\nPASSWORD='hunter2\n").check(
        &[],
        expect![[r#"
        DIR/.env:2: the quote `'` is not closed
          2 | PASSWORD"#]],
    );
    Place::new().with(".env", "MY-KEY=hunter2\n").check(
        &[],
        expect![[r#"
        DIR/.env:1: `MY-KEY` is not a variable name
          1 | MY-KEY"#]],
    );
    Place::new().with(".env", "just words\n").check(
        &[],
        expect![[r#"
        DIR/.env:1: a line has to read `NAME=value`
          1 | just words"#]],
    );
}

#[test]
fn a_wrong_secret_is_not_repeated() {
    let place = Place::new().with("demijohn.toml", "secret_key = ['hunter2']\n");
    let text = format!("{:#}", place.load(&[]).expect_err("it is wrong"));
    assert!(text.contains("`secret_key` is a list") && !text.contains("hunter2"), "{text}");
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Shop {
    currency: String,
    #[serde(default)]
    limit: u32,
}

#[test]
fn tables_become_types_of_your_own() {
    let place = Place::new().with("demijohn.toml", "[shop]\ncurrency = 'EUR'\nlimit = 0x10\n");
    let settings = place.load(&[]).expect("they are good");
    assert_eq!(
        settings.section::<Shop>("shop").expect("it fits"),
        Some(Shop { currency: "EUR".to_owned(), limit: 16 })
    );
    assert_eq!(settings.section::<Shop>("none").expect("it is absent"), None);
    assert_eq!(settings.sections(), ["shop"]);
}

#[test]
fn a_table_that_does_not_fit_shows_the_line_and_the_choices() {
    let check = |text: &str, expected: Expect| {
        let place = Place::new().with("demijohn.toml", text);
        let error = place.load(&[]).expect("the file is good").section::<Shop>("shop").expect_err("the table is wrong");
        expected.assert_eq(&format!("{error:#}").replace(&place.0.display().to_string(), "DIR"));
    };
    check(
        "debug = true\n\n[shop]\ncurrency = 'EUR'\nlimt = 3\n",
        expect![[r#"
        DIR/demijohn.toml:5: table `[shop]`: unknown field `limt`, expected `currency` or `limit`
          5 | limt = 3
            | ^^^^
        hint: did you mean `limit`?"#]],
    );
    check(
        "[shop]\nlimit = 3\n",
        expect![[r#"
        DIR/demijohn.toml:1: table `[shop]`: missing field `currency`
          1 | [shop]
            |  ^^^^"#]],
    );
}

#[test]
fn production_needs_a_key_and_says_how_to_set_it() {
    let mut settings = Place::new().load(&[]).expect("they are good");
    settings.debug = false;
    let error = settings.secret_key().expect_err("there is none");
    expect![[r#"
        `secret_key` is not set
        hint: set the environment variable `SECRET_KEY` to 50 or more random characters"#]]
    .assert_eq(&format!("{error:#}"));
}

#[cfg(feature = "signing")]
#[test]
fn development_makes_a_key_and_keeps_it_private() {
    let place = Place::new();
    let load = || {
        let mut settings = place.load(&[]).expect("they are good");
        settings.debug = true;
        settings
    };
    let key = load().secret_key().expect("one is made").to_owned();
    assert_eq!(key.len(), 64);
    assert_eq!(load().secret_key().expect("it was kept"), key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = std::fs::metadata(place.0.join(".demijohn/secret_key")).expect("the file is there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
#[cfg(feature = "signing")]
fn an_empty_secret_key_is_none() {
    for key in ["", "  "] {
        let mut settings = Place::new().load(&[("SECRET_KEY", key)]).expect("they are good");
        settings.debug = false;
        assert!(!settings.has_secret_key());
        let error = settings.keys().expect_err("everybody could sign with it");
        assert_eq!(error.message(), "`secret_key` is not set");
        let settings = settings.with_secret_key("a key").with_secret_key_fallbacks([key, "old"]);
        assert_eq!(settings.secret_key_fallbacks().collect::<Vec<_>>(), ["old"]);
    }
}
