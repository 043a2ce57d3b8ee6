//! A site's own pages for errors.

use demijohn_core::{Error, Result};
use demijohn_web::{App, Dir};

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
    assert_eq!(page.text(), "<nav>anonymous</nav>Nothing at &#x2f;missing: no &lt;post&gt;");
    assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("script-src 'none'")));
    assert_eq!(client.get("/broken").await.assert_status(500).text(), "500 Internal Server Error &#x2f;");
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
