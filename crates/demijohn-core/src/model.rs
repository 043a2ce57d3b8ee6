//! What a model is, as data: everything migrations, forms, the admin and APIs need to know about it.
//!
//! A derive makes one `static` [`ModelMeta`] for each model; a table read from a live database gets one at run time.
//! Screens and migrations work on these and on [`Value`]s, never on the user's type.

mod duration;
mod field;
mod generic;
mod index;
mod kind;
mod meta;
mod range;
mod registry;
mod template;
mod validate;
mod value;

pub use duration::parse_duration;
pub use field::{AutoNow, Choice, DbDefault, FieldMeta, Format, GeneratedMeta, TypeCheck, UniqueFor, Validator};
pub use generic::{GenericKeyMeta, GenericRelationMeta, as_kind};
pub use index::{CheckMeta, Deferrable, ExclusionMeta, IndexMeta, IndexMethod};
pub use kind::FieldKind;
pub use meta::{CleanRow, ManyToManyMeta, ModelMeta, OnDelete, OrderMeta, PairsMeta, RelationMeta, SourceMeta};
pub use range::Range;
pub use registry::Models;
pub use template::{SqlTemplate, TemplatePart};
pub use validate::Misfit;
pub use value::Value;

pub use jiff::civil::{Date, Time};
pub use jiff::{SignedDuration as Duration, Timestamp};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;
