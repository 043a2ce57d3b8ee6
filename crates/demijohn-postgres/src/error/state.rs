//! What PostgreSQL's codes (SQLSTATE) mean to a caller.

use demijohn_core::{Error, ErrorKind};
use tokio_postgres::error::{DbError, SqlState};

use super::{CONNECTION, constraint, over};

/// Hint for a table or column that the models have and the database has not.
const MIGRATE: &str = "run `migrate`; if nothing is left to apply, run `makemigrations` first";

/// The error for what the server reports.
pub(super) fn of(error: &DbError) -> Error {
    let made = constraint::failed(error).unwrap_or_else(|| by_code(error));
    made.with_source(format!("{} (SQLSTATE {})", message(error), error.code().code()))
}

/// The server's words without the values: `invalid input syntax for type uuid: "…"` ends at the colon.
fn message(error: &DbError) -> &str {
    let text = error.message();
    text.find(": \"").map_or(text, |end| &text[..end])
}

fn by_code(error: &DbError) -> Error {
    let text = message(error).to_owned();
    let new = |kind, code, hint: &'static str| Error::new(kind, code, text.clone()).with_hint(hint);
    match error.code().code() {
        "42P01" => wrong("orm.no_such_table", format!("the database has no table {}", quoted(&text))),
        "42703" => wrong("orm.no_such_column", format!("the database has no column {}", quoted(&text))),
        "42883" => Error::misconfigured("orm.no_such_function", text)
            .with_hint("are the types of its arguments right, and is its extension installed?"),
        "42P07" | "42701" | "42710" | "42P06" | "42P04" => {
            let hint = "the table was changed by another program; tell `migrate` so with `--fake`";
            new(ErrorKind::Conflict, "orm.already_exists", hint)
        }
        "22001" => Error::new(ErrorKind::Invalid, "orm.too_long", text),
        "22003" | "22008" => Error::new(ErrorKind::Invalid, "orm.out_of_range", text),
        "22P02" | "22P03" | "22007" | "22021" | "22P05" | "22018" | "22023" | "22030" | "22032" => {
            Error::new(ErrorKind::Invalid, "orm.type", text)
        }
        "42804" | "42846" | "42P18" | "42P08" => {
            let hint = "a value stands where another type is wanted; say which it is: `CAST($1 AS integer)`";
            new(ErrorKind::Invalid, "orm.type", hint)
        }
        "40001" => new(ErrorKind::Conflict, "orm.serialization", "run the whole transaction again"),
        "40P01" => new(ErrorKind::Conflict, "orm.deadlock", "run the whole transaction again; lock rows in one order"),
        "55P03" => new(ErrorKind::Unavailable, "orm.lock", "another transaction holds it; try again later"),
        "57014" => timed_out(&text),
        "25P02" => over(),
        "25P01" | "25001" | "25P03" | "25000" => Error::new(ErrorKind::Conflict, "orm.transaction", text),
        "25006" => new(ErrorKind::Misconfigured, "orm.read_only", "the transaction or the server can only be read"),
        "42501" => new(ErrorKind::Misconfigured, "orm.permission", "grant it to the role that this program uses"),
        "53100" => new(ErrorKind::Unavailable, "orm.disk_full", "free some space on the server"),
        "53200" | "53400" => new(ErrorKind::Unavailable, "orm.memory", "ask for fewer rows at once"),
        "54000" | "54001" | "54011" | "54023" => new(ErrorKind::TooLarge, "orm.too_big", "split the statement"),
        "53300" => too_many(),
        _ if ended_connection(error.code()) => {
            new(ErrorKind::Unavailable, CONNECTION, "the server ended the connection; try again later")
        }
        code if code.starts_with("22") => Error::new(ErrorKind::Invalid, "orm.value", text),
        code if code.starts_with("23") => Error::new(ErrorKind::Conflict, "orm.constraint", text),
        "42601" => Error::new(ErrorKind::Internal, "orm.sql", text),
        code if code.starts_with("42") => Error::new(ErrorKind::Internal, "orm.sql", text),
        "P0001" => {
            let message = format!("a trigger or function of the database refused: {text}");
            Error::new(ErrorKind::Conflict, "orm.trigger", message)
        }
        _ => Error::new(ErrorKind::Internal, "orm.database", text),
    }
}

/// Is the connection over with this?
pub(super) fn ended_connection(code: &SqlState) -> bool {
    code.code().starts_with("08") || code.code().starts_with("57P")
}

/// 57014 is for whatever ends a statement from outside.
fn timed_out(text: &str) -> Error {
    if text.contains("lock timeout") {
        return Error::new(ErrorKind::Unavailable, "orm.lock", text.to_owned());
    }
    if text.contains("statement timeout") {
        return Error::new(ErrorKind::Timeout, "orm.statement_timeout", "the statement took longer than it may")
            .with_hint(
                "the limit is `?statement_timeout=…` in the address, in milliseconds, or the role's own setting",
            );
    }
    Error::new(ErrorKind::Unavailable, "orm.interrupted", text.to_owned())
}

fn too_many() -> Error {
    Error::new(ErrorKind::Unavailable, CONNECTION, "the server has no connection left for this program")
        .with_hint("lower `?pool=…` in the address, raise the server's `max_connections`, or put a PgBouncer between")
}

/// The server answered, and does not let us in.
pub(super) fn refused_login(error: &DbError, address: &str) -> Error {
    let text = error.message();
    match error.code().code() {
        "53300" => too_many(),
        code if code.starts_with("57P") => {
            Error::new(ErrorKind::Unavailable, CONNECTION, format!("{text}: `{address}`"))
                .with_hint("it will be there in a moment")
        }
        "3D000" => Error::misconfigured(CONNECTION, format!("the server at `{address}` has no such database"))
            .with_source(text.to_owned())
            .with_hint("make it with `createdb`, or mend the name in the address"),
        "28P01" | "28000" => Error::misconfigured(CONNECTION, format!("the server refuses the login to `{address}`"))
            .with_source(text.to_owned())
            .with_hint("look at the user and password in the address, and at the server's `pg_hba.conf`"),
        code => {
            let message = format!("the server at `{address}` refuses: {text}");
            Error::misconfigured(CONNECTION, message).with_source(format!("SQLSTATE {code}"))
        }
    }
}

fn wrong(code: &'static str, message: String) -> Error {
    Error::misconfigured(code, message).with_hint(MIGRATE)
}

/// `relation "a" does not exist`, `column "b" of relation "a" does not exist`, `column t0.b does not exist`: the names.
fn quoted(text: &str) -> String {
    let names: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
    match names.as_slice() {
        [name] => format!("`{name}`"),
        [column, table, ..] => format!("`{table}.{column}`"),
        [] => {
            let bare = text.strip_prefix("column ").and_then(|rest| rest.strip_suffix(" does not exist"));
            format!("`{}`", bare.unwrap_or(text))
        }
    }
}
