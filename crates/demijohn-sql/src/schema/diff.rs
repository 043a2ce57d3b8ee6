//! [`diff`]: what turns some tables into others.

use demijohn_core::model::IndexMethod;

use super::{Fill, IndexOf, Table, TableCheck, TableColumn, TableExclusion, TableIndex};
use crate::Sqlite;

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
        /// The column under its new name, where it is known.
        column: Option<Box<TableColumn>>,
    },
    /// Gives an index another name. (SQLite makes it anew.)
    RenameIndex {
        /// The table as it was, under its new names.
        table: Box<Table>,
        /// The index with its old name.
        from: TableIndex,
        /// The index with its new name.
        to: TableIndex,
    },
    /// Gives a full-text index the name that belongs to it under the new names of its table and columns. (SQLite alone:
    /// there queries name it.)
    RenameWords {
        /// The table under its new names.
        table: Box<Table>,
        /// The index under its new names.
        index: TableIndex,
        /// The name that it had.
        from: String,
    },
    /// Changes the columns, indexes or constraints of a table.
    AlterTable(AlteredTable),
    /// Takes the constraints behind foreign keys away while what they point to changes. (SQLite needs none of this.)
    Unlink {
        /// The table as it was, under its new names.
        table: Table,
        /// The columns.
        columns: Vec<String>,
    },
    /// Makes the constraints behind foreign keys again.
    Link {
        /// The table as it becomes.
        table: Table,
        /// The columns.
        columns: Vec<String>,
    },
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
    /// Foreign keys whose constraints [`Change::Unlink`] took away and [`Change::Link`] makes again.
    pub linked: Vec<String>,
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

    /// The columns that go and come again because what computes them changes: no database changes that in place.
    pub fn replaced_columns(&self) -> impl Iterator<Item = &TableColumn> {
        let is_moved = |name: &str| {
            let kept = self.after.column(name);
            self.before.column(name).zip(kept).is_none_or(|(before, after)| before.kind != after.kind)
        };
        self.before.columns.iter().filter_map(move |before| {
            let after = self.after.column(&before.name)?;
            let is_other = match (&before.generated, &after.generated) {
                (None, None) => false,
                (Some(own), Some(other)) => {
                    own != other || before.kind != after.kind || own.expression.columns().any(is_moved)
                }
                _ => true,
            };
            is_other.then_some(before)
        })
    }

    /// Is this a column that goes and comes again?
    pub fn is_replaced(&self, column: &str) -> bool {
        self.replaced_columns().any(|replaced| replaced.name == column)
    }

    /// The indexes that go.
    pub fn dropped_indexes(&self) -> impl Iterator<Item = &TableIndex> {
        self.before.indexes.iter().filter(|index| !self.keeps_index(index))
    }

    /// The indexes that come.
    pub fn added_indexes(&self) -> impl Iterator<Item = &TableIndex> {
        self.after.indexes.iter().filter(|index| !self.keeps_index(index))
    }

    fn keeps_index(&self, index: &TableIndex) -> bool {
        self.before.indexes.contains(index)
            && self.after.indexes.contains(index)
            && !self.replaced_columns().any(|column| index.mentions(&column.name))
    }

    /// The checks that go.
    pub fn dropped_checks(&self) -> impl Iterator<Item = &TableCheck> {
        self.before.checks.iter().filter(|check| !self.keeps_check(check))
    }

    /// The checks that come.
    pub fn added_checks(&self) -> impl Iterator<Item = &TableCheck> {
        self.after.checks.iter().filter(|check| !self.keeps_check(check))
    }

    fn keeps_check(&self, check: &TableCheck) -> bool {
        self.before.checks.contains(check)
            && self.after.checks.contains(check)
            && !self.replaced_columns().any(|column| check.condition.names(&column.name))
    }

    /// The exclusions that go.
    pub fn dropped_exclusions(&self) -> impl Iterator<Item = &TableExclusion> {
        self.before.exclusions.iter().filter(|exclusion| !self.after.exclusions.contains(exclusion))
    }

    /// The exclusions that come.
    pub fn added_exclusions(&self) -> impl Iterator<Item = &TableExclusion> {
        self.after.exclusions.iter().filter(|exclusion| !self.before.exclusions.contains(exclusion))
    }

    /// Does the primary key consist of other columns?
    pub fn changes_key(&self) -> bool {
        self.before.key() != self.after.key()
    }

    /// What rows that are there get in a column.
    pub fn fill(&self, column: &str) -> Option<&Fill> {
        self.fills.iter().find(|(name, _)| name == column).map(|(_, fill)| fill)
    }

    /// Columns that forbid NULL from now on although rows may have none: each with whether it is new.
    pub fn unfilled_columns(&self) -> impl Iterator<Item = (&TableColumn, bool)> {
        let added = self.added_columns().map(|column| (column, true));
        let narrowed = self.changed_columns().filter(|(before, _)| before.null).map(|(_, after)| (after, false));
        added.chain(narrowed).filter(|(column, _)| {
            let is_made = column.auto || column.generated.is_some() || column.default.is_some();
            !column.null && !is_made && self.fill(&column.name).is_none()
        })
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
    let old = before;
    let before: Vec<Table> = before.iter().map(|table| renamed(table, renames)).collect();
    for (table, from, to) in &renames.columns {
        let column = before.iter().find(|own| own.name == *table).and_then(|own| own.column(to)).cloned();
        let (table, from, to, column) = (table.clone(), from.clone(), to.clone(), column.map(Box::new));
        changes.push(Change::RenameColumn { table, from, to, column });
    }
    changes.extend(old.iter().zip(&before).flat_map(|(old, new)| renamed_words(old, new)));
    let before: Vec<Table> = before.into_iter().map(|table| with_renamed_indexes(table, after, &mut changes)).collect();
    let find = |name: &str| before.iter().find(|table| table.name == name);
    let loose = loose_keys(&before, after);
    let of = |table: &Table| -> Vec<String> {
        loose.iter().filter(|(name, _)| *name == table.name).map(|(_, column)| column.clone()).collect()
    };
    let loosened = |table: &&Table| !of(table).is_empty();
    changes.extend(
        before.iter().filter(loosened).map(|table| Change::Unlink { table: table.clone(), columns: of(table) }),
    );
    // A table of pairs stands behind the tables it points to, and goes before them.
    let gone = before.iter().rev().filter(|table| !after.iter().any(|other| other.name == table.name));
    changes.extend(gone.cloned().map(Change::DropTable));
    for table in after {
        let Some(old) = find(&table.name) else {
            changes.push(Change::CreateTable(table.clone()));
            continue;
        };
        let own = fills.iter().filter(|(of, ..)| *of == table.name);
        let fills = own.map(|(_, column, fill)| (column.clone(), fill.clone())).collect();
        let altered = AlteredTable { before: old.clone(), after: table.clone(), fills, linked: of(table) };
        if altered.before != altered.after && !differs_in_order_only(&altered) {
            changes.push(Change::AlterTable(altered));
        }
    }
    changes
        .extend(after.iter().filter(loosened).map(|table| Change::Link { table: table.clone(), columns: of(table) }));
    changes
}

