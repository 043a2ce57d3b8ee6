//! [`optimizemigration`]: the same migration with fewer steps.

use std::fmt;
use std::sync::Arc;

use demijohn_core::model::Models;
use demijohn_core::{Error, ErrorKind, Result};

use super::graph::{Graph, replay};
use super::make::{MadeMigration, Writer, shown};
use super::optimize::{elide, optimize};
use super::squash::functions_of;
use super::{Migration, Migrations, Operation, plan};

/// What [`optimizemigration`] wrote, or would write.
#[derive(Debug, Clone)]
pub struct OptimizeReport {
    /// The migration with fewer steps; `None` when there is nothing to do.
    pub made: Option<MadeMigration>,
    /// How many steps it had.
    pub steps_before: usize,
    /// The words for the steps that are left out because they are for the rows of their time alone.
    pub left_out: Vec<String>,
    /// The functions that a new file runs: they must be visible from its module.
    pub functions: Vec<String>,
}

impl fmt::Display for OptimizeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(made) = &self.made else { return writeln!(f, "no optimizations possible") };
        let migration = &made.migration;
        writeln!(f, "{}: {}", migration.app, shown(&made.path))?;
        writeln!(f, "  {} steps became {}", self.steps_before, migration.operations.len())?;
        self.left_out.iter().try_for_each(|step| writeln!(f, "  leaves out what is elidable: {step}"))?;
        if made.is_update {
            return Ok(());
        }
        for function in &self.functions {
            writeln!(f, "  runs `{function}`: make it `pub(crate)`, and move it before its migration is removed")?;
        }
        let replaced = migration.replaces.join("`, `");
        writeln!(
            f,
            "`{replaced}` has something that was written by hand, so it is left as it is: remove it and `.replaces(…)` when \
             every database has the new one"
        )
    }
}

/// Writes a migration anew with fewer steps, where that is possible. One with functions, or a file that was changed by
/// hand, is left as it is; another one stands for it then. With `check` nothing is written.
///
/// # Errors
/// `migrations.unknown_migration`; `migrations.optimizable` with `check`, when there is something to do;
/// `migrations.replaces` when a new one would have to stand for one that stands for others; folders that cannot be
/// written.
pub fn optimizemigration(
    models: &Models,
    migrations: &[Arc<Migrations>],
    app: &str,
    name: &str,
    check: bool,
) -> Result<OptimizeReport> {
    let graph = Graph::new(migrations)?;
    graph.require_app(app)?;
    let place = plan::resolve(&graph, app, name)?;
    let old = graph.migration(place);
    let (new, left_out) = optimized(&graph, place)?;
    let steps_before = old.operations.len();
    let mut report = OptimizeReport { made: None, steps_before, left_out, functions: Vec::new() };
    if new.operations.len() == steps_before {
        report.left_out.clear();
        return Ok(report);
    }
    if check {
        let message =
            format!("migration `{}` has {steps_before} steps and could have {}", old.full_name(), new.operations.len());
        return Err(Error::new(ErrorKind::Invalid, "migrations.optimizable", message)
            .with_hint(format!("run `optimizemigration {app} {}`", old.name)));
    }
    report.functions = new.operations.iter().flat_map(functions_of).collect();
    let mut writer = Writer::new(models, migrations);
    let made = match Some(new.clone()).filter(|_| report.functions.is_empty()).map(|new| writer.place_again(new)) {
        Some(Err(error)) if error.code() != "migrations.edited" => return Err(error),
        Some(Ok(made)) => made,
        _ => writer.place(standing_for(old, new)?)?,
    };
    writer.write(std::slice::from_ref(&made))?;
    report.made = Some(made);
    Ok(report)
}

fn optimized(graph: &Graph<'_>, place: usize) -> Result<(Migration, Vec<String>)> {
    let mut migration = graph.migration(place).clone();
    let parents = graph.with_parents([place]);
    let before = graph.state(|other, _| other != place && parents[other])?;
    let (kept, gone) = elide(migration.operations);
    migration.operations = optimize(&migration.app, &before, kept);
    replay(&migration, &mut before.clone())?;
    Ok((migration, gone.iter().map(Operation::words).collect()))
}

/// A migration of its own that stands for the one with more steps.
fn standing_for(old: &Migration, new: Migration) -> Result<Migration> {
    if !old.replaces.is_empty() {
        let message = format!(
            "migration `{}` has something that was written by hand, and stands for others already",
            old.full_name()
        );
        return Err(Error::new(ErrorKind::Invalid, "migrations.replaces", message)
            .with_hint("remove those and its `.replaces(…)` first, when every database has it"));
    }
    let name = format!("{}_optimized", old.name);
    Ok(Migration { name, replaces: vec![old.name.clone()], ..new })
}
