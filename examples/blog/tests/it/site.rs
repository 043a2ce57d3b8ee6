//! A running blog with a database of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use demijohn_e2e::process::{free_address, run_ok};
use demijohn_e2e::{Client, Page, Process, TempDir, django};
use rusqlite::{Connection, OpenFlags};

/// The superuser of every fresh site, with the same name and password as in the one that Django made.
pub(crate) const ADMIN: (&str, &str) = ("ada", "ada-pass-2026");

/// The program, with nothing of this process's surroundings that would change what it does.
pub(crate) fn blog(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blog"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DEMIJOHN_") || name.starts_with("DJANGO_")) {
        command.env_remove(name);
    }
    command.env_remove("DATABASE_URL").env("SECRET_KEY", django::SECRET_KEY).current_dir(folder);
    command
}

/// The program over the database in `file`.
pub(crate) fn blog_on(folder: &Path, file: &Path) -> Command {
    let mut command = blog(folder);
    command.env("DATABASE_URL", database_url(file));
    command
}

pub(crate) fn database_url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// A blog that serves; it ends, and its folder goes, when dropped.
pub(crate) struct Site {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    pub(crate) database: PathBuf,
    pub(crate) folder: TempDir,
}

impl Site {
    /// An empty database with all tables and the superuser [`ADMIN`].
    pub(crate) fn fresh() -> Self {
        let folder = TempDir::new("blog");
        let database = folder.join("blog.sqlite3");
        run_ok(blog_on(folder.path(), &database).arg("migrate"));
        run_ok(
            blog_on(folder.path(), &database)
                .args(["createsuperuser", "--noinput"])
                .env("DJANGO_SUPERUSER_USERNAME", ADMIN.0)
                .env("DJANGO_SUPERUSER_PASSWORD", ADMIN.1)
                .env("DJANGO_SUPERUSER_EMAIL", "ada@example.org"),
        );
        Self::serve(folder, database)
    }

    /// A copy of the database that real Django made; `None` where it is not at hand (which is printed).
    pub(crate) fn made_by_django() -> Option<Self> {
        let folder = TempDir::new("blog");
        let database = django::site_copy(&folder)?;
        Some(Self::serve(folder, database))
    }

    fn serve(folder: TempDir, database: PathBuf) -> Self {
        let (process, address) = serve(&folder, &database);
        Self { process, address, database, folder }
    }

    /// Starts the program again after it was killed.
    pub(crate) fn restart(&mut self) {
        (self.process, self.address) = serve(&self.folder, &self.database);
    }

    /// The site's address as a browser wants it.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client that nobody has logged in.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// A client that asks for JSON.
    pub(crate) fn api(&self) -> Client {
        Client::api(self.address)
    }

    /// Logs a new client in on the site's login page; the page is where that led.
    pub(crate) fn log_in(&self, username: &str, password: &str) -> (Client, Page) {
        let mut client = self.client();
        let login = client.get("/accounts/login/?next=/dashboard").expect_status(200);
        let landed = client.submit(&login, &[("username", username), ("password", password)], None);
        (client, landed)
    }

    /// Logs a new client in as [`ADMIN`], who must be let in.
    pub(crate) fn log_in_admin(&self) -> Client {
        let (client, page) = self.log_in(ADMIN.0, ADMIN.1);
        assert_eq!(page.path, "/dashboard", "{}", page.body);
        client
    }

    /// Adds a post through the admin's form and returns its number.
    pub(crate) fn add_post(client: &mut Client, title: &str, content: &str, author: &str) -> i64 {
        let form = client.get("/admin/blog/post/add/").expect_status(200);
        let author = form.form_with("title").choice("author", author).expect("the author can be chosen").to_owned();
        let fields = [("title", title), ("content", content), ("author", author.as_str())];
        let saved = client.submit(&form, &fields, Some("_continue")).expect_status(200);
        post_number(&saved.path).unwrap_or_else(|| panic!("not saved, but at {}:\n{}", saved.path, saved.body))
    }

    /// The database, for looking only.
    pub(crate) fn look(&self) -> Connection {
        Connection::open_with_flags(&self.database, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the database opens")
    }

    /// Every table and index as SQL.
    pub(crate) fn schema(&self) -> Vec<String> {
        let database = self.look();
        let mut rows =
            database.prepare("SELECT coalesce(sql, name) FROM sqlite_master ORDER BY type, name").expect("SQL");
        let rows = rows.query_map([], |row| row.get(0)).expect("the query runs");
        rows.collect::<Result<_, _>>().expect("every row has text")
    }

    /// Fails unless the database is whole and every foreign key leads somewhere.
    pub(crate) fn check_integrity(&self) {
        let database = self.look();
        let whole: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("the check runs");
        assert_eq!(whole, "ok");
        let mut broken = database.prepare("PRAGMA foreign_key_check").expect("the check runs");
        assert!(!broken.exists([]).expect("the check runs"), "a foreign key leads nowhere");
    }
}

fn serve(folder: &TempDir, database: &Path) -> (Process, SocketAddr) {
    let address = free_address();
    let mut process = Process::start(blog_on(folder.path(), database).args(["serve", "--bind", &address.to_string()]));
    process.wait_for_listener(address);
    (process, address)
}

/// The number in `…/blog/post/7/change/`.
fn post_number(path: &str) -> Option<i64> {
    path.split("/blog/post/").nth(1)?.split('/').next()?.parse().ok()
}
