//! Pages from templates, and what they say when something is wrong with them.

use demijohn_core::Result;
use demijohn_web::{App, BoxFuture, Dir, Html, Path, Plugin, SiteBuilder, Templates, context, to_template_value};
use expect_test::{Expect, expect};
use serde::Serialize;

use crate::support::{TempDir, client, development};

#[derive(Serialize)]
struct Post {
    title: &'static str,
    tags: Vec<&'static str>,
    body: Html,
}

async fn post(page: Templates) -> Result<Html> {
    let post = Post { title: "<First>", tags: vec!["a", "b"], body: Html("<p>it</p>".to_owned()) };
    let more = context! { footer => "end" };
    page.render("post.html", context! { post, n => 1 + 1, ..more })
}

async fn draw(Path(name): Path<String>, page: Templates) -> Result<Html> {
    page.render(&name, context! {})
}

fn app(dir: Dir) -> App {
    App::named("blog").templates(dir).get("/post/{id}", post).name("detail").get("/draw/{*name}", draw)
}

#[tokio::test]
async fn pages_are_escaped_and_see_the_request() {
    let dir = Dir::embedded(&[(
        "post.html",
        b"{{ post.title }} {{ post.tags | join('+') }} {{ post.body }} {{ n }} {{ footer }} \
          {{ request.path }} {{ request.query.q }} {{ url_for('blog.detail', id=n) }}",
    )]);
    let page = client(app(dir)).await.get("/post/1?q=a%20b").await.assert_status(200);
    assert_eq!(page.text(), "&lt;First&gt; a+b <p>it</p> 2 end /post/1 a b /post/2");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
}

#[tokio::test]
async fn text_files_are_not_escaped() {
    let dir = Dir::embedded(&[("mail.txt", b"{{ '<&>' }}"), ("a.svg", b"{{ '<&>' }}"), ("a.json", b"{{ '<&>' }}")]);
    let client = client(app(dir)).await;
    assert_eq!(client.get("/draw/mail.txt").await.text(), "<&>");
    assert_eq!(client.get("/draw/a.json").await.text(), "<&>");
    assert_eq!(client.get("/draw/a.svg").await.text(), "&lt;&amp;&gt;");
}

#[tokio::test]
async fn forms_get_a_token_and_its_cookie_and_pages_a_policy() {
    let dir = Dir::embedded(&[
        ("form.html", b"<form>{{ csrf_input }}</form>"),
        ("script.html", b"<script nonce=\"{{ csp_nonce }}\"></script>"),
        ("plain.html", b"plain"),
    ]);
    let client = client(app(dir)).await;
    let form = client.get("/draw/form.html").await;
    assert!(
        form.text().starts_with("<form><input type=\"hidden\" name=\"csrfmiddlewaretoken\" value=\""),
        "{}",
        form.text()
    );
    let cookie = form.header("set-cookie").expect("a cookie comes with the token");
    assert!(
        cookie.starts_with("csrftoken=") && cookie.ends_with("; Max-Age=31449600; Path=/; SameSite=Lax"),
        "{cookie}"
    );
    assert_eq!(form.header("vary"), Some("Cookie"));
    let script = client.get("/draw/script.html").await;
    let nonce = script.text().split('"').nth(1).expect("a nonce").to_owned();
    assert_eq!(nonce.len(), 24);
    let policy = script.header("content-security-policy").expect("a policy");
    assert!(policy.contains(&format!("script-src 'nonce-{nonce}' 'strict-dynamic'")), "{policy}");
    assert!(!client.get("/draw/script.html").await.text().contains(&nonce), "each page has its own");
    let plain = client.get("/draw/plain.html").await;
    assert!(plain.header("content-security-policy").is_some_and(|policy| policy.contains("script-src 'none'")));
    assert_eq!(plain.header("set-cookie"), None);
}

fn check(error: &serde_json::Value, expected: Expect, dir: &TempDir) {
    expected.assert_eq(&dir.without(error["error"]["debug"].as_str().unwrap_or("no debug text")));
}

