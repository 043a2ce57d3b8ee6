use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    views: i32,
}

async fn total(db: Db) -> Result<()> {
    Post::objects().aggregate(|p| sum(p.title)).get(&db).await?;
    Ok(())
}

fn main() {}
