//! The same posts as JSON.

use demijohn::prelude::*;
use serde::{Deserialize, Serialize};

use crate::models::Post;

/// Posts in one answer.
const PER_PAGE: u64 = 100;

#[derive(Serialize)]
struct Listed {
    id: i64,
    title: String,
}

#[derive(Deserialize)]
struct PageQuery {
    page: Option<u64>,
}

pub(crate) fn app() -> App {
    App::named("blog-api").get("/hello", hello).get("/posts", posts).get("/posts/{id}", post)
}

async fn hello() -> Json<Value> {
    Json(json!({ "message": "Hello, World!" }))
}

async fn posts(Query(query): Query<PageQuery>, db: Db) -> Result<Json<Value>> {
    let count = Post::objects().count(&db).await?;
    let page = query.page.unwrap_or(1).max(1);
    let posts = Post::objects()
        .select(|p| (p.id, p.title))
        .order_by(|p| p.id)
        .offset((page - 1).saturating_mul(PER_PAGE))
        .limit(PER_PAGE)
        .all(&db)
        .await?;
    let results: Vec<Listed> = posts.into_iter().map(|(id, title)| Listed { id, title }).collect();
    let next = (page.saturating_mul(PER_PAGE) < count).then(|| format!("/api/posts?page={}", page + 1));
    Ok(Json(json!({ "count": count, "next": next, "results": results })))
}

/// A post as the API shows it.
#[derive(Serialize)]
struct Shown {
    id: i64,
    title: String,
    content: String,
    author: i64,
    created_at: Timestamp,
}

async fn post(Path(id): Path<i64>, db: Db) -> Result<Json<Shown>> {
    let Post { title, content, author, created_at, .. } = Post::objects().filter(|p| p.id.eq(id)).get(&db).await?;
    Ok(Json(Shown { id, title, content, author: author.key(), created_at }))
}
