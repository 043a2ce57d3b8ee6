use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    views: i32,
}

async fn posts(db: Db) -> Result<Vec<Post>> {
    Post::objects().all(&db).await
}

fn app() -> App {
    App::new().get("/posts", posts)
}

fn main() {}
