//! Sessions in the database.

use std::time::SystemTime;

use demijohn_auth::DbSessionStore;
use demijohn_auth::models::Session;
use demijohn_auth::test::TestLogin as _;
use demijohn_core::signing::{self, Keys};
use demijohn_core::{ErrorKind, Settings};
use demijohn_e2e::database::Kind;
use demijohn_orm::{Model as _, Timestamp};
use demijohn_web::session::SessionData;
use demijohn_web::{SessionStore as _, TestClient};

use crate::app::Fresh;
use crate::login::SESSION;

#[tokio::test]
async fn an_expired_session_is_nobodys_and_can_be_cleared() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    let other = site.another_client().await;
    site.client.login(&ada).await.expect("a session");
    other.login(&ada).await.expect("another one");
    let key = site.client.cookie(SESSION).expect("a cookie");
    let past: Timestamp = "2020-01-01T00:00:00Z".parse().expect("a moment");
    let row = Session::objects().filter(|row| row.session_key.eq(key.as_str()));
    assert_eq!(row.update(|row| row.expire_date.set(past)).execute(&site.db).await.expect("updated"), 1);
    let response = site.client.get("/maybe").await;
    assert_eq!(response.text(), "nobody");
    assert_eq!(other.get("/who").await.text(), "ada");
    let store = site.client.site().get::<DbSessionStore>().expect("the store");
    assert_eq!(store.clear_expired().await.expect("cleared"), 1);
    assert_eq!(Session::objects().count(&site.db).await.expect("a count"), 1);
    assert_eq!(other.get("/who").await.text(), "ada");
}

#[tokio::test]
async fn tampered_data_is_as_if_it_were_not_there() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    let bob = site.user("bob").await;
    site.client.login(&ada).await.expect("a session");
    let key = site.client.cookie(SESSION).expect("a cookie");
    let row = || Session::objects().filter(|row| row.session_key.eq(key.as_str()));
    let good = row().get(&site.db).await.expect("the row").session_data;
    let keys = Keys::new("somebody else's key");
    let mut forged = SessionData::new();
    forged.insert("_auth_user_id".to_owned(), bob.id.to_string().into());
    let mut other_purpose = good.clone();
    other_purpose.insert(0, '.');
    for data in [
        signing::session::encode(&forged, &keys),
        good.replacen(|c: char| c.is_ascii_lowercase(), "A", 1),
        format!("{good}x"),
        other_purpose,
        String::new(),
        "::".to_owned(),
        "{}".to_owned(),
        "\u{0}é".to_owned(),
    ] {
        if data.contains('\0') && site.database.kind() == Kind::Postgres {
            // It keeps no such text.
            continue;
        }
        let text = data.as_str();
        row().update(|row| row.session_data.set(text)).execute(&site.db).await.expect("updated");
        assert_eq!(site.client.get("/maybe").await.assert_status(200).text(), "nobody", "{data}");
        site.client.set_cookie(SESSION, &key);
    }
    let text = good.as_str();
    row().update(|row| row.session_data.set(text)).execute(&site.db).await.expect("updated");
    assert_eq!(site.client.get("/maybe").await.text(), "ada");
}

#[tokio::test]
async fn cookies_that_cannot_be_keys_are_nobodys() {
    let site = Fresh::new().await;
    for cookie in
        ["", "short", "' OR 1=1 --", &"a".repeat(41), &"a".repeat(4000), "%00%00%00%00%00%00", "é".repeat(8).as_str()]
    {
        let response = site.client.get("/maybe").header("cookie", &format!("{SESSION}={cookie}")).await;
        assert_eq!((response.status().as_u16(), response.text().as_str()), (200, "nobody"), "{cookie}");
    }
}

#[tokio::test]
async fn sessions_whose_values_have_other_types_are_nobodys() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    let store = site.client.site().get::<DbSessionStore>().expect("the store");
    let later = SystemTime::now() + std::time::Duration::from_secs(1000);
    let hash =
        demijohn_auth::tokens::session_auth_hash(&ada.password, &site.client.site().settings().keys().expect("keys"));
    let backend = "django.contrib.auth.backends.ModelBackend";
    for data in [
        serde_json::json!({ "_auth_user_id": ada.id, "_auth_user_backend": backend, "_auth_user_hash": hash }),
        serde_json::json!({ "_auth_user_id": ada.id.to_string(), "_auth_user_backend": backend }),
        serde_json::json!({ "_auth_user_id": ada.id.to_string(), "_auth_user_hash": hash }),
        serde_json::json!({ "_auth_user_id": ada.id.to_string(), "_auth_user_backend": "evil.Backend", "_auth_user_hash": hash }),
        serde_json::json!({ "_auth_user_id": "1 OR 1=1", "_auth_user_backend": backend, "_auth_user_hash": hash }),
        serde_json::json!({ "_auth_user_id": "999", "_auth_user_backend": backend, "_auth_user_hash": hash }),
        serde_json::json!({ "_auth_user_id": ada.id.to_string(), "_auth_user_backend": backend, "_auth_user_hash": "" }),
        serde_json::json!({ "_auth_user_id": null, "_auth_user_backend": [], "_auth_user_hash": {} }),
    ] {
        let key = store.create(data.as_object().expect("an object"), later).await.expect("a session");
        let client = site.another_client().await;
        client.set_cookie(SESSION, &key);
        assert_eq!(client.get("/maybe").await.text(), "nobody", "{data}");
    }
}

