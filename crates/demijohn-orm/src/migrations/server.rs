//! [`OnServer`]: steps that only one kind of server knows. Elsewhere they do what comes nearest, or nothing.

use demijohn_core::Result;
use demijohn_sql::schema::{SqlPart, Table, create_index_statement, drop_index_statement, quoted};

use super::operation::{add_constraint, remove_index};
use super::state::State;
use super::{Constraint, Index};

/// A step that only PostgreSQL knows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OnServer {
    /// Extensions are the server's; other databases need none.
    CreateExtension {
        name: String,
    },
    RemoveExtension {
        name: String,
    },
    CreateCollation(Collation),
    RemoveCollation(Collation),
    /// Nobody waits for it; it cannot be part of a transaction. Elsewhere a plain index.
    AddIndexConcurrently {
        model: String,
        index: Index,
    },
    RemoveIndexConcurrently {
        model: String,
        index: Index,
    },
    /// Rows that are there are not looked at. Elsewhere a plain check.
    AddConstraintNotValid {
        model: String,
        constraint: Constraint,
    },
    ValidateConstraint {
        model: String,
        name: String,
    },
}

/// An order of letters that a migration makes (PostgreSQL).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collation {
    pub(crate) name: String,
    pub(crate) locale: String,
    pub(crate) provider: String,
    pub(crate) deterministic: bool,
}

/// An order of letters by the rules of a locale: `collation("german", "de-u-ks-level2")`. ICU's; deterministic.
pub fn collation(name: &str, locale: &str) -> Collation {
    Collation { name: name.to_owned(), locale: locale.to_owned(), provider: "icu".to_owned(), deterministic: true }
}

impl Collation {
    /// Whose rules they are: `icu` or `libc`.
    pub fn provider(self, provider: &str) -> Self {
        Self { provider: provider.to_owned(), ..self }
    }

    /// Texts that differ may be equal.
    pub fn not_deterministic(self) -> Self {
        Self { deterministic: false, ..self }
    }
}

impl OnServer {
    pub(crate) fn apply(&self, app: &str, state: &mut State) -> Result<()> {
        match self {
            Self::AddIndexConcurrently { model, index } => {
                state.require_mut(app, model)?.indexes.push(index.clone());
                Ok(())
            }
            Self::RemoveIndexConcurrently { model, index } => remove_index(app, model, index, state),
            Self::AddConstraintNotValid { model, constraint } => add_constraint(app, model, constraint, state),
            _ => Ok(()),
        }
    }

    /// Does it work beside those who write, so that PostgreSQL does it outside of a transaction only?
    pub(crate) fn is_concurrent(&self) -> bool {
        matches!(self, Self::AddIndexConcurrently { .. } | Self::RemoveIndexConcurrently { .. })
    }

    /// Does it build an index beside those who write, in this direction?
    pub(crate) fn builds(&self, backward: bool) -> bool {
        match self {
            Self::AddIndexConcurrently { .. } => !backward,
            Self::RemoveIndexConcurrently { .. } => backward,
            _ => false,
        }
    }

