//! [`Costs`]: what the steps of migrations cost those who use tables with rows in them.

use demijohn_core::Result;
use demijohn_sql::schema::{self, Cost, quoted};
use demijohn_sql::{Connection, Dialect};

use super::editor::{StepOf, states};
use super::state::State;
use super::{Migration, Operation, inspect};

/// What each step of a migration costs, forwards, from the state before it.
pub(super) fn of_migration(migration: &Migration, before: &State, dialect: &dyn Dialect) -> Result<Vec<Vec<Cost>>> {
    let states = states(migration, before)?;
    let steps = migration.operations.iter().zip(states.windows(2));
    let steps = steps.map(|(operation, pair)| {
        of_step(&StepOf { migration, operation, before: &pair[0], after: &pair[1], backward: false }, dialect)
    });
    steps.collect()
}

/// What a step costs. Of SQL and functions nobody knows; what only a server does is there to cost nothing.
pub(super) fn of_step(step: &StepOf<'_>, dialect: &dyn Dialect) -> Result<Vec<Cost>> {
    match step.operation {
        Operation::RunSql { .. } | Operation::Run { .. } | Operation::Separate { .. } => Ok(Vec::new()),
        Operation::OnServer(_) if dialect.name() == "postgres" => Ok(Vec::new()),
        _ => Ok(step.changes()?.iter().flat_map(|change| schema::costs(change, dialect)).collect()),
    }
}

/// The costs of a step in one line for each table.
pub(super) fn lines(costs: &[Cost]) -> Vec<String> {
    let mut tables: Vec<&str> = Vec::new();
    for cost in costs {
        if !tables.contains(&cost.table.as_str()) {
            tables.push(&cost.table);
        }
    }
    tables.into_iter().filter_map(|table| line(costs.iter().filter(|cost| cost.table == table))).collect()
}

fn line<'a>(costs: impl Iterator<Item = &'a Cost>) -> Option<String> {
    let costs: Vec<&Cost> = costs.collect();
    let waits = costs.iter().map(|cost| cost.waits).max()?;
    let causes: Vec<&str> = costs.iter().map(|cost| cost.cause.as_str()).collect();
    let mut hints: Vec<&str> = Vec::new();
    for cost in &costs {
        if !hints.contains(&cost.hint) {
            hints.push(cost.hint);
        }
    }
    let whole = Cost { waits, cause: causes.join(" and "), ..costs[0].clone() };
    Some(format!("{whole} (instead: {})", hints.join("; or ")))
}

/// Leaves what a table without rows costs, or one that is not there yet: nothing.
pub(super) async fn with_rows(connection: &dyn Connection, costs: Vec<Cost>) -> Result<Vec<Cost>> {
    let mut kept: Vec<Cost> = Vec::new();
    for cost in costs {
        if kept.iter().any(|own| own.table == cost.table) || has_rows(connection, &cost.table).await? {
            kept.push(cost);
        }
    }
    Ok(kept)
}

async fn has_rows(connection: &dyn Connection, table: &str) -> Result<bool> {
    if !inspect::has_table(connection, table).await? {
        return Ok(false);
    }
    let sql = format!("SELECT 1 FROM {} LIMIT 1", quoted(table, connection.dialect()));
    Ok(inspect::number(connection, &sql).await? == 1)
}
