use demijohn::prelude::*;

#[derive(Model)]
#[model(odering = ["id"])]
struct Post {
    id: i64,
    #[field(max_lenght = 200)]
    title: String,
}

fn main() {}