    /// The statements on PostgreSQL, given the table of its model where the index or the constraint is there; `None`
    /// when the difference of the states says it all.
    pub(crate) fn statements(&self, table: Option<&Table>, backward: bool) -> Vec<String> {
        let dialect = &demijohn_sql::Postgres;
        let name = |name: &str| quoted(name, dialect);
        let of = |table: Option<&Table>| table.map(|table| table.name.clone()).unwrap_or_default();
        match (self, backward) {
            (Self::CreateExtension { name: own }, false) | (Self::RemoveExtension { name: own }, true) => {
                vec![format!("CREATE EXTENSION IF NOT EXISTS {}", name(own))]
            }
            (Self::CreateExtension { name: own }, true) | (Self::RemoveExtension { name: own }, false) => {
                vec![format!("DROP EXTENSION IF EXISTS {}", name(own))]
            }
            (Self::CreateCollation(own), false) | (Self::RemoveCollation(own), true) => {
                let locale = own.locale.replace('\'', "''");
                let provider = if own.provider == "libc" { "libc" } else { "icu" };
                let rest = if own.deterministic { "" } else { ", deterministic = false" };
                vec![format!("CREATE COLLATION {} (locale = '{locale}', provider = {provider}{rest})", name(&own.name))]
            }
            (Self::CreateCollation(own), true) | (Self::RemoveCollation(own), false) => {
                vec![format!("DROP COLLATION {}", name(&own.name))]
            }
            (Self::AddIndexConcurrently { .. }, false) | (Self::RemoveIndexConcurrently { .. }, true) => {
                let table_index = table.and_then(|table| Some((table, table.indexes.last()?)));
                let sql = table_index.and_then(|(table, own)| create_index_statement(&table.name, own, true, dialect));
                sql.into_iter().collect()
            }
            (Self::AddIndexConcurrently { .. }, true) | (Self::RemoveIndexConcurrently { .. }, false) => {
                let table_index = table.and_then(|table| Some((table, table.indexes.last()?)));
                let sql = table_index.map(|(table, own)| {
                    drop_index_statement(&table.name, &own.name_on(&table.name, dialect), true, dialect)
                });
                sql.into_iter().collect()
            }
            (Self::AddConstraintNotValid { constraint, .. }, false) => {
                let check = table.and_then(|table| table.checks.iter().find(|check| check.name == constraint.name));
                let sql = check.map(|check| {
                    let condition: String = check.condition.0.iter().map(part_text).collect();
                    format!(
                        "ALTER TABLE {} ADD CONSTRAINT {} CHECK ({condition}) NOT VALID",
                        name(&of(table)),
                        name(&check.name)
                    )
                });
                sql.into_iter().collect()
            }
            (Self::AddConstraintNotValid { constraint, .. }, true) => {
                vec![format!("ALTER TABLE {} DROP CONSTRAINT {}", name(&of(table)), name(&constraint.name))]
            }
            (Self::ValidateConstraint { name: own, .. }, false) => {
                vec![format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", name(&of(table)), name(own))]
            }
            (Self::ValidateConstraint { .. }, true) => Vec::new(),
        }
    }

    /// The model it is about.
    pub(crate) fn model(&self) -> Option<&str> {
        match self {
            Self::AddIndexConcurrently { model, .. }
            | Self::RemoveIndexConcurrently { model, .. }
            | Self::AddConstraintNotValid { model, .. }
            | Self::ValidateConstraint { model, .. } => Some(model),
            _ => None,
        }
    }

    pub(crate) fn words(&self) -> String {
        match self {
            Self::CreateExtension { name } => format!("create extension {name}"),
            Self::RemoveExtension { name } => format!("remove extension {name}"),
            Self::CreateCollation(own) => format!("create collation {}", own.name),
            Self::RemoveCollation(own) => format!("remove collation {}", own.name),
            Self::AddIndexConcurrently { model, index } => format!("add {} to {model} concurrently", index.words()),
            Self::RemoveIndexConcurrently { model, index } => {
                format!("remove {} from {model} concurrently", index.words())
            }
            Self::AddConstraintNotValid { model, constraint } => {
                format!("add {} to {model} for new rows", constraint.words())
            }
            Self::ValidateConstraint { model, name } => format!("validate constraint `{name}` of {model}"),
        }
    }

    pub(crate) fn sign(&self) -> char {
        match self {
            Self::RemoveExtension { .. } | Self::RemoveCollation(_) | Self::RemoveIndexConcurrently { .. } => '-',
            Self::ValidateConstraint { .. } => '~',
            _ => '+',
        }
    }
}

fn part_text(part: &SqlPart) -> String {
    match part {
        SqlPart::Text(text) => text.clone(),
        SqlPart::Column(name) => quoted(name, &demijohn_sql::Postgres),
    }
}
