//! [`GenericForeignKey`] and [`GenericRelation`]: how rows point to rows of any model.

mod column;
mod object_id;
mod pointed;
mod relation;

use std::fmt;

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Value};
use demijohn_sql::{Row, ValueRef};
use serde::{Serialize, Serializer};

pub use column::GenericColumn;
pub use object_id::{KeyAs, ObjectId};
pub(crate) use pointed::PointedModel;
pub use pointed::{PointTo, Pointed};
pub use relation::{GenericRelation, PointsGenerically};

use crate::records::{self, Record};
use crate::{ContentType, Executor, FieldValue, Model, Plan, content_type};
use object_id::key_from;

/// Points to a row of any model: its content type and its key, in two columns (Django's `GenericForeignKey` with the two
/// fields it needs).
///
/// `about: GenericForeignKey` are the columns `content_type_id` and `object_id`, which holds numbers of 64 bits;
/// `GenericForeignKey<String>` points to rows with keys that are texts too, `GenericForeignKey<Uuid>` to those whose keys
/// are UUIDs. Where one of the names is taken, or a table that is there calls them otherwise:
/// `#[field(content_type = "target_type", object_id = "target_id")]`. The column of the content type is a foreign key: the
/// rows go when the content type goes, or as `on_delete` says.
///
/// ```
/// # use demijohn_macros::Model;
/// # use demijohn_orm::{Db, GenericForeignKey, GenericRelation, Model, Prefetch as _, Text};
/// #[derive(Model)]
/// # #[model(crate = demijohn_orm)]
/// struct Note {
///     id: i64,
///     text: Text,
///     about: GenericForeignKey,
/// }
///
/// #[derive(Model)]
/// # #[model(crate = demijohn_orm)]
/// struct Post {
///     id: i64,
///     #[field(max_length = 200)]
///     title: String,
///     notes: GenericRelation<Note>,
/// }
///
/// # async fn example(db: Db, post: Post) -> demijohn_core::Result<()> {
/// let note = Note::create().text("Well said.").about(&post).save(&db).await?;
/// let post: Option<Post> = note.about.get(&db).await?; // `None`: of another model, or gone
/// let short = Note::objects().filter(|n| n.about.of::<Post>().title.eq("Rust")).all(&db).await?;
/// let notes: Vec<(Note, Option<Post>)> = Note::objects().prefetch(|n| n.about.of::<Post>()).all(&db).await?;
/// # Ok(()) }
/// # fn main() {}
/// ```
pub struct GenericForeignKey<K = i64> {
    content_type: i64,
    object_id: K,
    /// The model that has it.
    owner: &'static ModelMeta,
}

impl<K: ObjectId> GenericForeignKey<K> {
    /// Points to the row with this key, of the model that this content type stands for.
    pub fn new(content_type: i64, object_id: K) -> Self {
        Self { content_type, object_id, owner: ContentType::meta() }
    }

    /// Points to a row, in a database: the content type is read, or made where it is missing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/generic.rs"));
    /// # async fn example(db: demijohn_orm::Db, mut note: Note, post: Post) -> demijohn_core::Result<()> {
    /// note.about = GenericForeignKey::to(&post, &db).await?;
    /// note.save(&db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// `orm.decode` when the column cannot keep the key; what the database reports.
    pub async fn to<M: Model>(row: &M, db: &dyn Executor) -> Result<Self>
    where
        M::Key: KeyAs<K>,
    {
        let pointed = Pointed::to::<M, K>(row);
        let content_type = ContentType::of::<M>(db).await?.id;
        Ok(Self::new(content_type, K::read(&vec![pointed.object_id], 0)?))
    }

    /// The key of the content type.
    pub fn content_type(&self) -> i64 {
        self.content_type
    }

    /// The key of the row.
    pub fn object_id(&self) -> K {
        self.object_id.clone()
    }

    /// The row, if it is one of `M` and is there. Of a row of another model only its content type is looked up.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn get<M: Model>(&self, db: &dyn Executor) -> Result<Option<M>>
    where
        M::Key: KeyAs<K>,
    {
        if !self.is::<M>(db).await? {
            return Ok(None);
        }
        match key_from(self.object_id.to_value(), M::KEY_KIND) {
            Value::Null => Ok(None),
            key => M::objects().matching(|path| crate::run::key_is(path, key)).get_or_none(db).await,
        }
    }

