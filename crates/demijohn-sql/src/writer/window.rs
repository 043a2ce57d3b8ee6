//! `… OVER (PARTITION BY … ORDER BY … frame)`.

use super::Writer;
use crate::{Expr, Frame, FrameEnd, FrameExclusion, FrameUnit, Window, WindowCall};

impl Writer {
    pub(super) fn window(&mut self, window: Window) {
        let mut after = "";
        match window.function {
            WindowCall::Function(function, arguments) => {
                self.sql.push_str(function.name());
                self.sql.push('(');
                for (n, argument) in arguments.into_iter().enumerate() {
                    self.sql.push_str(if n == 0 { "" } else { ", " });
                    self.window_argument(n, argument);
                }
                self.sql.push(')');
            }
            WindowCall::Aggregate(Expr::Aggregate { function, distinct, argument, filter, more }) => {
                if distinct {
                    self.unsupported("DISTINCT over a window", "no database has it; count in a subquery");
                }
                let (before, behind) = self.result_cast(function);
                self.sql.push_str(before);
                after = behind;
                self.bare_aggregate(function, false, argument, filter, more);
            }
            WindowCall::Aggregate(other) => {
                self.unsupported(
                    "a window over what is neither an aggregate nor a window function",
                    "call `.over(…)` on `sum(…)`, `row_number()` and their like",
                );
                self.expr(other);
            }
        }
        self.sql.push_str(" OVER (");
        let mut space = "";
        for (n, expr) in window.partition.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "PARTITION BY " } else { ", " });
            self.expr(expr);
            space = " ";
        }
        if !window.order.is_empty() {
            let start = self.sql.len();
            self.order_by(window.order);
            if space.is_empty() {
                self.sql.remove(start);
            }
            space = " ";
        }
        if let Some(frame) = window.frame {
            self.sql.push_str(space);
            self.frame(frame);
        }
        self.sql.push(')');
        self.sql.push_str(after);
    }

    /// PostgreSQL takes 32-bit numbers for how many rows (`NTILE`, `LAG`, `NTH_VALUE`).
    fn window_argument(&mut self, n: usize, argument: Expr) {
        let count = matches!(&argument, Expr::Value(demijohn_core::model::Value::Int(_))) && n < 2;
        self.expr(argument);
        if count && self.dialect.name() == "postgres" {
            self.sql.push_str("::integer");
        }
    }

    fn frame(&mut self, frame: Frame) {
        if self.dialect.name() == "mysql" && (frame.unit == FrameUnit::Groups || frame.exclude.is_some()) {
            self.unsupported("GROUPS and EXCLUDE in a window's frame", "use `rows` or `range` without `exclude`");
        }
        self.sql.push_str(match frame.unit {
            FrameUnit::Rows => "ROWS BETWEEN ",
            FrameUnit::Range => "RANGE BETWEEN ",
            FrameUnit::Groups => "GROUPS BETWEEN ",
        });
        self.frame_end(frame.start, "PRECEDING");
        self.sql.push_str(" AND ");
        self.frame_end(frame.end, "FOLLOWING");
        self.sql.push_str(match frame.exclude {
            None => "",
            Some(FrameExclusion::CurrentRow) => " EXCLUDE CURRENT ROW",
            Some(FrameExclusion::Group) => " EXCLUDE GROUP",
            Some(FrameExclusion::Ties) => " EXCLUDE TIES",
        });
    }

    fn frame_end(&mut self, end: FrameEnd, unbounded: &str) {
        match end {
            FrameEnd::Unbounded => {
                self.sql.push_str("UNBOUNDED ");
                self.sql.push_str(unbounded);
            }
            FrameEnd::Offset(0) => self.sql.push_str("CURRENT ROW"),
            // Databases want the numbers written out.
            FrameEnd::Offset(count) => {
                self.sql.push_str(&count.unsigned_abs().to_string());
                self.sql.push_str(if count < 0 { " PRECEDING" } else { " FOLLOWING" });
            }
        }
    }
}
