//! Sessions, messages and their cookies.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use demijohn_core::{Error, Result};
use demijohn_web::session::{Expiry, SessionData};
use demijohn_web::test::test_settings;
use demijohn_web::{
    App, BoxFuture, Dir, Html, Messages, Plugin, Redirect, Session, SessionStore, SiteBuilder, Templates, TestClient,
    context,
};
use serde_json::Value;

use crate::support::client;

async fn count(session: Session) -> Result<String> {
    let visits = session.get::<u32>("visits")?.unwrap_or(0) + 1;
    session.insert("visits", visits)?;
    Ok(visits.to_string())
}

async fn look(session: Session) -> Result<String> {
    Ok(session.get::<u32>("visits")?.unwrap_or(0).to_string())
}

async fn fail(session: Session) -> Result<String> {
    session.insert("visits", 1000)?;
    Err(Error::internal("it failed"))
}

fn app() -> App {
    App::new()
        .get("/count", count)
        .get("/look", look)
        .get("/fail", fail)
        .get("/plain", async || "plain")
        .get("/flush", async |session: Session| session.flush())
        .get("/cycle", async |session: Session| session.cycle_key())
        .get("/short", async |session: Session| session.set_expiry(Expiry::After(Duration::from_secs(60))))
        .get("/close", async |session: Session| session.set_expiry(Expiry::AtBrowserClose))
}

#[tokio::test]
async fn a_session_lasts_from_request_to_request() {
    let client = client(app()).await;
    assert_eq!(client.get("/count").await.text(), "1");
    assert_eq!(client.get("/count").await.text(), "2");
    assert_eq!(client.get("/look").await.text(), "2");
    client.clear_cookies();
    assert_eq!(client.get("/look").await.text(), "0");
}

#[tokio::test]
async fn a_request_that_touches_no_session_pays_for_none() {
    let response = client(app()).await.get("/plain").await;
    assert_eq!((response.header("set-cookie"), response.header("vary")), (None, None));
}

#[tokio::test]
async fn the_cookie_has_djangos_attributes() {
    let client = client(app()).await;
    let response = client.get("/count").await;
    let cookie = response.header("set-cookie").expect("a cookie is set");
    let (pair, attributes) = cookie.split_once("; ").expect("it has attributes");
    assert!(pair.starts_with("sessionid="), "{cookie}");
    let (expires, rest) = attributes.split_once("; ").expect("more attributes");
    assert!(expires.starts_with("expires=") && expires.ends_with(" GMT"), "{cookie}");
    assert_eq!(rest, "HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax");
    assert_eq!(response.header("vary"), Some("Cookie"));
    // Read and not changed: no new cookie, but caches have to know.
    let response = client.get("/look").await;
    assert_eq!((response.header("set-cookie"), response.header("vary")), (None, Some("Cookie")));
}

#[tokio::test]
async fn no_shared_cache_keeps_what_depends_on_a_session_unless_it_is_told_to() {
    let public = async |session: Session| ([("cache-control", "public, max-age=60")], session.is_empty().to_string());
    let client = client(app().get("/public", public)).await;
    assert_eq!(client.get("/look").await.header("cache-control"), Some("private"));
    assert_eq!(client.get("/public").await.header("cache-control"), Some("public, max-age=60"));
    assert_eq!(client.get("/plain").await.header("cache-control"), None);
}

#[tokio::test]
async fn the_cookie_is_secure_in_production() {
    let mut settings = test_settings();
    settings.session_cookie_secure = None;
    let client = TestClient::new((app(), settings)).await.expect("it is sound");
    assert!(client.get("/count").await.header("set-cookie").expect("a cookie").ends_with("; SameSite=Lax; Secure"));
}

#[tokio::test]
async fn a_failed_request_saves_nothing() {
    let client = client(app()).await;
    client.get("/count").await;
    assert_eq!(client.get("/fail").await.assert_status(500).header("set-cookie"), None);
    assert_eq!(client.get("/look").await.text(), "1");
}

