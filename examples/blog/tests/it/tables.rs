//! [`Tables`]: everything a SQLite file holds, for comparing two of them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// The rows of every table, as text by the names of the columns; sorted, for a table has no order.
///
/// Two things are left out: what is no row of a model (which migrations ran and when, SQLite's own tables), and the
/// numbers of pairs in many-to-many tables, which nothing points to and Django gives in no particular order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tables(BTreeMap<String, Vec<BTreeMap<String, String>>>);

/// Tables of pairs.
const PAIRS: [&str; 4] = ["auth_group_permissions", "auth_user_groups", "auth_user_user_permissions", "blog_post_tags"];

/// What names a row of a table, whatever its number: the models' natural keys.
const NAMES: [(&str, &str); 4] = [
    ("django_content_type", "SELECT id, app_label || '.' || model FROM django_content_type"),
    (
        "auth_permission",
        "SELECT p.id, app_label || '.' || model || '.' || codename \
         FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id",
    ),
    ("auth_user", "SELECT id, username FROM auth_user"),
    ("auth_group", "SELECT id, name FROM auth_group"),
];

impl Tables {
    /// Every value as it is.
    pub(crate) fn of(file: &Path) -> Self {
        Self::read(file, &HashMap::new())
    }

    /// With names in place of the numbers of rows whose models have natural keys.
    pub(crate) fn by_name(file: &Path) -> Self {
        let database = open(file);
        let names = NAMES.map(|(table, sql)| {
            let mut statement = database.prepare(sql).expect("the table is there");
            let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)));
            (table, rows.expect("the query runs").collect::<Result<_, _>>().expect("every row has a name"))
        });
        Self::read(file, &names.into_iter().collect())
    }

    fn read(file: &Path, names: &HashMap<&str, HashMap<i64, String>>) -> Self {
        let database = open(file);
        let tables = strings(
            &database,
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'django_migrations'",
        );
        Self(tables.into_iter().map(|table| (table.clone(), rows(&database, &table, names))).collect())
    }

    /// How many rows a table has.
    pub(crate) fn count(&self, table: &str) -> usize {
        self.0[table].len()
    }

    /// Fails at the first row that is not in both.
    pub(crate) fn assert_same(&self, other: &Self) {
        assert_eq!(self.0.keys().collect::<Vec<_>>(), other.0.keys().collect::<Vec<_>>(), "other tables");
        for (table, rows) in &self.0 {
            assert_eq!(rows.len(), other.0[table].len(), "rows of `{table}`");
            for (ours, theirs) in rows.iter().zip(&other.0[table]) {
                assert_eq!(ours, theirs, "a row of `{table}`");
            }
        }
    }
}

fn rows(
    database: &Connection,
    table: &str,
    names: &HashMap<&str, HashMap<i64, String>>,
) -> Vec<BTreeMap<String, String>> {
    let mut pointing: HashMap<String, &HashMap<i64, String>> = HashMap::new();
    let keys = format!("SELECT \"from\" || '>' || \"table\" FROM pragma_foreign_key_list('{table}')");
    for key in strings(database, &keys) {
        let (column, target) = key.split_once('>').expect("both were asked for");
        pointing.extend(names.get(target).map(|names| (column.to_owned(), names)));
    }
    let without_number = PAIRS.contains(&table) || names.contains_key(table);
    let mut statement = database.prepare(&format!("SELECT * FROM {table}")).expect("the table is there");
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let found = statement.query_map([], |row| {
        let mut values = BTreeMap::new();
        for (at, column) in columns.iter().enumerate() {
            let value: Value = row.get(at)?;
            let shown = match (&value, pointing.get(column)) {
                (Value::Integer(number), Some(names)) => names.get(number).cloned(),
                _ => None,
            };
            values.insert(column.clone(), shown.unwrap_or_else(|| format!("{value:?}")));
        }
        if without_number {
            values.remove("id");
        }
        Ok(values)
    });
    let mut found: Vec<_> = found.expect("the query runs").collect::<Result<_, _>>().expect("every row is read");
    found.sort();
    found
}

fn strings(database: &Connection, sql: &str) -> Vec<String> {
    let mut statement = database.prepare(sql).expect("the statement is well formed");
    let rows = statement.query_map([], |row| row.get(0)).expect("the query runs");
    rows.collect::<Result<_, _>>().expect("every row is text")
}

fn open(file: &Path) -> Connection {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the database opens")
}
