//! `==` and `<` of columns: nothing but a message. Rust wants them to answer at once, true or false, and a column is compared
//! later, by the database.

use std::cmp::Ordering;

use crate::{Column, Expression};

/// Nothing is: the bound gives the compiler a sentence for who writes `p.views == 3`.
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` is not compared by `==`, `!=`, `<`, `<=`, `>` or `>=`",
    label = "a query is asked by methods: `.eq(…)`, `.ne(…)`, `.lt(…)`, `.le(…)`, `.gt(…)`, `.ge(…)`",
    note = "write `p.views.gt(3)` for `p.views > 3`, and `p.views.eq(3) & p.title.eq(\"a\")` for two of them"
)]
pub trait CompareByMethods<T> {}

macro_rules! operators {
    ($type:ident) => {
        #[doc(hidden)]
        impl<T, O: CompareByMethods<T>> PartialEq<O> for $type<T> {
            fn eq(&self, _: &O) -> bool {
                false
            }
        }

        #[doc(hidden)]
        impl<T, O: CompareByMethods<T>> PartialOrd<O> for $type<T> {
            fn partial_cmp(&self, _: &O) -> Option<Ordering> {
                None
            }
        }
    };
}

operators!(Column);
operators!(Expression);
