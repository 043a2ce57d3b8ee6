//! Every act, with every permission but the right one.

use demijohn_orm::Model as _;
use http::Method;

use crate::blog::Post;
use crate::site::{Fresh, page, post_fields, text};

const ALL: [&str; 4] = ["add", "change", "delete", "view"];

/// An act, and which permission of `blog.post` allows it.
struct Act {
    method: Method,
    path: &'static str,
    fields: Vec<(&'static str, &'static str)>,
    allowed_by: &'static [&'static str],
}

fn act(
    method: Method,
    path: &'static str,
    fields: &[(&'static str, &'static str)],
    allowed_by: &'static [&'static str],
) -> Act {
    Act { method, path, fields: fields.to_vec(), allowed_by }
}

fn acts() -> Vec<Act> {
    let (get, post) = (Method::GET, Method::POST);
    let new = post_fields("Forged", "forged", "1");
    let changed = post_fields("Forged change", "first", "1");
    let selected = [("action", "delete_selected"), ("_selected_action", "1")];
    let confirmed = [("action", "delete_selected"), ("_selected_action", "1"), ("post", "yes")];
    let across = [("action", "delete_selected"), ("_selected_action", "1"), ("select_across", "1"), ("post", "yes")];
    vec![
        act(get.clone(), "/admin/blog/post/", &[], &["view", "change"]),
        act(get.clone(), "/admin/blog/post/?q=first&o=1&p=1&all=", &[], &["view", "change"]),
        act(get.clone(), "/admin/blog/post/add/", &[], &["add"]),
        act(post.clone(), "/admin/blog/post/add/", &new, &["add"]),
        act(get.clone(), "/admin/blog/post/1/change/", &[], &["view", "change"]),
        act(post.clone(), "/admin/blog/post/1/change/", &changed, &["change"]),
        act(get.clone(), "/admin/blog/post/1/history/", &[], &["view", "change"]),
        act(get.clone(), "/admin/blog/post/1/delete/", &[], &["delete"]),
        act(post.clone(), "/admin/blog/post/1/delete/", &[("post", "yes")], &["delete"]),
        // The list itself has to be seen to choose from it.
        act(post.clone(), "/admin/blog/post/", &selected, &[]),
        act(post.clone(), "/admin/blog/post/", &confirmed, &[]),
        act(post, "/admin/blog/post/", &across, &[]),
        act(
            get,
            "/admin/autocomplete/?app_label=blog&model_name=post&field_name=author&term=a",
            &[],
            &["add", "change"],
        ),
    ]
}

