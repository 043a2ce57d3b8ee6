use demijohn::prelude::*;

#[derive(Model)]
struct Event {
    id: i64,
    actor: GenericForeignKey,
    #[field(column = "target")]
    target: GenericForeignKey,
    #[field(object_id = "n")]
    number: i64,
}

fn main() {}
