use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    views: i32,
}

async fn find(db: Db) -> Result<Vec<Post>> {
    Post::objects().filter("views > 3").order_by("-views").all(&db).await
}

fn main() {}
