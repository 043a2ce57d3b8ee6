// The models of the examples of generic keys.

use demijohn_macros::Model;
use demijohn_orm::{GenericForeignKey, GenericRelation, Model, Text};

#[derive(Model, Debug)]
#[model(app = "auth", crate = demijohn_orm)]
struct User {
    id: i64,
    #[field(max_length = 150)]
    username: String,
}

#[derive(Model, Debug)]
#[model(app = "blog", crate = demijohn_orm)]
struct Note {
    id: i64,
    text: Text,
    about: GenericForeignKey,
}

#[derive(Model, Debug)]
#[model(app = "blog", crate = demijohn_orm)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    notes: GenericRelation<Note>,
}
