//! [`create_tables`]: the tables of models, without any migration.

use demijohn_core::Result;
use demijohn_sql::Statement;
use demijohn_sql::schema::{Change, Existing, write};

use super::state::State;
use crate::{Db, Executor as _};

/// Makes the tables of every managed model that a handle knows, as they are now, and records no migration: for tests and
/// databases that are thrown away. (A site's own tables are made by [`migrate`](super::migrate()).)
///
/// # Errors
/// What the database reports, a table that is there already among it.
pub async fn create_tables(db: &Db) -> Result<()> {
    let connection = db.connection();
    let tables = State::from(db.models()).tables()?;
    let mut first = Vec::new();
    let mut then = Vec::new();
    for table in tables {
        let mut statements =
            write(&Change::CreateTable(table), connection.dialect(), &Existing::default())?.into_iter();
        first.extend(statements.next());
        then.extend(statements);
    }
    // Foreign keys come last: models may point to each other.
    for sql in first.into_iter().chain(then) {
        connection.execute(&Statement::plain(sql)).await?;
    }
    Ok(())
}
