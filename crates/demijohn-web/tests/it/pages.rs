//! A site's own pages for errors.

use demijohn_core::{Error, Result};
use demijohn_web::{App, Dir, Html, RequestContext};

use crate::support::client;

const PAGES: Dir = Dir::embedded(&[
    (
        "404.html",
        b"{% extends 'base.html' %}{% block body %}Nothing at {{ request.path }}: {{ message }}{% endblock %}",
    ),
    ("error.html", b"{{ status }} {{ reason }} {{ url_for('home') }}"),
    ("base.html", b"<nav>{{ user | default('anonymous') }}</nav>{% block body %}{% endblock %}"),
    ("503.html", b"{{ nothing.at.all }}"),
]);

fn app() -> App {
    App::new()
        .templates(PAGES)
        .get("/", async || "home")
        .name("home")
        .get("/missing", async || -> Result<()> { Err(Error::not_found("no <post>")) })
        .get("/broken", async || -> Result<()> { Err(Error::internal("secret")) })
        .get("/away", async || -> Result<()> { Err(Error::internal("secret").with_status(503)) })
}

#[tokio::test]
async fn own_pages_stand_in_for_the_frameworks() {
    let client = client(app()).await;
    let page = client.get("/missing").await.assert_status(404);
    assert_eq!(page.text(), "<nav>anonymous</nav>Nothing at /missing: no &lt;post&gt;");
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("script-src 'none'")));
    assert_eq!(client.get("/broken").await.assert_status(500).text(), "500 Internal Server Error /");
}

#[tokio::test]
async fn an_own_page_that_fails_gives_way_to_the_frameworks() {
    let page = client(app()).await.get("/away").await.assert_status(503);
    assert!(page.text().contains("Not available just now"), "{}", page.text());
}

#[tokio::test]
async fn api_clients_still_get_json() {
    let client = client(app()).await.accept_json();
    assert_eq!(client.get("/missing").await.json::<serde_json::Value>()["error"]["message"], "no <post>");
}

#[tokio::test]
async fn every_page_has_a_policy_whoever_made_it_and_files_have_none() {
    let files = Dir::embedded(&[("game.html", b"<script>play()</script>")]);
    let own = async || ([("content-security-policy", "default-src *")], Html::from("<p>own"));
    let with_nonce =
        async |context: RequestContext| Html(format!("<script nonce=\"{}\"></script>", context.csp_nonce()));
    let app = App::new()
        .static_files(files)
        .get("/html", async || Html::from("<script>evil()</script>"))
        .get("/axum", async || axum::response::Html("<script>evil()</script>"))
        .get("/nonce", with_nonce)
        .get("/own", own)
        .get("/text", async || "text");
    let client = client(app).await;
    let policy = async |path: &str| client.get(path).await.header("content-security-policy").map(ToOwned::to_owned);
    for path in ["/html", "/axum", "/nowhere"] {
        let policy = policy(path).await.expect("a policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
    }
    let page = client.get("/nonce").await;
    let nonce = page.text().split('"').nth(1).expect("a nonce").to_owned();
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains(&format!("'nonce-{nonce}'"))));
    assert_eq!(policy("/own").await.as_deref(), Some("default-src *"));
    assert_eq!((policy("/text").await, policy("/static/game.html").await), (None, None));
}
