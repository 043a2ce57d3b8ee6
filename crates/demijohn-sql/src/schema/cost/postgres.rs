//! What costs time on PostgreSQL: whatever looks at every row under a lock.

use demijohn_core::model::FieldKind;

use super::{Cost, Waits, changing, coming, index_words, keys, volatile_default};
use crate::schema::column::{own_check, type_text};
use crate::schema::create::is_constraint;
use crate::schema::{AlteredTable, IndexPart, Table, TableColumn, TableIndex};
use crate::{Dialect, Postgres};

const INDEX: &str = "`.add_index_concurrently(…)` in a migration that is `.not_atomic()`";
const OF_FIELD: &str = "have no index on the field, and one of the model's: `.add_index_concurrently(…)` in a migration \
                        that is `.not_atomic()`";
const UNIQUE: &str = "build the index by SQL with `CREATE UNIQUE INDEX CONCURRENTLY`, and make the constraint of it: \
                      `.separate(…)`";
const KEY: &str = "by SQL in `.separate(…)`: the index `CONCURRENTLY`, the constraint `NOT VALID` and validated in a later \
                   migration";
const CHECK: &str = "`.add_constraint_not_valid(…)`, and `.validate_constraint(…)` in a later migration";
const NOT_NULL: &str = "make PostgreSQL sure of it before: a check that it `IS NOT NULL`, by \
                        `.add_constraint_not_valid(…)` and `.validate_constraint(…)`";
const TYPE: &str = "add a field of the new type, fill it in portions, and remove the old one";
const DEFAULT: &str = "add the field without the default, fill it in portions, and give it the default then";
const FILL: &str = "add the field with NULL, fill it in portions, and forbid NULL then";
const COMPUTED: &str = "have a plain field, which is filled in portions and by a trigger";
const QUIET: &str = "migrate when few are there";

pub(super) fn of_table(altered: &AlteredTable) -> Vec<Cost> {
    let table = altered.after.name.as_str();
    let mut costs = Vec::new();
    let mut everybody = |cause: String, hint: &'static str| costs.push(cost(table, Waits::Everybody, cause, hint));
    for column in coming(altered) {
        of_new(altered, column, &mut everybody);
    }
    for (before, after) in changing(altered) {
        of_changed(altered, before, after, &mut everybody);
    }
    if altered.changes_key() && !altered.after.key().is_empty() {
        everybody("its primary key is built".to_owned(), QUIET);
    }
    for check in altered.added_checks() {
        everybody(format!("every row is checked for `{}`", check.name), CHECK);
    }
    for exclusion in altered.added_exclusions() {
        everybody(format!("index `{}` is built", exclusion.name), QUIET);
    }
    costs.extend(altered.added_indexes().map(|index| of_index(&altered.after, index)));
    costs.extend(keys(altered).flat_map(|column| key(table, column)));
    if takes_all(altered) {
        costs.iter_mut().filter(|cost| cost.table == table).for_each(|cost| cost.waits = Waits::Everybody);
    }
    costs
}

/// Does a part of the change take the whole table for a moment? It keeps it until all is done.
fn takes_all(altered: &AlteredTable) -> bool {
    altered.added_columns().next().is_some()
        || altered.dropped_columns().next().is_some()
        || altered.added_checks().next().is_some()
        || altered.dropped_checks().next().is_some()
        || changing(altered).any(|(before, after)| is_altered(before, after))
        || altered.replaced_columns().next().is_some()
}

/// A foreign key, an index and a comment do not take the whole table.
fn is_altered(before: &TableColumn, after: &TableColumn) -> bool {
    let (references, comment) = (after.references.clone(), after.comment.clone());
    TableColumn { references, comment, ..before.clone() } != *after
}

