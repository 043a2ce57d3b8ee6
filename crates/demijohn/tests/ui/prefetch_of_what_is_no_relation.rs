use demijohn::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(max_length = 100)]
    name: String,
}

#[derive(Model)]
struct Post {
    id: i64,
    #[field(on_delete = Cascade)]
    author: ForeignKey<Author>,
}

async fn names(db: Db) -> Result<()> {
    Author::objects().prefetch(|a| a.name).all(&db).await?;
    Ok(())
}

async fn keys(db: Db) -> Result<()> {
    Post::objects().prefetch(|p| p.author).all(&db).await?;
    Ok(())
}

fn main() {}
