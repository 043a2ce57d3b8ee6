//! [`Expr`]: what can stand in a query.

mod function;
mod special;
mod window;

use demijohn_core::model::{FieldKind, FieldMeta, Value};

use crate::{Order, Path, Select, normalize};

pub use function::{Aggregate, DatePart, DateUnit, Function, Regression, Temporal, WindowFunction};
pub use special::{AggregateMore, JsonAs, JsonPath, JsonStep, RawSql, Search, SearchMode, SearchWanted};
pub use window::{Frame, FrameEnd, FrameExclusion, FrameUnit, Window, WindowCall};

/// A column of a table that a path leads to.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The way to its table.
    pub path: &'static Path,
    /// Its position among the model's fields.
    pub field: u16,
}

impl Column {
    /// What it is.
    pub fn meta(self) -> &'static FieldMeta {
        &self.path.model().fields[usize::from(self.field)]
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.path, other.path) && self.field == other.field
    }
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Equal.
    Eq,
    /// Unlike.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// How a text matches another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It has it somewhere.
    Contains,
    /// It begins with it.
    StartsWith,
    /// It ends with it.
    EndsWith,
    /// It is it.
    Exact,
}

/// What is done with two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// Sum.
    Add,
    /// Difference.
    Sub,
    /// Product.
    Mul,
    /// Quotient.
    Div,
    /// Remainder.
    Rem,
    /// Quotient of integers, without what is left over.
    IntDiv,
    /// Quotient of exact numbers, rounded to ten digits behind the point.
    DecimalDiv,
    /// Remainder of numbers that are not whole.
    DecimalRem,
    /// The bits that both have.
    BitAnd,
    /// The bits that one has.
    BitOr,
    /// The bits that exactly one has.
    BitXor,
    /// The bits moved to the left.
    ShiftLeft,
    /// The bits moved to the right.
    ShiftRight,
}

/// What can stand in a query: a column, a value, or something made of them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Expr {
    /// A column.
    Column(Column),
    /// A value, sent to the database beside the text, never in it.
    Value(Value),
    /// A comparison. With NULL on the right it is `IS NULL` or `IS NOT NULL`.
    Compare(Compare, Box<(Expr, Expr)>),
    /// All of them hold.
    And(Vec<Expr>),
    /// One of them holds.
    Or(Vec<Expr>),
    /// It does not hold: true for NULL too.
    Not(Box<Expr>),
    /// It is NULL, or is not (`false`).
    IsNull(Box<Expr>, bool),
    /// The first text matches the second; `ignore_case` for letters of any case.
    Match {
        /// How.
        how: Match,
        /// Do capitals equal small letters?
        ignore_case: bool,
        /// The text and what it is to match.
        operands: Box<(Expr, Expr)>,
    },
    /// It is one of these.
    In(Box<Expr>, Vec<Expr>),
    /// It is one of the rows of a query.
    InQuery(Box<Expr>, Box<Select>),
    /// It lies between the two, both included.
    Between(Box<(Expr, Expr, Expr)>),
    /// Arithmetic.
    Arithmetic(Arithmetic, Box<(Expr, Expr)>),
    /// A value made of a group of rows; no argument stands for the whole row.
    Aggregate {
        /// Which.
        function: Aggregate,
        /// Of each value once?
        distinct: bool,
        /// Of what.
        argument: Option<Box<Expr>>,
        /// Of which rows of the group.
        filter: Option<Box<Expr>>,
        /// In which order, and with what beside it.
        more: Option<Box<AggregateMore>>,
    },
    /// A function's result.
    Call(Function, Vec<Expr>),
    /// A query has a row.
    Exists(Box<Select>),
    /// The one value of the one row of a query.
    Query(Box<Select>),
    /// The first result whose condition holds, else the last.
    Case(Vec<(Expr, Expr)>, Box<Expr>),
    /// It as another kind of value.
    Cast(Box<Expr>, FieldKind),
    /// It, compared by the order of letters of this name.
    Collate(Box<Expr>, &'static str),
    /// A value made of a row and those beside it.
    Window(Box<Window>),
    /// The value that a path into a JSON document leads to.
    JsonPath(Box<JsonPath>),
    /// A full-text search.
    Search(Box<Search>),
    /// SQL written by a person.
    Raw(Box<RawSql>),
}

impl Arithmetic {
    /// Does it give NULL when the second number is zero?
    pub const fn divides(self) -> bool {
        matches!(self, Self::Div | Self::Rem | Self::IntDiv | Self::DecimalDiv | Self::DecimalRem)
    }
}

impl Expr {
    /// `left AND right`, in one flat list.
    pub fn and(self, right: Self) -> Self {
        match (self, right) {
            (Self::And(mut all), Self::And(more)) => {
                all.extend(more);
                Self::And(all)
            }
            (Self::And(mut all), one) => {
                all.push(one);
                Self::And(all)
            }
            (one, Self::And(mut all)) => {
                all.insert(0, one);
                Self::And(all)
            }
            (left, right) => Self::And(vec![left, right]),
        }
    }

    /// `left OR right`, in one flat list.
    pub fn or(self, right: Self) -> Self {
        match (self, right) {
            (Self::Or(mut all), Self::Or(more)) => {
                all.extend(more);
                Self::Or(all)
            }
            (Self::Or(mut all), one) => {
                all.push(one);
                Self::Or(all)
            }
            (one, Self::Or(mut all)) => {
                all.insert(0, one);
                Self::Or(all)
            }
            (left, right) => Self::Or(vec![left, right]),
        }
    }

