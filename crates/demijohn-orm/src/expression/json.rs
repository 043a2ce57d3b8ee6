//! JSON documents: paths into them, containment, keys.

use demijohn_core::model::Value;
use demijohn_sql::{Expr, Function, JsonAs, JsonPath, JsonStep};
use serde_json::Value as Json;

use crate::{Column, Condition, Expression, FieldValue, Operand, Term};

fn step<R>(document: Expr, step: JsonStep) -> Expression<R> {
    let path = match document {
        Expr::JsonPath(mut path) if path.wanted == JsonAs::Json => {
            path.steps.push(step);
            path
        }
        document => Box::new(JsonPath { document, steps: vec![step], wanted: JsonAs::Json }),
    };
    Expression::from_expr(Expr::JsonPath(path))
}

fn read_as<R>(document: Expr, wanted: JsonAs) -> Expression<R> {
    let path = match document {
        Expr::JsonPath(mut path) if path.wanted == JsonAs::Json => {
            path.wanted = wanted;
            path
        }
        document => Box::new(JsonPath { document, steps: Vec::new(), wanted }),
    };
    Expression::from_expr(Expr::JsonPath(path))
}

fn has_key(document: &Expr, key: String) -> Expr {
    Expr::Call(Function::JsonHasKey, vec![document.clone(), Expr::Value(Value::Text(key))])
}

macro_rules! methods {
    ($type:ident) => {
        /// JSON documents. A path that leads nowhere is NULL; JSON's `null` is a value: `.eq(serde_json::Value::Null)`
        /// finds it, `.is_null()` and `.eq(None)` find what is not there.
        ///
        /// ```
        /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/json.rs"));
        /// # use demijohn_sql::Sqlite;
        /// # fn main() {
        /// let query = Device::objects().filter(|d| d.data.key("ports").index(0).as_i64().gt(1024));
        /// let statement = query.to_sql(&Sqlite);
        /// assert!(statement.sql.contains(r#"("data" ->> ?)"#) || statement.sql.contains(r#""data" ->> ?"#));
        /// assert_eq!(statement.params[0], r#"$."ports"[0]"#.into());
        /// # }
        /// ```
        impl<T: FieldValue<Base = Json>> $type<T> {
            /// The value of a key of an object. The key is data: it may hold anything. (MariaDB
            /// finds no key that begins with a hyphen: its paths cannot name one.)
            pub fn key(self, key: impl Into<String>) -> Expression<Option<Json>> {
                step(self.into_tree(), JsonStep::Key(key.into()))
            }

            /// An item of an array, from 0; -1 is the last.
            pub fn index(self, index: i64) -> Expression<Option<Json>> {
                step(self.into_tree(), JsonStep::Index(index))
            }

            /// The text of it, that of a string without quotation marks; `None` for JSON's null.
            pub fn text(self) -> Expression<Option<String>> {
                read_as(self.into_tree(), JsonAs::Text)
            }

            /// The number without what is behind the point; `None` if it is no number.
            pub fn as_i64(self) -> Expression<Option<i64>> {
                read_as(self.into_tree(), JsonAs::Integer)
            }

            /// The number; `None` if it is none.
            pub fn as_f64(self) -> Expression<Option<f64>> {
                read_as(self.into_tree(), JsonAs::Float)
            }

            /// The truth value; `None` if it is none.
            pub fn as_bool(self) -> Expression<Option<bool>> {
                read_as(self.into_tree(), JsonAs::Bool)
            }

            /// How many items an array has; `None` if it is none.
            pub fn array_length(self) -> Expression<Option<i64>> {
                let length = Expr::Call(Function::JsonLength, vec![self.into_tree()]);
                Expression::from_expr(Expr::Cast(Box::new(length), demijohn_core::model::FieldKind::BigInt))
            }

            /// Has everything that this document has: its keys with their values, its items in any order
            /// (PostgreSQL's `@>`). MySQL also looks for items in the lists inside a list.
            pub fn json_contains(self, part: impl Operand<Json>) -> Condition {
                Condition::from_expr(Expr::Call(Function::JsonContains, vec![self.into_tree(), part.into_expr()]))
            }

            /// Has nothing that this document has not.
            pub fn json_contained_by(self, whole: impl Operand<Json>) -> Condition {
                Condition::from_expr(Expr::Call(Function::JsonContains, vec![whole.into_expr(), self.into_tree()]))
            }

            /// Is an object with this key.
            pub fn has_key(self, key: impl Into<String>) -> Condition {
                Condition::from_expr(has_key(&self.into_tree(), key.into()))
            }

            /// Is an object with all these keys.
            pub fn has_keys<K: Into<String>>(self, keys: impl IntoIterator<Item = K>) -> Condition {
                let document = self.into_tree();
                let all = keys.into_iter().map(|key| has_key(&document, key.into()));
                Condition::from_expr(Expr::And(all.collect()))
            }

            /// Is an object with one of these keys.
            pub fn has_any_keys<K: Into<String>>(self, keys: impl IntoIterator<Item = K>) -> Condition {
                let document = self.into_tree();
                let all = keys.into_iter().map(|key| has_key(&document, key.into()));
                Condition::from_expr(Expr::Or(all.collect()))
            }
        }
    };
}

methods!(Column);
methods!(Expression);

/// What a JSON value is compared with: `.key("name").eq("ada")`.
macro_rules! plain {
    ($($type:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl Operand<Json> for $type {
            fn into_expr(self) -> Expr {
                Expr::Value(Value::Json(Json::from(self)))
            }
        }
    )+};
}

// Not of `String`, `f64` and `bool`: `when(…, true, false)` must know its type by its values.
plain!(&str, i64);
