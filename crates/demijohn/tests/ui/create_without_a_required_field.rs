use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    content: Text,
}

async fn add(db: Db) -> Result<Post> {
    Post::create().content("Hello").save(&db).await
}

fn main() {}
