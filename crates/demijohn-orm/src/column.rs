//! [`Column`]: a typed column in the closure of a query.

use std::fmt;
use std::marker::PhantomData;

use demijohn_core::model::FieldMeta;
use demijohn_sql::{Column as SqlColumn, Expr, Path};

use crate::FieldValue;

/// A column of type `T` of the table that a path of relations leads to: what `p.title` is in a query's closure.
///
/// `Copy`, three words, made from a `static`: mentioning it twice costs nothing.
pub struct Column<T> {
    column: SqlColumn,
    _type: PhantomData<fn() -> T>,
}

impl<T> Clone for Column<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Column<T> {}

impl<T> fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}.{}", self.column.path, self.column.meta().name)
    }
}

impl<T> Column<T> {
    /// The column at a position among the fields of the model at the end of a path. For the derive.
    pub const fn new(path: &'static Path, field: u16) -> Self {
        Self { column: SqlColumn { path, field }, _type: PhantomData }
    }
}

impl<T: FieldValue> Column<T> {
    /// What it is.
    pub fn meta(self) -> &'static FieldMeta {
        self.column.meta()
    }

    /// The path to its table.
    pub fn path(self) -> &'static Path {
        self.column.path
    }

    /// The same column for code that knows models only at run time.
    pub fn untyped(self) -> SqlColumn {
        self.column
    }

    /// It as a tree.
    pub(crate) fn expr(self) -> Expr {
        Expr::Column(self.column)
    }

    /// The same column, where its table may have no row (after a nullable foreign key): NULL reads as `None`.
    pub fn optional(self) -> Column<Option<T>> {
        Column { column: self.column, _type: PhantomData }
    }
}
