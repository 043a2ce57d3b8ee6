//! [`makemigrations`]: writes the migrations that lead to the models of the running program.

mod merge;
mod update;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use demijohn_core::model::Models;
use demijohn_core::{Error, Result};
use demijohn_sql::Connection;

use super::answers::{Answers, Ask, Given};
use super::detect::{Draft, arrange, detect};
use super::graph::{Graph, replay, require_app};
use super::name::{migration_name, next_number};
use super::state::State;
use super::{Migration, Migrations, cost};
pub(super) use writer::Writer;

/// What is to be written, and how questions are answered.
#[derive(Debug, Clone, Default)]
pub struct MakeOptions {
    /// Only these apps; every app that is yours without.
    pub apps: Vec<String>,
    /// Writes nothing.
    pub dry_run: bool,
    /// Makes a migration without steps for each of the apps.
    pub empty: bool,
    /// The name behind the number.
    pub name: Option<String>,
    /// Joins migrations that were made side by side.
    pub merge: bool,
    /// Joins them though they touch the same things.
    pub overlapping: bool,
    /// Adds what changed to the newest migration of each app, which must be among `unapplied`.
    pub update: bool,
    /// The migrations that are not applied to the database, for `update`: [`pending`](super::pending).
    pub unapplied: Vec<(String, String)>,
    /// `Post.views=0`: what rows that are there get in a new column.
    pub defaults: Vec<String>,
    /// `Post.titel=title`, `Article=Post`: what was renamed.
    pub renames: Vec<String>,
    /// Nothing was renamed: what is gone is removed, what is new is added.
    pub no_rename: bool,
}

/// What [`makemigrations`] wrote, or with `dry_run` would write.
#[derive(Debug, Clone, Default)]
pub struct MakeReport {
    /// The migrations.
    pub made: Vec<MadeMigration>,
    /// What is to be added to the program by hand, one line of Rust each, with where.
    pub to_add: Vec<(String, String)>,
    /// With `merge`: what was made side by side.
    branches: String,
    dry_run: bool,
}

/// One migration that was written.
#[derive(Debug, Clone)]
pub struct MadeMigration {
    /// The migration.
    pub migration: Migration,
    /// Its file.
    pub path: PathBuf,
    /// The source.
    pub source: String,
    /// Is the file there, to be written anew?
    pub is_update: bool,
    /// Of each step, who waits while it is done: [`MakeReport::weigh`].
    pub(crate) costs: Vec<Vec<String>>,
}

impl MakeReport {
    /// Did the models change?
    pub fn has_changes(&self) -> bool {
        !self.made.is_empty()
    }

    /// Looks at what the steps would cost on this database, so that the report warns of those that make others wait for
    /// as long as they work on the rows of a table. What costs nothing on an empty table is not weighed there.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn weigh(&mut self, migrations: &[Arc<Migrations>], connection: &dyn Connection) -> Result<()> {
        let is_made = |other: &Migration| {
            self.made.iter().any(|own| own.migration.app == other.app && own.migration.name == other.name)
        };
        let mut state = Graph::new(migrations)?.state(|_, other| !is_made(other))?;
        for made in &mut self.made {
            for costs in cost::of_migration(&made.migration, &state, connection.dialect())? {
                made.costs.push(cost::lines(&cost::with_rows(connection, costs).await?));
            }
            replay(&made.migration, &mut state)?;
        }
        Ok(())
    }
}

impl fmt::Display for MakeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.branches)?;
        if self.made.is_empty() {
            return writeln!(f, "no changes");
        }
        for made in &self.made {
            writeln!(f, "{}: {}", made.migration.app, shown(&made.path))?;
            for (place, operation) in made.migration.operations.iter().enumerate() {
                writeln!(f, "  {} {}", operation.sign(), operation.words())?;
                made.costs
                    .get(place)
                    .into_iter()
                    .flatten()
                    .try_for_each(|line| writeln!(f, "      warning: {line}"))?;
            }
            if self.dry_run {
                writeln!(f, "\n{}", made.source)?;
            }
        }
        for (place, line) in &self.to_add {
            writeln!(f, "add to {place}: {line}")?;
        }
        if !self.dry_run {
            writeln!(f, "build the program again, then run `migrate`")?;
        }
        Ok(())
    }
}

/// A path as people read it: from where they stand, if it is below.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    below.unwrap_or_else(|| path.to_owned()).display().to_string()
}

/// Writes the migrations that lead from those that are compiled in to the models of the running program.
///
/// `ask` answers what the difference does not say (was a field renamed, what do old rows get in a new column); without
/// anybody to ask, such a question is an error that names the option which answers it. No file is overwritten but the one
/// that `update` is about, and that only as it was written.
///
/// # Errors
/// Questions without answers, migrations that do not fit together, folders that cannot be written.
pub fn makemigrations(
    models: &Models,
    migrations: &[Arc<Migrations>],
    options: &MakeOptions,
    ask: Option<&mut dyn Ask>,
) -> Result<MakeReport> {
    let graph = Graph::new(migrations)?;
    require_apps(&options.apps, models, &graph)?;
    let (made, branches) = if options.merge {
        merge::require_branches(&graph, &options.apps)?;
        merge::merges(&graph, options, ask)?
    } else {
        graph.require_single_leaves()?;
        let drafts = if options.empty { empty(options)? } else { changes(models, &graph, options, ask)? };
        (named(drafts, &graph, options)?, String::new())
    };
    let mut writer = Writer::new(models, migrations);
    let made = if options.update {
        let made = update::updated(made, &graph, options)?;
        made.into_iter().map(|migration| writer.place_again(migration)).collect::<Result<Vec<_>>>()?
    } else {
        made.into_iter().map(|migration| writer.place(migration)).collect::<Result<Vec<_>>>()?
    };
    if !options.dry_run {
        writer.write(&made)?;
    }
    Ok(MakeReport { made, to_add: writer.to_add, branches, dry_run: options.dry_run })
}

