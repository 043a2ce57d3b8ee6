use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    views: i32,
}

async fn is(db: Db) -> Result<Vec<Post>> {
    Post::objects().filter(|p| p.title == "a").all(&db).await
}

async fn above(db: Db) -> Result<Vec<Post>> {
    Post::objects().filter(|p| p.views > 3).all(&db).await
}

fn main() {}
