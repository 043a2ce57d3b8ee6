//! Standard deviation, variance and any value.

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context};
use rusqlite::types::Value;

use super::{Outcome, deterministic};

/// Count, mean and squared differences so far (Welford's method): one pass, and no digits are lost.
#[derive(Default)]
struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
}

struct Statistic {
    sample: bool,
    root: bool,
}

impl Aggregate<Spread, Option<f64>> for Statistic {
    fn init(&self, _: &mut Context<'_>) -> Outcome<Spread> {
        Ok(Spread::default())
    }

    fn step(&self, context: &mut Context<'_>, spread: &mut Spread) -> Outcome<()> {
        let Some(number) = context.get::<Option<f64>>(0)? else { return Ok(()) };
        spread.count += 1.0;
        let before = number - spread.mean;
        spread.mean += before / spread.count;
        spread.squares += before * (number - spread.mean);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, spread: Option<Spread>) -> Outcome<Option<f64>> {
        let spread = spread.unwrap_or_default();
        let count = if self.sample { spread.count - 1.0 } else { spread.count };
        let variance = (count > 0.0).then(|| spread.squares / count);
        Ok(variance.map(|variance| if self.root { variance.sqrt() } else { variance }))
    }
}

struct AnyValue;

impl Aggregate<Option<Value>, Option<Value>> for AnyValue {
    fn init(&self, _: &mut Context<'_>) -> Outcome<Option<Value>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, kept: &mut Option<Value>) -> Outcome<()> {
        if kept.is_none() {
            *kept = Some(context.get(0)?);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, kept: Option<Option<Value>>) -> Outcome<Option<Value>> {
        Ok(kept.flatten())
    }
}

pub(super) fn register(connection: &Connection) -> Outcome<()> {
    for (name, sample, root) in
        [("STDDEV_POP", false, true), ("STDDEV_SAMP", true, true), ("VAR_POP", false, false), ("VAR_SAMP", true, false)]
    {
        connection.create_aggregate_function(name, 1, deterministic(), Statistic { sample, root })?;
    }
    connection.create_aggregate_function("ANY_VALUE", 1, deterministic(), AnyValue)
}
