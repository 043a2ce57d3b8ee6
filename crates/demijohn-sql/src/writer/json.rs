//! JSON documents: paths into them, comparisons, containment. Keys are data: bound beside the text, never in it.

use demijohn_core::model::{FieldKind, Value};

use super::Writer;
use super::temporal::Aside;
use crate::{Compare, Expr, JsonAs, JsonPath, JsonStep};

impl Writer {
    pub(super) fn json_path(&mut self, path: JsonPath) {
        match self.dialect.name() {
            "postgres" => self.postgres_path(path),
            "mysql" => self.mysql_path(path),
            _ => self.sqlite_path(path),
        }
    }

    fn postgres_path(&mut self, path: JsonPath) {
        let JsonPath { document, steps, wanted } = path;
        let plain = |document, steps| JsonPath { document, steps, wanted: JsonAs::Json };
        let (kind, cast) = match wanted {
            JsonAs::Json => return self.postgres_steps(document, steps),
            JsonAs::Text => {
                self.sql.push('(');
                self.postgres_steps(document, steps);
                return self.sql.push_str(" #>> '{}')");
            }
            JsonAs::Integer => ("number", "TRUNC(("),
            JsonAs::Float => ("number", "(("),
            JsonAs::Bool => ("boolean", "(("),
        };
        self.sql.push_str("(CASE WHEN JSONB_TYPEOF(");
        self.json_path(plain(document.clone(), steps.clone()));
        self.sql.push_str(") = '");
        self.sql.push_str(kind);
        self.sql.push_str("' THEN ");
        self.sql.push_str(cast);
        self.json_path(plain(document, steps));
        self.sql.push_str(match wanted {
            JsonAs::Integer => ")::numeric)::bigint END)",
            JsonAs::Float => ")::double precision) END)",
            _ => ")::boolean) END)",
        });
    }

    fn postgres_steps(&mut self, document: Expr, steps: Vec<JsonStep>) {
        self.operand(document);
        for step in steps {
            self.sql.push_str(" -> ");
            match step {
                JsonStep::Key(key) => self.typed_value(Value::Text(key)),
                JsonStep::Index(index) => {
                    self.value(Value::Int(index));
                    self.sql.push_str("::integer");
                }
            }
        }
    }

    fn sqlite_path(&mut self, path: JsonPath) {
        let text = Value::Text(sqlite_steps(&path.steps));
        let (before, after) = match path.wanted {
            JsonAs::Json => {
                self.sql.push('(');
                self.operand(path.document);
                self.sql.push_str(" -> ");
                self.value(text);
                return self.sql.push(')');
            }
            // SQLite's own text of a truth value is 1 or 0.
            JsonAs::Text => (" WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(", " AS TEXT) END)"),
            JsonAs::Integer => (" IN ('integer', 'real') WHEN 1 THEN CAST(", " AS INTEGER) END)"),
            JsonAs::Float => (" IN ('integer', 'real') WHEN 1 THEN CAST(", " AS REAL) END)"),
            JsonAs::Bool => (" IN ('true', 'false') WHEN 1 THEN (", ") END)"),
        };
        self.sql.push_str("(CASE JSON_TYPE(");
        self.expr(path.document.clone());
        self.sql.push_str(", ");
        self.value(text.clone());
        self.sql.push(')');
        self.sql.push_str(before);
        self.operand(path.document);
        self.sql.push_str(" ->> ");
        self.value(text);
        self.sql.push_str(after);
    }

    fn mysql_path(&mut self, path: JsonPath) {
        let JsonPath { document, steps, wanted } = path;
        let document = self.aside(|writer| writer.expr(document));
        let inner = self.mysql_walk(document, &steps);
        let (types, before, after) = match wanted {
            JsonAs::Json => return self.replay(&inner),
            JsonAs::Text => {
                self.sql.push_str("(CASE JSON_TYPE(");
                self.replay(&inner);
                self.sql.push_str(") WHEN 'NULL' THEN NULL ELSE JSON_UNQUOTE(");
                self.replay(&inner);
                return self.sql.push_str(") END)");
            }
            JsonAs::Integer => {
                (NUMBERS, "CAST(TRUNCATE(CAST(JSON_UNQUOTE(", ") AS DECIMAL(65, 20)), 0) AS SIGNED) END)")
            }
            JsonAs::Float => (NUMBERS, "(JSON_UNQUOTE(", ") + 0e0) END)"),
            JsonAs::Bool => ("'BOOLEAN'", "(JSON_UNQUOTE(", ") = 'true') END)"),
        };
        self.sql.push_str("(CASE WHEN JSON_TYPE(");
        self.replay(&inner);
        self.sql.push_str(") IN (");
        self.sql.push_str(types);
        self.sql.push_str(") THEN ");
        self.sql.push_str(before);
        self.replay(&inner);
        self.sql.push_str(after);
    }

