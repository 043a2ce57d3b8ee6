//! [`migrate`]: brings a database to its migrations, or back.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use demijohn_core::model::Models;
use demijohn_core::{Error, ErrorKind, Result, suggest};
use demijohn_sql::Driver;
use demijohn_web::BoxFuture;

use super::graph::{Graph, fulfil, replay};
use super::recorder::{self, Applied, Begun};
use super::stepwise::{self, Stepwise, is_stepwise};
use super::{Editor, Migration, Migrations, cost, inspect, plan};
use crate::transaction::TransactionTypes;
use crate::{Executor as _, Tx, content_type};

/// Work that follows every `migrate`: accounts make their permissions here. Contribute one to an app.
#[derive(Clone, Copy)]
pub struct PostMigrate(pub for<'a> fn(&'a dyn Driver, &'a Models) -> BoxFuture<'a, Result<()>>);

/// What [`migrate`] works on.
#[derive(Clone, Copy)]
pub struct MigrateContext<'a> {
    /// The database.
    pub driver: &'a dyn Driver,
    /// The models of the site.
    pub models: &'a Models,
    /// The migrations of every app.
    pub migrations: &'a [Arc<Migrations>],
    /// What follows.
    pub post_migrate: &'a [PostMigrate],
}

/// How far, and how.
#[derive(Debug, Clone, Default)]
pub struct MigrateOptions {
    /// One app alone, with what it depends on; every app without.
    pub app: Option<String>,
    /// The migration to go to, forwards or backwards: its name, the beginning of it, its number, or `zero`.
    pub target: Option<String>,
    /// Only says what it would do.
    pub plan: bool,
    /// Records without doing.
    pub fake: bool,
    /// Records the first migration of an app without doing it when its tables are there.
    pub fake_initial: bool,
    /// Takes the step at which a migration stopped that is not one transaction for done: it was finished by hand.
    pub skip_step: bool,
    /// Then forgets the records of the app, or of all, that no migration of the program has.
    pub prune: bool,
}

/// What is going on, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Another program migrates this database.
    Waiting {
        /// Where the database is.
        address: String,
    },
    /// A migration begins.
    Begins {
        /// Its full name.
        migration: String,
        /// Is it taken back?
        backward: bool,
    },
    /// It stopped between two of its steps before, and goes on.
    GoesOn {
        /// The number of the next step.
        step: usize,
        /// So many there are.
        of: usize,
        /// What the next one does.
        words: String,
    },
    /// A failed build left an index that is not valid (PostgreSQL). It is dropped and built again.
    Rebuilds {
        /// Its table.
        table: String,
        /// Its name.
        index: String,
    },
    /// It ended well.
    Done {
        /// Was it only recorded?
        faked: bool,
    },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting { address } => writeln!(f, "waiting for another program that migrates {address}"),
            Self::Begins { migration, backward: false } => write!(f, "  applying {migration}..."),
            Self::Begins { migration, backward: true } => write!(f, "  taking back {migration}..."),
            Self::GoesOn { step, of, words } => {
                write!(f, " it stopped at step {step} of {of} and goes on there: {words}...")
            }
            Self::Rebuilds { table, index } => {
                write!(f, " index `{index}` of `{table}` is not valid, and is dropped and built again...")
            }
            Self::Done { faked: false } => writeln!(f, " ok"),
            Self::Done { faked: true } => writeln!(f, " recorded"),
        }
    }
}

/// What [`migrate`] did, or with `plan` would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MigrateReport {
    /// The migrations that were applied, in order.
    pub applied: Vec<String>,
    /// The migrations that were taken back, in order.
    pub taken_back: Vec<String>,
    /// With `plan`: each migration with the words for its steps, and a line behind them where one makes others wait for as
    /// long as it works on the rows of a table.
    pub planned: Vec<(String, Vec<String>)>,
    /// With `prune`: the records that were forgotten.
    pub pruned: Vec<String>,
    /// What somebody should look at.
    pub warnings: Vec<String>,
    is_plan: bool,
}

