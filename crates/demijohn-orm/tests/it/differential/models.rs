//! The models behind the tables of the peer project.

use demijohn_macros::Model;
use demijohn_orm::{ForeignKey, Text, Timestamp};

#[derive(Model, Debug, Clone)]
#[model(app = "auth", crate = demijohn_orm, unmanaged)]
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
#[model(app = "blog", crate = demijohn_orm, unmanaged, ordering = ["name"])]
pub(crate) struct Tag {
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
    #[field(max_length = 50, unique)]
    pub slug: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm, unmanaged)]
pub(crate) struct Post {
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    pub content: Text,
    pub created_at: Timestamp,
    #[field(on_delete = Cascade)]
    pub author: ForeignKey<User>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm, unmanaged, ordering = ["created_at"])]
pub(crate) struct Comment {
    pub id: i64,
    #[field(on_delete = Cascade, related_name = "comments")]
    pub post: ForeignKey<Post>,
    #[field(on_delete = SetNull)]
    pub author: Option<ForeignKey<User>>,
    pub body: Text,
    pub created_at: Timestamp,
    #[field(default)]
    pub approved: bool,
}
