//! [`Editor`]: makes the changes of schema in a transaction, or writes down what it would do.

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::schema::{AlteredTable, Change, Existing, diff, quoted, write};
use demijohn_sql::{Connection, Dialect, Statement};

use super::cost;
use super::inspect;
use super::server::OnServer;
use super::state::{self, State, renames};
use super::stepwise::Outside;
use super::{Migration, Operation, Past};
use crate::{Executor as _, Tx};

/// Makes the changes of a migration.
pub(crate) enum Editor<'a> {
    /// In a transaction.
    Live(&'a Tx),
    /// Without a transaction around the whole, for steps that cannot be part of one.
    Outside(Outside<'a>),
    /// On paper: as they would be made in a database that has only what migrations made.
    Paper { dialect: &'static dyn Dialect, sql: Vec<String> },
}

impl Editor<'_> {
    /// Does the steps of a migration, from the state before it. The state is the one after it then.
    pub(crate) async fn forward(&mut self, migration: &Migration, state: &mut State) -> Result<()> {
        for operation in &migration.operations {
            let before = state.clone();
            operation.apply(&migration.app, state).map_err(|error| in_migration(error, migration))?;
            let step = StepOf { migration, operation, before: &before, after: state, backward: false };
            self.step(&step).await.map_err(|error| in_migration(error, migration))?;
        }
        Ok(())
    }

    /// Takes the steps of a migration back. `state` is the state before it.
    pub(crate) async fn backward(&mut self, migration: &Migration, state: &State) -> Result<()> {
        let states = states(migration, state)?;
        for (operation, pair) in migration.operations.iter().zip(states.windows(2)).rev() {
            let step = StepOf { migration, operation, before: &pair[1], after: &pair[0], backward: true };
            self.step(&step).await.map_err(|error| in_migration(error, migration))?;
        }
        Ok(())
    }

    /// Does one step in its direction.
    pub(super) async fn step(&mut self, step: &StepOf<'_>) -> Result<()> {
        if let Self::Paper { dialect, sql } = self {
            let costs = cost::of_step(step, *dialect)?;
            sql.extend(cost::lines(&costs).into_iter().map(|line| format!("-- {line}")));
        }
        match (step.operation, step.backward) {
            (Operation::RunSql { forward, .. }, false) => self.script(forward).await,
            (Operation::RunSql { backward, .. }, true) => self.script(backward.as_deref().unwrap_or_default()).await,
            (Operation::Run { forward, .. }, false) => self.function(Some(forward), step.before).await,
            (Operation::Run { backward, .. }, true) => self.function(backward.as_ref(), step.before).await,
            (Operation::Separate { database, .. }, _) => Box::pin(self.separate(step, database)).await,
            (Operation::OnServer(own), _) if self.dialect().name() == "postgres" => self.on_server(step, own).await,
            _ => {
                for change in step.changes()? {
                    self.change(&change).await?;
                }
                Ok(())
            }
        }
    }

    /// The steps for the database alone, from the state before the step as a whole.
    async fn separate(&mut self, step: &StepOf<'_>, database: &[Operation]) -> Result<()> {
        let app = &step.migration.app;
        let first = if step.backward { step.after } else { step.before };
        let mut states = vec![first.clone()];
        for operation in database {
            let mut next = states.last().expect("the first was put in above").clone();
            operation.apply(app, &mut next)?;
            states.push(next);
        }
        let mut steps: Vec<(&Operation, &[State])> = database.iter().zip(states.windows(2)).collect();
        if step.backward {
            steps.reverse();
        }
        for (operation, pair) in steps {
            let (before, after) = if step.backward { (&pair[1], &pair[0]) } else { (&pair[0], &pair[1]) };
            let inner = StepOf { migration: step.migration, operation, before, after, backward: step.backward };
            self.step(&inner).await?;
        }
        Ok(())
    }

    /// What only PostgreSQL knows, in its own words.
    async fn on_server(&mut self, step: &StepOf<'_>, own: &OnServer) -> Result<()> {
        // The index or the constraint is in the state after it was made.
        let with = if step.after.models == step.before.models || !step.backward { step.after } else { step.before };
        let with = if matches!(own, OnServer::RemoveIndexConcurrently { .. }) {
            if step.backward { step.after } else { step.before }
        } else {
            with
        };
        let mut table = match own.model() {
            Some(model) => Some(with.table_of(&step.migration.app, model)?),
            None => None,
        };
        if let (
            OnServer::AddIndexConcurrently { index, .. } | OnServer::RemoveIndexConcurrently { index, .. },
            Some(table),
        ) = (own, &mut table)
        {
            let model = with.require(&step.migration.app, own.model().unwrap_or_default())?;
            table.indexes = vec![state::table_index(model, index)?];
        }
        if let (Self::Outside(outside), true) = (&mut *self, own.is_concurrent())
            && let Some((table, index)) = table.as_ref().and_then(|table| Some((&table.name, table.indexes.last()?)))
            && outside.is_done(table, index, own.builds(step.backward)).await?
        {
            return Ok(());
        }
        for sql in own.statements(table.as_ref(), step.backward) {
            self.statement(sql).await?;
        }
        Ok(())
    }

    fn dialect(&self) -> &'static dyn Dialect {
        match self {
            Self::Live(tx) => tx.connection().dialect(),
            Self::Outside(outside) => outside.driver.dialect(),
            Self::Paper { dialect, .. } => *dialect,
        }
    }

    async fn statement(&mut self, sql: String) -> Result<()> {
        let connection: &dyn Connection = match self {
            Self::Live(tx) => tx.connection(),
            Self::Outside(outside) => outside.driver,
            Self::Paper { sql: lines, .. } => {
                lines.push(sql);
                return Ok(());
            }
        };
        let statement = Statement::plain(sql);
        let done = connection.execute(&statement).await;
        done.map(|_| ()).map_err(|error| with_sql(error, &statement.sql))
    }

    async fn script(&mut self, sql: &str) -> Result<()> {
        if sql.trim().is_empty() {
            return Ok(());
        }
        match self {
            Self::Live(tx) => tx.connection().execute_script(sql).await.map_err(|error| with_sql(error, sql)),
            Self::Outside(outside) => outside.driver.execute_script(sql).await.map_err(|error| with_sql(error, sql)),
            Self::Paper { sql: lines, .. } => {
                lines.push(sql.trim().trim_end_matches(';').to_owned());
                Ok(())
            }
        }
    }

    async fn function(&mut self, step: Option<&super::Step>, state: &State) -> Result<()> {
        let Some(step) = step else { return Ok(()) };
        match self {
            Self::Live(tx) => step.run(tx, &Past::new(state.clone())).await,
            Self::Outside(outside) => {
                let past = Past::new(state.clone());
                let mut has_more = true;
                while has_more {
                    let tx = outside.begin().await?;
                    has_more = step.portion(&tx, &past).await?;
                    tx.commit().await?;
                }
                Ok(())
            }
            Self::Paper { sql, .. } => {
                sql.push(format!("-- runs the function `{}`", step.name()));
                Ok(())
            }
        }
    }

    async fn change(&mut self, change: &Change) -> Result<()> {
        match self {
            Self::Live(tx) => make(tx.connection(), change).await,
            Self::Outside(outside) => {
                let tx = outside.begin().await?;
                make(tx.connection(), change).await?;
                tx.commit().await
            }
            Self::Paper { dialect, sql } => {
                sql.extend(write(change, *dialect, &Existing::default())?);
                Ok(())
            }
        }
    }
}

