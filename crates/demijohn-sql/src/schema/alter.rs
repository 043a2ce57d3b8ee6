//! Changes to a table in PostgreSQL, which has an `ALTER TABLE` for each.

use demijohn_core::Result;
use demijohn_core::model::FieldKind;

use super::column::{column_text, default_text, own_check, type_text};
use super::create::{
    add_check, add_exclusion, add_foreign_key, comment_on_column, comment_on_table, create_index, create_like_index,
    drop_constraint, drop_foreign_key, drop_index, like_class, like_name,
};
use super::{AlteredTable, Existing, TableColumn, column_index_name, quoted, quoted_list};
use crate::Dialect;

pub(super) fn alter_table(
    altered: &AlteredTable,
    dialect: &dyn Dialect,
    existing: &Existing,
    sql: &mut Vec<String>,
) -> Result<()> {
    Alter { altered, dialect, existing, table: quoted(&altered.after.name, dialect) }.write(sql)
}

struct Alter<'a> {
    altered: &'a AlteredTable,
    dialect: &'a dyn Dialect,
    existing: &'a Existing,
    table: String,
}

impl Alter<'_> {
    fn write(&self, sql: &mut Vec<String>) -> Result<()> {
        let (altered, name) = (self.altered, self.altered.after.name.as_str());
        self.detach(sql);
        if altered.changes_key() && !altered.before.key().is_empty() {
            let usual = || format!("{name}_pkey");
            let key = self.existing.primary_key.clone().unwrap_or_else(usual);
            sql.push(drop_constraint(name, &key, self.dialect));
        }
        // What is computed goes before what it is computed from, and comes after it.
        let mut gone: Vec<&TableColumn> = altered.dropped_columns().chain(altered.replaced_columns()).collect();
        gone.sort_by_key(|column| column.generated.is_none());
        sql.extend(gone.iter().map(|column| format!("ALTER TABLE {} DROP COLUMN {}", self.table, self.quoted(column))));
        let mut added: Vec<&TableColumn> = altered.added_columns().collect();
        let again = altered.replaced_columns().filter_map(|column| altered.after.column(&column.name));
        let (early, late): (Vec<_>, Vec<_>) = again.partition(|column| column.generated.is_none());
        added.extend(early);
        added.sort_by_key(|column| column.generated.is_some());
        for column in added.iter().filter(|column| column.generated.is_none()) {
            self.add_column(column, sql)?;
        }
        for (before, after) in altered.changed_columns().filter(|(before, _)| !altered.is_replaced(&before.name)) {
            self.change_column(before, after, sql)?;
        }
        for column in added.iter().filter(|column| column.generated.is_some()).chain(&late) {
            self.add_column(column, sql)?;
        }
        self.attach(sql);
        Ok(())
    }

    fn quoted(&self, column: &TableColumn) -> String {
        quoted(&column.name, self.dialect)
    }

    /// Takes away what stands in the way of a change to columns.
    fn detach(&self, sql: &mut Vec<String>) {
        let (altered, name) = (self.altered, self.altered.after.name.as_str());
        for column in altered.before.columns.iter().filter(|column| self.loses_key(column)) {
            sql.extend(drop_foreign_key(name, column, self.dialect, self.existing));
        }
        sql.extend(altered.dropped_checks().map(|check| drop_constraint(name, &check.name, self.dialect)));
        sql.extend(altered.dropped_exclusions().map(|exclusion| drop_constraint(name, &exclusion.name, self.dialect)));
        let indexes = altered.dropped_indexes();
        sql.extend(indexes.flat_map(|index| drop_index(&altered.before, index, self.dialect, self.existing)));
        for column in &altered.before.columns {
            let class = like_class(&altered.before, column);
            let after = altered.after.column(&column.name);
            let wanted = after.and_then(|after| like_class(&altered.after, after));
            if class.is_some() && after.is_some() && class != wanted {
                sql.push(format!("DROP INDEX IF EXISTS {}", quoted(&self.like_name(column), self.dialect)));
            }
        }
    }

    /// The name of the index by which a column's beginning is found.
    fn like_name(&self, column: &TableColumn) -> String {
        let found = self.existing.indexes.iter().find(|found| {
            found.columns == [Some(column.name.clone())]
                && found.opclasses.iter().any(|class| class.ends_with("_pattern_ops"))
        });
        found.map_or_else(|| like_name(&self.altered.after.name, &column.name), |found| found.name.clone())
    }

    fn attach(&self, sql: &mut Vec<String>) {
        let (altered, name) = (self.altered, self.altered.after.name.as_str());
        if altered.changes_key() && !altered.after.key().is_empty() {
            let key = quoted_list(altered.after.key(), self.dialect);
            sql.push(format!("ALTER TABLE {} ADD PRIMARY KEY ({key})", self.table));
        }
        sql.extend(altered.added_indexes().flat_map(|index| create_index(&altered.after, index, self.dialect)));
        for column in &altered.after.columns {
            let before = altered.before.column(&column.name).filter(|column| !altered.is_replaced(&column.name));
            let had = before.and_then(|before| like_class(&altered.before, before));
            if had != like_class(&altered.after, column) {
                sql.extend(create_like_index(&altered.after, column));
            }
        }
        sql.extend(altered.added_checks().map(|check| add_check(name, check, self.dialect)));
        sql.extend(altered.added_exclusions().map(|exclusion| add_exclusion(name, exclusion, self.dialect)));
        for column in altered.after.columns.iter().filter(|column| self.gets_key(column)) {
            sql.extend(add_foreign_key(name, &self.existing.with_actions(column), self.dialect));
        }
        if altered.before.comment != altered.after.comment {
            sql.push(comment_on_table(&altered.after));
        }
    }

    fn is_linked(&self, column: &TableColumn) -> bool {
        self.altered.linked.contains(&column.name)
    }

    fn loses_key(&self, column: &TableColumn) -> bool {
        let after = self.altered.after.column(&column.name);
        !self.is_linked(column)
            && after.is_none_or(|after| after.constraint() != column.constraint() || after.kind != column.kind)
    }

    fn gets_key(&self, column: &TableColumn) -> bool {
        let before = self.altered.before.column(&column.name);
        !self.is_linked(column)
            && before.is_none_or(|before| before.constraint() != column.constraint() || before.kind != column.kind)
    }

    /// The fill is the column's default for as long as the statement runs: no row is ever without a value.
    fn add_column(&self, column: &TableColumn, sql: &mut Vec<String>) -> Result<()> {
        let (table, name) = (&self.table, self.quoted(column));
        let key_alone = self.altered.after.key().len() == 1 && !self.altered.changes_key();
        let text = column_text(column, key_alone, self.dialect)?;
        let fill = self.altered.fill(&column.name).map(|fill| fill.literal(column.kind, self.dialect)).transpose()?;
        match fill {
            Some(fill) if column.default.is_none() => {
                sql.push(format!("ALTER TABLE {table} ADD COLUMN {text} DEFAULT {fill}"));
                sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT"));
            }
            Some(fill) => {
                sql.push(format!("ALTER TABLE {table} ADD COLUMN {text}"));
                sql.push(format!("UPDATE {table} SET {name} = {fill}"));
            }
            None => sql.push(format!("ALTER TABLE {table} ADD COLUMN {text}")),
        }
        if !column.comment.is_empty() {
            sql.push(comment_on_column(&self.altered.after.name, column));
        }
        Ok(())
    }

    fn change_column(&self, before: &TableColumn, after: &TableColumn, sql: &mut Vec<String>) -> Result<()> {
        let (table, name) = (&self.table, self.quoted(after));
        if before.unique && !after.unique {
            let usual = || format!("{}_{}_key", self.altered.after.name, after.name);
            let found = self.existing.unique_on(&after.name, &self.altered.before).map(|found| found.name.clone());
            sql.push(drop_constraint(&self.altered.after.name, &found.unwrap_or_else(usual), self.dialect));
        }
        let (had_check, check) = (own_check(before, self.dialect), own_check(after, self.dialect));
        if had_check.is_some() && check.is_none() {
            sql.push(drop_constraint(&self.altered.after.name, &self.check_name(after), self.dialect));
        }
        if before.auto && !after.auto {
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} DROP IDENTITY IF EXISTS"));
        }
        let retyped =
            type_text(before, self.dialect) != type_text(after, self.dialect) || before.collation != after.collation;
        if before.default.is_some() && (retyped || before.default != after.default) {
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT"));
        }
        if before.null && !after.null {
            self.fill_nulls(before, after, sql)?;
        }
        if retyped {
            sql.push(self.change_type(before, after));
        }
        if let Some(default) = after.default.as_ref().filter(|_| retyped || before.default != after.default) {
            let default = default_text(default, after.kind, self.dialect)?;
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default}"));
        }
        if before.null != after.null {
            let word = if after.null { "DROP" } else { "SET" };
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} {word} NOT NULL"));
        }
        if after.auto && !before.auto {
            self.number(after, sql);
        }
        if had_check.is_none()
            && let Some(check) = check
        {
            let name = quoted(&self.new_check_name(after), self.dialect);
            sql.push(format!("ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check})"));
        }
        if after.unique && !before.unique {
            let longest = self.dialect.max_identifier();
            let unique = column_index_name(&self.altered.after.name, &[&after.name], "_uniq", longest);
            sql.push(format!("ALTER TABLE {table} ADD CONSTRAINT {} UNIQUE ({name})", quoted(&unique, self.dialect)));
        }
        if before.comment != after.comment {
            sql.push(comment_on_column(&self.altered.after.name, after));
        }
        Ok(())
    }

    /// Rows that are NULL get their value while the column still holds what it held.
    fn fill_nulls(&self, before: &TableColumn, after: &TableColumn, sql: &mut Vec<String>) -> Result<()> {
        let (table, name) = (&self.table, self.quoted(after));
        let value = match (self.altered.fill(&after.name), &after.default) {
            (Some(fill), _) => fill.literal(after.kind, self.dialect)?,
            (None, Some(default)) => default_text(default, after.kind, self.dialect)?,
            (None, None) => return Ok(()),
        };
        if type_text(before, self.dialect) == type_text(after, self.dialect) {
            sql.push(format!("UPDATE {table} SET {name} = {value} WHERE {name} IS NULL"));
            // Foreign keys are checked at the end of the transaction; a table with such checks open cannot be altered.
            if after.references.is_some() {
                sql.push("SET CONSTRAINTS ALL IMMEDIATE".to_owned());
                sql.push("SET CONSTRAINTS ALL DEFERRED".to_owned());
            }
        }
        Ok(())
    }

    fn change_type(&self, before: &TableColumn, after: &TableColumn) -> String {
        let (table, name) = (&self.table, self.quoted(after));
        let wanted = type_text(after, self.dialect);
        let collation = match (after.collation.as_str(), before.collation.is_empty()) {
            ("", true) => String::new(),
            ("", false) => " COLLATE \"default\"".to_owned(),
            (other, _) => format!(" COLLATE {}", quoted(other, self.dialect)),
        };
        let mut value = converted(&name, before.kind, after.kind, &wanted);
        if before.null && !after.null && type_text(before, self.dialect) != wanted {
            let fill = self.altered.fill(&after.name).and_then(|fill| fill.literal(after.kind, self.dialect).ok());
            let default = || default_text(after.default.as_ref()?, after.kind, self.dialect).ok();
            if let Some(fill) = fill.or_else(default) {
                let inner = value.unwrap_or_else(|| format!("{name}::{wanted}"));
                value = Some(format!("coalesce({inner}, {fill})"));
            }
        }
        let using = value.map_or_else(String::new, |value| format!(" USING {value}"));
        format!("ALTER TABLE {table} ALTER COLUMN {name} TYPE {wanted}{collation}{using}")
    }

    /// Lets the database number the rows, from behind the highest number that is there.
    fn number(&self, column: &TableColumn, sql: &mut Vec<String>) {
        let (table, name) = (&self.table, self.quoted(column));
        let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
        sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} ADD GENERATED BY DEFAULT AS IDENTITY"));
        sql.push(format!(
            "SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({name}), 0) + 1, false) FROM {table}",
            text(table),
            text(&column.name)
        ));
    }

    fn check_name(&self, column: &TableColumn) -> String {
        let found = self.existing.checks.iter().find(|check| {
            check.column.as_deref() == Some(column.name.as_str())
                && check.condition.trim_end_matches(')').ends_with(">= 0")
        });
        found.and_then(|check| check.name.clone()).unwrap_or_else(|| self.new_check_name(column))
    }

    fn new_check_name(&self, column: &TableColumn) -> String {
        let table = &self.altered.after.name;
        column_index_name(table, &[&column.name], "_check", self.dialect.max_identifier())
    }
}

