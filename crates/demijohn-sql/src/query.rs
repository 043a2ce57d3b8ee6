//! The statements as trees: [`Select`], [`Insert`], [`Update`], [`Delete`].

use demijohn_core::model::{ModelMeta, Value};

use crate::{Column, Expr, Path};

/// One step of an order.
#[derive(Debug, Clone)]
pub struct Order {
    /// By what.
    pub expr: Expr,
    /// Largest first?
    pub descending: bool,
    /// Where NULLs come; the database decides when not said.
    pub nulls_last: Option<bool>,
}

impl Order {
    /// Smallest first.
    pub fn by(expr: Expr) -> Self {
        Self { expr, descending: false, nulls_last: None }
    }
}

/// What a query gives for each row.
#[derive(Debug, Clone)]
pub enum Projection {
    /// The model's columns, followed by those of the models at the end of these paths, in this order.
    Model(Vec<&'static Path>),
    /// These values; [`Select::is_grouped`] says when they are what rows are grouped by.
    Exprs(Vec<Expr>),
    /// The literal 1: for `EXISTS`.
    One,
    /// How many rows there are.
    Count,
}

/// Where the rows of a query come from.
#[derive(Debug, Clone, Default)]
pub enum Source {
    /// The model's table.
    #[default]
    Table,
    /// The rows of another query on the same model, in place of the table.
    Query(Box<Select>),
    /// The rows of a first query put together with those of others.
    Combined(Box<Select>, Vec<(Combine, Select)>),
}

/// How the rows of two queries are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// Those of either, each once.
    Union,
    /// Those of either, as often as they come.
    UnionAll,
    /// Those of both, each once.
    Intersection,
    /// Those of the first that are not in the second, each once.
    Difference,
}

/// What a query does about rows that another transaction has locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LockWait {
    /// It waits for them.
    #[default]
    Wait,
    /// It fails at once with `orm.lock`.
    Fail,
    /// It leaves them out.
    Skip,
}

/// Locks the rows that a query finds until its transaction ends.
#[derive(Debug, Clone, Default)]
pub struct Lock {
    /// What about rows that another has locked.
    pub wait: LockWait,
    /// Rows of which tables, beside the query's own.
    pub of: Vec<&'static Path>,
    /// May others still make rows that point to the locked ones? (PostgreSQL.)
    pub no_key: bool,
}

/// A query.
#[derive(Debug, Clone)]
pub struct Select {
    /// The query's own table: a path without steps.
    pub from: &'static Path,
    /// What it gives for each row.
    pub projection: Projection,
    /// Values after the columns of whole rows. With an aggregate among them the rows are grouped by their keys.
    pub annotations: Vec<Expr>,
    /// What stands in place of the model's table.
    pub source: Source,
    /// Which rows.
    pub filter: Option<Expr>,
    /// Which groups of rows.
    pub having: Option<Expr>,
    /// In which order.
    pub order: Vec<Order>,
    /// Each row once?
    pub distinct: bool,
    /// Of the rows that have the same of these values, only the first. The rows come in the order of these values.
    pub distinct_on: Vec<Expr>,
    /// Are they locked?
    pub lock: Option<Box<Lock>>,
    /// At most so many rows.
    pub limit: Option<u64>,
    /// After so many rows.
    pub offset: Option<u64>,
    /// Gives no rows, whatever is stored; the database is not asked.
    pub none: bool,
}

impl Select {
    /// Every row of a model.
    pub fn new(from: &'static Path) -> Self {
        Self {
            from,
            projection: Projection::Model(Vec::new()),
            annotations: Vec::new(),
            source: Source::Table,
            filter: None,
            having: None,
            order: Vec::new(),
            distinct: false,
            distinct_on: Vec::new(),
            lock: None,
            limit: None,
            offset: None,
            none: false,
        }
    }

