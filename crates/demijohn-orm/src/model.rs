//! [`Model`]: what `#[derive(Model)]` implements.

use std::future::Future;

use demijohn_core::model::{AutoNow, FieldKind, FieldMeta, ModelMeta, Timestamp, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Path, Row};

use crate::draft::positions;
use crate::query_set::complete;
use crate::{
    BulkCreate, BulkUpdate, ColumnList, Deleted, Draft, Executor, FieldValue, Parameters, PrefetchList, QuerySet,
    RawQuery, Rows, run, validation,
};

/// A struct whose values are rows of a table.
///
/// Implemented by `#[derive(Model)]`, which writes the description ([`Model::meta`]), the columns for queries and two
/// conversions. Everything else here is provided.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "no table belongs to this type",
    note = "write `#[derive(Model)]` above the struct"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// Its columns, as the closures of queries get them.
    type Columns: Columns;
    /// The type of its primary key.
    type Key: FieldValue + Clone + Send + Sync;
    /// What [`Model::create`] gives: a builder that can be saved when every required field was given.
    type Create;
    /// The kind of column that its primary key is.
    const KEY_KIND: FieldKind;

    /// Its description.
    fn meta() -> &'static ModelMeta;

    /// Its table as a query's own.
    fn root() -> &'static Path;

    /// Its columns at the end of a path.
    fn columns(path: &'static Path) -> Self::Columns;

    /// Reads it, and what was selected with it, from a row.
    ///
    /// # Errors
    /// `orm.decode` when a column holds something else than the model says.
    fn from_row(row: &dyn Row, plan: &Plan) -> Result<Self>;

    /// The values of its columns, in the order of its fields.
    fn values(&self) -> Vec<Value>;

    /// Its primary key.
    fn key(&self) -> Self::Key;

    /// Sets the fields that follow the clock when the row is saved (`auto_now`).
    fn touch(&mut self, now: Timestamp) {
        let _ = now;
    }

    /// Begins a new row; see [`Draft`].
    fn create() -> Self::Create;

    /// Every row: the start of every query.
    fn objects() -> QuerySet<Self, Rows<Self>> {
        QuerySet::new()
    }

    /// Rows that SQL of your own finds. Its columns are taken by name, in any order; others are left. `?` stands for a
    /// value on every database.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// let posts = Post::raw("SELECT * FROM blog_post WHERE views > ? ORDER BY id", (7,)).all(&db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    fn raw(sql: &str, values: impl Parameters) -> RawQuery<Self> {
        RawQuery::new(sql, values)
    }

    /// Many new rows at once: `Post::bulk_create(drafts).save(&db)`.
    fn bulk_create(drafts: impl IntoIterator<Item = Draft<Self>>) -> BulkCreate<Self> {
        BulkCreate::new(drafts)
    }

    /// Writes every field of this row back to its table.
    ///
    /// # Errors
    /// `orm.row_gone` when the row is no longer there; `orm.unique` and the like when the database refuses.
    fn save(&mut self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        self.touch(run::now());
        let mut values = self.values();
        async move {
            // What the database works out from the others is read again.
            let made = Self::meta().fields.iter().enumerate().filter(|(_, field)| field.generated.is_some());
            let made: Vec<u16> = made.map(|(n, _)| n as u16).collect();
            if made.is_empty() {
                return run::update_row(db, Self::root(), values).await;
            }
            run::update_row(db, Self::root(), values.clone()).await?;
            run::read_again(db, Self::root(), &mut values, &made).await?;
            *self = Self::from_row(&values, &Plan::OWN)?;
            Ok(())
        }
    }

    /// Writes only these fields of this row back, and those that follow the clock.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db, mut post: Post) -> demijohn_core::Result<()> {
    /// // UPDATE "blog_post" SET "title" = ?, "views" = ? WHERE "id" = ?
    /// post.save_only(|p| (p.title, p.views), &db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// As [`Model::save`].
    fn save_only<C: ColumnList>(
        &mut self,
        fields: impl FnOnce(Self::Columns) -> C,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send {
        self.touch(run::now());
        let values = self.values();
        let mut fields = positions::<Self, C>(fields);
        let clock = |(_, field): &(usize, &FieldMeta)| field.auto_now == AutoNow::OnSave;
        let clock: Vec<u16> = Self::meta().fields.iter().enumerate().filter(clock).map(|(n, _)| n as u16).collect();
        fields.extend(clock.into_iter().filter(|field| !fields.contains(field)).collect::<Vec<_>>());
        async move { run::update_fields(db, Self::root(), values, &fields).await }
    }

    /// Stores this row as a new one, with the key that it has.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db, post: Post) -> demijohn_core::Result<()> {
    /// // INSERT INTO "blog_post" ("id", "title", "views", "author_id") VALUES (?, ?, ?, ?)
    /// let post = post.insert(&db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// `orm.unique` when a row with its key is there; what else the database refuses.
    fn insert(self, db: &dyn Executor) -> impl Future<Output = Result<Self>> + Send {
        let values = self.values().into_iter().map(Some).collect();
        async move { Self::from_row(&run::insert_row(db, Self::meta(), values).await?, &Plan::OWN) }
    }

    /// Fetches what belongs to rows that are at hand, as [`QuerySet::prefetch`] does for those of a query.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db, users: Vec<User>) -> demijohn_core::Result<()> {
    /// let users: Vec<(User, Vec<Post>)> = User::prefetch(users, |u| u.post_set(), &db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// `orm.prefetch` when the relations are not such as can be fetched; what the database reports.
    fn prefetch<P: PrefetchList<Self>>(
        rows: Vec<Self>,
        relations: impl FnOnce(Self::Columns) -> P,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<Vec<P::Row>>> + Send {
        let with = Self::objects().with_columns(relations);
        complete(rows, with, db)
    }

    /// New values for many rows at once: `Post::bulk_update(&posts, |p| (p.title, p.views)).save(&db)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db, mut posts: Vec<Post>) -> demijohn_core::Result<()> {
    /// posts.iter_mut().for_each(|post| post.views += 1);
    /// // PostgreSQL: WITH v(k, v1) AS (VALUES ($1, $2), …) UPDATE "blog_post" SET "views" = v.v1 FROM v WHERE …
    /// Post::bulk_update(&posts, |p| p.views).save(&db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    fn bulk_update<'a, C: ColumnList>(
        rows: impl IntoIterator<Item = &'a Self>,
        fields: impl FnOnce(Self::Columns) -> C,
    ) -> BulkUpdate<Self> {
        BulkUpdate::new(rows, fields)
    }

    /// Is this row fit to be stored? Its fields' rules and validators, unique values, the model's checks, and its own
    /// `#[model(clean = …)]` (Django's `full_clean`). Saving does not ask: call it where values come from people.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db, mut post: Post) -> demijohn_core::Result<()> {
    /// post.validate(&db).await?; // 422, with what is wrong by field: `error.fields().of("title")`
    /// post.save(&db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// `invalid_fields` (422) with everything that is wrong; what the database reports.
    fn validate(&self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        let values: Vec<Option<Value>> = self.values().into_iter().map(Some).collect();
        let key = Self::meta().key_of(&self.values());
        async move { validation::require(db, Self::meta(), &values, Some(&key)).await }
    }

    /// Deletes this row, and does to the rows that point to it what their `on_delete` says. How many rows of which models
    /// went is returned.
    ///
    /// # Errors
    /// `orm.protected` when rows that point to it forbid it.
    fn delete(self, db: &dyn Executor) -> impl Future<Output = Result<Deleted>> + Send {
        let key = self.key().to_value();
        async move { crate::delete_rows(db, Self::meta(), vec![key]).await }
    }

    /// Reads this row again.
    ///
    /// # Errors
    /// `NotFound` when it is no longer there.
    fn refresh(&mut self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        async move {
            *self = Self::objects().with_key(self.key()).get(db).await?;
            Ok(())
        }
    }

    /// Reads only these fields of this row again. Related rows that were read with it are forgotten.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db, mut post: Post) -> demijohn_core::Result<()> {
    /// // SELECT "views" FROM "blog_post" WHERE "id" = ?
    /// post.refresh_only(|p| p.views, &db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// `NotFound` when it is no longer there.
    fn refresh_only<C: ColumnList>(
        &mut self,
        fields: impl FnOnce(Self::Columns) -> C,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send {
        let mut values = self.values();
        let fields = positions::<Self, C>(fields);
        async move {
            run::read_again(db, Self::root(), &mut values, &fields).await?;
            *self = Self::from_row(&values, &Plan::OWN)?;
            Ok(())
        }
    }
}

/// The columns of a model, in the closure of a query.
pub trait Columns: Copy + Send + Sync + 'static {
    /// The model.
    type Model: Model<Columns = Self>;

    /// The path to their table.
    fn path(self) -> &'static Path;
}

