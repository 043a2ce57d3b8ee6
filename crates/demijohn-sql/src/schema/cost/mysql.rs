//! What costs time on MySQL and MariaDB: whatever copies a table, which can be read meanwhile.

use demijohn_core::model::{FieldKind, IndexMethod};

use super::{Cost, Waits, changing, coming, index_words, keys};
use crate::Mysql;
use crate::schema::column::type_text;
use crate::schema::{AlteredTable, ColumnDefault, TableColumn};

const COPY: &str = "migrate when few write, or with a tool that copies a table while it is written";
const KEY: &str =
    "have the field `.without_constraint()`, or add it by SQL with `foreign_key_checks = 0`: `.separate(…)`";
const FILL: &str = "add the field with NULL, fill it in portions, and forbid NULL then";

pub(super) fn of_table(altered: &AlteredTable) -> Vec<Cost> {
    let table = altered.after.name.as_str();
    let mut costs = Vec::new();
    let mut add = |cause: String, hint| costs.push(cost(table, cause, hint));
    for column in coming(altered) {
        let (name, is_filled) = (&column.name, altered.fill(&column.name).is_some());
        let is_computed = matches!(column.default, Some(ColumnDefault::Sql(_) | ColumnDefault::Now)) && !column.null;
        if column.generated.as_ref().is_some_and(|own| own.stored) {
            add(format!("it is copied to have `{name}` in each row"), COPY);
        } else if is_computed {
            add(format!("it is copied to have the default of `{name}` in each row"), COPY);
        }
        if is_filled && column.default.is_some() {
            add(format!("`{name}` is filled in every row"), FILL);
        }
    }
    for (before, after) in changing(altered) {
        let wanted = type_text(after, &Mysql);
        if type_text(before, &Mysql) != wanted && !keeps_rows(before.kind, after.kind) {
            add(format!("it is copied: `{}` becomes {wanted}", after.name), COPY);
        }
    }
    for index in altered.added_indexes().filter(|index| index.method == IndexMethod::FullText && !index.unique) {
        add(index_words(index), COPY);
    }
    for check in altered.added_checks() {
        add(format!("it is copied to check every row for `{}`", check.name), COPY);
    }
    costs.extend(keys(altered).filter_map(|column| key(table, column)));
    costs
}

pub(super) fn key(table: &str, column: &TableColumn) -> Option<Cost> {
    let reference = column.constraint()?;
    let cause = format!("it is copied, and every `{}` looked up in `{}`", column.name, reference.table);
    Some(cost(table, cause, KEY))
}

fn cost(table: &str, cause: String, hint: &'static str) -> Cost {
    Cost { table: table.to_owned(), waits: Waits::Writers, cause, hint }
}

fn keeps_rows(before: FieldKind, after: FieldKind) -> bool {
    matches!((before, after), (FieldKind::Varchar(before), FieldKind::Varchar(after)) if before <= after)
}
