//! [`Graph`]: which migration comes after which.

mod replaced;

pub(crate) use replaced::fulfil;

use std::collections::HashMap;
use std::sync::Arc;

use demijohn_core::{Error, Result, suggest};

use super::recorder::Applied;
use super::state::State;
use super::{Migration, Migrations};
use replaced::{Chosen, choose};

/// The migrations of every app, in an order in which each comes after those it depends on.
pub(crate) struct Graph<'a> {
    /// In that order.
    nodes: Vec<&'a Migration>,
    /// For each node, the places of those it depends on.
    parents: Vec<Vec<usize>>,
    /// The apps, in the order in which they were registered.
    apps: Vec<&'a str>,
}

impl<'a> Graph<'a> {
    /// Puts migrations in order.
    ///
    /// # Errors
    /// `migrations.unknown_dependency`, `migrations.cycle`, `migrations.duplicate`, `migrations.wrong_app`.
    pub(crate) fn new(sources: &'a [Arc<Migrations>]) -> Result<Self> {
        Self::of(sources, &Applied::default())
    }

    /// The same on a database to which some were applied: it says whether a squash or those it stands for count.
    pub(crate) fn of(sources: &'a [Arc<Migrations>], applied: &Applied) -> Result<Self> {
        let mut apps: Vec<&str> = Vec::new();
        let mut listed: Vec<&Migration> = Vec::new();
        for source in sources {
            // An app that is mounted twice brings the same list twice.
            if apps.contains(&source.app.as_str()) {
                continue;
            }
            apps.push(&source.app);
            for migration in &source.list {
                refuse_stray(source, migration, &listed)?;
                listed.push(migration);
            }
        }
        let Chosen { used: listed, unused } = choose(listed, applied);
        let names = names_of(&listed, &unused);
        let parents = listed.iter().map(|migration| parents_of(migration, &listed, &names));
        let mut parents = parents.collect::<Result<Vec<_>>>()?;
        for (place, migration) in listed.iter().enumerate() {
            for (app, name) in &migration.run_before {
                match names.get(&(app.as_str(), name.as_str())) {
                    Some(later) => parents[*later].push(place),
                    None => return Err(unknown_dependency(migration, app, name, &listed)),
                }
            }
        }
        let order = order(&listed, &parents)?;
        let mut place_of = vec![0; listed.len()];
        for (place, old) in order.iter().enumerate() {
            place_of[*old] = place;
        }
        let renumbered = |old: &usize| parents[*old].iter().map(|parent| place_of[*parent]).collect();
        Ok(Self {
            nodes: order.iter().map(|old| listed[*old]).collect(),
            parents: order.iter().map(renumbered).collect(),
            apps,
        })
    }

