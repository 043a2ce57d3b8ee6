//! [`Step`]: a function of the user's that a migration runs.

use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use demijohn_core::Result;
use demijohn_web::BoxFuture;

use crate::Tx;

type Function = dyn for<'a> Fn(&'a Tx) -> BoxFuture<'a, Result<()>> + Send + Sync;

/// An `async fn(tx: &Tx) -> Result<()>`: what [`Migration::run`](super::Migration::run) takes.
#[diagnostic::on_unimplemented(
    message = "a migration cannot run this",
    label = "expected an `async fn(tx: &Tx) -> Result<()>`",
    note = "write it as a named `async fn` and pass its name; a closure cannot borrow the transaction"
)]
pub trait MigrationFn<'a>: Send + Sync + 'static {
    /// What it gives back.
    type Future: Future<Output = Result<()>> + Send + 'a;

    /// Calls it.
    fn call(&self, tx: &'a Tx) -> Self::Future;
}

impl<'a, F, Fut> MigrationFn<'a> for F
where
    F: Fn(&'a Tx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, tx: &'a Tx) -> Fut {
        self(tx)
    }
}

/// A function of the user's, with its type forgotten.
#[derive(Clone)]
pub(crate) struct Step {
    name: &'static str,
    function: Arc<Function>,
}

impl Step {
    pub(crate) fn new<F: for<'a> MigrationFn<'a>>(function: F) -> Self {
        let name = type_name::<F>();
        let name = name.rsplit("::").next().unwrap_or(name);
        Self { name, function: Arc::new(move |tx| Box::pin(function.call(tx))) }
    }

    /// The function's name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) async fn run(&self, tx: &Tx) -> Result<()> {
        (self.function)(tx).await
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Does nothing: the way back of a step whose effect may stay.
///
/// # Errors
/// Never.
pub async fn nothing(_tx: &Tx) -> Result<()> {
    Ok(())
}