impl fmt::Display for MigrateReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_plan {
            for (migration, steps) in &self.planned {
                writeln!(f, "{migration}")?;
                steps.iter().try_for_each(|step| writeln!(f, "    {step}"))?;
            }
        }
        self.pruned.iter().try_for_each(|migration| writeln!(f, "  forgot {migration}"))?;
        if self.applied.is_empty() && self.taken_back.is_empty() && self.planned.is_empty() {
            writeln!(f, "nothing to migrate")?;
        }
        self.warnings.iter().try_for_each(|warning| writeln!(f, "warning: {warning}"))
    }
}

impl MigrateReport {
    /// Puts behind the words for each planned step who waits while it is done.
    async fn weigh(
        &mut self,
        driver: &dyn Driver,
        graph: &Graph<'_>,
        places: &[usize],
        applied: &Applied,
    ) -> Result<()> {
        let mut state = graph.state(|_, other| applied.has(&other.app, &other.name))?;
        for (place, (_, steps)) in places.iter().zip(&mut self.planned) {
            let migration = graph.migration(*place);
            let costs = cost::of_migration(migration, &state, driver.dialect())?;
            let done = costs.len() - steps.len();
            for (costs, words) in costs.into_iter().skip(done).zip(steps) {
                for line in cost::lines(&cost::with_rows(driver, costs).await?) {
                    words.push_str("\n        warning: ");
                    words.push_str(&line);
                }
            }
            replay(migration, &mut state)?;
        }
        Ok(())
    }
}

