//! The source of migrations: Rust that people read, review and extend.

mod code;
pub(crate) mod folder;
mod list;

pub(crate) use list::List;

use demijohn_core::model::{Deferrable, FieldKind, IndexMethod, Value};
use demijohn_sql::schema::{ColumnDefault, Fill, canonical};

use super::constraint::Rule;
use super::field::{Holds, Pointed};
use super::server::OnServer;
use super::state::{ModelState, usual_table};
use super::{Collation, Constraint, Field, Index, Migration, Operation, Pairs, Target};
use code::Code;

/// The file of a migration. `library` is the name under which its crate knows the framework: `demijohn`.
pub(crate) fn file_of(migration: &Migration, library: &str) -> String {
    let own = |migration: &Migration| vec![Code::text(&migration.app), Code::text(&migration.name)];
    let mut chain = Code::call("Migration::new", own(migration));
    if !migration.atomic {
        chain = chain.then("not_atomic", Vec::new());
    }
    for (app, name) in &migration.dependencies {
        chain = chain.then("depends_on", vec![Code::text(app), Code::text(name)]);
    }
    for (app, name) in &migration.run_before {
        chain = chain.then("run_before", vec![Code::text(app), Code::text(name)]);
    }
    if !migration.replaces.is_empty() {
        let names: Vec<String> = migration.replaces.iter().map(|name| format!("{name:?}")).collect();
        chain = chain.then("replaces", vec![Code::Atom(format!("&[{}]", names.join(", ")))]);
    }
    for operation in &migration.operations {
        chain = step(chain, operation);
    }
    let body = chain.lines(4, 4, 0);
    format!("use {library}::migrations::prelude::*;\n\npub(super) fn migration() -> Migration {{\n    {body}\n}}\n")
}

/// The name of the module of a migration: `m0001_initial`.
pub(crate) fn module_of(name: &str) -> String {
    format!("m{name}")
}

fn step(chain: Code, operation: &Operation) -> Code {
    let text = Code::text;
    match operation {
        Operation::CreateModel(model) => chain.then("create_model", vec![text(&model.name), describe(model)]),
        Operation::DeleteModel { name } => chain.then("delete_model", vec![text(name)]),
        Operation::RenameModel { from, to } => chain.then("rename_model", vec![text(from), text(to)]),
        Operation::AlterTable { model, table } => chain.then("alter_table", vec![text(model), text(table)]),
        Operation::AddField { model, name, field: own } => {
            chain.then("add_field", vec![text(model), text(name), field(own)])
        }
        Operation::RemoveField { model, name, restore: Some(Fill::Value(value)) } => {
            chain.then("remove_field_restoring", vec![text(model), text(name), literal(value)])
        }
        Operation::RemoveField { model, name, .. } => chain.then("remove_field", vec![text(model), text(name)]),
        Operation::AlterField { model, name, field: own } => {
            chain.then("alter_field", vec![text(model), text(name), field(own)])
        }
        Operation::RenameField { model, from, to } => {
            chain.then("rename_field", vec![text(model), text(from), text(to)])
        }
        Operation::AddManyToMany { model, name, pairs: own } => {
            chain.then("add_many_to_many", vec![text(model), text(name), pairs(own)])
        }
        Operation::RemoveManyToMany { model, name } => chain.then("remove_many_to_many", vec![text(model), text(name)]),
        Operation::AddIndex { model, index: own } => chain.then("add_index", vec![text(model), index(own)]),
        Operation::RemoveIndex { model, index: own } => chain.then("remove_index", vec![text(model), index(own)]),
        Operation::RenameIndex { model, index: own, to } => {
            chain.then("rename_index", vec![text(model), index(own), text(to)])
        }
        Operation::AddConstraint { model, constraint: own } => {
            chain.then("add_constraint", vec![text(model), constraint(own)])
        }
        Operation::RemoveConstraint { model, constraint: own } => {
            chain.then("remove_constraint", vec![text(model), constraint(own)])
        }
        Operation::AlterComment { model, comment } => {
            chain.then("alter_table_comment", vec![text(model), text(comment)])
        }
        Operation::OnServer(own) => on_server(chain, own),
        Operation::Separate { database, state } => chain.then("separate", vec![steps(database), steps(state)]),
        Operation::RunSql { forward, backward, elidable } => {
            let chain = match backward {
                Some(backward) => chain.then("run_sql", vec![text(forward), text(backward)]),
                None => chain.then("run_sql_irreversible", vec![text(forward)]),
            };
            if *elidable { chain.then("elidable", Vec::new()) } else { chain }
        }
        Operation::Run { forward, backward, elidable } => {
            let name = if forward.is_in_portions() { "run_in_portions" } else { "run" };
            let forward = Code::Atom(forward.path());
            let chain = match backward {
                Some(backward) => chain.then(name, vec![forward, Code::Atom(backward.path())]),
                None => chain.then("run_irreversible", vec![forward]),
            };
            if *elidable { chain.then("elidable", Vec::new()) } else { chain }
        }
    }
}

