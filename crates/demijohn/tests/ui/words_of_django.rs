use demijohn::prelude::*;

#[derive(Model)]
#[model(unique_together = [["author", "title"]])]
struct Author {
    id: i64,
}

#[derive(Model)]
#[model(db_table = "posts")]
struct Post {
    id: i64,
    #[field(null = true)]
    title: String,
    #[field(max_length = "200", unique = true)]
    slug: String,
    #[field(on_delete = "CASCADE")]
    author: ForeignKey<Author>,
    #[field(on_delete = models::SET_NULL, related_name = "+")]
    editor: Option<ForeignKey<Author>>,
}

fn main() {}
