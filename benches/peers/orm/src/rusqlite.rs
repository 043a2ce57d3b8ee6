//! The same SQL, written by hand over rusqlite: prepared once, run on the worker's own thread; one writer.

use std::cell::OnceCell;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use harness::Peer;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::{Connection, Row, ToSql, params};

thread_local! {
    static READER: OnceCell<Connection> = const { OnceCell::new() };
}

const POINT: &str = "SELECT id, title, content, created_at, author_id FROM blog_post WHERE id = ?1";
const PAGE: &str = "SELECT p.id, p.title, p.content, p.created_at, p.author_id, u.id, u.password, u.last_login, \
    u.is_superuser, u.username, u.last_name, u.email, u.is_staff, u.is_active, u.date_joined, u.first_name \
    FROM blog_post p JOIN auth_user u ON u.id = p.author_id ORDER BY p.id DESC LIMIT 20";
const THOUSAND: &str =
    "SELECT id, title, content, created_at, author_id FROM blog_post WHERE id >= ?1 ORDER BY id LIMIT 1000";
const INSERT: &str = "INSERT INTO blog_post (title, content, created_at, author_id) VALUES (?1, ?2, ?3, ?4)";

/// Rows of one statement.
const PORTION: usize = 100;

#[expect(dead_code, reason = "read as a user's program reads them: all")]
struct Post {
    id: i64,
    title: String,
    content: String,
    created_at: Timestamp,
    author_id: i64,
}

#[expect(dead_code, reason = "read as a user's program reads them: all")]
struct User {
    id: i64,
    password: String,
    last_login: Option<Timestamp>,
    is_superuser: bool,
    username: String,
    last_name: String,
    email: String,
    is_staff: bool,
    is_active: bool,
    date_joined: Timestamp,
    first_name: String,
}

#[derive(Clone)]
struct Rusqlite {
    path: Arc<PathBuf>,
    writer: Arc<Mutex<Connection>>,
}

impl Rusqlite {
    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> T {
        READER.with(|cell| work(cell.get_or_init(|| open(&self.path)))).expect("the query runs")
    }
}

impl Peer for Rusqlite {
    async fn point_read(&self, id: i64) -> usize {
        let read = |connection: &Connection| connection.prepare_cached(POINT)?.query_row([id], post);
        self.read(read).content.len()
    }

    async fn join_page(&self) -> usize {
        let page = self.read(|connection| {
            let mut statement = connection.prepare_cached(PAGE)?;
            let rows = statement.query_map([], |row| Ok((post(row)?, user(row)?)))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        });
        page.iter().map(|(post, user)| post.content.len() + user.username.len()).sum()
    }

    async fn thousand(&self, first: i64) -> usize {
        let posts = self.read(|connection| {
            let mut statement = connection.prepare_cached(THOUSAND)?;
            let rows = statement.query_map([first], post)?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        });
        posts.iter().map(|post| post.content.len()).sum()
    }

    async fn insert(&self, title: String, content: String, author: i64) -> i64 {
        let writer = self.writer.lock().expect("no writer panics");
        let mut statement = writer.prepare_cached(INSERT).expect("the statement is well formed");
        statement.execute(params![title, content, stored(Timestamp::now()), author]).expect("the row is inserted");
        writer.last_insert_rowid()
    }

    async fn bulk_insert(&self, rows: Vec<(String, String, i64)>) {
        let mut writer = self.writer.lock().expect("no writer panics");
        let transaction = writer.transaction().expect("a transaction starts");
        let now = stored(Timestamp::now());
        for portion in rows.chunks(PORTION) {
            let mut statement = transaction.prepare_cached(&many(portion.len())).expect("the statement is well formed");
            for (n, (title, content, author)) in portion.iter().enumerate() {
                let values: [&dyn ToSql; 4] = [title, content, &now, author];
                for (column, value) in values.into_iter().enumerate() {
                    statement.raw_bind_parameter(n * 4 + column + 1, value).expect("the value is bound");
                }
            }
            statement.raw_execute().expect("the rows are inserted");
        }
        transaction.commit().expect("the transaction commits");
    }
}

/// An insert of so many rows.
fn many(rows: usize) -> String {
    let mut sql = "INSERT INTO blog_post (title, content, created_at, author_id) VALUES ".to_owned();
    for n in 0..rows {
        let comma = if n == 0 { "" } else { ", " };
        let _ = write!(sql, "{comma}(?{}, ?{}, ?{}, ?{})", n * 4 + 1, n * 4 + 2, n * 4 + 3, n * 4 + 4);
    }
    sql
}

fn post(row: &Row<'_>) -> rusqlite::Result<Post> {
    Ok(Post {
        id: row.get(0)?,
        title: row.get(1)?,
        content: row.get(2)?,
        created_at: loaded(row.get_ref(3)?.as_str()?),
        author_id: row.get(4)?,
    })
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(5)?,
        password: row.get(6)?,
        last_login: row.get_ref(7)?.as_str_or_null()?.map(loaded),
        is_superuser: row.get(8)?,
        username: row.get(9)?,
        last_name: row.get(10)?,
        email: row.get(11)?,
        is_staff: row.get(12)?,
        is_active: row.get(13)?,
        date_joined: loaded(row.get_ref(14)?.as_str()?),
        first_name: row.get(15)?,
    })
}

/// A moment as Django keeps it in SQLite: in UTC, without saying so.
fn loaded(text: &str) -> Timestamp {
    let civil: DateTime = text.parse().expect("the column holds a time");
    civil.to_zoned(TimeZone::UTC).expect("every time exists in UTC").timestamp()
}

fn stored(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string()
}

fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("the database opens");
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000")
        .expect("the settings are known");
    connection
}

fn main() {
    harness::run(async |address: String| {
        let path = PathBuf::from(address.strip_prefix("sqlite://").expect("the address is one of SQLite"));
        let writer = Arc::new(Mutex::new(open(&path)));
        Rusqlite { path: Arc::new(path), writer }
    });
}