    /// Every migration, in order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (usize, &'a Migration)> + '_ {
        self.nodes.iter().copied().enumerate()
    }

    pub(crate) fn migration(&self, place: usize) -> &'a Migration {
        self.nodes[place]
    }

    /// The apps that have migrations.
    pub(crate) fn apps(&self) -> &[&'a str] {
        &self.apps
    }

    /// The migrations of an app, in order.
    pub(crate) fn of_app<'b>(&'b self, app: &'b str) -> impl DoubleEndedIterator<Item = (usize, &'a Migration)> + 'b {
        self.iter().filter(move |(_, migration)| migration.app == app)
    }

    /// The app, or an error that lists the choices.
    pub(crate) fn require_app(&self, app: &str) -> Result<()> {
        require_app(app, &self.apps)
    }

    /// The migrations that must come before some, themselves included: true for each of them.
    pub(crate) fn with_parents(&self, places: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut found = vec![false; self.nodes.len()];
        let mut left: Vec<usize> = places.into_iter().collect();
        while let Some(place) = left.pop() {
            if !std::mem::replace(&mut found[place], true) {
                left.extend(&self.parents[place]);
            }
        }
        found
    }

    /// The migrations that come after some, themselves included: true for each of them.
    pub(crate) fn with_children(&self, places: &[usize]) -> Vec<bool> {
        let mut found = vec![false; self.nodes.len()];
        for place in 0..self.nodes.len() {
            // Parents stand before their children, so one pass is enough.
            found[place] = places.contains(&place) || self.parents[place].iter().any(|parent| found[*parent]);
        }
        found
    }

    /// The newest migrations of an app: those no other of it depends on.
    pub(crate) fn leaves(&self, app: &str) -> Vec<usize> {
        let own = |place: &usize| self.nodes[*place].app == app;
        let has_child =
            |place: usize| (0..self.nodes.len()).any(|child| own(&child) && self.parents[child].contains(&place));
        (0..self.nodes.len()).filter(|place| own(place) && !has_child(*place)).collect()
    }

    /// The newest migration of an app, or none.
    ///
    /// # Errors
    /// `migrations.two_leaves` when two branches were never joined.
    pub(crate) fn leaf(&self, app: &str) -> Result<Option<&'a Migration>> {
        let leaves = self.leaves(app);
        match leaves.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(self.nodes[*one])),
            [first, .., last] => {
                let names = suggest::list(leaves.iter().map(|place| self.nodes[*place].name.as_str()));
                let (first, last) = (&self.nodes[*first].name, &self.nodes[*last].name);
                let message = format!("app `{app}` has several newest migrations: {names}");
                Err(Error::misconfigured("migrations.two_leaves", message).with_hint(format!(
                    "they were made side by side; join them with `makemigrations --merge`, or, where `{last}` is applied \
                     nowhere yet, put it behind the other: write `.depends_on(\"{app}\", \"{first}\")` in it"
                )))
            }
        }
    }

    /// Every app must have one newest migration.
    pub(crate) fn require_single_leaves(&self) -> Result<()> {
        self.apps.iter().try_for_each(|app| self.leaf(app).map(|_| ()))
    }

    /// What is recorded must fit together.
    ///
    /// # Errors
    /// `migrations.inconsistent`, `migrations.half_replaced`.
    pub(crate) fn require_consistent(&self, applied: &Applied) -> Result<()> {
        for (place, migration) in self.iter() {
            if !applied.has(&migration.app, &migration.name) {
                refuse_half_replaced(migration, applied)?;
                continue;
            }
            for parent in self.parents[place].iter().map(|parent| self.nodes[*parent]) {
                if !applied.has(&parent.app, &parent.name) {
                    let (name, parent) = (migration.full_name(), parent.full_name());
                    let message = format!("migration `{name}` is applied, but `{parent}`, on which it depends, is not");
                    return Err(Error::misconfigured("migrations.inconsistent", message).with_hint(
                        "if the tables are there, record it with `migrate --fake`; otherwise the database was migrated by hand",
                    ));
                }
            }
        }
        Ok(())
    }

    /// The models after the migrations for which this holds, in order.
    pub(crate) fn state(&self, mut holds: impl FnMut(usize, &Migration) -> bool) -> Result<State> {
        let mut state = State::default();
        for (place, migration) in self.iter() {
            if holds(place, migration) {
                replay(migration, &mut state)?;
            }
        }
        Ok(state)
    }
}

/// The app is one of these, or an error lists them.
pub(crate) fn require_app(app: &str, known: &[&str]) -> Result<()> {
    if known.contains(&app) {
        return Ok(());
    }
    let choices = suggest::list(known.iter().copied());
    let error = Error::invalid(format!("unknown app `{app}`; apps with models or migrations are {choices}"))
        .with_code("migrations.unknown_app");
    Err(match suggest::nearest(app, known.iter().copied()) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error,
    })
}

/// Does a migration's steps to the state alone.
pub(crate) fn replay(migration: &Migration, state: &mut State) -> Result<()> {
    for operation in &migration.operations {
        operation.apply(&migration.app, state).map_err(|error| {
            let message = format!("migration `{}` does not fit: {}", migration.full_name(), error.message());
            let hint = error.hint().map(str::to_owned);
            let error = Error::misconfigured(error.code(), message);
            hint.into_iter().fold(error, Error::with_hint)
        })?;
    }
    Ok(())
}

