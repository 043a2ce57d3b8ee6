//! [`Function`], [`Aggregate`] and [`WindowFunction`]: what is done with values, with groups and beside other rows.

/// A part of a date, a time or a moment. Numbers are those that Django gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DatePart {
    /// The calendar year.
    Year,
    /// The year that the ISO week belongs to.
    IsoYear,
    /// 1 to 4.
    Quarter,
    /// 1 to 12.
    Month,
    /// The ISO week, 1 to 53.
    Week,
    /// 1 (Sunday) to 7 (Saturday).
    WeekDay,
    /// 1 (Monday) to 7 (Sunday).
    IsoWeekDay,
    /// The day of the month, from 1.
    Day,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
    /// 0 to 59, without the fraction.
    Second,
}

impl DatePart {
    /// What Django's functions call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::IsoYear => "iso_year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::WeekDay => "week_day",
            Self::IsoWeekDay => "iso_week_day",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
        }
    }
}

/// A unit that a date, a time or a moment is cut down to: the beginning of its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateUnit {
    /// The first of January.
    Year,
    /// The first day of the quarter.
    Quarter,
    /// The first day of the month.
    Month,
    /// Monday.
    Week,
    /// Midnight.
    Day,
    /// The full hour.
    Hour,
    /// The full minute.
    Minute,
    /// The full second.
    Second,
}

impl DateUnit {
    /// What all three databases and Django call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
        }
    }

    /// Is it shorter than a day?
    pub const fn is_of_time(self) -> bool {
        matches!(self, Self::Hour | Self::Minute | Self::Second)
    }
}

/// What a part is taken of. A moment may be followed by the name of a time zone, as a second argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Temporal {
    /// A moment in time.
    Moment,
    /// A calendar date.
    Date,
    /// A time of day.
    Time,
}

/// A function of one row's values. What each database calls it is in the writer (`writer/call*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "each is the function of its name; `demijohn_orm` documents them where people call them"
)]
pub enum Function {
    Lower,
    Upper,
    Length,
    Coalesce,
    Abs,
    // Comparison.
    NullIf,
    Greatest,
    Least,
    /// `REGEXP`: text, pattern; the flag ignores letter case.
    Regex {
        ignore_case: bool,
    },
    // Text.
    Chr,
    Concat,
    Left,
    LPad,
    LTrim,
    Md5,
    Ord,
    Repeat,
    Replace,
    Reverse,
    Right,
    RPad,
    RTrim,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    StrIndex,
    Substr,
    Trim,
    // Mathematics.
    ACos,
    ASin,
    ATan,
    ATan2,
    Ceil,
    Cos,
    Cot,
    Degrees,
    Exp,
    Floor,
    Ln,
    Log,
    Pi,
    Power,
    Radians,
    Random,
    Round,
    /// The digits behind the point are cut off.
    Truncate,
    Sign,
    Sin,
    Sqrt,
    Tan,
    Negate,
    // Dates and times.
    Now,
    Extract(DatePart, Temporal),
    Trunc(DateUnit, Temporal),
    /// The calendar date of a moment.
    DateOf,
    /// The time of day of a moment.
    TimeOf,
    /// A moment and a duration.
    MomentPlus,
    /// A moment less a duration.
    MomentMinus,
    /// The duration between two moments, dates or times.
    Difference(Temporal),
    // JSON. Objects have their names and values in turn.
    JsonArray,
    JsonObject,
    JsonContains,
    JsonHasKey,
    /// The number of items of a JSON array.
    JsonLength,
    // PostgreSQL.
    ArrayContains,
    ArrayContainedBy,
    ArrayOverlap,
    ArrayLength,
    ArrayIndex,
    ArraySlice,
    HStoreValue,
    HStoreHasKey,
    HStoreHasKeys,
    HStoreHasAnyKeys,
    HStoreKeys,
    HStoreValues,
    HStoreContains,
    HStoreContainedBy,
    RangeContains,
    RangeContainedBy,
    RangeOverlap,
    RangeFullyLess,
    RangeFullyGreater,
    RangeNotLess,
    RangeNotGreater,
    RangeAdjacent,
    RangeStart,
    RangeEnd,
    RangeIsEmpty,
    RangeLowerIncluded,
    RangeUpperIncluded,
    RangeLowerInfinite,
    RangeUpperInfinite,
    Unaccent,
    TrigramSimilar,
    TrigramSimilarity,
    TrigramDistance,
    TrigramWordSimilar,
    TrigramWordSimilarity,
    TrigramWordDistance,
    TrigramStrictWordSimilar,
    TrigramStrictWordSimilarity,
    TrigramStrictWordDistance,
    RandomUuid,
    TransactionNow,
}

impl Function {
    /// Can it be NULL though none of its arguments is?
    pub(crate) const fn can_give_null(self) -> bool {
        !matches!(
            self,
            Self::Lower
                | Self::Upper
                | Self::Length
                | Self::Coalesce
                | Self::Abs
                | Self::Concat
                | Self::Greatest
                | Self::Least
                | Self::Regex { .. }
                | Self::Trim
                | Self::LTrim
                | Self::RTrim
                | Self::Replace
                | Self::Extract(..)
                | Self::Trunc(..)
        )
    }