#[tokio::test]
async fn flushing_takes_the_cookie_away() {
    let client = client(app()).await;
    client.get("/count").await;
    let response = client.get("/flush").await;
    let expected = "sessionid=\"\"; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=Lax";
    assert_eq!(response.header("set-cookie"), Some(expected));
    assert_eq!(client.cookie("sessionid"), None);
}

#[tokio::test]
async fn a_forged_or_foreign_cookie_is_no_session_and_is_taken_away() {
    let client = client(app()).await;
    client.get("/count").await;
    let good = client.cookie("sessionid").expect("a session");
    for bad in [format!("{good}x"), "nonsense".to_owned(), "a:b:c".to_owned(), "x".repeat(5000)] {
        client.set_cookie("sessionid", &bad);
        let response = client.get("/look").await;
        assert_eq!(response.text(), "0");
        assert!(response.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    }
}

#[tokio::test]
async fn django_reads_the_cookie() {
    // The format is the one of `django.contrib.sessions.backends.signed_cookies`.
    let client = client(app()).await;
    client.get("/count").await;
    let cookie = client.cookie("sessionid").expect("a session");
    let keys = client.site().settings().keys().expect("there is a key");
    let salt = "django.contrib.sessions.backends.signed_cookies";
    let data = demijohn_core::signing::loads(&cookie, &keys, salt, None).expect("the salt is Django's");
    assert_eq!(data, serde_json::json!({ "visits": 1 }));
}

#[tokio::test]
async fn expiry_follows_the_session() {
    let client = client(app()).await;
    client.get("/count").await;
    assert!(client.get("/short").await.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=60;")));
    assert!(client.get("/close").await.header("set-cookie").is_some_and(|cookie| !cookie.contains("Max-Age")));
}

#[tokio::test]
async fn a_session_too_large_for_a_cookie_is_an_error_that_says_so() {
    let fill = async |session: Session| session.insert("x", (0..3000).collect::<Vec<u32>>());
    let client = crate::support::development(App::new().get("/", fill)).await.accept_json();
    let response = client.get("/").await.assert_status(500);
    assert_eq!(response.header("set-cookie"), None);
    assert!(response.text().contains("and a cookie holds 3900"), "{}", response.text());
}

/// A store in memory, as a table would be.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<HashMap<String, SessionData>>>);

impl SessionStore for Memory {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<SessionData>>> {
        Box::pin(async move { Ok(self.0.lock().expect("no panic").get(key).cloned()) })
    }

    fn create<'a>(&'a self, data: &'a SessionData, _: SystemTime) -> BoxFuture<'a, Result<String>> {
        Box::pin(async move {
            let key = demijohn_core::signing::random_string(32);
            self.0.lock().expect("no panic").insert(key.clone(), data.clone());
            Ok(key)
        })
    }

    fn save<'a>(&'a self, key: &'a str, data: &'a SessionData, _: SystemTime) -> BoxFuture<'a, Result<String>> {
        Box::pin(async move {
            match self.0.lock().expect("no panic").get_mut(key) {
                Some(row) => row.clone_from(data),
                None => return Err(Error::conflict("the session is gone")),
            }
            Ok(key.to_owned())
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.0.lock().expect("no panic").remove(key);
            Ok(())
        })
    }
}

/// A store whose database is down when something has to be forgotten.
struct Forgetless(Memory);

impl SessionStore for Forgetless {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<SessionData>>> {
        self.0.load(key)
    }

    fn create<'a>(&'a self, data: &'a SessionData, expires: SystemTime) -> BoxFuture<'a, Result<String>> {
        self.0.create(data, expires)
    }

    fn save<'a>(&'a self, key: &'a str, data: &'a SessionData, expires: SystemTime) -> BoxFuture<'a, Result<String>> {
        self.0.save(key, data, expires)
    }

    fn delete<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Err(Error::internal("the disk is full")) })
    }
}

struct Broken;

