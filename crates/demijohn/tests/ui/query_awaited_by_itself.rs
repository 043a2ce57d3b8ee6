use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    views: i32,
}

async fn find(db: Db) -> Result<Vec<Post>> {
    Post::objects().filter(|p| p.views.gt(3)).await
}

async fn change(db: Db) -> Result<u64> {
    Post::objects().update(|p| p.views.set(0)).await
}

fn main() {}
