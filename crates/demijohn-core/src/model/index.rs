//! Indexes and constraints of a model, as data.

use super::SqlTemplate;

/// How an index finds its rows. SQLite, MySQL and MariaDB know B-trees and full text only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum IndexMethod {
    /// By order: every database's usual one.
    #[default]
    BTree,
    /// By equality.
    Hash,
    /// By the parts of a value: words, list items, JSON keys.
    Gin,
    /// By nearness or overlap.
    Gist,
    /// By ranges of pages, for tables that grow in order.
    Brin,
    /// By space partitioning.
    SpGist,
    /// By several columns at once, in any combination.
    Bloom,
    /// By words: `FULLTEXT` of MySQL and MariaDB, a table of FTS5 on SQLite; on PostgreSQL it is a GIN index over the
    /// expression `to_tsvector(…)` instead.
    FullText,
}

/// When a constraint is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deferrable {
    /// At the end of the transaction.
    Deferred,
    /// At each statement, unless the transaction says otherwise.
    Immediate,
}

/// An index or a unique constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexMeta {
    /// Its name in the database; made as Django makes it when none is given.
    pub name: Option<&'static str>,
    /// The fields, in order; a `-` in front of one turns its order round.
    pub fields: &'static [&'static str],
    /// What it is over, in place of fields.
    pub expressions: &'static [SqlTemplate],
    /// Does it forbid duplicates?
    pub unique: bool,
    /// The rows it holds, when not all (a partial index).
    pub condition: Option<SqlTemplate>,
    /// Fields that it carries so that the table need not be read (a covering index, PostgreSQL).
    pub include: &'static [&'static str],
    /// How it finds its rows.
    pub method: IndexMethod,
    /// Operator classes, one for each field or expression (PostgreSQL).
    pub opclasses: &'static [&'static str],
    /// When a unique constraint is checked.
    pub deferrable: Option<Deferrable>,
    /// Are two NULLs duplicates of each other when this is `Some(false)` (PostgreSQL 15)?
    pub nulls_distinct: Option<bool>,
    /// What people read when a row violates it.
    pub message: Option<&'static str>,
}

impl IndexMeta {
    /// An index over these fields.
    pub const fn new(fields: &'static [&'static str]) -> Self {
        Self {
            name: None,
            fields,
            expressions: &[],
            unique: false,
            condition: None,
            include: &[],
            method: IndexMethod::BTree,
            opclasses: &[],
            deferrable: None,
            nulls_distinct: None,
            message: None,
        }
    }

    /// Its name in the database.
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// Forbids duplicates.
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Is over these in place of fields.
    pub const fn expressions(mut self, expressions: &'static [SqlTemplate]) -> Self {
        self.expressions = expressions;
        self
    }

    /// Holds only the rows for which this is true.
    pub const fn condition(mut self, condition: SqlTemplate) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Carries these fields too.
    pub const fn include(mut self, fields: &'static [&'static str]) -> Self {
        self.include = fields;
        self
    }

    /// How it finds its rows.
    pub const fn method(mut self, method: IndexMethod) -> Self {
        self.method = method;
        self
    }

    /// Operator classes.
    pub const fn opclasses(mut self, opclasses: &'static [&'static str]) -> Self {
        self.opclasses = opclasses;
        self
    }

    /// When it is checked.
    pub const fn deferrable(mut self, when: Deferrable) -> Self {
        self.deferrable = Some(when);
        self
    }

    /// Are two NULLs different values?
    pub const fn nulls_distinct(mut self, distinct: bool) -> Self {
        self.nulls_distinct = Some(distinct);
        self
    }

    /// What people read when a row violates it.
    pub const fn message(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self
    }
}

/// A condition that holds for every row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckMeta {
    /// Its name in the database.
    pub name: &'static str,
    /// The condition.
    pub condition: SqlTemplate,
    /// What people read when a row violates it.
    pub message: Option<&'static str>,
}

/// A condition that holds for no two rows of a table (PostgreSQL).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExclusionMeta {
    /// Its name in the database.
    pub name: &'static str,
    /// What is compared, each with its operator: `("{room}", "=")`, `("{during}", "&&")`.
    pub parts: &'static [(SqlTemplate, &'static str)],
    /// How its index finds rows.
    pub method: IndexMethod,
    /// The rows it is about, when not all.
    pub condition: Option<SqlTemplate>,
    /// When it is checked.
    pub deferrable: Option<Deferrable>,
    /// What people read when a row violates it.
    pub message: Option<&'static str>,
}
