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

async fn find(db: Db, post: Post) -> Result<Vec<Post>> {
    Post::objects().filter(|p| p.author.eq(&post) | p.author.eq("ada")).all(&db).await
}

fn main() {}
