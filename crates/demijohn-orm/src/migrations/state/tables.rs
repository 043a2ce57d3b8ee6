//! The tables behind a state, and how the names in two states belong together.

use demijohn_core::model::{FieldKind, TemplatePart};
use demijohn_core::{Error, Result};
use demijohn_sql::schema::{
    ColumnDefault, Generated, IndexPart, Reference, Renames, Sql, SqlPart, Table, TableCheck, TableColumn,
    TableExclusion, TableIndex, canonical,
};

use super::{ModelState, State};
use crate::migrations::constraint::Rule;
use crate::migrations::field::{Holds, Pointed, Target};
use crate::migrations::{Field, Index, Pairs, big_int};

impl State {
    /// The tables of every model, each followed by its tables of pairs.
    pub(crate) fn tables(&self) -> Result<Vec<Table>> {
        let mut tables = Vec::new();
        for model in &self.models {
            tables.push(self.table(model)?);
            for (name, pairs) in &model.many_to_many {
                tables.push(self.table_of_pairs(model, name, pairs)?);
            }
        }
        Ok(tables)
    }

    /// The table of one model.
    pub(crate) fn table_of(&self, app: &str, name: &str) -> Result<Table> {
        self.table(self.require(app, name)?)
    }

    fn table(&self, model: &ModelState) -> Result<Table> {
        let mut table = Table { comment: model.comment.clone(), ..Table::new(&model.table) };
        for (name, field) in &model.fields {
            let column = self.column(field.column_for(name), field).map_err(|error| error.at_field(model, name))?;
            let generated = field.generated.as_ref().map(|computed| {
                let expression = sql(model, &computed.expression)?;
                Ok::<_, Error>(Generated { expression, stored: computed.stored })
            });
            if has_own_index(field) {
                table.indexes.push(index([column.name.clone()], false));
            }
            table.columns.push(TableColumn { generated: generated.transpose()?, ..column });
        }
        for declared in &model.indexes {
            table.indexes.push(table_index(model, declared)?);
        }
        for constraint in &model.constraints {
            let name = constraint.name.clone();
            match &constraint.rule {
                Rule::Check(condition) => {
                    table.checks.push(TableCheck { name, condition: sql(model, condition)? });
                }
                Rule::Exclusion { parts, method, condition, deferrable } => {
                    let parts = parts.iter().map(|(part, operator)| Ok((sql(model, part)?, operator.clone())));
                    let parts = parts.collect::<Result<Vec<_>>>()?;
                    let condition = condition.as_ref().map(|condition| sql(model, condition)).transpose()?;
                    let (method, deferrable) = (*method, *deferrable);
                    table.exclusions.push(TableExclusion { name, parts, method, condition, deferrable });
                }
            }
        }
        Ok(table)
    }

    fn table_of_pairs(&self, model: &ModelState, name: &str, pairs: &Pairs) -> Result<Table> {
        let (from, to) = pairs.columns_for(&model.app, &model.name);
        let key = Field { primary_key: true, auto: true, ..big_int() };
        let own = Target::from(model.full_name().as_str());
        let side = |column: &str, target: Target| {
            let field = Field { holds: Holds::KeyOf(target), ..big_int() };
            self.column(column.to_owned(), &field).map_err(|error| error.at_field(model, name))
        };
        Ok(Table {
            columns: vec![self.column("id".to_owned(), &key)?, side(&from, own)?, side(&to, pairs.to.clone())?],
            indexes: vec![index([from.clone(), to.clone()], true), index([from], false), index([to], false)],
            ..Table::new(pairs.table_for(&model.table, name))
        })
    }

    fn column(&self, name: String, field: &Field) -> Result<TableColumn> {
        let (kind, references) = match &field.holds {
            Holds::Value(kind) => (*kind, None),
            Holds::KeyOf(target) => {
                let (reference, kind) = self.key_of(target, field.to_field.as_deref(), 0)?;
                (kind, Some(Reference { constraint: !field.unchecked, ..reference }))
            }
        };
        let default = field.default.clone().map(|default| match default {
            ColumnDefault::Value(value) => ColumnDefault::Value(canonical(value, kind)),
            other => other,
        });
        let Field { null, primary_key, auto, unique, .. } = *field;
        Ok(TableColumn {
            null: null && field.generated.is_none(),
            primary_key,
            auto,
            unique: unique && !primary_key,
            references,
            default,
            collation: field.collation.clone(),
            comment: field.comment.clone(),
            ..TableColumn::new(name, kind)
        })
    }

    /// The column that a target means and what it holds. A key may itself be a foreign key.
    fn key_of(&self, target: &Target, to_field: Option<&str>, depth: usize) -> Result<(Reference, FieldKind)> {
        match &target.0 {
            Pointed::Table { table, column, kind } => Ok((Reference::new(table, column), *kind)),
            Pointed::Model(full_name) => {
                let (app, name) = full_name.split_once('.').unwrap_or(("", full_name));
                let model = self.require(app, name)?;
                let found = match to_field {
                    Some(name) => Some((name, model.field(name).ok_or_else(|| model.unknown_field(name))?)),
                    None => model.key(),
                };
                let (key, field) = found.filter(|_| depth < 16).ok_or_else(|| without_key(model))?;
                let kind = match &field.holds {
                    Holds::Value(kind) => *kind,
                    Holds::KeyOf(next) => self.key_of(next, field.to_field.as_deref(), depth + 1)?.1,
                };
                Ok((Reference::new(&model.table, field.column_for(key)), kind))
            }
        }
    }
}

