//! The same work in sqlx on SQLite, as its documentation writes it: a pool, `query_as`, structs that derive `FromRow`.

use chrono::{DateTime, Utc};
use harness::Peer;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{FromRow, QueryBuilder, Sqlite};

const POINT: &str = "SELECT id, title, content, created_at, author_id FROM blog_post WHERE id = $1";
const PAGE: &str = "SELECT p.id, p.title, p.content, p.created_at, p.author_id, u.id AS user_id, u.password, u.last_login, \
    u.is_superuser, u.username, u.last_name, u.email, u.is_staff, u.is_active, u.date_joined, u.first_name \
    FROM blog_post p JOIN auth_user u ON u.id = p.author_id ORDER BY p.id DESC LIMIT 20";
const THOUSAND: &str =
    "SELECT id, title, content, created_at, author_id FROM blog_post WHERE id >= $1 ORDER BY id LIMIT 1000";
const INSERT: &str =
    "INSERT INTO blog_post (title, content, created_at, author_id) VALUES ($1, $2, $3, $4) RETURNING id";

#[expect(dead_code, reason = "read as a user's program reads them: all")]
#[derive(FromRow)]
struct Post {
    id: i64,
    title: String,
    content: String,
    created_at: DateTime<Utc>,
    author_id: i64,
}

#[expect(dead_code, reason = "read as a user's program reads them: all")]
#[derive(FromRow)]
struct User {
    #[sqlx(rename = "user_id")]
    id: i64,
    password: String,
    last_login: Option<DateTime<Utc>>,
    is_superuser: bool,
    username: String,
    last_name: String,
    email: String,
    is_staff: bool,
    is_active: bool,
    date_joined: DateTime<Utc>,
    first_name: String,
}

#[derive(FromRow)]
struct Listed {
    #[sqlx(flatten)]
    post: Post,
    #[sqlx(flatten)]
    user: User,
}

#[derive(Clone)]
struct Sqlx(SqlitePool);

impl Peer for Sqlx {
    async fn point_read(&self, id: i64) -> usize {
        let query = sqlx::query_as::<_, Post>(POINT).bind(id);
        query.fetch_one(&self.0).await.expect("the post is there").content.len()
    }

    async fn join_page(&self) -> usize {
        let page = sqlx::query_as::<_, Listed>(PAGE).fetch_all(&self.0).await.expect("the query runs");
        page.iter().map(|listed| listed.post.content.len() + listed.user.username.len()).sum()
    }

    async fn thousand(&self, first: i64) -> usize {
        let query = sqlx::query_as::<_, Post>(THOUSAND).bind(first);
        let posts = query.fetch_all(&self.0).await.expect("the query runs");
        posts.iter().map(|post| post.content.len()).sum()
    }

    async fn insert(&self, title: String, content: String, author: i64) -> i64 {
        let query = sqlx::query_scalar(INSERT).bind(title).bind(content).bind(Utc::now()).bind(author);
        query.fetch_one(&self.0).await.expect("the row is inserted")
    }

    async fn bulk_insert(&self, rows: Vec<(String, String, i64)>) {
        let mut transaction = self.0.begin().await.expect("a transaction starts");
        let now = Utc::now();
        for portion in rows.chunks(1_000) {
            let mut query: QueryBuilder<Sqlite> =
                QueryBuilder::new("INSERT INTO blog_post (title, content, created_at, author_id) ");
            query.push_values(portion, |mut row, (title, content, author)| {
                row.push_bind(title).push_bind(content).push_bind(now).push_bind(author);
            });
            query.build().execute(&mut *transaction).await.expect("the rows are inserted");
        }
        transaction.commit().await.expect("the transaction commits");
    }
}

fn main() {
    harness::run(async |address: String| {
        let options: SqliteConnectOptions = address.parse().expect("the address is one of SQLite");
        let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
        let pool = SqlitePoolOptions::new().max_connections(16).connect_with(options).await;
        Sqlx(pool.expect("the database opens"))
    });
}