/// What `select_related` takes: `p.author()`, or a tuple of these.
#[diagnostic::on_unimplemented(
    message = "`select_related` cannot take `{Self}`",
    note = "walk the relation with brackets, `p.author()`; `p.author` is the column",
    note = "of rows of which there may be many or none, `u.posts()`, `prefetch` reads all with one query more"
)]
pub trait Related {
    /// Adds the paths.
    fn push(self, paths: &mut Vec<&'static Path>);
}

impl<C: Columns> Related for C {
    fn push(self, paths: &mut Vec<&'static Path>) {
        let path = self.path();
        // What lies on the way is read too: a row cannot be put where its owner is missing.
        if let Some((parent, _)) = path.parent() {
            push_way(parent, paths);
        }
        push_way(path, paths);
    }
}

fn push_way(path: &'static Path, paths: &mut Vec<&'static Path>) {
    if path.is_root() || paths.iter().any(|known| std::ptr::eq(*known, path)) {
        return;
    }
    if let Some((parent, _)) = path.parent() {
        push_way(parent, paths);
    }
    paths.push(path);
}

macro_rules! tuples {
    ($($name:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Related),+> Related for ($($name,)+) {
            fn push(self, paths: &mut Vec<&'static Path>) {
                #[expect(non_snake_case, reason = "the types' names serve as the values' names")]
                let ($($name,)+) = self;
                $($name.push(paths);)+
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);

/// Where in a row the columns of a model begin, and which related rows follow.
#[derive(Debug, Default)]
pub struct Plan {
    offset: usize,
    related: Vec<(u16, Plan)>,
    /// Of the values beside or in place of the row: how many digits behind the point each has at least. Empty where none
    /// is an exact number of a column's.
    pub(crate) places: Vec<u8>,
}

impl Plan {
    /// A model's own columns, from the first, and nothing else.
    pub const OWN: Self = Self { offset: 0, related: Vec::new(), places: Vec::new() };

    /// The plan of a query that reads these paths after its own table.
    pub(crate) fn of(from: &'static Path, paths: &[&'static Path]) -> Self {
        let mut plan = Self::default();
        let mut offset = from.model().fields.len();
        for path in paths {
            plan.node(path).offset = offset;
            offset += path.model().fields.len();
        }
        plan
    }

    fn node(&mut self, path: &'static Path) -> &mut Self {
        let (Some((parent, _)), Some(step)) = (path.parent(), path.step()) else { return self };
        let owner = self.node(parent);
        let at = owner.related.iter().position(|(field, _)| *field == step).unwrap_or_else(|| {
            owner.related.push((step, Self::default()));
            owner.related.len() - 1
        });
        &mut owner.related[at].1
    }

    /// The position in the row of the model's column at this position.
    pub fn at(&self, field: usize) -> usize {
        self.offset + field
    }

    /// The plan of the row that this foreign key points to, if it was selected with the query.
    pub fn related(&self, field: usize) -> Option<&Self> {
        self.related.iter().find(|(step, _)| usize::from(*step) == field).map(|(_, plan)| plan)
    }
}

/// The error for a query that should find one row and found none.
#[track_caller]
pub(crate) fn not_found(meta: &ModelMeta) -> Error {
    Error::new(ErrorKind::NotFound, "orm.not_found", format!("no `{}` matches the query", meta.name))
        .with_public(format!("{} not found", meta.label))
}