/// Says which field an error is about.
trait AtField {
    fn at_field(self, model: &ModelState, field: &str) -> Self;
}

impl AtField for Error {
    fn at_field(self, model: &ModelState, field: &str) -> Self {
        let message = format!("`{}.{field}` cannot be made: {}", model.full_name(), self.message());
        let hint = self.hint().map(str::to_owned);
        let error = Self::misconfigured(self.code(), message);
        match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

fn without_key(model: &ModelState) -> Error {
    Error::misconfigured(
        "migrations.no_key",
        format!("model `{}` has no primary key at this point of the migrations", model.full_name()),
    )
}

fn has_own_index(field: &Field) -> bool {
    (field.indexed || matches!(field.holds, Holds::KeyOf(_))) && !field.unique && !field.primary_key
}

fn index<const N: usize>(columns: [String; N], unique: bool) -> TableIndex {
    TableIndex { unique, of_column: true, ..TableIndex::new(columns) }
}

/// SQL with fields in braces, over the columns of a model.
fn sql(model: &ModelState, template: &str) -> Result<Sql> {
    let part = |part: TemplatePart<'_>| {
        Ok(match part {
            TemplatePart::Sql(text) => SqlPart::Text(text.to_owned()),
            TemplatePart::Field(name) => SqlPart::Column(column_of(model, name)?),
        })
    };
    TemplatePart::all(template).into_iter().map(part).collect::<Result<Vec<_>>>().map(Sql)
}

fn column_of(model: &ModelState, name: &str) -> Result<String> {
    let field = model.field(name).ok_or_else(|| model.unknown_field(name))?;
    Ok(field.column_for(name))
}

pub(crate) fn table_index(model: &ModelState, declared: &Index) -> Result<TableIndex> {
    let mut parts = Vec::new();
    for name in &declared.fields {
        let (name, descending) = name.strip_prefix('-').map_or((name.as_str(), false), |name| (name, true));
        parts.push(IndexPart { descending, ..IndexPart::column(column_of(model, name)?) });
    }
    for expression in &declared.expressions {
        // The order stands behind the expression, outside of its brackets.
        let upper = expression.trim_end().to_ascii_uppercase();
        let (text, descending) = match (upper.strip_suffix(" DESC"), upper.strip_suffix(" ASC")) {
            (Some(begin), _) => (&expression[..begin.len()], true),
            (_, Some(begin)) => (&expression[..begin.len()], false),
            _ => (expression.as_str(), false),
        };
        parts.push(IndexPart { descending, ..IndexPart::expression(sql(model, text)?) });
    }
    for (part, class) in parts.iter_mut().zip(&declared.opclasses) {
        part.opclass.clone_from(class);
    }
    let include = declared.include.iter().map(|name| column_of(model, name)).collect::<Result<Vec<_>>>()?;
    Ok(TableIndex {
        name: declared.name.clone(),
        parts,
        unique: declared.unique,
        of_column: false,
        condition: declared.condition.as_ref().map(|condition| sql(model, condition)).transpose()?,
        include,
        method: declared.method,
        deferrable: declared.deferrable,
        nulls_distinct: declared.nulls_distinct,
    })
}

/// Which tables and columns of `before` are called otherwise in `after`, when these models and fields were renamed.
pub(crate) fn renames(before: &State, after: &State, renamed: &Renamed) -> Renames {
    let mut names = Renames::default();
    for old in &before.models {
        let name = renamed.model(&old.app, &old.name);
        let Some(new) = after.find(&old.app, name) else { continue };
        if old.table != new.table {
            names.tables.push((old.table.clone(), new.table.clone()));
        }
        for (field_name, old_field) in &old.fields {
            let new_name = renamed.field(old, field_name);
            let Some(new_field) = new.field(new_name) else { continue };
            let (from, to) = (old_field.column_for(field_name), new_field.column_for(new_name));
            if from != to {
                names.columns.push((new.table.clone(), from, to));
            }
        }
        for (field_name, old_pairs) in &old.many_to_many {
            let new_name = renamed.field(old, field_name);
            let Some(new_pairs) = new.pairs(new_name) else { continue };
            let table = new_pairs.table_for(&new.table, new_name);
            let old_table = old_pairs.table_for(&old.table, field_name);
            if old_table != table {
                names.tables.push((old_table, table.clone()));
            }
            let (old_columns, columns) =
                (old_pairs.columns_for(&old.app, &old.name), new_pairs.columns_for(&new.app, &new.name));
            for (from, to) in [(old_columns.0, columns.0), (old_columns.1, columns.1)] {
                if from != to {
                    names.columns.push((table.clone(), from, to));
                }
            }
        }
    }
    names
}

/// The model or the field that an operation renames.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renamed {
    /// App, old and new name.
    pub(crate) model: Option<(String, String, String)>,
    /// App, model, old and new name.
    pub(crate) field: Option<(String, String, String, String)>,
}

impl Renamed {
    fn model<'a>(&'a self, app: &str, name: &'a str) -> &'a str {
        match &self.model {
            Some((of, from, to)) if of == app && from.eq_ignore_ascii_case(name) => to,
            _ => name,
        }
    }

    fn field<'a>(&'a self, model: &ModelState, name: &'a str) -> &'a str {
        match &self.field {
            Some((app, of, from, to)) if model.is(app, of) && from == name => to,
            _ => name,
        }
    }

    /// The other way round.
    pub(crate) fn reversed(&self) -> Self {
        Self {
            model: self.model.clone().map(|(app, from, to)| (app, to, from)),
            field: self.field.clone().map(|(app, model, from, to)| (app, model, to, from)),
        }
    }
}
