use demijohn::prelude::*;

enum Status {
    Draft,
    Published,
}

#[derive(Model)]
struct Post {
    id: i64,
    status: Status,
}

fn main() {}
