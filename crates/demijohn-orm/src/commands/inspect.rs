//! `inspectdb`.

use demijohn_core::Result;
use demijohn_web::{Args, Site};

use super::{database, positionals};
use crate::Executor as _;
use crate::inspectdb::{InspectOptions, inspectdb};
use crate::migrations::print;

pub(super) async fn run(site: Site, mut args: Args) -> Result<()> {
    let include_views = args.flag("--include-views");
    let name = args.option("--database")?;
    let options = InspectOptions { tables: positionals(&mut args), include_views };
    args.finish()?;
    let db = database(&site, name).await?;
    print(&inspectdb(db.connection(), &options).await?)
}
