//! Constraints that failed and values that do not fit, from the words in which the server says which.

use demijohn_core::{Error, ErrorKind};

use super::{last_part, named};

/// The error for a constraint that failed or a value that did not fit; None when it is about something else.
pub(super) fn failed(code: u16, text: &str) -> Option<Error> {
    let column = || named(text).unwrap_or("?");
    let invalid = |code, message| Some(Error::new(ErrorKind::Invalid, code, message));
    match code {
        // "Duplicate entry 'VALUE' for key 'table.index'": the value is not for the log.
        1022 | 1062 | 1169 | 1557 | 1586 | 1761 | 1762 => {
            let index = text.rsplit('\'').nth(1).filter(|_| text.contains(" for key ")).map(last_part);
            let message = match index {
                Some("PRIMARY") => "a row with the same primary key is there already".to_owned(),
                Some(index) => format!("a row with the same values in the unique index `{index}` is there already"),
                None => "a row with the same key is there already".to_owned(),
            };
            Some(Error::new(ErrorKind::Conflict, "orm.unique", message))
        }
        1451 | 1217 => Some(
            Error::new(
                ErrorKind::Conflict,
                "orm.foreign_key",
                format!("rows{} still refer to this one", from_table(text)),
            )
            .with_hint("remove the rows that refer to a row before it"),
        ),
        1452 | 1216 => Some(
            Error::new(ErrorKind::Conflict, "orm.foreign_key", "a foreign key would refer to a row that is not there")
                .with_hint("save the row that is referred to first; remove the rows that refer to a row before it"),
        ),
        1048 | 1364 | 1263 => invalid("orm.not_null", format!("`{}` must not be NULL", column())),
        // MySQL: "Check constraint 'name' is violated."; MariaDB: "CONSTRAINT `name` failed for `database`.`table`".
        3819 | 4025 => {
            let name = text.split(['\'', '`']).nth(1).unwrap_or("?");
            invalid("orm.check", format!("the check `{name}` fails"))
        }
        1406 => invalid("orm.too_long", format!("the value is too long for `{}`", column())),
        1264 => invalid("orm.out_of_range", format!("the number is beyond what `{}` can hold", column())),
        1690 | 1365 => invalid("orm.out_of_range", "a calculation leaves what the column can hold".to_owned()),
        1265 | 1292 | 1366 | 1411 | 1525 | 3140 | 3141 => {
            let column = text.split("column ").nth(1).and_then(|rest| rest.split(" at row").next());
            let column = column.map(|name| name.rsplit(['.']).next().unwrap_or(name).trim_matches(['`', '\'']));
            let of = column.map(|name| format!(", `{name}`,")).unwrap_or_default();
            invalid("orm.type", format!("a value is of a type that its column{of} cannot keep"))
        }
        _ => None,
    }
}

/// ` of `table``, from "… fails (`database`.`table`, CONSTRAINT …".
fn from_table(text: &str) -> String {
    let table = text.split("(`").nth(1).and_then(|rest| rest.split('`').nth(2));
    table.map(|table| format!(" of `{table}`")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::failed;

    #[test]
    fn never_shows_the_value_of_a_unique_column() {
        let text = "Duplicate entry 'hunter2' for key 'auth_user.username'";
        let error = failed(1062, text).expect("it is a constraint");
        assert_eq!(error.message(), "a row with the same values in the unique index `username` is there already");
        assert!(!format!("{error:#?}").contains("hunter2"));
    }

    #[test]
    fn names_the_table_that_still_refers() {
        let text = "Cannot delete or update a parent row: a foreign key constraint fails (`shop`.`cup`, CONSTRAINT `c` FOREIGN KEY …";
        assert_eq!(failed(1451, text).expect("it is one").message(), "rows of `cup` still refer to this one");
    }
}
