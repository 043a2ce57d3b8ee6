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
    #[field(on_delete = Cascade)]
    editor: ForeignKey<Author>,
    #[field(related_name = "liked posts")]
    liked_by: ManyToMany<Author>,
}

fn main() {}
