//! Requests that another site made a browser send.

use axum::Form as AxumForm;
use demijohn_web::test::test_settings;
use demijohn_web::{App, RequestContext, Site, State, TestClient};

const FORM: &str = "application/x-www-form-urlencoded";

async fn save() -> &'static str {
    "saved"
}

/// Gives out a token, as a page with a form does.
async fn token(context: RequestContext, State(site): State<Site>) -> String {
    context.csrf_token(site.settings())
}

async fn echo(AxumForm(fields): AxumForm<Vec<(String, String)>>) -> String {
    fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ")
}

async fn size(body: axum::body::Bytes) -> String {
    body.len().to_string()
}

fn app() -> App {
    App::new()
        .get("/token", token)
        .post("/save", save)
        .post("/echo", echo)
        .post("/size", size)
        .mount("/hooks", App::new().post("/in", async || "in").csrf_exempt())
}

/// A client that sends none of the headers that only browsers send.
async fn program() -> TestClient {
    TestClient::new((app(), test_settings())).await.expect("it is sound").accept_json()
}

#[tokio::test]
async fn browsers_pass_on_their_own_pages_only() {
    let client = program().await;
    let post = |site: &str| client.post("/save").header("sec-fetch-site", site);
    post("same-origin").await.assert_status(200);
    post("none").await.assert_status(200);
    for other in ["cross-site", "same-site", "nonsense"] {
        let refused = post(other).await.assert_status(403);
        assert!(refused.text().contains("web.csrf"), "{}", refused.text());
        // What the origin says cannot help: the browser itself says where the request comes from.
        post(other).header("origin", "http://localhost").await.assert_status(403);
    }
}

#[tokio::test]
async fn without_that_header_the_origin_counts() {
    let client = program().await;
    let post = |origin: &str, host: &str| client.post("/save").header("origin", origin).header("host", host);
    for (origin, host) in [
        ("http://localhost", "localhost"),
        ("https://localhost", "localhost"),
        ("http://localhost:8000", "localhost:8000"),
        ("https://localhost", "localhost:443"),
        ("http://LOCALHOST", "localhost"),
    ] {
        post(origin, host).await.assert_status(200);
    }
    for (origin, host) in [
        ("http://evil.example", "localhost"),
        ("http://localhost:8001", "localhost:8000"),
        ("null", "localhost"),
        ("ftp://localhost", "localhost"),
        ("http://localhost.evil.example", "localhost"),
        ("http://", "localhost"),
    ] {
        let refused = post(origin, host).await;
        assert_eq!(refused.status(), 403, "{origin} at {host}");
    }
}

#[tokio::test]
async fn behind_a_proxy_the_scheme_counts_too() {
    let mut settings = test_settings();
    settings.behind_proxy = true;
    let client = TestClient::new((app(), settings)).await.expect("it is sound").accept_json();
    let post = |origin: &str| client.post("/save").header("origin", origin).header("x-forwarded-proto", "https");
    post("https://localhost").await.assert_status(200);
    post("http://localhost").await.assert_status(403);
}

#[tokio::test]
async fn trusted_origins_pass() {
    let mut settings = test_settings();
    settings.csrf_trusted_origins = vec!["https://shop.example".to_owned(), "https://*.example.org".to_owned()];
    let client = TestClient::new((app(), settings)).await.expect("it is sound").accept_json();
    let post = |origin: &str| client.post("/save").header("origin", origin).header("sec-fetch-site", "cross-site");
    post("https://shop.example").await.assert_status(200);
    post("https://a.example.org").await.assert_status(200);
    post("http://shop.example").await.assert_status(403);
    post("https://example.org").await.assert_status(403);
    post("https://evilexample.org").await.assert_status(403);
}

#[tokio::test]
async fn an_origin_without_a_scheme_is_refused_when_the_site_is_built() {
    let mut settings = test_settings();
    settings.csrf_trusted_origins = vec!["shop.example".to_owned()];
    let error = app().build(settings).await.expect_err("it is wrong");
    assert_eq!(
        format!("{error:#}"),
        "`shop.example` in `csrf_trusted_origins` has no scheme\nhint: write `https://shop.example`"
    );
}

#[tokio::test]
async fn a_program_without_cookies_needs_nothing() {
    program().await.post("/save").await.assert_status(200);
}