    /// The model whose rows it reads.
    pub fn model(&self) -> &'static ModelMeta {
        self.from.model()
    }

    /// Keeps only rows for which this holds as well.
    pub fn and_filter(&mut self, condition: Expr) {
        self.filter = Some(match self.filter.take() {
            Some(filter) => filter.and(condition),
            None => condition,
        });
    }

    /// Orders by the model's own `ordering`, if it has one, nothing else was asked for, and the rows are the model's.
    pub fn apply_default_order(&mut self) {
        if self.order.is_empty() && self.gives_stored_rows() {
            self.order = default_order(self.from);
        }
    }

    /// Does each of its rows stand for a group of stored ones? With an aggregate in what it gives, in its order or in
    /// `having`, they are grouped by the values that it gives.
    pub fn is_grouped(&self) -> bool {
        let given = match &self.projection {
            Projection::Exprs(exprs) => exprs,
            Projection::Model(_) => &self.annotations,
            Projection::One | Projection::Count => return false,
        };
        self.having.is_some()
            || given.iter().any(Expr::has_aggregate)
            || self.order.iter().any(|step| step.expr.has_aggregate())
    }

    /// Makes it read the rows that it finds now as if they were the table: what is asked for next is asked of them.
    pub fn put_aside(&mut self) {
        let mut inner = std::mem::replace(self, Self::new(self.from));
        if inner.is_sliced() {
            inner.apply_default_order();
        } else if inner.distinct_on.is_empty() {
            inner.order.clear();
        }
        self.none = inner.none;
        inner.projection = Projection::Model(Vec::new());
        inner.annotations.clear();
        inner.distinct = false;
        self.source = Source::Query(Box::new(inner));
    }

    /// Makes it the rows of this query put together with those of another.
    pub fn combine(&mut self, how: Combine, mut other: Self) {
        other.sink_to(self.from.depth());
        self.sink_to(other.from.depth());
        for one in [&mut *self, &mut other] {
            if one.is_sliced() {
                one.apply_default_order();
            }
        }
        let none = match how {
            Combine::Union | Combine::UnionAll => self.none && other.none,
            Combine::Intersection => self.none || other.none,
            Combine::Difference => self.none,
        };
        let first = std::mem::replace(self, Self::new(self.from));
        self.projection = first.projection.clone();
        self.none = none;
        self.source = Source::Combined(Box::new(first), vec![(how, other)]);
    }

    /// Are its rows those of several queries for values? They have no table, so they can be ordered and cut only.
    pub fn combines_values(&self) -> bool {
        matches!(&self.source, Source::Combined(first, _) if matches!(first.projection, Projection::Exprs(_)))
    }

    /// Which of the values that it gives is this, counted from 0? For an order of rows that have no table.
    pub fn position_of(&self, expr: &Expr) -> Option<usize> {
        let Projection::Exprs(exprs) = &self.projection else { return None };
        exprs.iter().position(|given| given.is_same(expr))
    }

    /// Are its rows the model's, each of them once? Else they have no key to be ordered by.
    fn gives_stored_rows(&self) -> bool {
        let whole_rows = !matches!(self.projection, Projection::Exprs(_));
        (whole_rows || !self.is_grouped() && !self.distinct) && !self.combines_values()
    }

    /// Makes it ask only whether there is a row.
    pub fn ask_existence(&mut self) {
        let values = matches!(self.projection, Projection::Exprs(_));
        let counts_apart = values && self.distinct || !self.distinct_on.is_empty();
        if self.is_grouped() || counts_apart && self.offset.is_some() {
            self.order.retain(|step| step.expr.has_aggregate());
            return;
        }
        self.annotations.clear();
        self.distinct_on.clear();
        self.projection = Projection::One;
        self.distinct = false;
        self.order.clear();
    }

    /// Orders by the primary key when no order was asked for at all.
    pub fn order_by_key_if_unordered(&mut self) {
        self.apply_default_order();
        if self.order.is_empty() && self.gives_stored_rows() {
            self.order = self.from.key_columns().map(|key| Order::by(Expr::Column(key))).collect();
        }
    }

    /// Turns every step of the order round.
    pub fn reverse(&mut self) {
        self.order_by_key_if_unordered();
        for step in &mut self.order {
            step.descending = !step.descending;
            step.nulls_last = step.nulls_last.map(|last| !last);
        }
    }

    /// Makes it a query that is inside `depth` others, and everything inside it as much deeper.
    ///
    /// For a query that was begun outside and is finished inside the closure of another.
    pub fn sink_to(&mut self, depth: u8) {
        let own = self.from.depth();
        if depth > own {
            self.shift(own, depth - own);
        }
    }

    fn shift(&mut self, from_depth: u8, by: u8) {
        self.map_paths(&mut |path| {
            if path.depth() >= from_depth { path.at_depth(path.depth() + by) } else { path }
        });
    }

    /// Puts other paths in place of all that it mentions, those inside its subqueries among them.
    pub(crate) fn map_paths(&mut self, map: &mut dyn FnMut(&'static Path) -> &'static Path) {
        self.from = map(self.from);
        match &mut self.source {
            Source::Table => {}
            Source::Query(inner) => inner.map_paths(map),
            Source::Combined(first, others) => {
                first.map_paths(map);
                others.iter_mut().for_each(|(_, other)| other.map_paths(map));
            }
        }
        if let Some(lock) = &mut self.lock {
            lock.of.iter_mut().for_each(|path| *path = map(path));
        }
        self.annotations.iter_mut().chain(&mut self.distinct_on).for_each(|expr| expr.map_paths(map));
        match &mut self.projection {
            Projection::Model(related) => related.iter_mut().for_each(|path| *path = map(path)),
            Projection::Exprs(exprs) => exprs.iter_mut().for_each(|expr| expr.map_paths(map)),
            Projection::One | Projection::Count => {}
        }
        self.filter.iter_mut().chain(&mut self.having).for_each(|expr| expr.map_paths(map));
        self.order.iter_mut().for_each(|step| step.expr.map_paths(map));
    }

    /// Visits every expression of it; those inside the queries that it holds are the visitor's to enter.
    pub(crate) fn for_each_expr(&self, visit: &mut dyn FnMut(&Expr)) {
        match &self.source {
            Source::Table => {}
            Source::Query(inner) => inner.for_each_expr(visit),
            Source::Combined(first, others) => {
                first.for_each_expr(visit);
                others.iter().for_each(|(_, other)| other.for_each_expr(visit));
            }
        }
        if let Projection::Exprs(exprs) = &self.projection {
            exprs.iter().for_each(&mut *visit);
        }
        self.annotations.iter().chain(&self.distinct_on).for_each(&mut *visit);
        self.filter.iter().chain(&self.having).for_each(&mut *visit);
        self.order.iter().for_each(|step| visit(&step.expr));
    }

    /// The same, to change them.
    pub(crate) fn for_each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        match &mut self.source {
            Source::Table => {}
            Source::Query(inner) => inner.for_each_expr_mut(visit),
            Source::Combined(first, others) => {
                first.for_each_expr_mut(visit);
                others.iter_mut().for_each(|(_, other)| other.for_each_expr_mut(visit));
            }
        }
        if let Projection::Exprs(exprs) = &mut self.projection {
            exprs.iter_mut().for_each(&mut *visit);
        }
        self.annotations.iter_mut().chain(&mut self.distinct_on).for_each(&mut *visit);
        self.filter.iter_mut().chain(&mut self.having).for_each(&mut *visit);
        self.order.iter_mut().for_each(|step| visit(&mut step.expr));
    }

    /// Is any row left out by a limit or an offset?
    pub fn is_sliced(&self) -> bool {
        self.limit.is_some() || self.offset.is_some()
    }
}