/// What turns a value of one kind into one of another, where assigning it does not.
fn converted(name: &str, before: FieldKind, after: FieldKind, wanted: &str) -> Option<String> {
    use FieldKind as K;
    let is_number = |kind: K| kind.is_integer() || matches!(kind, K::Float | K::Decimal { .. });
    match (before, after) {
        _ if before.is_text() && after.is_text() => None,
        _ if is_number(before) && is_number(after) => None,
        (K::Bool, _) if is_number(after) => Some(format!("{name}::integer::{wanted}")),
        (_, K::Bool) if is_number(before) => Some(format!("({name} <> 0)")),
        (K::Date, K::Timestamp) => Some(format!("({name}::timestamp AT TIME ZONE 'UTC')")),
        (K::Timestamp, K::Date | K::Time) => Some(format!("({name} AT TIME ZONE 'UTC')::{wanted}")),
        (K::Duration, _) if after.is_integer() => Some(format!("(extract(epoch FROM {name}) * 1000000)::{wanted}")),
        (_, K::Duration) if before.is_integer() => Some(format!("{name} * interval '1 microsecond'")),
        // An explicit cast to `varchar(n)` would cut what is too long; assigning refuses it.
        (_, K::Text | K::Varchar(_)) => Some(format!("{name}::text")),
        _ => Some(format!("{name}::text::{wanted}")),
    }
}
