//! A row that is to be there once: found, or else made.

use demijohn_core::model::Value;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Assignment, Column, Compare, Expr};

use super::Draft;
use super::bulk::positions;
use crate::transaction::transaction_of;
use crate::{ColumnList, Executor, FieldValue as _, Model, QuerySet, run};

impl<M: Model> Draft<M> {
    /// The row that has the same values of these fields as the draft, or else the draft, stored; and whether it was
    /// made. When another makes it in the same moment, theirs is read.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// // SELECT "id", "username" FROM "auth_user" WHERE "username" = ? LIMIT 2
    /// // INSERT INTO "auth_user" ("username") VALUES (?)
    /// let (ada, is_new) = User::create().username("ada").build().get_or_create(|u| u.username, &db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// `orm.lookup` when the draft has no value for one of the fields; `orm.multiple_rows` when several rows have them;
    /// `orm.unique` when another row has a unique value of the draft.
    pub async fn get_or_create<C: ColumnList>(
        self,
        by: impl FnOnce(M::Columns) -> C,
        db: &dyn Executor,
    ) -> Result<(M, bool)> {
        let draft = self.numbered(db).await?;
        let query = draft.lookup(&positions::<M, C>(by))?;
        if let Some(found) = query.clone().get_or_none(db).await? {
            return Ok((found, false));
        }
        // In a savepoint of its own: an error inside a transaction of PostgreSQL's ends the transaction.
        let made = match db.as_tx() {
            Some(tx) => tx.atomic(async |tx| draft.save(tx).await).await,
            None => draft.save(db).await,
        };
        match made {
            Ok(row) => Ok((row, true)),
            Err(error) if error.code() == "orm.unique" => match query.get_or_none(db).await? {
                Some(found) => Ok((found, false)),
                None => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// Gives the row that has the same values of these fields as the draft the draft's other values, or else stores the
    /// draft; and says whether it was made. The row is locked in between, in a transaction.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db, ada: User) -> demijohn_core::Result<()> {
    /// // SELECT … FROM "blog_post" WHERE "title" = ? LIMIT 2 FOR UPDATE
    /// // UPDATE "blog_post" SET "views" = ?, "author_id" = ? WHERE "id" = ?
    /// let draft = Post::create().title("First").views(7).author(&ada).build();
    /// let (post, is_new) = draft.update_or_create(|p| p.title, &db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// As [`Draft::get_or_create`].
    pub async fn update_or_create<C: ColumnList>(
        self,
        by: impl FnOnce(M::Columns) -> C,
        db: &dyn Executor,
    ) -> Result<(M, bool)> {
        let fields = positions::<M, C>(by);
        let draft = self.numbered(db).await?;
        let query = draft.lookup(&fields)?.select_for_update();
        transaction_of(db, async move |tx| {
            if let Some(found) = query.clone().get_or_none(tx).await? {
                return Ok((draft.change(&found, &fields, tx).await?, false));
            }
            let new = draft.clone();
            match tx.atomic(async |tx| new.save(tx).await).await {
                Ok(row) => Ok((row, true)),
                Err(error) if error.code() == "orm.unique" => match query.get_or_none(tx).await? {
                    Some(found) => Ok((draft.change(&found, &fields, tx).await?, false)),
                    None => Err(error),
                },
                Err(error) => Err(error),
            }
        })
        .await
    }

    async fn change(self, found: &M, by: &[u16], db: &dyn Executor) -> Result<M> {
        let key = M::meta().key_index();
        let given = self.values.into_iter().enumerate().filter(|(n, _)| *n != key && !by.contains(&(*n as u16)));
        let assignment =
            |(n, value): (usize, Option<Value>)| Some(Assignment { field: n as u16, value: Expr::Value(value?) });
        let mut assignments: Vec<Assignment> = given.filter_map(assignment).collect();
        run::follow_clock(M::meta(), &mut assignments);
        run::update_one(db, M::root(), found.key().to_value(), assignments).await?;
        M::objects().with_key(found.key()).get(db).await
    }

    fn lookup(&self, fields: &[u16]) -> Result<QuerySet<M>> {
        let mut query = M::objects();
        if fields.is_empty() {
            return Err(Error::new(ErrorKind::Internal, "orm.lookup", "a row cannot be looked up by no field"));
        }
        for field in fields {
            let meta = &M::meta().fields[usize::from(*field)];
            let Some(value) = self.values[usize::from(*field)].clone() else {
                let message = format!("a row is looked up by `{}`, which the draft was not given", meta.name);
                return Err(Error::new(ErrorKind::Internal, "orm.lookup", message)
                    .with_hint(format!("give it with `.{}(…)` before", meta.name)));
            };
            let column = Expr::Column(Column { path: M::root(), field: *field });
            query = query.and(Expr::Compare(Compare::Eq, Box::new((column, Expr::Value(value)))));
        }
        Ok(query)
    }
}
