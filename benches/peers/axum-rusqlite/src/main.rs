//! One post by its key as JSON, in axum with hand-written rusqlite on the worker's own thread:
//! `axum-rusqlite ADDRESS DATABASE`.

use std::cell::OnceCell;
use std::env;
use std::sync::OnceLock;

use axum::{Json, Router, extract::Path, http::StatusCode, routing::get};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use serde::Serialize;

static DATABASE: OnceLock<String> = OnceLock::new();

thread_local! {
    static CONNECTION: OnceCell<Connection> = const { OnceCell::new() };
}

const SELECT: &str = "SELECT id, title, content, author_id, created_at FROM blog_post WHERE id = ?1";

#[derive(Serialize)]
struct Post {
    id: i64,
    title: String,
    content: String,
    author: i64,
    created_at: String,
}

fn read(id: i64) -> rusqlite::Result<Option<Post>> {
    CONNECTION.with(|cell| {
        let connection = cell.get_or_init(|| {
            let path = DATABASE.get().expect("set before the server starts");
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the database opens")
        });
        let mut statement = connection.prepare_cached(SELECT)?;
        let row = |row: &rusqlite::Row<'_>| {
            // Django keeps a moment in UTC as `2021-01-01 00:00:00`.
            let created_at = row.get_ref(4)?.as_str()?.replacen(' ', "T", 1) + "Z";
            Ok(Post { id: row.get(0)?, title: row.get(1)?, content: row.get(2)?, author: row.get(3)?, created_at })
        };
        statement.query_row([id], row).optional()
    })
}

async fn post(Path(id): Path<i64>) -> Result<Json<Post>, StatusCode> {
    match read(id) {
        Ok(Some(post)) => Ok(Json(post)),
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().expect("usage: axum-rusqlite ADDRESS DATABASE");
    let database = arguments.next().expect("usage: axum-rusqlite ADDRESS DATABASE");
    DATABASE.set(database).expect("set once");
    let listener = tokio::net::TcpListener::bind(address).await.expect("the address is free");
    axum::serve(listener, Router::new().route("/api/posts/{id}", get(post))).await.expect("the server runs");
}
