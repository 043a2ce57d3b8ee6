//! Lists, texts by name and ranges: column types of PostgreSQL. On another database a query with one of these methods is
//! refused before it is sent (`orm.unsupported`).
//!
//! `contains`, `index` and `is_empty` belong to texts and JSON, so theirs are `list_contains`, `range_contains`, `item` and
//! `is_empty_range`.

use demijohn_core::model::{FieldKind, Range, Value};
use demijohn_sql::{Expr, Function};

use crate::{Column, Condition, Expression, FieldValue, HStore, ListItem, Operand, RangeBound, Term};

/// A placeholder beside `@>` and its like says its type, for these operators are of several.
fn typed<T: FieldValue>(operand: Expr) -> Expr {
    match operand {
        Expr::Value(_) => Expr::Cast(Box::new(operand), T::KIND),
        other => other,
    }
}

fn holds<T: FieldValue>(function: Function, left: Expr, right: Expr) -> Condition {
    Condition::from_expr(Expr::Call(function, vec![left, typed::<T>(right)]))
}

fn is(function: Function, value: Expr) -> Condition {
    Condition::from_expr(Expr::Call(function, vec![value]))
}

fn gives<R>(function: Function, arguments: Vec<Expr>) -> Expression<R> {
    Expression::from_expr(Expr::Call(function, arguments))
}

/// Subscripts count from 1 in SQL, from 0 here.
fn subscript(index: u32) -> Expr {
    Expr::Value(Value::Int(i64::from(index) + 1))
}

fn text(text: impl Into<String>) -> Expr {
    Expr::Cast(Box::new(Expr::Value(Value::Text(text.into()))), FieldKind::Text)
}

fn texts<K: Into<String>>(texts: impl IntoIterator<Item = K>) -> Expr {
    let texts = texts.into_iter().map(|text| Value::Text(text.into())).collect();
    Expr::Cast(Box::new(Expr::Value(Value::Array(texts))), FieldKind::Array(&FieldKind::Text))
}

macro_rules! lists {
    ($($type:ty),+) => {$(
        /// Lists (PostgreSQL).
        impl<T: ListItem> $type {
            /// Has all the items of this list: `p.tags.list_contains(["rust", "web"])`.
            pub fn list_contains(self, items: impl Operand<Vec<T>>) -> Condition {
                holds::<Vec<T>>(Function::ArrayContains, self.into_tree(), items.into_expr())
            }

            /// Has no item that this list has not.
            pub fn contained_by(self, items: impl Operand<Vec<T>>) -> Condition {
                holds::<Vec<T>>(Function::ArrayContainedBy, self.into_tree(), items.into_expr())
            }

            /// Has an item in common with this list.
            pub fn overlap(self, items: impl Operand<Vec<T>>) -> Condition {
                holds::<Vec<T>>(Function::ArrayOverlap, self.into_tree(), items.into_expr())
            }

            /// How many items it has (Django's `len`).
            pub fn len(self) -> Expression<Option<i64>> {
                gives(Function::ArrayLength, vec![self.into_tree()])
            }

            /// The item at this place, from 0; `None` behind the end.
            pub fn item(self, index: u32) -> Expression<Option<T>> {
                gives(Function::ArrayIndex, vec![self.into_tree(), subscript(index)])
            }

            /// The items of these places, from 0: `slice(0..2)` are the first two.
            pub fn slice(self, range: std::ops::Range<u32>) -> Expression<Option<Vec<T>>> {
                let end = Expr::Value(Value::Int(i64::from(range.end)));
                gives(Function::ArraySlice, vec![self.into_tree(), subscript(range.start), end])
            }
        }
    )+};
}

lists!(Column<Vec<T>>, Column<Option<Vec<T>>>, Expression<Vec<T>>, Expression<Option<Vec<T>>>);

