//! Opening connections, and saying why it cannot be done.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use demijohn_core::{Error, Result};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::failure;
use crate::functions;
use crate::options::{Mode, Options};

/// A busy site has a few hundred different statements; a prepared one keeps some kilobytes.
const CACHED_STATEMENTS: usize = 256;

/// Pages that a connection keeps: 8 MB, filled only as they are read. With SQLite's 2 MB, random reads in a table of
/// 3 MB took 1.5 times as long.
const CACHE_SIZE: &str = "PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY";

/// How connections to one file are opened.
#[derive(Debug, Clone)]
pub(crate) struct Opener {
    path: PathBuf,
    mode: Mode,
    /// How long another program may hold the file while it is opened.
    busy_timeout: Duration,
    /// How long SQLite itself waits for another program afterwards, on this thread.
    blocking_wait: Duration,
}

/// A database as it was found.
pub(crate) struct Opened {
    pub(crate) writer: Connection,
    /// None is memory, where one connection does everything.
    pub(crate) opener: Option<Opener>,
    /// Do readers and the writer leave each other alone?
    pub(crate) is_wal: bool,
}

/// Opens the connection that writes, and brings the file into WAL mode.
pub(crate) fn open(options: &Options) -> Result<Opened> {
    let Some(path) = &options.path else {
        let writer = Connection::open_in_memory().map_err(|error| failure(&error, "open"))?;
        functions::register(&writer)?;
        prepare_writer(&writer)?;
        return Ok(Opened { writer, opener: None, is_wal: false });
    };
    refuse_wrong_place(path, options.mode)?;
    let busy_timeout = options.busy_timeout;
    let mut opener = Opener { path: path.clone(), mode: options.mode, busy_timeout, blocking_wait: busy_timeout };
    let writer = opener.connection()?;
    let is_wal = is_wal(&writer).map_err(|error| opener.cannot_open(&error))?;
    if is_wal {
        // In WAL mode nobody but a second writer waits, and that wait is ours: it holds up no thread.
        opener.blocking_wait = Duration::ZERO;
    }
    prepare_writer(&writer)?;
    set_wait(&writer, opener.blocking_wait)?;
    Ok(Opened { writer, opener: Some(opener), is_wal })
}

impl Opener {
    /// Opens a connection for reading.
    pub(crate) fn reader(&self) -> Result<Connection> {
        let connection = self.connection()?;
        batch(&connection, "PRAGMA query_only = ON")?;
        batch(&connection, CACHE_SIZE)?;
        set_wait(&connection, self.blocking_wait)?;
        Ok(connection)
    }

    fn connection(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
            | match self.mode {
                Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
                Mode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
                Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            };
        let connection = Connection::open_with_flags(&self.path, flags).map_err(|error| self.cannot_open(&error))?;
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        set_wait(&connection, self.busy_timeout)?;
        functions::register(&connection)?;
        // The first look into the file: opening alone reads nothing.
        connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
            .map_err(|error| self.cannot_open(&error))?;
        Ok(connection)
    }

    #[cold]
    fn cannot_open(&self, error: &rusqlite::Error) -> Error {
        let path = self.path.display();
        let made = match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                Error::misconfigured("sqlite.not_a_database", format!("the file `{path}` is not an SQLite database"))
                    .with_hint("name another file, or move this one away and let a new database be made")
            }
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                Error::misconfigured("sqlite.cannot_open", format!("the database file `{path}` cannot be opened"))
                    .with_hint("this program must be allowed to read and write the file and to make files beside it")
            }
            _ => return failure(error, &format!("open {path}")),
        };
        made.with_source(error.to_string())
    }
}

/// Brings the file into WAL mode, where it can be; a database that another program uses at this moment, or that cannot
/// be written, stays as it is.
fn is_wal(connection: &Connection) -> rusqlite::Result<bool> {
    let mode = |pragma| connection.query_row(pragma, [], |row| row.get::<_, String>(0));
    let now = mode("PRAGMA journal_mode")?;
    if now == "wal" || connection.is_readonly("main")? {
        return Ok(now == "wal");
    }
    Ok(mode("PRAGMA journal_mode = WAL").is_ok_and(|now| now == "wal"))
}

fn prepare_writer(connection: &Connection) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // In WAL mode, NORMAL loses no commit when the program dies, and syncs only at checkpoints. Elsewhere FULL is needed.
    let mode: String = connection
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .map_err(|error| failure(&error, "PRAGMA journal_mode"))?;
    let synchronous = if mode == "wal" { "NORMAL" } else { "FULL" };
    batch(connection, CACHE_SIZE)?;
    // A long read lets the WAL grow; this is what stays of it afterwards.
    batch(connection, "PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864")?;
    batch(connection, &format!("PRAGMA synchronous = {synchronous}"))
}

fn set_wait(connection: &Connection, wait: Duration) -> Result<()> {
    connection.busy_timeout(wait).map_err(|error| failure(&error, "PRAGMA busy_timeout"))
}

fn batch(connection: &Connection, sql: &str) -> Result<()> {
    connection.execute_batch(sql).map_err(|error| failure(&error, sql))
}

/// What can be seen without opening the file. Opening and closing it here would drop the locks that SQLite holds on it
/// in this process (POSIX locks belong to the process and its files, not to a handle).
fn refuse_wrong_place(path: &Path, mode: Mode) -> Result<()> {
    let shown = path.display();
    match path.metadata() {
        Ok(found) if found.is_dir() => {
            Err(Error::misconfigured("sqlite.is_a_folder", format!("`{shown}` is a folder, not a database file"))
                .with_hint(format!("name a file in it: `sqlite:{}`", path.join("db.sqlite3").display())))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::misconfigured("sqlite.cannot_open", format!("the database file `{shown}` cannot be opened"))
                .with_source(error)
                .with_hint("this program must be allowed to enter the folder and to read and write the file"))
        }
        Err(_) if mode != Mode::Create => {
            Err(Error::misconfigured("sqlite.no_file", format!("there is no database file `{shown}`"))
                .with_hint("look for a typing mistake, or leave out `mode`: then the file is made"))
        }
        Err(_) => match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) if !folder.is_dir() => Err(missing_folder(folder, path)),
            _ => Ok(()),
        },
    }
}

fn missing_folder(folder: &Path, path: &Path) -> Error {
    let (folder, path) = (folder.display(), path.display());
    Error::misconfigured("sqlite.no_folder", format!("there is no folder `{folder}` for the database file `{path}`"))
        .with_hint(format!("make it (`mkdir -p {folder}`), or name a file in a folder that is there"))
}
