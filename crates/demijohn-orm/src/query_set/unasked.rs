//! What a query is not: its rows. Who treats it so is told how to ask for them; nothing else is here.
//!
//! The bounds are of another type than the query, as the compiler takes its sentence from the outermost trait otherwise.
//! Where it prints no sentence but the name of a bound (`query.map(…)`), the name is what to do.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::{QuerySet, UpdateSet};
use crate::{Model, Shape};

/// Nothing is: the bound gives the compiler a sentence for who goes through a query that was not asked.
#[diagnostic::on_unimplemented(
    message = "a query of `{Self}` has no rows before the database was asked",
    label = "no rows yet",
    note = "ask for them: `for row in query.all(&db).await?`, or `query.for_each(&db, …)` for more rows than fit into memory"
)]
pub trait CallAllFirst {}

/// Nothing is: the bound gives the compiler a sentence for who awaits a query itself.
#[diagnostic::on_unimplemented(
    message = "a query of `{Self}` is awaited without saying what is wanted of it",
    label = "what is wanted of it?",
    note = "end it before `.await`: `.all(&db)`, `.first(&db)`, `.get(&db)`, `.count(&db)`, `.exists(&db)`, `.delete(&db)`"
)]
pub trait EndTheQueryFirst {}

// `Iterator` and not `IntoIterator`, `Future` and not `IntoFuture`: of the latter there is a second implementation, for all
// iterators and all futures, and where two could be meant the compiler names neither bound.
#[doc(hidden)]
impl<M: Model, S: Shape> Iterator for QuerySet<M, S>
where
    M: CallAllFirst,
{
    type Item = S::Row;

    fn next(&mut self) -> Option<S::Row> {
        None
    }
}

#[doc(hidden)]
impl<M: Model, S: Shape> Future for QuerySet<M, S>
where
    M: EndTheQueryFirst,
{
    type Output = demijohn_core::Result<Vec<S::Row>>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(Vec::new()))
    }
}

/// Nothing is: the bound gives the compiler a sentence for who awaits an update itself.
#[diagnostic::on_unimplemented(
    message = "an update was described, and is awaited without being carried out",
    label = "`.execute(&db)` is missing before `.await`"
)]
pub trait CallExecuteFirst {}

#[doc(hidden)]
impl Future for UpdateSet
where
    // The `for` has it looked at where it is used, not here.
    for<'a> (): CallExecuteFirst,
{
    type Output = demijohn_core::Result<u64>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(0))
    }
}
