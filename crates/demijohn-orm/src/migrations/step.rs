//! [`Step`]: a function of the user's that a migration runs.

use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use demijohn_core::Result;
use demijohn_web::BoxFuture;

use super::Past;
use crate::Tx;

type Function = dyn for<'a> Fn(&'a Tx, &'a Past) -> BoxFuture<'a, Result<()>> + Send + Sync;

/// What [`Migration::run`](super::Migration::run) takes: an `async fn(tx: &Tx) -> Result<()>`, or one that also gets the
/// models as they are at that point, `async fn(tx: &Tx, past: &Past) -> Result<()>`. `Arguments` tells the two apart.
#[diagnostic::on_unimplemented(
    message = "a migration cannot run this",
    label = "expected an `async fn(tx: &Tx) -> Result<()>` or an `async fn(tx: &Tx, past: &Past) -> Result<()>`",
    note = "write it as a named `async fn` and pass its name; a closure cannot borrow the transaction"
)]
pub trait MigrationFn<'a, Arguments>: Send + Sync + 'static {
    /// What it gives back.
    type Future: Future<Output = Result<()>> + Send + 'a;

    /// Calls it.
    fn call(&self, tx: &'a Tx, past: &'a Past) -> Self::Future;
}

impl<'a, F, Fut> MigrationFn<'a, (Tx,)> for F
where
    F: Fn(&'a Tx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, tx: &'a Tx, _: &'a Past) -> Fut {
        self(tx)
    }
}

impl<'a, F, Fut> MigrationFn<'a, (Tx, Past)> for F
where
    F: Fn(&'a Tx, &'a Past) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, tx: &'a Tx, past: &'a Past) -> Fut {
        self(tx, past)
    }
}

/// A function of the user's, with its type forgotten.
#[derive(Clone)]
pub(crate) struct Step {
    name: &'static str,
    /// With the crate and the modules it is in.
    path: &'static str,
    function: Arc<Function>,
}

impl Step {
    pub(crate) fn new<A, F: for<'a> MigrationFn<'a, A>>(function: F) -> Self {
        let path = type_name::<F>();
        let name = path.rsplit("::").next().unwrap_or(path);
        Self { name, path, function: Arc::new(move |tx, past| Box::pin(function.call(tx, past))) }
    }

    /// The function's name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The path by which its own crate knows it; `nothing` is in the prelude.
    pub(crate) fn path(&self) -> String {
        match self.path.split_once("::") {
            _ if self.path == type_name_of(&nothing) => "nothing".to_owned(),
            Some((_, path)) => format!("crate::{path}"),
            None => self.path.to_owned(),
        }
    }

    pub(crate) async fn run(&self, tx: &Tx, past: &Past) -> Result<()> {
        (self.function)(tx, past).await
    }
}

fn type_name_of<T>(_: &T) -> &'static str {
    type_name::<T>()
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
