//! [`Existing`]: what a database says about a table.

use demijohn_core::model::IndexMethod;

use super::{Table, TableColumn, TableIndex};
use crate::Dialect;

/// What a database says about a table, beyond what its model describes. Empty when there is no database to ask:
/// then everything has the name it would be made with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Existing {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its indexes.
    pub indexes: Vec<ExistingIndex>,
    /// The constraints behind its foreign keys.
    pub keys: Vec<ExistingKey>,
    /// Its checks.
    pub checks: Vec<ExistingCheck>,
    /// The name of the constraint behind its primary key.
    pub primary_key: Option<String>,
    /// The views and triggers of the whole database, in the order in which they were made (SQLite).
    pub objects: Vec<SchemaObject>,
}

/// An index that is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExistingIndex {
    /// Its name.
    pub name: String,
    /// Its columns; `None` for an expression.
    pub columns: Vec<Option<String>>,
    /// Which of them are largest first; empty when none is.
    pub descending: Vec<bool>,
    /// Does it forbid duplicates?
    pub unique: bool,
    /// The statement that makes it; `None` when a constraint of the table made it.
    pub sql: Option<String>,
    /// Its operator classes where they are not the usual ones; empty for those.
    pub opclasses: Vec<String>,
    /// Does it find words?
    pub full_text: bool,
}

/// A constraint behind a foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingKey {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table that it points to.
    pub table: String,
    /// The columns there; those of its primary key when none is named.
    pub targets: Vec<String>,
    /// What happens when the row there goes or changes: `ON DELETE CASCADE`; empty for nothing.
    pub actions: String,
    /// Is it looked at when a transaction ends, rather than at each statement?
    pub deferred: bool,
}

/// A check that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingCheck {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The condition as the database has it.
    pub condition: String,
    /// The column it belongs to, when it is about that one alone.
    pub column: Option<String>,
}

impl ExistingIndex {
    /// Is it an index over all rows by just these columns, as `index` describes?
    pub(super) fn is(&self, index: &TableIndex) -> bool {
        let turned = |n: usize| self.descending.get(n).copied().unwrap_or_default();
        let mut parts = self.columns.iter().zip(&index.parts).enumerate();
        let same = parts.all(|(n, (own, part))| own.as_deref() == part.as_column() && turned(n) == part.descending);
        let same = same && self.columns.len() == index.parts.len() && index.is_plain();
        let is_kind = self.full_text == (index.method == IndexMethod::FullText);
        self.unique == index.unique && same && is_kind && !self.is_special()
    }

    fn is_special(&self) -> bool {
        self.opclasses.iter().any(|class| !class.is_empty())
            || self.sql.as_deref().is_some_and(|sql| sql.to_ascii_uppercase().contains(" WHERE "))
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
    /// An index of a table as it is here: by the name that was chosen for it or that it would get, else one with the
    /// same columns that is none of the table's others.
    pub fn find(&self, index: &TableIndex, table: &Table, dialect: &dyn Dialect) -> Option<&ExistingIndex> {
        let name = index.name_on(&table.name, dialect);
        let by_name = |found: &&ExistingIndex| found.name.eq_ignore_ascii_case(&name);
        let others = || table.indexes.iter().filter(|other| *other != index).filter_map(|other| other.name.as_deref());
        let is_other = |found: &ExistingIndex| others().any(|name| found.name.eq_ignore_ascii_case(name));
        let made = || self.indexes.iter().filter(|found| found.is(index) && !is_other(found));
        self.indexes.iter().find(by_name).or_else(|| made().find(|found| found.sql.is_some())).or_else(|| made().next())
    }

    /// The index that a column's own `UNIQUE` made.
    pub(super) fn unique_on(&self, column: &str, table: &Table) -> Option<&ExistingIndex> {
        let index = TableIndex::unique([column]);
        let is_other = |found: &ExistingIndex| {
            table.indexes.iter().filter_map(|other| other.name.as_deref()).any(|name| found.name == name)
        };
        let made = || self.indexes.iter().filter(|found| found.is(&index) && !is_other(found));
        made().find(|found| found.sql.is_none()).or_else(|| made().next())
    }

    /// The column, with what the database does of itself for its foreign key as it is here.
    pub(super) fn with_actions(&self, column: &TableColumn) -> TableColumn {
        let mut column = column.clone();
        let found = self.key_on(&column.name).map(|key| (&key.table, &key.actions));
        if let (Some(reference), Some((table, actions))) = (&mut column.references, found)
            && reference.table.eq_ignore_ascii_case(table)
        {
            reference.actions.clone_from(actions);
        }
        column
    }

    /// The constraint behind the foreign key of a column.
    pub(super) fn key_on(&self, column: &str) -> Option<&ExistingKey> {
        self.keys.iter().find(|key| key.columns == [column])
    }
}
