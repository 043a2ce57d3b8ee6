//! SQL that people write, with values beside it: into models, tuples, records by name.

use std::marker::PhantomData;

use demijohn_core::model::Value;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Connection, Flow, Row, Statement, ValueRef, placeholders};

use crate::{Db, Executor, FieldValue, Model, Plan, Tx, run};

/// The values for the `?` of a statement: a tuple, or `()` for none.
pub trait Parameters {
    /// The values, in order.
    fn into_values(self) -> Vec<Value>;
}

/// A value for a `?`.
pub trait Parameter {
    /// The value.
    fn into_value(self) -> Value;
}

impl<T: FieldValue> Parameter for T {
    fn into_value(self) -> Value {
        self.to_value()
    }
}

impl Parameter for &str {
    fn into_value(self) -> Value {
        Value::from(self)
    }
}

impl Parameters for () {
    fn into_values(self) -> Vec<Value> {
        Vec::new()
    }
}

impl Parameters for Vec<Value> {
    fn into_values(self) -> Vec<Value> {
        self
    }
}

/// What a row of free SQL is read into: a tuple of column types, or a [`RawRecord`].
pub trait FromRow: Send + Sized + 'static {
    /// Reads it.
    ///
    /// # Errors
    /// `orm.decode` when a column holds something else.
    fn from_row(row: &dyn Row) -> Result<Self>;
}

macro_rules! tuples {
    ($($name:ident $position:tt)+) => {
        impl<$($name: FieldValue),+> FromRow for ($($name,)+) {
            fn from_row(row: &dyn Row) -> Result<Self> {
                Ok(($($name::read(row, $position)?,)+))
            }
        }

        impl<$($name: Parameter),+> Parameters for ($($name,)+) {
            fn into_values(self) -> Vec<Value> {
                vec![$(self.$position.into_value()),+]
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0 B 1);
tuples!(A 0 B 1 C 2);
tuples!(A 0 B 1 C 2 D 3);
tuples!(A 0 B 1 C 2 D 3 E 4);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);

/// A row of which nothing is known beforehand: its columns by position, and by name where the driver knows names.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRecord {
    columns: Vec<(String, Value)>,
}

impl RawRecord {
    /// Its columns, each with its name.
    pub fn columns(&self) -> &[(String, Value)] {
        &self.columns
    }

    /// The value of a column, by name.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl FromRow for RawRecord {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let column = |n| Ok((row.name(n).unwrap_or_default().to_owned(), row.get(n)?.to_value()));
        Ok(Self { columns: (0..row.len()).map(column).collect::<Result<_>>()? })
    }
}

/// A query in SQL whose rows are models: what [`Model::raw`] gives.
#[must_use = "nothing is asked until `.all(&db)` or the like is awaited"]
pub struct RawQuery<M> {
    sql: String,
    values: Vec<Value>,
    _model: PhantomData<fn() -> M>,
}

impl<M: Model> RawQuery<M> {
    pub(crate) fn new(sql: &str, values: impl Parameters) -> Self {
        Self { sql: sql.to_owned(), values: values.into_values(), _model: PhantomData }
    }

    /// All the rows.
    ///
    /// # Errors
    /// `orm.raw_columns` when a column of the model is not among those of the query; `orm.parameters` when it takes
    /// another number of values; what the database reports.
    pub async fn all(self, db: &dyn Executor) -> Result<Vec<M>> {
        let mut rows = Vec::new();
        self.for_each(db, |row| {
            rows.push(row);
            Ok(Flow::More)
        })
        .await?;
        Ok(rows)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`RawQuery::all`].
    pub async fn first(self, db: &dyn Executor) -> Result<Option<M>> {
        let mut first = None;
        self.for_each(db, |row| {
            first = Some(row);
            Ok(Flow::Stop)
        })
        .await?;
        Ok(first)
    }

    /// Hands the rows to a function, one after another; only one is in memory at a time.
    ///
    /// # Errors
    /// As [`RawQuery::all`], and what the function returns.
    pub async fn for_each(self, db: &dyn Executor, mut row: impl FnMut(M) -> Result<Flow> + Send) -> Result<()> {
        let connection = db.connection_for(M::meta(), crate::Access::Write)?;
        let statement = prepare(connection, &self.sql, self.values)?;
        let mut order: Option<Vec<usize>> = None;
        run::query_on(db, connection, &statement, &mut |found| {
            let order = match &order {
                Some(order) => order,
                None => order.insert(order_of::<M>(found)?),
            };
            row(M::from_row(&Ordered { row: found, order }, &Plan::OWN)?)
        })
        .await
    }
}

