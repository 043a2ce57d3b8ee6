//! The commands: `makemigrations`, `migrate`, `squashmigrations`, `showmigrations`, `sqlmigrate`.

use std::io::{self, Write};

use demijohn_core::{Error, ErrorKind, Result, suggest};
use demijohn_sql::Driver;
use demijohn_web::{Args, Command, Site};

use super::answers::{Ask, Terminal};
use super::graph::Graph;
use super::make::{MakeOptions, changed_apps, makemigrations, require_apps};
use super::migrate::{MigrateContext, MigrateOptions, MigrateReport, PostMigrate, Progress, migrate};
use super::rewrite::optimizemigration;
use super::show::{pending, showmigrations, showplan, sqlmigrate};
use super::squash::{SquashOptions, squashmigrations};
use crate::Database;
use crate::commands::{database as open, positionals};

/// The commands about migrations.
pub(crate) fn commands() -> Vec<Command> {
    vec![
        Command::new("makemigrations", "write migrations for what changed in the models", make).usage(
            "[APP…] [--dry-run] [--check] [--name NAME] [--empty] [--merge [--overlapping]] [--update] \
             [--default FIELD=VALUE] [--rename OLD=NEW] [--no-rename] [--no-input]",
        ),
        Command::new("migrate", "bring the database to its migrations, or back", run)
            .usage("[APP [MIGRATION|zero]] [--plan] [--check] [--fake] [--fake-initial] [--skip-step] [--prune] [--database NAME]"),
        Command::new("squashmigrations", "write one migration that stands for several", squash)
            .usage("APP [START] END [--squashed-name NAME] [--no-optimize] [--dry-run] [--no-input]"),
        Command::new("optimizemigration", "write a migration anew with fewer steps", rewrite)
            .usage("APP MIGRATION [--check]"),
        Command::new("showmigrations", "list migrations and which are applied", show)
            .usage("[APP…] [--list|--plan] [--database NAME]"),
        Command::new("sqlmigrate", "print the SQL of a migration", sql)
            .usage("APP MIGRATION [--backwards] [--database NAME]"),
    ]
}

/// Keeps a server from starting on tables that are not those of its models.
pub(crate) async fn require_applied(driver: &dyn Driver, database: &Database) -> Result<()> {
    let open = pending(driver, database.migrations()).await?;
    if open.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = open.iter().map(|(app, name)| format!("{app}.{name}")).collect();
    let (count, are) = if names.len() == 1 { ("1 migration", "is") } else { ("migrations", "are") };
    let count = if names.len() == 1 { count.to_owned() } else { format!("{} {count}", names.len()) };
    let names = suggest::list(names.iter().map(String::as_str));
    let message = format!("{count} {are} not applied to {}: {names}", driver.address());
    Err(Error::new(ErrorKind::Misconfigured, "migrations.unapplied", message).with_hint("run `migrate`"))
}

/// Checks of models begin with these. What is wrong there would be written into migrations and tables; what is wrong
/// elsewhere, `migrate` may be on the way to mend.
const MODELS: [&str; 2] = ["models.", "fields."];

async fn make(site: Site, mut args: Args) -> Result<()> {
    let mut options = MakeOptions {
        dry_run: args.flag("--dry-run"),
        empty: args.flag("--empty"),
        no_rename: args.flag("--no-rename"),
        merge: args.flag("--merge"),
        overlapping: args.flag("--overlapping"),
        update: args.flag("--update"),
        name: args.option("--name")?,
        ..MakeOptions::default()
    };
    options.name = args.option("-n")?.or(options.name);
    let check = args.flag("--check");
    let no_input = no_input(&mut args);
    while let Some(default) = args.option("--default")? {
        options.defaults.push(default);
    }
    while let Some(rename) = args.option("--rename")? {
        options.renames.push(rename);
    }
    while let Some(app) = args.positional() {
        options.apps.push(app);
    }
    args.finish()?;
    site.require_sound_in(&MODELS)?;
    let database = Database::of(&site)?;
    if check {
        return refuse_changes(database, &options.apps);
    }
    if options.update {
        let db = database.db().await?;
        options.unapplied = pending(db.driver().as_ref(), database.migrations()).await?;
    }
    let mut terminal = if no_input { None } else { Terminal::if_present() };
    let ask = terminal.as_mut().map(|terminal| terminal as &mut dyn Ask);
    let mut report = makemigrations(database.models(), database.migrations(), &options, ask)?;
    let weighed = match database.db().await {
        Ok(db) => report.weigh(database.migrations(), db.driver().as_ref()).await,
        Err(error) => Err(error),
    };
    print(&report.to_string())?;
    match weighed {
        Ok(()) => Ok(()),
        // The files are written: that is what was asked for.
        Err(error) => print(&format!("who waits for these steps could not be asked of the database: {error}\n")),
    }
}

/// Django writes it in one word.
fn no_input(args: &mut Args) -> bool {
    let (one, other) = (args.flag("--no-input"), args.flag("--noinput"));
    one || other
}

async fn squash(site: Site, mut args: Args) -> Result<()> {
    let mut options = SquashOptions {
        name: args.option("--squashed-name")?,
        no_optimize: args.flag("--no-optimize"),
        dry_run: args.flag("--dry-run"),
        ..SquashOptions::default()
    };
    let no_input = no_input(&mut args);
    let (app, first, second) = (args.positional(), args.positional(), args.positional());
    args.finish()?;
    let (Some(app), Some(first)) = (app, first) else {
        return Err(Error::invalid("`squashmigrations` needs an app and a migration: `squashmigrations blog 0004`")
            .with_code("cli.arguments"));
    };
    options.app = app;
    (options.start, options.end) = match second {
        Some(end) => (Some(first), end),
        None => (None, first),
    };
    let database = Database::of(&site)?;
    let mut terminal = if no_input { None } else { Terminal::if_present() };
    let ask = terminal.as_mut().map(|terminal| terminal as &mut dyn Ask);
    let report = squashmigrations(database.models(), database.migrations(), &options, ask)?;
    print(&report.to_string())
}

