//! The login and logout pages.

use demijohn_auth::hashers::{Hasher, Hashing, Pbkdf2};
use demijohn_auth::models::Session;
use demijohn_auth::test::TestLogin as _;
use demijohn_auth::{User, authenticate};
use demijohn_e2e::database::Kind;
use demijohn_orm::Model as _;
use demijohn_web::TestClient;

use crate::app::{Fresh, PASSWORD};

pub(crate) const SESSION: &str = "sessionid";

#[tokio::test]
async fn a_browser_is_sent_to_the_login_page_and_comes_back() {
    let site = Fresh::new().await;
    site.user("ada").await;
    let client = &site.client;
    client.get("/who?a=1&b=%C3%A9").await.assert_redirect("/accounts/login/?next=%2Fwho%3Fa%3D1%26b%3D%25C3%25A9");
    let page = client.get("/accounts/login/?next=%2Fwho%3Fa%3D1%26b%3D%25C3%25A9").await.assert_status(200);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(page.text().contains(r#"name="next" value="/who?a=1&amp;b=%C3%A9""#), "{}", page.text());
    let fields = [("username", "ada"), ("password", PASSWORD), ("next", "/who?a=1&b=%C3%A9")];
    let entered = client.post("/accounts/login/").form(&fields).await.assert_redirect("/who?a=1&b=%C3%A9");
    assert_eq!(entered.header("cache-control"), Some("no-store"));
    let cookie =
        entered.headers("set-cookie").find(|cookie| cookie.starts_with("sessionid=")).expect("a session cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let response = client.get("/who").await.assert_status(200);
    assert_eq!(response.text(), "ada");
    assert_eq!(response.header("vary"), Some("Cookie"));
    let ada = User::objects().filter(|user| user.username.eq("ada")).get(&site.db).await.expect("ada");
    assert!(ada.last_login.is_some());
}

#[tokio::test]
async fn an_api_client_gets_401() {
    let site = Fresh::new().await;
    let client = site.another_client().await.accept_json();
    let response = client.get("/who").await.assert_status(401);
    assert_eq!(response.header("location"), None);
    assert_eq!(client.get("/maybe").await.assert_status(200).text(), "nobody");
}

#[tokio::test]
async fn wrong_unknown_inactive_and_unusable_get_the_same_answer() {
    let site = Fresh::new().await;
    site.user("ada").await;
    let inactive = site.user("john").await;
    User::objects()
        .with_key(inactive.id)
        .update(|user| user.is_active.set(false))
        .execute(&site.db)
        .await
        .expect("update");
    User::create_user(&site.db, &crate::app::hashing(), "nopass", "", None).await.expect("a user");
    let mut answers = Vec::new();
    for (name, password) in [
        ("ada", "wrong"),
        ("nobody", PASSWORD),
        ("john", PASSWORD),
        ("nopass", PASSWORD),
        ("ADA", PASSWORD),
        ("a\0da", PASSWORD),
    ] {
        if name == "ADA" && site.database.kind() == Kind::Mysql {
            // There they are one name, to the unique index too.
            continue;
        }
        let client = site.another_client().await;
        let response = client.post("/accounts/login/").form(&[("username", name), ("password", password)]).await;
        assert_eq!(client.cookie(SESSION), None, "{name}");
        let text = response.text().replace(&format!("value=\"{name}\""), "value=\"NAME\"");
        // Two tokens of a page are never the same; what is in them is not what is compared.
        let text = without(&without(&text, "name=\"csrfmiddlewaretoken\" value=\""), "nonce=\"");
        assert!(!text.contains(password) || password == "wrong", "the password stands in the page of {name}");
        answers.push((name, response.status(), text));
    }
    let (_, status, text) = &answers[0];
    assert_eq!(*status, 200);
    assert!(text.contains("Please enter a correct username and password"), "{text}");
    for (name, other, page) in &answers[1..] {
        if *name == "a\0da" {
            assert!(page.contains("Null characters are not allowed."), "{page}");
        } else {
            assert_eq!((other, page), (status, text), "{name}");
        }
    }
}

/// The text without what follows `mark` up to the next quote.
fn without(text: &str, mark: &str) -> String {
    let mut parts = text.split(mark);
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        rest.push_str(part.split_once('"').map_or(part, |(_, after)| after));
    }
    rest
}

#[tokio::test]
async fn next_leads_to_pages_of_this_site_only() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    for next in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\u{0}/evil",
        "/page\r\nSet-Cookie: a=b",
        "?next=x",
        "",
        &format!("/{}", "a".repeat(5000)),
    ] {
        let client = site.another_client().await;
        let fields = [("username", "ada"), ("password", PASSWORD), ("next", next)];
        let response = client.post("/accounts/login/").form(&fields).await;
        assert_eq!(response.header("location"), Some("/home"), "{next:?}");
        client.login(&ada).await.expect("a session");
        let response = client.post("/accounts/logout/").form(&[("next", next)]).await;
        assert_eq!(response.header("location"), None, "{next:?}");
        if next.len() < 1000 {
            let escaped: Vec<String> = next.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let page =
                client.get(&format!("/accounts/login/?next={}", escaped.concat())).await.assert_status(200).text();
            assert!(page.contains(r#"name="next" value="""#), "{next:?} {page}");
        }
    }
    let client = site.another_client().await;
    let fields = [("username", "ada"), ("password", PASSWORD), ("next", "/page/?a=//x")];
    client.post("/accounts/login/").form(&fields).await.assert_redirect("/page/?a=//x");
}

#[tokio::test]
async fn logging_out_deletes_the_session_and_needs_a_post() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    let client = &site.client;
    client.login(&ada).await.expect("a session");
    assert_eq!(client.get("/who").await.text(), "ada");
    client.get("/accounts/logout/").await.assert_status(405);
    assert_eq!(client.get("/who").await.text(), "ada");
    let key = client.cookie(SESSION).expect("a cookie");
    let response = client.post("/accounts/logout/").await.assert_status(200);
    assert!(response.text().contains("You are logged out"), "{}", response.text());
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(client.cookie(SESSION), None);
    assert_eq!(Session::objects().count(&site.db).await.expect("a count"), 0);
    client.set_cookie(SESSION, &key);
    client.get("/who").await.assert_status(302);
}

#[tokio::test]
async fn a_planted_session_key_is_worth_nothing_after_the_login() {
    let site = Fresh::new().await;
    site.user("ada").await;
    let (attacker, victim) = (site.another_client().await, site.another_client().await);
    assert_eq!(attacker.get("/visits").await.text(), "1");
    let planted = attacker.cookie(SESSION).expect("an anonymous session");
    victim.set_cookie(SESSION, &planted);
    let fields = [("username", "ada"), ("password", PASSWORD)];
    victim.post("/accounts/login/").form(&fields).await.assert_redirect("/home");
    assert_ne!(victim.cookie(SESSION).as_deref(), Some(planted.as_str()));
    assert_eq!(victim.get("/who").await.text(), "ada");
    // What the session held stays with whoever logged in.
    assert_eq!(victim.get("/visits").await.text(), "2");
    assert_eq!(attacker.get("/maybe").await.text(), "nobody");
    // A key that the store does not know is not taken over.
    let made_up = "a".repeat(32);
    let other = site.another_client().await;
    other.set_cookie(SESSION, &made_up);
    other.post("/accounts/login/").form(&fields).await.assert_redirect("/home");
    assert_ne!(other.cookie(SESSION).as_deref(), Some(made_up.as_str()));
}

#[tokio::test]
async fn another_user_gets_nothing_of_the_session_before() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    site.user("bob").await;
    let client = &site.client;
    client.login(&ada).await.expect("a session");
    assert_eq!(client.get("/visits").await.text(), "1");
    let key = client.cookie(SESSION).expect("a cookie");
    client.post("/accounts/login/").form(&[("username", "bob"), ("password", PASSWORD)]).await.assert_redirect("/home");
    assert_eq!(client.get("/who").await.text(), "bob");
    assert_eq!(client.get("/visits").await.text(), "1");
    client.set_cookie(SESSION, &key);
    assert_eq!(client.get("/maybe").await.text(), "nobody");
}

