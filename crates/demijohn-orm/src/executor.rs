//! [`Executor`]: where a query runs.

use demijohn_core::model::Models;
use demijohn_sql::Connection;
use demijohn_web::RequestContext;

use crate::{Db, Tx};

/// Where a query runs: the database ([`Db`]) or a transaction ([`Tx`]).
///
/// Every method that runs a query takes `&dyn Executor`, so `&db` and `tx` are written alike and there is one of each.
pub trait Executor: Send + Sync {
    /// What runs the statements.
    fn connection(&self) -> &dyn Connection;

    /// The models of the site: deleting asks them who points to a row.
    fn models(&self) -> &Models;

    /// The request whose debug page lists the statements.
    fn log(&self) -> Option<&RequestContext>;

    /// The database, if it is not a transaction.
    fn as_db(&self) -> Option<&Db>;

    /// The transaction, if it is one.
    fn as_tx(&self) -> Option<&Tx>;
}
