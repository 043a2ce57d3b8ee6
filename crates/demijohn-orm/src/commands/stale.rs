//! `remove_stale_contenttypes`.

use std::fmt::Write as _;

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_web::{Args, Site};

use super::database;
use crate::content_type::stale;
use crate::migrations::{Ask as _, Terminal, print};
use crate::{ContentType, Executor as _, FieldValue as _, Model as _, collect, delete_rows};

pub(super) async fn run(site: Site, mut args: Args) -> Result<()> {
    let (long, short) = (args.flag("--no-input"), args.flag("--noinput"));
    let apps_too = args.flag("--include-stale-apps");
    let name = args.option("--database")?;
    args.finish()?;
    let db = database(&site, name).await?;
    if !db.models().iter().any(|meta| meta == ContentType::meta()) {
        return print("no model of this site points to content types\n");
    }
    let rows = stale(&db, apps_too).await?;
    if rows.is_empty() {
        return print("every content type stands for a model\n");
    }
    let keys: Vec<_> = rows.iter().map(|row| row.id.to_value()).collect();
    let going = collect(&db, ContentType::meta(), keys.clone()).await?;
    let mut said = String::new();
    for row in &rows {
        let _ = writeln!(said, "  {}.{} stands for no model", row.app_label, row.model);
    }
    for (meta, keys) in going.deletes.iter().filter(|(meta, _)| *meta != ContentType::meta()) {
        let _ = writeln!(said, "  {} {} would go with them", keys.len(), meta.full_name());
    }
    print(&said)?;
    if !(long || short) {
        let Some(mut terminal) = Terminal::if_present() else {
            let message = "`remove_stale_contenttypes` asks before it removes rows, and nobody is there to answer";
            return Err(
                Error::new(ErrorKind::Invalid, "contenttypes.no_answer", message).with_hint("write `--no-input`")
            );
        };
        if terminal.ask("Type `yes` to remove them:")? != "yes" {
            return print("nothing was removed\n");
        }
    }
    let deleted = delete_rows(&db, ContentType::meta(), keys).await?;
    print(&format!("removed {deleted}\n"))
}
