//! Errors as clients see them.

use demijohn_core::{Error, ErrorKind, FieldErrors, Result};
use demijohn_web::test::test_settings;
use demijohn_web::{App, TestClient};
use expect_test::expect;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::{client, debug_settings};

async fn missing() -> Result<String> {
    Err(Error::not_found("no post 7"))
}

async fn broken() -> Result<String> {
    let disk = std::io::Error::other("disk on fire");
    Err(Error::internal("cannot read hunter2's page").with_source(disk).with_hint("call the fire brigade"))
}

async fn fields() -> Result<String> {
    let mut fields = FieldErrors::new();
    fields.add("title", "is required");
    fields.add("title", "is too long");
    fields.add(FieldErrors::FORM, "the two do not fit");
    Err(Error::invalid_fields(fields))
}

async fn panics() -> Result<String> {
    let none: Option<u8> = "".bytes().next();
    Ok(none.expect("hunter2 was here").to_string())
}

async fn members() -> Result<String> {
    Err(Error::unauthenticated("please log in"))
}

fn app() -> App {
    App::new()
        .get("/missing", missing)
        .get("/broken", broken)
        .get("/fields", fields)
        .get("/panics", panics)
        .get("/members", members)
        .post("/members", members)
        .get("/bare", async || StatusCode::IM_A_TEAPOT)
        .get("/own", async || (StatusCode::BAD_REQUEST, "my own words"))
        .get("/slow", async || -> Result<()> { Err(Error::new(ErrorKind::Unavailable, "db.down", "postgres is away")) })
}

#[tokio::test]
async fn api_clients_get_json_without_inner_details() {
    let client = client(app()).await.accept_json();
    let error = async |path: &str| {
        let response = client.get(path).await;
        json!([response.status().as_u16(), response.json::<Value>()["error"]]).to_string()
    };
    let texts = [
        error("/missing").await,
        error("/broken").await,
        error("/fields").await,
        error("/panics").await,
        error("/members").await,
        error("/bare").await,
        error("/slow").await,
        error("/nowhere").await,
    ];
    expect![[r#"
        [404,{"code":"not_found","message":"no post 7"}]
        [500,{"code":"internal","message":"internal server error"}]
        [422,{"code":"invalid_fields","fields":{"":["the two do not fit"],"title":["is required","is too long"]},"message":"some fields are not valid"}]
        [500,{"code":"web.panic","message":"internal server error"}]
        [401,{"code":"unauthenticated","message":"please log in"}]
        [418,{"code":"http.status","message":"i'm a teapot"}]
        [503,{"code":"db.down","message":"temporarily unavailable"}]
        [404,{"code":"web.no_route","message":"not found"}]
    "#]].assert_eq(&(texts.join("\n") + "\n"));
    assert_eq!(client.get("/own").await.text(), "my own words");
}

#[tokio::test]
async fn browsers_get_pages_without_inner_details() {
    let client = client(app()).await;
    for (path, status, words) in [
        ("/missing", 404, "No post 7."),
        ("/broken", 500, "Something went wrong"),
        ("/panics", 500, "Something went wrong"),
        ("/nowhere", 404, "There is nothing here"),
        ("/slow", 503, "Not available just now"),
    ] {
        let page = client.get(path).await.assert_status(status);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(page.text().contains(words), "{path}: {}", page.text());
        for secret in ["hunter2", "fire", "postgres", "errors.rs", "web.no_route"] {
            assert!(!page.text().contains(secret), "{path} shows {secret}");
        }
        let policy = page.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'; style-src 'nonce-"), "{policy}");
    }
}

#[tokio::test]
async fn development_shows_where_and_why() {
    let client = TestClient::new((app(), debug_settings())).await.expect("it is sound");
    let request = client.get("/broken?page=2&api_key=hunter3").header("authorization", "Bearer hunter4");
    let page = request.header("referer", "http://localhost/a?reset_token=hunter5").await.assert_status(500);
    let text = page.text();
    for shown in [
        "cannot read hunter2&#39;s page",
        "call the fire brigade",
        "disk on fire",
        "tests/it/errors.rs:",
        "Error::internal(&quot;cannot read",
        "<th scope=\"row\">page</th><td>2</td>",
        "api_key=********************",
    ] {
        assert!(text.contains(shown), "{shown} is not on the page:\n{text}");
    }
    for hidden in ["hunter3", "hunter4", "hunter5"] {
        assert!(!text.contains(hidden), "the page shows {hidden}");
    }
}

#[tokio::test]
async fn development_shows_where_a_panic_was() {
    let client = TestClient::new((app(), debug_settings())).await.expect("it is sound");
    let text = client.get("/panics").await.assert_status(500).text();
    assert!(text.contains("the handler panicked at crates/demijohn-web/tests/it/errors.rs:"), "{text}");
    assert!(text.contains("none.expect(&quot;hunter2 was here&quot;)"), "the source is shown: {text}");
}

#[tokio::test]
async fn development_lists_the_routes_for_an_unknown_path() {
    let client = TestClient::new((app(), debug_settings())).await.expect("it is sound");
    let text = client.get("/nowhere/?q=%3Cscript%3E").await.assert_status(404).text();
    assert!(text.contains("GET /missing (missing)"), "{text}");
    assert!(!text.contains("<script>"), "{text}");
}

#[tokio::test]
async fn development_lists_the_queries() {
    let app = App::new().get("/", async |context: demijohn_web::RequestContext| -> Result<()> {
        for n in 0..6 {
            let log = context.query_log().expect("development keeps one");
            log.record("SELECT * FROM post WHERE id = ?", n.to_string(), std::time::Duration::from_millis(2));
        }
        Err(Error::internal("too many"))
    });
    let client = TestClient::new((app, debug_settings())).await.expect("it is sound");
    let text = client.get("/").await.text();
    assert!(text.contains("6 queries, 12.0 ms"), "{text}");
    assert!(text.contains("<tr class=\"many\">"), "{text}");
}

#[tokio::test]
async fn who_has_to_log_in_is_sent_there_and_back() {
    let mut settings = test_settings();
    settings.login_url = Some("/login/".to_owned());
    let client = TestClient::new((app(), settings.clone())).await.expect("it is sound");
    client.get("/members?a=1&b=2").await.assert_status(302).assert_redirect("/login/?next=%2Fmembers%3Fa%3D1%26b%3D2");
    let api = TestClient::new((app(), settings)).await.expect("it is sound").accept_json();
    api.get("/members").await.assert_status(401);
}

#[tokio::test]
async fn without_a_login_page_browsers_get_the_401() {
    client(app()).await.get("/members").await.assert_status(401);
}
