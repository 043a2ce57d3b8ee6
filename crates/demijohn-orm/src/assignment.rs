//! [`Assigned`]: a new value for a column, in an update.

use demijohn_core::model::ModelMeta;
use demijohn_sql::{Column, Expr};

/// A new value for a column: what `p.views.set(p.views + 1)` is.
#[derive(Debug, Clone)]
#[must_use = "an assignment does nothing until `update` takes it"]
pub struct Assigned {
    pub(crate) column: Column,
    pub(crate) value: Expr,
    /// It is the number of this model's content type, which the database will say.
    pub(crate) type_of: Option<&'static ModelMeta>,
}

impl Assigned {
    pub(crate) fn new(column: Column, value: Expr) -> Self {
        Self { column, value, type_of: None }
    }
}

/// What `update` takes: one assignment or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`update` takes new values for columns, not `{Self}`",
    note = "write `p.views.set(3)` for `p.views = 3`, `p.views.set(p.views + 1)` for `p.views += 1`, and a tuple for several columns"
)]
pub trait Assignments {
    /// Adds its assignments.
    fn push(self, all: &mut Vec<Assigned>);
}

#[diagnostic::do_not_recommend]
impl Assignments for Assigned {
    fn push(self, all: &mut Vec<Assigned>) {
        all.push(self);
    }
}

#[diagnostic::do_not_recommend]
impl Assignments for Vec<Assigned> {
    fn push(self, all: &mut Vec<Assigned>) {
        all.extend(self);
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Assignments),+> Assignments for ($($name,)+) {
            fn push(self, all: &mut Vec<Assigned>) {
                #[expect(non_snake_case, reason = "the types' names serve as the values' names")]
                let ($($name,)+) = self;
                $($name.push(all);)+
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
