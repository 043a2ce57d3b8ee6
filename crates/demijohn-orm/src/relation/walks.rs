//! [`Many`] and [`Single`]: the other side of a relation, in the closures of queries.

use std::fmt;
use std::ops::Deref;

use demijohn_sql::Path;

use crate::{Columns, Model};

/// What `u.posts()` is in the closure of a query: the columns of the rows of `M` that belong to a row, of which there may
/// be none or many. In conditions it is used as columns are (`u.posts().views.gt(9)`); `prefetch` takes it, with a query
/// of its own behind it.
pub struct Many<M: Model> {
    columns: M::Columns,
}

/// What `u.profile()` is in the closure of a query: the columns of the one row of `M` that belongs to a row, if there is
/// one, where the other side has a `OneToOne`.
pub struct Single<M: Model> {
    columns: M::Columns,
}

macro_rules! walks {
    ($($name:ident)+) => {$(
        impl<M: Model> $name<M> {
            /// The rows at the end of a path. For the derive.
            pub fn new(path: &'static Path) -> Self {
                Self { columns: M::columns(path) }
            }

            pub(crate) fn path(self) -> &'static Path {
                Columns::path(self.columns)
            }
        }

        impl<M: Model> Clone for $name<M> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<M: Model> Copy for $name<M> {}

        impl<M: Model> Deref for $name<M> {
            type Target = M::Columns;

            fn deref(&self) -> &M::Columns {
                &self.columns
            }
        }

        impl<M: Model> fmt::Debug for $name<M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Columns::path(self.columns).fmt(f)
            }
        }
    )+};
}

walks!(Many Single);
