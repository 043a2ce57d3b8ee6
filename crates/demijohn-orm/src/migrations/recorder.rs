//! The table in which a database remembers its migrations: Django's own, `django_migrations`.

use std::collections::{HashMap, HashSet};

use demijohn_core::Result;
use demijohn_core::model::{FieldKind, Timestamp, Value};
use demijohn_sql::schema::{Change, Existing, Table, TableColumn, quoted, write};
use demijohn_sql::{Connection, Statement};

use super::inspect;

const TABLE: &str = "django_migrations";

/// The recorded migrations: app and name of each.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    done: HashSet<(String, String)>,
    begun: HashMap<(String, String), Begun>,
}

/// How far a migration came that is not one transaction.
///
/// It is recorded beside the others, in the name of a row: `0002_more (2 of 5 steps)`. Django, which may share the
/// table, passes over names that it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Begun {
    /// So many of its steps are applied.
    pub(crate) done: usize,
    /// So many steps it had.
    pub(crate) of: usize,
}

impl Begun {
    /// The name under which it is recorded.
    pub(crate) fn name(self, migration: &str) -> String {
        format!("{migration} ({} of {} steps)", self.done, self.of)
    }

    fn parse(name: &str) -> Option<(&str, Self)> {
        let (migration, steps) = name.strip_suffix(" steps)")?.split_once(" (")?;
        let (done, of) = steps.split_once(" of ")?;
        Some((migration, Self { done: done.parse().ok()?, of: of.parse().ok()? }))
    }
}

impl Applied {
    /// Reads what the database remembers; nothing when it never saw a migration.
    pub(crate) async fn read(connection: &dyn Connection) -> Result<Self> {
        if !inspect::has_table(connection, TABLE).await? {
            return Ok(Self::default());
        }
        let name = |name| quoted(name, connection.dialect());
        let sql = format!("SELECT {}, {} FROM {}", name("app"), name("name"), name(TABLE));
        let rows = inspect::rows(connection, &sql, Vec::new()).await?;
        let text = |value: Option<&Value>| value.and_then(Value::as_text).map(str::to_owned);
        let mut applied = Self::default();
        for (app, name) in rows.iter().filter_map(|row| Some((text(row.first())?, text(row.get(1))?))) {
            match Begun::parse(&name) {
                Some((name, begun)) => applied.begun.insert((app, name.to_owned()), begun).map(|_| ()),
                None => applied.done.replace((app, name)).map(|_| ()),
            };
        }
        Ok(applied)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.done.is_empty() && self.begun.is_empty()
    }

    pub(crate) fn has(&self, app: &str, name: &str) -> bool {
        self.done.contains(&(app.to_owned(), name.to_owned()))
    }

    /// How far it came, when it stopped between two of its steps.
    pub(crate) fn begun(&self, app: &str, name: &str) -> Option<Begun> {
        self.begun.get(&(app.to_owned(), name.to_owned())).copied()
    }

    /// It is applied as a whole.
    pub(crate) fn insert(&mut self, app: &str, name: &str) {
        self.begun.remove(&(app.to_owned(), name.to_owned()));
        self.done.insert((app.to_owned(), name.to_owned()));
    }

    /// Nothing of it is applied.
    pub(crate) fn remove(&mut self, app: &str, name: &str) {
        self.begun.remove(&(app.to_owned(), name.to_owned()));
        self.done.remove(&(app.to_owned(), name.to_owned()));
    }

    /// The names of an app that are recorded, sorted.
    pub(crate) fn of_app(&self, app: &str) -> Vec<&str> {
        let own = self.done.iter().filter(|(of, _)| of == app);
        let mut names: Vec<&str> = own.map(|(_, name)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}

/// Makes the table if it is not there.
pub(crate) async fn ensure_table(connection: &dyn Connection) -> Result<()> {
    if inspect::has_table(connection, TABLE).await? {
        return Ok(());
    }
    let column = |name: &str, kind| TableColumn::new(name, kind);
    let columns = vec![
        TableColumn { primary_key: true, auto: true, ..column("id", FieldKind::BigInt) },
        column("app", FieldKind::Varchar(255)),
        column("name", FieldKind::Varchar(255)),
        column("applied", FieldKind::Timestamp),
    ];
    let table = Table { columns, ..Table::new(TABLE) };
    for sql in write(&Change::CreateTable(table), connection.dialect(), &Existing::default())? {
        connection.execute(&Statement::plain(sql)).await?;
    }
    Ok(())
}

/// Remembers a migration. One that is remembered already keeps its row.
pub(crate) async fn record(connection: &dyn Connection, app: &str, name: &str) -> Result<()> {
    forget(connection, app, name).await?;
    let mut sql = format!("INSERT INTO {} (", quoted(TABLE, connection.dialect()));
    sql.push_str(&["app", "name", "applied"].map(|name| quoted(name, connection.dialect())).join(", "));
    sql.push_str(") VALUES (");
    for n in 1..=3 {
        sql.push_str(if n == 1 { "" } else { ", " });
        connection.dialect().placeholder(&mut sql, n);
    }
    sql.push(')');
    let params = vec![app.into(), name.into(), Value::Timestamp(Timestamp::now())];
    connection.execute(&Statement::new(sql, params)).await.map(|_| ())
}

/// Forgets a migration.
pub(crate) async fn forget(connection: &dyn Connection, app: &str, name: &str) -> Result<()> {
    let dialect = connection.dialect();
    let mut sql = format!("DELETE FROM {} WHERE {} = ", quoted(TABLE, dialect), quoted("app", dialect));
    dialect.placeholder(&mut sql, 1);
    sql.push_str(" AND ");
    sql.push_str(&quoted("name", dialect));
    sql.push_str(" = ");
    dialect.placeholder(&mut sql, 2);
    connection.execute(&Statement::new(sql, vec![app.into(), name.into()])).await.map(|_| ())
}
