//! The same SQL, written by hand over tokio-postgres: few connections that all tasks share, every statement prepared once
//! on each, the statements of all tasks pipelined over them, rows decoded from the binary format.
//!
//! `CLIENTS` says how many connections are read from; `cargo xtask bench orm` tries which number is best on the machine.

use std::env;
use std::fmt::Write as _;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::TryStreamExt as _;
use harness::Peer;
use jiff::Timestamp;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, Statement};

const POINT: &str = "SELECT id, title, content, created_at, author_id FROM blog_post WHERE id = $1";
const PAGE: &str = "SELECT p.id, p.title, p.content, p.created_at, p.author_id, u.id, u.password, u.last_login, \
    u.is_superuser, u.username, u.last_name, u.email, u.is_staff, u.is_active, u.date_joined, u.first_name \
    FROM blog_post p JOIN auth_user u ON u.id = p.author_id ORDER BY p.id DESC LIMIT 20";
const THOUSAND: &str =
    "SELECT id, title, content, created_at, author_id FROM blog_post WHERE id >= $1 ORDER BY id LIMIT 1000";
const INSERT: &str =
    "INSERT INTO blog_post (title, content, created_at, author_id) VALUES ($1, $2, $3, $4) RETURNING id";

/// Connections that write: commits of several are written to the disk together.
const WRITERS: usize = 16;
/// Rows of one statement.
const PORTION: usize = 1_000;

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

/// A connection, and what was prepared on it.
struct Prepared {
    client: Client,
    point: Statement,
    page: Statement,
    thousand: Statement,
    insert: Statement,
}

struct Inner {
    readers: Vec<Prepared>,
    writers: Vec<Prepared>,
    next: AtomicUsize,
    address: String,
}

#[derive(Clone)]
struct Postgres(Arc<Inner>);

impl Postgres {
    fn one<'a>(&self, of: &'a [Prepared]) -> &'a Prepared {
        &of[self.0.next.fetch_add(1, Ordering::Relaxed) % of.len()]
    }

    async fn rows<T>(
        &self,
        prepared: &Prepared,
        statement: &Statement,
        params: &[&(dyn ToSql + Sync)],
        read: fn(&Row) -> T,
    ) -> Vec<T> {
        let rows = prepared.client.query_raw(statement, params.iter().copied()).await.expect("the query runs");
        let (mut rows, mut read_rows) = (pin!(rows), Vec::new());
        while let Some(row) = rows.try_next().await.expect("the rows come") {
            read_rows.push(read(&row));
        }
        read_rows
    }
}

impl Peer for Postgres {
    async fn point_read(&self, id: i64) -> usize {
        let prepared = self.one(&self.0.readers);
        let row = prepared.client.query_one(&prepared.point, &[&id]).await.expect("the post is there");
        post(&row).content.len()
    }

    async fn join_page(&self) -> usize {
        let prepared = self.one(&self.0.readers);
        let page = self.rows(prepared, &prepared.page, &[], |row| (post(row), user(row))).await;
        page.iter().map(|(post, user)| post.content.len() + user.username.len()).sum()
    }

    async fn thousand(&self, first: i64) -> usize {
        let prepared = self.one(&self.0.readers);
        let posts = self.rows(prepared, &prepared.thousand, &[&first], post).await;
        posts.iter().map(|post| post.content.len()).sum()
    }

    async fn insert(&self, title: String, content: String, author: i64) -> i64 {
        let prepared = self.one(&self.0.writers);
        let values: [&(dyn ToSql + Sync); 4] = [&title, &content, &Timestamp::now(), &author];
        prepared.client.query_one(&prepared.insert, &values).await.expect("the row is inserted").get(0)
    }

    async fn bulk_insert(&self, rows: Vec<(String, String, i64)>) {
        let mut client = connect(&self.0.address).await;
        let transaction = client.transaction().await.expect("a transaction starts");
        let (now, mut prepared) = (Timestamp::now(), None);
        for portion in rows.chunks(PORTION) {
            let statement = match &prepared {
                Some(statement) if portion.len() == PORTION => Statement::clone(statement),
                _ => transaction.prepare(&many(portion.len())).await.expect("the statement is well formed"),
            };
            let values: Vec<&(dyn ToSql + Sync)> = portion
                .iter()
                .flat_map(|(title, content, author)| [title as &(dyn ToSql + Sync), content, &now, author])
                .collect();
            transaction.execute(&statement, &values).await.expect("the rows are inserted");
            prepared = Some(statement);
        }
        transaction.commit().await.expect("the transaction commits");
    }
}

/// An insert of so many rows.
fn many(rows: usize) -> String {
    let mut sql = "INSERT INTO blog_post (title, content, created_at, author_id) VALUES ".to_owned();
    for n in 0..rows {
        let comma = if n == 0 { "" } else { ", " };
        let _ = write!(sql, "{comma}(${}, ${}, ${}, ${})", n * 4 + 1, n * 4 + 2, n * 4 + 3, n * 4 + 4);
    }
    sql
}

fn post(row: &Row) -> Post {
    Post { id: row.get(0), title: row.get(1), content: row.get(2), created_at: row.get(3), author_id: row.get(4) }
}

fn user(row: &Row) -> User {
    User {
        id: row.get(5),
        password: row.get(6),
        last_login: row.get(7),
        is_superuser: row.get(8),
        username: row.get(9),
        last_name: row.get(10),
        email: row.get(11),
        is_staff: row.get(12),
        is_active: row.get(13),
        date_joined: row.get(14),
        first_name: row.get(15),
    }
}

async fn connect(address: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.expect("the server is there");
    tokio::spawn(connection);
    client
}

async fn prepared(address: &str, count: usize) -> Vec<Prepared> {
    let mut all = Vec::new();
    for _ in 0..count {
        let client = connect(address).await;
        let prepare = async |sql| client.prepare(sql).await.expect("the statement is well formed");
        let (point, page) = (prepare(POINT).await, prepare(PAGE).await);
        let (thousand, insert) = (prepare(THOUSAND).await, prepare(INSERT).await);
        all.push(Prepared { client, point, page, thousand, insert });
    }
    all
}

fn main() {
    let clients = env::var("CLIENTS").map_or(2, |count| count.parse().expect("`CLIENTS` is a number"));
    harness::run(async move |address: String| {
        let (readers, writers) = (prepared(&address, clients).await, prepared(&address, WRITERS).await);
        Postgres(Arc::new(Inner { readers, writers, next: AtomicUsize::new(0), address }))
    });
}
