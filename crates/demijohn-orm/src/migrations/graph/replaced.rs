//! A squash and the migrations it stands for: which of them count on a database.

use std::sync::Arc;

use super::super::name::number;
use super::super::recorder::Applied;
use super::super::{Migration, Migrations};

/// The migrations that count, and the squashes that do not.
pub(super) struct Chosen<'a> {
    pub(super) used: Vec<&'a Migration>,
    pub(super) unused: Vec<&'a Migration>,
}

/// A squash counts where all or none of those it stands for are applied; between, they finish what they began.
pub(super) fn choose<'a>(listed: Vec<&'a Migration>, applied: &Applied) -> Chosen<'a> {
    let is_old =
        |squash: &Migration, other: &Migration| other.app == squash.app && squash.replaces.contains(&other.name);
    let begun = |squash: &Migration| {
        let some = |name: &String| applied.has(&squash.app, name) || applied.begun(&squash.app, name).is_some();
        let done = |name: &String| applied.has(&squash.app, name);
        let has_old = |name: &String| listed.iter().any(|other| other.app == squash.app && other.name == *name);
        !applied.has(&squash.app, &squash.name)
            && squash.replaces.iter().any(some)
            && !squash.replaces.iter().all(done)
            && squash.replaces.iter().all(|name| done(name) || has_old(name))
    };
    let squashes: Vec<&Migration> = listed.iter().copied().filter(|own| !own.replaces.is_empty()).collect();
    let (unused, active): (Vec<&Migration>, Vec<&Migration>) = squashes.into_iter().partition(|own| begun(own));
    let is_unused = |own: &Migration| unused.iter().any(|squash| std::ptr::eq(*squash, own));
    let is_replaced = |own: &Migration| active.iter().any(|squash| is_old(squash, own));
    let used = listed.iter().copied().filter(|own| !is_unused(own) && !is_replaced(own)).collect();
    Chosen { used, unused }
}

/// Is it a squash of its own, rather than the last of those it stands for, as Django's `0012_…` is here?
fn is_squash(migration: &Migration) -> bool {
    let last = migration.replaces.iter().filter_map(|name| number(name)).max();
    !migration.replaces.is_empty() && last >= number(&migration.name)
}

/// Counts as applied each squash of which all older ones are, and gives back those that were not: app and name.
pub(crate) fn fulfil(sources: &[Arc<Migrations>], applied: &mut Applied) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for migration in sources.iter().flat_map(|source| &source.list).filter(|own| is_squash(own)) {
        let (app, name) = (&migration.app, &migration.name);
        if !applied.has(app, name) && migration.replaces.iter().all(|old| applied.has(app, old)) {
            applied.insert(app, name);
            found.push((app.clone(), name.clone()));
        }
    }
    found
}
