//! Dates, times and moments: their parts and beginnings, in a time zone.

use demijohn_core::model::{Date, Time, Timestamp, Value};
use demijohn_sql::{DatePart, DateUnit, Expr, Function, Temporal};
use std::marker::PhantomData;

use crate::{Column, Expression, FieldValue, Gives, Term};

/// A moment as the clocks of a time zone show it: `p.created_at.in_time_zone("Europe/Berlin")`.
#[derive(Debug, Clone)]
#[must_use = "ask it for a part (`.year()`), a beginning (`.trunc(…)`), `.date()` or `.time()`"]
pub struct InTimeZone<T> {
    moment: Expr,
    zone: String,
    _type: PhantomData<fn() -> T>,
}

fn call<R>(function: Function, value: Expr, zone: Option<String>) -> Expression<R> {
    let zone = zone.map(|zone| Expr::Value(Value::Text(zone)));
    Expression::from_expr(Expr::Call(function, std::iter::once(value).chain(zone).collect()))
}

macro_rules! parts {
    ($of:ident, $($(#[$doc:meta])* $name:ident => $part:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(self) -> Expression<T::Out>
        where
            T: Gives<i64>,
        {
            let (value, zone) = self.parts();
            call(Function::Extract(DatePart::$part, Temporal::$of), value, zone)
        }
    )+};
}

macro_rules! date_parts {
    ($of:ident) => {
        parts! {
            $of,
            /// The calendar year.
            year => Year;
            /// The year that the ISO week belongs to.
            iso_year => IsoYear;
            /// 1 to 4.
            quarter => Quarter;
            /// 1 to 12.
            month => Month;
            /// The ISO week, 1 to 53.
            week => Week;
            /// 1 (Sunday) to 7 (Saturday), as Django counts.
            week_day => WeekDay;
            /// 1 (Monday) to 7 (Sunday).
            iso_week_day => IsoWeekDay;
            /// The day of the month.
            day => Day;
        }
    };
}

macro_rules! time_parts {
    ($of:ident) => {
        parts! {
            $of,
            /// 0 to 23.
            hour => Hour;
            /// 0 to 59.
            minute => Minute;
            /// 0 to 59, without the fraction.
            second => Second;
        }
    };
}

macro_rules! moments {
    ($type:ident) => {
        /// Parts of moments; in UTC unless [`in_time_zone`](Column::in_time_zone) says otherwise.
        impl<T: FieldValue<Base = Timestamp>> $type<T> {
            date_parts!(Moment);
            time_parts!(Moment);

            /// The moment at which its year, month, week … began: `.trunc(DateUnit::Month)`.
            pub fn trunc(self, unit: DateUnit) -> Expression<T> {
                let (value, zone) = self.parts();
                call(Function::Trunc(unit, Temporal::Moment), value, zone)
            }

            /// The calendar date.
            pub fn date(self) -> Expression<T::Out>
            where
                T: Gives<Date>,
            {
                let (value, zone) = self.parts();
                call(Function::DateOf, value, zone)
            }

            /// The time of day.
            pub fn time(self) -> Expression<T::Out>
            where
                T: Gives<Time>,
            {
                let (value, zone) = self.parts();
                call(Function::TimeOf, value, zone)
            }
        }
    };
}

impl<T> InTimeZone<T> {
    fn parts(self) -> (Expr, Option<String>) {
        (self.moment, Some(self.zone))
    }
}

moments!(InTimeZone);

/// A value of a time zone's own: a date or a time of day.
trait Parts {
    fn parts(self) -> (Expr, Option<String>);
}

impl<T: Term> Parts for T {
    fn parts(self) -> (Expr, Option<String>) {
        (self.into_tree(), None)
    }
}

macro_rules! methods {
    ($type:ident) => {
        moments!($type);

        impl<T: FieldValue<Base = Timestamp>> $type<T> {
            /// As the clocks of this time zone show it: `Europe/Berlin`. A name that no zone has is an error of the
            /// query (`orm.time_zone`).
            pub fn in_time_zone(self, zone: impl Into<String>) -> InTimeZone<T> {
                InTimeZone { moment: self.into_tree(), zone: zone.into(), _type: PhantomData }
            }
        }
    };
}

methods!(Column);
methods!(Expression);

/// The functions of dates and of times of day have the names of those of moments, so they are a type's own.
macro_rules! of_type {
    ($value:ty, $of:ident, $parts:ident) => {
        of_type!(@one Column<$value>, $value, $of, $parts);
        of_type!(@one Column<Option<$value>>, Option<$value>, $of, $parts);
        of_type!(@one Expression<$value>, $value, $of, $parts);
        of_type!(@one Expression<Option<$value>>, Option<$value>, $of, $parts);
    };
    (@one $type:ty, $value:ty, $of:ident, date_parts) => {
        of_type!(@impl $type, $value, $of, [year Year, iso_year IsoYear, quarter Quarter, month Month, week Week,
            week_day WeekDay, iso_week_day IsoWeekDay, day Day]);
    };
    (@one $type:ty, $value:ty, $of:ident, time_parts) => {
        of_type!(@impl $type, $value, $of, [hour Hour, minute Minute, second Second]);
    };
    (@impl $type:ty, $value:ty, $of:ident, [$($name:ident $part:ident),+]) => {
        impl $type {
            $(
                #[doc = concat!("Its ", stringify!($name), ".")]
                pub fn $name(self) -> Expression<<$value as Gives<i64>>::Out> {
                    call(Function::Extract(DatePart::$part, Temporal::$of), self.into_tree(), None)
                }
            )+

            /// The beginning of its year, month, hour …
            pub fn trunc(self, unit: DateUnit) -> Expression<$value> {
                call(Function::Trunc(unit, Temporal::$of), self.into_tree(), None)
            }
        }
    };
}

of_type!(Date, Date, date_parts);
of_type!(Time, Time, time_parts);
