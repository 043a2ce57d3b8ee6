//! [`SqliteRow`]: a row that SQLite stands on, read without copying.

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Row, ValueRef};
use rusqlite::types::ValueRef as Kept;

/// The row that SQLite stands on.
pub(crate) struct SqliteRow<'a, 'stmt>(pub(crate) &'a rusqlite::Row<'stmt>);

impl Row for SqliteRow<'_, '_> {
    fn len(&self) -> usize {
        self.0.as_ref().column_count()
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>> {
        match self.0.get_ref(index) {
            Ok(Kept::Null) => Ok(ValueRef::Null),
            Ok(Kept::Integer(number)) => Ok(ValueRef::Int(number)),
            Ok(Kept::Real(number)) => Ok(ValueRef::Float(number)),
            Ok(Kept::Blob(bytes)) => Ok(ValueRef::Bytes(bytes)),
            Ok(Kept::Text(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(ValueRef::Text(text)),
                Err(_) => Err(self.not_utf8(index, bytes)),
            },
            Err(_) => Err(self.no_column(index)),
        }
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.0.as_ref().column_name(index).ok()
    }
}

impl SqliteRow<'_, '_> {
    #[cold]
    fn not_utf8(&self, index: usize, bytes: &[u8]) -> Error {
        let name = self.0.as_ref().column_name(index).unwrap_or("?").to_owned();
        let start = &bytes[..bytes.len().min(40)];
        let message = format!("the text `{}` in column `{name}` is not UTF-8", start.escape_ascii());
        Error::new(ErrorKind::Internal, "orm.decode", message)
            .with_hint("another program wrote it; read the column as bytes with `CAST(… AS BLOB)`, or mend the row")
    }

    #[cold]
    fn no_column(&self, index: usize) -> Error {
        let count = self.len();
        Error::new(ErrorKind::Internal, "orm.decode", format!("the row has no column {index}; it has {count}, from 0"))
    }
}
