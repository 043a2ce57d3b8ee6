//! The database of a request: one handle for everything in it, in one transaction where the app asks for that.

use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::TransactionOptions;
use demijohn_web::{RequestContext, Site};
use tokio::sync::OnceCell;

use crate::{Database, Db, Tx, Watch};

/// The handle that a request uses, kept for its next use.
#[derive(Clone)]
struct RequestDb(Db);

/// The transaction of a request, begun by the first that needs the database.
#[derive(Clone, Default)]
struct RequestTransaction(Arc<OnceCell<Arc<Tx>>>);

/// The database for a request: everything in it shares one handle, and so its log and its transaction.
pub(crate) async fn of_request(context: &RequestContext, site: &Site) -> Result<Db> {
    if let Some(RequestDb(db)) = context.get() {
        return Ok(db);
    }
    let slow = site.settings().slow_query;
    let watch = Watch { log: context.query_log().cloned(), slow: (!slow.is_zero()).then_some(slow) };
    let mut db = Database::of(site)?.db().await?.watched(watch);
    db.wrote = db.wrote.map(|_| Arc::default());
    if let Some(RequestTransaction(cell)) = context.get() {
        let tx = cell.get_or_try_init(|| async { db.begin(TransactionOptions::default()).await.map(Arc::new) }).await?;
        db.bound = Some(Arc::clone(tx));
    }
    if db.wrote.is_some() || db.bound.is_some() {
        context.insert(RequestDb(db.clone()));
    }
    Ok(db)
}

/// Runs a request in one transaction: committed when the answer is no error, else taken back.
pub(crate) async fn atomic_request(request: Request, next: Next) -> Response {
    let Some(context) = request.extensions().get::<RequestContext>().cloned() else {
        return next.run(request).await;
    };
    let transaction = RequestTransaction::default();
    context.insert(transaction.clone());
    let response = next.run(request).await;
    // What comes after (the session) is no part of the transaction.
    context.remove::<RequestTransaction>();
    context.remove::<RequestDb>();
    let Some(tx) = Arc::into_inner(transaction.0).and_then(OnceCell::into_inner) else { return response };
    match end(tx, response.status().as_u16() < 400).await {
        Ok(()) => response,
        Err(error) => error.into_response(),
    }
}

async fn end(tx: Arc<Tx>, commit: bool) -> Result<()> {
    let Some(tx) = Arc::into_inner(tx) else {
        let message = "the request is over, but a handle on its transaction is still in use; nothing was committed";
        return Err(Error::new(ErrorKind::Internal, "orm.transaction_in_use", message).with_hint(
            "give tasks and streams that outlive the request a handle of their own: `db.outside_transaction()`",
        ));
    };
    if commit { tx.commit().await } else { tx.rollback().await }
}
