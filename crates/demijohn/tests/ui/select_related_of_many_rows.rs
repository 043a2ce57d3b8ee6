use demijohn::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
}

#[derive(Model)]
struct Post {
    id: i64,
    #[field(on_delete = Cascade, related_name = "posts")]
    author: ForeignKey<Author>,
}

async fn find(db: Db) -> Result<Vec<Author>> {
    Author::objects().select_related(|a| a.posts()).all(&db).await
}

fn main() {}
