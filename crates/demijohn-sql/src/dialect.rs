//! [`Dialect`]: how one database writes what another writes differently.

use demijohn_core::model::FieldKind;

/// How one database writes what another writes differently.
pub trait Dialect: Send + Sync + 'static {
    /// Its name: `sqlite`, `postgres`, `mysql`.
    fn name(&self) -> &'static str;

    /// The character around identifiers.
    fn quote(&self) -> char {
        '"'
    }

    /// Writes the placeholder of the `n`-th value, counted from 1.
    fn placeholder(&self, sql: &mut String, n: usize);

    /// The type of a column in `CREATE TABLE`.
    fn column_type(&self, kind: FieldKind) -> String;

    /// How many values one statement can carry.
    fn max_params(&self) -> usize;

    /// The longest identifier, in bytes.
    fn max_identifier(&self) -> usize;

    /// Is letter case ignored by an operator of its own (`ILIKE`)?
    fn has_ilike(&self) -> bool {
        false
    }

    /// Does `GLOB` match text with its letter case?
    fn has_glob(&self) -> bool {
        false
    }

    /// Does an insert give its new key only when asked with `RETURNING`?
    fn needs_returning(&self) -> bool {
        false
    }

    /// Can tables change inside a transaction that may be rolled back?
    fn has_transactional_ddl(&self) -> bool {
        true
    }
}

/// SQLite 3.
#[derive(Debug, Clone, Copy)]
pub struct Sqlite;

impl Dialect for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn placeholder(&self, sql: &mut String, _: usize) {
        sql.push('?');
    }

    fn column_type(&self, kind: FieldKind) -> String {
        match kind {
            FieldKind::SmallInt => "smallint".into(),
            FieldKind::Integer => "integer".into(),
            FieldKind::BigInt => "bigint".into(),
            FieldKind::Bool => "bool".into(),
            FieldKind::Float => "real".into(),
            FieldKind::Decimal { .. } => "decimal".into(),
            FieldKind::Varchar(length) => format!("varchar({length})"),
            FieldKind::Timestamp => "datetime".into(),
            FieldKind::Date => "date".into(),
            FieldKind::Time => "time".into(),
            FieldKind::Uuid => "char(32)".into(),
            FieldKind::Binary => "BLOB".into(),
            FieldKind::PositiveSmallInt => "smallint unsigned".into(),
            FieldKind::PositiveInteger => "integer unsigned".into(),
            FieldKind::PositiveBigInt => "bigint unsigned".into(),
            FieldKind::Duration => "bigint".into(),
            FieldKind::IpAddress => "char(39)".into(),
            _ => "text".into(),
        }
    }

    fn max_params(&self) -> usize {
        32_766
    }

    fn max_identifier(&self) -> usize {
        200
    }

    fn has_glob(&self) -> bool {
        true
    }
}

/// PostgreSQL.
#[derive(Debug, Clone, Copy)]
pub struct Postgres;

impl Dialect for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn placeholder(&self, sql: &mut String, n: usize) {
        use std::fmt::Write as _;
        let _ = write!(sql, "${n}");
    }

    fn column_type(&self, kind: FieldKind) -> String {
        match kind {
            FieldKind::SmallInt => "smallint".into(),
            FieldKind::Integer => "integer".into(),
            FieldKind::BigInt => "bigint".into(),
            FieldKind::Bool => "boolean".into(),
            FieldKind::Float => "double precision".into(),
            FieldKind::Decimal { max_digits, decimal_places } => format!("numeric({max_digits}, {decimal_places})"),
            FieldKind::Varchar(length) => format!("varchar({length})"),
            FieldKind::Timestamp => "timestamp with time zone".into(),
            FieldKind::Date => "date".into(),
            FieldKind::Time => "time".into(),
            FieldKind::Uuid => "uuid".into(),
            FieldKind::Json => "jsonb".into(),
            FieldKind::Binary => "bytea".into(),
            FieldKind::PositiveSmallInt => "smallint".into(),
            FieldKind::PositiveInteger => "integer".into(),
            FieldKind::PositiveBigInt => "bigint".into(),
            FieldKind::Duration => "interval".into(),
            FieldKind::IpAddress => "inet".into(),
            FieldKind::Array(of) => format!("{}[]", self.column_type(*of)),
            FieldKind::Range(of) => match of {
                FieldKind::Date => "daterange".into(),
                FieldKind::Timestamp => "tstzrange".into(),
                FieldKind::Decimal { .. } => "numrange".into(),
                FieldKind::BigInt | FieldKind::PositiveBigInt => "int8range".into(),
                _ => "int4range".into(),
            },
            FieldKind::HStore => "hstore".into(),
            FieldKind::TextVector => "tsvector".into(),
            _ => "text".into(),
        }
    }

    fn max_params(&self) -> usize {
        65_535
    }

    fn max_identifier(&self) -> usize {
        63
    }

    fn has_ilike(&self) -> bool {
        true
    }

    fn needs_returning(&self) -> bool {
        true
    }
}

/// MySQL and MariaDB.
#[derive(Debug, Clone, Copy)]
pub struct Mysql;

impl Dialect for Mysql {
    fn name(&self) -> &'static str {
        "mysql"
    }

    fn quote(&self) -> char {
        '`'
    }

    fn placeholder(&self, sql: &mut String, _: usize) {
        sql.push('?');
    }

    fn column_type(&self, kind: FieldKind) -> String {
        match kind {
            FieldKind::SmallInt => "smallint".into(),
            FieldKind::Integer => "integer".into(),
            FieldKind::BigInt => "bigint".into(),
            FieldKind::Bool => "bool".into(),
            FieldKind::Float => "double precision".into(),
            FieldKind::Decimal { max_digits, decimal_places } => format!("numeric({max_digits}, {decimal_places})"),
            FieldKind::Varchar(length) => format!("varchar({length})"),
            FieldKind::Timestamp => "datetime(6)".into(),
            FieldKind::Date => "date".into(),
            FieldKind::Time => "time(6)".into(),
            FieldKind::Uuid => "char(32)".into(),
            FieldKind::Json => "json".into(),
            FieldKind::Binary => "longblob".into(),
            FieldKind::PositiveSmallInt => "smallint UNSIGNED".into(),
            FieldKind::PositiveInteger => "integer UNSIGNED".into(),
            FieldKind::PositiveBigInt => "bigint UNSIGNED".into(),
            FieldKind::Duration => "bigint".into(),
            FieldKind::IpAddress => "char(39)".into(),
            _ => "longtext".into(),
        }
    }

    fn max_params(&self) -> usize {
        65_535
    }

    fn max_identifier(&self) -> usize {
        64
    }

    fn has_transactional_ddl(&self) -> bool {
        false
    }
}
