//! `flush`, `sqlflush` and `sqlsequencereset`.

use demijohn_core::{Error, ErrorKind, Result, suggest};
use demijohn_web::{Args, Site};

use super::{database, positionals};
use crate::Executor as _;
use crate::fixtures::sequence_resets;
use crate::flush::{flush, flush_statements};
use crate::migrations::{Ask as _, PostMigrate, Terminal, print};

pub(super) async fn run(site: Site, mut args: Args) -> Result<()> {
    let (long, short) = (args.flag("--no-input"), args.flag("--noinput"));
    let name = args.option("--database")?;
    args.finish()?;
    let db = database(&site, name).await?;
    if !(long || short) {
        let Some(mut terminal) = Terminal::if_present() else {
            let message = "`flush` asks before it removes every row, and nobody is there to answer";
            return Err(Error::new(ErrorKind::Invalid, "flush.no_answer", message).with_hint("write `--no-input`"));
        };
        let question = format!("Every row in {} will be gone. Type `yes` to go on:", db.driver().address());
        if terminal.ask(&question)? != "yes" {
            return print("nothing was removed\n");
        }
    }
    flush(db.driver().as_ref(), db.models(), site.contributions::<PostMigrate>()).await?;
    print(&format!("the tables of {} are empty, but for what follows a `migrate`\n", db.driver().address()))
}

pub(super) async fn sql(site: Site, mut args: Args) -> Result<()> {
    let name = args.option("--database")?;
    args.finish()?;
    let db = database(&site, name).await?;
    let statements = flush_statements(db.models(), db.connection().dialect())?;
    print(&script(&statements))
}

pub(super) async fn sequences(site: Site, mut args: Args) -> Result<()> {
    let name = args.option("--database")?;
    let apps = positionals(&mut args);
    args.finish()?;
    let db = database(&site, name).await?;
    let mut known: Vec<&str> = db.models().iter().map(|meta| meta.app).collect();
    known.sort_unstable();
    known.dedup();
    if apps.is_empty() {
        let message = format!("`sqlsequencereset` needs an app; choices are {}", suggest::list(known));
        return Err(Error::new(ErrorKind::Invalid, "cli.arguments", message));
    }
    if let Some(unknown) = apps.iter().find(|app| !known.contains(&app.as_str())) {
        let shown = unknown.escape_debug();
        let message = format!("unknown app `{shown}`; choices are {}", suggest::list(known.iter().copied()));
        let error = Error::new(ErrorKind::Invalid, "cli.arguments", message);
        return Err(match suggest::nearest(unknown, known.iter().copied()) {
            Some(near) => error.with_hint(format!("did you mean `{near}`?")),
            None => error,
        });
    }
    let models = db.models().iter().filter(|meta| meta.managed && apps.iter().any(|app| app == meta.app));
    print(&script(&sequence_resets(models, db.connection().dialect())))
}

/// Statements as a script that does all of them or none, where the database can.
fn script(statements: &[String]) -> String {
    if statements.is_empty() {
        return "-- nothing to do\n".to_owned();
    }
    format!("BEGIN;\n{};\nCOMMIT;\n", statements.join(";\n"))
}