/// Where in the row each of the model's columns stands. Without names they stand in the order of the fields.
fn order_of<M: Model>(row: &dyn Row) -> Result<Vec<usize>> {
    let meta = M::meta();
    let position = |(n, column): (usize, &'static str)| match row.name(0) {
        None => (n < row.len()).then_some(n).ok_or(column),
        Some(_) => (0..row.len()).find(|at| row.name(*at) == Some(column)).ok_or(column),
    };
    let columns = meta.fields.iter().map(|field| field.column).enumerate();
    columns.map(position).collect::<Result<_, _>>().map_err(|missing| {
        let message = format!("the query gives no column `{missing}`, which `{}` needs", meta.name);
        Error::new(ErrorKind::Internal, "orm.raw_columns", message)
            .with_hint("select every column of the model, or read a tuple with `db.query::<(…)>(…)`")
    })
}

struct Ordered<'a> {
    row: &'a dyn Row,
    order: &'a [usize],
}

impl Row for Ordered<'_> {
    fn len(&self) -> usize {
        self.order.len()
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>> {
        self.row.get(self.order.get(index).copied().unwrap_or(usize::MAX))
    }
}

fn prepare(connection: &dyn Connection, sql: &str, values: Vec<Value>) -> Result<Statement> {
    let (sql, wanted) = placeholders::translate(sql, connection.dialect());
    if wanted != values.len() {
        let message = format!("the statement takes {wanted} values, but was given {}", values.len());
        return Err(Error::new(ErrorKind::Internal, "orm.parameters", message)
            .with_hint("each `?` takes one value; write `??` for a question mark itself"));
    }
    Ok(Statement::new(sql, values))
}

async fn query<T: FromRow>(db: &dyn Executor, sql: &str, values: Vec<Value>) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    query_each(db, sql, values, |row| {
        rows.push(row);
        Ok(Flow::More)
    })
    .await?;
    Ok(rows)
}

async fn query_each<T: FromRow>(
    db: &dyn Executor,
    sql: &str,
    values: Vec<Value>,
    mut row: impl FnMut(T) -> Result<Flow> + Send,
) -> Result<()> {
    db.as_db().map_or(Ok(()), Db::admit_free_sql)?;
    let statement = prepare(db.connection(), sql, values)?;
    run::query_on(db, db.connection(), &statement, &mut |found| row(T::from_row(found)?)).await
}

async fn execute(db: &dyn Executor, sql: &str, values: Vec<Value>) -> Result<u64> {
    db.as_db().map_or(Ok(()), Db::admit_free_sql)?;
    let statement = prepare(db.connection(), sql, values)?;
    Ok(run::execute_on(db, db.connection(), &statement).await?.rows)
}

macro_rules! free_sql {
    ($type:ident) => {
        /// SQL that people write. `?` stands for a value on every database; `??` is a question mark itself.
        impl $type {
            /// The rows of a query: `db.query::<(i64, String)>("SELECT id, title FROM blog_post WHERE id > ?", (7,))`.
            ///
            /// # Errors
            /// `orm.parameters` when the statement takes another number of values; `orm.decode` when a column holds
            /// something else; what the database reports.
            pub async fn query<T: FromRow>(&self, sql: &str, values: impl Parameters) -> Result<Vec<T>> {
                query(self, sql, values.into_values()).await
            }

            /// Hands the rows of a query to a function, one after another; only one is in memory at a time.
            ///
            /// # Errors
            /// As `query`, and what the function returns.
            pub async fn query_each<T: FromRow>(
                &self,
                sql: &str,
                values: impl Parameters,
                row: impl FnMut(T) -> Result<Flow> + Send,
            ) -> Result<()> {
                query_each(self, sql, values.into_values(), row).await
            }

            /// Runs a statement that gives no rows; how many it changed is returned.
            ///
            /// # Errors
            /// `orm.parameters` when the statement takes another number of values; what the database reports.
            pub async fn execute(&self, sql: &str, values: impl Parameters) -> Result<u64> {
                execute(self, sql, values.into_values()).await
            }
        }
    };
}

free_sql!(Db);
free_sql!(Tx);
