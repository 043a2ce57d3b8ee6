//! Which host a request is for, and what nobody may call itself.

use axum::body::Body;
use demijohn_web::App;
use demijohn_web::test::test_settings;
use http::{HeaderMap, Request};

/// The `Host` that the handler saw, or the status of the refusal.
async fn seen(allowed: &[&str], debug: bool, target: &str, hosts: &[&str]) -> String {
    let show = async |headers: HeaderMap| headers["host"].to_str().map(ToOwned::to_owned).unwrap_or_default();
    let mut settings = test_settings();
    settings.allowed_hosts = allowed.iter().map(ToString::to_string).collect();
    settings.debug = debug;
    let site = App::new().get("/", show).build(settings).await.expect("it can be built");
    let mut request = Request::builder().uri(target);
    for host in hosts {
        request = request.header("host", *host);
    }
    let response = site.handle(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    if response.status() != 200 {
        return response.status().as_u16().to_string();
    }
    let bytes = axum::body::to_bytes(response.into_body(), 1000).await.expect("a short body");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What somebody puts into a link made of it, before the part that is ours.
const CRAFTED: [&str; 7] = [
    "evil.example/.example.org",
    "evil.example#.example.org",
    "evil.example?.example.org",
    "evil.example:80@a.example.org",
    "evil.example\\.example.org",
    "a .example.org",
    "\"><script>.example.org",
];

#[tokio::test]
async fn what_is_no_host_name_is_below_no_domain() {
    assert_eq!(seen(&[".example.org"], false, "/", &["a.example.org:80"]).await, "a.example.org:80");
    for crafted in CRAFTED {
        assert_eq!(seen(&[".example.org"], false, "/", &[crafted]).await, "400", "{crafted}");
        let local = crafted.replace("example.org", "localhost");
        assert_eq!(seen(&[], true, "/", &[&local]).await, "400", "{local}");
        assert_eq!(seen(&[], false, "/", &[crafted]).await, "400", "{crafted} where any host is allowed");
    }
}

#[tokio::test]
async fn two_hosts_are_refused_even_where_any_is_allowed() {
    for allowed in [&[] as &[&str], &["*"], &["a.example"]] {
        assert_eq!(seen(allowed, false, "/", &["a.example", "b.example"]).await, "400");
        assert_eq!(seen(allowed, false, "/", &["a.example", "a.example"]).await, "400");
    }
}

#[tokio::test]
async fn a_host_in_the_target_takes_the_place_of_the_header() {
    let allowed = &["a.example"];
    assert_eq!(seen(allowed, false, "http://a.example/", &["evil.example"]).await, "a.example");
    assert_eq!(seen(allowed, false, "http://a.example/", &["evil.example", "b"]).await, "a.example");
    assert_eq!(seen(allowed, false, "http://evil.example/", &["a.example"]).await, "400");
    assert_eq!(seen(&["*"], false, "http://user@a.example/", &["a.example"]).await, "400");
}
