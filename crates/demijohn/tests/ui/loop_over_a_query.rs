use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    views: i32,
}

async fn titles(db: Db) -> Result<()> {
    for post in Post::objects().filter(|p| p.views.gt(3)) {
        println!("{}", post.title);
    }
    Ok(())
}

async fn collected(db: Db) -> Result<Vec<String>> {
    Ok(Post::objects().map(|post| post.title).collect())
}

fn main() {}
