//! [`diff`]: what turns some tables into others.

use super::{Fill, Table, TableColumn, TableIndex};

/// One step from some tables to others.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Makes a table with its indexes.
    CreateTable(Table),
    /// Removes a table.
    DropTable(Table),
    /// Gives a table another name; what points to it follows.
    RenameTable {
        /// Its old name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Gives a column another name; what points to it follows.
    RenameColumn {
        /// The table.
        table: String,
        /// The column's old name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Changes the columns or indexes of a table.
    AlterTable(AlteredTable),
}

/// A table before and after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct AlteredTable {
    /// What it was, already under its new names.
    pub before: Table,
    /// What it becomes.
    pub after: Table,
    /// What rows that are there get in new columns, and in columns that were NULL and may no longer be.
    pub fills: Vec<(String, Fill)>,
}

impl AlteredTable {
    /// The columns that go.
    pub fn dropped_columns(&self) -> impl Iterator<Item = &TableColumn> {
        self.before.columns.iter().filter(|column| self.after.column(&column.name).is_none())
    }

    /// The columns that come.
    pub fn added_columns(&self) -> impl Iterator<Item = &TableColumn> {
        self.after.columns.iter().filter(|column| self.before.column(&column.name).is_none())
    }

    /// The columns that stay and change, each before and after.
    pub fn changed_columns(&self) -> impl Iterator<Item = (&TableColumn, &TableColumn)> {
        let pairs = self.after.columns.iter().filter_map(|after| Some((self.before.column(&after.name)?, after)));
        pairs.filter(|(before, after)| before != after)
    }

    /// The indexes that go.
    pub fn dropped_indexes(&self) -> impl Iterator<Item = &TableIndex> {
        self.before.indexes.iter().filter(|index| !self.after.indexes.contains(index))
    }

    /// The indexes that come.
    pub fn added_indexes(&self) -> impl Iterator<Item = &TableIndex> {
        self.after.indexes.iter().filter(|index| !self.before.indexes.contains(index))
    }

    /// What rows that are there get in a column.
    pub fn fill(&self, column: &str) -> Option<&Fill> {
        self.fills.iter().find(|(name, _)| name == column).map(|(_, fill)| fill)
    }

    /// Columns that forbid NULL from now on although rows may have none: each with whether it is new.
    pub fn unfilled_columns(&self) -> impl Iterator<Item = (&TableColumn, bool)> {
        let added = self.added_columns().map(|column| (column, true));
        let narrowed = self.changed_columns().filter(|(before, _)| before.null).map(|(_, after)| (after, false));
        added.chain(narrowed).filter(|(column, _)| !column.null && !column.auto && self.fill(&column.name).is_none())
    }
}

/// Which names changed, so that nothing is taken for removed and added again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    /// Tables: old and new name.
    pub tables: Vec<(String, String)>,
    /// Columns: the table's new name, old and new name.
    pub columns: Vec<(String, String, String)>,
}

/// The changes that turn the tables `before` into those `after`, in an order in which they can be made.
pub fn diff(before: &[Table], after: &[Table], renames: &Renames, fills: &[(String, String, Fill)]) -> Vec<Change> {
    let mut changes = Vec::new();
    for (from, to) in &renames.tables {
        changes.push(Change::RenameTable { from: from.clone(), to: to.clone() });
    }
    for (table, from, to) in &renames.columns {
        changes.push(Change::RenameColumn { table: table.clone(), from: from.clone(), to: to.clone() });
    }
    let before: Vec<Table> = before.iter().map(|table| renamed(table, renames)).collect();
    let find = |tables: &[Table], name: &str| tables.iter().position(|table| table.name == name);
    // A table of pairs stands behind the tables it points to, and goes before them.
    for table in before.iter().rev().filter(|table| find(after, &table.name).is_none()) {
        changes.push(Change::DropTable(table.clone()));
    }
    for table in after {
        let Some(old) = find(&before, &table.name).map(|place| &before[place]) else {
            changes.push(Change::CreateTable(table.clone()));
            continue;
        };
        let own = fills.iter().filter(|(of, ..)| *of == table.name);
        let fills = own.map(|(_, column, fill)| (column.clone(), fill.clone())).collect();
        let altered = AlteredTable { before: old.clone(), after: table.clone(), fills };
        if altered.before != altered.after && !differs_in_order_only(&altered) {
            changes.push(Change::AlterTable(altered));
        }
    }
    changes
}

fn differs_in_order_only(altered: &AlteredTable) -> bool {
    altered.dropped_columns().next().is_none()
        && altered.added_columns().next().is_none()
        && altered.changed_columns().next().is_none()
        && altered.dropped_indexes().next().is_none()
        && altered.added_indexes().next().is_none()
}

/// The table under its new names, and pointing to others under theirs.
fn renamed(table: &Table, renames: &Renames) -> Table {
    let mut table = table.clone();
    let new_table = |name: &mut String| {
        if let Some((_, to)) = renames.tables.iter().find(|(from, _)| from == name) {
            name.clone_from(to);
        }
    };
    let new_column = |table: &str, name: &mut String| {
        if let Some((_, _, to)) = renames.columns.iter().find(|(of, from, _)| of == table && from == name) {
            name.clone_from(to);
        }
    };
    new_table(&mut table.name);
    for column in &mut table.columns {
        new_column(&table.name, &mut column.name);
        if let Some(reference) = &mut column.references {
            new_table(&mut reference.table);
            new_column(&reference.table, &mut reference.column);
        }
    }
    for name in table.indexes.iter_mut().flat_map(|index| &mut index.columns) {
        new_column(&table.name, name);
    }
    table
}
