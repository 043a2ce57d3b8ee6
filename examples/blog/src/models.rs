//! What the blog stores. The tables are those that Django makes for the same models.

use demijohn::prelude::*;
use serde::Serialize;

#[derive(Model, Serialize, Debug, Clone)]
#[model(ordering = ["name"])]
pub(crate) struct Tag {
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
    #[field(max_length = 50, unique, format = Slug)]
    pub slug: String,
}

#[derive(Model, Serialize, Debug, Clone)]
pub(crate) struct Post {
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    pub content: Text,
    #[field(auto_now_add)]
    pub created_at: Timestamp,
    #[field(on_delete = Cascade)]
    pub author: ForeignKey<User>,
    #[field(blank)]
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Serialize, Debug, Clone)]
#[model(ordering = ["created_at"], index("post", "created_at", name = "comment_post_created"))]
pub(crate) struct Comment {
    pub id: i64,
    #[field(on_delete = Cascade, related_name = "comments")]
    pub post: ForeignKey<Post>,
    #[field(on_delete = SetNull)]
    pub author: Option<ForeignKey<User>>,
    pub body: Text,
    #[field(auto_now_add)]
    pub created_at: Timestamp,
    #[field(default)]
    pub approved: bool,
}
