//! [`PrefetchList`]: one relation or several, beside each other.

use demijohn_core::Result;
use demijohn_web::BoxFuture;

use super::{Arrangement, Keys, Prefetch};
use crate::{Executor, Shape};

/// What is fetched with rows `T`: a relation, or a tuple of up to six. `()` is nothing.
#[diagnostic::on_unimplemented(
    message = "`prefetch` cannot take `{Self}`",
    label = "this is no relation",
    note = "walk the relation with brackets, `u.posts()`; `p.author` is the column, `p.author()` the relation"
)]
pub trait PrefetchList<T>: Clone + Send + Sync {
    /// A row with what was fetched for it: `(T, Vec<Post>)`.
    type Row: Send;

    /// Adds the positions of the fields that hold each relation on the owner's side. For the ORM.
    ///
    /// # Errors
    /// `orm.prefetch` when something is no relation.
    #[doc(hidden)]
    fn owner_fields(&self, fields: &mut Vec<u16>) -> Result<()>;

    /// Fetches what belongs to the rows, one query for each relation. For the ORM.
    #[doc(hidden)]
    fn complete<'a>(self, rows: Vec<T>, keys: Keys, db: &'a dyn Executor) -> BoxFuture<'a, Result<Vec<Self::Row>>>
    where
        T: 'a,
        Self: 'a;
}

#[diagnostic::do_not_recommend]
impl<T: Send> PrefetchList<T> for () {
    type Row = T;

    fn owner_fields(&self, _: &mut Vec<u16>) -> Result<()> {
        Ok(())
    }

    fn complete<'a>(self, rows: Vec<T>, _: Keys, _: &'a dyn Executor) -> BoxFuture<'a, Result<Vec<T>>>
    where
        T: 'a,
        Self: 'a,
    {
        Box::pin(async move { Ok(rows) })
    }
}

/// What each row gets of a relation.
type Found<A> = <<A as Prefetch>::Kind as Arrangement>::Of<
    <<A as Prefetch>::With as PrefetchList<<<A as Prefetch>::Shape as Shape>::Row>>::Row,
>;

impl<T: Send, A: Prefetch> PrefetchList<T> for A {
    type Row = (T, Found<A>);

    fn owner_fields(&self, fields: &mut Vec<u16>) -> Result<()> {
        self.clone().related().link()?.push_owner_fields(fields);
        Ok(())
    }

    fn complete<'a>(self, rows: Vec<T>, mut keys: Keys, db: &'a dyn Executor) -> BoxFuture<'a, Result<Vec<Self::Row>>>
    where
        T: 'a,
        Self: 'a,
    {
        Box::pin(async move {
            let found = self.related().fetch(&mut keys, db).await?;
            Ok(rows.into_iter().zip(found).collect())
        })
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<T: Send, $($name: Prefetch),+> PrefetchList<T> for ($($name,)+) {
            type Row = (T, $(Found<$name>),+);

            fn owner_fields(&self, fields: &mut Vec<u16>) -> Result<()> {
                #[expect(non_snake_case, reason = "the types' names serve as the values' names")]
                let ($($name,)+) = self.clone();
                $($name.related().link()?.push_owner_fields(fields);)+
                Ok(())
            }

            fn complete<'a>(
                self,
                rows: Vec<T>,
                mut keys: Keys,
                db: &'a dyn Executor,
            ) -> BoxFuture<'a, Result<Vec<Self::Row>>>
            where
                T: 'a,
                Self: 'a,
            {
                Box::pin(async move {
                    #[expect(non_snake_case, reason = "the types' names serve as the values' names")]
                    let ($($name,)+) = self;
                    $(
                        #[expect(non_snake_case, reason = "the types' names serve as the values' names")]
                        let mut $name = $name.related().fetch(&mut keys, db).await?.into_iter();
                    )+
                    let complete = rows.into_iter().map_while(|row| Some((row, $($name.next()?),+)));
                    Ok(complete.collect())
                })
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
