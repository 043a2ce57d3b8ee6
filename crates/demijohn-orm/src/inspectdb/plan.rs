//! [`plan`]: which models there will be, with which fields.

use demijohn_core::model::{Deferrable, IndexMethod};
use demijohn_sql::Dialect;
use demijohn_sql::schema::{ColumnDefault, IndexOf, IndexPart, TableColumn, TableIndex};

use super::Inspected;
use super::column_type::{self, ColumnType};
use super::keys::{self, Key};
use super::names::{self, Taken};

/// A model that is written.
pub(super) struct PlannedModel {
    pub(super) table: String,
    pub(super) name: String,
    /// What stands above it as comments.
    pub(super) notes: Vec<String>,
    /// What stands in `#[model(…)]` below the table's name, a line each.
    pub(super) attributes: Vec<String>,
    pub(super) fields: Vec<PlannedField>,
}

/// A field that is written, or a comment in its place.
pub(super) struct PlannedField {
    /// Without `r#`; empty for a column that is left out.
    pub(super) name: String,
    pub(super) rust: String,
    pub(super) attributes: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// A table with what is decided of it so far.
struct Draft<'a> {
    inspected: &'a Inspected,
    name: String,
    key: Key,
    /// For each column; `None` where it cannot be read.
    types: Vec<Option<ColumnType>>,
}

/// Plans a model for each table that has a column which can be read.
pub(super) fn plan(all: &[Inspected], dialect: &dyn Dialect) -> Vec<PlannedModel> {
    let mut taken = Taken::default();
    let drafts: Vec<Draft<'_>> = all.iter().filter_map(|one| draft(one, &mut taken, dialect.name())).collect();
    drafts.iter().map(|draft| model(draft, &drafts, dialect)).collect()
}

fn draft<'a>(inspected: &'a Inspected, taken: &mut Taken, dialect: &str) -> Option<Draft<'a>> {
    let types: Vec<Option<ColumnType>> = inspected
        .table
        .columns
        .iter()
        .zip(&inspected.types)
        .map(|(column, raw)| column_type::of(column.kind, raw, is_numbered(inspected, column), dialect))
        .collect();
    let columns = inspected.table.columns.iter().zip(&types);
    let readable: Vec<&str> = columns.filter(|(_, ty)| ty.is_some()).map(|(column, _)| column.name.as_str()).collect();
    let key = keys::key(inspected, &readable, dialect)?;
    Some(Draft { inspected, name: names::model(&inspected.table.name, taken), key, types })
}

/// Does the database number the rows by this column? In SQLite every `INTEGER PRIMARY KEY` does.
fn is_numbered(inspected: &Inspected, column: &TableColumn) -> bool {
    let table = &inspected.table;
    let at = table.columns.iter().position(|own| own.name == column.name);
    let words = at.and_then(|at| inspected.types.get(at)).map_or("", |raw| raw.words.as_str());
    let is_row_number = words == "integer" && inspected.types.first().is_some_and(|raw| raw.held.is_some());
    table.key() == [column.name.as_str()] && (column.auto || is_row_number)
}

fn model(draft: &Draft<'_>, drafts: &[Draft<'_>], dialect: &dyn Dialect) -> PlannedModel {
    let table = &draft.inspected.table;
    let mut notes = Vec::new();
    if draft.inspected.is_view {
        notes.push("A view.".to_owned());
    }
    for (columns, to, targets) in draft.inspected.keys.iter().filter(|(columns, ..)| columns.len() > 1) {
        notes.push(format!(
            "A foreign key over several columns: ({}) to {to} ({}).",
            columns.join(", "),
            targets.join(", ")
        ));
    }
    let fields = fields(draft, drafts, dialect);
    let mut planned = PlannedModel {
        table: table.name.clone(),
        name: draft.name.clone(),
        notes,
        attributes: Vec::new(),
        fields: Vec::new(),
    };
    if !table.comment.is_empty() {
        planned.attributes.push(format!("comment = {:?}", table.comment));
    }
    for index in &table.indexes {
        match self::index(index, draft, &fields, dialect) {
            Written::As(text) => planned.attributes.push(text),
            Written::Note(note) => planned.notes.push(note),
            Written::Nothing => {}
        }
    }
    for check in &table.checks {
        let condition = check.condition.render(dialect);
        if check.name.is_empty() {
            planned.notes.push(format!("CHECK ({})", one_line(&condition)));
        } else {
            planned.attributes.push(format!("check({:?}, {:?})", check.name, braced(&condition)));
        }
    }
    for exclusion in &table.exclusions {
        let parts: Vec<String> = exclusion.parts.iter().map(|(sql, _)| sql.render(dialect)).collect();
        planned.notes.push(format!("`{}`: {}", exclusion.name, one_line(&parts.join(", "))));
    }
    planned.fields = fields.into_iter().map(|(_, field)| field).collect();
    planned
}