/// `|m| m.add_field(…).add_index(…)`.
fn steps(list: &[Operation]) -> Code {
    let chain = list.iter().fold(Code::Atom("m".to_owned()), step);
    Code::Function(Box::new(chain))
}

fn describe(model: &ModelState) -> Code {
    let mut lines = Vec::new();
    if model.table != usual_table(&model.app, &model.name) {
        lines.push(Code::call("m.table", vec![Code::text(&model.table)]));
    }
    for (name, own) in &model.fields {
        lines.push(Code::call("m.field", vec![Code::text(name), field(own)]));
    }
    for (name, own) in &model.many_to_many {
        lines.push(Code::call("m.many_to_many", vec![Code::text(name), pairs(own)]));
    }
    for own in &model.indexes {
        lines.push(Code::call("m.index", vec![index(own)]));
    }
    for own in &model.constraints {
        lines.push(Code::call("m.constraint", vec![constraint(own)]));
    }
    if !model.comment.is_empty() {
        lines.push(Code::call("m.comment", vec![Code::text(&model.comment)]));
    }
    Code::Closure(lines)
}

fn field(field: &Field) -> Code {
    let begin = |name: &str| Code::call(name, Vec::new());
    let mut code = match &field.holds {
        Holds::Value(FieldKind::BigInt) if field.auto => begin("auto"),
        Holds::Value(FieldKind::Integer) if field.auto => begin("auto_integer"),
        Holds::Value(FieldKind::SmallInt) if field.auto => begin("auto_small_int"),
        Holds::Value(kind) => of_kind(*kind),
        Holds::KeyOf(to) => Code::call("foreign_key", vec![target(to)]),
    };
    let flags = [
        ("primary_key", field.primary_key && !field.auto),
        ("null", field.null),
        ("unique", field.unique),
        ("indexed", field.indexed),
    ];
    for (name, _) in flags.iter().filter(|(_, is_set)| *is_set) {
        code = code.then(name, Vec::new());
    }
    if let Some(column) = &field.column {
        code = code.then("column", vec![Code::text(column)]);
    }
    code = details(code, field);
    match &field.fill {
        Some(Fill::Value(value)) => code.then("fill_with", vec![literal(value)]),
        Some(Fill::Now) => code.then("fill_with_now", Vec::new()),
        None => code,
    }
}

/// What the database does for a column beyond keeping it.
fn details(mut code: Code, field: &Field) -> Code {
    let text = |code: Code, name: &str, text: &str| {
        if text.is_empty() { code } else { code.then(name, vec![Code::text(text)]) }
    };
    code = text(code, "to_field", field.to_field.as_deref().unwrap_or_default());
    if field.unchecked {
        code = code.then("without_constraint", Vec::new());
    }
    code = match &field.default {
        Some(ColumnDefault::Value(value)) => code.then("db_default", vec![literal(value)]),
        Some(ColumnDefault::Now) => code.then("db_default_now", Vec::new()),
        Some(ColumnDefault::Sql(sql)) => code.then("db_default_sql", vec![Code::text(sql)]),
        None => code,
    };
    if let Some(own) = &field.generated {
        let name = if own.stored { "generated" } else { "generated_virtual" };
        code = code.then(name, vec![Code::text(&own.expression)]);
    }
    code = text(code, "collation", &field.collation);
    text(code, "comment", &field.comment)
}

