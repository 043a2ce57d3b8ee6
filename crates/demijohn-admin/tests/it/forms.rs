//! Adding and changing rows.

use demijohn_admin::AppAdmin as _;
use demijohn_auth::app_with;
use demijohn_e2e::TestDatabase;
use demijohn_e2e::database::Kind;
use demijohn_macros::Model;
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{Migrations, SourceMeta};
use demijohn_orm::{AppModels as _, Date, Model as _};
use demijohn_web::App;

use crate::blog::Post;
use crate::site::{Fresh, accounts, page, post_fields};

async fn site() -> (Fresh, demijohn_web::TestClient) {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let client = fresh.client(&ada).await;
    (fresh, client)
}

#[tokio::test]
async fn a_row_of_every_kind_of_column_is_added_and_shown_again_as_it_was_written() {
    let (fresh, client) = site().await;
    fresh.tag("water").await;
    fresh.tag("air").await;
    fresh.tag("earth").await;
    let body = page(client.get("/admin/blog/post/add/").await);
    for part in
        ["<option value=\"1\">ada</option>", "value=\"3\"", "Still a draft", "name=\"reminder\"", "type=\"url\""]
    {
        assert!(body.contains(part), "no {part} in {body}");
    }
    assert!(!body.contains("name=\"secret\"") && !body.contains("name=\"created_at\""), "{body}");
    let fields = [
        ("title", "A <b>bottle</b>"),
        ("slug", "a-bottle"),
        ("content", "two\r\nlines"),
        ("status", "live"),
        ("featured", "on"),
        ("link", "https://example.org/?a=1&b=2"),
        ("published_on", "22 November 2026"),
        ("price", "12.50"),
        ("extra", "{\"a\": [1, null]}"),
        ("reminder", "11/23/2026 08:15"),
        ("author", "1"),
        ("tags", "1"),
        ("tags", "3"),
        ("_continue", "1"),
    ];
    client.post("/admin/blog/post/add/").form(&fields).await.assert_redirect("/admin/blog/post/1/change/");
    let post = Post::objects().with_key(1).get(&fresh.db).await.expect("the post");
    assert_eq!(post.title, "A <b>bottle</b>");
    assert_eq!(post.published_on.map(|day| day.to_string()).as_deref(), Some("2026-11-22"));
    assert_eq!(post.price.map(|price| price.normalize().to_string()).as_deref(), Some("12.5"));
    assert_eq!(post.extra, Some(serde_json::json!({ "a": [1, null] })));
    assert_eq!(post.reminder.map(|at| at.to_string()).as_deref(), Some("2026-11-23T08:15:00Z"));
    assert!(post.featured && post.secret == "hidden");
    assert_eq!(fresh.sql("SELECT tag_id FROM blog_post_tags ORDER BY tag_id").await, ["1", "3"]);
    let body = page(client.get("/admin/blog/post/1/change/").await);
    for part in [
        "value=\"A &lt;b&gt;bottle&lt;/b&gt;\"",
        "value=\"2026-11-22\"",
        "value=\"12.50\"",
        "value=\"2026-11-23 08:15\"",
        "<option value=\"1\" selected>ada</option>",
        "value=\"3\" checked",
        "was added successfully. You may edit it again below.",
        "href=\"/posts/1\"",
    ] {
        assert!(body.contains(part), "no {part} in {body}");
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_beside_its_field_and_what_was_typed_stays() {
    let (fresh, client) = site().await;
    let ada = demijohn_auth::User::objects().with_key(1).get(&fresh.db).await.expect("ada");
    fresh.post("Taken", &ada).await;
    let long = "x".repeat(201);
    let fields = [
        ("title", long.as_str()),
        ("slug", "taken"),
        ("status", "nosuch"),
        ("link", "javascript:alert(1)"),
        ("published_on", "someday"),
        ("price", "1.234"),
        ("extra", "{"),
        ("reminder", "25:99"),
        ("author", "99"),
        ("tags", "7"),
    ];
    let body = page(client.post("/admin/blog/post/add/").form(&fields).await);
    for message in [
        "Please correct the 10 errors below.",
        "Ensure this value has at most 200 characters (it has 201).",
        "Post with this Slug already exists.",
        "nosuch is not one of the available choices.",
        "Enter a valid URL.",
        "Enter a valid date.",
        "Ensure that there are no more than 2 decimal places.",
        "Enter a valid JSON.",
        "Enter a valid date/time.",
        "Select a valid choice. That choice is not one of the available choices.",
    ] {
        assert!(body.contains(message), "no {message} in {body}");
    }
    for kept in [long.as_str(), "value=\"someday\"", "value=\"javascript:alert(1)\"", "value=\"25:99\""] {
        assert!(body.contains(kept), "{kept} is lost: {body}");
    }
    assert!(!body.contains("href=\"javascript"), "{body}");
    assert_eq!(fresh.sql("SELECT count(*) FROM blog_post").await, ["1"]);
    assert_eq!(fresh.sql("SELECT count(*) FROM django_admin_log").await, ["0"]);
}

#[tokio::test]
async fn values_that_must_be_unlike_are_told_alone_and_together() {
    let (fresh, client) = site().await;
    let ada = demijohn_auth::User::objects().with_key(1).get(&fresh.db).await.expect("ada");
    fresh.post("Taken", &ada).await;
    fresh.post("Other", &ada).await;
    let body = page(client.post("/admin/blog/post/2/change/").form(&post_fields("Taken", "other", "1")).await);
    assert!(body.contains("Post with this Author and Title already exists."), "{body}");
    let body = page(client.post("/admin/blog/tag/add/").form(&[("name", "")]).await);
    assert!(body.contains("This field is required."), "{body}");
    // Its own values are no obstacle to a row.
    client
        .post("/admin/blog/post/2/change/")
        .form(&post_fields("Other", "other", "1"))
        .await
        .assert_redirect("/admin/blog/post/");
}

/// The tables do not have the constraint: what refuses a row is the admin.
#[tokio::test]
async fn a_constraint_with_a_condition_is_told_as_well() {
    #[derive(Model, Debug, Clone)]
    #[model(app = "pier", display = ["name"], crate = demijohn_orm)]
    #[model(unique("name", name = "one_open", condition = "{closed} IS NULL", message = "One of them is open."))]
    struct Berth {
        id: i64,
        #[field(max_length = 20)]
        name: String,
        closed: Option<Date>,
    }

    let pier = || {
        let first = Migration::new("pier", "0001_initial").create_model("Berth", |m| {
            m.field("id", auto());
            m.field("name", varchar(20));
            m.field("closed", date().null());
        });
        let migrations = Migrations::new("pier", SourceMeta::default(), vec![first]);
        let pier = App::named("pier").model::<Berth>().migrations(migrations).admin::<Berth>(|a| a);
        App::new().install(app_with(accounts())).install(demijohn_admin::app()).mount("/", pier)
    };
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(database) = TestDatabase::new(kind).await else { continue };
        let fresh = Fresh::on(database, pier(), |settings| settings).await;
        let client = fresh.client(&fresh.superuser("ada").await).await;
        let open = [("name", "North"), ("closed", "")];
        let closed = [("name", "North"), ("closed", "2026-11-22")];
        let list = "/admin/pier/berth/";
        client.post("/admin/pier/berth/add/").form(&open).await.assert_redirect(list);
        let body = page(client.post("/admin/pier/berth/add/").form(&open).await);
        assert!(body.contains("One of them is open."), "{kind:?}: {body}");
        client.post("/admin/pier/berth/1/change/").form(&open).await.assert_redirect(list);
        client.post("/admin/pier/berth/add/").form(&closed).await.assert_redirect(list);
        let body = page(client.post("/admin/pier/berth/2/change/").form(&open).await);
        assert!(body.contains("One of them is open."), "{kind:?}: {body}");
        assert_eq!(fresh.sql("SELECT count(*) FROM pier_berth WHERE closed IS NULL").await, ["1"], "{kind:?}");
    }
}

#[tokio::test]
async fn a_change_is_written_down_with_the_fields_that_changed_and_leads_where_the_button_says() {
    let (fresh, client) = site().await;
    let ada = demijohn_auth::User::objects().with_key(1).get(&fresh.db).await.expect("ada");
    fresh.post("First", &ada).await;
    fresh.tag("air").await;
    let mut fields = post_fields("Second", "first", "1");
    fields.push(("tags", "1"));
    let path = "/admin/blog/post/1/change/?_changelist_filters=q%3Dfir%26o%3D1";
    client.post(path).form(&fields).await.assert_redirect("/admin/blog/post/?q=fir&o=1");
    assert!(page(client.get("/admin/blog/post/").await).contains("The post “Second” was changed successfully."));
    fields.push(("_addanother", "1"));
    client.post("/admin/blog/post/1/change/").form(&fields).await.assert_redirect("/admin/blog/post/add/");
    let log = fresh.sql("SELECT change_message FROM django_admin_log ORDER BY id").await;
    assert_eq!(log, [r#"[{"changed": {"fields": ["Title", "Tags"]}}]"#, "[]"]);
    let row = fresh
        .sql("SELECT concat(object_id, '|', object_repr, '|', action_flag, '|', user_id) FROM django_admin_log LIMIT 1")
        .await;
    assert_eq!(row, ["1|Second|2|1"]);
    let body = page(client.get("/admin/blog/post/1/history/").await);
    assert!(body.contains("Changed Title and Tags.") && body.contains("No fields changed."), "{body}");
    let body = page(client.get("/admin/").await);
    assert!(body.contains("<a href=\"/admin/blog/post/1/change/\">Second</a>"), "{body}");
    assert!(page(client.get("/admin/blog/").await).contains("Second"));
    assert!(!page(client.get("/admin/auth/").await).contains(">Second<"));
}

#[tokio::test]
async fn a_row_that_somebody_else_deleted_is_not_reported_as_saved() {
    let (fresh, client) = site().await;
    let ada = demijohn_auth::User::objects().with_key(1).get(&fresh.db).await.expect("ada");
    fresh.post("First", &ada).await;
    page(client.get("/admin/blog/post/1/change/").await);
    fresh.sql("DELETE FROM blog_post").await;
    client.post("/admin/blog/post/1/change/").form(&post_fields("x", "x", "1")).await.assert_status(404);
    assert_eq!(fresh.sql("SELECT count(*) FROM django_admin_log").await, ["0"]);
}

#[tokio::test]
async fn a_form_fills_itself_from_the_address_but_only_what_it_asks_for() {
    let (_fresh, client) = site().await;
    let body = page(client.get("/admin/blog/post/add/?title=Fog&author=1&secret=x&status=live&price=abc").await);
    assert!(body.contains("value=\"Fog\"") && body.contains("<option value=\"1\" selected>ada</option>"), "{body}");
    assert!(!body.contains("value=\"x\"") && !body.contains("abc"), "{body}");
}

#[tokio::test]
async fn of_many_rows_those_are_offered_that_somebody_finds_with_or_without_javascript() {
    let (fresh, client) = site().await;
    for n in 0..120 {
        fresh.superuser(&format!("person{n:03}")).await;
    }
    let body = page(client.get("/admin/blog/post/add/").await);
    assert!(!body.contains("person001") && body.contains("author__find"), "{body}");
    let find = "/admin/autocomplete/?app_label=blog&model_name=post&field_name=author&term=";
    let found: serde_json::Value = client.get(&format!("{find}son11")).await.assert_status(200).json();
    assert_eq!(found["results"].as_array().map(Vec::len), Some(10));
    assert_eq!(found["results"][0]["text"], "person110");
    assert_eq!(found["pagination"]["more"], false);
    let first: serde_json::Value = client.get(&format!("{find}person")).await.json();
    assert_eq!((&first["pagination"]["more"], first["results"].as_array().map(Vec::len)), (&true.into(), Some(20)));
    client.get(&find.replace("author", "secret")).await.assert_status(403);
    client.get(&find.replace("field_name=author", "field_name=nosuch")).await.assert_status(403);
    // Without JavaScript: nothing is saved, nothing is wrong, and the matches are in the list.
    let mut fields = post_fields("Kept", "kept", "");
    fields.extend([("author__find", "son11"), ("author__found", ""), ("_save", "1")]);
    let body = page(client.post("/admin/blog/post/add/").form(&fields).await);
    assert!(body.contains("10 match “son11”. They are in the list now."), "{body}");
    assert!(
        body.contains(">person110</option>") && body.contains("value=\"Kept\"") && !body.contains("has-errors"),
        "{body}"
    );
    assert_eq!(fresh.sql("SELECT count(*) FROM blog_post").await, ["0"]);
    // A key that was found, or typed by a script, is a choice if its row is there.
    let mut fields = post_fields("Kept", "kept", "115");
    fields.extend([("author__find", "son11"), ("author__found", "son11"), ("_save", "1")]);
    client.post("/admin/blog/post/add/").form(&fields).await.assert_redirect("/admin/blog/post/");
    let body = page(client.get("/admin/blog/post/1/change/").await);
    assert!(body.contains("<option value=\"115\" selected>person113</option>"), "{body}");
    let body = page(client.post("/admin/blog/post/1/change/").form(&post_fields("Kept", "kept", "9999")).await);
    assert!(body.contains("That choice is not one of the available choices."), "{body}");
}

#[tokio::test]
async fn somebody_who_may_only_look_sees_names_and_no_controls() {
    let (fresh, client) = site().await;
    let ada = demijohn_auth::User::objects().with_key(1).get(&fresh.db).await.expect("ada");
    fresh.post("First", &ada).await;
    fresh.tag("air").await;
    let mut fields = post_fields("First", "first", "1");
    fields.extend([("tags", "1"), ("published_on", "2026-11-22")]);
    client.post("/admin/blog/post/1/change/").form(&fields).await.assert_redirect("/admin/blog/post/");
    let grace = fresh.staff("grace", &["blog.view_post"]).await;
    let client = fresh.client(&grace).await;
    let body = page(client.get("/admin/blog/post/1/change/").await);
    for part in ["View post", ">ada<", ">air<", "22 Nov 2026", "Still a draft", ">No<"] {
        assert!(body.contains(part), "no {part} in {body}");
    }
    for part in ["name=\"_save\"", "<input class=\"input\"", "<textarea", "/delete/", "name=\"title\""] {
        assert!(!body.contains(part), "{part} in {body}");
    }
}

#[tokio::test]
async fn more_fields_than_a_form_can_have_are_refused() {
    let (_fresh, client) = site().await;
    let fields: Vec<(String, &str)> = (0..1_001).map(|n| (format!("f{n}"), "x")).collect();
    client.post("/admin/blog/post/add/").form(&fields).await.assert_status(413);
}

#[tokio::test]
async fn a_key_of_any_letters_leads_to_its_row_and_cannot_be_changed() {
    let (fresh, client) = site().await;
    for (code, part) in
        [("a/b_c", "a_2Fb_5Fc"), ("?#&=%", "_3F_23_26_3D_25"), ("..", "_2E_2E"), ("é \"<b>", "%C3%A9%20_22_3Cb_3E")]
    {
        let fields = [("code", code), ("name", "First"), ("_continue", "1")];
        let change = format!("/admin/blog/shelf/{part}/change/");
        client.post("/admin/blog/shelf/add/").form(&fields).await.assert_redirect(&change);
        let body = page(client.get("/admin/blog/shelf/").await);
        assert!(body.contains(&format!("href=\"{change}\"")), "{code}: {body}");
        let body = page(client.get(&change).await);
        assert!(!body.contains("name=\"code\"") && body.contains("value=\"First\""), "{code}: {body}");
        let fields = [("code", "other"), ("name", "Second")];
        client.post(&change).form(&fields).await.assert_redirect("/admin/blog/shelf/");
        assert!(page(client.get(&change.replace("change", "history")).await).contains("Changed Name."), "{code}");
        client.get(&change.replace("change/", "")).await.assert_redirect(&change);
        client
            .post(&change.replace("change", "delete"))
            .form(&[("post", "yes")])
            .await
            .assert_redirect("/admin/blog/shelf/");
        assert_eq!(fresh.sql("SELECT count(*) FROM blog_shelf").await, ["0"]);
    }
    let fields = [("code", "same"), ("name", "First")];
    client.post("/admin/blog/shelf/add/").form(&fields).await.assert_redirect("/admin/blog/shelf/");
    let body = page(client.post("/admin/blog/shelf/add/").form(&fields).await);
    assert!(body.contains("Shelf with this Code already exists."), "{body}");
}

#[tokio::test]
async fn a_moment_keeps_the_part_of_a_second_that_the_form_does_not_show() {
    let (fresh, client) = site().await;
    let ada = demijohn_auth::User::objects().with_key(1).get(&fresh.db).await.expect("ada");
    fresh.post("First", &ada).await;
    fresh.sql("UPDATE blog_post SET reminder = '2026-11-22 08:15:30.123456'").await;
    let body = page(client.get("/admin/blog/post/1/change/").await);
    assert!(body.contains("value=\"2026-11-22 08:15:30\""), "{body}");
    let mut fields = post_fields("Second", "first", "1");
    fields.push(("reminder", "2026-11-22 08:15:30"));
    client.post("/admin/blog/post/1/change/").form(&fields).await.assert_redirect("/admin/blog/post/");
    // PostgreSQL adds the offset.
    let kept = fresh.sql("SELECT concat(title, reminder) FROM blog_post").await.remove(0);
    assert!(kept.starts_with("Second2026-11-22 08:15:30.123456"), "{kept}");
    assert_eq!(
        fresh.sql("SELECT change_message FROM django_admin_log").await,
        [r#"[{"changed": {"fields": ["Title"]}}]"#]
    );
}