    /// Walks a path. A step from the end is worked out by the length: MariaDB counts `[last]` right in the first row only.
    fn mysql_walk(&mut self, document: Aside, steps: &[JsonStep]) -> Aside {
        let from_end = steps.iter().position(|step| matches!(step, JsonStep::Index(index) if *index < 0));
        let (before, rest) = steps.split_at(from_end.unwrap_or(steps.len()));
        let found = if before.is_empty() {
            document
        } else {
            self.aside(|writer| {
                writer.sql.push_str("JSON_EXTRACT(");
                writer.replay(&document);
                writer.sql.push_str(", ");
                writer.value(Value::Text(mysql_steps(before)));
                writer.sql.push(')');
            })
        };
        let Some((JsonStep::Index(index), rest)) = rest.split_first() else { return found };
        let back = index.unsigned_abs();
        let item = self.aside(|writer| {
            writer.sql.push_str("JSON_EXTRACT(");
            writer.replay(&found);
            writer.sql.push_str(", CASE WHEN JSON_TYPE(");
            writer.replay(&found);
            writer.sql.push_str(") = 'ARRAY' AND JSON_LENGTH(");
            writer.replay(&found);
            writer.sql.push_str(&format!(") >= {back} THEN CONCAT('$[', JSON_LENGTH("));
            writer.replay(&found);
            writer.sql.push_str(&format!(") - {back}, ']') END)"));
        });
        self.mysql_walk(item, rest)
    }

