//! [`PostgresRow`]: a row as the server sent it, read where it lies.

use std::cell::OnceCell;

use demijohn_core::model::Value;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Row, ValueRef};
use tokio_postgres::types::{FromSql, Type};

use crate::column::Codec;

/// A row, and a place for values that are made of several.
pub(crate) struct PostgresRow<'a> {
    row: &'a tokio_postgres::Row,
    codecs: &'a [Codec],
    /// Lists and the like, once they were asked for; most rows have none.
    made: OnceCell<Box<[OnceCell<Value>]>>,
}

impl<'a> PostgresRow<'a> {
    pub(crate) fn new(row: &'a tokio_postgres::Row, codecs: &'a [Codec]) -> Self {
        Self { row, codecs, made: OnceCell::new() }
    }

    fn made(&self, index: usize, codec: &Codec, bytes: &[u8]) -> Result<ValueRef<'_>> {
        let made = self.made.get_or_init(|| self.codecs.iter().map(|_| OnceCell::new()).collect());
        let cell = &made[index];
        if cell.get().is_none() {
            let value = codec.owned(bytes).map_err(|error| self.in_column(error, index))?;
            let _ = cell.set(value);
        }
        let value = cell.get().expect("it was set above");
        Ok(match value {
            Value::Text(text) => ValueRef::Text(text),
            value => ValueRef::Value(value),
        })
    }

    #[cold]
    fn in_column(&self, error: Error, index: usize) -> Error {
        let name = self.row.columns().get(index).map_or("?", |column| column.name());
        error.with_excerpt(format!("  column | {name}"))
    }
}

impl Row for PostgresRow<'_> {
    fn len(&self) -> usize {
        self.codecs.len()
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>> {
        let (Some(codec), Ok(raw)) = (self.codecs.get(index), self.row.try_get::<_, Raw<'_>>(index)) else {
            let count = self.len();
            let message = format!("the row has no column {index}; it has {count}, from 0");
            return Err(Error::new(ErrorKind::Internal, "orm.decode", message));
        };
        let Some(bytes) = raw.0 else { return Ok(ValueRef::Null) };
        match codec.borrowed(bytes) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => self.made(index, codec, bytes),
            Err(error) => Err(self.in_column(error, index)),
        }
    }
}

/// The bytes of a value; None is NULL.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
