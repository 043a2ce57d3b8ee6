//! [`squashmigrations`]: one migration that stands for several.

use std::fmt;
use std::sync::Arc;

use demijohn_core::model::Models;
use demijohn_core::{Error, ErrorKind, Result, suggest};

use super::graph::{Graph, replay};
use super::make::{MadeMigration, Writer, checked_name, shown};
use super::optimize::{elide, optimize};
use super::server::OnServer;
use super::{Ask, Migration, Migrations, Operation, plan};

/// What is to become one.
#[derive(Debug, Clone, Default)]
pub struct SquashOptions {
    /// The app.
    pub app: String,
    /// The first migration; the app's first without. Its name, the beginning of it, or its number.
    pub start: Option<String>,
    /// The last migration.
    pub end: String,
    /// The name behind the number; `squashed_` and the name of the last without.
    pub name: Option<String>,
    /// Keeps every step as it is.
    pub no_optimize: bool,
    /// Writes nothing.
    pub dry_run: bool,
}

/// What [`squashmigrations`] wrote, or with `dry_run` would write.
#[derive(Debug, Clone)]
pub struct SquashReport {
    /// The migration that stands for the others.
    pub made: MadeMigration,
    /// How many steps the others have.
    pub steps_before: usize,
    /// The functions that it runs: they must be visible from its module.
    pub functions: Vec<String>,
    /// The words for the steps that are left out because they are for the rows of their time alone.
    pub left_out: Vec<String>,
    dry_run: bool,
}

impl fmt::Display for SquashReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let migration = &self.made.migration;
        writeln!(f, "{}: {}", migration.app, shown(&self.made.path))?;
        let replaced = suggest::list(migration.replaces.iter().map(String::as_str));
        writeln!(f, "  stands for {replaced}")?;
        writeln!(f, "  {} steps became {}", self.steps_before, migration.operations.len())?;
        for step in &self.left_out {
            writeln!(f, "  leaves out what is elidable: {step}")?;
        }
        for function in &self.functions {
            writeln!(f, "  runs `{function}`: make it `pub(crate)`, and move it before its migration is removed")?;
        }
        if self.dry_run {
            return writeln!(f, "\n{}", self.made.source);
        }
        writeln!(
            f,
            "keep the older migrations until every database has run this one (a new database does, one that has them \
             all records it);\nthen remove them and `.replaces(…)`, and run `migrate {} --prune`",
            migration.app
        )
    }
}

/// Writes one migration that stands for several of an app, with fewer steps where that is possible.
///
/// # Errors
/// `migrations.unknown_migration` and `migrations.cannot_squash` when the two ends make no range;
/// `migrations.squash_cycle` when another app's migration stands between; `migrations.not_squashed` when whoever was
/// asked said no; folders that cannot be written.
pub fn squashmigrations(
    models: &Models,
    migrations: &[Arc<Migrations>],
    options: &SquashOptions,
    ask: Option<&mut dyn Ask>,
) -> Result<SquashReport> {
    let graph = Graph::new(migrations)?;
    graph.require_app(&options.app)?;
    let squashed = range(&graph, options)?;
    let (migration, left_out) = squash(&graph, &squashed, options)?;
    refuse_cycle(migrations, &migration)?;
    if let Some(ask) = ask {
        confirm(ask, &squashed, &migration)?;
    }
    let functions = migration.operations.iter().flat_map(functions_of).collect();
    let steps_before = squashed.iter().map(|own| own.operations.len()).sum();
    let mut writer = Writer::new(models, migrations);
    let made = writer.place(migration)?;
    if !options.dry_run {
        writer.write(std::slice::from_ref(&made))?;
    }
    Ok(SquashReport { made, steps_before, functions, left_out, dry_run: options.dry_run })
}

/// The migrations of the app from the first to the last, in order.
fn range<'a>(graph: &Graph<'a>, options: &SquashOptions) -> Result<Vec<&'a Migration>> {
    let app = &options.app;
    let refuse = |message: String, hint: &str| {
        Err(Error::new(ErrorKind::Invalid, "migrations.cannot_squash", message).with_hint(hint.to_owned()))
    };
    let end = plan::resolve(graph, app, &options.end)?;
    let until = graph.with_parents([end]);
    let mut from = vec![true; until.len()];
    if let Some(start) = &options.start {
        let start = plan::resolve(graph, app, start)?;
        if !until[start] {
            let (start, end) = (&graph.migration(start).name, &graph.migration(end).name);
            return refuse(
                format!("migration `{start}` does not come before `{end}`"),
                "give the older one first: `squashmigrations APP START END`",
            );
        }
        from = graph.with_children(&[start]);
    }
    let own = graph.of_app(app).filter(|(place, _)| until[*place] && from[*place]);
    let found: Vec<&Migration> = own.map(|(_, migration)| migration).collect();
    if let Some(squash) = found.iter().find(|own| !own.replaces.is_empty()) {
        return refuse(
            format!("migration `{}` stands for others itself", squash.full_name()),
            "remove those and its `.replaces(…)` first, when every database has it",
        );
    }
    if found.len() < 2 {
        let name = &graph.migration(end).name;
        return refuse(format!("`{name}` is one migration, which stands for itself"), "name a later one as the end");
    }
    Ok(found)
}

