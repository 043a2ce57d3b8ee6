//! Constraints that compare rows by more than their fields: with a condition, over expressions, exclusions.
//!
//! One query asks whether the row meets the condition and another row that meets it too is in its way; the row's own
//! values stand in it where the constraint names its fields.

use demijohn_core::Result;
use demijohn_core::model::{FieldMeta, IndexMeta, ModelMeta, SqlTemplate, TemplatePart, Value};
use demijohn_sql::schema::quoted;
use demijohn_sql::{Dialect, Flow, Statement, ValueRef};

use super::checks::placeholder;
use super::taken::already_exists;
use crate::{Access, Executor, run};

/// A constraint, taken apart.
struct Constraint {
    /// What is compared, and by which operator.
    parts: Vec<(Part, &'static str)>,
    condition: Option<SqlTemplate>,
    message: String,
}

enum Part {
    Field(&'static str),
    Sql(&'static str),
}

/// What people read of each constraint of this sort that another row stands in the way of. One that mentions a value
/// which is not known, or only values that did not change, is passed over.
pub(super) async fn violated(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    values: &[Option<Value>],
    key: Option<&Value>,
    before: Option<&[Value]>,
) -> Result<Vec<String>> {
    let unique =
        meta.indexes.iter().filter(|index| index.unique && !is_over_fields(index)).map(|index| unique(meta, index));
    let mut violated = Vec::new();
    for constraint in unique.chain(exclusions(meta)) {
        let connection = db.connection_for(meta, Access::Read)?;
        let mut query = Query {
            meta,
            values,
            before,
            dialect: connection.dialect(),
            sql: String::new(),
            params: Vec::new(),
            changed: false,
        };
        let is_known = query.write(&constraint, key).is_some();
        if !is_known || before.is_some() && !query.changed {
            continue;
        }
        let mut is_taken = false;
        run::query_on(db, connection, &Statement::new(query.sql, query.params), &mut |row| {
            is_taken = matches!(row.get(0)?, ValueRef::Int(1));
            Ok(Flow::Stop)
        })
        .await?;
        if is_taken {
            violated.push(constraint.message);
        }
    }
    Ok(violated)
}

/// Is it a plain one, of which [`super::taken`] asks?
pub(super) fn is_over_fields(index: &IndexMeta) -> bool {
    index.condition.is_none() && !index.fields.is_empty()
}

fn unique(meta: &ModelMeta, index: &'static IndexMeta) -> Constraint {
    let operator = if index.nulls_distinct == Some(false) { "IS NOT DISTINCT FROM" } else { "=" };
    let names: Vec<&str> = index.fields.iter().map(|name| name.trim_start_matches('-')).collect();
    let fields = names.iter().map(|name| (Part::Field(name), operator));
    let expressions = index.expressions.iter().map(|template| (Part::Sql(without_order(template.0)), operator));
    let message = match (index.message, index.name) {
        (Some(message), _) => message.to_owned(),
        (None, Some(name)) => of_name(name),
        (None, None) => already_exists(meta, &names),
    };
    Constraint { parts: fields.chain(expressions).collect(), condition: index.condition, message }
}

/// PostgreSQL alone has them, and the operators in them; no migration makes them elsewhere.
fn exclusions(meta: &ModelMeta) -> impl Iterator<Item = Constraint> {
    meta.exclusions.iter().map(|exclusion| Constraint {
        parts: exclusion.parts.iter().map(|(template, operator)| (Part::Sql(template.0), *operator)).collect(),
        condition: exclusion.condition,
        message: exclusion.message.map_or_else(|| of_name(exclusion.name), str::to_owned),
    })
}

fn of_name(name: &str) -> String {
    format!("Constraint “{name}” is violated.")
}

/// An index may say in which order it keeps an expression; that is no part of its value.
fn without_order(text: &'static str) -> &'static str {
    let mut text = text.trim();
    for word in [" NULLS FIRST", " NULLS LAST", " ASC", " DESC"] {
        let start = text.len().saturating_sub(word.len());
        if text.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(word)) {
            text = text[..start].trim_end();
        }
    }
    text
}

struct Query<'a> {
    meta: &'static ModelMeta,
    values: &'a [Option<Value>],
    before: Option<&'a [Value]>,
    dialect: &'static dyn Dialect,
    sql: String,
    params: Vec<Value>,
    /// Does it name a field whose value is another one than before?
    changed: bool,
}

/// Where the names of fields stand for what.
#[derive(Clone, Copy)]
enum Of {
    ThisRow,
    OtherRows,
}

impl Query<'_> {
    /// `SELECT CASE WHEN (condition of this row) AND EXISTS (SELECT 1 … WHERE …) THEN 1 ELSE 0 END`; None when a value is
    /// not known.
    fn write(&mut self, constraint: &Constraint, key: Option<&Value>) -> Option<()> {
        self.sql.push_str("SELECT CASE WHEN ");
        if let Some(condition) = constraint.condition {
            self.template(condition.0, Of::ThisRow)?;
            self.sql.push_str(" AND ");
        }
        self.sql.push_str("EXISTS (SELECT 1 FROM ");
        self.name(self.meta.table);
        self.sql.push_str(" WHERE ");
        for (n, (part, operator)) in constraint.parts.iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { " AND " });
            self.part(part, Of::OtherRows)?;
            self.sql.push(' ');
            self.operator(operator);
            self.sql.push(' ');
            self.part(part, Of::ThisRow)?;
        }
        if let Some(condition) = constraint.condition {
            self.sql.push_str(" AND ");
            self.template(condition.0, Of::OtherRows)?;
        }
        if let Some(key) = key {
            self.other_than(key);
        }
        self.sql.push_str(") THEN 1 ELSE 0 END");
        Some(())
    }

    fn operator(&mut self, operator: &str) {
        let spelt = match (operator, self.dialect.name()) {
            ("IS NOT DISTINCT FROM", "sqlite") => "IS",
            ("IS NOT DISTINCT FROM", "mysql") => "<=>",
            (operator, _) => operator,
        };
        self.sql.push_str(spelt);
    }

    fn other_than(&mut self, key: &Value) {
        let parts = match key {
            Value::Array(parts) if self.meta.has_composite_key() => parts.as_slice(),
            key => std::slice::from_ref(key),
        };
        self.sql.push_str(" AND NOT (");
        for (n, (position, value)) in self.meta.key_indexes().into_iter().zip(parts).enumerate() {
            self.sql.push_str(if n == 0 { "" } else { " AND " });
            self.name(self.meta.fields[position].column);
            self.sql.push_str(" = ");
            self.value(&self.meta.fields[position], value.clone());
        }
        self.sql.push(')');
    }

    fn part(&mut self, part: &Part, of: Of) -> Option<()> {
        match part {
            Part::Field(name) => self.field(name, of),
            Part::Sql(text) => self.template(text, of),
        }
    }

    fn template(&mut self, text: &'static str, of: Of) -> Option<()> {
        self.sql.push('(');
        for part in TemplatePart::all(text) {
            match part {
                TemplatePart::Sql(text) => self.sql.push_str(text),
                TemplatePart::Field(name) => self.field(name, of)?,
            }
        }
        self.sql.push(')');
        Some(())
    }

    fn field(&mut self, name: &str, of: Of) -> Option<()> {
        let position = self.meta.index_of(name)?;
        let field = &self.meta.fields[position];
        match of {
            Of::OtherRows => self.name(field.column),
            Of::ThisRow => {
                let value = self.values.get(position)?.as_ref()?;
                self.changed |= self.before.is_none_or(|before| before.get(position) != Some(value));
                self.value(field, value.clone());
            }
        }
        Some(())
    }

    fn value(&mut self, field: &FieldMeta, value: Value) {
        self.params.push(value);
        placeholder(&mut self.sql, self.dialect, field, self.params.len());
    }

    fn name(&mut self, name: &str) {
        self.sql.push_str(&quoted(name, self.dialect));
    }
}

#[cfg(test)]
mod tests {
    use super::without_order;

    #[test]
    fn the_order_of_an_index_is_no_part_of_its_value() {
        for (written, value) in [
            ("lower({name})", "lower({name})"),
            ("lower({name}) DESC", "lower({name})"),
            ("{a} || ' desc'", "{a} || ' desc'"),
            ("{a} + {b} desc nulls last ", "{a} + {b}"),
            ("{größe}", "{größe}"),
        ] {
            assert_eq!(without_order(written), value);
        }
    }
}
