//! [`Stepwise`]: a migration that is not one transaction, because it says so or because the database has none for tables.
//!
//! Each step that can be is a transaction together with the record of how far the migration came ([`Begun`]); SQL and
//! concurrent work on indexes are not, and are done anew where a program stopped between them and the record.

use demijohn_core::model::{Models, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::schema::{TableIndex, drop_index_statement, quoted};
use demijohn_sql::{Dialect, Driver, Postgres, Statement};

use super::editor::{StepOf, in_migration, renamed, states};
use super::migrate::Progress;
use super::recorder::{self, Begun};
use super::state::State;
use super::{Editor, Migration, Operation, inspect};
use crate::transaction::TransactionTypes;
use crate::{Executor as _, Tx};

type Say<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// Is it done step by step on this database? What was begun so goes on so, whatever is said of it since.
pub(super) fn is_stepwise(migration: &Migration, begun: Option<Begun>, dialect: &dyn Dialect) -> bool {
    let is_asked = !migration.atomic || !keeps_tables(dialect) || begun.is_some();
    !migration.operations.is_empty() && is_asked
}

/// Can a transaction take back what was done to tables?
fn keeps_tables(dialect: &dyn Dialect) -> bool {
    dialect.name() != "mysql"
}

/// Work on indexes beside those who write needs a migration that is not one transaction.
pub(super) fn refuse_concurrent(migration: &Migration) -> Result<()> {
    let Some(own) = migration.operations.iter().find_map(Operation::concurrent).filter(|_| migration.atomic) else {
        return Ok(());
    };
    let message = format!("migration `{}` cannot {} inside a transaction", migration.full_name(), own.words());
    Err(Error::misconfigured("migrations.inside", message)
        .with_hint("add `.not_atomic()` to the migration, which had better have nothing else in it"))
}

/// A migration that is done step by step.
pub(super) struct Stepwise<'a> {
    pub(super) driver: &'a dyn Driver,
    pub(super) models: &'a Models,
    pub(super) migration: &'a Migration,
    /// How far it came before.
    pub(super) begun: Option<Begun>,
    /// Takes the step that it stopped at for done.
    pub(super) skip: bool,
}