#[tokio::test]
async fn a_form_of_another_site_cannot_log_in_or_out_and_the_secret_changes_at_login() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    let client = &site.client;
    let fields = [("username", "ada"), ("password", PASSWORD)];
    let post = client.post("/accounts/login/").form(&fields);
    post.header("sec-fetch-site", "cross-site").header("origin", "https://evil.example").await.assert_status(403);
    client.get("/accounts/login/").await.assert_status(200);
    let before = client.cookie("csrftoken").expect("the form's secret");
    client.post("/accounts/login/").form(&fields).await.assert_redirect("/home");
    let after = client.cookie("csrftoken").expect("a secret");
    assert_ne!(before, after);
    client.login(&ada).await.expect("a session");
    let post = client.post("/accounts/logout/");
    post.header("sec-fetch-site", "cross-site").header("origin", "https://evil.example").await.assert_status(403);
    assert_eq!(client.get("/who").await.text(), "ada");
}

#[tokio::test]
async fn many_failures_have_to_wait_and_the_right_password_with_them() {
    let site = Fresh::new().await;
    site.user("ada").await;
    site.user("bob").await;
    let enter = async |client: &TestClient, name: &str, password: &str| {
        client.post("/accounts/login/").form(&[("username", name), ("password", password)]).await
    };
    for name in ["ada", "unknown"] {
        for _ in 0..demijohn_auth::Throttle::FAILURES {
            enter(&site.client, name, "wrong").await.assert_status(200);
        }
        let refused = enter(&site.client, name, PASSWORD).await.assert_status(429);
        assert!(refused.header("retry-after").is_some_and(|wait| wait.parse::<u32>().is_ok_and(|wait| wait <= 30)));
        assert!(refused.text().contains("Too many failed attempts. Please try again in"), "{}", refused.text());
    }
    assert_eq!(site.client.get("/maybe").await.text(), "nobody");
    enter(&site.client, "bob", PASSWORD).await.assert_redirect("/home");
}

