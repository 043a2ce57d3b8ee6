//! [`Fields`]: columns that several models share.

use demijohn_core::Result;
use demijohn_core::model::{FieldMeta, Timestamp, Value};
use demijohn_sql::{Path, Row};

use crate::Plan;

/// Columns that several models share: `#[field(flatten)] pub stamps: Timestamps`. What Django's abstract models are for.
///
/// Written by `#[derive(Fields)]`. The columns are the model's own, after those that it has itself; queries reach them
/// as `p.stamps.created_at`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened into a model",
    label = "no fields are known of this type",
    note = "write `#[derive(Fields)]` above the struct"
)]
pub trait Fields: Sized + Send + Sync + 'static {
    /// Its columns, as the closures of queries get them.
    type Columns: Copy;
    /// Says that it must be given for a new row, unless none of its fields is required.
    type Missing;
    /// Its fields.
    const FIELDS: &'static [FieldMeta];

    /// Its columns in a model where they begin at this position.
    fn columns(path: &'static Path, at: u16) -> Self::Columns;

    /// Reads it from a row.
    ///
    /// # Errors
    /// `orm.decode` when a column holds something else.
    fn read(row: &dyn Row, plan: &Plan, at: usize) -> Result<Self>;

    /// Adds the values of its columns.
    fn push_values(&self, values: &mut Vec<Value>);

    /// Sets the fields that follow the clock.
    fn touch(&mut self, now: Timestamp) {
        let _ = now;
    }
}

/// The description of a field of a type: its `FieldValue::FIELD`, named. For the derive.
pub const fn field(mut of: FieldMeta, name: &'static str, column: &'static str, label: &'static str) -> FieldMeta {
    (of.name, of.column, of.label) = (name, column, label);
    of
}

/// The fields of a model and of what is flattened into it. For the derive.
///
/// # Panics
/// When there are not as many as the array has; the derive counts them.
pub const fn concat<const N: usize>(lists: &[&[FieldMeta]]) -> [FieldMeta; N] {
    let mut all = [lists[0][0]; N];
    let (mut at, mut list) = (0, 0);
    while list < lists.len() {
        let mut n = 0;
        while n < lists[list].len() {
            all[at] = lists[list][n];
            (at, n) = (at + 1, n + 1);
        }
        list += 1;
    }
    assert!(at == N, "the derive counts the fields");
    all
}

/// Has one of the fields this name? For the derive.
pub const fn has_field(fields: &[FieldMeta], name: &str) -> bool {
    let mut n = 0;
    while n < fields.len() {
        if is_same(fields[n].name.as_bytes(), name.as_bytes()) {
            return true;
        }
        n += 1;
    }
    false
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut n = 0;
    while n < a.len() {
        if a[n] != b[n] {
            return false;
        }
        n += 1;
    }
    true
}