impl Stepwise<'_> {
    /// Applies the steps that are not yet. They are all recorded as steps then, not yet as the migration.
    pub(super) async fn forward(&self, state: &State, progress: Say<'_>) -> Result<()> {
        let (first, states) = (self.start(progress, false).await?, states(self.migration, state)?);
        for (place, operation) in self.migration.operations.iter().enumerate().skip(first) {
            let (before, after) = (&states[place], &states[place + 1]);
            let step = StepOf { migration: self.migration, operation, before, after, backward: false };
            self.step(&step, place, progress).await.map_err(|error| self.at(error, place, false))?;
        }
        Ok(())
    }

    /// Takes back the steps that are applied; `state` is the one before the migration.
    pub(super) async fn backward(&self, state: &State, progress: Say<'_>) -> Result<()> {
        let (first, states) = (self.start(progress, true).await?, states(self.migration, state)?);
        for (place, operation) in self.migration.operations.iter().enumerate().take(first).rev() {
            let (before, after) = (&states[place + 1], &states[place]);
            let step = StepOf { migration: self.migration, operation, before, after, backward: true };
            self.step(&step, place, progress).await.map_err(|error| self.at(error, place, true))?;
        }
        Ok(())
    }

    /// How many steps are applied, with a word on where it goes on.
    async fn start(&self, progress: Say<'_>, backward: bool) -> Result<usize> {
        let of = self.migration.operations.len();
        let usual = Begun { done: if backward { of } else { 0 }, of };
        let begun = self.begun.unwrap_or(usual);
        if begun.of != of && begun.done > 0 {
            return Err(changed(self.migration, begun));
        }
        let skipped = if backward { begun.done.saturating_sub(1) } else { begun.done.saturating_add(1).min(of) };
        let done = if self.skip && self.begun.is_some() { skipped } else { begun.done };
        let next = if backward { done.checked_sub(1) } else { Some(done) };
        let next = next.and_then(|at| Some((at, self.migration.operations.get(at)?)));
        if let Some((place, operation)) = next.filter(|_| self.begun.is_some()) {
            progress(Progress::GoesOn { step: place + 1, of, words: operation.words() });
        }
        let now = Begun { done, of };
        if self.begun != Some(now) {
            // Should the program end, the next one knows that this was begun.
            let tx = begin(self.driver, self.models).await?;
            self.note(&tx, begun, now).await?;
            tx.commit().await?;
        }
        Ok(done)
    }

    async fn step(&self, step: &StepOf<'_>, place: usize, progress: Say<'_>) -> Result<()> {
        let of = self.migration.operations.len();
        let (now, then) = if step.backward { (place + 1, place) } else { (place, place + 1) };
        let (now, then) = (Begun { done: now, of }, Begun { done: then, of });
        let (driver, models) = (self.driver, self.models);
        if self.is_outside(step.operation) {
            let again = self.begun == Some(now);
            Editor::Outside(Outside { driver, models, again, progress }).step(step).await?;
            let tx = begin(driver, models).await?;
            self.note(&tx, now, then).await?;
            return tx.commit().await;
        }
        let tx = begin(driver, models).await?;
        Editor::Live(&tx).step(step).await?;
        self.note(&tx, now, then).await?;
        tx.commit().await
    }

    /// Portions are transactions of their own. The SQL of a migration that is to be one transaction stays in that of its step.
    fn is_outside(&self, operation: &Operation) -> bool {
        let is_concurrent = operation.concurrent().is_some() && self.driver.dialect().name() == "postgres";
        let is_free = operation.has_sql() || operation.is_in_portions();
        is_concurrent || (is_free && !self.migration.atomic)
    }

    /// Records how far it is, in place of how far it was.
    async fn note(&self, tx: &Tx, before: Begun, now: Begun) -> Result<()> {
        let (app, name) = (&self.migration.app, &self.migration.name);
        for old in [name, &before.name(name)] {
            recorder::forget(tx.connection(), app, old).await?;
        }
        recorder::record(tx.connection(), app, &now.name(name)).await
    }

    /// Says at which step an error came up, and what is left to do.
    fn at(&self, error: Error, place: usize, backward: bool) -> Error {
        let of = self.migration.operations.len();
        let operation = &self.migration.operations[place];
        let undo = if backward { "undo: " } else { "" };
        let message = format!("step {} of {of}, {undo}{}: {}", place + 1, operation.words(), error.message());
        let error = if of > 1 { renamed(error, message) } else { error };
        let own = error.hint().filter(|_| !self.is_left_over(&error)).map(str::to_owned);
        let hint = match (own, self.rest(operation, &error, backward)) {
            (Some(own), Some(rest)) => Some(format!("{own}; {rest}")),
            (own, rest) => own.or_else(|| rest.map(str::to_owned)),
        };
        let error = in_migration(error, self.migration);
        hint.into_iter().fold(error, Error::with_hint)
    }

    /// What is left to do after a step failed.
    fn rest(&self, operation: &Operation, error: &Error, backward: bool) -> Option<&'static str> {
        let is_outside = self.is_outside(operation);
        let builds = matches!(operation, Operation::OnServer(own) if own.builds(backward));
        let is_checked = error.code().starts_with("migrations.") && !self.is_left_over(error);
        let can_be_half = !keeps_tables(self.driver.dialect()) && !matches!(operation, Operation::Run { .. });
        if is_outside && builds {
            Some("`migrate` goes on there: it drops what was built of the index, and builds it again")
        } else if is_outside && matches!(operation, Operation::Run { .. }) {
            Some("the portions before it are kept, and `migrate` goes on there")
        } else if (is_outside || can_be_half) && !is_checked {
            Some(
                "`migrate` tries that step again, so undo by hand what was done of it, or finish it by hand and run \
                 `migrate --skip-step`",
            )
        } else {
            let is_alone = self.migration.operations.len() == 1;
            (!is_alone).then_some("the steps before it are kept, and `migrate` goes on there")
        }
    }

    /// Is in the way what a program left that ended in the middle of the same step?
    fn is_left_over(&self, error: &Error) -> bool {
        self.begun.is_some() && error.code() == "migrations.table_exists"
    }
}