async fn rewrite(site: Site, mut args: Args) -> Result<()> {
    let check = args.flag("--check");
    let (app, name) = (args.positional(), args.positional());
    args.finish()?;
    let (Some(app), Some(name)) = (app, name) else {
        return Err(Error::invalid("`optimizemigration` needs an app and a migration: `optimizemigration blog 0004`")
            .with_code("cli.arguments"));
    };
    let database = Database::of(&site)?;
    print(&optimizemigration(database.models(), database.migrations(), &app, &name, check)?.to_string())
}

fn refuse_changes(database: &Database, apps: &[String]) -> Result<()> {
    require_apps(apps, database.models(), &Graph::new(database.migrations())?)?;
    let mut changed = changed_apps(database.models(), database.migrations())?;
    changed.retain(|app| apps.is_empty() || apps.contains(app));
    if changed.is_empty() {
        return print("no changes\n");
    }
    let names = suggest::list(changed.iter().map(String::as_str));
    Err(Error::new(
        ErrorKind::Invalid,
        "migrations.changes",
        format!("models have changes that no migration has: {names}"),
    )
    .with_hint("run `makemigrations`"))
}

async fn run(site: Site, mut args: Args) -> Result<()> {
    let check = args.flag("--check");
    let mut options = MigrateOptions {
        plan: args.flag("--plan") || check,
        fake: args.flag("--fake"),
        fake_initial: args.flag("--fake-initial"),
        skip_step: args.flag("--skip-step"),
        prune: args.flag("--prune"),
        ..MigrateOptions::default()
    };
    // There is nothing to ask; scripts that were written for Django say so all the same.
    no_input(&mut args);
    let name = args.option("--database")?;
    options.app = args.positional();
    options.target = args.positional();
    args.finish()?;
    if options.prune && options.app.is_none() {
        return Err(Error::invalid("`--prune` needs the app whose records are to go: `migrate blog --prune`")
            .with_code("cli.arguments"));
    }
    site.require_sound_in(&MODELS)?;
    let database = Database::of(&site)?;
    let db = open(&site, name).await?;
    let context = MigrateContext {
        driver: db.driver().as_ref(),
        models: database.models(),
        migrations: database.migrations(),
        post_migrate: site.contributions::<PostMigrate>(),
    };
    let driver_address = db.driver().address();
    let mut is_open = false;
    let mut progress = |event: Progress| {
        is_open = !matches!(event, Progress::Done { .. } | Progress::Waiting { .. });
        // A pipe that closed stops nothing half-way.
        let _ = print(&event.to_string());
    };
    let report = migrate(&context, &options, &mut progress).await;
    if is_open {
        print(" failed\n")?;
    }
    let report = report?;
    if check {
        return refuse_planned(&report, driver_address);
    }
    print(&report.to_string())?;
    let changed = changed_apps(database.models(), database.migrations())?;
    if !changed.is_empty() {
        let names = suggest::list(changed.iter().map(String::as_str));
        print(&format!("models have changes that no migration has: {names}; run `makemigrations`\n"))?;
    }
    Ok(())
}

/// `--check`: nothing is done, and what would be is an error, so the program ends with 1.
fn refuse_planned(report: &MigrateReport, address: &str) -> Result<()> {
    if report.planned.is_empty() {
        return print("nothing to migrate\n");
    }
    let names = suggest::list(report.planned.iter().map(|(name, _)| name.as_str()));
    let message = format!("migrations are not applied to {address}: {names}");
    Err(Error::new(ErrorKind::Invalid, "migrations.unapplied", message).with_hint("run `migrate`"))
}

async fn show(site: Site, mut args: Args) -> Result<()> {
    let (plan, short) = (args.flag("--plan"), args.flag("-p"));
    let is_plan = plan || short;
    let (list, short) = (args.flag("--list"), args.flag("-l"));
    if is_plan && (list || short) {
        return Err(Error::invalid("`--list` and `--plan` are two ways to show the same: give one of them")
            .with_code("cli.arguments"));
    }
    let name = args.option("--database")?;
    let apps = positionals(&mut args);
    args.finish()?;
    let migrations = Database::of(&site)?.migrations();
    let db = open(&site, name).await?;
    let driver = db.driver().as_ref();
    print(&if is_plan {
        showplan(driver, migrations, &apps).await?
    } else {
        showmigrations(driver, migrations, &apps).await?
    })
}

async fn sql(site: Site, mut args: Args) -> Result<()> {
    let backward = args.flag("--backwards");
    let database = args.option("--database")?;
    let (app, name) = (args.positional(), args.positional());
    args.finish()?;
    let (Some(app), Some(name)) = (app, name) else {
        return Err(Error::invalid("`sqlmigrate` needs an app and a migration: `sqlmigrate blog 0001`")
            .with_code("cli.arguments"));
    };
    let dialect = open(&site, database).await?.driver().dialect();
    print(&sqlmigrate(dialect, Database::of(&site)?.migrations(), &app, &name, backward).await?)
}

/// Writes to the standard output.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
