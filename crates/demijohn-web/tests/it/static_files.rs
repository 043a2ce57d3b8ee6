//! Static files: names, hashes, caching, and paths that lead elsewhere.

use demijohn_web::{App, Dir};
use expect_test::expect;

use crate::support::{TempDir, client};

const FILES: Dir = Dir::embedded(&[
    ("app.css", b"body { color: teal }"),
    ("img/logo.svg", b"<svg/>"),
    ("README", b"plain"),
    ("jquery.3.min.js", b"js"),
]);

#[tokio::test]
async fn files_have_types_and_answer_conditions() {
    let client = client(App::new().static_files(FILES)).await;
    let response = client.get("/static/app.css").await.assert_status(200);
    assert_eq!(response.text(), "body { color: teal }");
    assert_eq!(response.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(response.header("cache-control"), Some("public, no-cache"));
    let tag = response.header("etag").expect("it has a tag").to_owned();
    let same =
        client.get("/static/app.css").header("if-none-match", &format!("\"x\", W/{tag}")).await.assert_status(304);
    assert_eq!((same.text(), same.header("etag")), (String::new(), Some(tag.as_str())));
    client.get("/static/app.css").header("if-none-match", "\"x\"").await.assert_status(200);
    assert_eq!(client.get("/static/README").await.header("content-type"), Some("application/octet-stream"));
    let head = client.request(http::Method::HEAD, "/static/img/logo.svg").await;
    assert_eq!(
        (head.text().len(), head.header("content-length"), head.header("content-type")),
        (0, Some("6"), Some("image/svg+xml"))
    );
    client.post("/static/app.css").await.assert_status(405);
}

#[tokio::test]
async fn hashed_names_may_be_kept_for_ever() {
    let client = client(App::new().static_files(FILES)).await;
    let url = client.site().static_url("app.css").expect("it is there");
    assert!(url.starts_with("/static/app.") && url.len() == "/static/app.css".len() + 17, "{url}");
    let response = client.get(&url).await.assert_status(200);
    assert_eq!(response.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(response.header("content-type"), Some("text/css; charset=utf-8"));
    let old = client.get("/static/app.0123456789abcdef.css").await.assert_status(200);
    assert_eq!(old.header("cache-control"), Some("public, no-cache"), "another content than the name says");
    for name in ["README", "jquery.3.min.js", "img/logo.svg"] {
        let url = client.site().static_url(name).expect("it is there");
        client.get(&url).await.assert_status(200);
    }
}

#[tokio::test]
async fn a_file_on_disk_that_changes_gets_a_new_name() {
    let dir = TempDir::new();
    dir.write("a.css", "one");
    let client = client(App::new().static_files(Dir::on_disk(dir.path()))).await;
    let first = client.site().static_url("a.css").expect("it is there");
    let response = client.get("/static/a.css").await;
    let modified = response.header("last-modified").expect("a file has a date").to_owned();
    client.get("/static/a.css").header("if-modified-since", &modified).await.assert_status(304);
    client.get("/static/a.css").header("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT").await.assert_status(200);
    dir.write("a.css", "another");
    assert_ne!(client.site().static_url("a.css").expect("it is there"), first);
    assert_eq!(client.get("/static/a.css").await.text(), "another");
}

#[tokio::test]
async fn no_path_leads_out_of_the_directory() {
    let dir = TempDir::new();
    dir.write("public/a.txt", "public");
    dir.write("secret.txt", "secret");
    dir.write("public/.env", "secret");
    #[cfg(unix)]
    std::os::unix::fs::symlink(dir.path().join("secret.txt"), dir.path().join("public/link.txt")).expect("a link");
    let client = client(App::new().static_files(Dir::on_disk(dir.path().join("public")))).await;
    assert_eq!(client.get("/static/a.txt").await.text(), "public");
    for path in [
        "../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "%2e%2e%2fsecret.txt",
        "..%5csecret.txt",
        "..\\secret.txt",
        "./a.txt",
        "%2fetc/passwd",
        "/etc/passwd",
        "a.txt%00",
        "a.txt%00.css",
        "",
        ".env",
        "link.txt",
        "%ff%fe",
        "C:%5cboot.ini",
        "public/../../secret.txt",
        "..",
        "a.txt/",
    ] {
        let uri = format!("/static/{path}");
        let Ok(uri) = uri.parse::<http::Uri>() else { continue };
        let response = client.get(&uri.to_string()).await;
        assert_ne!(response.text(), "secret", "{path}");
        assert!(matches!(response.status().as_u16(), 404 | 308), "{path}: {}", response.status());
    }
}

#[tokio::test]
async fn an_apps_own_files_win_and_an_unknown_one_is_named() {
    const OWN: Dir = Dir::embedded(&[("app.css", b"own")]);
    let client = client(App::new().mount("/", App::new().static_files(FILES)).static_files(OWN)).await;
    assert_eq!(client.get("/static/app.css").await.text(), "own");
    let error = client.site().static_url("ap.css").expect_err("it is not there");
    expect![[r#"
        there is no static file `ap.css`; looked in 1 embedded files, 4 embedded files
        hint: did you mean `app.css`?"#]]
    .assert_eq(&format!("{error:#}"));
}

#[tokio::test]
async fn a_missing_directory_is_a_finding() {
    let app = App::new().static_files(Dir::on_disk("/nowhere/static")).templates(Dir::on_disk("/nowhere/templates"));
    let site = app.build(demijohn_web::test::test_settings()).await.expect("it can be built");
    let text: Vec<String> = site.checks(false).iter().map(ToString::to_string).collect();
    expect![[r#"
        /nowhere/static: (web.E005) the directory of static files does not exist
        /nowhere/templates: (templates.E001) the directory of templates does not exist"#]]
    .assert_eq(&text.join("\n"));
}
