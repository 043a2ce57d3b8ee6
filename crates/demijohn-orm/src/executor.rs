//! [`Executor`]: where a query runs.

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Models};
use demijohn_sql::Connection;

use crate::{Db, Tx, Watch};

/// What a statement does with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// It reads them.
    Read,
    /// It makes, changes or removes them, or locks them.
    Write,
}

/// Where a query runs: the database ([`Db`]) or a transaction ([`Tx`]).
///
/// Every method that runs a query takes `&dyn Executor`, so `&db` and `tx` are written alike and there is one of each.
#[diagnostic::on_unimplemented(
    message = "a query runs on the database, not on `{Self}`",
    label = "expected `&db` (a `Db`), or the `tx` of `atomic`",
    note = "the row of a key is `Post::objects().with_key(1).get(&db)`, a row that something else is true of `.filter(|p| …).get(&db)`"
)]
pub trait Executor: Send + Sync {
    /// What runs the statements.
    fn connection(&self) -> &dyn Connection;

    /// The models of the site: deleting asks them who points to a row.
    fn models(&self) -> &Models;

    /// What runs a statement on the rows of a model: where a router sends it, and only if no transaction of this
    /// database is open around it.
    ///
    /// # Errors
    /// `orm.outside_transaction` for a database's own handle inside its transaction; what the router's choice reports
    /// when it cannot be reached.
    fn connection_for(&self, model: &'static ModelMeta, access: Access) -> Result<&dyn Connection> {
        let _ = (model, access);
        Ok(self.connection())
    }

    /// What watches the statements.
    fn watch(&self) -> &Watch;

    /// The database, if it is not a transaction.
    fn as_db(&self) -> Option<&Db>;

    /// The transaction, if it is one.
    fn as_tx(&self) -> Option<&Tx>;
}
