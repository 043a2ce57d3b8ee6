//! What somebody who may change users or groups can get that way: nothing that they have not got already.

use demijohn_admin::AppAdmin as _;
use demijohn_auth::{User, app_with};
use demijohn_orm::Model as _;
use demijohn_web::{App, TestClient};

use crate::blog::{self, Comment};
use crate::site::{self, Fresh, page};

const REFUSED: &str = "You can only give permissions that you have yourself.";
const OTHER: &str = "another blimp 8 ferry";

async fn key_of(fresh: &Fresh, codename: &str) -> String {
    fresh.sql(&format!("SELECT id FROM auth_permission WHERE codename = '{codename}'")).await.remove(0)
}

async fn given(fresh: &Fresh, user: &User) -> Vec<String> {
    let sql = "SELECT codename FROM auth_user_user_permissions JOIN auth_permission p ON p.id = permission_id";
    fresh.sql(&format!("{sql} WHERE user_id = {} ORDER BY codename", user.id)).await
}

fn fields<'a>(name: &'a str, more: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    let own = [("username", name), ("is_staff", "on"), ("is_active", "on"), ("date_joined", "2026-11-22 08:00")];
    own.iter().chain(more).copied().collect()
}

async fn change(client: &TestClient, user: &User, fields: &[(&'static str, &str)]) -> demijohn_web::test::TestResponse {
    client.post(&format!("/admin/auth/user/{}/change/", user.id)).form(fields).await
}

#[tokio::test]
async fn nobody_gives_permissions_or_groups_beyond_their_own() {
    let fresh = Fresh::new().await;
    fresh.superuser("ada").await;
    let grace = fresh.staff("grace", &["auth.change_user", "blog.view_post"]).await;
    let other = fresh.staff("other", &[]).await;
    let client = fresh.client(&grace).await;
    let (own, view) = (key_of(&fresh, "change_user").await, key_of(&fresh, "view_post").await);
    let delete = key_of(&fresh, "delete_post").await;
    fresh.sql("INSERT INTO auth_group (name) VALUES ('Viewers'), ('Editors')").await;
    fresh
        .sql(&format!("INSERT INTO auth_group_permissions (group_id, permission_id) VALUES (1, {view}), (2, {delete})"))
        .await;

    let more = [("user_permissions", own.as_str()), ("user_permissions", &view), ("user_permissions", &delete)];
    let body = page(change(&client, &grace, &fields("grace", &more)).await);
    assert!(body.contains(REFUSED), "{body}");
    let body = page(change(&client, &other, &fields("other", &[("groups", "1"), ("groups", "2")])).await);
    assert!(body.contains(REFUSED), "{body}");
    assert_eq!(given(&fresh, &grace).await, ["change_user", "view_post"]);
    assert_eq!(fresh.sql("SELECT group_id FROM auth_user_groups").await, [""; 0]);

    let more = [("groups", "1"), ("user_permissions", view.as_str())];
    change(&client, &other, &fields("other", &more)).await.assert_redirect("/admin/auth/user/");
    assert_eq!(given(&fresh, &other).await, ["view_post"]);
    assert_eq!(fresh.sql("SELECT group_id FROM auth_user_groups").await, ["1"]);
    change(&client, &other, &fields("other", &[])).await.assert_redirect("/admin/auth/user/");
    assert_eq!(given(&fresh, &other).await, [""; 0]);
}

#[tokio::test]
async fn a_group_keeps_what_it_has_and_gets_no_more_than_its_editor_has() {
    let fresh = Fresh::new().await;
    let grace = fresh.staff("grace", &["auth.change_group", "auth.add_group", "blog.view_post"]).await;
    let client = fresh.client(&grace).await;
    let (view, delete) = (key_of(&fresh, "view_post").await, key_of(&fresh, "delete_post").await);
    let add = key_of(&fresh, "add_post").await;
    fresh.sql("INSERT INTO auth_group (name) VALUES ('Editors')").await;
    fresh.sql(&format!("INSERT INTO auth_group_permissions (group_id, permission_id) VALUES (1, {delete})")).await;
    let more = [("name", "Editors"), ("permissions", delete.as_str()), ("permissions", &add)];
    let body = page(client.post("/admin/auth/group/1/change/").form(&more).await);
    assert!(body.contains(REFUSED), "{body}");
    let body = page(client.post("/admin/auth/group/add/").form(&[("name", "Mine"), ("permissions", &add)]).await);
    assert!(body.contains(REFUSED), "{body}");
    let allowed = [("name", "Editors"), ("permissions", delete.as_str()), ("permissions", &view)];
    client.post("/admin/auth/group/1/change/").form(&allowed).await.assert_status(303);
    assert_eq!(fresh.sql("SELECT count(*) FROM auth_group_permissions").await, ["2"]);
    assert_eq!(fresh.sql("SELECT name FROM auth_group").await, ["Editors"]);
}

#[tokio::test]
async fn nobody_takes_over_the_account_of_somebody_who_may_do_more() {
    let fresh = Fresh::new().await;
    let mut editor = fresh.staff("editor", &["blog.delete_post"]).await;
    let plain = fresh.staff("plain", &["blog.view_post"]).await;
    let grace = fresh.staff("grace", &["auth.change_user", "blog.view_post"]).await;
    let client = fresh.client(&grace).await;
    let passwords = [("password1", OTHER), ("password2", OTHER)];
    // Somebody inactive could be made active afterwards.
    for is_active in [true, false] {
        editor.is_active = is_active;
        editor.save(&fresh.db).await.expect("saved");
        let of_editor = format!("/admin/auth/user/{}/", editor.id);
        client.get(&format!("{of_editor}password/")).await.assert_status(403);
        client.post(&format!("{of_editor}password/")).form(&passwords).await.assert_status(403);
        change(&client, &editor, &fields("editor", &[("email", "grace@example.org")])).await.assert_status(403);
        let body = page(client.get(&format!("{of_editor}change/")).await);
        assert!(!body.contains("name=\"_save\"") && !body.contains("Set another"), "{body}");
    }
    let stored = fresh.sql("SELECT concat(email, password) FROM auth_user WHERE username = 'editor'").await;
    assert_eq!(stored, [editor.password]);
    let body = page(client.get(&format!("/admin/auth/user/{}/change/", plain.id)).await);
    assert!(body.contains("name=\"_save\"") && body.contains("Set another"), "{body}");
    client.post(&format!("/admin/auth/user/{}/password/", plain.id)).form(&passwords).await.assert_status(303);
    client.post(&format!("/admin/auth/user/{}/password/", grace.id)).form(&passwords).await.assert_status(303);
}

#[tokio::test]
async fn a_user_name_that_only_looks_like_another_is_refused_and_an_old_one_may_stay() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let old = fresh.staff("ﬁnn", &[]).await;
    let client = fresh.client(&ada).await;
    for name in ["ａda", "adª", "ada①"] {
        let new = [("username", name), ("password1", OTHER), ("password2", OTHER)];
        let body = page(client.post("/admin/auth/user/add/").form(&new).await);
        assert!(body.contains("Enter a valid username."), "{name}: {body}");
        let body = page(change(&client, &old, &fields(name, &[])).await);
        assert!(body.contains("Enter a valid username."), "{name}: {body}");
    }
    change(&client, &old, &fields("ﬁnn", &[("first_name", "Finn")])).await.assert_redirect("/admin/auth/user/");
    assert_eq!(fresh.sql("SELECT concat(username, first_name) FROM auth_user ORDER BY id").await, ["ada", "ﬁnnFinn"]);
}

#[tokio::test]
async fn rows_for_a_field_that_nobody_can_fill_in_are_not_searched() {
    let shown = blog::models().admin::<Comment>(|a| a.readonly_fields(|c| c.author));
    let app = App::new().install(app_with(site::accounts())).install(demijohn_admin::app()).mount("/", shown);
    let fresh = Fresh::with(app, |settings| settings).await;
    let grace = fresh.staff("grace", &["blog.change_comment"]).await;
    let client = fresh.client(&grace).await;
    let path = "/admin/autocomplete/?app_label=blog&model_name=comment&field_name=";
    client.get(&format!("{path}post")).await.assert_status(200);
    client.get(&format!("{path}author")).await.assert_status(403);
}

#[tokio::test]
async fn rows_named_by_long_texts_are_named_shortly_on_every_page() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let post = fresh.post("First", &ada).await;
    let body = "long ".repeat(100_000);
    for _ in 0..5 {
        fresh.comment(&post, &body).await;
    }
    let client = fresh.client(&ada).await;
    for path in ["/admin/blog/comment/", "/admin/blog/post/1/delete/", "/admin/blog/comment/1/history/"] {
        let page = page(client.get(path).await);
        assert!(page.contains("long long") && page.contains('…') && page.len() < 50_000, "{path}: {}", page.len());
    }
    client.post("/admin/blog/comment/1/delete/").form(&[("post", "yes")]).await.assert_status(303);
    let logged = fresh.sql("SELECT object_repr FROM django_admin_log").await;
    assert_eq!(logged, ["long ".repeat(40)]);
}

