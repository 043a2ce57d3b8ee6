//! Paths, methods, names and the addresses made from them.

use axum::routing::{any, get};
use demijohn_core::Settings;
use demijohn_web::test::test_settings;
use demijohn_web::{App, Path, Site, TestClient};
use expect_test::expect;

use crate::support::{client, without_lines};

async fn index() -> &'static str {
    "index"
}

async fn detail(Path(id): Path<i64>) -> String {
    format!("post {id}")
}

async fn save() -> &'static str {
    "saved"
}

async fn file(Path(path): Path<String>) -> String {
    path
}

fn blog() -> App {
    App::named("blog").get("/", index).get("/posts/{id}", detail).post("/posts/{id}", save).get("/files/{*path}", file)
}

async fn site(app: App) -> Site {
    app.build(test_settings()).await.expect("the app can be built")
}

#[tokio::test]
async fn mounted_apps_answer_under_their_prefixes() {
    let client = client(App::new().mount("/", blog()).mount("/v2", App::named("v2").get("/x", index))).await;
    assert_eq!(client.get("/").await.text(), "index");
    assert_eq!(client.get("/posts/7").await.text(), "post 7");
    assert_eq!(client.post("/posts/7").await.text(), "saved");
    assert_eq!(client.get("/files/a/b.txt").await.text(), "a/b.txt");
    assert_eq!(client.get("/v2/x").await.text(), "index");
}

#[tokio::test]
async fn install_uses_the_prefix_an_app_chose() {
    let client = client(App::new().install(blog().prefix("/journal"))).await;
    assert_eq!(client.get("/journal/").await.text(), "index");
    assert_eq!(client.site().url_for("blog.index", ()).expect("it has a name"), "/journal/");
}

#[tokio::test]
async fn routes_are_named_after_their_functions() {
    let app = App::new().get("/plain", index).mount("/blog", blog()).get("/closure", async || "x").name("closure");
    let names: Vec<_> = site(app).await.routes().iter().map(|route| route.name.clone().unwrap_or_default()).collect();
    assert_eq!(names, ["index", "closure", "blog.index", "blog.detail", "blog.save", "blog.file"]);
}

#[tokio::test]
async fn addresses_are_percent_encoded() {
    let site = site(App::new().mount("/blog", blog())).await;
    assert_eq!(site.url_for("blog.detail", ("id", 7)).expect("a route"), "/blog/posts/7");
    assert_eq!(site.url_for("blog.detail", ("id", "a/b ?é")).expect("a route"), "/blog/posts/a%2Fb%20%3F%C3%A9");
    assert_eq!(site.url_for("blog.file", [("path", "a b/c#d")]).expect("a route"), "/blog/files/a%20b/c%23d");
}

#[tokio::test]
async fn an_address_leads_back_to_its_parameter() {
    let client = client(App::new().mount("/blog", blog())).await;
    for path in ["a b/c#d", "100%", "ä/ö", "x?y=z&w", "a+b;c,d"] {
        let url = client.site().url_for("blog.file", ("path", path)).expect("a route");
        assert_eq!(client.get(&url).await.text(), path, "{url}");
    }
}

