//! The pages that people read.

use std::collections::HashMap;

use demijohn::prelude::*;
use serde::{Deserialize, Serialize};

use crate::models::{Comment, Post};

/// Posts on one page of a list.
const PER_PAGE: u64 = 20;

/// What the address of a list may say: `?q=rust&page=2`.
#[derive(Deserialize)]
pub(crate) struct ListQuery {
    #[serde(default)]
    q: String,
    page: Option<u64>,
}

/// A post as lists show it.
#[derive(Serialize)]
struct Summary {
    id: i64,
    title: String,
    excerpt: String,
    created_at: Timestamp,
    author: ForeignKey<User>,
    comment_count: i64,
}

/// Where a list stands.
#[derive(Serialize)]
struct Page {
    number: u64,
    pages: u64,
}

pub(crate) async fn index(Query(query): Query<ListQuery>, db: Db, page: Templates) -> Result<Html> {
    let mut found = Post::objects();
    if !query.q.is_empty() {
        found = found.filter(|p| p.title.icontains(&*query.q) | p.content.icontains(&*query.q));
    }
    let here = Page::of(found.clone().count(&db).await?, &query)?;
    let posts = found
        .select_related(|p| p.author())
        .order_by(|p| (p.created_at.desc(), p.id.desc()))
        .offset(here.offset())
        .limit(PER_PAGE)
        .all(&db)
        .await?;
    let posts = summaries(posts, &db).await?;
    page.render("blog/index.html", context! { posts, page => here, query => query.q })
}

pub(crate) async fn detail(Path(id): Path<i64>, user: Option<User>, db: Db, page: Templates) -> Result<Html> {
    let post = Post::objects().filter(|p| p.id.eq(id)).select_related(|p| p.author()).get(&db).await?;
    let tags = post.tags.all(&db).await?;
    let comments = Comment::objects()
        .filter(|c| c.post.eq(&post) & c.approved)
        .select_related(|c| c.author())
        .order_by(|c| (c.created_at, c.id))
        .all(&db)
        .await?;
    let may_edit = match &user {
        Some(user) if user.is_staff => user.has_perm(&db, "blog.change_post").await?,
        _ => false,
    };
    page.render("blog/detail.html", context! { post, tags, comments, may_edit })
}

pub(crate) async fn dashboard(user: User, Query(query): Query<ListQuery>, db: Db, page: Templates) -> Result<Html> {
    let own = Post::objects().filter(|p| p.author.eq(&user));
    let written = own.clone().count(&db).await?;
    let received = Comment::objects().filter(|c| c.post().author.eq(&user)).count(&db).await?;
    let commented = Comment::objects().filter(|c| c.author.eq(&user)).count(&db).await?;
    let here = Page::of(written, &query)?;
    let posts = own
        .select_related(|p| p.author())
        .order_by(|p| (p.created_at.desc(), p.id.desc()))
        .offset(here.offset())
        .limit(PER_PAGE)
        .all(&db)
        .await?;
    let posts = summaries(posts, &db).await?;
    let may_add = user.is_staff && user.has_perm(&db, "blog.add_post").await?;
    let may_edit = user.is_staff && user.has_perm(&db, "blog.change_post").await?;
    let counts = json!({ "posts": written, "comments_received": received, "comments_written": commented });
    page.render("blog/dashboard.html", context! { posts, counts, page => here, may_add, may_edit })
}

/// Posts as lists show them; the comments of all of them are counted in one query.
async fn summaries(posts: Vec<Post>, db: &Db) -> Result<Vec<Summary>> {
    let counts: HashMap<i64, i64> = Comment::objects()
        .filter(|c| c.post.is_in(&posts) & c.approved)
        .select(|c| (c.post().id, count(c.id)))
        .all(db)
        .await?
        .into_iter()
        .collect();
    let summary = |post: Post| Summary {
        comment_count: counts.get(&post.id).copied().unwrap_or(0),
        excerpt: excerpt(&post.content),
        id: post.id,
        title: post.title,
        created_at: post.created_at,
        author: post.author,
    };
    Ok(posts.into_iter().map(summary).collect())
}

/// The first words of a text, on one line.
fn excerpt(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut excerpt = String::new();
    for word in words.by_ref() {
        if excerpt.len() + word.len() > 200 {
            return excerpt + " …";
        }
        if !excerpt.is_empty() {
            excerpt.push(' ');
        }
        excerpt.push_str(word);
    }
    excerpt
}

impl Page {
    /// The page that the address asks for, of a list of so many rows.
    fn of(rows: u64, query: &ListQuery) -> Result<Self> {
        let pages = rows.div_ceil(PER_PAGE).max(1);
        let number = query.page.unwrap_or(1);
        if !(1..=pages).contains(&number) {
            return Err(Error::not_found(format!("there is no page {number}; the last one is {pages}")));
        }
        Ok(Self { number, pages })
    }

    fn offset(&self) -> u64 {
        (self.number - 1) * PER_PAGE
    }
}