#[tokio::test]
async fn a_client_with_cookies_and_no_headers_needs_a_token() {
    let client = program().await;
    client.post("/save").header("cookie", "a=1").await.assert_status(403);
    let token = client.get("/token").await.text();
    assert_eq!((token.len(), client.cookie("csrftoken").map(|secret| secret.len())), (64, Some(32)));
    let wrong = "x".repeat(64);
    client.post("/save").await.assert_status(403);
    client.post("/save").header("x-csrftoken", &wrong).await.assert_status(403);
    client.post("/save").header("x-csrftoken", &token).await.assert_status(200);
    let secret = client.cookie("csrftoken").expect("it was set");
    client.post("/save").header("x-csrftoken", &secret).await.assert_status(200);
    client.post("/save").form(&[("csrfmiddlewaretoken", &wrong)]).await.assert_status(403);
    let read = client.post("/echo").form(&[("a", "1"), ("csrfmiddlewaretoken", &token)]).await.assert_status(200);
    assert_eq!(read.text(), "a csrfmiddlewaretoken");
}

#[tokio::test]
async fn tokens_are_found_in_multipart_forms_and_the_body_stays_whole() {
    let client = program().await;
    let token = client.get("/token").await.text();
    let body = |token: &str| {
        format!(
            "--B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n\u{0}binary\r\n\
             --B\r\nContent-Disposition: form-data; name=\"csrfmiddlewaretoken\"\r\n\r\n{token}\r\n--B--\r\n"
        )
    };
    let send = |body: String| client.post("/size").header("content-type", "multipart/form-data; boundary=B").body(body);
    let good = send(body(&token)).await.assert_status(200);
    assert_eq!(good.text(), body(&token).len().to_string());
    send(body(&"x".repeat(64))).await.assert_status(403);
}

#[tokio::test]
async fn a_huge_body_without_a_token_is_bounded() {
    let client = program().await;
    client.get("/token").await;
    let response =
        client.post("/size").header("content-type", FORM).header("content-length", "10").body("a".repeat(3_000_000));
    response.await.assert_status(413);
}

#[tokio::test]
async fn exempt_apps_take_posts_from_anywhere() {
    let client = program().await;
    client.post("/hooks/in").header("origin", "https://elsewhere.example").await.assert_status(200);
    client.post("/hooks/in").header("cookie", "a=1").await.assert_status(200);
    client.post("/hooks/none").header("origin", "https://elsewhere.example").await.assert_status(403);
}

#[tokio::test]
async fn an_exempt_app_exempts_only_its_own_methods_of_a_path() {
    let app = App::new()
        .mount("", App::new().post("/shared", async || "hook").csrf_exempt())
        .mount("", App::new().delete("/shared", async || "in").get("/other", async || "in"))
        .mount("", App::new().put("/other", async || "hook").csrf_exempt());
    let client = TestClient::new((app, test_settings())).await.expect("it is sound").accept_json();
    let from_elsewhere =
        |method: http::Method, path: &str| client.request(method, path).header("origin", "https://elsewhere.example");
    from_elsewhere(http::Method::POST, "/shared").await.assert_status(200);
    from_elsewhere(http::Method::DELETE, "/shared").await.assert_status(403);
    from_elsewhere(http::Method::PUT, "/other").await.assert_status(200);
    from_elsewhere(http::Method::POST, "/other").await.assert_status(403);
}

#[tokio::test]
async fn a_page_of_another_site_cannot_open_a_websocket() {
    let client = TestClient::new((App::new().get("/ws", save), test_settings())).await.expect("it is sound");
    let client = client.accept_json();
    let open = || client.get("/ws").header("connection", "Upgrade").header("upgrade", "websocket");
    open().header("origin", "https://elsewhere.example").await.assert_status(403);
    open().header("origin", "http://localhost").await.assert_status(200);
    open().header("sec-fetch-site", "cross-site").await.assert_status(403);
    open().await.assert_status(200);
    // A program with cookies; it has no page that another site could make it open.
    open().header("cookie", "a=1").await.assert_status(200);
}

#[tokio::test]
async fn reads_are_never_refused() {
    let client = program().await;
    client
        .get("/token")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .await
        .assert_status(200);
}
