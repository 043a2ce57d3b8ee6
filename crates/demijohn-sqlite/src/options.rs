//! [`Options`]: what an address says.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use demijohn_core::{Error, Result, suggest};
use demijohn_sql::Driver;
use percent_encoding::percent_decode_str;

use crate::driver::SqliteDriver;

const FORMS: &str = "`sqlite:PATH`, `sqlite://PATH`, `sqlite::memory:` or a plain path";
const PARAMETERS: [&str; 4] = ["mode", "busy_timeout", "wait", "readers"];
const MODES: [&str; 4] = ["ro", "rw", "rwc", "memory"];

/// What may be done with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Mode {
    /// Read, and nothing else.
    ReadOnly,
    /// Read and write a file that is there.
    ReadWrite,
    /// Read and write; make the file if it is not there.
    #[default]
    Create,
}

/// How a database is opened: an address, taken apart.
///
/// | after `?` | is | default |
/// |---|---|---|
/// | `mode` | `ro`, `rw`, `rwc` (make the file if it is not there) or `memory` | `rwc` |
/// | `busy_timeout` | how many milliseconds to wait for *another program* that holds the file | 5000 |
/// | `wait` | how many milliseconds to wait for a turn to write in *this* program | 30000 |
/// | `readers` | how many connections may read at once | twice the cores, at least 8 |
///
/// ```
/// use demijohn_sqlite::{Mode, Options};
///
/// assert_eq!(Options::parse("sqlite:shop.db?mode=ro")?.mode(), Mode::ReadOnly);
/// let error = Options::parse("sqlite:shop.db?mod=ro").unwrap_err();
/// assert_eq!(error.hint(), Some("did you mean `mode`?"));
/// # demijohn_core::Result::<()>::Ok(())
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) address: String,
    /// None is memory.
    pub(crate) path: Option<PathBuf>,
    pub(crate) mode: Mode,
    pub(crate) busy_timeout: Duration,
    pub(crate) wait: Duration,
    pub(crate) readers: usize,
}

impl Options {
    /// Takes an address apart.
    ///
    /// # Errors
    /// Misconfigured when the scheme is not SQLite's or a parameter is unknown.
    pub fn parse(address: &str) -> Result<Self> {
        let mut options = Self {
            address: address.to_owned(),
            path: None,
            mode: Mode::default(),
            busy_timeout: Duration::from_secs(5),
            wait: Duration::from_secs(30),
            readers: std::thread::available_parallelism().map_or(8, |cores| (cores.get() * 2).clamp(8, 64)),
        };
        let (path, query) = match rest_of_url(address)? {
            None => (PathBuf::from(address), ""),
            Some(rest) => {
                let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
                (PathBuf::from(decoded(path)?), query)
            }
        };
        if path.as_os_str().is_empty() {
            return Err(Error::misconfigured("sqlite.address", format!("the address `{address}` names no file"))
                .with_hint(format!("write {FORMS}")));
        }
        if path.as_os_str() != ":memory:" {
            refuse_doubtful_root(address, &path)?;
            options.path = Some(path);
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            options.set(name, &decoded(value)?)?;
        }
        Ok(options)
    }

    /// What may be done with the file.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Waits so long for another program that holds the file.
    pub fn with_busy_timeout(mut self, limit: Duration) -> Self {
        self.busy_timeout = limit;
        self
    }

    /// Waits so long for a turn to write, or to migrate.
    pub fn with_wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// Opens the database; it needs a tokio runtime with its timer on.
    ///
    /// # Errors
    /// Misconfigured when the folder is missing, the file is no database, or it may not be opened.
    pub async fn connect(self) -> Result<Arc<dyn Driver>> {
        let opening = tokio::task::spawn_blocking(move || SqliteDriver::open(self));
        Ok(Arc::new(opening.await.map_err(Error::from)??))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        match name {
            "mode" => match value {
                "ro" => self.mode = Mode::ReadOnly,
                "rw" => self.mode = Mode::ReadWrite,
                "rwc" => self.mode = Mode::Create,
                "memory" => self.path = None,
                _ => return Err(wrong_value(name, value, &format!("choices are {}", suggest::list(MODES)))),
            },
            "busy_timeout" => self.busy_timeout = milliseconds(name, value)?,
            "wait" => self.wait = milliseconds(name, value)?,
            "readers" => {
                self.readers = match value.parse() {
                    Ok(readers @ 1..=256) => readers,
                    _ => return Err(wrong_value(name, value, "a number from 1 to 256 is possible")),
                }
            }
            _ => return Err(unknown_parameter(name)),
        }
        Ok(())
    }
}

/// What follows the scheme of an address; None when it is a plain path.
fn rest_of_url(address: &str) -> Result<Option<&str>> {
    let Some((scheme, rest)) = address.split_once(':') else { return Ok(None) };
    // `:memory:` has no scheme, and one letter is a drive of Windows.
    let is_scheme =
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !is_scheme {
        return Ok(None);
    }
    match scheme {
        "sqlite" | "sqlite3" => Ok(Some(rest.strip_prefix("//").unwrap_or(rest))),
        _ => Err(Error::misconfigured(
            "sqlite.unknown_scheme",
            format!("unknown scheme `{scheme}` in the address of an SQLite database; possible are {FORMS}"),
        )
        .with_hint("another database needs its own driver: turn on its feature in `Cargo.toml`")),
    }
}

fn decoded(text: &str) -> Result<String> {
    percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| {
        Error::misconfigured("sqlite.address", format!("`{text}` in the address of the database is not UTF-8"))
            .with_hint("write a `%` of the path itself as `%25`")
    })
}

/// Three slashes are an absolute path, but some other tools read them as a relative one. Guessing would make an
/// empty database beside the right one.
fn refuse_doubtful_root(address: &str, path: &std::path::Path) -> Result<()> {
    let Some(relative) = address.split_once(":///").map(|_| path.strip_prefix("/").unwrap_or(path)) else {
        return Ok(());
    };
    if path.exists() || !relative.exists() {
        return Ok(());
    }
    let (path, relative) = (path.display(), relative.display());
    Err(Error::misconfigured("sqlite.address", format!("three slashes mean the file `{path}`, which is not there"))
        .with_hint(format!("write `sqlite:{relative}` for the file `{relative}` in this folder")))
}

fn milliseconds(name: &str, value: &str) -> Result<Duration> {
    match value.parse() {
        Ok(number @ 0..=86_400_000) => Ok(Duration::from_millis(number)),
        _ => Err(wrong_value(name, value, "a number of milliseconds from 0 to 86400000 is possible")),
    }
}

fn wrong_value(name: &str, value: &str, possible: &str) -> Error {
    Error::misconfigured("sqlite.parameter", format!("`{name}={value}` in the address of the database; {possible}"))
}

fn unknown_parameter(name: &str) -> Error {
    let choices = suggest::list(PARAMETERS);
    let error = Error::misconfigured(
        "sqlite.parameter",
        format!("unknown parameter `{name}` in the address of the database; choices are {choices}"),
    );
    match suggest::nearest(name, PARAMETERS) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error,
    }
}
