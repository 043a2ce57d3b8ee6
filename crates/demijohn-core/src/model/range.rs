//! [`Range`]: a range of values, as PostgreSQL has them.

use std::fmt;
use std::ops::Bound;

/// A range of values: nothing, or all from a lower to an upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Range<T> {
    /// No value lies in it.
    Empty,
    /// From here to there.
    Between(Bound<T>, Bound<T>),
}

impl<T> Range<T> {
    /// From `lower`, which is in it, to `upper`, which is not: what `lower..upper` is.
    pub const fn new(lower: T, upper: T) -> Self {
        Self::Between(Bound::Included(lower), Bound::Excluded(upper))
    }

    /// The same range of other values.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Range<U> {
        match self {
            Self::Empty => Range::Empty,
            Self::Between(lower, upper) => Range::Between(lower.map(&mut change), upper.map(&mut change)),
        }
    }

    /// Does no value lie in it?
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

impl<T> From<std::ops::Range<T>> for Range<T> {
    fn from(range: std::ops::Range<T>) -> Self {
        Self::new(range.start, range.end)
    }
}

impl<T> From<std::ops::RangeInclusive<T>> for Range<T> {
    fn from(range: std::ops::RangeInclusive<T>) -> Self {
        let (lower, upper) = range.into_inner();
        Self::Between(Bound::Included(lower), Bound::Included(upper))
    }
}

/// As PostgreSQL writes it: `[1,10)`, `empty`.
impl<T: fmt::Display> fmt::Display for Range<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Between(lower, upper) = self else { return f.write_str("empty") };
        match lower {
            Bound::Included(value) => write!(f, "[{value},")?,
            Bound::Excluded(value) => write!(f, "({value},")?,
            Bound::Unbounded => f.write_str("(,")?,
        }
        match upper {
            Bound::Included(value) => write!(f, "{value}]"),
            Bound::Excluded(value) => write!(f, "{value})"),
            Bound::Unbounded => f.write_str(")"),
        }
    }
}
