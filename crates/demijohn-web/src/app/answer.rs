//! [`Answers`]: what a route can be given.

use axum::handler::Handler;

use crate::Site;

/// Whatever axum calls a handler. It is a trait of its own for what the compiler says to a function that is none.
#[diagnostic::on_unimplemented(
    message = "this function cannot answer requests",
    label = "not a handler",
    note = "a handler is an `async fn`; each of its arguments is taken from the request (`Path<…>`, `Query<…>`, `Db`, `User`, …), the last may be one that reads the body (`Json<…>`, `Form<…>`)",
    note = "it gives text, `Html`, `Redirect`, `Json<…>`, or a `Result` of one of these; rows are given as `Json(rows)`, with `#[derive(Serialize)]` above their model"
)]
pub trait Answers<T>: Handler<T, Site> {}

#[diagnostic::do_not_recommend]
impl<T, H: Handler<T, Site>> Answers<T> for H {}
