//! Parts of dates and times, and their beginnings, in a time zone.

use demijohn_core::model::Value;
use jiff::tz::TimeZone;

use super::Writer;
use super::zone::{self, Clock};
use crate::{DatePart, DateUnit, Expr, Function, Temporal};

impl Writer {
    pub(super) fn temporal(&mut self, function: Function, arguments: Vec<Expr>) {
        let mut arguments = arguments.into_iter();
        let value = arguments.next().unwrap_or(Expr::Value(Value::Null));
        match function {
            Function::MomentPlus => return self.moment_and_duration(value, "+", arguments.next()),
            Function::MomentMinus => return self.moment_and_duration(value, "-", arguments.next()),
            Function::Difference(of) => return self.difference(of, value, arguments.next()),
            _ => {}
        }
        let zone = self.zone(arguments.next());
        match (self.dialect.name(), function) {
            ("sqlite", _) => self.sqlite_temporal(function, value, zone),
            ("postgres", Function::Extract(part, of)) => self.postgres_extract(part, of, value, zone),
            ("postgres", Function::Trunc(unit, of)) => self.postgres_trunc(unit, of, value, zone),
            ("postgres", other) => {
                self.sql.push('(');
                self.postgres_local(value, zone);
                self.sql.push_str(if other == Function::DateOf { ")::date" } else { ")::time" });
            }
            (_, Function::Extract(part, of)) => self.mysql_extract(part, of, value, &zone),
            (_, Function::Trunc(unit, of)) => self.mysql_trunc(unit, of, value, &zone),
            (_, other) => {
                let local = self.mysql_local(value, &zone);
                self.sql.push_str(if other == Function::DateOf { "DATE(" } else { "TIME(" });
                self.replay(&local);
                self.sql.push(')');
            }
        }
    }

    /// The zone that was named. One that nobody knows is an error before the database is asked.
    fn zone(&mut self, named: Option<Expr>) -> String {
        let Some(Expr::Value(Value::Text(name))) = named else { return "UTC".to_owned() };
        if name != "UTC" && TimeZone::get(&name).is_err() {
            let message = format!("there is no time zone `{}`", name.escape_debug());
            self.refuse("orm.time_zone", message, Some("zones are named as in `Europe/Berlin` or `UTC`".into()));
        }
        name
    }

    fn zone_name(&mut self, zone: String) {
        if zone == "UTC" { self.sql.push_str("'UTC'") } else { self.typed_value(Value::Text(zone)) }
    }

    fn sqlite_temporal(&mut self, function: Function, value: Expr, zone: String) {
        let (name, what, of) = match function {
            Function::Extract(part, Temporal::Moment) => ("django_datetime_extract", part.name(), Temporal::Moment),
            Function::Extract(part, Temporal::Date) => ("django_date_extract", part.name(), Temporal::Date),
            Function::Extract(part, Temporal::Time) => ("django_time_extract", part.name(), Temporal::Date),
            Function::Trunc(unit, Temporal::Moment) => ("demijohn_trunc", unit.name(), Temporal::Moment),
            Function::Trunc(unit, Temporal::Date) => ("django_date_trunc", unit.name(), Temporal::Time),
            Function::Trunc(unit, Temporal::Time) => ("django_time_trunc", unit.name(), Temporal::Time),
            Function::DateOf => ("django_datetime_cast_date", "", Temporal::Moment),
            _ => ("django_datetime_cast_time", "", Temporal::Moment),
        };
        self.sql.push_str(name);
        self.sql.push('(');
        if !what.is_empty() {
            self.sql.push('\'');
            self.sql.push_str(what);
            self.sql.push_str("', ");
        }
        self.expr(value);
        match of {
            Temporal::Moment => {
                self.sql.push_str(", ");
                self.zone_name(zone);
                self.sql.push_str(", 'UTC'");
            }
            Temporal::Date => {}
            Temporal::Time => self.sql.push_str(", NULL, NULL"),
        }
        self.sql.push(')');
    }

    fn postgres_local(&mut self, value: Expr, zone: String) {
        self.operand(value);
        self.sql.push_str(" AT TIME ZONE ");
        self.zone_name(zone);
    }

