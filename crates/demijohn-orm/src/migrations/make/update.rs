//! `makemigrations --update`: adds what changed to the newest migration, as long as it is applied nowhere.

use demijohn_core::{Error, ErrorKind, Result, suggest};

use super::MakeOptions;
use crate::migrations::graph::Graph;
use crate::migrations::optimize::optimize;
use crate::migrations::{Migration, Operation};

/// The newest migration of each app with the steps of the migrations that were found behind it.
pub(super) fn updated(made: Vec<Migration>, graph: &Graph<'_>, options: &MakeOptions) -> Result<Vec<Migration>> {
    let mut updated: Vec<Migration> = Vec::new();
    for new in made {
        // A second one of the same app goes into the same place.
        if let Some(known) = updated.iter_mut().find(|known| known.app == new.app) {
            extend(known, new, graph)?;
            continue;
        }
        let mut leaf = updatable(&new.app, graph, options)?.clone();
        extend(&mut leaf, new, graph)?;
        updated.push(leaf);
    }
    // What depends on a migration that is not written depends on the one it became part of.
    for place in 0..updated.len() {
        let known = |app: &str, name: &str| {
            graph
                .of_app(app)
                .any(|(_, migration)| migration.name == name || migration.replaces.iter().any(|old| old == name))
        };
        let names: Vec<(String, String)> = updated.iter().map(|own| (own.app.clone(), own.name.clone())).collect();
        for (app, name) in &mut updated[place].dependencies {
            if !known(app, name)
                && let Some((_, own)) = names.iter().find(|(of, _)| of == app)
            {
                own.clone_into(name);
            }
        }
        updated[place].dependencies.dedup();
    }
    Ok(updated)
}

fn extend(leaf: &mut Migration, new: Migration, graph: &Graph<'_>) -> Result<()> {
    for (app, name) in new.dependencies {
        if app != leaf.app && !leaf.dependencies.contains(&(app.clone(), name.clone())) {
            leaf.dependencies.push((app, name));
        }
    }
    leaf.operations.extend(new.operations);
    let before = graph.state(|_, other| !(other.app == leaf.app && other.name == leaf.name))?;
    leaf.operations = optimize(&leaf.app, &before, std::mem::take(&mut leaf.operations));
    Ok(())
}

/// The newest migration of an app, if it may still change.
fn updatable<'a>(app: &str, graph: &Graph<'a>, options: &MakeOptions) -> Result<&'a Migration> {
    let refuse = |message: String, hint: &str| {
        Err(Error::new(ErrorKind::Conflict, "migrations.cannot_update", message).with_hint(hint.to_owned()))
    };
    let Some(leaf) = graph.leaf(app)? else {
        return refuse(format!("app `{app}` has no migration to update"), "make one without `--update`");
    };
    let name = leaf.full_name();
    if !options.unapplied.iter().any(|(of, own)| *of == leaf.app && *own == leaf.name) {
        return refuse(
            format!("migration `{name}` is applied"),
            "take it back with `migrate`, or make another one without `--update`",
        );
    }
    if !leaf.replaces.is_empty() {
        return refuse(format!("migration `{name}` stands for others"), "make another one without `--update`");
    }
    let place = graph.iter().find(|(_, own)| std::ptr::eq(*own, leaf)).map(|(place, _)| place).unwrap_or_default();
    let behind = graph.with_children(&[place]);
    let others = graph.iter().filter(|(at, _)| behind[*at] && *at != place).map(|(_, own)| own.full_name());
    let others: Vec<String> = others.collect();
    if !others.is_empty() {
        let others = suggest::list(others.iter().map(String::as_str));
        return refuse(format!("migration `{name}` is needed by {others}"), "make another one without `--update`");
    }
    let by_hand = |step: &&Operation| matches!(step, Operation::Run { .. } | Operation::Separate { .. });
    if let Some(step) = leaf.operations.iter().find(by_hand) {
        return refuse(
            format!("migration `{name}` has a step that was written by hand: {}", step.words()),
            "make another one without `--update`",
        );
    }
    Ok(leaf)
}
