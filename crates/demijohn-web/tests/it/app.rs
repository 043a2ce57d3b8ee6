//! Apps as values: guards, layers, plugins, contributions, other people's routers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::State as AxumState;
use axum::routing::get;
use demijohn_core::{Check, Error, Result};
use demijohn_web::test::test_settings;
use demijohn_web::{App, BoxFuture, Guard, Plugin, Site, SiteBuilder, State, TestClient};
use http::request::Parts;

use crate::support::client;

async fn open() -> &'static str {
    "in"
}

/// Lets requests with a header pass.
struct NeedsHeader(&'static str);

impl Guard for NeedsHeader {
    fn check<'a>(&'a self, parts: &'a mut Parts, _: &'a Site) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if parts.headers.contains_key(self.0) {
                Ok(())
            } else {
                Err(Error::denied(format!("`{}` is missing", self.0)))
            }
        })
    }

    fn description(&self) -> String {
        format!("header {}", self.0)
    }
}

#[tokio::test]
async fn guards_cover_everything_below_them_and_nothing_else() {
    let inner = App::named("inner").get("/deep", open).guard(NeedsHeader("x-inner"));
    let foreign = axum::Router::new().route("/there", get(open));
    let guarded = App::named("guarded")
        .get("/", open)
        .route("/any", axum::routing::any(open))
        .mount("/inner", inner)
        .mount_router("/foreign", foreign)
        .guard(NeedsHeader("x-outer"));
    let client = client(App::new().get("/", open).name("root").mount("/g", guarded)).await.accept_json();
    client.get("/").await.assert_status(200);
    for path in ["/g/", "/g/any", "/g/inner/deep", "/g/foreign/there", "/g/foreign/nowhere"] {
        let refused = client.get(path).await.assert_status(403);
        assert!(refused.text().contains("`x-outer` is missing"), "{path}: {}", refused.text());
    }
    client.delete("/g/any").await.assert_status(403);
    client.get("/g/any").header("x-outer", "1").await.assert_status(200);
    let refused = client.get("/g/inner/deep").header("x-outer", "1").await.assert_status(403);
    assert!(refused.text().contains("`x-inner` is missing"));
    client.get("/g/inner/deep").header("x-outer", "1").header("x-inner", "1").await.assert_status(200);
    let deep = client.site().routes().iter().find(|route| route.path == "/g/inner/deep").expect("it is there");
    assert_eq!(deep.guards, ["header x-outer", "header x-inner"]);
}

#[tokio::test]
async fn layers_lie_around_their_app_the_last_one_outermost() {
    let mark = |name: &'static str| {
        axum::middleware::from_fn(move |request: demijohn_web::Request, next: axum::middleware::Next| async move {
            let mut response = next.run(request).await;
            response.headers_mut().append("x-layer", http::HeaderValue::from_static(name));
            response
        })
    };
    let inner = App::new().get("/inner", open).name("inner").layer(mark("inner-1")).layer(mark("inner-2"));
    let app = App::new().get("/", open).layer(mark("outer")).mount("/", inner);
    let client = client(app).await;
    let order =
        |response: demijohn_web::test::TestResponse| response.headers("x-layer").map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(order(client.get("/").await), ["outer"]);
    assert_eq!(order(client.get("/inner").await), ["inner-1", "inner-2", "outer"]);
}

#[tokio::test]
async fn layers_and_guards_see_methods_that_the_route_refuses() {
    // What a CORS layer does with a preflight request.
    let cors = axum::middleware::from_fn(async |request: demijohn_web::Request, next: axum::middleware::Next| {
        let is_preflight = request.method() == http::Method::OPTIONS;
        let mut response = next.run(request).await;
        if is_preflight {
            response.headers_mut().insert("access-control-allow-origin", http::HeaderValue::from_static("*"));
        }
        response
    });
    let guarded = App::new().get("/guarded", open).name("guarded").guard(NeedsHeader("x-outer"));
    let app = App::new().get("/", open).post("/", open).name("post").layer(cors).mount("/", guarded);
    let client = client(app).await;
    let preflight = client.request(http::Method::OPTIONS, "/").await.assert_status(204);
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    assert_eq!(preflight.header("allow"), Some("GET,HEAD,POST"));
    client.delete("/").await.assert_status(405);
    client.delete("/guarded").await.assert_status(403);
}

#[tokio::test]
async fn one_path_may_be_shared_by_two_apps() {
    let app = App::new()
        .mount("/", App::named("read").get("/shared", open).guard(NeedsHeader("x-read")))
        .mount("/", App::named("write").post("/shared", open))
        .mount("/", App::named("rest").route("/shared", axum::routing::any(async || "any")));
    let client = client(app).await;
    client.get("/shared").await.assert_status(403);
    assert_eq!(client.post("/shared").await.text(), "in");
    assert_eq!(client.delete("/shared").await.text(), "any");
}

#[tokio::test]
async fn other_routers_are_mounted_as_they_are() {
    let plain = axum::Router::new().route("/hello", get(async || "from axum"));
    let on_site = axum::Router::new()
        .route("/routes", get(async |AxumState(site): AxumState<Site>| site.routes().len().to_string()));
    let root = axum::Router::new().route("/legacy", get(async || "legacy"));
    let app = App::new()
        .get("/", open)
        .mount_router("/plain", plain)
        .mount_site_router("/on-site", on_site)
        .mount_router("/", root);
    let client = client(app).await;
    assert_eq!(client.get("/plain/hello").await.text(), "from axum");
    assert_eq!(client.get("/on-site/routes").await.text(), "3");
    assert_eq!(client.get("/legacy").await.text(), "legacy");
    client.get("/plain/nowhere").await.assert_status(404);
    client.get("/nowhere").await.assert_status(404);
}