    /// Not this. NULL counts as not holding, so a row whose condition is unknown is among the ones left over.
    pub fn negate(self) -> Self {
        match self {
            Self::Not(inner) if !inner.can_be_unknown() => *inner,
            // Of several rows, that one is NULL and that one is not can both be true.
            Self::IsNull(inner, is) if !normalize::mentions_many(&inner) => Self::IsNull(inner, !is),
            other => Self::Not(Box::new(other)),
        }
    }

    /// Is it written the same as another?
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Column(one), Self::Column(other)) => one == other,
            // Trees hold floating-point numbers and whole queries; what they show of themselves is all they are.
            (one, other) => {
                std::mem::discriminant(one) == std::mem::discriminant(other)
                    && format!("{one:?}") == format!("{other:?}")
            }
        }
    }

    /// Is it, or has it inside, a value made of a group of rows?
    pub fn has_aggregate(&self) -> bool {
        match self {
            Self::Aggregate { .. } => true,
            Self::Window(window) => window.has_aggregate(),
            Self::Raw(raw) if raw.aggregate => true,
            other => other.any_child(&mut Self::has_aggregate),
        }
    }

    /// Can it be NULL when it is used as a condition?
    pub fn can_be_unknown(&self) -> bool {
        match self {
            Self::Column(column) => column.meta().null || column.path.is_optional(),
            Self::Value(value) => value.is_null(),
            Self::IsNull(..) | Self::Exists(_) | Self::Not(_) => false,
            Self::Compare(Compare::Eq | Compare::Ne, sides) if matches!(sides.1, Self::Value(Value::Null)) => false,
            Self::Query(_) | Self::InQuery(..) | Self::Case(..) | Self::Aggregate { .. } => true,
            Self::Arithmetic(what, _) if what.divides() => true,
            Self::Window(_) | Self::JsonPath(_) | Self::Search(_) | Self::Raw(_) => true,
            Self::Call(function, _) if function.can_give_null() => true,
            other => other.any_child(&mut Self::can_be_unknown),
        }
    }

    /// Does `test` hold for a direct part? Queries inside are not entered.
    pub fn any_child(&self, test: &mut dyn FnMut(&Self) -> bool) -> bool {
        match self {
            Self::Column(_) | Self::Value(_) | Self::Exists(_) | Self::Query(_) => false,
            Self::Compare(_, pair) | Self::Arithmetic(_, pair) | Self::Match { operands: pair, .. } => {
                test(&pair.0) || test(&pair.1)
            }
            Self::And(all) | Self::Or(all) | Self::Call(_, all) => all.iter().any(test),
            Self::Not(inner)
            | Self::IsNull(inner, _)
            | Self::InQuery(inner, _)
            | Self::Cast(inner, _)
            | Self::Collate(inner, _) => test(inner),
            Self::In(inner, all) => test(inner) || all.iter().any(test),
            Self::Between(three) => test(&three.0) || test(&three.1) || test(&three.2),
            Self::Aggregate { argument, filter, more, .. } => {
                let more = more.iter().flat_map(|more| more.order.iter().map(|step| &step.expr).chain(&more.second));
                argument.as_deref().into_iter().chain(filter.as_deref()).chain(more).any(test)
            }
            Self::Case(arms, default) => arms.iter().any(|(when, then)| test(when) || test(then)) || test(default),
            Self::Window(window) => window.parts().any(test),
            Self::JsonPath(path) => test(&path.document),
            Self::Search(search) => search.parts().any(test),
            Self::Raw(raw) => raw.arguments.iter().any(test),
        }
    }

    /// Visits the direct parts. Queries inside are not entered.
    pub fn for_each_child_mut(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        match self {
            Self::Column(_) | Self::Value(_) | Self::Exists(_) | Self::Query(_) => {}
            Self::Compare(_, pair) | Self::Arithmetic(_, pair) | Self::Match { operands: pair, .. } => {
                visit(&mut pair.0);
                visit(&mut pair.1);
            }
            Self::And(all) | Self::Or(all) | Self::Call(_, all) => all.iter_mut().for_each(visit),
            Self::Not(inner)
            | Self::IsNull(inner, _)
            | Self::InQuery(inner, _)
            | Self::Cast(inner, _)
            | Self::Collate(inner, _) => visit(inner),
            Self::In(inner, all) => {
                visit(inner);
                all.iter_mut().for_each(visit);
            }
            Self::Between(three) => {
                visit(&mut three.0);
                visit(&mut three.1);
                visit(&mut three.2);
            }
            Self::Aggregate { argument, filter, more, .. } => {
                argument.iter_mut().for_each(|argument| visit(argument));
                filter.iter_mut().for_each(|filter| visit(filter));
                if let Some(more) = more {
                    more.order.iter_mut().for_each(|step| visit(&mut step.expr));
                    more.second.iter_mut().for_each(&mut *visit);
                }
            }
            Self::Window(window) => window.parts_mut().for_each(visit),
            Self::JsonPath(path) => visit(&mut path.document),
            Self::Search(search) => search.parts_mut().for_each(visit),
            Self::Raw(raw) => raw.arguments.iter_mut().for_each(visit),
            Self::Case(arms, default) => {
                for (when, then) in arms {
                    visit(when);
                    visit(then);
                }
                visit(default);
            }
        }
    }
}
