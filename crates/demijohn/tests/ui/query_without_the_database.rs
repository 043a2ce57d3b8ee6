use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    views: i32,
}

async fn none(db: Db) -> Result<Vec<Post>> {
    Post::objects().all().await
}

async fn by_value(db: Db) -> Result<Vec<Post>> {
    Post::objects().all(db).await
}

async fn the_key(db: Db) -> Result<Post> {
    Post::objects().get(&1).await
}

fn main() {}
