//! The admin on a copy of a database that Django made.

use demijohn_admin::AppAdmin as _;
use demijohn_auth::User;
use demijohn_macros::Model;
use demijohn_orm::{AppModels as _, ForeignKey, ManyToMany, Text, Timestamp};
use demijohn_web::App;

use crate::site::{Fresh, page};

#[derive(Model, Debug, Clone)]
#[model(app = "blog", ordering = ["name"], crate = demijohn_orm)]
struct Tag {
    id: i64,
    #[field(max_length = 50, unique)]
    name: String,
    #[field(max_length = 50, unique, format = Slug)]
    slug: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    content: Text,
    #[field(auto_now_add)]
    created_at: Timestamp,
    #[field(on_delete = Cascade)]
    author: ForeignKey<User>,
    #[field(blank)]
    #[expect(dead_code, reason = "the admin reads it by its description")]
    tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm)]
struct Comment {
    id: i64,
    #[field(on_delete = Cascade)]
    post: ForeignKey<Post>,
    #[field(on_delete = SetNull)]
    author: Option<ForeignKey<User>>,
    body: Text,
    created_at: Timestamp,
    #[field(default)]
    approved: bool,
}

fn blog() -> App {
    App::named("blog")
        .model::<Tag>()
        .model::<Post>()
        .model::<Comment>()
        .admin::<Post>(|a| {
            a.list_display(|p| (p.title, p.author, p.created_at)).search_fields(|p| (p.title, p.content))
        })
        .admin::<Tag>(|a| a)
        .admin::<Comment>(|a| a)
}

async fn site() -> Option<Fresh> {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/django/site.sqlite3");
    if !std::path::Path::new(shared).exists() {
        eprintln!("skipped: there is no shared database of Django's");
        return None;
    }
    let app = App::new().install(demijohn_auth::app()).install(demijohn_admin::app()).mount("/", blog());
    Some(Fresh::on_copy_of(shared.as_ref(), app).await)
}

#[tokio::test]
async fn a_user_of_django_logs_in_and_edits_its_posts_and_django_can_read_what_was_written() {
    let Some(fresh) = site().await else { return };
    let client = fresh.stranger().await;
    let fields = [("username", "ada"), ("password", "ada-pass-2026"), ("next", "/admin/blog/post/")];
    client.post("/admin/login/").form(&fields).await.assert_redirect("/admin/blog/post/");
    let body = page(client.get("/admin/blog/post/").await);
    assert!(body.contains("<strong>2,207</strong> posts") && body.contains("1–100 of"), "{body}");
    let body = page(client.get("/admin/blog/post/?q=zlib+compress").await);
    assert!(body.contains("zlib.compressobj") && !body.contains(">zlib.adler32<"), "{body}");
    let fields =
        [("title", "Ours"), ("content", "x"), ("author", "2"), ("tags", "1"), ("tags", "2"), ("_continue", "1")];
    client.post("/admin/blog/post/add/").form(&fields).await.assert_redirect("/admin/blog/post/2208/change/");
    let log = "SELECT object_id || '|' || object_repr || '|' || action_flag || '|' || change_message || '|' || user_id || '|' \
               || (SELECT model FROM django_content_type c WHERE c.id = content_type_id) FROM django_admin_log";
    assert_eq!(fresh.sql(log).await, [r#"2208|Ours|1|[{"added": {}}]|1|post"#]);
    // As Django writes them: `2026-11-22 08:30:00.123456`, without a zone.
    let moments = fresh
        .sql("SELECT created_at FROM blog_post WHERE id = 2208 UNION ALL SELECT action_time FROM django_admin_log")
        .await;
    for moment in moments {
        assert!(moment.len() >= 19 && moment.as_bytes()[10] == b' ' && !moment.contains(['T', 'Z', '+']), "{moment}");
    }
    assert_eq!(fresh.sql("SELECT count(*) FROM blog_post_tags WHERE post_id = 2208").await, ["2"]);
    client.post("/admin/blog/post/2208/delete/").form(&[("post", "yes")]).await.assert_redirect("/admin/blog/post/");
    assert_eq!(fresh.sql("SELECT count(*) FROM blog_post").await, ["2207"]);
    assert_eq!(fresh.sql("PRAGMA foreign_key_check").await, Vec::<String>::new());
}

#[tokio::test]
async fn the_groups_of_django_open_what_they_open_there() {
    let Some(fresh) = site().await else { return };
    let client = fresh.stranger().await;
    client
        .post("/admin/login/")
        .form(&[("username", "edsger"), ("password", "edsger-pass-2026")])
        .await
        .assert_redirect("/admin/");
    page(client.get("/admin/blog/post/7/change/").await);
    for path in ["/admin/blog/post/7/delete/", "/admin/auth/user/", "/admin/auth/user/1/change/", "/admin/auth/group/"]
    {
        client.get(path).await.assert_status(403);
    }
    let margaret = fresh.stranger().await;
    let fields = [("username", "margaret"), ("password", "margaret-pass-2026")];
    assert!(page(margaret.post("/admin/login/").form(&fields).await).contains("for a staff account"));
}

#[tokio::test]
async fn everything_that_a_search_finds_goes_at_once_with_all_that_belongs_to_it() {
    let Some(fresh) = site().await else { return };
    let client = fresh.stranger().await;
    client
        .post("/admin/login/")
        .form(&[("username", "ada"), ("password", "ada-pass-2026")])
        .await
        .assert_redirect("/admin/");
    let chosen = [("action", "delete_selected"), ("_selected_action", "7"), ("select_across", "1")];
    let body = page(client.post("/admin/blog/post/").form(&chosen).await);
    for part in [
        "Delete 2207 posts?",
        "<strong>3306</strong> comments",
        "<strong>2207</strong> post-tag relationships",
        "and 5313 more",
    ] {
        assert!(body.contains(part), "no {part} in {}", body.len());
    }
    let confirmed = [("action", "delete_selected"), ("select_across", "1"), ("post", "yes")];
    client.post("/admin/blog/post/").form(&confirmed).await.assert_redirect("/admin/blog/post/");
    let left = "SELECT (SELECT count(*) FROM blog_post) + (SELECT count(*) FROM blog_comment) + (SELECT count(*) FROM blog_post_tags)";
    assert_eq!(fresh.sql(left).await, ["0"]);
    assert_eq!(fresh.sql("SELECT count(*) FROM django_admin_log WHERE action_flag = 3").await, ["2207"]);
    assert_eq!(fresh.sql("PRAGMA foreign_key_check").await, Vec::<String>::new());
}
