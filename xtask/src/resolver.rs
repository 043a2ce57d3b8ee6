//! Proof that an app can have sqlx 0.9 beside Demijohn: the range of `rusqlite` lets cargo settle on one SQLite library.

use std::fs;

use crate::Result;
use crate::shell::{cargo, read, root, target};

/// Resolves such an app and looks at what was chosen. Needs the package registry.
pub(crate) fn run() -> Result {
    let range = rusqlite_range()?;
    let folder = target().join("resolver");
    fs::create_dir_all(folder.join("src")).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let manifest = format!(
        "[package]\nname = \"beside-sqlx\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         rusqlite = {{ version = \"{range}\", default-features = false, features = [\"bundled\", \"cache\"] }}\n\
         sqlx = {{ version = \"0.9\", default-features = false, features = [\"sqlite\", \"runtime-tokio\"] }}\n"
    );
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).map_err(|error| format!("cannot write {name} for the resolver: {error}"))
    };
    write("Cargo.toml", &manifest)?;
    write("src/lib.rs", "")?;
    // A lock file from last time would be kept to, and prove nothing.
    let _ = fs::remove_file(folder.join("Cargo.lock"));
    read(cargo(&["generate-lockfile", "--quiet"]).current_dir(&folder))?;
    let lock = fs::read_to_string(folder.join("Cargo.lock")).map_err(|error| format!("no Cargo.lock: {error}"))?;
    let sqlite = versions(&lock, "libsqlite3-sys");
    let (rusqlite, sqlx) = (versions(&lock, "rusqlite"), versions(&lock, "sqlx-sqlite"));
    match (sqlite.as_slice(), rusqlite.as_slice(), sqlx.as_slice()) {
        ([sqlite], [rusqlite], [sqlx]) => {
            println!(
                "resolver: rusqlite `{range}` beside sqlx-sqlite {sqlx} gives rusqlite {rusqlite} on libsqlite3-sys {sqlite}"
            );
            Ok(())
        }
        _ => Err(format!("rusqlite {rusqlite:?} and sqlx-sqlite {sqlx:?} do not share one libsqlite3-sys: {sqlite:?}")),
    }
}

/// The range that the workspace asks for.
fn rusqlite_range() -> Result<String> {
    let path = root().join("Cargo.toml");
    let manifest = fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    manifest
        .lines()
        .find_map(|line| line.strip_prefix("rusqlite = { version = \"")?.split('"').next())
        .map(str::to_owned)
        .ok_or_else(|| format!("no line `rusqlite = {{ version = \"…\"` in {}", path.display()))
}

/// The versions of a package in a lock file.
fn versions(lock: &str, package: &str) -> Vec<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    let mut found = Vec::new();
    while lines.any(|line| line == name) {
        found.extend(
            lines.next().and_then(|line| line.strip_prefix("version = ")).map(|text| text.trim_matches('"').to_owned()),
        );
    }
    found
}