/// A foreign key is looked up for every row, and the table that it points to waits too.
pub(super) fn key(table: &str, column: &TableColumn) -> Vec<Cost> {
    let Some(reference) = column.constraint() else { return Vec::new() };
    let cause = format!("every `{}` is looked up in `{}`", column.name, reference.table);
    let mut costs = vec![cost(table, Waits::Writers, cause, KEY)];
    if reference.table != table {
        let cause = format!("every `{}` of `{table}` is looked up there", column.name);
        costs.push(cost(&reference.table, Waits::Writers, cause, KEY));
    }
    costs
}

fn cost(table: &str, waits: Waits, cause: String, hint: &'static str) -> Cost {
    Cost { table: table.to_owned(), waits, cause, hint }
}

fn of_index(table: &Table, index: &TableIndex) -> Cost {
    if is_constraint(index, &Postgres) {
        let hint = if index.deferrable.is_some() { UNIQUE } else { INDEX };
        return cost(&table.name, Waits::Everybody, index_words(index), hint);
    }
    let column = index.parts.first().and_then(|part| table.column(part.as_column()?));
    let hint = match column {
        Some(column) if index.of_column && column.references.is_some() => KEY,
        _ if index.of_column => OF_FIELD,
        _ => INDEX,
    };
    cost(&table.name, Waits::Writers, index_words(index), hint)
}

/// A default that is the same for every row is kept once, beside the table.
fn of_new(altered: &AlteredTable, column: &TableColumn, add: &mut impl FnMut(String, &'static str)) {
    let name = &column.name;
    if column.generated.as_ref().is_some_and(|own| own.stored) {
        add(format!("it is written anew with `{name}`"), COMPUTED);
    } else if let Some(default) = volatile_default(column) {
        add(format!("it is written anew, with another `{default}` in each row"), DEFAULT);
    } else if column.auto {
        add(format!("it is written anew, with a number in `{name}`"), QUIET);
    } else if column.default.is_some() && altered.fill(name).is_some() {
        add(format!("`{name}` is filled in every row"), FILL);
    } else if own_check(column, &Postgres).is_some() {
        add(format!("every row is checked for `{name}`"), QUIET);
    }
    if column.unique {
        add(format!("the index on `{name}` is built"), UNIQUE);
    }
}

fn of_changed(
    altered: &AlteredTable,
    before: &TableColumn,
    after: &TableColumn,
    add: &mut impl FnMut(String, &'static str),
) {
    let (name, wanted) = (&after.name, type_text(after, &Postgres));
    let retyped = type_text(before, &Postgres) != wanted;
    let is_filled = altered.fill(name).is_some() || after.default.is_some();
    if retyped && (!keeps_rows(before.kind, after.kind) || (before.null && !after.null && is_filled)) {
        add(format!("it is written anew: `{name}` becomes {wanted}"), TYPE);
    } else if before.collation != after.collation && is_indexed(altered, after) {
        add(format!("the indexes on `{name}` are built anew"), QUIET);
    }
    if before.null && !after.null {
        add(format!("every row is checked for NULL in `{name}`"), NOT_NULL);
    }
    if own_check(before, &Postgres).is_none() && own_check(after, &Postgres).is_some() {
        add(format!("every row is checked for `{name}`"), CHECK);
    }
    if after.unique && !before.unique {
        add(format!("the index on `{name}` is built"), UNIQUE);
    }
}

fn is_indexed(altered: &AlteredTable, column: &TableColumn) -> bool {
    column.unique
        || column.primary_key
        || altered.after.indexes.iter().any(|index| index.parts.contains(&IndexPart::column(column.name.as_str())))
}

/// Are the values of one type those of another as they stand?
fn keeps_rows(before: FieldKind, after: FieldKind) -> bool {
    use FieldKind as K;
    match (before, after) {
        (K::Varchar(_) | K::Text, K::Text) => true,
        (K::Varchar(before), K::Varchar(after)) => before <= after,
        (
            K::Decimal { max_digits: before, decimal_places: own },
            K::Decimal { max_digits: after, decimal_places: other },
        ) => own == other && before <= after,
        _ => Postgres.column_type(before) == Postgres.column_type(after),
    }
}
