//! [`Explain`]: how the database would find the rows.

use demijohn_core::Result;
use demijohn_sql::{Dialect, Flow, Row, Statement, ValueRef};

use super::QuerySet;
use crate::{Access, Executor, Model, Shape, run};

/// How a database would run a query, in its own words.
#[derive(Debug, Clone)]
#[must_use = "nothing is asked until `.get(&db)` is awaited"]
pub struct Explain {
    select: demijohn_sql::Select,
    analyze: bool,
    json: bool,
}

impl Explain {
    /// Runs the query too, and says how long each part took (PostgreSQL and MariaDB; SQLite cannot tell).
    pub fn analyze(mut self) -> Self {
        self.analyze = true;
        self
    }

    /// In JSON, where the database can (PostgreSQL and MariaDB).
    pub fn json(mut self) -> Self {
        self.json = true;
        self
    }

    /// The SQL it would run, with its values beside it.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Statement {
        let statement = demijohn_sql::writer::select(self.select.clone(), dialect);
        let how = match (dialect.name(), self.analyze, self.json) {
            ("sqlite", ..) => "EXPLAIN QUERY PLAN ",
            ("postgres", false, false) => "EXPLAIN ",
            ("postgres", true, false) => "EXPLAIN (ANALYZE) ",
            ("postgres", false, true) => "EXPLAIN (FORMAT JSON) ",
            ("postgres", true, true) => "EXPLAIN (ANALYZE, FORMAT JSON) ",
            (_, false, false) => "EXPLAIN ",
            (_, true, false) => "ANALYZE ",
            (_, false, true) => "EXPLAIN FORMAT=JSON ",
            (_, true, true) => "ANALYZE FORMAT=JSON ",
        };
        Statement::new(format!("{how}{}", statement.sql), statement.params)
    }

    /// Asks the database. Each row of its answer is a line, its columns are apart by tabs; of SQLite's only the last
    /// column is for people.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn get(self, db: &dyn Executor) -> Result<String> {
        let connection = db.connection_for(self.select.model(), Access::Read)?;
        let name = connection.dialect().name();
        let statement = self.to_sql(connection.dialect());
        let mut lines = Vec::new();
        run::query_on(db, connection, &statement, &mut |row| {
            let first = if name == "sqlite" { row.len() - 1 } else { 0 };
            let columns: Result<Vec<String>> = (first..row.len()).map(|column| shown(row, column)).collect();
            lines.push(columns?.join("\t"));
            Ok(Flow::More)
        })
        .await?;
        Ok(lines.join("\n"))
    }
}

fn shown(row: &dyn Row, column: usize) -> Result<String> {
    Ok(match row.get(column)? {
        ValueRef::Text(text) => text.to_owned(),
        ValueRef::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Json(document) => document.to_string(),
        other => other.to_value().to_string(),
    })
}

impl<M: Model, S: Shape> QuerySet<M, S> {
    /// How the database would find the rows: `.explain().get(&db)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Postgres;
    /// # fn main() {
    /// assert_eq!(
    ///     User::objects().with_key(7).explain().analyze().json().to_sql(&Postgres).sql,
    ///     r#"EXPLAIN (ANALYZE, FORMAT JSON) SELECT "id", "username" FROM "auth_user" WHERE "id" = $1"#
    /// );
    /// # }
    /// ```
    pub fn explain(self) -> Explain {
        Explain { select: self.prepared(), analyze: false, json: false }
    }
}
