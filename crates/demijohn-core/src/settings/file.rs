//! `demijohn.toml`: read once, with the places of its keys kept for error messages.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use super::Settings;
use super::slot::{KEYS, slot};
use crate::{Error, Result, excerpt, suggest};

/// A settings file that was read.
#[derive(Debug)]
pub(super) struct SettingsFile {
    pub(super) path: PathBuf,
    text: String,
    values: Map<String, Value>,
    places: BTreeMap<String, Range<usize>>,
}

impl SettingsFile {
    pub(super) fn parse(path: &Path, text: String) -> Result<Self> {
        let mut file = Self { path: path.to_owned(), text, values: Map::new(), places: BTreeMap::new() };
        let table = match DeTable::parse(&file.text) {
            Ok(table) => table,
            Err(error) => {
                let message = error.message().lines().next().unwrap_or("it cannot be read").to_owned();
                return Err(file.error(error.span().unwrap_or_default(), &message));
            }
        };
        let (mut values, mut places) = (Map::new(), BTreeMap::new());
        read_table(table.get_ref(), "", &mut values, &mut places);
        file.values = values;
        file.places = places;
        Ok(file)
    }

    /// Writes every key into the settings.
    pub(super) fn apply(&self, settings: &mut Settings) -> Result<()> {
        for (key, value) in &self.values {
            if value.is_object() && !KEYS.contains(&key.as_str()) {
                continue;
            }
            let Some(slot) = slot(settings, key) else {
                return Err(self.unknown_key(key));
            };
            let expected = slot.expected();
            if !slot.set(value) {
                let message = format!("`{key}` is {}; it has to be {expected}", kind(value));
                return Err(self.error(self.place(key), &message));
            }
        }
        Ok(())
    }

    pub(super) fn section(&self, name: &str) -> Option<Value> {
        self.values.get(name).filter(|value| value.is_object()).cloned()
    }

    pub(super) fn section_names(&self) -> Vec<&str> {
        self.values.iter().filter(|(_, value)| value.is_object()).map(|(name, _)| name.as_str()).collect()
    }

    /// What serde says about the table `[name]`, at the line of the key it speaks of.
    pub(super) fn section_error(&self, name: &str, message: &str) -> Error {
        let quoted = message.split('`').nth(1).unwrap_or_default();
        let key = format!("{name}.{quoted}");
        let place = self.places.get(&key).cloned().unwrap_or_else(|| self.place(name));
        let error = self.error(place, &format!("table `[{name}]`: {message}"));
        let choices = message.split("expected ").nth(1).unwrap_or_default().split('`').skip(1).step_by(2);
        match suggest::nearest(quoted, choices) {
            Some(near) if message.starts_with("unknown field") => error.with_hint(format!("did you mean `{near}`?")),
            _ => error,
        }
    }

    fn unknown_key(&self, key: &str) -> Error {
        let message = format!("unknown setting `{key}`; choices are {}", suggest::list(KEYS.iter().copied()));
        let error = self.error(self.place(key), &message);
        match suggest::nearest(key, KEYS.iter().copied()) {
            Some(near) => error.with_hint(format!("did you mean `{near}`?")),
            None => error.with_hint("settings of your own go into a table, for example `[shop]`"),
        }
    }

    fn place(&self, key: &str) -> Range<usize> {
        self.places.get(key).cloned().unwrap_or_default()
    }

    fn error(&self, place: Range<usize>, message: &str) -> Error {
        let (line, column) = excerpt::position(&self.text, place.start);
        let width = self.text.get(place).map_or(1, |text| text.lines().next().unwrap_or_default().chars().count());
        let error = Error::misconfigured("settings.file", format!("{}:{line}: {message}", self.path.display()));
        let shown = excerpt::lines(&self.text, line, column, width, 0);
        // The line of a secret would put it into a log.
        if ["secret", "password", "database_url", "token"].iter().any(|word| shown.contains(word)) {
            return error;
        }
        error.with_excerpt(shown)
    }
}

fn read_table(
    table: &DeTable<'_>,
    above: &str,
    values: &mut Map<String, Value>,
    places: &mut BTreeMap<String, Range<usize>>,
) {
    for (key, value) in table {
        let path = if above.is_empty() { key.get_ref().to_string() } else { format!("{above}.{}", key.get_ref()) };
        places.insert(path.clone(), key.span());
        values.insert(key.get_ref().to_string(), read_value(value.get_ref(), &path, places));
    }
}

fn read_value(value: &DeValue<'_>, path: &str, places: &mut BTreeMap<String, Range<usize>>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::from(number),
            Err(_) => Value::String(number.to_string()),
        },
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(Value::Null, Value::from),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| read_value(item.get_ref(), path, places)).collect())
        }
        DeValue::Table(table) => {
            let mut values = Map::new();
            read_table(table, path, &mut values, places);
            Value::Object(values)
        }
    }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(flag) => format!("`{flag}`"),
        Value::Number(number) => format!("the number `{number}`"),
        Value::String(text) if text.chars().count() > 40 => "a text".to_owned(),
        Value::String(text) => format!("the text `{text}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a table".to_owned(),
    }
}
