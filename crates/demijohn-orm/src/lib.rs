//! Demijohn's ORM: models, query sets, transactions and migrations.
//!
//! Typed at the edge, data in the middle: a closure over a model's columns ([`Column`]) becomes a query tree
//! ([`demijohn_sql::Select`]), the tree becomes SQL, and rows become models again through two small conversions that
//! `#[derive(Model)]` writes. Everything between is compiled once, not once for each model.
//!
//! The screens that know no type (admin, forms, migrations) use [`records`] over the same trees.

// The derive names this crate as its users do.
extern crate self as demijohn_orm;

mod app;
mod assign;
mod assignment;
mod choices;
mod column;
mod commands;
mod condition;
pub mod content_type;
mod db;
mod delete;
mod draft;
mod executor;
mod expression;
mod field_value;
mod fields;
pub mod fixtures;
pub mod flush;
mod functions;
mod generic;
pub mod inspectdb;
pub mod introspect;
pub mod migrations;
mod model;
mod operand;
mod prefetch;
mod query_set;
mod raw;
pub mod records;
mod relation;
mod run;
mod scope;
mod selection;
mod transaction;
mod validation;
mod watch;

pub use app::{AppModels, Database, registered_models};
pub use assign::Assign;
pub use assignment::{Assigned, Assignments};
pub use choices::Choices;
pub use column::Column;
pub use condition::{Condition, IntoCondition};
pub use content_type::ContentType;
pub use db::{DatabaseRouter, Db, Replicas};
pub use delete::{Collected, Deleted, collect, delete_rows};
pub use demijohn_web::{QueryLog, QueryRecord, RepeatedQuery};
pub use draft::{BulkCreate, BulkUpdate, Draft, Provided};
pub use executor::{Access, Executor};
pub use expression::{Expression, InTimeZone, Order, Ordering};
pub use field_value::{FieldValue, HStore, Json, ListItem, RangeBound, Text, TextVector};
pub use fields::Fields;
pub use functions::{
    Case, Gives, Numeric, Searched, Term, Terms, Whole, Window, WindowFunction, any_value, array_agg, atan2, avg,
    bit_and, bit_or, bit_xor, bool_and, bool_or, case, coalesce, concat, corr, count, count_rows, covar_pop,
    covar_sample, cume_dist, dense_rank, exists, first_value, greatest, json_agg, json_array, json_object, lag,
    last_value, lead, least, max, min, now, nth_value, ntile, percent_rank, pi, random, random_uuid, rank, raw_sql,
    regr_avgx, regr_avgy, regr_count, regr_intercept, regr_r2, regr_slope, regr_sxx, regr_sxy, regr_syy, row_number,
    search, std_dev, std_dev_sample, string_agg, sum, transaction_now, value, variance, variance_sample, when,
};
pub use generic::{
    GenericColumn, GenericField, GenericForeignKey, GenericRelation, KeyAs, ObjectId, PointTo, Pointed,
    PointsGenerically,
};
pub use model::{Columns, Model, Plan, Related};
pub use operand::Operand;
pub use prefetch::{Arrangement, Prefetch, PrefetchList, RelatedRows, ToMany, ToOne};
pub use query_set::{
    Annotated, Chunks, CursorPage, Explain, Keyset, OverColumns, Page, PrefetchChunks, PrefetchSet, QuerySet, RowLock,
    UpdateSet, scalar,
};
pub use raw::{FromRow, Parameter, Parameters, RawQuery, RawRecord};
pub use relation::{ForeignKey, KeyOf, MadePairs, Many, ManyToMany, OneToOne, RowSide, Side, Single};
pub use selection::{ColumnList, RowShape, Rows, Selection, Shape};
pub use transaction::{Retrying, Transactional, Tx, is_retryable};
pub use watch::Watch;

#[cfg(feature = "postgres")]
pub use demijohn_postgres::{CopyIn, CopyOut, Heard, Listener, PostgresDriver};
pub use demijohn_sql::{DateUnit, Flow, FrameExclusion, Isolation, TransactionOptions};

pub use demijohn_core::model::{Date, Decimal, Duration, Range, Time, Timestamp, Uuid};

/// What the code that the derive writes refers to. Not for people.
#[doc(hidden)]
pub mod __private {
    pub use demijohn_core::Result;
    pub use demijohn_core::model::{
        AutoNow, CheckMeta, Choice, DbDefault, Deferrable, ExclusionMeta, FieldKind, FieldMeta, Format, GenericKeyMeta,
        GenericRelationMeta, IndexMeta, IndexMethod, ManyToManyMeta, ModelMeta, OnDelete, OrderMeta, RelationMeta,
        SqlTemplate, Timestamp, UniqueFor, Validator, Value,
    };
    pub use demijohn_sql::{Expr, Path, Row};
    pub use demijohn_web::BoxFuture;

    pub use crate::__choice_field as choice_field;
    pub use crate::__columns_of as columns_of;
    pub use crate::choices::{choice_value, read_choice};
    pub use crate::field_value::{FollowsClock, validate};
    pub use crate::fields::{concat, field, has_field};
    pub use crate::relation::SideLink;
    pub use crate::validation::clean;
    pub use crate::{
        Assign, Choices, Column, Columns, ContentType, Draft, Executor, FieldValue, Fields, ForeignKey, GenericColumn,
        GenericField, GenericRelation, KeyAs, Many, ManyToMany, Model, Plan, PointTo, Pointed, PointsGenerically,
        Provided, QuerySet, RowSide, Side, Single,
    };
}
