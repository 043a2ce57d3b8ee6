use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    views: i32,
}

async fn assigned(db: Db) -> Result<u64> {
    Post::objects().update(|p| p.views = 3).execute(&db).await
}

async fn compared(db: Db) -> Result<u64> {
    Post::objects().update(|p| p.views.eq(3)).execute(&db).await
}

fn main() {}
