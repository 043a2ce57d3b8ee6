//! Changes to a table in MySQL and MariaDB: a column is changed by writing it whole, and an index that a foreign key
//! needs goes only after that key.

use demijohn_core::Result;
use demijohn_core::model::FieldKind;

use super::column::{column_text, default_text, definition, type_text};
use super::create::{add_check, add_foreign_key, create_index, drop_constraint, drop_foreign_key, drop_index};
use super::fill::escaped;
use super::{AlteredTable, Existing, TableColumn, column_index_name, quoted, quoted_list};
use crate::Dialect;

pub(super) fn alter_table(
    altered: &AlteredTable,
    dialect: &dyn Dialect,
    existing: &Existing,
    sql: &mut Vec<String>,
) -> Result<()> {
    let alter = Alter { altered, dialect, existing, table: quoted(&altered.after.name, dialect) };
    alter.detach(sql);
    alter.change(sql)?;
    alter.attach(sql);
    Ok(())
}

/// MariaDB keeps the check of a JSON column under the column's old name, unless the column is written anew.
pub(super) fn must_be_rewritten(column: &TableColumn, dialect: &dyn Dialect) -> bool {
    dialect.name() == "mysql" && column.kind == FieldKind::Json
}

struct Alter<'a> {
    altered: &'a AlteredTable,
    dialect: &'a dyn Dialect,
    existing: &'a Existing,
    table: String,
}