    /// Points it to a row of `M`, whether that is there or not?
    ///
    /// # Errors
    /// What the database reports.
    pub async fn is<M: Model>(&self, db: &dyn Executor) -> Result<bool> {
        Ok(content_type::known(db, self.owner, M::meta()).await? == Some(self.content_type))
    }

    /// The model of the row; `None` when the site has no such model (any more).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/generic.rs"));
    /// # async fn example(db: demijohn_orm::Db, note: Note) -> demijohn_core::Result<()> {
    /// match note.about.model(&db).await? {
    ///     Some(model) if model == Post::meta() => println!("{:?}", note.about.get::<Post>(&db).await?),
    ///     Some(other) => println!("about a {}", other.label),
    ///     None => println!("about what is no more"),
    /// }
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// What the database reports.
    pub async fn model(&self, db: &dyn Executor) -> Result<Option<&'static ModelMeta>> {
        content_type::model_of(db, self.owner, self.content_type).await
    }

    /// The row, of whatever model it is, by its description.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn record(&self, db: &dyn Executor) -> Result<Option<Record>> {
        let Some(meta) = self.model(db).await? else { return Ok(None) };
        match key_from(self.object_id.to_value(), meta.key().kind) {
            Value::Null => Ok(None),
            key => records::RecordSet::new(records::root(meta)).with_keys(vec![key]).first(db).await,
        }
    }
}

/// A field that is a generic key, or none. For the derive.
pub trait GenericField: Sized {
    /// What holds the key of the row.
    type ObjectId: ObjectId;

    /// Reads it from the columns at these positions of a model.
    ///
    /// # Errors
    /// `orm.decode` when a column holds something else.
    fn read(row: &dyn Row, plan: &Plan, fields: (usize, usize), owner: &'static ModelMeta) -> Result<Self>;

    /// The value of the column of the content type.
    fn content_type_value(&self) -> Value;

    /// The value of the column of the row's key.
    fn object_id_value(&self) -> Value;
}

impl<K: ObjectId> GenericField for GenericForeignKey<K> {
    type ObjectId = K;

    fn read(row: &dyn Row, plan: &Plan, fields: (usize, usize), owner: &'static ModelMeta) -> Result<Self> {
        let content_type = i64::read(row, plan.at(fields.0))?;
        Ok(Self { content_type, object_id: K::read(row, plan.at(fields.1))?, owner })
    }

    fn content_type_value(&self) -> Value {
        Value::Int(self.content_type)
    }

    fn object_id_value(&self) -> Value {
        self.object_id.to_value()
    }
}

impl<K: ObjectId> GenericField for Option<GenericForeignKey<K>> {
    type ObjectId = K;

    fn read(row: &dyn Row, plan: &Plan, fields: (usize, usize), owner: &'static ModelMeta) -> Result<Self> {
        let is_null = |field| row.get(plan.at(field)).map(|value| matches!(value, ValueRef::Null));
        if is_null(fields.0)? || is_null(fields.1)? {
            return Ok(None);
        }
        <GenericForeignKey<K> as GenericField>::read(row, plan, fields, owner).map(Some)
    }

    fn content_type_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, GenericField::content_type_value)
    }

    fn object_id_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, GenericField::object_id_value)
    }
}

impl<K: Clone> Clone for GenericForeignKey<K> {
    fn clone(&self) -> Self {
        Self { content_type: self.content_type, object_id: self.object_id.clone(), owner: self.owner }
    }
}

impl<K: PartialEq> PartialEq for GenericForeignKey<K> {
    fn eq(&self, other: &Self) -> bool {
        self.content_type == other.content_type && self.object_id == other.object_id
    }
}

impl<K: ObjectId> fmt::Debug for GenericForeignKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GenericForeignKey({}, {})", self.content_type, self.object_id.to_value())
    }
}

/// The two columns: `{"content_type": 7, "object_id": 1}`.
impl<K: ObjectId> Serialize for GenericForeignKey<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut both = serializer.serialize_struct("GenericForeignKey", 2)?;
        both.serialize_field("content_type", &self.content_type)?;
        both.serialize_field("object_id", &self.object_id.to_value())?;
        both.end()
    }
}