macro_rules! named_texts {
    ($($type:ty),+) => {$(
        /// Texts by name (PostgreSQL's `hstore`).
        impl $type {
            /// The text of this name; `None` if there is none.
            pub fn key(self, name: impl Into<String>) -> Expression<Option<String>> {
                gives(Function::HStoreValue, vec![self.into_tree(), text(name)])
            }

            /// Has this name.
            pub fn has_key(self, name: impl Into<String>) -> Condition {
                Condition::from_expr(Expr::Call(Function::HStoreHasKey, vec![self.into_tree(), text(name)]))
            }

            /// Has all these names.
            pub fn has_keys<K: Into<String>>(self, names: impl IntoIterator<Item = K>) -> Condition {
                Condition::from_expr(Expr::Call(Function::HStoreHasKeys, vec![self.into_tree(), texts(names)]))
            }

            /// Has one of these names.
            pub fn has_any_keys<K: Into<String>>(self, names: impl IntoIterator<Item = K>) -> Condition {
                Condition::from_expr(Expr::Call(Function::HStoreHasAnyKeys, vec![self.into_tree(), texts(names)]))
            }

            /// The names.
            pub fn keys(self) -> Expression<Option<Vec<String>>> {
                gives(Function::HStoreKeys, vec![self.into_tree()])
            }

            /// The texts, in the order of [`Self::keys`]. A name without a text makes the list unreadable: cast it, or
            /// ask for single names.
            pub fn values(self) -> Expression<Option<Vec<String>>> {
                gives(Function::HStoreValues, vec![self.into_tree()])
            }

            /// Has all these names with these texts.
            pub fn contains(self, pairs: impl Operand<HStore>) -> Condition {
                holds::<HStore>(Function::HStoreContains, self.into_tree(), pairs.into_expr())
            }

            /// Has nothing that these pairs have not.
            pub fn contained_by(self, pairs: impl Operand<HStore>) -> Condition {
                holds::<HStore>(Function::HStoreContainedBy, self.into_tree(), pairs.into_expr())
            }
        }
    )+};
}

named_texts!(Column<HStore>, Column<Option<HStore>>, Expression<HStore>, Expression<Option<HStore>>);

macro_rules! beside {
    ($($(#[$doc:meta])* $name:ident => $function:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(self, range: impl Operand<Range<T>>) -> Condition {
            holds::<Range<T>>(Function::$function, self.into_tree(), range.into_expr())
        }
    )+};
}

macro_rules! asks {
    ($($(#[$doc:meta])* $name:ident => $function:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(self) -> Condition {
            is(Function::$function, self.into_tree())
        }
    )+};
}

macro_rules! ranges {
    ($($type:ty),+) => {$(
        /// Ranges (PostgreSQL).
        impl<T: RangeBound> $type {
            /// Does this value lie in it? (`contains` of a single value)
            pub fn holds(self, value: impl Operand<T::Base>) -> Condition {
                holds::<T>(Function::RangeContains, self.into_tree(), value.into_expr())
            }

            beside! {
                /// Does this range lie in it?
                range_contains => RangeContains;
                /// Does it lie in this range?
                contained_by => RangeContainedBy;
                /// Have they a value in common?
                overlap => RangeOverlap;
                /// Does it end before this range begins?
                fully_lt => RangeFullyLess;
                /// Does it begin after this range ends?
                fully_gt => RangeFullyGreater;
                /// Does it begin no earlier than this range?
                not_lt => RangeNotLess;
                /// Does it end no later than this range?
                not_gt => RangeNotGreater;
                /// Does one begin where the other ends?
                adjacent_to => RangeAdjacent;
            }

            /// Where it begins; `None` of an empty or unbounded one (Django's `startswith`).
            pub fn start(self) -> Expression<Option<T>> {
                gives(Function::RangeStart, vec![self.into_tree()])
            }

            /// Where it ends; `None` of an empty or unbounded one (Django's `endswith`).
            pub fn end(self) -> Expression<Option<T>> {
                gives(Function::RangeEnd, vec![self.into_tree()])
            }

            asks! {
                /// Does no value lie in it? (Django's `isempty`)
                is_empty_range => RangeIsEmpty;
                /// Does its lower bound lie in it?
                lower_inc => RangeLowerIncluded;
                /// Does its upper bound lie in it?
                upper_inc => RangeUpperIncluded;
                /// Has it no lower bound?
                lower_inf => RangeLowerInfinite;
                /// Has it no upper bound?
                upper_inf => RangeUpperInfinite;
            }
        }
    )+};
}

ranges!(Column<Range<T>>, Column<Option<Range<T>>>, Expression<Range<T>>, Expression<Option<Range<T>>>);