    fn postgres_extract(&mut self, part: DatePart, of: Temporal, value: Expr, zone: String) {
        self.sql.push_str(match part {
            DatePart::Second => "FLOOR(EXTRACT(",
            DatePart::WeekDay => "(EXTRACT(",
            _ => "EXTRACT(",
        });
        self.sql.push_str(match part {
            DatePart::Year => "YEAR",
            DatePart::IsoYear => "ISOYEAR",
            DatePart::Quarter => "QUARTER",
            DatePart::Month => "MONTH",
            DatePart::Week => "WEEK",
            DatePart::WeekDay => "DOW",
            DatePart::IsoWeekDay => "ISODOW",
            DatePart::Day => "DAY",
            DatePart::Hour => "HOUR",
            DatePart::Minute => "MINUTE",
            DatePart::Second => "SECOND",
        });
        self.sql.push_str(" FROM ");
        if of == Temporal::Moment {
            self.postgres_local(value, zone);
        } else {
            self.operand(value);
        }
        self.sql.push_str(match part {
            DatePart::Second => "))::bigint",
            DatePart::WeekDay => ") + 1)::bigint",
            _ => ")::bigint",
        });
    }

    fn postgres_trunc(&mut self, unit: DateUnit, of: Temporal, value: Expr, zone: String) {
        self.sql.push_str("DATE_TRUNC('");
        self.sql.push_str(unit.name());
        self.sql.push_str("', ");
        match of {
            // With a zone, the moment at which the unit begins there.
            Temporal::Moment => {
                self.expr(value);
                self.sql.push_str(", ");
                self.zone_name(zone);
                self.sql.push(')');
            }
            Temporal::Date => {
                self.operand(value);
                self.sql.push_str("::timestamp)::date");
            }
            Temporal::Time => {
                self.operand(value);
                self.sql.push_str(")::time");
            }
        }
    }

    /// Writes an expression aside, to be written several times: its text and its values.
    pub(super) fn aside(&mut self, write: impl FnOnce(&mut Self)) -> Aside {
        let (sql, params) = (std::mem::take(&mut self.sql), self.params.len());
        write(self);
        Aside { sql: std::mem::replace(&mut self.sql, sql), params: self.params.split_off(params) }
    }

    /// Writes what was written aside. Placeholders without a number only (SQLite, MySQL).
    pub(super) fn replay(&mut self, aside: &Aside) {
        self.sql.push_str(&aside.sql);
        self.params.extend(aside.params.iter().cloned());
    }

    /// A moment in UTC as the clocks of a zone show it.
    fn mysql_local(&mut self, value: Expr, zone: &str) -> Aside {
        let value = self.aside(|writer| writer.operand(value));
        self.mysql_shift(value, zone, Clock::Utc, "+")
    }

    fn mysql_shift(&mut self, value: Aside, zone: &str, clock: Clock, sign: &str) -> Aside {
        let zone = if zone == "UTC" { None } else { TimeZone::get(zone).ok() };
        let Some(zone) = zone else { return value };
        self.aside(|writer| {
            writer.sql.push('(');
            writer.replay(&value);
            writer.sql.push(' ');
            writer.sql.push_str(sign);
            writer.sql.push_str(" INTERVAL ");
            let start = writer.sql.len();
            zone::offset(&mut writer.sql, &zone, clock, &value.sql);
            // A zone that never changed its clocks does not look at the moment.
            if writer.sql[start..].starts_with("ELT") {
                writer.params.extend(value.params);
            }
            writer.sql.push_str(" SECOND)");
        })
    }

    fn mysql_extract(&mut self, part: DatePart, of: Temporal, value: Expr, zone: &str) {
        let local = if of == Temporal::Moment {
            self.mysql_local(value, zone)
        } else {
            self.aside(|writer| writer.operand(value))
        };
        let (before, after) = match part {
            DatePart::Year => ("EXTRACT(YEAR FROM ", ")"),
            DatePart::IsoYear => ("(YEARWEEK(", ", 3) DIV 100)"),
            DatePart::Quarter => ("EXTRACT(QUARTER FROM ", ")"),
            DatePart::Month => ("EXTRACT(MONTH FROM ", ")"),
            DatePart::Week => ("WEEK(", ", 3)"),
            DatePart::WeekDay => ("DAYOFWEEK(", ")"),
            DatePart::IsoWeekDay => ("(WEEKDAY(", ") + 1)"),
            DatePart::Day => ("EXTRACT(DAY FROM ", ")"),
            DatePart::Hour => ("EXTRACT(HOUR FROM ", ")"),
            DatePart::Minute => ("EXTRACT(MINUTE FROM ", ")"),
            DatePart::Second => ("EXTRACT(SECOND FROM ", ")"),
        };
        self.sql.push_str(before);
        self.replay(&local);
        self.sql.push_str(after);
    }