/// The fields with their columns, in the table's order.
fn fields(draft: &Draft<'_>, drafts: &[Draft<'_>], dialect: &dyn Dialect) -> Vec<(String, PlannedField)> {
    let table = &draft.inspected.table;
    let mut taken = Taken::default();
    let mut fields = Vec::new();
    if let Some(row_number) = draft.key.row_number {
        let name = names::field(row_number, &mut taken);
        let mut attributes = vec!["primary_key".to_owned(), "auto".to_owned()];
        if name != row_number {
            attributes.push(format!("column = {row_number:?}"));
        }
        let notes = draft.key.note.clone().into_iter().collect();
        fields.push((row_number.to_owned(), PlannedField { name, rust: "i64".to_owned(), attributes, notes }));
    }
    let all: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    // Two foreign keys to one model need two names on its side.
    let mut led_to: Vec<String> = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        let Some(ty) = &draft.types[at] else {
            let words = &draft.inspected.types[at].words;
            let note = format!("`{}` is of type `{}`, which no Rust type reads: it is left out.", column.name, words);
            fields.push((column.name.clone(), left_out(note)));
            continue;
        };
        let target = target(draft, column, drafts);
        let name = match &target {
            Target::Model(_) => names::relation(&column.name, &all, &mut taken),
            _ => names::field(&column.name, &mut taken),
        };
        let mut field = field(draft, column, ty, &target, name, dialect);
        if let Target::Model(model) = target {
            if led_to.contains(&model) {
                let other_side = format!("{}_{}_set", draft.name.to_lowercase(), field.name);
                field.attributes.push(format!("related_name = {other_side:?}"));
            }
            led_to.push(model);
        }
        fields.push((column.name.clone(), field));
    }
    fields
}

fn left_out(note: String) -> PlannedField {
    PlannedField { name: String::new(), rust: String::new(), attributes: Vec::new(), notes: vec![note] }
}

/// Where a column points.
enum Target {
    Nowhere,
    /// To this model's key.
    Model(String),
    /// Somewhere that no `ForeignKey` leads to.
    Noted(String),
}

fn target(draft: &Draft<'_>, column: &TableColumn, drafts: &[Draft<'_>]) -> Target {
    let Some(reference) = &column.references else { return Target::Nowhere };
    let shown = match reference.column.as_str() {
        "" => reference.table.clone(),
        column => format!("{}.{column}", reference.table),
    };
    let Some(other) = drafts.iter().find(|other| other.inspected.table.name.eq_ignore_ascii_case(&reference.table))
    else {
        return Target::Noted(format!("points to `{shown}`, which is not among these models"));
    };
    let [key] = other.key.columns.as_slice() else {
        return Target::Noted(format!("points to `{shown}`, which is not the key of `{}`", other.name));
    };
    if !reference.column.is_empty() && !reference.column.eq_ignore_ascii_case(key) {
        return Target::Noted(format!("points to `{shown}`, which is not the key of `{}`", other.name));
    }
    // A key that is itself a foreign key has the type of what it leads to; a ring of such would have none.
    let is_key = draft.key.columns.contains(&column.name);
    let leads_on = other.inspected.table.column(key).is_some_and(|key| key.references.is_some());
    if is_key && leads_on {
        return Target::Noted(format!("points to `{shown}`, whose key is a foreign key as well"));
    }
    Target::Model(other.name.clone())
}