/// The place of each name, replaced ones among them.
fn names_of<'a>(listed: &[&'a Migration], unused: &[&'a Migration]) -> HashMap<(&'a str, &'a str), usize> {
    let mut names = HashMap::new();
    for squash in unused {
        let is_old = |old: &&Migration| old.app == squash.app && squash.replaces.contains(&old.name);
        if let Some(last) = listed.iter().rposition(is_old) {
            names.insert((squash.app.as_str(), squash.name.as_str()), last);
        }
    }
    for (place, migration) in listed.iter().enumerate() {
        for replaced in &migration.replaces {
            names.entry((migration.app.as_str(), replaced.as_str())).or_insert(place);
        }
    }
    for (place, migration) in listed.iter().enumerate() {
        names.insert((migration.app.as_str(), migration.name.as_str()), place);
    }
    names
}

fn refuse_stray(source: &Migrations, migration: &Migration, listed: &[&Migration]) -> Result<()> {
    let name = migration.full_name();
    if migration.app != source.app {
        let message = format!("migration `{name}` is listed among those of app `{}`", source.app);
        return Err(Error::misconfigured("migrations.wrong_app", message));
    }
    if listed.iter().any(|other| other.app == migration.app && other.name == migration.name) {
        let message = format!("two migrations are called `{name}`");
        return Err(Error::misconfigured("migrations.duplicate", message)
            .with_hint("give one of the two files and its `Migration::new` the next number"));
    }
    Ok(())
}

fn parents_of(
    migration: &Migration,
    listed: &[&Migration],
    names: &HashMap<(&str, &str), usize>,
) -> Result<Vec<usize>> {
    let mut parents = Vec::new();
    for (app, name) in &migration.dependencies {
        let Some(place) = names.get(&(app.as_str(), name.as_str())) else {
            return Err(unknown_dependency(migration, app, name, listed));
        };
        parents.push(*place);
    }
    Ok(parents)
}

fn unknown_dependency(migration: &Migration, app: &str, name: &str, listed: &[&Migration]) -> Error {
    let choices: Vec<&str> = listed.iter().filter(|other| other.app == app).map(|other| other.name.as_str()).collect();
    let message = format!("migration `{}` depends on `{app}.{name}`, which is not there", migration.full_name());
    let error = Error::misconfigured("migrations.unknown_dependency", message);
    if choices.is_empty() {
        return error
            .with_hint(format!("no app `{app}` with migrations is installed; install it, or remove the dependency"));
    }
    error.with_hint(format!("migrations of `{app}` are {}", suggest::list(choices)))
}

/// A database that stopped between the migrations which this one stands for cannot go on with it.
fn refuse_half_replaced(migration: &Migration, applied: &Applied) -> Result<()> {
    let (app, name) = (&migration.app, &migration.name);
    let found: Vec<&str> =
        migration.replaces.iter().map(String::as_str).filter(|replaced| applied.has(app, replaced)).collect();
    let Some(last) = found.last() else { return Ok(()) };
    let message = format!(
        "the tables of `{app}` stopped half-way: {} of the {} migrations before `{name}` are applied, the last is `{last}`",
        found.len(),
        migration.replaces.len(),
    );
    Err(Error::misconfigured("migrations.half_replaced", message).with_hint(format!(
        "finish them with the program that has them all: `migrate {app}`, or the Django project they come from: \
         `python manage.py migrate {app}`"
    )))
}

/// Parents before children, otherwise in the order given.
fn order(listed: &[&Migration], parents: &[Vec<usize>]) -> Result<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; listed.len()];
    let mut order = Vec::new();
    for start in 0..listed.len() {
        // Each entry is a migration and how many of its parents were visited.
        let mut path = vec![(start, 0)];
        while let Some((place, visited)) = path.last_mut() {
            if marks[*place] == Mark::Done {
                path.pop();
                continue;
            }
            marks[*place] = Mark::Open;
            let Some(parent) = parents[*place].get(*visited).copied() else {
                marks[*place] = Mark::Done;
                order.push(*place);
                path.pop();
                continue;
            };
            *visited += 1;
            if marks[parent] == Mark::Open {
                let from = path.iter().position(|(place, _)| *place == parent).unwrap_or(0);
                let names: Vec<String> = path[from..].iter().map(|(place, _)| listed[*place].full_name()).collect();
                let names = suggest::list(names.iter().map(String::as_str));
                let message = format!("migrations depend on each other in a circle: {names}");
                return Err(Error::misconfigured("migrations.cycle", message));
            }
            path.push((parent, 0));
        }
    }
    Ok(order)
}
