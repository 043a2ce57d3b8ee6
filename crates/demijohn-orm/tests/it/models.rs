//! The models of these tests, and a database with their tables.

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{
    Date, Db, Decimal, Executor as _, FieldValue as _, ForeignKey, ManyToMany, Model as _, Text, Timestamp, Uuid,
};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "auth", crate = demijohn_orm)]
pub(crate) struct User {
    #[field(integer)]
    pub id: i64,
    #[field(max_length = 150, unique)]
    pub username: String,
    #[field(default)]
    pub is_staff: bool,
    pub last_login: Option<Timestamp>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm, ordering = ["name"])]
pub(crate) struct Tag {
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm)]
pub(crate) struct Post {
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    #[field(default = "")]
    pub content: Text,
    #[field(auto_now_add)]
    pub created_at: Timestamp,
    #[field(auto_now)]
    pub changed_at: Timestamp,
    #[field(default = 0)]
    pub views: i64,
    #[field(on_delete = Cascade, related_name = "posts")]
    pub author: ForeignKey<User>,
    #[field(on_delete = SetNull)]
    pub editor: Option<ForeignKey<User>>,
    #[field(related_name = "posts")]
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm, ordering = ["created_at", "id"])]
pub(crate) struct Comment {
    pub id: i64,
    #[field(on_delete = Cascade, related_name = "comments")]
    pub post: ForeignKey<Post>,
    #[field(on_delete = Protect)]
    pub author: Option<ForeignKey<User>>,
    pub body: Text,
    #[field(auto_now_add)]
    pub created_at: Timestamp,
    #[field(default)]
    pub approved: bool,
}

/// A column of every type.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "blog", crate = demijohn_orm)]
pub(crate) struct Everything {
    #[field(primary_key, default = Uuid::new_v4())]
    pub key: Uuid,
    pub small: i16,
    pub medium: i32,
    pub large: i64,
    pub truth: bool,
    pub real: f64,
    #[field(max_digits = 12, decimal_places = 3)]
    pub exact: Decimal,
    pub moment: Timestamp,
    pub day: Date,
    pub time: demijohn_orm::Time,
    pub document: serde_json::Value,
    pub bytes: Vec<u8>,
    pub maybe: Option<i64>,
}

const TABLES: &str = r#"
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "username" varchar(150) NOT NULL UNIQUE,
    "is_staff" bool NOT NULL, "last_login" datetime NULL);
CREATE TABLE "blog_tag" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(50) NOT NULL UNIQUE);
CREATE TABLE "blog_post" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL,
    "content" text NOT NULL, "created_at" datetime NOT NULL, "changed_at" datetime NOT NULL, "views" bigint NOT NULL,
    "author_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED,
    "editor_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "blog_post_tags" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "post_id" bigint NOT NULL REFERENCES "blog_post" ("id") DEFERRABLE INITIALLY DEFERRED,
    "tag_id" bigint NOT NULL REFERENCES "blog_tag" ("id") DEFERRABLE INITIALLY DEFERRED,
    UNIQUE ("post_id", "tag_id"));
CREATE TABLE "blog_comment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "post_id" bigint NOT NULL REFERENCES "blog_post" ("id") DEFERRABLE INITIALLY DEFERRED,
    "author_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED,
    "body" text NOT NULL, "created_at" datetime NOT NULL, "approved" bool NOT NULL);
CREATE TABLE "blog_everything" ("key" char(32) NOT NULL PRIMARY KEY, "small" smallint NOT NULL, "medium" integer NOT NULL,
    "large" bigint NOT NULL, "truth" bool NOT NULL, "real" real NOT NULL, "exact" decimal NOT NULL,
    "moment" datetime NOT NULL, "day" date NOT NULL, "time" time NOT NULL, "document" text NOT NULL, "bytes" BLOB NOT NULL,
    "maybe" bigint NULL);
"#;

/// Every model of this file.
pub(crate) fn all() -> Models {
    [User::meta(), Tag::meta(), Post::meta(), Comment::meta(), Everything::meta()].into_iter().collect()
}

/// An empty database in memory.
pub(crate) async fn database() -> Db {
    let db = Db::connect("sqlite::memory:", all()).await.expect("a database in memory opens");
    db.connection().execute_script(TABLES).await.expect("the tables are made");
    db
}

/// A database with two users, three posts and four comments.
pub(crate) async fn filled() -> (Db, User, User) {
    let db = database().await;
    let (ada, bob) = fill(&db).await;
    (db, ada, bob)
}

/// Stores two users, three posts and four comments in an empty database.
pub(crate) async fn fill(db: &Db) -> (User, User) {
    let ada = User::create().username("ada").is_staff(true).save(db).await.expect("ada is new");
    let bob = User::create().username("bob").save(db).await.expect("bob is new");
    let posts = [("Rust and glass", "a_b%c", 3, &ada), ("On corks", "", 10, &bob), ("Über rust", "A*B", 7, &ada)];
    for (title, content, views, author) in posts {
        let draft = Post::create().title(title).content(content).views(views).author(author);
        draft.save(db).await.expect("the post is new");
    }
    let comments =
        [(1, Some(&bob), "first", true), (1, None, "second", false), (2, None, "third", true), (2, None, "x", true)];
    for (post, author, body, approved) in comments {
        let draft = Comment::create().post(post).author(author).body(body).approved(approved);
        draft.save(db).await.expect("the comment is new");
    }
    assert_eq!(ada.id.to_value(), demijohn_core::model::Value::Int(1));
    (ada, bob)
}