fn field(
    draft: &Draft<'_>,
    column: &TableColumn,
    ty: &ColumnType,
    target: &Target,
    name: String,
    dialect: &dyn Dialect,
) -> PlannedField {
    let is_key = draft.key.columns.contains(&column.name);
    let is_alone = draft.key.columns.len() == 1;
    let is_numbered = is_key && is_alone && is_numbered(draft.inspected, column) && !matches!(target, Target::Model(_));
    let mut notes: Vec<String> = Vec::new();
    let mut attributes: Vec<String> = Vec::new();
    if is_key && draft.key.columns.first() == Some(&column.name) {
        notes.extend(draft.key.note.clone());
    }
    if is_key && !(is_numbered && name == "id") {
        attributes.push("primary_key".to_owned());
        attributes.extend(is_numbered.then(|| "auto".to_owned()));
    }
    let (usual_column, mut rust) = match target {
        Target::Model(model) => (format!("{name}_id"), format!("ForeignKey<{model}>")),
        _ => (name.clone(), ty.rust.clone()),
    };
    if usual_column != column.name {
        attributes.push(format!("column = {:?}", column.name));
    }
    match target {
        Target::Model(_) => attributes.push("on_delete = DoNothing".to_owned()),
        _ => attributes.extend(ty.attributes.iter().cloned()),
    }
    if let Target::Noted(note) = target {
        notes.push(format!("`{}` {note}.", column.name));
    }
    if !matches!(target, Target::Model(_)) {
        notes.extend(ty.note.clone());
    }
    if column.unique && !(is_key && is_alone) {
        attributes.push("unique".to_owned());
    }
    if let Some(generated) = &column.generated {
        attributes.push(format!("generated = {:?}", braced(&generated.expression.render(dialect))));
        attributes.extend((!generated.stored).then(|| "virtual".to_owned()));
    } else if let (false, Some(ColumnDefault::Sql(sql))) = (is_numbered, &column.default) {
        match is_sql(sql, dialect) {
            true if sql.eq_ignore_ascii_case("null") => {}
            true => attributes.push(format!("db_default = sql({sql:?})")),
            false => notes.push(format!("The default of `{}` is `{}`.", column.name, one_line(sql))),
        }
    }
    if !column.collation.is_empty() && matches!(rust.as_str(), "String" | "Text") {
        attributes.push(format!("collation = {:?}", column.collation));
    }
    if !column.comment.is_empty() {
        attributes.push(format!("comment = {:?}", column.comment));
    }
    if column.null && !is_key {
        rust = format!("Option<{rust}>");
    }
    PlannedField { name, rust, attributes, notes }
}

/// Is a default SQL that could be written again? MySQL gives texts without their quotes.
fn is_sql(default: &str, dialect: &dyn Dialect) -> bool {
    let is_number = default.parse::<f64>().is_ok();
    let is_moment = default.to_ascii_lowercase().starts_with("current_");
    dialect.name() != "mysql"
        || is_number
        || is_moment
        || default.starts_with('\'')
        || default.contains('(')
        || default.eq_ignore_ascii_case("null")
}

/// What becomes of an index.
enum Written {
    As(String),
    Note(String),
    Nothing,
}

