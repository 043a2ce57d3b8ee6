//! The public pages, the dashboard and the API of a fresh site.

use demijohn_e2e::Page;
use serde_json::{Value, json};

use crate::site::Site;

#[test]
fn posts_are_shown_on_their_pages_and_in_the_api() {
    let site = Site::fresh();
    let mut ada = site.log_in_admin();
    let id = Site::add_post(&mut ada, "On <glass>", "It holds & keeps.", "ada");
    let mut visitor = site.client();
    let home = visitor.get("/").expect_status(200);
    assert!(home.body.contains("On &lt;glass&gt;"), "{}", home.body);
    assert!(home.unescaped().contains(&format!("/posts/{id}\"")), "{}", home.body);
    let detail = visitor.get(&format!("/posts/{id}")).expect_status(200);
    assert!(detail.body.contains("It holds &amp; keeps."), "{}", detail.body);

    let mut api = site.api();
    assert_eq!(api.get("/api/hello").expect_status(200).json(), json!({ "message": "Hello, World!" }));
    let post = api.get(&format!("/api/posts/{id}")).expect_status(200).json();
    assert_eq!(
        (&post["id"], &post["title"], &post["content"]),
        (&json!(id), &json!("On <glass>"), &json!("It holds & keeps."))
    );
    assert!(api.get("/api/posts").expect_status(200).body.contains("On <glass>"));
}

#[test]
fn what_is_not_there_is_said_in_the_language_of_who_asks() {
    let site = Site::fresh();
    let page = site.client().get("/posts/999999").expect_status(404);
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{:?}", page.headers);
    for path in ["/api/posts/999999", "/api/posts/seven", "/api/nothing"] {
        let page = site.api().get(path);
        assert!(matches!(page.status, 400 | 404), "{path}: {}", page.status);
        assert!(matches!(page.json(), Value::Object(_)), "{path}: {}", page.body);
    }
}

#[test]
fn the_dashboard_asks_a_browser_to_log_in_and_tells_a_program_that_it_must() {
    let site = Site::fresh();
    let turned_away = site.client().request("GET", "/dashboard", None);
    let login = turned_away.redirect().map(|path| path.replace("%2F", "/"));
    assert_eq!(login.as_deref(), Some("/accounts/login/?next=/dashboard"));
    site.api().get("/dashboard").expect_status(401);
    let (mut ada, landed) = site.log_in("ada", "ada-pass-2026");
    assert_eq!((landed.status, landed.path.as_str()), (200, "/dashboard"));
    assert!(landed.body.contains("ada"), "{}", landed.body);
    assert!(ada.get("/dashboard").expect_status(200).body.contains("ada"));
}

#[test]
fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let site = Site::fresh();
    let (mut client, wrong) = site.log_in("ada", "not-her-password");
    let (_, unknown) = site.log_in("nobody", "not-her-password");
    assert_eq!(wrong.status, unknown.status);
    assert!(wrong.path.starts_with("/accounts/login/"), "{}", wrong.path);
    assert_eq!(comparable(&wrong), comparable(&unknown));
    assert!(client.request("GET", "/dashboard", None).redirect().is_some());
}

#[test]
fn a_form_without_its_token_is_refused() {
    let site = Site::fresh();
    let mut ada = site.log_in_admin();
    let fields = [("title", "Forged"), ("content", "by another site"), ("author", "1")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(ada.request("POST", "/admin/blog/post/add/", Some(&fields)).status, 403);
    let home = site.client().get("/").expect_status(200);
    assert!(!home.body.contains("Forged"));
}

/// A login page without what differs from one to the next by design: names, tokens, nonces.
fn comparable(page: &Page) -> String {
    let tokens = page.form_with("username").fields.into_iter().filter(|(name, _)| name.contains("csrf"));
    let mut text = tokens.fold(page.body.replace("nobody", "ada"), |text, (_, token)| text.replace(&token, ""));
    while let Some(start) = text.find(" nonce=\"") {
        let length = text[start + 8..].find('"').expect("the attribute ends");
        text.replace_range(start..=start + 8 + length, "");
    }
    text
}
