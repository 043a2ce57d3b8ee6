//! [`Existing`]: what a database says about a table.

use super::TableIndex;

/// What a database says about a table, beyond what its model describes. Empty when there is no database to ask:
/// then everything has the name it would be made with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Existing {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its indexes.
    pub indexes: Vec<ExistingIndex>,
    /// The views and triggers of the whole database, in the order in which they were made.
    pub objects: Vec<SchemaObject>,
}

/// An index that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingIndex {
    /// Its name.
    pub name: String,
    /// Its columns; `None` for an expression.
    pub columns: Vec<Option<String>>,
    /// Does it forbid duplicates?
    pub unique: bool,
    /// The statement that makes it; `None` when a constraint of the table made it.
    pub sql: Option<String>,
}

impl ExistingIndex {
    /// Is it an index over all rows by just these columns, as `index` describes?
    pub(super) fn is(&self, index: &TableIndex) -> bool {
        let same_columns = self.columns.len() == index.columns.len()
            && self.columns.iter().zip(&index.columns).all(|(own, other)| own.as_deref() == Some(other));
        self.unique == index.unique && same_columns && !self.is_partial()
    }

    fn is_partial(&self) -> bool {
        self.sql.as_deref().is_some_and(|sql| sql.to_ascii_uppercase().contains(" WHERE "))
    }

    /// Does it need a column that is not among these?
    pub(super) fn needs_other_than(&self, columns: &[&str]) -> bool {
        self.columns.iter().flatten().any(|column| !columns.contains(&column.as_str()))
    }
}

/// A view or a trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaObject {
    /// Is it a view? Otherwise it is a trigger.
    pub is_view: bool,
    /// Its name.
    pub name: String,
    /// The table or view it belongs to.
    pub table: String,
    /// The statement that makes it.
    pub sql: String,
}

impl Existing {
    /// The name that an index has here: its own if it is here by that name, else that of one with the same columns.
    pub fn name_of(&self, index: &TableIndex) -> Option<String> {
        self.find(index).map(|found| found.name.clone())
    }

    pub(super) fn find(&self, index: &TableIndex) -> Option<&ExistingIndex> {
        let by_name = |found: &&ExistingIndex| Some(&found.name) == index.name.as_ref();
        let made = || self.indexes.iter().filter(|found| found.is(index));
        self.indexes.iter().find(by_name).or_else(|| made().find(|found| found.sql.is_some())).or_else(|| made().next())
    }
}