async fn begin(driver: &dyn Driver, models: &Models) -> Result<Tx> {
    let transaction = driver.begin_schema_change().await?;
    Ok(Tx::new(transaction, models.clone(), crate::Watch::default(), TransactionTypes::default()))
}

/// The record is of other steps than there are now.
fn changed(migration: &Migration, begun: Begun) -> Error {
    let (name, of) = (migration.full_name(), migration.operations.len());
    let message =
        format!("migration `{name}` stopped when {} of {} steps were done, and has {of} now", begun.done, begun.of);
    Error::new(ErrorKind::Conflict, "migrations.changed_steps", message)
        .with_hint("give it the steps that it had, or finish it by hand and record it with `migrate --fake`")
}

/// What is done without a transaction around it.
pub(crate) struct Outside<'a> {
    pub(super) driver: &'a dyn Driver,
    models: &'a Models,
    /// Was it tried before?
    again: bool,
    progress: Say<'a>,
}

impl Outside<'_> {
    pub(super) async fn begin(&mut self) -> Result<Tx> {
        begin(self.driver, self.models).await
    }

    /// Is an index made or gone already, which a program did that could not say so any more? One that is not valid is
    /// what a failed build left, and goes here. One over other columns is another, which only has the name.
    pub(super) async fn is_done(&mut self, table: &str, own: &TableIndex, builds: bool) -> Result<bool> {
        let sql = "SELECT x.indisvalid::int, x.indisunique::int, \
                   (SELECT string_agg(coalesce(a.attname::text, ''), chr(10) ORDER BY k.place) \
                   FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) \
                   LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum \
                   WHERE k.place <= x.indnkeyatts) \
                   FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
                   JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = i.relnamespace \
                   WHERE n.nspname = current_schema() AND t.relname = $1 AND i.relname = $2";
        let index = own.name_on(table, &Postgres);
        let found = inspect::rows(self.driver, sql, vec![table.into(), index.as_str().into()]).await?;
        let columns: Vec<&str> = own.parts.iter().map(|part| part.as_column().unwrap_or_default()).collect();
        let columns = columns.join("\n");
        let is_it = |row: &[Value]| {
            row.get(1).and_then(Value::as_int) == Some(i64::from(own.unique))
                && row.get(2).and_then(Value::as_text) == Some(columns.as_str())
        };
        let found = found.first().map(|row| (row.first().and_then(Value::as_int) == Some(1), is_it(row)));
        match (builds, found) {
            (true, Some((false, _))) => {
                let drop = drop_index_statement(table, &index, true, &Postgres);
                (self.progress)(Progress::Rebuilds { table: table.to_owned(), index });
                self.driver.execute(&Statement::plain(drop)).await?;
                Ok(false)
            }
            (true, Some((true, true))) | (false, None) => Ok(self.again),
            _ => Ok(false),
        }
    }
}

/// A word on each index that a failed build left behind: PostgreSQL keeps it up to date and never uses it.
pub(super) async fn invalid_indexes(driver: &dyn Driver) -> Result<Vec<String>> {
    if driver.dialect().name() != "postgres" {
        return Ok(Vec::new());
    }
    let sql = "SELECT t.relname::text, i.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
               JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = i.relnamespace \
               WHERE n.nspname = current_schema() AND NOT x.indisvalid AND i.relkind = 'i' \
               AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = i.oid) ORDER BY 1, 2";
    let rows = inspect::rows(driver, sql, Vec::new()).await?;
    let words = rows.iter().filter_map(|row| {
        let (table, index) = (row.first()?.as_text()?, row.get(1)?.as_text()?);
        let name = quoted(index, &Postgres);
        Some(format!(
            "index `{index}` of table `{table}` is not valid, so no query uses it: build it again with \
             `REINDEX INDEX CONCURRENTLY {name}`, or drop it with `DROP INDEX CONCURRENTLY {name}`"
        ))
    });
    Ok(words.collect())
}
