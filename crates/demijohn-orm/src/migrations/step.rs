//! [`Step`]: a function of the user's that a migration runs.

use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use demijohn_core::Result;
use demijohn_web::BoxFuture;

use super::Past;
use crate::Tx;

type Function = dyn for<'a> Fn(&'a Tx, &'a Past) -> BoxFuture<'a, Result<u64>> + Send + Sync;

/// What [`Migration::run`](super::Migration::run) takes: an `async fn(tx: &Tx) -> Result<()>`, or one that also gets the
/// models as they are at that point, `async fn(tx: &Tx, past: &Past) -> Result<()>`. `Arguments` tells the two apart.
#[diagnostic::on_unimplemented(
    message = "a migration cannot run this",
    label = "expected an `async fn(tx: &Tx) -> Result<()>` or an `async fn(tx: &Tx, past: &Past) -> Result<()>`",
    note = "write it as a named `async fn` and pass its name; a closure cannot borrow the transaction"
)]
pub trait MigrationFn<'a, Arguments, Output = ()>: Send + Sync + 'static {
    /// What it gives back.
    type Future: Future<Output = Result<Output>> + Send + 'a;

    /// Calls it.
    fn call(&self, tx: &'a Tx, past: &'a Past) -> Self::Future;
}

impl<'a, F, Fut, Output> MigrationFn<'a, (Tx,), Output> for F
where
    F: Fn(&'a Tx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Output>> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, tx: &'a Tx, _: &'a Past) -> Fut {
        self(tx)
    }
}

impl<'a, F, Fut, Output> MigrationFn<'a, (Tx, Past), Output> for F
where
    F: Fn(&'a Tx, &'a Past) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Output>> + Send + 'a,
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
    /// Is it called again until it has nothing to do?
    in_portions: bool,
    function: Arc<Function>,
}

impl Step {
    pub(crate) fn new<A, F: for<'a> MigrationFn<'a, A>>(function: F) -> Self {
        let call: Arc<Function> = Arc::new(move |tx, past| {
            let done = function.call(tx, past);
            Box::pin(async move { done.await.map(|()| 0) })
        });
        Self::named(type_name::<F>(), false, call)
    }

    /// Of a function that says how many rows it changed, and is called again until there are none.
    pub(crate) fn in_portions<A, F: for<'a> MigrationFn<'a, A, u64>>(function: F) -> Self {
        Self::named(type_name::<F>(), true, Arc::new(move |tx, past| Box::pin(function.call(tx, past))))
    }

    fn named(path: &'static str, in_portions: bool, function: Arc<Function>) -> Self {
        let name = path.rsplit("::").next().unwrap_or(path);
        Self { name, path, in_portions, function }
    }

    pub(crate) fn is_in_portions(&self) -> bool {
        self.in_portions
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

    /// Does all of it.
    pub(crate) async fn run(&self, tx: &Tx, past: &Past) -> Result<()> {
        while self.portion(tx, past).await? {}
        Ok(())
    }

    /// Does one portion of it; is there another?
    pub(crate) async fn portion(&self, tx: &Tx, past: &Past) -> Result<bool> {
        (self.function)(tx, past).await.map(|rows| rows > 0)
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