/// The full-text indexes whose names say what the table or a column was called.
fn renamed_words<'a>(old: &'a Table, new: &'a Table) -> impl Iterator<Item = Change> + 'a {
    let pairs = old.indexes.iter().zip(&new.indexes).filter(|(_, index)| index.method == IndexMethod::FullText);
    pairs.filter_map(|(before, index)| {
        let from = before.name_on(&old.name, &Sqlite);
        let change = || Change::RenameWords { table: Box::new(new.clone()), index: index.clone(), from: from.clone() };
        (from != index.name_on(&new.name, &Sqlite)).then(change)
    })
}

/// The table with those indexes under their new names that change nothing else.
fn with_renamed_indexes(mut table: Table, after: &[Table], changes: &mut Vec<Change>) -> Table {
    let Some(new) = after.iter().find(|other| other.name == table.name) else { return table };
    let known = table.indexes.clone();
    let whole = table.clone();
    for index in table.indexes.iter_mut().filter(|index| !new.indexes.contains(index)) {
        let is_it = |other: &&TableIndex| {
            !known.contains(other) && TableIndex { name: other.name.clone(), ..index.clone() } == **other
        };
        if let Some(to) = new.indexes.iter().find(is_it).filter(|to| to.name.is_some()) {
            changes.push(Change::RenameIndex { table: Box::new(whole.clone()), from: index.clone(), to: to.clone() });
            index.name.clone_from(&to.name);
        }
    }
    table
}

/// The foreign keys, by table and column, that stay while what they point to gets another type or is no key for a
/// moment. What goes altogether is among them: the table it points to may go before.
fn loose_keys(before: &[Table], after: &[Table]) -> Vec<(String, String)> {
    let changes = |table: &str, column: &str| {
        let find = |tables: &[Table]| tables.iter().find(|own| own.name == table).cloned();
        let Some((old, new)) = find(before).zip(find(after)) else { return false };
        let (Some(old_column), Some(new_column)) = (old.column(column), new.column(column)) else { return false };
        let is_key = |column: &TableColumn| (column.primary_key, column.unique);
        old_column.kind != new_column.kind
            || old_column.collation != new_column.collation
            || is_key(old_column) != is_key(new_column)
            || old.key() != new.key()
    };
    let mut loose = Vec::new();
    for table in before {
        let Some(new) = after.iter().find(|other| other.name == table.name) else { continue };
        for column in &table.columns {
            let Some(reference) = column.constraint() else { continue };
            let stays = new.column(&column.name).is_some_and(|new| new.references == column.references);
            if stays && changes(&reference.table, &reference.column) {
                loose.push((table.name.clone(), column.name.clone()));
            }
        }
    }
    loose
}

fn differs_in_order_only(altered: &AlteredTable) -> bool {
    altered.dropped_columns().next().is_none()
        && altered.added_columns().next().is_none()
        && altered.changed_columns().next().is_none()
        && altered.dropped_indexes().next().is_none()
        && altered.added_indexes().next().is_none()
        && altered.dropped_checks().next().is_none()
        && altered.added_checks().next().is_none()
        && altered.dropped_exclusions().next().is_none()
        && altered.added_exclusions().next().is_none()
        && altered.before.comment == altered.after.comment
        && !altered.changes_key()
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
    let own = table.name.clone();
    let mut rename = |name: &mut String| new_column(&own, name);
    for column in &mut table.columns {
        if let Some(generated) = &mut column.generated {
            generated.expression.rename(&mut rename);
        }
    }
    for index in &mut table.indexes {
        for part in &mut index.parts {
            match &mut part.of {
                IndexOf::Column(name) => rename(name),
                IndexOf::Expression(sql) => sql.rename(&mut rename),
            }
        }
        index.include.iter_mut().for_each(&mut rename);
        index.condition.iter_mut().for_each(|condition| condition.rename(&mut rename));
    }
    for check in &mut table.checks {
        check.condition.rename(&mut rename);
    }
    for exclusion in &mut table.exclusions {
        exclusion.parts.iter_mut().for_each(|(sql, _)| sql.rename(&mut rename));
        exclusion.condition.iter_mut().for_each(|condition| condition.rename(&mut rename));
    }
    table
}
