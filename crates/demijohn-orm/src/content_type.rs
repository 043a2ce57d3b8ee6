//! [`ContentType`]: a model, as a row.

mod all;
mod known;
pub mod migrations;

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Value};
use demijohn_macros::Model;
use demijohn_sql::{
    Column, Compare, Conflict, Connection, Expr, Flow, Insert, Lock, Projection, Select, decode, writer,
};

use crate::{Access, Executor, Model as _, run};
pub(crate) use all::after_migrate;
pub use all::{described, make_missing, stale};
use known::Memory;
pub(crate) use known::{Keys, KnownTypes, model_in};

/// A model of the site, as a row that others can point to: generic keys, permissions, the admin's history.
///
/// A site whose models point to it has its table and its migration without being asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(app = "contenttypes", table = "django_content_type", label = "content type", crate = demijohn_orm)]
#[model(display = ["app_label", "model"], natural_key = ["app_label", "model"], unique("app_label", "model"))]
pub struct ContentType {
    /// The key.
    #[field(integer)]
    pub id: i64,
    /// The app: `blog`.
    #[field(max_length = 100)]
    pub app_label: String,
    /// The model's name in small letters: `post`.
    #[field(max_length = 100, label = "python model class name")]
    pub model: String,
}

impl ContentType {
    /// The row that stands for a model; it is made if it is not there yet. The database is asked once, the answer is kept
    /// with its handle.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn of<M: crate::Model>(db: &dyn Executor) -> Result<Self> {
        Self::of_meta(M::meta(), db).await
    }

    /// The same of a model that is only known by its description.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn of_meta(meta: &'static ModelMeta, db: &dyn Executor) -> Result<Self> {
        let id = require(db, Self::meta(), meta).await?;
        Ok(Self { id, app_label: meta.app.to_owned(), model: meta.name_lower() })
    }

    /// The key of the row that stands for a model, if there is one. None is made.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn find(meta: &'static ModelMeta, db: &dyn Executor) -> Result<Option<i64>> {
        known(db, Self::meta(), meta).await
    }

    /// The model that it stands for, if the site has it.
    pub fn described(&self, db: &dyn Executor) -> Option<&'static ModelMeta> {
        db.models().find(&self.app_label, &self.model)
    }

    /// Forgets which rows stand for which models: for who changes the table past the ORM, in a program that goes on.
    pub fn forget(db: &dyn Executor) {
        if let Some(db) = db.as_db() {
            db.known_types().forget_all();
        }
        Memory::of(db, db.connection()).forget();
    }
}

/// Forgets what is known when rows of the table of content types are changed or removed.
pub(crate) fn changed(db: &dyn Executor, meta: &ModelMeta, connection: &dyn Connection) {
    if meta.table == ContentType::meta().table {
        Memory::of(db, connection).forget();
    }
}

/// The key of the row that stands for a model, in the database where rows of `owner` are.
pub(crate) async fn known(
    db: &dyn Executor,
    owner: &'static ModelMeta,
    meta: &'static ModelMeta,
) -> Result<Option<i64>> {
    let connection = db.connection_for(owner, Access::Read)?;
    let memory = Memory::of(db, connection);
    if let Some(id) = memory.get(meta) {
        return Ok(Some(id));
    }
    let found = read(db, connection, meta, false).await?;
    if let Some(id) = found {
        memory.put(meta, id);
    }
    Ok(found)
}

/// The same, and the row is made if it is not there.
pub(crate) async fn require(db: &dyn Executor, owner: &'static ModelMeta, meta: &'static ModelMeta) -> Result<i64> {
    let connection = db.connection_for(owner, Access::Write)?;
    let memory = Memory::of(db, connection);
    if let Some(id) = memory.get(meta) {
        return Ok(id);
    }
    let mut found = read(db, connection, meta, false).await?;
    if found.is_none() {
        make(db, connection, meta).await?;
        // Whoever made it: a transaction that began before must look at what is committed now.
        found = read(db, connection, meta, memory.is_transaction()).await?;
    }
    let id = found.ok_or_else(|| crate::model::not_found(ContentType::meta()))?;
    memory.put(meta, id);
    Ok(id)
}

/// The model that a row of the table of content types stands for, if the site has it.
pub(crate) async fn model_of(
    db: &dyn Executor,
    owner: &'static ModelMeta,
    id: i64,
) -> Result<Option<&'static ModelMeta>> {
    let connection = db.connection_for(owner, Access::Read)?;
    let memory = Memory::of(db, connection);
    if let Some((app, name)) = memory.model(id) {
        return Ok(db.models().find(app, name));
    }
    let mut select = Select::new(ContentType::root());
    select.filter = Some(run::key_is(ContentType::root(), Value::Int(id)));
    let mut found = None;
    run::query_on(db, connection, &writer::select(select, connection.dialect()), &mut |row| {
        found = Some(ContentType::from_row(row, &crate::Plan::OWN)?);
        Ok(Flow::Stop)
    })
    .await?;
    let model = found.and_then(|row| row.described(db));
    if let Some(meta) = model {
        memory.put(meta, id);
    }
    Ok(model)
}

async fn read(
    db: &dyn Executor,
    connection: &dyn Connection,
    meta: &'static ModelMeta,
    locked: bool,
) -> Result<Option<i64>> {
    let path = ContentType::root();
    let column = |field| Expr::Column(Column { path, field });
    let is = |field, value| Expr::Compare(Compare::Eq, Box::new((column(field), Expr::Value(value))));
    let mut select = Select::new(path);
    select.projection = Projection::Exprs(vec![column(0)]);
    select.filter = Some(is(1, Value::from(meta.app)).and(is(2, Value::Text(meta.name_lower()))));
    select.lock = locked.then(Box::<Lock>::default);
    let mut found = None;
    run::query_on(db, connection, &writer::select(select, connection.dialect()), &mut |row| {
        found = decode(row.get(0)?, ContentType::KEY_KIND)?.as_int();
        Ok(Flow::Stop)
    })
    .await?;
    Ok(found)
}

/// Makes the row, unless another did in the meantime.
async fn make(db: &dyn Executor, connection: &dyn Connection, meta: &'static ModelMeta) -> Result<()> {
    let insert = Insert {
        model: ContentType::meta(),
        fields: vec![1, 2],
        rows: vec![vec![Value::from(meta.app), Value::Text(meta.name_lower())]],
        conflict: Conflict::Ignore,
        returning: Vec::new(),
    };
    run::execute_on(db, connection, &writer::insert(insert, connection.dialect())).await.map(|_| ())
}