/// Brings a database to its migrations, or back to one of them. Each migration is one transaction together with its
/// row in `django_migrations`, and only one program migrates a database at a time.
///
/// One that is [`not_atomic`](Migration::not_atomic), and each on MySQL and MariaDB, which end a transaction at every
/// change of a table, is done step by step. It is recorded how far it came, and the next `migrate` goes on there.
///
/// # Errors
/// What [`MigrateOptions`] names wrongly, migrations that do not fit together, and what the database refuses: then
/// the migration at fault left no trace, or the error names the step that it stopped at.
pub async fn migrate(
    context: &MigrateContext<'_>,
    options: &MigrateOptions,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<MigrateReport> {
    Graph::new(context.migrations)?.require_single_leaves()?;
    let lock = locked(context.driver, progress).await?;
    let mut applied = Applied::read(context.driver).await?;
    let mut fulfilled = fulfil(context.migrations, &mut applied);
    let graph = Graph::of(context.migrations, &applied)?;
    graph.require_consistent(&applied)?;
    let steps = plan::plan(&graph, &applied, options.app.as_deref(), options.target.as_deref())?;
    let backward = steps.backward;
    refuse_irreversible(&graph, &steps, options)?;
    if !options.fake {
        steps.places.iter().try_for_each(|place| stepwise::refuse_concurrent(graph.migration(*place)))?;
    }
    let mut report = MigrateReport { is_plan: options.plan, ..MigrateReport::default() };
    if options.plan {
        let words = |place: &usize| words(graph.migration(*place), &applied, backward);
        report.planned = steps.places.iter().map(words).collect();
        if !backward {
            report.weigh(context.driver, &graph, &steps.places, &applied).await?;
        }
        return Ok(report);
    }
    let mut run = Run { context, options, graph: &graph, applied };
    for place in steps.places {
        let name = graph.migration(place).full_name();
        progress(Progress::Begins { migration: name.clone(), backward });
        let faked = if backward { run.take_back(place, progress).await? } else { run.apply(place, progress).await? };
        progress(Progress::Done { faked });
        if backward { report.taken_back.push(name) } else { report.applied.push(name) }
    }
    fulfilled.extend(fulfil(context.migrations, &mut run.applied));
    fulfilled.retain(|(app, name)| run.applied.has(app, name));
    run.record_all(&fulfilled).await?;
    if options.prune {
        report.pruned = run.prune(options.app.as_deref()).await?;
    }
    // What the hooks need may not be there before everything is applied.
    let is_complete = graph.iter().all(|(_, migration)| run.applied.has(&migration.app, &migration.name));
    if is_complete {
        follow(context.driver, context.models, context.post_migrate).await?;
    }
    report.warnings = stepwise::invalid_indexes(context.driver).await?;
    drop(lock);
    Ok(report)
}

/// What is left of a migration to do or to take back.
fn words(migration: &Migration, applied: &Applied, backward: bool) -> (String, Vec<String>) {
    let undo = if backward { "undo: " } else { "" };
    let done = applied.begun(&migration.app, &migration.name).map(|begun| begun.done.min(migration.operations.len()));
    let (there, open) = migration.operations.split_at(done.unwrap_or(0));
    let left = if backward && done.is_some() { there } else { open };
    let mut steps: Vec<String> = left.iter().map(|operation| format!("{undo}{}", operation.words())).collect();
    if backward {
        steps.reverse();
    }
    (migration.full_name(), steps)
}

/// A server needs some milliseconds to give the lock; whoever has not got it by then waits for somebody.
const PROMPT: Duration = Duration::from_millis(500);

/// The lock, with a word when somebody else has it.
async fn locked(driver: &dyn Driver, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Box<dyn Send + Sync>> {
    let mut lock = pin!(driver.lock_migrations());
    if let Ok(lock) = tokio::time::timeout(PROMPT, &mut lock).await {
        return lock;
    }
    progress(Progress::Waiting { address: driver.address().to_owned() });
    lock.await
}

fn refuse_irreversible(graph: &Graph<'_>, steps: &plan::Plan, options: &MigrateOptions) -> Result<()> {
    if !steps.backward || options.fake {
        return Ok(());
    }
    for migration in steps.places.iter().map(|place| graph.migration(*place)) {
        if let Some(operation) = migration.operations.iter().find(|operation| !operation.is_reversible()) {
            let message = format!("migration `{}` cannot be taken back: {}", migration.full_name(), operation.words());
            return Err(Error::new(ErrorKind::Invalid, "migrations.irreversible", message)
                .with_hint("give that step a way back; nothing was changed"));
        }
    }
    Ok(())
}

/// What follows a `migrate` that is complete: the rows that stand for models, then what the apps bring.
pub(crate) async fn follow(driver: &dyn Driver, models: &Models, hooks: &[PostMigrate]) -> Result<()> {
    content_type::after_migrate(driver, models).await?;
    for hook in hooks {
        (hook.0)(driver, models).await?;
    }
    Ok(())
}

struct Run<'a> {
    context: &'a MigrateContext<'a>,
    options: &'a MigrateOptions,
    graph: &'a Graph<'a>,
    applied: Applied,
}

impl Run<'_> {
    async fn begin(&self) -> Result<Tx> {
        let transaction = self.context.driver.begin_schema_change().await?;
        let (models, types) = (self.context.models.clone(), TransactionTypes::default());
        Ok(Tx::new(transaction, models, crate::Watch::default(), types))
    }

    /// Applies a migration; true when it was only recorded.
    async fn apply(&mut self, place: usize, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<bool> {
        let migration = self.graph.migration(place);
        let begun = self.applied.begun(&migration.app, &migration.name);
        let mut tx = self.begin().await?;
        recorder::ensure_table(tx.connection()).await?;
        let is_initial = self.options.fake_initial && begun.is_none();
        let faked = self.options.fake || (is_initial && is_made(&tx, migration, self.graph).await?);
        let mut state = self.graph.state(|_, other| self.applied.has(&other.app, &other.name))?;
        if !faked && is_stepwise(migration, begun, self.context.driver.dialect()) {
            tx.commit().await?;
            self.stepwise(migration).forward(&state, progress).await?;
            tx = self.begin().await?;
        } else if !faked {
            Editor::Live(&tx).forward(migration, &mut state).await?;
        }
        forget_steps(&tx, migration, begun).await?;
        for name in migration.replaces.iter().chain([&migration.name]) {
            recorder::record(tx.connection(), &migration.app, name).await?;
        }
        tx.commit().await?;
        for name in migration.replaces.iter().chain([&migration.name]) {
            self.applied.insert(&migration.app, name);
        }
        Ok(faked)
    }

    /// Takes a migration back; true when it was only forgotten.
    async fn take_back(&mut self, place: usize, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<bool> {
        let migration = self.graph.migration(place);
        let begun = self.applied.begun(&migration.app, &migration.name);
        let state = self.graph.state(|at, other| at != place && self.applied.has(&other.app, &other.name))?;
        let stepwise = is_stepwise(migration, begun, self.context.driver.dialect()) && !self.options.fake;
        if stepwise {
            self.stepwise(migration).backward(&state, progress).await?;
        }
        let tx = self.begin().await?;
        if !self.options.fake && !stepwise {
            Editor::Live(&tx).backward(migration, &state).await?;
        }
        forget_steps(&tx, migration, begun).await?;
        for name in migration.replaces.iter().chain([&migration.name]) {
            recorder::forget(tx.connection(), &migration.app, name).await?;
        }
        tx.commit().await?;
        for name in migration.replaces.iter().chain([&migration.name]) {
            self.applied.remove(&migration.app, name);
        }
        Ok(self.options.fake)
    }

    fn stepwise<'a>(&self, migration: &'a Migration) -> Stepwise<'a>
    where
        Self: 'a,
    {
        let begun = self.applied.begun(&migration.app, &migration.name);
        let (driver, models) = (self.context.driver, self.context.models);
        Stepwise { driver, models, migration, begun, skip: self.options.skip_step }
    }

    /// Records migrations of which all that they stand for are applied: app and name of each.
    async fn record_all(&self, list: &[(String, String)]) -> Result<()> {
        if list.is_empty() {
            return Ok(());
        }
        let tx = self.begin().await?;
        for (app, name) in list {
            recorder::record(tx.connection(), app, name).await?;
        }
        tx.commit().await
    }

    /// Forgets what is recorded of these apps and not in the program.
    async fn prune(&mut self, app: Option<&str>) -> Result<Vec<String>> {
        let listed = |app: &str, name: &str| {
            let own = self.context.migrations.iter().filter(|own| own.app == app);
            own.flat_map(|own| &own.list).any(|migration| migration.name == name)
        };
        let apps = self.graph.apps().iter().filter(|own| app.is_none_or(|app| app == **own));
        let gone = apps.flat_map(|app| self.applied.of_app(app).into_iter().map(move |name| (*app, name)));
        let gone: Vec<(String, String)> = gone
            .filter(|(app, name)| !listed(app, name))
            .map(|(app, name)| (app.to_owned(), name.to_owned()))
            .collect();
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        let tx = self.begin().await?;
        for (app, name) in &gone {
            recorder::forget(tx.connection(), app, name).await?;
        }
        tx.commit().await?;
        gone.iter().for_each(|(app, name)| self.applied.remove(app, name));
        Ok(gone.into_iter().map(|(app, name)| format!("{app}.{name}")).collect())
    }
}

/// Forgets how far a migration came, before or now.
async fn forget_steps(tx: &Tx, migration: &Migration, begun: Option<Begun>) -> Result<()> {
    let of = migration.operations.len();
    for begun in [Begun { done: 0, of }, Begun { done: of, of }].into_iter().chain(begun) {
        recorder::forget(tx.connection(), &migration.app, &begun.name(&migration.name)).await?;
    }
    Ok(())
}

/// Are all tables of an app's first migration there, with all their columns?
async fn is_made(tx: &Tx, migration: &Migration, graph: &Graph<'_>) -> Result<bool> {
    if migration.dependencies.iter().any(|(app, _)| *app == migration.app) {
        return Ok(false);
    }
    let with_parents =
        graph.with_parents(graph.iter().filter(|(_, other)| std::ptr::eq(*other, migration)).map(|(at, _)| at));
    let tables = graph.state(|place, _| with_parents[place])?.tables()?;
    let without = graph.state(|place, other| with_parents[place] && !std::ptr::eq(other, migration))?.tables()?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for table in tables.iter().filter(|table| !without.iter().any(|other| other.name == table.name)) {
        let columns = inspect::columns(tx.connection(), &table.name).await?;
        let lacks =
            table.columns.iter().find(|column| !columns.iter().any(|name| name.eq_ignore_ascii_case(&column.name)));
        match lacks {
            None => found.push(table.name.clone()),
            Some(_) if columns.is_empty() => missing.push(table.name.clone()),
            Some(column) => missing.push(format!("{}.{}", table.name, column.name)),
        }
    }
    if found.is_empty() || missing.is_empty() {
        return Ok(missing.is_empty() && !found.is_empty());
    }
    let message = format!(
        "only some of what migration `{}` makes is there: {} is, {} is not",
        migration.full_name(),
        suggest::list(found.iter().map(String::as_str)),
        suggest::list(missing.iter().map(String::as_str)),
    );
    Err(Error::new(ErrorKind::Conflict, "migrations.half_made", message)
        .with_hint("make the rest by hand and record the migration with `--fake`, or begin with an empty database"))
}