fn of_kind(kind: FieldKind) -> Code {
    let number = |number: u32| Code::Atom(number.to_string());
    let (name, arguments) = match kind {
        FieldKind::SmallInt => ("small_int", Vec::new()),
        FieldKind::Integer => ("integer", Vec::new()),
        FieldKind::BigInt => ("big_int", Vec::new()),
        FieldKind::Bool => ("boolean", Vec::new()),
        FieldKind::Float => ("float", Vec::new()),
        FieldKind::Decimal { max_digits, decimal_places } => {
            ("decimal", vec![number(max_digits.into()), number(decimal_places.into())])
        }
        FieldKind::Varchar(length) => ("varchar", vec![number(length)]),
        FieldKind::Timestamp => ("timestamp", Vec::new()),
        FieldKind::Date => ("date", Vec::new()),
        FieldKind::Time => ("time", Vec::new()),
        FieldKind::Uuid => ("uuid", Vec::new()),
        FieldKind::Json => ("json", Vec::new()),
        FieldKind::Binary => ("binary", Vec::new()),
        FieldKind::PositiveSmallInt => ("positive_small_int", Vec::new()),
        FieldKind::PositiveInteger => ("positive_integer", Vec::new()),
        FieldKind::PositiveBigInt => ("positive_big_int", Vec::new()),
        FieldKind::Duration => ("duration", Vec::new()),
        FieldKind::IpAddress => ("ip_address", Vec::new()),
        FieldKind::Array(of) => ("array", vec![of_kind(*of)]),
        FieldKind::Range(of) => ("range", vec![of_kind(*of)]),
        FieldKind::HStore => ("hstore", Vec::new()),
        FieldKind::TextVector => ("text_vector", Vec::new()),
        _ => ("text", Vec::new()),
    };
    Code::call(name, arguments)
}

fn target(to: &Target) -> Code {
    match &to.0 {
        Pointed::Model(name) => Code::text(name),
        Pointed::Table { table, column, kind } => {
            Code::call("table", vec![Code::text(table), Code::text(column), of_kind(*kind)])
        }
    }
}

fn pairs(own: &Pairs) -> Code {
    if own.table.is_none() && own.columns.is_none() {
        return target(&own.to);
    }
    let mut code = Code::call("pairs", vec![target(&own.to)]);
    if let Some(table) = &own.table {
        code = code.then("table", vec![Code::text(table)]);
    }
    match &own.columns {
        Some((from, to)) => code.then("columns", vec![Code::text(from), Code::text(to)]),
        None => code,
    }
}

fn texts(list: &[String]) -> Code {
    Code::Array(list.iter().map(|text| Code::text(text)).collect())
}

fn index(own: &Index) -> Code {
    let (name, parts) = match (own.unique, own.expressions.is_empty()) {
        (false, true) => ("index", &own.fields),
        (true, true) => ("unique", &own.fields),
        (false, false) => ("index_on", &own.expressions),
        (true, false) => ("unique_on", &own.expressions),
    };
    let mut code = Code::call(name, vec![texts(parts)]);
    if let Some(name) = &own.name {
        code = code.then("named", vec![Code::text(name)]);
    }
    if let Some(condition) = &own.condition {
        code = code.then("condition", vec![Code::text(condition)]);
    }
    if !own.include.is_empty() {
        code = code.then("include", vec![texts(&own.include)]);
    }
    if own.method != IndexMethod::BTree {
        code = code.then("method", vec![method(own.method)]);
    }
    if !own.opclasses.is_empty() {
        code = code.then("opclasses", vec![texts(&own.opclasses)]);
    }
    if let Some(when) = own.deferrable {
        code = code.then("deferrable", vec![deferrable(when)]);
    }
    match own.nulls_distinct {
        Some(distinct) => code.then("nulls_distinct", vec![Code::Atom(distinct.to_string())]),
        None => code,
    }
}

