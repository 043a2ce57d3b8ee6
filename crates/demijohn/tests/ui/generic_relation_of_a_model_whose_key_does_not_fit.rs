use demijohn::prelude::*;

#[derive(Model)]
struct Note {
    id: i64,
    text: Text,
    about: GenericForeignKey,
}

#[derive(Model)]
struct Jar {
    #[field(primary_key, max_length = 40)]
    name: String,
    notes: GenericRelation<Note>,
}

fn main() {}
