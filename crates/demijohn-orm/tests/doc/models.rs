// The models of the examples in the documentation of queries.

use demijohn_macros::Model;
use demijohn_orm::{ForeignKey, Model};

#[derive(Model, Debug)]
#[model(app = "auth", crate = demijohn_orm)]
struct User {
    id: i64,
    #[field(max_length = 150)]
    username: String,
}

#[derive(Model, Debug)]
#[model(app = "blog", crate = demijohn_orm)]
struct Post {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    #[field(default = 0)]
    views: i64,
    #[field(on_delete = Cascade)]
    author: ForeignKey<User>,
}