impl Plugin for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            site.session_store(Forgetless(Memory::default()));
            Ok(())
        })
    }
}

#[tokio::test]
async fn nobody_is_told_they_are_logged_out_when_the_session_could_not_be_ended() {
    let client = client(app().plugin(Broken)).await;
    client.get("/count").await;
    let key = client.cookie("sessionid");
    let response = client.get("/flush").await.assert_status(500);
    assert!(!response.text().contains("disk"), "{}", response.text());
    assert_eq!((client.cookie("sessionid"), client.get("/look").await.text()), (key, "1".to_owned()));
}

struct InMemory(Memory);

impl Plugin for InMemory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            site.session_store(self.0.clone());
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_store_keeps_the_data_and_the_cookie_is_its_key() {
    let memory = Memory::default();
    let client = client(app().plugin(InMemory(memory.clone()))).await;
    client.get("/count").await;
    let key = client.cookie("sessionid").expect("a session");
    assert_eq!(memory.0.lock().expect("no panic")[&key]["visits"], 1);
    client.get("/cycle").await;
    let new = client.cookie("sessionid").expect("a session");
    assert_ne!(new, key);
    let rows: Vec<String> = memory.0.lock().expect("no panic").keys().cloned().collect();
    assert_eq!(rows, [new], "the old key is worth nothing");
    client.get("/flush").await;
    assert!(memory.0.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn a_session_that_was_closed_meanwhile_is_not_opened_again() {
    let memory = Memory::default();
    let client = client(app().plugin(InMemory(memory.clone()))).await;
    client.get("/count").await;
    let key = client.cookie("sessionid").expect("a session");
    memory.0.lock().expect("no panic").clear();
    client.set_cookie("sessionid", &key);
    // The key is unknown now, so this begins a new session under a new key.
    assert_eq!(client.get("/count").await.text(), "1");
    assert_ne!(client.cookie("sessionid"), Some(key));
}

#[tokio::test]
async fn a_session_that_is_closed_during_a_request_stays_closed() {
    let memory = Memory::default();
    let rows = memory.clone();
    let racing = async move |session: Session| -> Result<()> {
        // Somebody logs out in another window just now.
        rows.0.lock().expect("no panic").clear();
        session.insert("visits", 7)
    };
    let client = client(app().get("/racing", racing).plugin(InMemory(memory.clone()))).await;
    client.get("/count").await;
    client.get("/racing").await.assert_status(409);
    assert!(memory.0.lock().expect("no panic").is_empty());
}

async fn save(messages: Messages) -> Redirect {
    messages.success("saved <b>it</b>");
    messages.warning("twice");
    Redirect::to("/list")
}

async fn list(page: Templates) -> Result<Html> {
    page.render("list.html", context! {})
}

#[tokio::test]
async fn messages_are_shown_once() {
    let pages = Dir::embedded(&[(
        "list.html",
        b"{% for m in messages %}[{{ m.level }}: {{ m.text }}]{% else %}none{% endfor %}",
    )]);
    let app = App::new().templates(pages).post("/save", save).get("/list", list);
    let client = client(app).await;
    assert_eq!(client.get("/list").await.text(), "none");
    client.post("/save").await.assert_status(303).assert_redirect("/list");
    assert_eq!(client.get("/list").await.text(), "[success: saved &lt;b&gt;it&lt;/b&gt;][warning: twice]");
    assert_eq!(client.get("/list").await.text(), "none");
}

#[tokio::test]
async fn messages_have_djangos_format() {
    let memory = Memory::default();
    let client = client(App::new().post("/save", save).plugin(InMemory(memory.clone()))).await;
    client.post("/save").await;
    let rows = memory.0.lock().expect("no panic").values().next().cloned().expect("a session");
    let expected = r#"[["__json_message", 0, 25, "saved <b>it</b>", ""], ["__json_message", 0, 30, "twice", ""]]"#;
    assert_eq!(rows["_messages"], Value::from(expected));
}
