//! [`Window`]: a value made of a row and those beside it.

use super::{Expr, WindowFunction};
use crate::Order;

/// A value made of a row and those beside it: `function OVER (PARTITION BY … ORDER BY … frame)`.
#[derive(Debug, Clone)]
pub struct Window {
    /// What is worked out.
    pub function: WindowCall,
    /// The rows that belong together have these in common.
    pub partition: Vec<Expr>,
    /// The order of the rows that belong together.
    pub order: Vec<Order>,
    /// Which of them count; the database's usual choice when not said.
    pub frame: Option<Frame>,
}

/// What a window works out.
#[derive(Debug, Clone)]
pub enum WindowCall {
    /// A function that only windows have.
    Function(WindowFunction, Vec<Expr>),
    /// An aggregate over the frame.
    Aggregate(Expr),
}

/// What the ends of a frame count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// The difference of the value that rows are ordered by.
    Range,
    /// Groups of rows that are equal in the order.
    Groups,
}

/// One end of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameEnd {
    /// The first (as the start) or the last row (as the end) that belongs to it.
    Unbounded,
    /// So many before (negative) or after (positive) the current row; 0 is the current row.
    Offset(i64),
}

/// Which rows around the current one are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameExclusion {
    /// The current row.
    CurrentRow,
    /// The current row and those equal to it in the order.
    Group,
    /// Those equal to the current row, but not itself.
    Ties,
}

/// Which of the rows that belong together count for the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Frame {
    /// What its ends count.
    pub unit: FrameUnit,
    /// Where it begins.
    pub start: FrameEnd,
    /// Where it ends.
    pub end: FrameEnd,
    /// Which rows it leaves out.
    pub exclude: Option<FrameExclusion>,
}

impl Window {
    /// Its direct parts.
    pub fn parts(&self) -> impl Iterator<Item = &Expr> {
        let (aggregate, arguments): (Option<&Expr>, &[Expr]) = match &self.function {
            WindowCall::Function(_, arguments) => (None, arguments),
            WindowCall::Aggregate(aggregate) => (Some(aggregate), &[]),
        };
        let order = self.order.iter().map(|step| &step.expr);
        aggregate.into_iter().chain(arguments).chain(&self.partition).chain(order)
    }

    /// Its direct parts, to be changed.
    pub fn parts_mut(&mut self) -> impl Iterator<Item = &mut Expr> {
        let (aggregate, arguments): (Option<&mut Expr>, &mut [Expr]) = match &mut self.function {
            WindowCall::Function(_, arguments) => (None, arguments),
            WindowCall::Aggregate(aggregate) => (Some(aggregate), &mut []),
        };
        let order = self.order.iter_mut().map(|step| &mut step.expr);
        aggregate.into_iter().chain(arguments).chain(&mut self.partition).chain(order)
    }

    /// Is a value made of a group of rows among what it works with? Its own aggregate is none: it keeps every row.
    pub(crate) fn has_aggregate(&self) -> bool {
        self.parts().any(|part| match (&self.function, part) {
            (WindowCall::Aggregate(own), part) if std::ptr::eq(own, part) => own.any_child(&mut Expr::has_aggregate),
            (_, part) => part.has_aggregate(),
        })
    }
}
