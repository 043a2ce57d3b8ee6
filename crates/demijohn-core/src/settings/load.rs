//! Finding and reading the settings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::SettingsFile;
use super::slot::{KEYS, slot};
use super::{Secret, Settings, dotenv};
use crate::{Error, Result, suggest};

const FILE_NAME: &str = "demijohn.toml";

impl Settings {
    /// Reads the settings of this process: `demijohn.toml`, `.env` and the environment.
    ///
    /// The file is looked for where `DEMIJOHN_CONFIG` says, in the working directory, and in the directory of the
    /// package that `cargo run` runs.
    ///
    /// # Errors
    /// A file cannot be read, a key is unknown or a value has the wrong type; the error shows the line and the choices.
    pub fn load() -> Result<Self> {
        let environment: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        Self::load_from(&here, &environment)
    }

    /// Reads the settings as a process with this working directory and this environment would.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn load_from(here: &Path, environment: &BTreeMap<String, String>) -> Result<Self> {
        let mut settings = Self { root: here.to_owned(), ..Self::default() };
        if let Some(path) = find(here, environment)? {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Error::misconfigured("settings.file", format!("cannot read `{}`", path.display())).with_source(error)
            })?;
            path.parent().unwrap_or(here).clone_into(&mut settings.root);
            let file = SettingsFile::parse(&path, text)?;
            file.apply(&mut settings)?;
            settings.file = Some(Arc::new(file));
        }
        let dotenv_path = settings.root.join(".env");
        let mut variables = BTreeMap::new();
        if let Ok(text) = std::fs::read_to_string(&dotenv_path) {
            variables.extend(dotenv::parse(&dotenv_path, &text)?);
        }
        settings.apply_variables(&variables, &format!("{}: ", dotenv_path.display()))?;
        settings.apply_variables(environment, "environment: ")?;
        variables.extend(environment.iter().map(|(name, value)| (name.clone(), value.clone())));
        settings.variables = Arc::new(variables.into_iter().map(|(name, value)| (name, Secret::new(value))).collect());
        Ok(settings)
    }

    fn apply_variables(&mut self, variables: &BTreeMap<String, String>, origin: &str) -> Result<()> {
        for (name, value) in variables {
            let key = match name.as_str() {
                "DATABASE_URL" | "SECRET_KEY" => name.to_ascii_lowercase(),
                "PORT" => {
                    self.apply_port(value, origin)?;
                    continue;
                }
                "DEMIJOHN_CONFIG" => continue,
                _ => match name.strip_prefix("DEMIJOHN_") {
                    Some(key) => key.to_ascii_lowercase(),
                    None => continue,
                },
            };
            self.apply_variable(name, &key, value, origin)?;
        }
        Ok(())
    }

    fn apply_variable(&mut self, name: &str, key: &str, value: &str, origin: &str) -> Result<()> {
        let Some(slot) = slot(self, key) else {
            let names: Vec<String> = KEYS.iter().map(|key| format!("DEMIJOHN_{}", key.to_ascii_uppercase())).collect();
            let choices = || names.iter().map(String::as_str);
            let message = format!("{origin}unknown setting `{name}`; choices are {}", suggest::list(choices()));
            let error = Error::misconfigured("settings.variable", message);
            return Err(match suggest::nearest(name, choices()) {
                Some(near) => error.with_hint(format!("did you mean `{near}`?")),
                None => error,
            });
        };
        let expected = slot.expected();
        if slot.set_text(value) {
            return Ok(());
        }
        let message = format!("{origin}`{name}` is `{}`; it has to be {expected}", value.escape_debug());
        Err(Error::misconfigured("settings.variable", message))
    }

    /// `PORT` changes the port and keeps the address.
    fn apply_port(&mut self, value: &str, origin: &str) -> Result<()> {
        let port: u16 = value.trim().parse().map_err(|_| {
            let message =
                format!("{origin}`PORT` is `{}`; it has to be a number from 0 to 65535", value.escape_debug());
            Error::misconfigured("settings.variable", message)
        })?;
        let host = self.bind.rsplit_once(':').map_or("127.0.0.1", |(host, _)| host);
        self.bind = format!("{host}:{port}");
        Ok(())
    }
}

fn find(here: &Path, environment: &BTreeMap<String, String>) -> Result<Option<PathBuf>> {
    if let Some(path) = environment.get("DEMIJOHN_CONFIG").filter(|path| !path.is_empty()) {
        let path = here.join(path);
        if path.is_file() {
            return Ok(Some(path));
        }
        let message = format!("there is no file `{}`, which `DEMIJOHN_CONFIG` names", path.display());
        return Err(Error::misconfigured("settings.file", message));
    }
    let package = environment.get("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let candidates = [Some(here.to_owned()), package].into_iter().flatten();
    Ok(candidates.map(|directory| directory.join(FILE_NAME)).find(|path| path.is_file()))
}
