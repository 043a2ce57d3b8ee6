//! The page on which people change their own password.

use demijohn_auth::User;
use demijohn_auth::test::TestLogin as _;
use demijohn_orm::Model as _;

use crate::app::{Fresh, PASSWORD};
use crate::login::SESSION;

const NEW: &str = "a quite different 9 harbour";

fn fields<'a>(old: &'a str, first: &'a str, second: &'a str) -> [(&'static str, &'a str); 3] {
    [("old_password", old), ("new_password1", first), ("new_password2", second)]
}

#[tokio::test]
async fn other_sessions_end_and_this_one_stays() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    let bob = site.user("bob").await;
    let (here, elsewhere, bobs) = (&site.client, site.another_client().await, site.another_client().await);
    here.login(&ada).await.expect("a session");
    elsewhere.login(&ada).await.expect("a session");
    bobs.login(&bob).await.expect("a session");
    let page = here.get("/accounts/password_change/").await.assert_status(200);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(page.text().contains("at least 8 characters"), "{}", page.text());
    let key = here.cookie(SESSION);
    let response = here.post("/accounts/password_change/").form(&fields(PASSWORD, NEW, NEW)).await;
    response.assert_redirect("/accounts/password_change/done/");
    assert_ne!(here.cookie(SESSION), key);
    let done = here.get("/accounts/password_change/done/").await.assert_status(200);
    assert!(done.text().contains("Your password was changed"), "{}", done.text());
    assert_eq!(here.get("/who").await.text(), "ada");
    assert_eq!(elsewhere.get("/maybe").await.text(), "nobody");
    assert_eq!(bobs.get("/who").await.text(), "bob");
    let other = site.another_client().await;
    other.post("/accounts/login/").form(&[("username", "ada"), ("password", PASSWORD)]).await.assert_status(200);
    other.post("/accounts/login/").form(&[("username", "ada"), ("password", NEW)]).await.assert_redirect("/home");
}

#[tokio::test]
async fn a_password_that_is_not_good_is_refused_beside_its_field() {
    let site = Fresh::new().await;
    let ada = site.user("adalovelace").await;
    site.client.login(&ada).await.expect("a session");
    for (old, first, second, expected) in [
        ("wrong", NEW, NEW, "Your old password was entered incorrectly"),
        (PASSWORD, NEW, PASSWORD, "password fields didn"),
        (PASSWORD, "short 1", "short 1", "too short"),
        (PASSWORD, "password", "password", "too common"),
        (PASSWORD, "9081726354", "9081726354", "entirely numeric"),
        (PASSWORD, "adalovelace1", "adalovelace1", "too similar to the username"),
        (PASSWORD, "", "", "This field is required."),
        ("", NEW, NEW, "This field is required."),
    ] {
        let response =
            site.client.post("/accounts/password_change/").form(&fields(old, first, second)).await.assert_status(200);
        let text = response.text();
        assert!(text.contains(expected), "{expected}: {text}");
        for secret in [old, first] {
            assert!(secret.len() < 9 || !text.contains(&format!("\"{secret}\"")), "the page repeats a password");
        }
    }
    let response = site.client.post("/accounts/password_change/").form(&fields("wrong", "12345", "1234")).await;
    let text = response.assert_status(200).text();
    for expected in ["entered incorrectly", "too short", "too common", "entirely numeric", "password fields didn"] {
        assert!(text.contains(expected), "all at once: {expected}: {text}");
    }
    let stored = User::objects().with_key(ada.id).get(&site.db).await.expect("the user").password;
    assert_eq!(stored, ada.password);
}

#[tokio::test]
async fn nobody_cannot_change_anything() {
    let site = Fresh::new().await;
    site.client
        .get("/accounts/password_change/")
        .await
        .assert_redirect("/accounts/login/?next=%2Faccounts%2Fpassword_change%2F");
    let response = site.client.post("/accounts/password_change/").form(&fields(PASSWORD, NEW, NEW)).await;
    assert_eq!(response.status(), 302);
    assert!(response.header("location").is_some_and(|location| location.starts_with("/accounts/login/")));
}