impl Alter<'_> {
    fn name(&self) -> &str {
        &self.altered.after.name
    }

    fn detach(&self, sql: &mut Vec<String>) {
        for column in self.altered.before.columns.iter().filter(|column| self.unlinks(column)) {
            sql.extend(drop_foreign_key(self.name(), column, self.dialect, self.existing));
        }
        let checks = self.altered.dropped_checks();
        sql.extend(checks.map(|check| drop_constraint(self.name(), &check.name, self.dialect)));
        let indexes = self.altered.dropped_indexes();
        sql.extend(indexes.flat_map(|index| drop_index(&self.altered.before, index, self.dialect, self.existing)));
    }

    fn change(&self, sql: &mut Vec<String>) -> Result<()> {
        let altered = self.altered;
        let mut gone: Vec<&TableColumn> = altered.dropped_columns().chain(altered.replaced_columns()).collect();
        gone.sort_by_key(|column| column.generated.is_none());
        let mut added: Vec<&TableColumn> = altered.added_columns().collect();
        added.extend(altered.replaced_columns().filter_map(|column| altered.after.column(&column.name)));
        let (late, early): (Vec<_>, Vec<_>) = added.into_iter().partition(|column| column.generated.is_some());
        if altered.changes_key() {
            self.change_key(&gone, &early, sql)?;
        } else {
            self.drop_columns(&gone, sql);
            for column in early {
                self.add_column(column, sql)?;
            }
        }
        for (before, after) in altered.changed_columns().filter(|(before, _)| !altered.is_replaced(&before.name)) {
            self.change_column(before, after, sql)?;
        }
        for column in late {
            self.add_column(column, sql)?;
        }
        Ok(())
    }

    fn drop_columns(&self, columns: &[&TableColumn], sql: &mut Vec<String>) {
        let names = columns.iter().map(|column| quoted(&column.name, self.dialect));
        sql.extend(names.map(|name| format!("ALTER TABLE {} DROP COLUMN {name}", self.table)));
    }

    /// A column that is numbered must be a key all the time, so everything about the key is one statement.
    fn change_key(&self, gone: &[&TableColumn], added: &[&TableColumn], sql: &mut Vec<String>) -> Result<()> {
        let altered = self.altered;
        let (in_key, others): (Vec<_>, Vec<_>) = added.iter().partition(|column| column.primary_key);
        for column in others {
            self.add_column(column, sql)?;
        }
        let mut parts = Vec::new();
        if !altered.before.key().is_empty() {
            parts.push("DROP PRIMARY KEY".to_owned());
        }
        let (keyed, free): (Vec<_>, Vec<_>) = gone.iter().copied().partition(|column| column.primary_key);
        for column in keyed {
            parts.push(format!("DROP COLUMN {}", quoted(&column.name, self.dialect)));
        }
        for column in in_key {
            parts.push(format!("ADD COLUMN {}", definition(column, self.dialect)?));
        }
        for (before, after) in altered.changed_columns().filter(|(before, after)| before.auto != after.auto) {
            if !altered.is_replaced(&before.name) {
                parts.push(format!("MODIFY {}", definition(after, self.dialect)?));
            }
        }
        if !altered.after.key().is_empty() {
            parts.push(format!("ADD PRIMARY KEY ({})", quoted_list(altered.after.key(), self.dialect)));
        }
        sql.push(format!("ALTER TABLE {} {}", self.table, parts.join(", ")));
        self.drop_columns(&free, sql);
        Ok(())
    }

    fn attach(&self, sql: &mut Vec<String>) {
        let altered = self.altered;
        let indexes = altered.added_indexes();
        sql.extend(indexes.flat_map(|index| create_index(&altered.after, index, self.dialect)));
        sql.extend(altered.added_checks().map(|check| add_check(self.name(), check, self.dialect)));
        for column in altered.after.columns.iter().filter(|column| self.links(column)) {
            sql.extend(add_foreign_key(self.name(), &self.existing.with_actions(column), self.dialect));
        }
        if altered.before.comment != altered.after.comment {
            sql.push(format!("ALTER TABLE {} COMMENT '{}'", self.table, escaped(&altered.after.comment, self.dialect)));
        }
    }

    /// Does something change about this column that its foreign key stands in the way of?
    fn is_touched(&self, column: &str) -> bool {
        let altered = self.altered;
        let pair = altered.before.column(column).zip(altered.after.column(column));
        let is_other = pair.is_none_or(|(before, after)| {
            before.constraint() != after.constraint()
                || before.kind != after.kind
                || before.unique != after.unique
                || before.null != after.null
                || before.collation != after.collation
        });
        let loses_index =
            altered.dropped_indexes().any(|index| index.parts.iter().any(|part| part.as_column() == Some(column)));
        is_other || loses_index || altered.changes_key()
    }

    fn unlinks(&self, column: &TableColumn) -> bool {
        !self.altered.linked.contains(&column.name) && self.is_touched(&column.name)
    }

    fn links(&self, column: &TableColumn) -> bool {
        !self.altered.linked.contains(&column.name) && self.is_touched(&column.name)
    }

    /// The fill is the column's default for as long as the statement runs: no row is ever without a value.
    fn add_column(&self, column: &TableColumn, sql: &mut Vec<String>) -> Result<()> {
        let (table, name) = (&self.table, quoted(&column.name, self.dialect));
        let text = column_text(column, self.altered.after.key().len() == 1, self.dialect)?;
        let fill = self.altered.fill(&column.name).map(|fill| fill.literal(column.kind, self.dialect)).transpose()?;
        let is_limited = matches!(column.kind, FieldKind::Text | FieldKind::Json | FieldKind::Binary);
        match fill {
            Some(fill) if column.default.is_none() => {
                let fill = if is_limited { format!("({fill})") } else { fill };
                sql.push(format!("ALTER TABLE {table} ADD COLUMN {text} DEFAULT {fill}"));
                sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT"));
            }
            Some(fill) => {
                sql.push(format!("ALTER TABLE {table} ADD COLUMN {text}"));
                sql.push(format!("UPDATE {table} SET {name} = {fill}"));
            }
            None => sql.push(format!("ALTER TABLE {table} ADD COLUMN {text}")),
        }
        Ok(())
    }

    fn change_column(&self, before: &TableColumn, after: &TableColumn, sql: &mut Vec<String>) -> Result<()> {
        let (table, name) = (&self.table, quoted(&after.name, self.dialect));
        if before.unique && !after.unique {
            let found = self.existing.unique_on(&after.name, &self.altered.before).map(|found| found.name.clone());
            let index = quoted(&found.unwrap_or_else(|| after.name.clone()), self.dialect);
            sql.push(format!("ALTER TABLE {table} DROP INDEX {index}"));
        }
        let fill = match (self.altered.fill(&after.name), &after.default) {
            (Some(fill), _) => Some(fill.literal(after.kind, self.dialect)?),
            (None, Some(default)) => Some(default_text(default, after.kind, self.dialect)?),
            (None, None) => None,
        };
        let retyped = type_text(before, self.dialect) != type_text(after, self.dialect);
        let narrowed = before.null && !after.null;
        if let Some(fill) = fill.as_ref().filter(|_| narrowed && !retyped) {
            sql.push(format!("UPDATE {table} SET {name} = {fill} WHERE {name} IS NULL"));
        }
        if let Some(fill) = fill.as_ref().filter(|_| narrowed && retyped) {
            let wide = TableColumn { null: true, ..after.clone() };
            sql.push(format!("ALTER TABLE {table} MODIFY {}", definition(&wide, self.dialect)?));
            sql.push(format!("UPDATE {table} SET {name} = {fill} WHERE {name} IS NULL"));
        }
        let whole = (definition(before, self.dialect)?, definition(after, self.dialect)?);
        if whole.0 != whole.1 {
            sql.push(format!("ALTER TABLE {table} MODIFY {}", whole.1));
        }
        if after.unique && !before.unique {
            let unique = column_index_name(self.name(), &[&after.name], "_uniq", self.dialect.max_identifier());
            sql.push(format!("ALTER TABLE {table} ADD CONSTRAINT {} UNIQUE ({name})", quoted(&unique, self.dialect)));
        }
        Ok(())
    }
}
