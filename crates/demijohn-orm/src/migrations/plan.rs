//! Which migrations are to be applied or taken back.

use demijohn_core::{Error, Result, suggest};

use super::Migration;
use super::graph::Graph;
use super::recorder::Applied;

/// What is to be done, in order.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The places of the migrations in the graph.
    pub(crate) places: Vec<usize>,
    /// Are they taken back?
    pub(crate) backward: bool,
}

/// Plans the way to a migration of an app, to the newest of an app, or to the newest of all.
pub(crate) fn plan(graph: &Graph<'_>, applied: &Applied, app: Option<&str>, target: Option<&str>) -> Result<Plan> {
    let is_applied = |place: usize| {
        let migration = graph.migration(place);
        applied.has(&migration.app, &migration.name)
    };
    let forward = |wanted: Vec<bool>| {
        let places = graph.iter().map(|(place, _)| place).filter(|place| wanted[*place] && !is_applied(*place));
        Plan { places: places.collect(), backward: false }
    };
    let Some(app) = app else {
        return Ok(forward(vec![true; graph.iter().count()]));
    };
    graph.require_app(app)?;
    let Some(target) = target else {
        return Ok(forward(graph.with_parents(graph.of_app(app).map(|(place, _)| place))));
    };
    let gone: Vec<usize> = if target == "zero" {
        graph.of_app(app).map(|(place, _)| place).collect()
    } else {
        let place = resolve(graph, app, target)?;
        if !is_applied(place) {
            return Ok(forward(graph.with_parents([place])));
        }
        let behind = graph.with_children(&[place]);
        graph.of_app(app).map(|(other, _)| other).filter(|other| *other != place && behind[*other]).collect()
    };
    let gone = graph.with_children(&gone);
    let is_begun = |place: usize| {
        let migration = graph.migration(place);
        applied.begun(&migration.app, &migration.name).is_some()
    };
    let is_there = |place: usize| is_applied(place) || is_begun(place);
    let places = graph.iter().rev().map(|(place, _)| place).filter(|place| gone[*place] && is_there(*place));
    Ok(Plan { places: places.collect(), backward: true })
}

/// The migration of an app by its name, the beginning of it, or its number.
pub(crate) fn resolve(graph: &Graph<'_>, app: &str, name: &str) -> Result<usize> {
    let own = || graph.of_app(app);
    let exact = |migration: &Migration| migration.name == name || migration.replaces.iter().any(|old| old == name);
    if let Some((place, _)) = own().find(|(_, migration)| exact(migration)) {
        return Ok(place);
    }
    // `2` is the migration whose name begins with `0002_`.
    let number = name.parse::<u32>().ok().map(|number| format!("{number:04}_"));
    let is_meant = |migration: &Migration| {
        migration.name.starts_with(name) || number.as_deref().is_some_and(|number| migration.name.starts_with(number))
    };
    let begins: Vec<(usize, &Migration)> = own().filter(|(_, migration)| is_meant(migration)).collect();
    match begins.as_slice() {
        [(place, _)] => Ok(*place),
        [] => {
            let names: Vec<&str> = own().map(|(_, migration)| migration.name.as_str()).collect();
            let message = format!(
                "no migration `{name}` of app `{app}`; choices are {}, `zero`",
                suggest::list(names.iter().copied())
            );
            let error = Error::invalid(message).with_code("migrations.unknown_migration");
            Err(match suggest::nearest(name, names) {
                Some(near) => error.with_hint(format!("did you mean `{near}`?")),
                None => error,
            })
        }
        several => {
            let names = suggest::list(several.iter().map(|(_, migration)| migration.name.as_str()));
            let message = format!("`{name}` is the beginning of several migrations of `{app}`: {names}");
            Err(Error::invalid(message).with_code("migrations.ambiguous"))
        }
    }
}
