//! [`Side`]: what a relation is asked of at its other end, a row or the columns of a query.

use demijohn_core::model::Value;
use demijohn_sql::{Column, Compare, Expr, Path};

use crate::{FieldValue, Model, QuerySet};

/// A row of `M`, or its columns in the closure of a query. The traits that the derive writes for the other sides of
/// relations (`PostByAuthor`) hold for both.
#[diagnostic::on_unimplemented(message = "`{Self}` is neither a row of `{M}` nor its columns")]
pub trait Side<M: Model>: Sized {
    /// What it gives of the rows of another model that belong to it.
    type Many<O: Model>;
    /// What it gives of the one row of another model that belongs to it.
    type Single<O: Model>;

    /// The rows of another model that belong to it. For the derive.
    #[doc(hidden)]
    fn many<O: Model>(self, link: SideLink) -> Self::Many<O>;

    /// The one row of another model that belongs to it. For the derive.
    #[doc(hidden)]
    fn single<O: Model>(self, link: SideLink) -> Self::Single<O>;
}

/// A row of `M`, where a [`Side`] cannot be columns: what is written has an owner.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row of `{M}`, so nothing can be written to what belongs to it"
)]
pub trait RowSide<M: Model>: Side<M> {
    /// Its key. For the derive.
    #[doc(hidden)]
    fn owner(self) -> Value;
}

impl<M: Model> RowSide<M> for &M {
    fn owner(self) -> Value {
        self.key().to_value()
    }
}

/// How rows of a model belong to one of another. For the derive.
#[derive(Debug, Clone, Copy)]
pub enum SideLink {
    /// By their foreign key at this position.
    Key(u16),
    /// By their set at this position.
    Set(usize),
}

impl SideLink {
    /// The way against it.
    pub fn path<O: Model>(self, from: &'static Path) -> &'static Path {
        match self {
            Self::Key(field) => from.reverse(O::meta(), field),
            Self::Set(set) => {
                let pairs = O::meta().many_to_many[set].pairs(O::meta());
                from.reverse(pairs.through, pairs.other).child(pairs.own)
            }
        }
    }

    fn rows<M: Model, O: Model>(self, row: &M) -> QuerySet<O> {
        match self {
            Self::Key(field) => {
                let pointed = O::meta().fields[usize::from(field)].relation.map(|relation| relation.target_field());
                let held = match pointed.filter(|pointed| !pointed.primary_key) {
                    None => row.key().to_value(),
                    Some(pointed) => {
                        M::meta().index_of(pointed.name).map_or(Value::Null, |n| row.values().swap_remove(n))
                    }
                };
                O::objects().matching(|from| {
                    let column = Expr::Column(Column { path: from, field });
                    Expr::Compare(Compare::Eq, Box::new((column, Expr::Value(held))))
                })
            }
            Self::Set(set) => {
                O::objects().paired(O::meta().many_to_many[set].pairs(O::meta()).turned(), &row.key().to_value())
            }
        }
    }
}

impl<M: Model> Side<M> for &M {
    type Many<O: Model> = QuerySet<O>;
    type Single<O: Model> = QuerySet<O>;

    fn many<O: Model>(self, link: SideLink) -> QuerySet<O> {
        link.rows(self)
    }

    fn single<O: Model>(self, link: SideLink) -> QuerySet<O> {
        link.rows(self)
    }
}

/// Makes columns those of a model, and the place to ask for the other sides of relations to it.
#[doc(hidden)]
#[macro_export]
macro_rules! __columns_of {
    ($model:ident, $columns:ident, $key:ident) => {
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl $crate::Columns for $columns {
            type Model = $model;

            fn path(self) -> &'static $crate::__private::Path {
                self.$key.path()
            }
        }

        #[automatically_derived]
        impl $crate::Side<$model> for $columns {
            type Many<O: $crate::Model> = $crate::Many<O>;
            type Single<O: $crate::Model> = $crate::Single<O>;

            fn many<O: $crate::Model>(self, link: $crate::__private::SideLink) -> $crate::Many<O> {
                $crate::Many::new(link.path::<O>($crate::Columns::path(self)))
            }

            fn single<O: $crate::Model>(self, link: $crate::__private::SideLink) -> $crate::Single<O> {
                $crate::Single::new(link.path::<O>($crate::Columns::path(self)))
            }
        }
    };
}
