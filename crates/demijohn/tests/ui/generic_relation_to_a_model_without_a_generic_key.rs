use demijohn::prelude::*;

#[derive(Model)]
struct Note {
    id: i64,
    text: Text,
}

#[derive(Model)]
struct Post {
    id: i64,
    notes: GenericRelation<Note>,
}

fn main() {}
