//! The work in Demijohn's ORM, as its guide writes it.

use demijohn::Model;
use demijohn::orm::{Db, Flow, ForeignKey, Text, Timestamp};
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

    async fn thousand(&self, first: i64) -> usize {
        let query = Post::objects().filter(|p| p.id.ge(first)).order_by(|p| p.id).limit(1_000);
        let posts = query.all(&self.0).await.expect("the query runs");
        posts.iter().map(|post| post.content.len()).sum()
    }

    async fn insert(&self, title: String, content: String, author: i64) -> i64 {
        let post = Post::create().title(title).content(content).author(author);
        post.save(&self.0).await.expect("the row is inserted").id
    }

    async fn bulk_insert(&self, rows: Vec<(String, String, i64)>) {
        let draft = |(title, content, author)| Post::create().title(title).content(content).author(author).build();
        Post::bulk_create(rows.into_iter().map(draft)).save(&self.0).await.expect("the rows are inserted");
    }

    async fn stream(&self, how: &str, rows: u64) -> u64 {
        let (query, mut seen) = (Post::objects().order_by(|p| p.id).limit(rows), 0);
        match how {
            "for_each" => {
                let count = |post: Post| {
                    seen += u64::from(!post.content.is_empty());
                    Ok(Flow::More)
                };
                query.for_each(&self.0, count).await.expect("the rows come");
            }
            "chunks" => {
                let mut portions = Post::objects().filter(|p| p.id.le(rows as i64)).chunks(1_000);
                while let Some(posts) = portions.next(&self.0).await.expect("the rows come") {
                    seen += posts.len() as u64;
                }
            }
            other => panic!("rows are read with `for_each` or `chunks`, not with `{other}`"),
        }
        seen
    }
}

fn main() {
    harness::run(async |address: String| {
        let models = [User::meta(), Post::meta()].into_iter().collect();
        let database = Db::connect(&address, models).await;
        Demijohn(database.expect("the database opens"))
    });
}