fn squash(graph: &Graph<'_>, squashed: &[&Migration], options: &SquashOptions) -> Result<(Migration, Vec<String>)> {
    let is_squashed = |app: &str, name: &str| squashed.iter().any(|own| own.app == app && own.name == name);
    let (first, last) = (squashed[0], squashed[squashed.len() - 1]);
    let number = first.name.split('_').next().unwrap_or("0001");
    let name = match (options.name.as_deref().map(checked_name).transpose()?, &options.start) {
        (Some(name), _) => format!("{number}_{name}"),
        (None, Some(_)) => format!("{}_squashed_{}", first.name, last.name),
        (None, None) => format!("{number}_squashed_{}", last.name),
    };
    let mut migration = Migration::new(&options.app, &name);
    let wanted = |(app, name): &&(String, String)| !is_squashed(app, name);
    for dependency in squashed.iter().flat_map(|own| &own.dependencies).filter(wanted) {
        if !migration.dependencies.contains(dependency) {
            migration.dependencies.push(dependency.clone());
        }
    }
    migration.run_before = squashed.iter().flat_map(|own| own.run_before.clone()).collect();
    migration.replaces = squashed.iter().map(|own| own.name.clone()).collect();
    // What SQL needs to be outside of a transaction nobody can know.
    let stays = |step: &Operation| step.has_sql() && (options.no_optimize || !step.is_elidable());
    migration.atomic = !squashed.iter().any(|own| !own.atomic && own.operations.iter().any(stays));
    migration.operations = squashed.iter().flat_map(|own| &own.operations).map(plain).collect();
    let mut left_out = Vec::new();
    if !options.no_optimize {
        let (kept, gone) = elide(migration.operations);
        left_out.extend(gone.iter().map(Operation::words));
        migration.operations = kept;
        let first = graph.iter().find(|(_, own)| std::ptr::eq(*own, first)).map(|(place, _)| place);
        let behind = graph.with_children(&first.into_iter().collect::<Vec<_>>());
        let before = graph.state(|place, own| !behind[place] && !is_squashed(&own.app, &own.name))?;
        migration.operations = optimize(&options.app, &before, migration.operations);
        // What does not fit is said now, not when it is run.
        replay(&migration, &mut before.clone())?;
    }
    Ok((migration, left_out))
}

/// A squash runs on a new database, where nobody waits for an index and all is one transaction.
fn plain(step: &Operation) -> Operation {
    match step {
        Operation::OnServer(OnServer::AddIndexConcurrently { model, index }) => {
            Operation::AddIndex { model: model.clone(), index: index.clone() }
        }
        Operation::OnServer(OnServer::RemoveIndexConcurrently { model, index }) => {
            Operation::RemoveIndex { model: model.clone(), index: index.clone() }
        }
        other => other.clone(),
    }
}

/// A migration of another app between the first and the last would come before and after the squash.
fn refuse_cycle(migrations: &[Arc<Migrations>], squash: &Migration) -> Result<()> {
    let with = migrations.iter().map(|own| {
        let mut own = Migrations::clone(own);
        if own.app == squash.app {
            own.list.push(squash.clone());
        }
        Arc::new(own)
    });
    let with: Vec<Arc<Migrations>> = with.collect();
    let is_twice = with.iter().flat_map(|own| &own.list).filter(|own| own.app == squash.app && own.name == squash.name);
    if is_twice.count() > 1 {
        let message = format!("there is a migration `{}` already", squash.full_name());
        return Err(Error::new(ErrorKind::Invalid, "migrations.duplicate", message)
            .with_hint("give the new one another name: `--squashed-name NAME`"));
    }
    Graph::new(&with).map(|_| ()).map_err(|error| {
        let message = format!("migration `{}` would not fit: {}", squash.full_name(), error.message());
        Error::new(ErrorKind::Conflict, "migrations.squash_cycle", message)
            .with_hint("a migration of another app stands between; squash up to that one, and from there on")
    })
}

fn confirm(ask: &mut dyn Ask, squashed: &[&Migration], migration: &Migration) -> Result<()> {
    let names = suggest::list(squashed.iter().map(|own| own.name.as_str()));
    let question = format!("write `{}` for {names}? [y/n]", migration.name);
    loop {
        match ask.ask(&question)?.to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(()),
            "n" | "no" => return Err(Error::invalid("nothing was squashed").with_code("migrations.not_squashed")),
            _ => {}
        }
    }
}

/// The functions that a step runs, by their paths.
pub(super) fn functions_of(step: &Operation) -> Vec<String> {
    match step {
        Operation::Run { forward, backward, .. } => {
            let all = std::iter::once(forward).chain(backward);
            all.map(super::Step::path).filter(|path| path != "nothing").collect()
        }
        Operation::Separate { database, .. } => database.iter().flat_map(functions_of).collect(),
        _ => Vec::new(),
    }
}