#[tokio::test]
async fn errors_name_the_template_the_line_and_what_was_possible() {
    let dir = TempDir::new();
    dir.write(
        "blog/detail.html",
        "{% extends 'base.html' %}\n{% block body %}\n  {{ post.title | uper }}\n{% endblock %}\n",
    );
    dir.write("base.html", "<html>{% block body %}{% endblock %}</html>");
    dir.write("link.html", "<a href=\"{{ url_for('blog.detial', id=7) }}\">x</a>");
    dir.write("asset.html", "\n<link href=\"{{ static('app.css') }}\">");
    dir.write("parts.html", "one\n{% include 'part.html' %}\n");
    dir.write("missing.html", "{% include 'prat.html' %}");
    dir.write("part.html", "{{ 1 / 0 }}");
    let client = development(app(Dir::on_disk(dir.path()))).await.accept_json();
    let error =
        async |name: &str| client.get(&format!("/draw/{name}")).await.assert_status(500).json::<serde_json::Value>();
    check(
        &error("blog/detial.html").await,
        expect![[r#"
        there is no template `blog/detial.html`; looked in `DIR`
        hint: did you mean `blog/detail.html`?"#]],
        &dir,
    );
    check(
        &error("detail.html").await,
        expect![[r#"
        there is no template `detail.html`; looked in `DIR`
        hint: did you mean `blog/detail.html`?"#]],
        &dir,
    );
    check(
        &error("blog/detail.html").await,
        expect![[r#"
        template `blog/detail.html`, line 3: `post` is undefined
          1 | {% extends 'base.html' %}
          2 | {% block body %}
          3 |   {{ post.title | uper }}
            |      ^^^^^^^^^^
          4 | {% endblock %}"#]],
        &dir,
    );
    check(
        &error("link.html").await,
        expect![[r#"
        template `link.html`, line 1: there is no route `blog.detial`; choices are `blog.detail`, `blog.draw`
          1 | <a href="{{ url_for('blog.detial', id=7) }}">x</a>
            |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: did you mean `blog.detail`?"#]],
        &dir,
    );
    check(
        &error("asset.html").await,
        expect![[r#"
        template `asset.html`, line 2: there is no static file `app.css`; no directory was given
          1 | 
          2 | <link href="{{ static('app.css') }}">
            |                ^^^^^^^^^^^^^^^^^"#]],
        &dir,
    );
    check(
        &error("parts.html").await,
        expect![[r#"
        template `part.html`, line 1: unable to calculate 1 / 0
          1 | {{ 1 / 0 }}
            |    ^^^^^"#]],
        &dir,
    );
    check(
        &error("missing.html").await,
        expect![[r#"
        template `missing.html`, line 1: there is no template `prat.html`; looked in `DIR`
          1 | {% include 'prat.html' %}
            |    ^^^^^^^^^^^^^^^^^^^
        hint: did you mean `part.html`?"#]],
        &dir,
    );
    check(
        &error("../secret.html").await,
        expect![[r#"
        there is no template `../secret.html`; looked in `DIR`
        hint: templates are `asset.html`, `base.html`, `blog/detail.html`, `link.html`, `missing.html`, `part.html`, `parts.html`"#]],
        &dir,
    );
}

#[tokio::test]
async fn a_template_that_cannot_be_compiled_is_a_finding() {
    let dir = TempDir::new();
    dir.write("broken.html", "<p>\n{% if x %}\n</p>");
    let site = app(Dir::on_disk(dir.path())).build(demijohn_web::test::test_settings()).await.expect("it can be built");
    let text: Vec<String> = site.checks(false).iter().map(ToString::to_string).collect();
    expect![[r#"
        broken.html: (templates.E002) template `broken.html`, line 2: unexpected end of input, expected end of block
            hint: look here:
          1 | <p>
          2 | {% if x %}
            |           ^^^^^
          3 | </p>"#]]
    .assert_eq(&dir.without(&text.join("\n")));
}

#[tokio::test]
async fn in_development_an_edit_shows_at_once() {
    let dir = TempDir::new();
    dir.write("page.html", "{% include 'part.html' %}");
    dir.write("part.html", "before");
    let client = development(app(Dir::on_disk(dir.path()))).await;
    assert_eq!(client.get("/draw/page.html").await.text(), "before");
    dir.write("part.html", "afterwards");
    assert_eq!(client.get("/draw/page.html").await.text(), "afterwards");
}

#[tokio::test]
async fn an_apps_own_templates_win() {
    const INNER: Dir = Dir::embedded(&[("a.html", b"inner"), ("b.html", b"inner")]);
    const OUTER: Dir = Dir::embedded(&[("a.html", b"outer")]);
    let client = client(App::new().templates(OUTER).mount("/", app(INNER))).await;
    assert_eq!(client.get("/draw/a.html").await.text(), "outer");
    assert_eq!(client.get("/draw/b.html").await.text(), "inner");
}

/// Adds what an account plugin would.
struct Accounts;

impl Plugin for Accounts {
    fn name(&self) -> &'static str {
        "accounts"
    }

    fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            site.templates(Dir::embedded(&[("hello.html", b"{{ user | shout }}{{ twice(2) }}{{ site_name }}")]));
            site.template_filter("shout", |text: String| text.to_uppercase());
            site.template_function("twice", |n: i64| n * 2);
            site.template_global("site_name", "Test");
            site.template_context("user", |parts, _| {
                let name =
                    parts.headers.get("x-user").and_then(|name| name.to_str().ok()).unwrap_or("nobody").to_owned();
                Box::pin(async move { Ok(to_template_value(&name)) })
            });
            Ok(())
        })
    }
}

#[tokio::test]
async fn plugins_add_templates_filters_functions_and_values() {
    let client = client(app(Dir::embedded(&[])).plugin(Accounts)).await;
    let page = client.get("/draw/hello.html").header("x-user", "ada").await;
    assert_eq!(page.text(), "ADA4Test");
    assert_eq!(page.header("vary"), Some("Cookie"), "the page depends on who asks");
}

#[tokio::test]
async fn a_site_without_templates_says_what_to_add() {
    let client = development(App::new().get("/draw/{*name}", draw)).await.accept_json();
    let dir = TempDir::new();
    check(
        &client.get("/draw/x.html").await.json(),
        expect![[r#"
        there is no template `x.html`; no directory of templates was given
        hint: add `.templates(demijohn::embed!("templates"))` to the app"#]],
        &dir,
    );
}
