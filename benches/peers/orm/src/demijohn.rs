//! The work in Demijohn's ORM, as its guide writes it.

use std::path::PathBuf;

use demijohn::Model;
use demijohn::orm::{Db, ForeignKey, Text, Timestamp};
use harness::Peer;

/// Django's user, as it lies in the table.
#[derive(Model, Debug, Clone)]
#[model(app = "auth")]
pub struct User {
    pub id: i64,
    #[field(max_length = 128)]
    pub password: String,
    pub last_login: Option<Timestamp>,
    pub is_superuser: bool,
    #[field(max_length = 150, unique)]
    pub username: String,
    #[field(max_length = 150)]
    pub last_name: String,
    #[field(max_length = 254)]
    pub email: String,
    pub is_staff: bool,
    pub is_active: bool,
    pub date_joined: Timestamp,
    #[field(max_length = 150)]
    pub first_name: String,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog")]
pub struct Post {
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    pub content: Text,
    #[field(auto_now_add)]
    pub created_at: Timestamp,
    #[field(on_delete = Cascade, related_name = "posts")]
    pub author: ForeignKey<User>,
}

#[derive(Clone)]
struct Demijohn(Db);

impl Peer for Demijohn {
    async fn point_read(&self, id: i64) -> usize {
        let post = Post::objects().filter(|p| p.id.eq(id)).get(&self.0).await.expect("the post is there");
        post.content.len()
    }

    async fn join_page(&self) -> usize {
        let page = Post::objects().order_by(|p| p.id.desc()).select_related(|p| p.author()).limit(20).all(&self.0);
        let page = page.await.expect("the query runs");
        page.iter().map(|post| post.content.len() + post.author.get().expect("it was loaded").username.len()).sum()
    }

    async fn insert(&self, title: String, content: String, author: i64) -> i64 {
        let post = Post::create().title(title).content(content).author(author);
        post.save(&self.0).await.expect("the row is inserted").id
    }

    async fn bulk_insert(&self, rows: Vec<(String, String, i64)>) {
        let draft = |(title, content, author)| Post::create().title(title).content(content).author(author).build();
        Post::bulk_create(rows.into_iter().map(draft)).save(&self.0).await.expect("the rows are inserted");
    }
}

fn main() {
    harness::run(async |path: PathBuf| {
        let models = [User::meta(), Post::meta()].into_iter().collect();
        let database = Db::connect(&format!("sqlite:{}", path.display()), models).await;
        Demijohn(database.expect("the database opens"))
    });
}
