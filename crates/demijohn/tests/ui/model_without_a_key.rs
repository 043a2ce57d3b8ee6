use demijohn::prelude::*;

#[derive(Model)]
#[model(ordering = ["nmae"])]
struct Tag {
    name: String,
}

fn main() {}
