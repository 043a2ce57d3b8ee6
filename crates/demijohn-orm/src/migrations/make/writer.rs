//! [`Writer`]: finds the place of each migration, and writes files and lists.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use demijohn_core::model::Models;
use demijohn_core::{Error, Result, suggest};

use super::{MadeMigration, shown};
use crate::migrations::source::{self, List, folder};
use crate::migrations::{Migration, Migrations};

/// Finds the place of each migration, and writes them.
pub(in crate::migrations) struct Writer<'a> {
    models: &'a Models,
    migrations: &'a [Arc<Migrations>],
    lists: Vec<(String, List)>,
    /// What is to be added by hand: where, and the line.
    pub(in crate::migrations) to_add: Vec<(String, String)>,
}

impl<'a> Writer<'a> {
    pub(in crate::migrations) fn new(models: &'a Models, migrations: &'a [Arc<Migrations>]) -> Self {
        Self { models, migrations, lists: Vec::new(), to_add: Vec::new() }
    }

    /// The file of a migration, entered in its app's list.
    pub(in crate::migrations) fn place(&mut self, migration: Migration) -> Result<MadeMigration> {
        if !self.lists.iter().any(|(app, _)| *app == migration.app) {
            let list = self.list_of(&migration.app)?;
            self.lists.push((migration.app.clone(), list));
        }
        let (_, list) = self.lists.iter_mut().find(|(app, _)| *app == migration.app).expect("it was put in above");
        let module = source::module_of(&migration.name);
        let path = list.folder.join(format!("{module}.rs"));
        if path.exists() {
            let message = format!("`{}` is there already", path.display());
            return Err(Error::misconfigured("migrations.file_exists", message)
                .with_hint(format!("add it to the list `{}`, or remove it", list.path.display())));
        }
        list.add(&module)?;
        let library = list.library().unwrap_or("demijohn").to_owned();
        Ok(MadeMigration {
            source: source::file_of(&migration, &library),
            migration,
            path,
            is_update: false,
            costs: Vec::new(),
        })
    }

    /// The file of a migration that is there and gets other steps.
    ///
    /// # Errors
    /// `migrations.edited` when the file says something else than `makemigrations` wrote.
    pub(in crate::migrations) fn place_again(&mut self, migration: Migration) -> Result<MadeMigration> {
        let list = self.list_of(&migration.app)?;
        let path = list.folder.join(format!("{}.rs", source::module_of(&migration.name)));
        let library = list.library().unwrap_or("demijohn").to_owned();
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Error::misconfigured("migrations.read", format!("cannot read `{}`", path.display())).with_source(error)
        })?;
        let known = self.migrations.iter().flat_map(|own| &own.list);
        let mut old = known.filter(|own| own.app == migration.app && own.name == migration.name);
        if !old.any(|old| squeezed(&source::file_of(old, &library)) == squeezed(&text)) {
            let message = format!("`{}` was changed by hand, or the program was built before it", path.display());
            return Err(Error::misconfigured("migrations.edited", message)
                .with_hint("it would be written anew; build again, or make another one without `--update`"));
        }
        Ok(MadeMigration {
            source: source::file_of(&migration, &library),
            migration,
            path,
            is_update: true,
            costs: Vec::new(),
        })
    }

    fn list_of(&mut self, app: &str) -> Result<List> {
        if let Some(known) = self.migrations.iter().find(|migrations| migrations.app == app) {
            let list = List::read(&folder::file(&known.source, app)?)?;
            return refuse_unbuilt(&list, known).map(|()| list);
        }
        let Some(meta) = self.models.iter().find(|meta| meta.app == app && meta.managed && !meta.auto_created) else {
            let message = format!("app `{app}` has no model and no migrations, so no place for the source of one");
            return Err(Error::misconfigured("migrations.no_place", message));
        };
        let folder = folder::beside_model(&meta.source, app)?;
        let list = List::new(&folder, app, folder::library_of(meta.source.manifest_dir));
        if list.path.exists() {
            let message = format!("`{}` is there, but the migrations in it are not registered", list.path.display());
            return Err(Error::misconfigured("migrations.not_registered", message).with_hint(format!(
                "write `mod migrations;`, add `.migrations(migrations::all())` to the app `{app}`, and build again"
            )));
        }
        let declaring = folder::declaring_file(&meta.source, app)?;
        self.to_add.push((shown(&declaring), "mod migrations;".to_owned()));
        self.to_add.push((format!("the app `{app}`"), ".migrations(migrations::all())".to_owned()));
        Ok(list)
    }

    /// Writes files and lists.
    pub(in crate::migrations) fn write(&self, made: &[MadeMigration]) -> Result<()> {
        for (_, list) in &self.lists {
            std::fs::create_dir_all(&list.folder).map_err(|error| cannot_write(&list.folder, error))?;
        }
        for made in made {
            let mut open = std::fs::OpenOptions::new();
            let open = if made.is_update { open.write(true).truncate(true) } else { open.write(true).create_new(true) };
            let file = open.open(&made.path);
            let mut file = file.map_err(|error| cannot_write(&made.path, error))?;
            std::io::Write::write_all(&mut file, made.source.as_bytes())
                .map_err(|error| cannot_write(&made.path, error))?;
            format(&made.path);
        }
        for (_, list) in &self.lists {
            std::fs::write(&list.path, &list.text).map_err(|error| cannot_write(&list.path, error))?;
        }
        Ok(())
    }
}

/// A file without what a formatter changes.
fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != ',').collect()
}

/// A program that does not know the newest migrations would write them again.
fn refuse_unbuilt(list: &List, known: &Migrations) -> Result<()> {
    let is_built = |name: &&str| known.list.iter().any(|migration| migration.name == **name);
    let unbuilt: Vec<&str> = list.declared().filter(|name| !is_built(name)).collect();
    if unbuilt.is_empty() {
        return Ok(());
    }
    let message = format!("this program was built before {} of app `{}`", suggest::list(unbuilt), known.app);
    Err(Error::misconfigured("migrations.not_built", message).with_hint("build it again, then run `makemigrations`"))
}

fn cannot_write(path: &Path, error: std::io::Error) -> Error {
    Error::misconfigured("migrations.write", format!("cannot write `{}`", path.display())).with_source(error)
}

/// Lays the file out in the user's own way, where that is not the usual one. Without rustfmt it stays as it is.
fn format(path: &Path) {
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024"]).arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = rustfmt.status();
}