#[tokio::test]
async fn wrong_names_and_parameters_list_what_is_possible() {
    let site = site(App::new().mount("/blog", blog())).await;
    let error = |result: demijohn_core::Result<String>| format!("{:#}\n", result.expect_err("it is wrong"));
    let text = [
        error(site.url_for("blog.detial", ("id", 7))),
        error(site.url_for("detail", ("id", 7))),
        error(site.url_for("blog.detail", ())),
        error(site.url_for("blog.detail", (("id", 7), ("page", 2)))),
        error(site.url_for("blog.detail", ("id", ""))),
        error(site.url_for("blog.file", ("path", ".."))),
    ];
    expect![[r#"
        there is no route `blog.detial`; choices are `blog.detail`, `blog.file`, `blog.index`, `blog.save`
        hint: did you mean `blog.detail`?
        there is no route `detail`; choices are `blog.detail`, `blog.file`, `blog.index`, `blog.save`
        hint: did you mean `blog.detail`?
        route `blog.detail` needs the parameter `id`
        hint: the parameters of `blog.detail` are `id`
        route `blog.detail` has no parameter `page`
        hint: the parameters of `blog.detail` are `id`
        the parameter `id` of route `blog.detail` is empty
        hint: the parameters of `blog.detail` are `id`
        the parameter `path` of route `blog.file` is `..`, which browsers take for a directory
        hint: the parameters of `blog.file` are `path`
    "#]]
    .assert_eq(&text.concat());
}

#[tokio::test]
async fn conflicts_are_findings_that_name_both_places() {
    let app = App::new()
        .get("/posts/{id}", detail)
        .get("/posts/{slug}", file)
        .get("/posts/{id}", index)
        .get("posts", index)
        .get("/old/:id", save)
        .get("/flask/<int:id>", save)
        .get("/open/{id", save)
        .get("/{*rest}/more", save)
        .get("/twice/{a}/{a}", save)
        .mount("blog", App::new().get("/elsewhere", index))
        .mount_router("/posts", axum::Router::new())
        .mount_router("/", axum::Router::new())
        .mount_router("/", axum::Router::new());
    let site = site(app).await;
    let text: Vec<String> = site.checks(false).iter().map(|check| format!("{check}\n")).collect();
    expect![[r#"
        crates/demijohn-web/tests/it/routing.rs:N: (web.E001) prefix `blog` does not start with `/`
        route `GET /posts/{slug}` at crates/demijohn-web/tests/it/routing.rs:N: (web.E003) it takes the same addresses as `/posts/{id}` at crates/demijohn-web/tests/it/routing.rs:N
            hint: two paths may differ in fixed text, not only in the names of their parameters
        route `GET /posts/{id}` at crates/demijohn-web/tests/it/routing.rs:N: (web.E003) the same path and method are taken by the route at crates/demijohn-web/tests/it/routing.rs:N
            hint: give one of them another path or method
        route `GET posts` at crates/demijohn-web/tests/it/routing.rs:N: (web.E001) the path cannot be used: it does not start with `/`
        route `GET /old/:id` at crates/demijohn-web/tests/it/routing.rs:N: (web.E001) the path cannot be used: `:id` is no parameter; write `{id}`
        route `GET /flask/<int:id>` at crates/demijohn-web/tests/it/routing.rs:N: (web.E001) the path cannot be used: `<int:id>` is no parameter; write `{id}`
        route `GET /open/{id` at crates/demijohn-web/tests/it/routing.rs:N: (web.E001) the path cannot be used: a single `{`; write `{name}` for a parameter or `{{` for the character
        route `GET /{*rest}/more` at crates/demijohn-web/tests/it/routing.rs:N: (web.E001) the path cannot be used: a parameter `{*name}` has to be the last thing in the path
        route `GET /twice/{a}/{a}` at crates/demijohn-web/tests/it/routing.rs:N: (web.E001) the path cannot be used: the parameter `a` stands there twice
        route `GET blog/elsewhere` at crates/demijohn-web/tests/it/routing.rs:N: (web.E001) the path cannot be used: it does not start with `/`
        router mounted at `/posts` at crates/demijohn-web/tests/it/routing.rs:N: (web.E003) it takes the same addresses as `/posts/{id}` at crates/demijohn-web/tests/it/routing.rs:N
            hint: two paths may differ in fixed text, not only in the names of their parameters
        router mounted at `/` at crates/demijohn-web/tests/it/routing.rs:N: (web.E004) another router is mounted at `/` already, at crates/demijohn-web/tests/it/routing.rs:N
    "#]]
    .assert_eq(&without_lines(&text.concat()));
    let refused = site.require_sound().expect_err("it is not sound");
    assert!(refused.to_string().starts_with("the checks found"), "{refused}");
}

#[tokio::test]
async fn a_name_that_two_paths_claim_is_a_finding() {
    let site = site(App::new().get("/a", index).get("/b", index)).await;
    let text: Vec<String> = site.checks(false).iter().map(|check| format!("{check}\n")).collect();
    expect![[r#"
        route `GET /b` at crates/demijohn-web/tests/it/routing.rs:N: (web.E002) its name `index` belongs to `/a` at crates/demijohn-web/tests/it/routing.rs:N already
            hint: name one of them with `.name("…")`, or give its app another name with `App::named("…")`
    "#]].assert_eq(&without_lines(&text.concat()));
}

#[tokio::test]
async fn silenced_findings_stay_silent() {
    let mut settings = test_settings();
    settings.silenced_checks = vec!["web.E002".to_owned()];
    let site = App::new().get("/a", index).get("/b", index).build(settings).await.expect("it can be built");
    assert_eq!(site.checks(false), []);
}

#[tokio::test]
async fn method_routers_are_understood() {
    let app = App::new().route("/any", any(index)).route("/some", get(index).post(save)).put("/some", save);
    let site = site(app).await;
    assert_eq!(site.checks(false), []);
    let methods: Vec<_> = site.routes().iter().map(demijohn_web::RouteInfo::methods_text).collect();
    assert_eq!(methods, ["any", "GET, POST", "PUT"]);
    let client = TestClient::new(site).await.expect("it is sound");
    assert_eq!(client.delete("/any").await.text(), "index");
    assert_eq!(client.put("/some").await.text(), "saved");
}

#[tokio::test]
async fn head_and_options_are_answered_without_asking() {
    let client = client(App::new().get("/", index).post("/", save)).await;
    let head = client.request(http::Method::HEAD, "/").await;
    assert_eq!((head.status().as_u16(), head.text().as_str(), head.header("content-length")), (200, "", Some("5")));
    let options = client.request(http::Method::OPTIONS, "/").await;
    assert_eq!((options.status().as_u16(), options.header("allow")), (204, Some("GET,HEAD,POST")));
    let refused = client.delete("/").await;
    assert_eq!((refused.status().as_u16(), refused.header("allow")), (405, Some("GET,HEAD,POST")));
}

#[tokio::test]
async fn a_missing_or_spare_slash_is_redirected_for_reads_only() {
    let client = client(App::new().mount("/blog", blog()).get("/about/", index)).await;
    client.get("/about?x=1").await.assert_status(308).assert_redirect("/about/?x=1");
    client.get("/blog/posts/7/").await.assert_redirect("/blog/posts/7");
    client.post("/about").await.assert_status(404);
    client.get("/nowhere/").await.assert_status(404);
}

#[tokio::test]
async fn a_slash_redirect_never_leaves_the_site() {
    let client = client(App::new().get("/{a}/{b}", async || "x").get("/{a}/{b}/{c}/{d}", async || "y")).await;
    for path in
        ["//evil.example", "//evil.example/", "//evil.example/%2e%2e/", "/\\evil.example/", "//evil.example/a/b/"]
    {
        let request = http::Request::builder().uri(path).header("host", "localhost").body(axum::body::Body::empty());
        let Ok(request) = request else { continue };
        let response = client.site().handle(request).await.expect("a complete site");
        let location = response.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert!(!location.starts_with("//") && !location.contains('\\'), "{path} leads to {location}");
    }
}

#[tokio::test]
async fn settings_name_the_hosts() {
    let mut settings: Settings = test_settings();
    settings.allowed_hosts = vec!["example.org".to_owned(), ".example.net".to_owned()];
    let client = TestClient::new((App::new().get("/", index), settings)).await.expect("it is sound").accept_json();
    for good in ["example.org", "EXAMPLE.org:8000", "example.org.", "www.example.net", "example.net"] {
        client.get("/").header("host", good).await.assert_status(200);
    }
    for bad in ["evil.example", "evilexample.net", "localhost", "", "example.org.evil.example", "[::1]"] {
        client.get("/").header("host", bad).await.assert_status(400);
    }
}
