//! A blog with a column of every kind that people fill in.

use demijohn_admin::AppAdmin as _;
use demijohn_auth::User;
use demijohn_macros::Model;
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{Migrations, SourceMeta};
use demijohn_orm::{AppModels as _, Date, Decimal, ForeignKey, ManyToMany, Text, Timestamp};
use demijohn_web::App;

#[derive(Model, Debug, Clone)]
#[model(app = "blog", ordering = ["name"], crate = demijohn_orm)]
pub(crate) struct Tag {
    pub(crate) id: i64,
    #[field(max_length = 50, unique)]
    pub(crate) name: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", unique("author", "title"), crate = demijohn_orm)]
pub(crate) struct Post {
    pub(crate) id: i64,
    #[field(max_length = 200)]
    pub(crate) title: String,
    #[field(max_length = 60, unique, format = Slug)]
    pub(crate) slug: String,
    #[field(blank, default = "")]
    pub(crate) content: Text,
    #[field(max_length = 10, choices = [("draft", "Still a draft"), ("live", "Published")], default = "draft")]
    pub(crate) status: String,
    #[field(default)]
    pub(crate) featured: bool,
    #[field(max_length = 200, blank, format = Url, default = "")]
    pub(crate) link: String,
    #[field(label = "published on")]
    pub(crate) published_on: Option<Date>,
    #[field(max_digits = 8, decimal_places = 2)]
    pub(crate) price: Option<Decimal>,
    #[field(label = "more data")]
    pub(crate) extra: Option<serde_json::Value>,
    pub(crate) reminder: Option<Timestamp>,
    #[field(max_length = 20, not_editable, default = "hidden")]
    pub(crate) secret: String,
    #[field(auto_now_add)]
    pub(crate) created_at: Timestamp,
    #[field(on_delete = Cascade)]
    pub(crate) author: ForeignKey<User>,
    #[field(blank)]
    #[expect(dead_code, reason = "the admin reads it by its description")]
    pub(crate) tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", display = ["body"], crate = demijohn_orm)]
pub(crate) struct Comment {
    pub(crate) id: i64,
    #[field(on_delete = Cascade, related_name = "comments")]
    pub(crate) post: ForeignKey<Post>,
    #[field(on_delete = SetNull)]
    pub(crate) author: Option<ForeignKey<User>>,
    pub(crate) body: Text,
    #[field(default)]
    pub(crate) approved: bool,
}

/// What keeps a post from being deleted.
#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm)]
pub(crate) struct Award {
    pub(crate) id: i64,
    #[field(max_length = 50)]
    pub(crate) name: String,
    #[field(on_delete = Protect)]
    pub(crate) post: ForeignKey<Post>,
}

/// A row whose key people choose, with any letters.
#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm)]
pub(crate) struct Shelf {
    #[field(primary_key, max_length = 50)]
    pub(crate) code: String,
    #[field(max_length = 50)]
    pub(crate) name: String,
}

/// The models without any screens.
pub(crate) fn models() -> App {
    let app = App::named("blog").model::<Tag>().model::<Post>().model::<Comment>().model::<Award>();
    let app = app.model::<Shelf>();
    app.migrations(migrations())
}

pub(crate) fn app() -> App {
    models()
        .admin::<Post>(|a| {
            a.list_display(|p| {
                (p.title, p.author, p.author().email, p.status, p.featured, p.published_on, p.created_at, p.link)
            })
            .search_fields(|p| (p.title, p.content, p.author))
            .search_help_text("Title, content, author")
            .list_filter(|p| (p.status, p.featured, p.author, p.created_at))
            .list_per_page(10)
            .view_on_site(|key| format!("/posts/{key}"))
        })
        .admin::<Tag>(|a| a)
        .admin::<Shelf>(|a| {
            a.list_display(|s| (s.code, s.name)).fieldset("", |s| s.name).fieldset("Where it is", |s| s.code)
        })
        .admin::<Comment>(|a| {
            a.list_display(|c| (c.body, c.post, c.author, c.approved)).readonly_fields(|c| c.approved)
        })
        .admin::<Award>(|a| a.list_display(|w| (w.name, w.post, w.post().author)))
}

fn migrations() -> Migrations {
    let first = Migration::new("blog", "0001_initial")
        .depends_on("auth", "0012_alter_user_first_name_max_length")
        .create_model("Tag", |m| {
            m.field("id", auto());
            m.field("name", varchar(50).unique());
        })
        .create_model("Post", |m| {
            m.field("id", auto());
            m.field("title", varchar(200));
            m.field("slug", varchar(60).unique());
            m.field("content", text());
            m.field("status", varchar(10));
            m.field("featured", boolean());
            m.field("link", varchar(200));
            m.field("published_on", date().null());
            m.field("price", decimal(8, 2).null());
            m.field("extra", json().null());
            m.field("reminder", timestamp().null());
            m.field("secret", varchar(20));
            m.field("created_at", timestamp());
            m.field("author", foreign_key("auth.User"));
            m.many_to_many("tags", "blog.Tag");
            m.index(unique(["author", "title"]));
        })
        .create_model("Comment", |m| {
            m.field("id", auto());
            m.field("post", foreign_key("blog.Post"));
            m.field("author", foreign_key("auth.User").null());
            m.field("body", text());
            m.field("approved", boolean());
        })
        .create_model("Shelf", |m| {
            m.field("code", varchar(50).primary_key());
            m.field("name", varchar(50));
        })
        .create_model("Award", |m| {
            m.field("id", auto());
            m.field("name", varchar(50));
            m.field("post", foreign_key("blog.Post"));
        });
    Migrations::new("blog", SourceMeta::default(), vec![first])
}
