use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    title: String,
}

async fn find(db: Db) -> Result<Vec<Post>> {
    Post::objects().filter(|p| p.title.eq(5)).all(&db).await
}

fn main() {}
