//! Sets through a model of one's own, whose pairs are given more than their two keys.

use std::collections::HashSet;

use demijohn_core::model::Value;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::Expr;

use super::many_to_many::{ManyToMany, keys};
use crate::delete::Key;
use crate::transaction::transaction_of;
use crate::{Assigned, Assignments, Draft, Executor, Model, content_type, records};

impl<M: Model, T: Model> ManyToMany<M, T> {
    /// Puts rows into the set, with this said of each pair (Django's `through_defaults`); of those that are in it nothing is
    /// changed.
    ///
    /// ```
    /// # use demijohn_macros::Model;
    /// # use demijohn_orm::{ForeignKey, ManyToMany, Model};
    /// # #[derive(Model)]
    /// # #[model(crate = demijohn_orm)]
    /// # struct Person { id: i64 }
    /// # #[derive(Model)]
    /// # #[model(crate = demijohn_orm)]
    /// # struct Band { id: i64, members: ManyToMany<Person, Membership> }
    /// # #[derive(Model)]
    /// # #[model(crate = demijohn_orm)]
    /// # struct Membership {
    /// #     id: i64,
    /// #     #[field(on_delete = Cascade)]
    /// #     band: ForeignKey<Band>,
    /// #     #[field(on_delete = Cascade)]
    /// #     person: ForeignKey<Person>,
    /// #     #[field(max_length = 40)]
    /// #     role: String,
    /// # }
    /// # async fn example(db: demijohn_orm::Db, ada: Person, bob: Person, band: Band) -> demijohn_core::Result<()> {
    /// band.members.add_with([&ada, &bob], |m| m.role.set("singer"), &db).await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// `orm.missing_field` when a required field of the pair was not given, `orm.pair_value` when one was given an
    /// expression; `orm.foreign_key` when one of the rows is not stored; what else the database reports.
    pub async fn add_with<A: Assignments>(
        &self,
        rows: impl IntoIterator<Item = &M>,
        pair: impl FnOnce(T::Columns) -> A,
        db: &dyn Executor,
    ) -> Result<()> {
        self.put(keys(rows), assigned::<T, A>(pair), false, db).await
    }

    /// Makes the set consist of exactly these rows, with this said of each pair that is new.
    ///
    /// # Errors
    /// As [`ManyToMany::add_with`] and [`ManyToMany::remove`].
    pub async fn set_with<A: Assignments>(
        &self,
        rows: impl IntoIterator<Item = &M>,
        pair: impl FnOnce(T::Columns) -> A,
        db: &dyn Executor,
    ) -> Result<()> {
        self.put(keys(rows), assigned::<T, A>(pair), true, db).await
    }

    /// Stores a new row and puts it into the set, with this said of the pair, both or nothing.
    ///
    /// # Errors
    /// As [`Draft::save`] and [`ManyToMany::add_with`].
    pub async fn create_with<A: Assignments>(
        &self,
        draft: Draft<M>,
        pair: impl FnOnce(T::Columns) -> A,
        db: &dyn Executor,
    ) -> Result<M> {
        let pair = assigned::<T, A>(pair);
        transaction_of(db, async move |tx| {
            let row = draft.save(tx).await?;
            self.put(keys([&row]), pair, false, tx).await?;
            Ok(row)
        })
        .await
    }

    async fn put(&self, keys: Vec<Value>, pair: Vec<Assigned>, alone: bool, db: &dyn Executor) -> Result<()> {
        let set = self.pairs();
        transaction_of(db, async move |tx| {
            let pair = values::<T>(pair, tx).await?;
            if alone {
                let wanted: HashSet<Key> = keys.iter().map(Key::of).collect();
                let mut gone = records::pairs(tx, set, &self.owner).await?;
                gone.retain(|key| !wanted.contains(&Key::of(key)));
                records::remove_pairs(tx, set, &self.owner, gone).await?;
            }
            records::add_pairs_with(tx, set, &self.owner, keys, &pair).await
        })
        .await
    }
}

fn assigned<T: Model, A: Assignments>(pair: impl FnOnce(T::Columns) -> A) -> Vec<Assigned> {
    let mut all = Vec::new();
    pair(T::columns(T::root())).push(&mut all);
    all
}

/// The values of a pair, as far as they were given.
async fn values<T: Model>(pair: Vec<Assigned>, db: &dyn Executor) -> Result<Vec<Option<Value>>> {
    let mut values = vec![None; T::meta().fields.len()];
    for one in pair {
        let value = match (one.type_of, one.value) {
            (Some(model), _) => Value::Int(content_type::require(db, T::meta(), model).await?),
            (None, Expr::Value(value)) if one.column.path.is_root() => value,
            _ => {
                let message = format!("`{}` of a new `{}` was given no value", one.column.meta().name, T::meta().name);
                return Err(Error::new(ErrorKind::Internal, "orm.pair_value", message).with_hint(
                    "there is no row yet that an expression could look at: give a value of the pair's own field",
                ));
            }
        };
        values[usize::from(one.column.field)] = Some(value);
    }
    Ok(values)
}