    /// What people call it, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA1",
            Self::Unaccent => "unaccent",
            Self::RandomUuid => "random_uuid",
            Self::TransactionNow => "transaction_now",
            Self::ArrayContains => "list_contains",
            Self::RangeContains => "range_contains",
            Self::HStoreContains => "contains",
            Self::ArrayContainedBy | Self::RangeContainedBy | Self::HStoreContainedBy => "contained_by",
            Self::ArrayOverlap | Self::RangeOverlap => "overlap",
            Self::ArrayLength => "len",
            Self::ArrayIndex => "item",
            Self::ArraySlice => "slice",
            Self::HStoreValue => "key",
            Self::HStoreHasKey => "has_key",
            Self::HStoreHasKeys => "has_keys",
            Self::HStoreHasAnyKeys => "has_any_keys",
            Self::HStoreKeys => "keys",
            Self::HStoreValues => "values",
            Self::RangeFullyLess => "fully_lt",
            Self::RangeFullyGreater => "fully_gt",
            Self::RangeNotLess => "not_lt",
            Self::RangeNotGreater => "not_gt",
            Self::RangeAdjacent => "adjacent_to",
            Self::RangeStart => "start",
            Self::RangeEnd => "end",
            Self::RangeIsEmpty => "is_empty_range",
            Self::RangeLowerIncluded => "lower_inc",
            Self::RangeUpperIncluded => "upper_inc",
            Self::RangeLowerInfinite => "lower_inf",
            Self::RangeUpperInfinite => "upper_inf",
            Self::TrigramSimilar => "trigram_similar",
            Self::TrigramSimilarity => "trigram_similarity",
            Self::TrigramDistance => "trigram_distance",
            Self::TrigramWordSimilar => "trigram_word_similar",
            Self::TrigramWordSimilarity => "trigram_word_similarity",
            Self::TrigramWordDistance => "trigram_word_distance",
            Self::TrigramStrictWordSimilar => "trigram_strict_word_similar",
            Self::TrigramStrictWordSimilarity => "trigram_strict_word_similarity",
            Self::TrigramStrictWordDistance => "trigram_strict_word_distance",
            _ => "this function",
        }
    }
}

/// What is made of a group of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Aggregate {
    /// How many rows, or how many values that are not NULL.
    Count,
    /// The total.
    Sum,
    /// The total of integers: an integer of 64 bits.
    IntegerSum,
    /// The mean.
    Avg,
    /// The mean of integers or floating-point numbers: a floating-point number.
    FloatAvg,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The standard deviation of the whole population.
    StdDevPop,
    /// The standard deviation of a sample.
    StdDevSample,
    /// The variance of the whole population.
    VariancePop,
    /// The variance of a sample.
    VarianceSample,
    /// The texts, one after another.
    StringAgg,
    /// The value of one of the rows.
    AnyValue,
    /// Are all true? (PostgreSQL)
    BoolAnd,
    /// Is one true? (PostgreSQL)
    BoolOr,
    /// The bits that all have. (PostgreSQL)
    BitAnd,
    /// The bits that one has. (PostgreSQL)
    BitOr,
    /// The bits that an odd number has. (PostgreSQL)
    BitXor,
    /// The values as a list. (PostgreSQL)
    ArrayAgg,
    /// The values as a JSON array. (PostgreSQL)
    JsonAgg,
    /// The correlation coefficient of pairs, and the other statistics of linear regression. (PostgreSQL)
    Regression(Regression),
}

/// A statistic of pairs of numbers (y, x), by its SQL name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the SQL function of its name")]
pub enum Regression {
    Corr,
    CovarPop,
    CovarSample,
    AvgX,
    AvgY,
    Count,
    Intercept,
    R2,
    Slope,
    Sxx,
    Sxy,
    Syy,
}

impl Aggregate {
    /// What SQL calls it, or PostgreSQL where the others have no such thing.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "COUNT",
            Self::Sum | Self::IntegerSum => "SUM",
            Self::Avg | Self::FloatAvg => "AVG",
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::StdDevPop => "STDDEV_POP",
            Self::StdDevSample => "STDDEV_SAMP",
            Self::VariancePop => "VAR_POP",
            Self::VarianceSample => "VAR_SAMP",
            Self::StringAgg => "STRING_AGG",
            Self::AnyValue => "ANY_VALUE",
            Self::BoolAnd => "BOOL_AND",
            Self::BoolOr => "BOOL_OR",
            Self::BitAnd => "BIT_AND",
            Self::BitOr => "BIT_OR",
            Self::BitXor => "BIT_XOR",
            Self::ArrayAgg => "ARRAY_AGG",
            Self::JsonAgg => "JSONB_AGG",
            Self::Regression(which) => match which {
                Regression::Corr => "CORR",
                Regression::CovarPop => "COVAR_POP",
                Regression::CovarSample => "COVAR_SAMP",
                Regression::AvgX => "REGR_AVGX",
                Regression::AvgY => "REGR_AVGY",
                Regression::Count => "REGR_COUNT",
                Regression::Intercept => "REGR_INTERCEPT",
                Regression::R2 => "REGR_R2",
                Regression::Slope => "REGR_SLOPE",
                Regression::Sxx => "REGR_SXX",
                Regression::Sxy => "REGR_SXY",
                Regression::Syy => "REGR_SYY",
            },
        }
    }
}

/// A function of a row and those beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the SQL function of its name")]
pub enum WindowFunction {
    RowNumber,
    Rank,
    DenseRank,
    PercentRank,
    CumeDist,
    Ntile,
    Lag,
    Lead,
    FirstValue,
    LastValue,
    NthValue,
}

impl WindowFunction {
    /// What SQL calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RowNumber => "ROW_NUMBER",
            Self::Rank => "RANK",
            Self::DenseRank => "DENSE_RANK",
            Self::PercentRank => "PERCENT_RANK",
            Self::CumeDist => "CUME_DIST",
            Self::Ntile => "NTILE",
            Self::Lag => "LAG",
            Self::Lead => "LEAD",
            Self::FirstValue => "FIRST_VALUE",
            Self::LastValue => "LAST_VALUE",
            Self::NthValue => "NTH_VALUE",
        }
    }
}
