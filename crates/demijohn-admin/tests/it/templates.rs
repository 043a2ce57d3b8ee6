//! The contract with the templates: every name that they use is given.

use demijohn_core::Result;
use demijohn_web::minijinja::UndefinedBehavior;
use demijohn_web::{App, BoxFuture, Dir, Plugin, SiteBuilder};

use crate::site::{Fresh, app, page, post_fields};

/// Makes a name that is not given an error.
struct Strict;

impl Plugin for Strict {
    fn name(&self) -> &'static str {
        "strict"
    }

    fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
        site.template_environment().set_undefined_behavior(UndefinedBehavior::Strict);
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn every_page_is_given_every_name_that_its_template_uses() {
    let fresh = Fresh::with(app().plugin(Strict), |settings| settings).await;
    let ada = fresh.superuser("ada").await;
    let post = fresh.post("First", &ada).await;
    fresh.comment(&post, "nice").await;
    fresh.tag("air").await;
    for n in 0..101 {
        fresh.superuser(&format!("person{n}")).await;
    }
    let client = fresh.client(&ada).await;
    client.post("/admin/blog/post/1/change/").form(&post_fields("Second", "first", "1")).await.assert_status(303);
    for path in [
        "/admin/",
        "/admin/blog/",
        "/admin/blog/post/",
        "/admin/blog/post/?q=x&status__exact=live",
        "/admin/blog/comment/",
        "/admin/auth/user/?p=2",
        "/admin/auth/user/?all=",
        "/admin/blog/post/add/",
        "/admin/blog/post/1/change/",
        "/admin/blog/post/1/delete/",
        "/admin/blog/post/1/history/",
        "/admin/auth/user/1/change/",
        "/admin/auth/user/1/password/",
        "/admin/auth/user/1/delete/",
        "/admin/auth/user/add/",
        "/admin/auth/group/add/",
        "/admin/password_change/",
        "/admin/password_change/done/",
    ] {
        page(client.get(path).await);
    }
    client.get("/admin/blog/post/9/change/").await.assert_status(404);
    page(
        client
            .post("/admin/blog/post/add/")
            .form(&[("title", "x"), ("_find", "author"), ("author__find", "son1")])
            .await,
    );
    page(client.post("/admin/blog/post/add/").form(&[("title", "")]).await);
    page(client.post("/admin/auth/user/add/").form(&[("username", "")]).await);
    page(client.post("/admin/password_change/").form(&[("old_password", "")]).await);
    page(client.post("/admin/blog/post/").form(&[("action", "delete_selected"), ("_selected_action", "1")]).await);
    let grace = fresh.staff("grace", &["blog.view_post"]).await;
    let client = fresh.client(&grace).await;
    page(client.get("/admin/blog/post/1/change/").await);
    client.get("/admin/blog/post/1/delete/").await.assert_status(403);
    page(fresh.stranger().await.get("/admin/login/").await);
}

#[tokio::test]
async fn a_project_overrides_a_template_by_having_one_of_the_same_name() {
    let own: &[(&str, &[u8])] =
        &[("admin/403.html", b"{% extends 'admin/base.html' %}{% block content %}Our own words{% endblock %}")];
    let app: App = app().templates(Dir::embedded(Box::leak(own.to_vec().into_boxed_slice())));
    let fresh = Fresh::with(app, |settings| settings).await;
    let grace = fresh.staff("grace", &[]).await;
    let body = crate::site::text(fresh.client(&grace).await.get("/admin/blog/post/").await.assert_status(403));
    assert!(body.contains("Our own words") && body.contains("<nav class=\"sidebar\""), "{body}");
}
