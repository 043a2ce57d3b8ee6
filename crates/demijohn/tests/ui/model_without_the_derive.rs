use demijohn::prelude::*;

struct Post {
    id: i64,
}

fn app() -> App {
    App::named("blog").model::<Post>()
}

fn main() {}
