//! [`Watch`]: what watches the statements of a handle: a log, the threshold of slow ones, `tracing`.

use std::future::Future;
use std::time::{Duration, Instant};

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_web::QueryLog;
use tracing::Instrument as _;

/// What watches the statements of a handle.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Where they are listed: a request's debug page, a test.
    pub log: Option<QueryLog>,
    /// Those that take longer are reported: with `tracing::warn!`, target `demijohn::query`, or on standard error.
    pub slow: Option<Duration>,
}

impl Watch {
    /// Runs a statement under watch. A handle that nobody watches pays for two comparisons.
    pub(crate) async fn over<T>(
        &self,
        sql: &str,
        parameters: impl FnOnce() -> String,
        statement: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let traced = tracing::enabled!(target: "demijohn::query", tracing::Level::DEBUG);
        if self.log.is_none() && self.slow.is_none() && !traced {
            return statement.await;
        }
        let start = Instant::now();
        let result = if traced {
            let span = tracing::debug_span!(target: "demijohn::query", "query", sql, error = tracing::field::Empty);
            let result = statement.instrument(span.clone()).await;
            if let Err(error) = &result {
                span.record("error", error.code());
            }
            result
        } else {
            statement.await
        };
        let took = start.elapsed();
        if self.slow.is_some_and(|slow| took >= slow) {
            report_slow(sql, took);
        }
        if let Some(log) = &self.log {
            log.record(sql, parameters(), took);
        }
        result
    }
}

/// Tells of a slow statement: to the program's `tracing` subscriber, or to standard error when it has none. The values
/// are not shown: they may be secrets.
#[cold]
fn report_slow(sql: &str, took: Duration) {
    let seconds = took.as_secs_f64();
    if tracing::dispatcher::has_been_set() {
        tracing::warn!(target: "demijohn::query", sql, seconds, "slow query");
    } else {
        demijohn_web::__private::note(&format!("slow query, {seconds:.3} s: {sql}"));
    }
}

/// The values beside a statement, cut short: for the debug page, in development only.
pub(crate) fn parameters(params: &[Value]) -> String {
    let shown = params.iter().take(20).map(|value| value.to_string().chars().take(40).collect::<String>());
    shown.collect::<Vec<_>>().join(", ")
}