impl Expr {
    /// Puts other paths in place of all that it mentions, those inside its subqueries among them.
    pub(crate) fn map_paths(&mut self, map: &mut dyn FnMut(&'static Path) -> &'static Path) {
        match self {
            Self::Column(column) => column.path = map(column.path),
            Self::Exists(query) | Self::Query(query) => query.map_paths(map),
            Self::InQuery(inner, query) => {
                inner.map_paths(map);
                query.map_paths(map);
            }
            other => other.for_each_child_mut(&mut |child| child.map_paths(map)),
        }
    }
}

fn default_order(from: &'static Path) -> Vec<Order> {
    let model = from.model();
    let column = |name| model.index_of(name).map(|field| Column { path: from, field: field as u16 });
    let steps = model.ordering.iter().filter_map(|step| Some((column(step.field)?, step.descending)));
    steps.map(|(column, descending)| Order { expr: Expr::Column(column), descending, nulls_last: None }).collect()
}

/// New rows.
#[derive(Debug, Clone)]
pub struct Insert {
    /// Into which model's table.
    pub model: &'static ModelMeta,
    /// The positions of the fields that get a value.
    pub fields: Vec<u16>,
    /// The values, one list for each row.
    pub rows: Vec<Vec<Value>>,
    /// What about a row whose key or unique value is there already.
    pub conflict: Conflict,
    /// Which of the stored rows' fields come back, in this order; without any, only the key that the database made.
    pub returning: Vec<u16>,
}

/// What an insert does about a row whose key or unique value is there already.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Conflict {
    /// It fails with `orm.unique`.
    #[default]
    Fail,
    /// It leaves the row out.
    Ignore,
    /// It changes the row that is there.
    Update {
        /// The fields that are unique together. (MariaDB takes any unique value.)
        unique: Vec<u16>,
        /// The fields that get the values of the new row.
        fields: Vec<u16>,
    },
}

/// One column that gets a new value.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The position of the field.
    pub field: u16,
    /// Its new value; may mention the row's own columns.
    pub value: Expr,
}

/// New values for rows that are there.
#[derive(Debug, Clone)]
pub struct Update {
    /// Which table.
    pub from: &'static Path,
    /// What changes.
    pub assignments: Vec<Assignment>,
    /// In which rows.
    pub filter: Option<Expr>,
}

/// Rows that go.
#[derive(Debug, Clone)]
pub struct Delete {
    /// Which table.
    pub from: &'static Path,
    /// Which rows.
    pub filter: Option<Expr>,
}
