//! The commands of a database as a whole, beside those of migrations.

mod empty;
mod fixtures;
mod inspect;
mod shell;
mod stale;

use demijohn_core::Result;
use demijohn_web::{Args, Command, Site};

use crate::{Database, Db};

/// The commands that the ORM adds to a site's command line.
pub(crate) fn commands() -> Vec<Command> {
    vec![
        Command::new("inspectdb", "write models of the tables of the database", inspect::run)
            .usage("[TABLE…] [--include-views] [--database NAME]"),
        Command::new("dumpdata", "write rows as JSON, in Django's format", fixtures::dump).usage(
            "[APP[.MODEL]…] [--indent SPACES] [--exclude APP[.MODEL]]… [--natural-foreign] [--natural-primary] \
             [--pks KEY,…] [--output FILE] [--database NAME]",
        ),
        Command::new("loaddata", "store the rows of JSON files, Django's or ours", fixtures::load)
            .usage("FILE… [--exclude APP[.MODEL]]… [--ignorenonexistent] [--database NAME]"),
        Command::new("flush", "remove every row and keep the tables", empty::run)
            .usage("[--no-input] [--database NAME]"),
        Command::new("sqlflush", "print the SQL of `flush`", empty::sql).usage("[--database NAME]"),
        Command::new("sqlsequencereset", "print SQL that lets numbers go on behind the highest", empty::sequences)
            .usage("APP… [--database NAME]"),
        Command::new("remove_stale_contenttypes", "remove the rows that stand for models that are no more", stale::run)
            .usage("[--include-stale-apps] [--no-input] [--database NAME]"),
        Command::new("dbshell", "start the database's own command line", shell::run)
            .usage("[--database NAME] [-- ARGUMENT…]"),
    ]
}

/// The name of the usual database, which is Django's for it.
const USUAL: &str = "default";

/// The database of this name, the usual one without.
pub(crate) async fn database(site: &Site, name: Option<String>) -> Result<Db> {
    let db = Database::of(site)?.db().await?;
    match name {
        Some(name) if name != USUAL => db.named(&name).await,
        _ => Ok(db.clone()),
    }
}

/// Every argument that is no option.
pub(crate) fn positionals(args: &mut Args) -> Vec<String> {
    std::iter::from_fn(|| args.positional()).collect()
}
