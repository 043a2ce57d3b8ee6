//! [`BulkCreate`] and [`BulkUpdate`]: many rows at once.

use std::marker::PhantomData;

use demijohn_core::model::Value;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::Conflict;

use super::Draft;
use super::types::{self, Types};
use crate::{ColumnList, Executor, Model, Plan, run};

/// Many rows that are not stored yet.
#[derive(Debug, Clone)]
#[must_use = "nothing is stored until `.save(&db)` is awaited"]
pub struct BulkCreate<M> {
    rows: Vec<Vec<Option<Value>>>,
    /// The content types that rows point to.
    types: Vec<(usize, Types)>,
    options: run::BulkOptions,
    _model: PhantomData<fn() -> M>,
}

impl<M: Model> BulkCreate<M> {
    pub(crate) fn new(drafts: impl IntoIterator<Item = Draft<M>>) -> Self {
        let (mut rows, mut types) = (Vec::new(), Vec::new());
        for draft in drafts {
            if !draft.types.is_empty() {
                types.push((rows.len(), draft.types));
            }
            rows.push(draft.values);
        }
        Self { rows, types, options: run::BulkOptions::default(), _model: PhantomData }
    }

    /// At most so many rows in one statement; 1,000 when not said, and 500 on SQLite. Never more values than the
    /// database takes in one.
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.options.batch = Some(rows);
        self
    }

    /// Leaves out rows whose key or unique value is there already; anything else that is wrong stays an error. MariaDB
    /// counts the rows left out among those stored.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// // INSERT INTO "auth_user" ("username") VALUES (?) ON CONFLICT DO NOTHING
    /// let drafts = ["ada", "bob"].map(|name| User::create().username(name).build());
    /// User::bulk_create(drafts).ignore_conflicts().save(&db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    pub fn ignore_conflicts(mut self) -> Self {
        self.options.conflict = Conflict::Ignore;
        self
    }

    /// Where a row with the same unique fields is there already, gives it these fields of the new one. (MariaDB goes by
    /// any unique value.)
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db, drafts: Vec<demijohn_orm::Draft<Post>>) -> demijohn_core::Result<()> {
    /// // INSERT INTO "blog_post" (…) VALUES (…) ON CONFLICT ("id") DO UPDATE SET "title" = excluded."title", …
    /// Post::bulk_create(drafts).update_conflicts(|p| p.id, |p| (p.title, p.views)).save(&db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    pub fn update_conflicts<U: ColumnList, F: ColumnList>(
        mut self,
        unique: impl FnOnce(M::Columns) -> U,
        fields: impl FnOnce(M::Columns) -> F,
    ) -> Self {
        let (unique, fields) = (positions::<M, U>(unique), positions::<M, F>(fields));
        self.options.conflict = Conflict::Update { unique, fields };
        self
    }

    /// Stores them, all or none; how many is returned.
    ///
    /// # Errors
    /// `orm.unique` and the like when the database refuses one of them.
    pub async fn save(self, db: &dyn Executor) -> Result<u64> {
        self.store(db).await.map(|stored| stored.count)
    }

    /// Stores them, all or none, and gives them back in their order with their keys and everything else that the
    /// database made. (`RETURNING`: PostgreSQL, SQLite and MariaDB, not MySQL.)
    ///
    /// # Errors
    /// `orm.unique` and the like when the database refuses one of them; `orm.bulk_returning` beside `ignore_conflicts`,
    /// as the database says nothing of rows that it left out.
    pub async fn save_returning(mut self, db: &dyn Executor) -> Result<Vec<M>> {
        if self.options.conflict == Conflict::Ignore {
            let message = "rows that may be left out cannot be given back";
            return Err(Error::new(ErrorKind::Internal, "orm.bulk_returning", message)
                .with_hint("take `.save(&db)`, and read the rows by a unique field with `in_bulk_by`"));
        }
        self.options.returning = true;
        let stored = self.store(db).await?;
        stored.rows.iter().map(|values| M::from_row(values, &Plan::OWN)).collect()
    }

    async fn store(mut self, db: &dyn Executor) -> Result<run::Stored> {
        for (row, types) in self.types {
            types::fill(&mut self.rows[row], types, M::meta(), db).await?;
        }
        run::insert_many(db, M::meta(), self.rows, &self.options).await
    }
}

/// New values for many rows.
#[derive(Debug, Clone)]
#[must_use = "nothing changes until `.save(&db)` is awaited"]
pub struct BulkUpdate<M> {
    fields: Vec<u16>,
    rows: Vec<Vec<Value>>,
    batch: Option<usize>,
    _model: PhantomData<fn() -> M>,
}

impl<M: Model> BulkUpdate<M> {
    pub(crate) fn new<'a, F: ColumnList>(
        rows: impl IntoIterator<Item = &'a M>,
        fields: impl FnOnce(M::Columns) -> F,
    ) -> Self {
        let key = M::meta().key_index();
        let mut fields = positions::<M, F>(fields);
        fields.retain(|field| usize::from(*field) != key);
        let row = |row: &M| {
            let mut values = row.values();
            let own = std::iter::once(key).chain(fields.iter().map(|field| usize::from(*field)));
            own.map(|field| std::mem::take(&mut values[field])).collect()
        };
        let rows = rows.into_iter().map(row).collect();
        Self { fields, rows, batch: None, _model: PhantomData }
    }

    /// At most so many rows in one statement; 1,000 when not said. (SQLite runs one statement for each row.)
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.batch = Some(rows);
        self
    }

    /// Writes them, all or none; how many rows were there is returned.
    ///
    /// # Errors
    /// `orm.too_long` and `orm.out_of_range` when a value does not fit its column; `orm.unique` and the like when the
    /// database refuses.
    pub async fn save(self, db: &dyn Executor) -> Result<u64> {
        run::update_many(db, M::meta(), &self.fields, self.rows, self.batch).await
    }
}

/// The positions of a model's own columns.
pub(crate) fn positions<M: Model, C: ColumnList>(columns: impl FnOnce(M::Columns) -> C) -> Vec<u16> {
    let mut named = Vec::new();
    columns(M::columns(M::root())).push_columns(&mut named);
    let own = named.into_iter().filter(|column| column.path.is_root());
    let mut positions: Vec<u16> = Vec::new();
    for column in own {
        if !positions.contains(&column.field) {
            positions.push(column.field);
        }
    }
    positions
}