#[tokio::test]
async fn a_password_is_stored_anew_only_where_the_site_wants_it() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    let stored = async || User::objects().with_key(ada.id).get(&site.db).await.expect("ada").password;
    let preferred = Hashing::new(Hasher::Pbkdf2(Pbkdf2::sha256(50)));
    for (hashing, expected) in
        [(preferred.clone(), "pbkdf2_sha256$100$"), (preferred.with_upgrades(), "pbkdf2_sha256$50$")]
    {
        let user = authenticate(&site.db, &hashing, "ada", PASSWORD).await.expect("an answer").expect("ada");
        assert!(stored().await.starts_with(expected));
        // The session that follows is made from what is stored now.
        assert_eq!(user.password, stored().await);
        assert_eq!(authenticate(&site.db, &hashing, "ada", "wrong").await.expect("an answer"), None);
    }
}

#[tokio::test]
async fn a_login_that_renews_the_password_does_not_undo_a_change_made_meanwhile() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    let renewing = Hashing::new(Hasher::Pbkdf2(Pbkdf2::sha256(3_000))).with_upgrades();
    let changed = crate::app::hashing().make("another quartz blimp").expect("a password");
    let row = || User::objects().with_key(ada.id);
    let set = async |password: &str| row().update(|user| user.password.set(password)).execute(&site.db).await;
    let mut was_refused = false;
    // The check waits for another thread, and the change happens while it does; once in a while the login is through
    // before. Whichever comes first, the change stands.
    for _ in 0..20 {
        set(&ada.password).await.expect("one row");
        let (found, updated) = tokio::join!(authenticate(&site.db, &renewing, "ada", PASSWORD), set(&changed));
        assert_eq!(updated.expect("one row"), 1);
        assert_eq!(row().get(&site.db).await.expect("ada").password, changed);
        was_refused |= found.expect("an answer").is_none();
    }
    assert!(was_refused, "the old password is nobody's any more");
}

#[tokio::test]
async fn two_logins_at_once_that_renew_the_password_both_get_in() {
    let site = Fresh::new().await;
    site.user("ada").await;
    let renewing = Hashing::new(Hasher::Pbkdf2(Pbkdf2::sha256(3_000))).with_upgrades();
    let enter = || authenticate(&site.db, &renewing, "ada", PASSWORD);
    let (first, second) = tokio::join!(enter(), enter());
    let stored = User::objects().filter(|user| user.username.eq("ada")).get(&site.db).await.expect("ada").password;
    assert!(stored.starts_with("pbkdf2_sha256$3000$"), "{stored}");
    for found in [first, second] {
        // Each has the password that is stored, or its session would end at once.
        assert_eq!(found.expect("an answer").expect("ada").password, stored);
    }
}
