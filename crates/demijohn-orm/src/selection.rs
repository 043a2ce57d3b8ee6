//! [`Selection`] and [`Shape`]: what a query gives for each row.

use std::marker::PhantomData;

use demijohn_core::Result;
use demijohn_sql::{Column as SqlColumn, Expr, Row};

use crate::{Column, Expression, FieldValue, Model, Plan};

/// What a query gives for each row: whole models, or the values that `select` named.
pub trait Shape: 'static {
    /// One row in Rust.
    type Row: Send;

    /// Reads one row.
    ///
    /// # Errors
    /// `orm.decode` when a column holds something else than the model says.
    fn read(row: &dyn Row, plan: &Plan) -> Result<Self::Row>;
}

/// Whole rows of a model, with or without values beside them: what rows can be related to.
pub trait RowShape: Shape {}

impl<M: Model> RowShape for Rows<M> {}

/// Whole rows of a model.
pub struct Rows<M>(PhantomData<fn() -> M>);

impl<M: Model> Shape for Rows<M> {
    type Row = M;

    fn read(row: &dyn Row, plan: &Plan) -> Result<M> {
        M::from_row(row, plan)
    }
}

/// What `select` takes: a column, an expression, or a tuple of these.
#[diagnostic::on_unimplemented(
    message = "`select` cannot take `{Self}`",
    note = "give a column (`p.title`), an expression (`count(p.id)`), or a tuple of up to twelve of these"
)]
pub trait Selection: Shape {
    /// How many columns it is read from.
    const WIDTH: usize = 1;

    /// Adds its values.
    fn push(self, exprs: &mut Vec<Expr>);

    /// Reads it from the next of a row's values.
    ///
    /// # Errors
    /// `orm.decode` when a column holds something else than the model says.
    fn read_from(values: &mut Values<'_>) -> Result<Self::Row>;
}

/// The values of a row that are read one after another.
#[doc(hidden)]
pub struct Values<'a> {
    row: &'a dyn Row,
    at: usize,
    /// See [`Plan`].
    places: std::slice::Iter<'a, u8>,
}

impl<'a> Values<'a> {
    /// Those from this position on.
    pub(crate) fn new(row: &'a dyn Row, at: usize, plan: &'a Plan) -> Self {
        Self { row, at, places: plan.places.iter() }
    }

    fn next<T: FieldValue>(&mut self) -> Result<T> {
        let value = T::read(self.row, self.at)?;
        self.at += 1;
        Ok(match self.places.next() {
            Some(&places) if places > 0 => value.with_places(places),
            _ => value,
        })
    }
}

impl<T: FieldValue> Shape for Column<T> {
    type Row = T;

    fn read(row: &dyn Row, plan: &Plan) -> Result<T> {
        Values::new(row, 0, plan).next()
    }
}

impl<T: FieldValue> Selection for Column<T> {
    fn push(self, exprs: &mut Vec<Expr>) {
        exprs.push(self.expr());
    }

    fn read_from(values: &mut Values<'_>) -> Result<T> {
        values.next()
    }
}

impl<T: FieldValue> Shape for Expression<T> {
    type Row = T;

    fn read(row: &dyn Row, _: &Plan) -> Result<T> {
        T::read(row, 0)
    }
}

impl<T: FieldValue> Selection for Expression<T> {
    fn push(self, exprs: &mut Vec<Expr>) {
        exprs.push(self.into_expr());
    }

    fn read_from(values: &mut Values<'_>) -> Result<T> {
        values.next()
    }
}

/// What a list of columns takes: `|p| (p.title, p.author, p.created_at)` in `list_display` and its like.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of columns",
    note = "give a column (`p.title`) or a tuple of up to twelve columns"
)]
pub trait ColumnList {
    /// Adds its columns.
    fn push_columns(self, columns: &mut Vec<SqlColumn>);
}

impl<T: FieldValue> ColumnList for Column<T> {
    fn push_columns(self, columns: &mut Vec<SqlColumn>) {
        columns.push(self.untyped());
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: Selection),+> Shape for ($($name,)+) {
            type Row = ($($name::Row,)+);

            fn read(row: &dyn Row, plan: &Plan) -> Result<Self::Row> {
                Self::read_from(&mut Values::new(row, 0, plan))
            }
        }

        impl<$($name: Selection),+> Selection for ($($name,)+) {
            const WIDTH: usize = 0 $(+ $name::WIDTH)+;

            fn push(self, exprs: &mut Vec<Expr>) {
                #[expect(non_snake_case, reason = "the types' names serve as the values' names")]
                let ($($name,)+) = self;
                $($name.push(exprs);)+
            }

            fn read_from(values: &mut Values<'_>) -> Result<Self::Row> {
                Ok(($($name::read_from(values)?,)+))
            }
        }

        impl<$($name: ColumnList),+> ColumnList for ($($name,)+) {
            fn push_columns(self, columns: &mut Vec<SqlColumn>) {
                #[expect(non_snake_case, reason = "the types' names serve as the values' names")]
                let ($($name,)+) = self;
                $($name.push_columns(columns);)+
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
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