/// The apps whose models have changes that no migration has.
///
/// # Errors
/// Migrations that do not fit together.
pub fn changed_apps(models: &Models, migrations: &[Arc<Migrations>]) -> Result<Vec<String>> {
    let before = Graph::new(migrations)?.state(|_, _| true)?;
    let now = State::from(models);
    let changed = now
        .models
        .iter()
        .filter(|model| !before.find(&model.app, &model.name).is_some_and(|known| known.is_same(model)));
    let gone = before.models.iter().filter(|model| now.find(&model.app, &model.name).is_none());
    let mut apps: Vec<String> = changed.chain(gone).map(|model| model.app.clone()).collect();
    apps.sort();
    apps.dedup();
    Ok(apps)
}

pub(super) fn require_apps(apps: &[String], models: &Models, graph: &Graph<'_>) -> Result<()> {
    let mut known: Vec<&str> = graph.apps().to_vec();
    for meta in models.iter().filter(|meta| meta.managed) {
        if !known.contains(&meta.app) {
            known.push(meta.app);
        }
    }
    apps.iter().try_for_each(|app| require_app(app, &known))
}

fn empty(options: &MakeOptions) -> Result<Vec<Draft>> {
    if options.apps.is_empty() {
        return Err(
            Error::invalid("`--empty` needs the app for which to make a migration").with_code("migrations.no_app")
        );
    }
    let draft = |app: &String| Draft { app: app.clone(), operations: Vec::new(), drafts: Vec::new(), apps: Vec::new() };
    Ok(options.apps.iter().map(draft).collect())
}

fn changes(models: &Models, graph: &Graph<'_>, options: &MakeOptions, ask: Option<&mut dyn Ask>) -> Result<Vec<Draft>> {
    let before = graph.state(|_, _| true)?;
    let now = State::from(models);
    let given =
        |option: &str, texts: &[String]| texts.iter().map(|text| Given::parse(option, text)).collect::<Result<_>>();
    let mut answers = Answers {
        defaults: given("--default", &options.defaults)?,
        renames: given("--rename", &options.renames)?,
        no_rename: options.no_rename,
        ask,
    };
    let drafts = arrange(detect(before, &now, models, &mut answers)?);
    Ok(only(drafts, &options.apps))
}

/// The drafts of these apps, and those they come after.
fn only(drafts: Vec<Draft>, apps: &[String]) -> Vec<Draft> {
    if apps.is_empty() {
        return drafts;
    }
    let mut wanted: Vec<bool> = drafts.iter().map(|draft| apps.contains(&draft.app)).collect();
    for place in (0..drafts.len()).rev() {
        // What a draft comes after stands before it; of an app, all that stands before is needed too.
        for earlier in 0..place {
            if wanted[place] && (drafts[place].drafts.contains(&earlier) || drafts[earlier].app == drafts[place].app) {
                wanted[earlier] = true;
            }
        }
    }
    let mut place_of = Vec::new();
    let mut count = 0;
    for is_wanted in &wanted {
        place_of.push(count);
        count += usize::from(*is_wanted);
    }
    let kept = drafts.into_iter().enumerate().filter(|(place, _)| wanted[*place]).map(|(_, mut draft)| {
        draft.drafts.iter_mut().for_each(|place| *place = place_of[*place]);
        draft
    });
    kept.collect()
}

/// Numbers and names the drafts, and says what each comes after.
fn named(drafts: Vec<Draft>, graph: &Graph<'_>, options: &MakeOptions) -> Result<Vec<Migration>> {
    let mut made: Vec<Migration> = Vec::new();
    for draft in drafts {
        let app = &draft.app;
        let before = made.iter().rev().find(|other| other.app == *app).map(|other| other.name.clone());
        let leaf = graph.leaf(app)?.map(|leaf| leaf.name.clone());
        let is_initial = leaf.is_none();
        let last = before.or(leaf);
        let chosen = options.name.as_deref().map(checked_name).transpose()?;
        let name = migration_name(next_number(last.as_deref()), is_initial, &draft.operations, chosen);
        let mut migration = Migration::new(app, &name);
        if let Some(last) = last {
            migration = migration.depends_on(app, &last);
        }
        for (other_app, other) in foreign_dependencies(&draft, &made, graph)? {
            migration = migration.depends_on(&other_app, &other);
        }
        migration.operations = draft.operations;
        made.push(migration);
    }
    Ok(made)
}

pub(super) fn checked_name(name: &str) -> Result<&str> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if !name.is_empty() && name.chars().all(is_word) {
        return Ok(name);
    }
    let message = format!("`{}` cannot be the name of a migration", name.escape_debug());
    Err(Error::invalid(message).with_code("migrations.bad_name").with_hint("use letters, digits and `_`"))
}

fn foreign_dependencies(draft: &Draft, made: &[Migration], graph: &Graph<'_>) -> Result<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    for other in draft.drafts.iter().filter_map(|place| made.get(*place)).filter(|other| other.app != draft.app) {
        found.retain(|(app, _)| *app != other.app);
        found.push((other.app.clone(), other.name.clone()));
    }
    for app in draft.apps.iter().filter(|app| **app != draft.app) {
        if found.iter().any(|(known, _)| known == app) {
            continue;
        }
        if let Some(leaf) = graph.leaf(app)? {
            found.push((app.clone(), leaf.name.clone()));
        }
    }
    found.sort();
    Ok(found)
}
