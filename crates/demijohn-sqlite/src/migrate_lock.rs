//! [`MigrateLock`]: only one program migrates a database at once.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use demijohn_core::{Error, ErrorKind, Result};
use tokio::time::Instant;

const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The lock: of a file beside the database, which the operating system gives back when its holder dies; in memory, of
/// this driver alone.
pub(crate) enum MigrateLock {
    File(PathBuf),
    Memory(Arc<tokio::sync::Mutex<()>>),
}

impl MigrateLock {
    pub(crate) fn new(database: Option<&Path>) -> Self {
        match database {
            None => Self::Memory(Arc::default()),
            Some(path) => {
                let mut name = path.as_os_str().to_owned();
                name.push(".migrate-lock");
                Self::File(name.into())
            }
        }
    }

    /// Takes the lock; dropping the guard gives it back.
    pub(crate) async fn acquire(&self, wait: Duration, address: &str) -> Result<Box<dyn Send + Sync>> {
        match self {
            Self::Memory(lock) => {
                let guard = tokio::time::timeout(wait, Arc::clone(lock).lock_owned()).await;
                Ok(Box::new(guard.map_err(|_| waited_in_vain(wait, address, None))?))
            }
            Self::File(path) => {
                let start = Instant::now();
                loop {
                    if let Some(held) = Held::try_take(path)? {
                        return Ok(Box::new(held));
                    }
                    if start.elapsed() >= wait {
                        return Err(waited_in_vain(wait, address, Some(path)));
                    }
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            }
        }
    }
}

/// The lock file while it is locked. It goes when the lock goes.
struct Held {
    file: File,
    path: PathBuf,
}

impl Held {
    /// None when somebody else has it.
    fn try_take(path: &Path) -> Result<Option<Self>> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| cannot_lock(path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(cannot_lock(path, error)),
        }
        if !is_still(path, &file) {
            return Ok(None);
        }
        // Only for the message of those who wait.
        let _ = file.set_len(0).and_then(|()| writeln!(&file, "{}", std::process::id()));
        Ok(Some(Self { file, path: path.to_owned() }))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Removed while it is locked: whoever has it open sees that the name is gone and makes a new one.
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// Does the name still lead to this file? Its last holder may have removed it between our opening and our locking.
#[cfg(unix)]
fn is_still(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (path.metadata(), file.metadata()) {
        (Ok(named), Ok(open)) => (named.dev(), named.ino()) == (open.dev(), open.ino()),
        _ => false,
    }
}

/// Windows does not remove a file while somebody has it open, so the name leads to it as long as it is locked.
#[cfg(not(unix))]
fn is_still(_: &Path, _: &File) -> bool {
    true
}

#[cold]
fn waited_in_vain(wait: Duration, address: &str, path: Option<&Path>) -> Error {
    let message = match path.map(|path| (path.display(), holder(path))) {
        None => format!("waited {wait:?} to migrate `{address}`, which this program is migrating already"),
        Some((lock, Some(process))) => {
            format!("waited {wait:?} to migrate `{address}`, which process {process} is migrating: it holds `{lock}`")
        }
        Some((lock, None)) => format!("waited {wait:?} to migrate `{address}`, as another program holds `{lock}`"),
    };
    Error::new(ErrorKind::Timeout, "orm.migrate_lock", message)
        .with_hint("let it finish, or end it; a lock file that nobody holds is no hindrance")
}

fn holder(path: &Path) -> Option<u32> {
    let mut text = String::new();
    File::open(path).ok()?.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cold]
fn cannot_lock(path: &Path, error: std::io::Error) -> Error {
    Error::misconfigured("orm.migrate_lock", format!("the lock file `{}` cannot be used", path.display()))
        .with_source(error)
        .with_hint("to migrate, this program must be allowed to make files beside the database")
}