fn method(method: IndexMethod) -> Code {
    Code::Atom(format!("IndexMethod::{method:?}"))
}

fn deferrable(when: Deferrable) -> Code {
    Code::Atom(format!("Deferrable::{when:?}"))
}

fn constraint(own: &Constraint) -> Code {
    let (parts, own_method, condition, when) = match &own.rule {
        Rule::Check(condition) => return Code::call("check", vec![Code::text(&own.name), Code::text(condition)]),
        Rule::Exclusion { parts, method, condition, deferrable } => (parts, *method, condition, *deferrable),
    };
    let pair = |(part, operator): &(String, String)| Code::Atom(format!("({part:?}, {operator:?})"));
    let parts = Code::Array(parts.iter().map(pair).collect());
    let mut code = Code::call("exclusion", vec![Code::text(&own.name), parts]);
    if own_method != IndexMethod::Gist {
        code = code.then("method", vec![method(own_method)]);
    }
    if let Some(condition) = condition {
        code = code.then("condition", vec![Code::text(condition)]);
    }
    match when {
        Some(when) => code.then("deferrable", vec![deferrable(when)]),
        None => code,
    }
}

fn on_server(chain: Code, own: &OnServer) -> Code {
    let text = Code::text;
    match own {
        OnServer::CreateExtension { name } => chain.then("create_extension", vec![text(name)]),
        OnServer::RemoveExtension { name } => chain.then("remove_extension", vec![text(name)]),
        OnServer::CreateCollation(own) => chain.then("create_collation", vec![collation(own)]),
        OnServer::RemoveCollation(own) => chain.then("remove_collation", vec![collation(own)]),
        OnServer::AddIndexConcurrently { model, index: own } => {
            chain.then("add_index_concurrently", vec![text(model), index(own)])
        }
        OnServer::RemoveIndexConcurrently { model, index: own } => {
            chain.then("remove_index_concurrently", vec![text(model), index(own)])
        }
        OnServer::AddConstraintNotValid { model, constraint: own } => {
            chain.then("add_constraint_not_valid", vec![text(model), constraint(own)])
        }
        OnServer::ValidateConstraint { model, name } => {
            chain.then("validate_constraint", vec![text(model), text(name)])
        }
    }
}

fn collation(own: &Collation) -> Code {
    let mut code = Code::call("collation", vec![Code::text(&own.name), Code::text(&own.locale)]);
    if own.provider != "icu" {
        code = code.then("provider", vec![Code::text(&own.provider)]);
    }
    if own.deterministic { code } else { code.then("not_deterministic", Vec::new()) }
}

/// A value as Rust. What has no literal is written as text, which is read as what the column holds.
fn literal(value: &Value) -> Code {
    match value {
        Value::Null => Code::Atom("None::<i64>".to_owned()),
        Value::Array(_) | Value::Range(_) | Value::HStore(_) => literal(&canonical(value.clone(), FieldKind::Text)),
        Value::Int(number) if i32::try_from(*number).is_err() => Code::Atom(format!("{number}_i64")),
        Value::Bool(_) | Value::Int(_) => Code::Atom(value.to_string()),
        Value::Float(number) if number.is_nan() => Code::Atom("f64::NAN".to_owned()),
        Value::Float(number) if number.is_infinite() => {
            Code::Atom(if *number > 0.0 { "f64::INFINITY" } else { "f64::NEG_INFINITY" }.to_owned())
        }
        Value::Float(number) => Code::Atom(format!("{number:?}")),
        Value::Bytes(bytes) => Code::Atom(match bytes.split_first() {
            Some((first, rest)) => {
                rest.iter().fold(format!("vec![{first}_u8"), |code, byte| format!("{code}, {byte}")) + "]"
            }
            None => "Vec::<u8>::new()".to_owned(),
        }),
        other => Code::text(&other.to_string()),
    }
}

#[cfg(test)]
mod tests;