async fn make(connection: &dyn Connection, change: &Change) -> Result<()> {
    let existing = examine(connection, change).await?;
    for sql in write(change, connection.dialect(), &existing)? {
        let statement = Statement::plain(sql);
        let done = connection.execute(&statement).await;
        done.map_err(|error| of_rebuilt(with_sql(error, &statement.sql), change))?;
    }
    Ok(())
}

/// The states around the steps of a migration, from the one before it to the one after it.
pub(super) fn states(migration: &Migration, before: &State) -> Result<Vec<State>> {
    let mut states = vec![before.clone()];
    for operation in &migration.operations {
        let mut next = states.last().expect("the first was put in above").clone();
        operation.apply(&migration.app, &mut next).map_err(|error| in_migration(error, migration))?;
        states.push(next);
    }
    Ok(states)
}

/// One step of a migration with the states around it, in the direction in which it is made.
pub(super) struct StepOf<'a> {
    pub(super) migration: &'a Migration,
    pub(super) operation: &'a Operation,
    pub(super) before: &'a State,
    pub(super) after: &'a State,
    pub(super) backward: bool,
}

impl StepOf<'_> {
    /// The difference that it makes to the tables.
    pub(super) fn changes(&self) -> Result<Vec<Change>> {
        let app = &self.migration.app;
        let renamed = self.operation.renamed(app);
        let renamed = if self.backward { renamed.reversed() } else { renamed };
        let mut fills = Vec::new();
        if let Some((model, name, fill)) = self.operation.fill(self.backward) {
            let model = self.after.require(app, model)?;
            let field = model.field(name).ok_or_else(|| model.unknown_field(name))?;
            fills.push((model.table.clone(), field.column_for(name), fill.clone()));
        }
        let names = renames(self.before, self.after, &renamed);
        Ok(diff(&self.before.tables()?, &self.after.tables()?, &names, &fills))
    }
}

