//! [`showmigrations`], [`showplan`], [`sqlmigrate`] and [`pending`]: what there is, what it would do, what is left to do.

use std::fmt::Write as _;
use std::sync::Arc;

use demijohn_core::Result;
use demijohn_sql::{Dialect, Driver};

use super::graph::{Graph, fulfil};
use super::recorder::Applied;
use super::{Editor, Migrations, plan};

/// Lists the migrations of some apps, or of all, with a cross before those that are applied:
///
/// ```text
/// blog
///  [X] 0001_initial
///  [ ] 0002_post_views
/// ```
///
/// One that is recorded in the database but not compiled in has a question mark.
///
/// # Errors
/// An app that has no migrations; migrations that do not fit together; what the database reports.
pub async fn showmigrations(driver: &dyn Driver, migrations: &[Arc<Migrations>], apps: &[String]) -> Result<String> {
    let mut applied = Applied::read(driver).await?;
    fulfil(migrations, &mut applied);
    let graph = Graph::of(migrations, &applied)?;
    apps.iter().try_for_each(|app| graph.require_app(app))?;
    let mut text = String::new();
    for app in graph.apps().iter().filter(|app| apps.is_empty() || apps.iter().any(|wanted| wanted == *app)) {
        let _ = writeln!(text, "{app}");
        let mut known: Vec<&str> = Vec::new();
        for (_, migration) in graph.of_app(app) {
            let cross = if applied.has(app, &migration.name) { 'X' } else { ' ' };
            let _ = write!(text, " [{cross}] {}", migration.name);
            if !migration.replaces.is_empty() {
                let _ = write!(text, " (stands for {} older)", migration.replaces.len());
            }
            if let Some(begun) = applied.begun(app, &migration.name) {
                let _ = write!(text, " ({} of {} steps are applied)", begun.done, begun.of);
            }
            text.push('\n');
            known.extend(migration.replaces.iter().map(String::as_str).chain([migration.name.as_str()]));
        }
        for name in applied.of_app(app).into_iter().filter(|name| !known.contains(name)) {
            let _ = writeln!(text, " [?] {name} (applied, but not in this program)");
        }
    }
    Ok(text)
}

/// Lists the migrations of some apps with all they depend on, or of all, in the order in which they are applied:
///
/// ```text
/// [X] contenttypes.0002_remove_content_type_name
/// [ ] blog.0001_initial
/// ```
///
/// # Errors
/// As [`showmigrations`].
pub async fn showplan(driver: &dyn Driver, migrations: &[Arc<Migrations>], apps: &[String]) -> Result<String> {
    let mut applied = Applied::read(driver).await?;
    fulfil(migrations, &mut applied);
    let graph = Graph::of(migrations, &applied)?;
    apps.iter().try_for_each(|app| graph.require_app(app))?;
    let wanted = graph.with_parents(apps.iter().flat_map(|app| graph.leaves(app)));
    let mut text = String::new();
    for (_, migration) in graph.iter().filter(|(place, _)| apps.is_empty() || wanted[*place]) {
        let cross = if applied.has(&migration.app, &migration.name) { 'X' } else { ' ' };
        let _ = writeln!(text, "[{cross}] {}", migration.full_name());
    }
    Ok(text)
}

/// The SQL of a migration, forwards or backwards, as it would run in a database that has what migrations made and
/// nothing else.
///
/// # Errors
/// A name that no migration has; migrations that do not fit together.
pub async fn sqlmigrate(
    dialect: &'static dyn Dialect,
    migrations: &[Arc<Migrations>],
    app: &str,
    name: &str,
    backward: bool,
) -> Result<String> {
    // One that a squash stands for is shown as it is, by its own name.
    let mut applied = Applied::default();
    let is_old = |squash: &&super::Migration| squash.replaces.iter().any(|old| old == name);
    let own = migrations.iter().filter(|own| own.app == app).flat_map(|own| &own.list);
    own.filter(is_old).for_each(|_| applied.insert(app, name));
    let graph = Graph::of(migrations, &applied)?;
    graph.require_app(app)?;
    let place = plan::resolve(&graph, app, name)?;
    let migration = graph.migration(place);
    let parents = graph.with_parents([place]);
    let mut state = graph.state(|other, _| other != place && parents[other])?;
    let mut editor = Editor::Paper { dialect, sql: Vec::new() };
    if backward {
        editor.backward(migration, &state).await?;
    } else {
        editor.forward(migration, &mut state).await?;
    }
    let Editor::Paper { sql, .. } = editor else { return Ok(String::new()) };
    let outside = if migration.atomic { "" } else { ", outside of a transaction" };
    let mut text = format!("-- {}{outside}\n", migration.full_name());
    for line in sql {
        let end = if line.starts_with("--") { "" } else { ";" };
        let _ = writeln!(text, "{line}{end}");
    }
    Ok(text)
}

/// The migrations that are compiled in and not applied: app and name of each, in the order in which they would be.
///
/// # Errors
/// Migrations that do not fit together or with what is recorded; what the database reports.
pub async fn pending(driver: &dyn Driver, migrations: &[Arc<Migrations>]) -> Result<Vec<(String, String)>> {
    let mut applied = Applied::read(driver).await?;
    fulfil(migrations, &mut applied);
    let graph = Graph::of(migrations, &applied)?;
    graph.require_consistent(&applied)?;
    let open = graph.iter().filter(|(_, migration)| !applied.has(&migration.app, &migration.name));
    Ok(open.map(|(_, migration)| (migration.app.clone(), migration.name.clone())).collect())
}
