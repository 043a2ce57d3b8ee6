//! The table in which a database remembers its migrations: Django's own, `django_migrations`.

use std::collections::HashSet;

use demijohn_core::Result;
use demijohn_core::model::{FieldKind, Timestamp, Value};
use demijohn_sql::schema::{Change, Existing, Table, TableColumn, quoted, write};
use demijohn_sql::{Connection, Statement};

use super::inspect;

const TABLE: &str = "django_migrations";

/// The recorded migrations: app and name of each.
#[derive(Debug, Default)]
pub(crate) struct Applied(HashSet<(String, String)>);

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
        Ok(Self(rows.iter().filter_map(|row| Some((text(row.first())?, text(row.get(1))?))).collect()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, app: &str, name: &str) -> bool {
        self.0.contains(&(app.to_owned(), name.to_owned()))
    }

    pub(crate) fn insert(&mut self, app: &str, name: &str) {
        self.0.insert((app.to_owned(), name.to_owned()));
    }

    pub(crate) fn remove(&mut self, app: &str, name: &str) {
        self.0.remove(&(app.to_owned(), name.to_owned()));
    }

    /// The names of an app that are recorded, sorted.
    pub(crate) fn of_app(&self, app: &str) -> Vec<&str> {
        let own = self.0.iter().filter(|(of, _)| of == app);
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
