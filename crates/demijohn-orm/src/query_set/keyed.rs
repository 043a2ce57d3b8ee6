//! Rows by their keys, and the newest of them.

use std::collections::HashMap;
use std::hash::Hash;

use demijohn_core::model::{FieldMeta, Value};
use demijohn_core::{Error, ErrorKind, Result, suggest};
use demijohn_sql::{Column as SqlColumn, Expr, Order};

use super::QuerySet;
use crate::{Column, Executor, FieldValue, Model, Rows, Shape, run};

/// Keys in one statement: below what any database takes.
const CHUNK: usize = 1000;

/// The same of keys over several fields, which SQLite nests.
const COMPOSITE_CHUNK: usize = 100;

impl<M: Model> QuerySet<M, Rows<M>> {
    /// The rows with these keys, by key. Keys without a row are left out.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// // SELECT "id", "username" FROM "auth_user" WHERE "id" IN (?, ?)
    /// let users = User::objects().in_bulk([1, 2], &db).await?;
    /// println!("{}", users[&1].username);
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// What the database reports.
    pub async fn in_bulk(self, keys: impl IntoIterator<Item = M::Key>, db: &dyn Executor) -> Result<HashMap<M::Key, M>>
    where
        M::Key: Eq + Hash,
    {
        let keys: Vec<Value> = keys.into_iter().map(|key| key.to_value()).collect();
        let mut found = HashMap::with_capacity(keys.len());
        for chunk in keys.chunks(if M::meta().has_composite_key() { COMPOSITE_CHUNK } else { CHUNK }) {
            let among = run::keys_in(self.select.from, chunk);
            found.extend(self.clone().and(among).all(db).await?.into_iter().map(|row| (row.key(), row)));
        }
        Ok(found)
    }

    /// The rows with these values of a unique column, by value: `.in_bulk_by(|u| u.username, names, &db)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// // SELECT "id", "username" FROM "auth_user" WHERE "username" IN (?)
    /// let users = User::objects().in_bulk_by(|u| u.username, ["ada".to_owned()], &db).await?;
    /// println!("{}", users["ada"].id);
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// `orm.not_unique` when rows could have the same value; what the database reports.
    pub async fn in_bulk_by<T: FieldValue + Eq + Hash>(
        mut self,
        column: impl FnOnce(M::Columns) -> Column<T>,
        values: impl IntoIterator<Item = T>,
        db: &dyn Executor,
    ) -> Result<HashMap<T, M>> {
        let column = self.with_columns(column).untyped();
        let field = column.meta();
        let is_composite = M::meta().has_composite_key();
        let tells_apart = |field: &FieldMeta| field.unique || (field.primary_key && !is_composite);
        if !std::ptr::eq(column.path, self.select.from) || !tells_apart(field) {
            let choices = M::meta().fields.iter().filter(|field| tells_apart(field));
            let message = format!("rows of `{}` are not told apart by `{}`", M::meta().name, field.name);
            return Err(Error::new(ErrorKind::Misconfigured, "orm.not_unique", message)
                .with_hint(format!("the unique fields are {}", suggest::list(choices.map(|field| field.name)))));
        }
        self.by_values(column, values.into_iter().collect(), db).await
    }

    async fn by_values<T: FieldValue + Eq + Hash>(
        self,
        column: SqlColumn,
        values: Vec<T>,
        db: &dyn Executor,
    ) -> Result<HashMap<T, M>> {
        let mut found = HashMap::with_capacity(values.len());
        for chunk in values.chunks(CHUNK) {
            let values = chunk.iter().map(|value| Expr::Value(value.to_value())).collect();
            let among = Expr::In(Box::new(Expr::Column(column)), values);
            for row in self.clone().and(among).all(db).await? {
                let value = T::read(&row.values(), usize::from(column.field))?;
                found.insert(value, row);
            }
        }
        Ok(found)
    }

    /// Is this row among those of the query?
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db, post: Post) -> demijohn_core::Result<()> {
    /// // SELECT 1 FROM "blog_post" WHERE "views" > ? AND "id" = ? LIMIT 1
    /// let popular = Post::objects().filter(|p| p.views.gt(99)).contains(&post, &db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// What the database reports.
    pub async fn contains(mut self, row: &M, db: &dyn Executor) -> Result<bool> {
        if self.select.is_sliced() || !self.select.distinct_on.is_empty() {
            self.select.put_aside();
        }
        self.with_key(row.key()).exists(db).await
    }
}

impl<M: Model, S: Shape> QuerySet<M, S> {
    /// The newest row, if there is one, by the fields that the model names in `latest_by`.
    ///
    /// With `#[model(latest_by = ["created_at"])]` it runs `SELECT … ORDER BY "created_at" DESC LIMIT 1`.
    ///
    /// # Errors
    /// `orm.no_latest_by` when the model names no field.
    pub async fn latest(mut self, db: &dyn Executor) -> Result<Option<S::Row>> {
        self.select.order = latest_by(self.select.from)?;
        self.last(db).await
    }

    /// The oldest row, if there is one, by the fields that the model names in `latest_by`.
    ///
    /// # Errors
    /// `orm.no_latest_by` when the model names no field.
    pub async fn earliest(mut self, db: &dyn Executor) -> Result<Option<S::Row>> {
        self.select.order = latest_by(self.select.from)?;
        self.first(db).await
    }
}

fn latest_by(from: &'static demijohn_sql::Path) -> Result<Vec<Order>> {
    let meta = from.model();
    if meta.latest_by.is_empty() {
        let message = format!("the model `{}` does not say which of its rows is the latest", meta.name);
        return Err(Error::new(ErrorKind::Misconfigured, "orm.no_latest_by", message)
            .with_hint("name its fields in `#[model(latest_by = […])]`, or take `.order_by(…).last(&db)`"));
    }
    let step = |name: &&'static str| {
        let (descending, name) = name.strip_prefix('-').map_or((false, *name), |name| (true, name));
        let column = crate::records::column(from, name)?;
        Ok(Order { descending, ..Order::by(Expr::Column(column)) })
    };
    meta.latest_by.iter().map(step).collect()
}
