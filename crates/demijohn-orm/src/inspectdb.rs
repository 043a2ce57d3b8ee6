//! [`inspectdb`]: the tables of a live database as Rust source, one `#[derive(Model)]` for each.
//!
//! ```
//! # use demijohn_orm::{Db, Executor as _};
//! # use demijohn_orm::inspectdb::{InspectOptions, inspectdb};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> demijohn_core::Result<()> {
//! let db = Db::connect("sqlite::memory:", Default::default()).await?;
//! db.connection().execute_script("CREATE TABLE shop_cup (id integer PRIMARY KEY, name varchar(20) NOT NULL)").await?;
//! let source = inspectdb(db.connection(), &InspectOptions::default()).await?;
//! assert!(source.contains(
//!     "#[derive(Model, Debug, Clone)]
//! #[model(table = \"shop_cup\", unmanaged)]
//! pub struct ShopCup {
//!     pub id: i64,
//!     #[field(max_length = 20)]
//!     pub name: String,
//! }"
//! ));
//! # Ok(()) }
//! ```

mod column_type;
mod keys;
mod names;
mod plan;
mod raw;
mod write;

use demijohn_core::{Error, ErrorKind, Result, suggest};
use demijohn_sql::Connection;
use demijohn_sql::schema::Table;

use crate::introspect;
use raw::RawType;

/// What [`inspectdb`] looks at.
#[derive(Debug, Clone, Default)]
pub struct InspectOptions {
    /// These tables and views alone; all tables without.
    pub tables: Vec<String>,
    /// Views, too.
    pub include_views: bool,
}

/// A table or view as the database has it, and the types of its columns in the database's words.
struct Inspected {
    table: Table,
    /// For each column.
    types: Vec<RawType>,
    /// Its foreign keys: columns, table, columns there.
    keys: Vec<(Vec<String>, String, Vec<String>)>,
    is_view: bool,
}

/// Writes the source of a model for each table, in the order of their names.
///
/// The models are `unmanaged`: migrations leave their tables alone. What the database does not say, and what has no
/// Rust type, stands in comments with the database's own words. Every column that is written can be read.
///
/// # Errors
/// `inspectdb.unknown_table`, with the choices, when one is named that is not there; what the database reports.
pub async fn inspectdb(connection: &dyn Connection, options: &InspectOptions) -> Result<String> {
    let mut inspected = Vec::new();
    for (name, is_view) in chosen(connection, options).await? {
        let found = introspect::find(connection, &name).await?;
        let types = raw::types(connection, &name, &found).await?;
        let keys = found.keys.iter().map(|key| (key.columns.clone(), key.table.clone(), key.targets.clone())).collect();
        let table = introspect::described(&name, found, connection);
        inspected.push(Inspected { table, types, keys, is_view });
    }
    let models = plan::plan(&inspected, connection.dialect());
    Ok(write::source(&models))
}

/// The names of what is inspected, each with whether it is a view.
async fn chosen(connection: &dyn Connection, options: &InspectOptions) -> Result<Vec<(String, bool)>> {
    let tables = introspect::tables(connection).await?;
    let views = introspect::views(connection).await?;
    let all = tables.iter().map(|name| (name, false)).chain(views.iter().map(|name| (name, true)));
    if let Some(unknown) = options.tables.iter().find(|name| !tables.contains(name) && !views.contains(name)) {
        return Err(unknown_table(unknown, all.map(|(name, _)| name.as_str()).collect()));
    }
    let is_wanted = |name: &String, is_view: bool| {
        if options.tables.is_empty() { !is_view || options.include_views } else { options.tables.contains(name) }
    };
    Ok(all.filter(|(name, is_view)| is_wanted(name, *is_view)).map(|(name, view)| (name.clone(), view)).collect())
}

#[cold]
fn unknown_table(name: &str, choices: Vec<&str>) -> Error {
    let shown: String = name.chars().take(80).flat_map(char::escape_debug).collect();
    let list = suggest::list(choices.iter().copied());
    let message = format!("unknown table `{shown}`; choices are {list}");
    let error = Error::new(ErrorKind::Invalid, "inspectdb.unknown_table", message);
    match suggest::nearest(name, choices) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error,
    }
}