#[tokio::test]
async fn an_old_secret_key_still_works_and_the_session_moves_to_the_new_one() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    site.client.login(&ada).await.expect("a session");
    let old = site.client.cookie(SESSION).expect("a cookie");
    let url = site.client.site().settings().database_url.clone().expect("an address");
    let settings =
        with_fallback(url.expose(), "a new secret key for tests, and for nothing else", &key_of(&site.client));
    let client = TestClient::new((crate::app::app(), settings.clone())).await.expect("a site");
    client.set_cookie(SESSION, &old);
    assert_eq!(client.get("/who").await.text(), "ada");
    let new = client.cookie(SESSION).expect("a cookie");
    assert_ne!(new, old);
    assert_eq!(client.get("/who").await.text(), "ada");
    assert_eq!(client.cookie(SESSION).as_deref(), Some(new.as_str()), "it moves once");
    // Without the old key it goes on, and the old session is gone.
    let settings =
        crate::app::settings(url.expose()).with_secret_key("a new secret key for tests, and for nothing else");
    let later = TestClient::new((crate::app::app(), settings)).await.expect("a site");
    later.set_cookie(SESSION, &new);
    assert_eq!(later.get("/who").await.text(), "ada");
    later.set_cookie(SESSION, &old);
    assert_eq!(later.get("/maybe").await.text(), "nobody");
}

fn key_of(client: &TestClient) -> String {
    client.site().settings().secret_key().expect("a key").to_owned()
}

fn with_fallback(url: &str, key: &str, old: &str) -> Settings {
    crate::app::settings(url).with_secret_key(key).with_secret_key_fallbacks([old])
}

#[tokio::test]
async fn a_session_that_was_ended_meanwhile_is_not_brought_back() {
    let site = Fresh::new().await;
    let store = site.client.site().get::<DbSessionStore>().expect("the store");
    let (data, later) = (SessionData::new(), SystemTime::now() + std::time::Duration::from_secs(1000));
    let key = store.create(&data, later).await.expect("a session");
    assert_eq!(store.save(&key, &data, later).await.expect("saved"), key);
    assert_eq!(store.load(&key).await.expect("read"), Some(SessionData::new()));
    store.delete(&key).await.expect("deleted");
    store.delete(&key).await.expect("deleted twice");
    let error = store.save(&key, &data, later).await.expect_err("it is gone");
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(store.load(&key).await.expect("read"), None);
}

#[tokio::test]
async fn expiry_is_stored_as_django_writes_it() {
    let site = Fresh::new().await;
    if site.database.kind() != Kind::Sqlite {
        // The others have a type for it.
        return;
    }
    let store = site.client.site().get::<DbSessionStore>().expect("the store");
    let moment: Timestamp = "2099-03-04T05:06:07.123456789Z".parse().expect("a moment");
    let whole: Timestamp = "2099-03-04T05:06:07Z".parse().expect("a moment");
    for (moment, text) in [(moment, "2099-03-04 05:06:07.123456"), (whole, "2099-03-04 05:06:07")] {
        let key = store.create(&SessionData::new(), moment.into()).await.expect("a session");
        let mut stored = String::new();
        let sql = demijohn_sql::Statement::new(
            "SELECT expire_date FROM django_session WHERE session_key = ?",
            vec![key.into()],
        );
        let mut read = |row: &dyn demijohn_sql::Row| {
            if let demijohn_sql::ValueRef::Text(text) = row.get(0)? {
                text.clone_into(&mut stored);
            }
            Ok(demijohn_sql::Flow::Stop)
        };
        site.db.driver().query(&sql, &mut read).await.expect("a row");
        assert_eq!(stored, text);
    }
}

#[tokio::test]
async fn a_request_that_asks_for_nobody_touches_no_database() {
    // Whatever touches this database fails.
    let settings = crate::app::settings("sqlite:/nowhere/at/all/site.sqlite3");
    let client = TestClient::new((crate::app::app(), settings)).await.expect("a site");
    for path in ["/maybe", "/may", "/page", "/accounts/login/", "/plain"] {
        let response = client.get(path).await.assert_status(200);
        assert_eq!(response.headers("set-cookie").filter(|cookie| cookie.starts_with(SESSION)).count(), 0, "{path}");
    }
    client.set_cookie(SESSION, &"a".repeat(32));
    let response = client.get("/plain").await.assert_status(200);
    assert_eq!(response.header("vary"), None);
    client.get("/maybe").await.assert_status(500);
}

#[tokio::test]
async fn user_and_permissions_are_read_once_in_a_request() {
    let site = Fresh::with(|mut settings| {
        // Queries are recorded in development only. Those of the session store are no request's own.
        settings.debug = true;
        settings
    })
    .await;
    let ada = site.user("ada").await;
    site.client.login(&ada).await.expect("a session");
    assert_eq!(site.client.get("/queries").await.text(), "auth_user auth_permission");
}