#[tokio::test]
async fn every_act_needs_its_own_permission_and_no_other_will_do() {
    for permission in ALL {
        for act in acts() {
            let fresh = Fresh::new().await;
            let ada = fresh.superuser("ada").await;
            fresh.post("First", &ada).await;
            let name = format!("blog.{permission}_post");
            let user = fresh.staff("grace", &[&name]).await;
            let client = fresh.client(&user).await;
            let mut request = client.request(act.method.clone(), act.path);
            if act.method == Method::POST {
                request = request.form(&act.fields);
            }
            let response = request.await;
            let allowed = act.allowed_by.contains(&permission);
            let status = response.status().as_u16();
            let shown = format!("{} {} with only {name}: {status}", act.method, act.path);
            assert_eq!(status == 403, !allowed, "{shown}\n{}", text(response));
            assert!(matches!(status, 200 | 303 | 403), "{shown}");
            let kept = fresh.sql("SELECT title FROM blog_post").await;
            let written = fresh.sql("SELECT count(*) FROM django_admin_log").await;
            if !allowed || act.method == Method::GET {
                assert_eq!((kept, written), (vec!["First".to_owned()], vec!["0".to_owned()]), "{shown}");
            } else {
                assert_ne!(kept, ["First"], "{shown}");
                assert_eq!(written, ["1"], "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn permissions_of_another_model_open_nothing() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    fresh.post("First", &ada).await;
    let user = fresh.staff("grace", &["blog.add_tag", "blog.change_tag", "blog.delete_tag", "blog.view_tag"]).await;
    let client = fresh.client(&user).await;
    for act in acts() {
        let mut request = client.request(act.method.clone(), act.path);
        if act.method == Method::POST {
            request = request.form(&act.fields);
        }
        request.await.assert_status(403);
    }
    let start = page(client.get("/admin/").await);
    assert!(start.contains("/admin/blog/tag/") && !start.contains("/admin/blog/post/"), "{start}");
    assert_eq!(fresh.sql("SELECT title FROM blog_post").await, ["First"]);
}

#[tokio::test]
async fn whoever_is_no_staff_or_inactive_gets_nowhere_whatever_else_they_are() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    fresh.post("First", &ada).await;
    let mut plain = fresh.superuser("plain").await;
    plain.is_staff = false;
    plain.save(&fresh.db).await.expect("saved");
    let mut gone = fresh.superuser("gone").await;
    gone.is_active = false;
    gone.save(&fresh.db).await.expect("saved");
    for user in [plain, gone] {
        let client = fresh.client(&user).await;
        for act in acts() {
            let mut request = client.request(act.method.clone(), act.path);
            if act.method == Method::POST {
                request = request.form(&act.fields);
            }
            let response = request.await;
            assert!(response.header("location").is_some_and(|to| to.starts_with("/admin/login/")), "{}", act.path);
        }
    }
    assert_eq!(fresh.sql("SELECT title FROM blog_post").await, ["First"]);
}

#[tokio::test]
async fn forged_keys_and_models_that_do_not_exist_are_not_found_inside_the_frame() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    fresh.post("First", &ada).await;
    let client = fresh.client(&ada).await;
    let keys = ["2", "0", "-1", "1x", "_31", "1%00", "99999999999999999999", "%27%20OR%201=1", "..%2f1", "%C3%A9"];
    for key in keys {
        for page in ["change", "delete", "history", "password"] {
            let path = format!("/admin/blog/post/{key}/{page}/");
            let body = text(client.get(&path).await.assert_status(404));
            assert!(body.contains("<nav class=\"sidebar\""), "{path} is outside the frame");
        }
        client
            .post(&format!("/admin/blog/post/{key}/change/"))
            .form(&post_fields("x", "x", "1"))
            .await
            .assert_status(404);
        client.post(&format!("/admin/blog/post/{key}/delete/")).form(&[("post", "yes")]).await.assert_status(404);
    }
    for path in [
        "/admin/nosuch/",
        "/admin/blog/nosuch/",
        "/admin/blog/nosuch/add/",
        "/admin/blog/Post/",
        "/admin/auth/session/",
    ] {
        client.get(path).await.assert_status(404);
    }
    let forged = [("action", "delete_selected"), ("_selected_action", "2"), ("_selected_action", "x"), ("post", "yes")];
    client.post("/admin/blog/post/").form(&forged).await.assert_redirect("/admin/blog/post/");
    assert_eq!(fresh.sql("SELECT title FROM blog_post").await, ["First"]);
    let unknown = [("action", "drop_table"), ("_selected_action", "1")];
    client.post("/admin/blog/post/").form(&unknown).await.assert_status(400);
}

#[tokio::test]
async fn fields_that_the_form_does_not_ask_for_are_not_written() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let client = fresh.client(&ada).await;
    let mut fields = post_fields("New", "new", "1");
    fields.extend([
        ("id", "77"),
        ("secret", "forged"),
        ("created_at", "1999-01-01 00:00"),
        ("author_id", "9"),
        ("x", "y"),
    ]);
    client.post("/admin/blog/post/add/").form(&fields).await.assert_redirect("/admin/blog/post/");
    assert_eq!(
        fresh.sql("SELECT concat(id, secret, author_id) FROM blog_post WHERE created_at > '2000-01-01'").await,
        ["1hidden1"]
    );
    client.post("/admin/blog/post/1/change/").form(&fields).await.assert_redirect("/admin/blog/post/");
    assert_eq!(
        fresh.sql("SELECT concat(id, secret, author_id) FROM blog_post WHERE created_at > '2000-01-01'").await,
        ["1hidden1"]
    );
    let post = Post::objects().with_key(1).get(&fresh.db).await.expect("the post");
    let comment = fresh.comment(&post, "Nice").await;
    // `approved` is shown, but nobody can change it here.
    let fields = [("post", "1"), ("body", "Nicer"), ("approved", "on")];
    let path = format!("/admin/blog/comment/{}/change/", comment.id);
    client.post(&path).form(&fields).await.assert_redirect("/admin/blog/comment/");
    assert_eq!(
        fresh.sql("SELECT concat(body, CASE WHEN approved THEN 1 ELSE 0 END) FROM blog_comment").await,
        ["Nicer0"]
    );
}

#[tokio::test]
async fn deleting_needs_the_permission_for_everything_that_goes_along() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let post = fresh.post("First", &ada).await;
    fresh.comment(&post, "I would go too").await;
    let user = fresh.staff("grace", &["blog.delete_post", "blog.view_post"]).await;
    let client = fresh.client(&user).await;
    let body = page(client.get("/admin/blog/post/1/delete/").await);
    assert!(body.contains("You may not delete related objects of these kinds") && body.contains("Comment"), "{body}");
    assert!(!body.contains("Yes, delete"), "{body}");
    let body = page(client.post("/admin/blog/post/1/delete/").form(&[("post", "yes")]).await);
    assert!(body.contains("You may not delete related objects"), "{body}");
    let confirmed = [("action", "delete_selected"), ("_selected_action", "1"), ("post", "yes")];
    let body = page(client.post("/admin/blog/post/").form(&confirmed).await);
    assert!(body.contains("You may not delete related objects"), "{body}");
    assert_eq!(
        fresh.sql("SELECT concat((SELECT count(*) FROM blog_post), (SELECT count(*) FROM blog_comment))").await,
        ["11"]
    );
}