fn index(index: &TableIndex, draft: &Draft<'_>, fields: &[(String, PlannedField)], dialect: &dyn Dialect) -> Written {
    let table = &draft.inspected.table;
    // SQLite's names of its own cannot be given to an index.
    let name = index.name.as_deref().filter(|name| !name.starts_with("sqlite_autoindex_")).unwrap_or_default();
    let field = |column: &str| -> Option<&str> {
        fields
            .iter()
            .find(|(own, _)| own == column)
            .map(|(_, field)| field.name.as_str())
            .filter(|name| !name.is_empty())
    };
    if is_implied(index, draft, fields) {
        return Written::Nothing;
    }
    let columns: Option<Vec<&str>> = index.parts.iter().map(IndexPart::as_column).collect();
    let include: Option<Vec<&str>> = index.include.iter().map(|column| field(column)).collect();
    let mut arguments: Vec<String> = Vec::new();
    if let Some(columns) = columns {
        for (part, column) in index.parts.iter().zip(columns) {
            let Some(field) = field(column) else {
                return Written::Note(format!("The index `{name}` is over `{column}`, which is left out."));
            };
            arguments.push(format!("{:?}", format!("{}{field}", if part.descending { "-" } else { "" })));
        }
    } else {
        let parts: Vec<String> = index.parts.iter().map(|part| expression(part, &field, dialect)).collect();
        if parts.iter().any(String::is_empty) {
            return Written::Note(format!(
                "The index `{name}` is over an expression that `{}` does not tell.",
                table.name
            ));
        }
        arguments.push(format!("expressions = {parts:?}"));
    }
    if !name.is_empty() {
        arguments.push(format!("name = {name:?}"));
    }
    if let Some(condition) = &index.condition {
        arguments.push(format!("condition = {:?}", braced(&condition.render(dialect))));
    }
    match include {
        Some(include) if !include.is_empty() => arguments.push(format!("include = {include:?}")),
        _ => {}
    }
    if index.parts.iter().any(|part| !part.opclass.is_empty()) {
        let classes: Vec<&str> = index.parts.iter().map(|part| part.opclass.as_str()).collect();
        arguments.push(format!("opclasses = {classes:?}"));
    }
    if index.unique {
        arguments.extend(index.deferrable.map(|when| match when {
            Deferrable::Deferred => "deferrable = Deferred".to_owned(),
            Deferrable::Immediate => "deferrable = Immediate".to_owned(),
        }));
        arguments.extend(index.nulls_distinct.map(|distinct| format!("nulls_distinct = {distinct}")));
    } else if index.method != IndexMethod::BTree {
        arguments.push(format!("method = {:?}", index.method));
    }
    Written::As(format!("{}({})", if index.unique { "unique" } else { "index" }, arguments.join(", ")))
}

/// Is it there without being written: that of a foreign key, that of the chosen key, the second one that Django makes
/// for texts on PostgreSQL?
fn is_implied(index: &TableIndex, draft: &Draft<'_>, fields: &[(String, PlannedField)]) -> bool {
    let columns: Vec<&str> = index.parts.iter().filter_map(IndexPart::as_column).collect();
    let is_plain = columns.len() == index.parts.len() && index.condition.is_none() && index.include.is_empty();
    let is_for_patterns = matches!(index.parts.as_slice(), [part] if part.opclass.ends_with("_pattern_ops"));
    let leads = |column: &str| fields.iter().any(|(own, field)| own == column && field.rust.contains("ForeignKey<"));
    let has_class = index.parts.iter().any(|part| !part.opclass.is_empty());
    let is_of_relation = matches!(columns.as_slice(), [column] if leads(column)) && !index.unique && !has_class;
    let is_key = index.unique && columns == draft.key.columns.iter().map(String::as_str).collect::<Vec<_>>();
    is_plain && (is_for_patterns || is_of_relation || is_key) && index.deferrable.is_none()
}

/// A part of an index over expressions; empty when it cannot be told.
fn expression<'a>(part: &IndexPart, field: &impl Fn(&str) -> Option<&'a str>, dialect: &dyn Dialect) -> String {
    let text = match &part.of {
        IndexOf::Column(column) => field(column).map(|field| format!("{{{field}}}")).unwrap_or_default(),
        IndexOf::Expression(sql) => braced(&sql.render(dialect)),
    };
    if part.descending && !text.is_empty() { format!("{text} DESC") } else { text }
}

/// SQL of the database for a template, in which one brace is two.
fn braced(sql: &str) -> String {
    sql.replace('{', "{{").replace('}', "}}")
}

/// A text for a comment: on one line, and not too long.
pub(super) fn one_line(text: &str) -> String {
    const MOST: usize = 200;
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST).collect();
    if text.chars().count() > MOST {
        line.push('…');
    }
    line
}
