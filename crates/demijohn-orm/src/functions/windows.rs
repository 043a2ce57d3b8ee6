//! Window functions: `row_number().over(|w| w.partition_by(p.author).order_by(p.created_at.desc()))`.

use demijohn_core::model::Value;
use demijohn_sql::{
    Expr, Frame, FrameEnd, FrameExclusion, FrameUnit, Window as Tree, WindowCall, WindowFunction as Which,
};
use std::marker::PhantomData;
use std::ops::{Bound, RangeBounds};

use super::gives::Term;
use crate::{Expression, FieldValue, Ordering, Selection};

/// A function that needs a window: it is a value after `.over(…)`.
#[derive(Debug, Clone)]
#[must_use = "a window function is a value after `.over(…)`"]
pub struct WindowFunction<T> {
    which: Which,
    arguments: Vec<Expr>,
    _type: PhantomData<fn() -> T>,
}

fn function<T>(which: Which, arguments: Vec<Expr>) -> WindowFunction<T> {
    WindowFunction { which, arguments, _type: PhantomData }
}

fn count(number: u32) -> Expr {
    Expr::Value(Value::Int(i64::from(number)))
}

/// 1, 2, 3 … in the window's order.
pub fn row_number() -> WindowFunction<i64> {
    function(Which::RowNumber, Vec::new())
}

/// As [`row_number`], the same for equal rows, with gaps behind them: 1, 1, 3.
pub fn rank() -> WindowFunction<i64> {
    function(Which::Rank, Vec::new())
}

/// As [`rank`], without gaps: 1, 1, 2.
pub fn dense_rank() -> WindowFunction<i64> {
    function(Which::DenseRank, Vec::new())
}

/// The rank as a fraction, from 0 to 1.
pub fn percent_rank() -> WindowFunction<f64> {
    function(Which::PercentRank, Vec::new())
}

/// Which fraction of the rows comes no later.
pub fn cume_dist() -> WindowFunction<f64> {
    function(Which::CumeDist, Vec::new())
}

/// In which of so many groups of equal size the row is, from 1.
pub fn ntile(groups: u32) -> WindowFunction<i64> {
    function(Which::Ntile, vec![count(groups.max(1))])
}

/// The value so many rows before; `None` before the first.
pub fn lag<T: Term>(term: T, rows: u32) -> WindowFunction<Option<<T::Value as FieldValue>::Base>> {
    function(Which::Lag, vec![term.into_tree(), count(rows)])
}

/// The value so many rows after; `None` behind the last.
pub fn lead<T: Term>(term: T, rows: u32) -> WindowFunction<Option<<T::Value as FieldValue>::Base>> {
    function(Which::Lead, vec![term.into_tree(), count(rows)])
}

/// The value of the frame's first row.
pub fn first_value<T: Term>(term: T) -> WindowFunction<Option<<T::Value as FieldValue>::Base>> {
    function(Which::FirstValue, vec![term.into_tree()])
}

/// The value of the frame's last row. Without a frame that is the current row, or one equal to it.
pub fn last_value<T: Term>(term: T) -> WindowFunction<Option<<T::Value as FieldValue>::Base>> {
    function(Which::LastValue, vec![term.into_tree()])
}

/// The value of the frame's `n`-th row, from 1; `None` when it has fewer.
pub fn nth_value<T: Term>(term: T, n: u32) -> WindowFunction<Option<<T::Value as FieldValue>::Base>> {
    function(Which::NthValue, vec![term.into_tree(), count(n.max(1))])
}

/// Which rows belong together, in which order, and which of them count.
#[derive(Debug, Clone, Default)]
#[must_use = "give it back from the closure of `over`"]
pub struct Window {
    partition: Vec<Expr>,
    order: Vec<demijohn_sql::Order>,
    frame: Option<Frame>,
}

impl Window {
    /// Rows with these values in common belong together.
    pub fn partition_by<S: Selection>(mut self, values: S) -> Self {
        values.push(&mut self.partition);
        self
    }

    /// The order of the rows that belong together.
    pub fn order_by(mut self, order: impl Ordering) -> Self {
        order.push(&mut self.order);
        self
    }

    /// Counts the rows from so many before (negative) to so many after: `rows(-2..=0)` are three, `rows(..=0)` all up
    /// to the current one, `rows(..)` all.
    pub fn rows(self, range: impl RangeBounds<i64>) -> Self {
        self.frame(FrameUnit::Rows, &range)
    }

    /// Counts the rows whose value in the order differs by so much: `range(-10..=10)`.
    pub fn range(self, range: impl RangeBounds<i64>) -> Self {
        self.frame(FrameUnit::Range, &range)
    }

    /// Counts the groups of equal rows from so many before to so many after (not MySQL).
    pub fn groups(self, range: impl RangeBounds<i64>) -> Self {
        self.frame(FrameUnit::Groups, &range)
    }

    /// Leaves out the current row, or those equal to it (not MySQL). Does nothing without a frame.
    pub fn exclude(mut self, rows: FrameExclusion) -> Self {
        if let Some(frame) = &mut self.frame {
            frame.exclude = Some(rows);
        }
        self
    }

    fn frame(mut self, unit: FrameUnit, range: &dyn Bounds) -> Self {
        let (start, end) = range.ends();
        self.frame = Some(Frame { unit, start, end, exclude: None });
        self
    }

    fn into_tree<T>(self, function: WindowCall) -> Expression<T> {
        let Self { partition, order, frame } = self;
        Expression::from_expr(Expr::Window(Box::new(Tree { function, partition, order, frame })))
    }
}

trait Bounds {
    fn ends(&self) -> (FrameEnd, FrameEnd);
}

impl<R: RangeBounds<i64>> Bounds for R {
    fn ends(&self) -> (FrameEnd, FrameEnd) {
        let start = match self.start_bound() {
            Bound::Included(row) => FrameEnd::Offset(*row),
            Bound::Excluded(row) => FrameEnd::Offset(row.saturating_add(1)),
            Bound::Unbounded => FrameEnd::Unbounded,
        };
        let end = match self.end_bound() {
            Bound::Included(row) => FrameEnd::Offset(*row),
            Bound::Excluded(row) => FrameEnd::Offset(row.saturating_sub(1)),
            Bound::Unbounded => FrameEnd::Unbounded,
        };
        (start, end)
    }
}

impl<T> WindowFunction<T> {
    /// Works it out over the rows beside each one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// use demijohn_orm::row_number;
    ///
    /// let query = Post::objects()
    ///     .select(|p| (p.title, row_number().over(|w| w.partition_by(p.author).order_by(p.views.desc()))));
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT "title", ROW_NUMBER() OVER (PARTITION BY "author_id" ORDER BY "views" DESC) FROM "blog_post""#
    /// );
    /// # }
    /// ```
    pub fn over(self, window: impl FnOnce(Window) -> Window) -> Expression<T> {
        window(Window::default()).into_tree(WindowCall::Function(self.which, self.arguments))
    }
}

impl<T> Expression<T> {
    /// An aggregate over the rows beside each one, which stay: `sum(p.views).over(|w| w.order_by(p.id).rows(..=0))` is
    /// a running total. Anything but an aggregate is refused when the query is asked.
    pub fn over(self, window: impl FnOnce(Window) -> Window) -> Self {
        window(Window::default()).into_tree(WindowCall::Aggregate(self.into_expr()))
    }
}