#[tokio::test]
async fn nobody_but_a_superuser_makes_changes_or_deletes_one() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let all = ["auth.add_user", "auth.change_user", "auth.delete_user", "auth.view_user"];
    let grace = fresh.staff("grace", &all).await;
    let client = fresh.client(&grace).await;
    let own = format!("/admin/auth/user/{}/change/", grace.id);
    let other = format!("/admin/auth/user/{}/", ada.id);
    let kept = fresh.sql("SELECT permission_id FROM auth_user_user_permissions").await;
    let mut fields = vec![("username", "grace"), ("is_superuser", "on"), ("is_staff", "on"), ("is_active", "on")];
    fields.push(("date_joined", "2026-11-22 08:00"));
    fields.extend(kept.iter().map(|key| ("user_permissions", key.as_str())));
    client.post(&own).form(&fields).await.assert_redirect("/admin/auth/user/");
    assert_eq!(fresh.sql("SELECT username FROM auth_user WHERE is_superuser").await, ["ada"]);
    let body = page(client.get(&format!("{other}change/")).await);
    assert!(!body.contains("name=\"_save\"") && !body.contains("<input class=\"input\""), "{body}");
    client.post(&format!("{other}change/")).form(&fields).await.assert_status(403);
    client.get(&format!("{other}password/")).await.assert_status(403);
    let passwords = [("password1", "another blimp 8"), ("password2", "another blimp 8")];
    client.post(&format!("{other}password/")).form(&passwords).await.assert_status(403);
    client.post(&format!("{other}delete/")).form(&[("post", "yes")]).await.assert_status(403);
    let key = ada.id.to_string();
    let selected = [("action", "delete_selected"), ("_selected_action", key.as_str()), ("post", "yes")];
    client.post("/admin/auth/user/").form(&selected).await.assert_status(403);
    assert_eq!(fresh.sql("SELECT count(*) FROM auth_user").await, ["2"]);
}
