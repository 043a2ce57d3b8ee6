use demijohn::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
}

#[derive(Model)]
struct Post {
    id: i64,
    #[field(on_delete = Cascade)]
    author: ForeignKey<Author>,
}

async fn find(db: Db) -> Result<Vec<Post>> {
    Post::objects().select_related(|p| p.author).all(&db).await
}

fn main() {}
