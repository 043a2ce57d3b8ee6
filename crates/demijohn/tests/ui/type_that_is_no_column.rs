use demijohn::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    views: f32,
}

fn main() {}
