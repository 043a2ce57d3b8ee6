//! `REGEXP`: `text REGEXP pattern` calls `regexp(pattern, text)`.

use regex::{Regex, RegexBuilder};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::text::text;
use super::{Outcome, deterministic, refused};

/// The most memory that a compiled pattern may take.
const LARGEST: usize = 1 << 20;

pub(super) fn register(connection: &Connection) -> Outcome<()> {
    connection.create_scalar_function("regexp", 2, deterministic(), |context| {
        if context.get_raw(0) == ValueRef::Null || context.get_raw(1) == ValueRef::Null {
            return Ok(None);
        }
        // Kept with the statement, so the pattern is compiled once for all its rows.
        let pattern =
            context.get_or_create_aux(0, |pattern| -> Result<Regex, Box<dyn std::error::Error + Send + Sync>> {
                Ok(RegexBuilder::new(pattern.as_str()?).size_limit(LARGEST).build()?)
            });
        let pattern = pattern.map_err(|error| refused(error.to_string()))?;
        Ok(text(context, 1)?.map(|text| pattern.is_match(&text)))
    })
}