    /// A comparison with a document. Numbers and texts are ordered among themselves; of other documents only equality
    /// is asked.
    pub(super) fn compare_json(&mut self, how: Compare, left: Expr, right: Expr) {
        let Expr::Value(Value::Json(document)) = right else { return };
        if matches!(how, Compare::Eq | Compare::Ne) {
            return self.json_equal(how, left, document);
        }
        let of = |wanted| {
            let path = match left {
                Expr::JsonPath(path) => JsonPath { wanted, ..*path },
                document => JsonPath { document, steps: Vec::new(), wanted },
            };
            Expr::JsonPath(Box::new(path))
        };
        let sides = match document {
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(number) => (of(JsonAs::Float), Value::Float(number as f64)),
                None => (of(JsonAs::Float), Value::Float(number.as_f64().unwrap_or(f64::MAX))),
            },
            serde_json::Value::String(text) => (of(JsonAs::Text), Value::Text(text)),
            other => {
                let message = format!("JSON cannot be ordered against `{other}`");
                let hint = "compare by `<` and `>` with a number or a text only";
                self.refuse("orm.unsupported", message, Some(hint.into()));
                (Expr::Value(Value::Null), Value::Null)
            }
        };
        self.expr(Expr::Compare(how, Box::new((sides.0, Expr::Value(sides.1)))));
    }

    fn json_equal(&mut self, how: Compare, left: Expr, document: serde_json::Value) {
        let document = Value::Json(document);
        match self.dialect.name() {
            "postgres" => {
                self.operand(left);
                self.sql.push_str(if how == Compare::Eq { " = " } else { " <> " });
                self.typed_value(document);
            }
            "sqlite" => {
                self.sql.push_str(if how == Compare::Eq { "demijohn_json_equal(" } else { "NOT demijohn_json_equal(" });
                self.expr(left);
                self.sql.push_str(", ");
                self.value(document);
                self.sql.push(')');
            }
            _ => {
                let left = self.aside(|writer| writer.expr(left));
                // MariaDB calls NULL equal to everything.
                self.sql.push_str("(CASE WHEN ");
                self.replay(&left);
                self.sql.push_str(if how == Compare::Eq { " IS NOT NULL THEN (" } else { " IS NOT NULL THEN NOT (" });
                // MariaDB reads the first, MySQL the second: to each the other is a comment.
                self.sql.push_str("/*M!100700 JSON_EQUALS(");
                self.replay(&left);
                self.sql.push_str(", ");
                self.value(document);
                self.sql.push_str(") *//*!80000 ");
                self.sql.push_str(&left.sql);
                self.sql.push_str(" = CAST(? AS JSON) */");
                self.sql.push_str(") END)");
            }
        }
    }

    pub(super) fn json_contains(&mut self, whole: Expr, part: Expr) {
        match self.dialect.name() {
            "postgres" => {
                self.sql.push('(');
                self.operand(whole);
                self.sql.push_str(" @> ");
                self.operand(part);
                self.sql.push(')');
            }
            name => {
                self.sql.push_str(if name == "mysql" { "JSON_CONTAINS(" } else { "demijohn_json_contains(" });
                self.expr(whole);
                self.sql.push_str(", ");
                self.expr(part);
                self.sql.push(')');
            }
        }
    }

    /// Has the object this key?
    pub(super) fn json_has_key(&mut self, document: Expr, key: String) {
        match self.dialect.name() {
            // `?` finds texts in arrays as well.
            "postgres" => {
                self.sql.push('(');
                self.operand(document.clone());
                self.sql.push_str(" ? ");
                self.typed_value(Value::Text(key));
                self.sql.push_str(" AND JSONB_TYPEOF(");
                self.expr(document);
                self.sql.push_str(") = 'object')");
            }
            "mysql" => {
                self.sql.push_str("JSON_CONTAINS_PATH(");
                self.expr(document);
                self.sql.push_str(", 'one', ");
                self.value(Value::Text(mysql_steps(&[JsonStep::Key(key)])));
                self.sql.push(')');
            }
            _ => {
                self.sql.push_str("(JSON_TYPE(");
                self.expr(document);
                self.sql.push_str(", ");
                self.value(Value::Text(sqlite_steps(&[JsonStep::Key(key)])));
                self.sql.push_str(") IS NOT NULL)");
            }
        }
    }

    pub(super) fn json_length(&mut self, document: Expr) {
        let (test, length, array) = match self.dialect.name() {
            "postgres" => ("JSONB_TYPEOF(", "JSONB_ARRAY_LENGTH(", "array"),
            "mysql" => ("JSON_TYPE(", "JSON_LENGTH(", "ARRAY"),
            _ => ("JSON_TYPE(", "JSON_ARRAY_LENGTH(", "array"),
        };
        self.sql.push_str("(CASE ");
        self.sql.push_str(test);
        self.expr(document.clone());
        self.sql.push_str(") WHEN '");
        self.sql.push_str(array);
        self.sql.push_str("' THEN ");
        self.sql.push_str(length);
        self.expr(document);
        self.sql.push_str(") END)");
    }

    /// `JSON_ARRAY`, `JSON_OBJECT`.
    pub(super) fn json_build(&mut self, object: bool, arguments: Vec<Expr>) {
        let name = self.dialect.name();
        self.sql.push_str(match (name, object) {
            ("postgres", true) => "JSONB_BUILD_OBJECT(",
            ("postgres", false) => "JSONB_BUILD_ARRAY(",
            (_, true) => "JSON_OBJECT(",
            (_, false) => "JSON_ARRAY(",
        });
        for (n, argument) in arguments.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            // Kept as text, a document would become a string of JSON.
            let wrapped = match (name, is_json(&argument)) {
                ("sqlite", true) => "JSON(",
                ("mysql", true) => "JSON_EXTRACT(",
                _ => "",
            };
            self.sql.push_str(wrapped);
            self.expr(argument);
            self.sql.push_str(match wrapped {
                "" => "",
                "JSON(" => ")",
                _ => ", '$')",
            });
        }
        self.sql.push(')');
    }
}

const NUMBERS: &str = "'INTEGER', 'DOUBLE', 'DECIMAL', 'UNSIGNED INTEGER'";

fn is_json(expr: &Expr) -> bool {
    match expr {
        Expr::Column(column) => column.meta().kind == FieldKind::Json,
        Expr::Value(Value::Json(_)) => true,
        Expr::JsonPath(path) => path.wanted == JsonAs::Json,
        _ => false,
    }
}

fn sqlite_steps(steps: &[JsonStep]) -> String {
    let mut path = "$".to_owned();
    for step in steps {
        match step {
            JsonStep::Key(key) => push_key(&mut path, key),
            JsonStep::Index(index) if *index < 0 => path.push_str(&format!("[#{index}]")),
            JsonStep::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

fn mysql_steps(steps: &[JsonStep]) -> String {
    let mut path = "$".to_owned();
    for step in steps {
        match step {
            JsonStep::Key(key) => push_key(&mut path, key),
            JsonStep::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

/// A key is a JSON string there: whatever it holds, it ends where it ends.
fn push_key(path: &mut String, key: &str) {
    path.push('.');
    path.push_str(&serde_json::Value::from(key).to_string());
}