/// Counts the words that apps contribute.
struct Words;
struct Word(&'static str);
struct Total {
    words: Vec<(String, &'static str)>,
}

impl Plugin for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let words = site.contributions_by_app::<Word>().map(|(app, word)| (app.to_owned(), word.0)).collect();
            assert!(site.get::<Total>().is_none(), "a plugin is built once");
            site.insert(Total { words });
            Ok(())
        })
    }

    fn checks(&self, site: &Site, deploy: bool) -> Vec<Check> {
        let total = site.get::<Total>().map_or(0, |total| total.words.len());
        if deploy && total < 10 {
            vec![Check::warning("words.W001", "words", "there are few words")]
        } else {
            Vec::new()
        }
    }
}

#[tokio::test]
async fn plugins_read_contributions_and_count_once() {
    let part = |name: &'static str, word| App::named(name).plugin(Words).contribute(Word(word));
    let app = App::new().mount("/a", part("a", "one")).mount("/b", part("b", "two")).contribute(Word("zero"));
    let site = app.build(test_settings()).await.expect("it can be built");
    let total = site.get::<Total>().expect("the plugin was built");
    assert_eq!(total.words, [(String::new(), "zero"), ("a".to_owned(), "one"), ("b".to_owned(), "two")]);
    assert_eq!(site.contributions::<Word>().len(), 3);
    assert_eq!(site.plugins().collect::<Vec<_>>(), ["words"]);
    assert_eq!(site.checks(false), []);
    assert!(site.checks(true).iter().any(|check| check.id == "words.W001"));
}

#[tokio::test]
async fn a_plugin_that_cannot_be_built_says_why() {
    struct Broken;
    impl Plugin for Broken {
        fn name(&self) -> &'static str {
            "broken"
        }
        fn build<'a>(&'a self, _: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
            Box::pin(async { Err(Error::misconfigured("broken", "no flux capacitor")) })
        }
    }
    let error = App::new().plugin(Broken).build(test_settings()).await.expect_err("it cannot be built");
    assert_eq!(error.to_string(), "no flux capacitor");
}

#[tokio::test]
async fn response_hooks_see_every_response() {
    struct Counter;
    impl Plugin for Counter {
        fn name(&self) -> &'static str {
            "counter"
        }
        fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
            Box::pin(async move {
                site.on_response(|context, site, response| {
                    Box::pin(async move {
                        let n = site.get::<Arc<AtomicU32>>().map_or(0, |n| n.fetch_add(1, Ordering::Relaxed));
                        let value = format!("{} {} {n}", context.method(), context.uri().path());
                        response.headers_mut().insert("x-seen", value.parse()?);
                        Ok(())
                    })
                });
                Ok(())
            })
        }
    }
    let client = client(App::new().get("/", open).state(Arc::new(AtomicU32::new(0))).plugin(Counter)).await;
    assert_eq!(client.get("/").await.header("x-seen"), Some("GET / 0"));
    assert_eq!(client.get("/nowhere").await.header("x-seen"), Some("GET /nowhere 1"));
}

#[tokio::test]
async fn two_sites_in_one_process_know_nothing_of_each_other() {
    let app = |text: &'static str| App::new().state(text).get("/", async |State(text): State<&'static str>| text);
    let (first, second) = (client(app("first")).await, client(app("second")).await);
    assert_eq!(first.get("/").await.text(), "first");
    assert_eq!(second.get("/").await.text(), "second");
}

#[tokio::test]
async fn a_site_is_gone_when_its_last_holder_is() {
    let value = Arc::new(());
    let app = App::new().get("/", open).guard(NeedsHeader("x")).state(Arc::clone(&value));
    let client = TestClient::new(app).await.expect("it is sound");
    client.get("/").await.assert_status(403);
    drop(client);
    assert_eq!(Arc::strong_count(&value), 1, "no cycle holds the site");
}

#[tokio::test]
async fn what_a_browser_may_show_carries_the_security_headers() {
    let own = async || ([("x-frame-options", "SAMEORIGIN")], "framed");
    let client = client(App::new().get("/", open).get("/own", own)).await;
    for path in ["/", "/nowhere"] {
        let response = client.get(path).await;
        let headers = ["x-content-type-options", "x-frame-options", "referrer-policy", "cross-origin-opener-policy"];
        let values = headers.map(|name| response.header(name).unwrap_or("(none)").to_owned());
        assert_eq!(values, ["nosniff", "DENY", "same-origin", "same-origin"], "{path}");
        assert_eq!(response.header("strict-transport-security"), None);
    }
    assert_eq!(client.get("/own").await.header("x-frame-options"), Some("SAMEORIGIN"));
}

#[tokio::test]
async fn json_carries_the_headers_that_mean_something_for_it() {
    let client = client(App::new().get("/", async || demijohn_web::Json(1))).await;
    let response = client.get("/").await;
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(response.header("x-frame-options"), None);
}

#[tokio::test]
async fn transport_security_is_sent_over_https_only() {
    let mut settings = test_settings();
    settings.hsts = std::time::Duration::from_secs(3600);
    settings.behind_proxy = true;
    let client = TestClient::new((App::new().get("/", open), settings)).await.expect("it is sound");
    assert_eq!(client.get("/").await.header("strict-transport-security"), None);
    let secure = client.get("/").header("x-forwarded-proto", "http, https").await;
    assert_eq!(secure.header("strict-transport-security"), Some("max-age=3600; includeSubDomains"));
}
