//! `dumpdata` and `loaddata`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _};
use std::path::{Path, PathBuf};

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_web::{Args, Site};

use super::{database, positionals};
use crate::fixtures::{DumpOptions, Fixture, LoadOptions, Renumbered, dumpdata, loaddata};
use crate::migrations::print;
use crate::{ContentType, Db, Model as _};

pub(super) async fn dump(site: Site, mut args: Args) -> Result<()> {
    let mut options = DumpOptions {
        natural_foreign: args.flag("--natural-foreign"),
        natural_primary: args.flag("--natural-primary"),
        exclude: excluded(&mut args)?,
        ..DumpOptions::default()
    };
    options.indent = args.option("--indent")?.map(|text| indent(&text)).transpose()?;
    let keys = args.option("--pks")?;
    options.keys.extend(keys.iter().flat_map(|keys| keys.split(',')).map(str::to_owned));
    let (long, short) = (args.option("--output")?, args.option("-o")?);
    refuse_format(&mut args)?;
    let name = args.option("--database")?;
    options.labels = positionals(&mut args);
    args.finish()?;
    let db = database(&site, name).await?;
    match long.or(short) {
        Some(path) => dump_to_file(&db, &options, Path::new(&path)).await,
        None => dumpdata(&db, &options, &mut BufWriter::new(io::stdout())).await.map(|_| ()),
    }
}

/// The file is there when it is whole, and what stood there before until then.
async fn dump_to_file(db: &Db, options: &DumpOptions, path: &Path) -> Result<()> {
    let unfinished = PathBuf::from(format!("{}.unfinished", path.display()));
    let cannot = |error: io::Error| {
        let message = format!("cannot write `{}`", path.display());
        Error::new(ErrorKind::Invalid, "dumpdata.file", message).with_source(error)
    };
    let file = File::create(&unfinished).map_err(cannot)?;
    let dumped = dumpdata(db, options, &mut BufWriter::new(file)).await;
    if dumped.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    dumped?;
    fs::rename(&unfinished, path).map_err(cannot)
}

pub(super) async fn load(site: Site, mut args: Args) -> Result<()> {
    let (long, short) = (args.flag("--ignorenonexistent"), args.flag("-i"));
    // Permissions point to content types, which come first.
    let others = site.contributions::<Renumbered>().iter().map(|model| (model.0)());
    let renumber = std::iter::once(ContentType::meta()).chain(others).collect();
    let options = LoadOptions { exclude: excluded(&mut args)?, ignore_nonexistent: long || short, renumber };
    refuse_format(&mut args)?;
    let name = args.option("--database")?;
    let paths = positionals(&mut args);
    args.finish()?;
    if paths.is_empty() {
        let message = "`loaddata` needs a file: `loaddata site.json`, or `-` for the standard input";
        return Err(Error::new(ErrorKind::Invalid, "cli.arguments", message));
    }
    let fixtures = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
    let db = database(&site, name).await?;
    let report = loaddata(&db, &fixtures, &options).await?;
    let many = |count: u64, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let left_out = match report.left_out {
        0 => String::new(),
        count => format!("; {} left out", many(count, "other")),
    };
    print(&format!("loaded {} from {}{left_out}\n", many(report.loaded, "object"), many(fixtures.len() as u64, "file")))
}

fn read(path: &str) -> Result<Fixture> {
    if path != "-" {
        return Fixture::read(Path::new(path));
    }
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    Ok(Fixture::new("standard input", text))
}

fn excluded(args: &mut Args) -> Result<Vec<String>> {
    let mut labels = Vec::new();
    while let Some(label) = args.option("--exclude")? {
        labels.push(label);
    }
    while let Some(label) = args.option("-e")? {
        labels.push(label);
    }
    Ok(labels)
}

fn indent(text: &str) -> Result<usize> {
    text.parse().ok().filter(|spaces| *spaces <= 16).ok_or_else(|| {
        let message = format!("`--indent {}` is no number from 0 to 16", text.escape_debug());
        Error::new(ErrorKind::Invalid, "cli.arguments", message)
    })
}

fn refuse_format(args: &mut Args) -> Result<()> {
    match args.option("--format")? {
        Some(format) if format != "json" => {
            let message = format!("unknown format `{}`; the only choice is `json`", format.escape_debug());
            Err(Error::new(ErrorKind::Invalid, "cli.arguments", message))
        }
        _ => Ok(()),
    }
}
