//! Demijohn's SQL: query trees, the writer that turns them into text, and the [`Driver`] trait that runs it.
//!
//! No I/O and no runtime here. A query is data from the moment the user's closure returns: a [`Select`] over
//! [`Expr`]s whose columns name a [`Path`] of relations. Only the [`writer`] decides aliases and joins, late, when it
//! sees the whole query; so a relation that is mentioned three times is joined once, and a subquery sees the tables
//! of the query around it.
//!
//! **Invariant:** every identifier in a statement comes from a `ModelMeta`, never from a request.

mod dialect;
mod driver;
mod expr;
mod generic;
pub mod normalize;
mod path;
pub mod placeholders;
mod query;
mod row;
pub mod schema;
mod search_terms;
pub mod text_format;
pub mod writer;

pub use dialect::{Dialect, Mysql, Postgres, Sqlite};
pub use driver::{
    Answer, Connection, Driver, Extent, Flow, Isolation, Outcome, Refused, RowSink, Statement, Transaction,
    TransactionOptions,
};
pub use expr::{
    Aggregate, AggregateMore, Arithmetic, Column, Compare, DatePart, DateUnit, Expr, Frame, FrameEnd, FrameExclusion,
    FrameUnit, Function, JsonAs, JsonPath, JsonStep, Match, RawSql, Regression, Search, SearchMode, SearchWanted,
    Temporal, Window, WindowCall, WindowFunction,
};
pub use generic::{is_of_model, type_number};
pub use path::Path;
pub use query::{
    Assignment, Combine, Conflict, Delete, Insert, Lock, LockWait, Order, Projection, Select, Source, Update,
};
pub use row::{Row, ValueRef, decode, decode_decimal};
pub use search_terms::{SearchTerm, search_terms, words};