/// Asks the database what it must say before a change, and refuses what cannot end well.
async fn examine(connection: &dyn Connection, change: &Change) -> Result<Existing> {
    match change {
        Change::CreateTable(table) if inspect::has_table(connection, &table.name).await? => {
            let message = format!("the table `{}` is there already", table.name);
            Err(Error::new(ErrorKind::Conflict, "migrations.table_exists", message)
                .with_hint("if it is the right one, `migrate --fake-initial` records the migration without making it"))
        }
        Change::Unlink { table, .. } => inspect::existing(connection, &table.name).await,
        Change::RenameIndex { table, .. } => inspect::existing(connection, &table.name).await,
        Change::AlterTable(altered) => {
            refuse_empty(connection, altered).await?;
            inspect::existing(connection, &altered.before.name).await
        }
        _ => Ok(Existing::default()),
    }
}

/// Rows that would be NULL where NULL is forbidden are counted before anything is touched.
async fn refuse_empty(connection: &dyn Connection, altered: &AlteredTable) -> Result<()> {
    let table = &altered.before.name;
    for (column, is_new) in altered.unfilled_columns() {
        let name = &column.name;
        let is_null = || format!("{} IS NULL", quoted(name, connection.dialect()));
        let condition = if is_new { "1 = 1".to_owned() } else { is_null() };
        let count = inspect::count(connection, table, &condition).await?;
        if count > 0 {
            let (rows, have) = if count == 1 { ("row", "has") } else { ("rows", "have") };
            let message = format!("{count} {rows} of `{table}` {have} no value for `{name}`, which may not be NULL");
            return Err(Error::new(ErrorKind::Conflict, "migrations.no_value", message).with_hint(
                "give the rows that are there a value: `.fill_with(…)` on the field in the migration, \
                 or `.remove_field_restoring(…)` to take a removal back",
            ));
        }
    }
    Ok(())
}

/// The table beside the old one is nobody's business: errors speak of the table that it becomes.
fn of_rebuilt(error: Error, change: &Change) -> Error {
    let Change::AlterTable(altered) = change else { return error };
    let beside = format!("new__{}", altered.after.name);
    if !error.message().contains(&beside) {
        return error;
    }
    let message = error.message().replace(&beside, &altered.after.name);
    renamed(error, message)
}

fn with_sql(error: Error, sql: &str) -> Error {
    if error.excerpt().is_some() { error } else { error.with_excerpt(sql.to_owned()) }
}

/// Says which migration an error came up in.
pub(super) fn in_migration(error: Error, migration: &Migration) -> Error {
    let message = format!("migration `{}` failed: {}", migration.full_name(), error.message());
    renamed(error, message)
}

/// The same error in other words.
pub(super) fn renamed(error: Error, message: String) -> Error {
    let mut named = Error::new(error.kind(), error.code(), message);
    // Of a table that is not there the hint is to migrate, which is what goes on here.
    let is_idle = matches!(error.code(), "orm.no_such_table" | "orm.no_such_column");
    if let Some(hint) = error.hint().filter(|_| !is_idle) {
        named = named.with_hint(hint.to_owned());
    }
    if let Some(excerpt) = error.excerpt() {
        named = named.with_excerpt(excerpt.to_owned());
    }
    match error.source() {
        Some(source) => named.with_source(source.to_string()),
        None => named,
    }
}
