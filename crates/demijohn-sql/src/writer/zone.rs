//! Time zones where the database knows none: MySQL's servers often have no tables of them, and then answer NULL.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// From when to when a zone's changes are written out; before and after, the nearest one holds.
const FIRST: &str = "1900-01-01T00:00:00Z";
const LAST: &str = "2100-01-01T00:00:00Z";

/// Which clock the moments of change are read from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// The moment is in UTC.
    Utc,
    /// The moment is what the zone's own clocks show.
    Local,
}

/// Writes the offset of a zone in seconds at the moment that `moment` stands for, as MySQL's
/// `ELT(1 + INTERVAL(seconds, change, …), offset, …)`, which looks it up by bisection.
pub(super) fn offset(sql: &mut String, zone: &TimeZone, clock: Clock, moment: &str) {
    let (first, last): (Timestamp, Timestamp) =
        (FIRST.parse().expect("it is a moment"), LAST.parse().expect("it is a moment"));
    let mut offsets = vec![i64::from(zone.to_offset(first).seconds())];
    let mut changes = Vec::new();
    for change in zone.following(first).take_while(|change| change.timestamp() < last) {
        let before = *offsets.last().expect("it has the first");
        let after = i64::from(change.offset().seconds());
        if before == after {
            continue;
        }
        let at = change.timestamp().as_second();
        // A local time that comes twice is the first of the two, one that never comes is read by the old offset.
        changes.push(if clock == Clock::Utc { at } else { at + before.max(after) });
        offsets.push(after);
    }
    if changes.is_empty() {
        let _ = write!(sql, "{}", offsets[0]);
        return;
    }
    let _ = write!(sql, "ELT(1 + INTERVAL(TIMESTAMPDIFF(SECOND, '1970-01-01', {moment})");
    changes.iter().for_each(|change| {
        let _ = write!(sql, ", {change}");
    });
    sql.push(')');
    offsets.iter().for_each(|offset| {
        let _ = write!(sql, ", {offset}");
    });
    sql.push(')');
}