#[tokio::test]
async fn a_long_address_does_not_come_back_in_every_link() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    for n in 0..10 {
        fresh.post(&format!("Post {n}"), &ada).await;
    }
    let client = fresh.client(&ada).await;
    let usual = page(client.get("/admin/blog/post/").await).len();
    let long = "%26".repeat(16_000);
    for query in [format!("_changelist_filters={long}"), format!("o={long}"), format!("all=&p={long}")] {
        let length = page(client.get(&format!("/admin/blog/post/?{query}")).await).len();
        assert!(length < usual + 400_000, "{}: {length}", &query[..20]);
    }
    let length = page(client.get(&format!("/admin/blog/post/?q={long}")).await).len();
    assert!(length < usual + 400_000, "{length}");
    let filters = "title__exact=aaaaaaaaaaaaaaaaaaaaaaaa&".repeat(90);
    page(client.get(&format!("/admin/blog/post/?{filters}")).await);
    let filters = format!("title__exact={}&", "a".repeat(900)).repeat(50);
    client.get(&format!("/admin/blog/post/?{filters}")).await.assert_redirect("/admin/blog/post/");
    // An action is not carried out on more rows than the address names.
    let fields = [("action", "delete_selected"), ("select_across", "1"), ("post", "yes")];
    client.post(&format!("/admin/blog/post/?{filters}")).form(&fields).await;
    assert_eq!(fresh.sql("SELECT count(*) FROM blog_post").await, ["10"]);
}