    fn mysql_trunc(&mut self, unit: DateUnit, of: Temporal, value: Expr, zone: &str) {
        if of != Temporal::Moment {
            let value = self.aside(|writer| writer.operand(value));
            return self.mysql_trunc_local(unit, of, &value);
        }
        if unit.is_of_time() {
            // What is cut off is the same on every clock whose offset is known to the minute.
            let local = self.mysql_local(value.clone(), zone);
            self.sql.push('(');
            self.operand(value);
            self.sql.push_str(" - INTERVAL (");
            let parts: &[(&str, u32)] = match unit {
                DateUnit::Hour => &[("MINUTE", 60_000_000), ("SECOND", 1_000_000), ("MICROSECOND", 1)],
                DateUnit::Minute => &[("SECOND", 1_000_000), ("MICROSECOND", 1)],
                _ => &[("MICROSECOND", 1)],
            };
            for (n, (part, micros)) in parts.iter().enumerate() {
                self.sql.push_str(if n == 0 { "" } else { " + " });
                self.sql.push_str(part);
                self.sql.push('(');
                self.replay(&local);
                self.sql.push_str(&format!(") * {micros}"));
            }
            return self.sql.push_str(") MICROSECOND)");
        }
        let local = self.mysql_local(value, zone);
        let local = self.aside(|writer| writer.mysql_trunc_local(unit, of, &local));
        let moment = self.mysql_shift(local, zone, Clock::Local, "-");
        self.replay(&moment);
    }

    fn mysql_trunc_local(&mut self, unit: DateUnit, of: Temporal, value: &Aside) {
        let (before, between, after) = match (unit, of) {
            (DateUnit::Year, _) => ("DATE_FORMAT(", None, ", '%Y-01-01')"),
            (DateUnit::Month, _) => ("DATE_FORMAT(", None, ", '%Y-%m-01')"),
            (DateUnit::Quarter, _) => {
                ("DATE_ADD(MAKEDATE(YEAR(", Some("), 1), INTERVAL (QUARTER("), ") - 1) * 3 MONTH)")
            }
            (DateUnit::Week, _) => ("DATE_SUB(DATE(", Some("), INTERVAL WEEKDAY("), ") DAY)"),
            (DateUnit::Day, _) => ("DATE(", None, ")"),
            (DateUnit::Hour, _) => ("TIME_FORMAT(", None, ", '%H:00:00')"),
            (DateUnit::Minute, _) => ("TIME_FORMAT(", None, ", '%H:%i:00')"),
            (DateUnit::Second, _) => ("TIME_FORMAT(", None, ", '%H:%i:%s')"),
        };
        self.sql.push_str("CAST(");
        self.sql.push_str(before);
        self.replay(value);
        if let Some(between) = between {
            self.sql.push_str(between);
            self.replay(value);
        }
        self.sql.push_str(after);
        self.sql.push_str(match of {
            Temporal::Moment => " AS DATETIME(6))",
            Temporal::Date => " AS DATE)",
            Temporal::Time => " AS TIME(6))",
        });
    }

    fn moment_and_duration(&mut self, moment: Expr, sign: &str, duration: Option<Expr>) {
        let duration = duration.unwrap_or(Expr::Value(Value::Null));
        match self.dialect.name() {
            "sqlite" => {
                self.sql.push_str("django_format_dtdelta('");
                self.sql.push_str(sign);
                self.sql.push_str("', ");
                self.expr(moment);
                self.sql.push_str(", ");
                self.expr(duration);
                self.sql.push(')');
            }
            "mysql" => {
                self.sql.push('(');
                self.operand(moment);
                self.sql.push_str(&format!(" {sign} INTERVAL "));
                self.operand(duration);
                self.sql.push_str(" MICROSECOND)");
            }
            _ => {
                self.sql.push('(');
                self.operand(moment);
                self.sql.push_str(&format!(" {sign} "));
                self.operand(duration);
                self.sql.push(')');
            }
        }
    }

    fn difference(&mut self, of: Temporal, left: Expr, right: Option<Expr>) {
        let right = right.unwrap_or(Expr::Value(Value::Null));
        let (before, between, after, turned) = match (self.dialect.name(), of) {
            ("sqlite", Temporal::Time) => ("django_time_diff(", ", ", ")", false),
            ("sqlite", _) => ("django_timestamp_diff(", ", ", ")", false),
            ("mysql", Temporal::Time) => ("CAST((TIME_TO_SEC(", ") - TIME_TO_SEC(", ")) * 1000000 AS SIGNED)", false),
            ("mysql", _) => ("TIMESTAMPDIFF(MICROSECOND, ", ", ", ")", true),
            (_, Temporal::Date) => ("(INTERVAL '1 day' * (", " - ", "))", false),
            _ => ("(", " - ", ")", false),
        };
        let (left, right) = if turned { (right, left) } else { (left, right) };
        self.sql.push_str(before);
        self.operand(left);
        self.sql.push_str(between);
        self.operand(right);
        self.sql.push_str(after);
    }
}

/// An expression that was written aside.
pub(super) struct Aside {
    pub(super) sql: String,
    params: Vec<Value>,
}
