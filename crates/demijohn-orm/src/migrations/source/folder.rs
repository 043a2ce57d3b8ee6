//! Where the source of an app's migrations belongs.

use std::path::{Path, PathBuf};

use demijohn_core::model::SourceMeta;
use demijohn_core::{Error, Result};

/// The folder for the first migrations of an app, from the place of one of its models: beside `main.rs`, `lib.rs`,
/// `mod.rs` and `models.rs`, else below the module of that file.
pub(crate) fn beside_model(source: &SourceMeta, app: &str) -> Result<PathBuf> {
    let file = file(source, app)?;
    let parent = file.parent().unwrap_or(Path::new("")).to_owned();
    Ok(match file.file_stem().and_then(|stem| stem.to_str()) {
        None | Some("main" | "lib" | "mod" | "models") => parent.join("migrations"),
        Some(stem) => parent.join(stem).join("migrations"),
    })
}

/// The file in which the module of the first migrations is to be declared.
pub(crate) fn declaring_file(source: &SourceMeta, app: &str) -> Result<PathBuf> {
    let file = file(source, app)?;
    let is_leaf = file.file_stem().is_some_and(|stem| stem == "models");
    let parent = ["main.rs", "lib.rs", "mod.rs"].iter().map(|name| file.with_file_name(name));
    let parent = parent.filter(|_| is_leaf).find(|path| path.is_file());
    Ok(parent.unwrap_or(file))
}

/// The file that the compiler named, which it does from the folder of the workspace.
///
/// # Errors
/// `migrations.foreign` when the crate is somebody else's or its source is not on this machine.
pub(crate) fn file(source: &SourceMeta, app: &str) -> Result<PathBuf> {
    let manifest_dir = Path::new(source.manifest_dir);
    let foreign = |what: &str| {
        let message =
            format!("the migrations of `{app}` cannot be written: its crate `{}` {what}", source.manifest_dir);
        Error::misconfigured("migrations.foreign", message)
            .with_hint(format!("name the apps that are yours: `makemigrations APP`, or leave `{app}` to its authors"))
    };
    let parts: Vec<&str> = source.manifest_dir.split(['/', '\\']).collect();
    if parts.windows(2).any(|pair| pair == ["registry", "src"] || pair == ["git", "checkouts"]) {
        return Err(foreign("was downloaded"));
    }
    if !manifest_dir.is_dir() {
        return Err(foreign("is not on this machine"));
    }
    let found = manifest_dir.ancestors().map(|folder| folder.join(source.file)).find(|path| path.is_file());
    found.ok_or_else(|| foreign(&format!("has no file `{}`", source.file)))
}

/// The name under which a crate knows the framework: `demijohn`, or `demijohn_orm` inside the framework itself.
pub(crate) fn library_of(manifest_dir: &str) -> &'static str {
    let manifest = std::fs::read_to_string(Path::new(manifest_dir).join("Cargo.toml")).unwrap_or_default();
    let depends_on = |name: &str| {
        let rest = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '=', '.']));
        manifest.lines().any(rest)
    };
    if !depends_on("demijohn") && depends_on("demijohn-orm") { "demijohn_orm" } else { "demijohn" }
}
