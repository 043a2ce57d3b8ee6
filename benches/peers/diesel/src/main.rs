//! The same work in diesel-async on PostgreSQL, as its guide writes it, with deadpool.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods as _, Insertable, QueryDsl as _, Queryable, Selectable, SelectableHelper as _};
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};
use harness::Peer;

diesel::table! {
    auth_user (id) {
        id -> BigInt,
        password -> Varchar,
        last_login -> Nullable<Timestamptz>,
        is_superuser -> Bool,
        username -> Varchar,
        last_name -> Varchar,
        email -> Varchar,
        is_staff -> Bool,
        is_active -> Bool,
        date_joined -> Timestamptz,
        first_name -> Varchar,
    }
}

diesel::table! {
    blog_post (id) {
        id -> BigInt,
        title -> Varchar,
        content -> Text,
        created_at -> Timestamptz,
        author_id -> BigInt,
    }
}

diesel::joinable!(blog_post -> auth_user (author_id));
diesel::allow_tables_to_appear_in_same_query!(auth_user, blog_post);

#[expect(dead_code, reason = "read as a user's program reads them: all")]
#[derive(Queryable, Selectable)]
#[diesel(table_name = blog_post)]
struct Post {
    id: i64,
    title: String,
    content: String,
    created_at: DateTime<Utc>,
    author_id: i64,
}

#[expect(dead_code, reason = "read as a user's program reads them: all")]
#[derive(Queryable, Selectable)]
#[diesel(table_name = auth_user)]
struct User {
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

#[derive(Insertable)]
#[diesel(table_name = blog_post)]
struct NewPost<'a> {
    title: &'a str,
    content: &'a str,
    created_at: DateTime<Utc>,
    author_id: i64,
}

#[derive(Clone)]
struct Diesel(Pool<AsyncPgConnection>);

impl Diesel {
    async fn connection(&self) -> Object<AsyncPgConnection> {
        self.0.get().await.expect("a connection is free in time")
    }
}

impl Peer for Diesel {
    async fn point_read(&self, id: i64) -> usize {
        let query = blog_post::table.find(id).select(Post::as_select());
        let post: Post = query.get_result(&mut self.connection().await).await.expect("the post is there");
        post.content.len()
    }

    async fn join_page(&self) -> usize {
        let query = blog_post::table.inner_join(auth_user::table).order(blog_post::id.desc()).limit(20);
        let query = query.select((Post::as_select(), User::as_select()));
        let page: Vec<(Post, User)> = query.load(&mut self.connection().await).await.expect("the query runs");
        page.iter().map(|(post, user)| post.content.len() + user.username.len()).sum()
    }

    async fn thousand(&self, first: i64) -> usize {
        let query = blog_post::table.filter(blog_post::id.ge(first)).order(blog_post::id).limit(1_000);
        let query = query.select(Post::as_select());
        let posts: Vec<Post> = query.load(&mut self.connection().await).await.expect("the query runs");
        posts.iter().map(|post| post.content.len()).sum()
    }

    async fn insert(&self, title: String, content: String, author: i64) -> i64 {
        let post = NewPost { title: &title, content: &content, created_at: Utc::now(), author_id: author };
        let insert = diesel::insert_into(blog_post::table).values(&post).returning(blog_post::id);
        insert.get_result(&mut self.connection().await).await.expect("the row is inserted")
    }

    async fn bulk_insert(&self, rows: Vec<(String, String, i64)>) {
        let now = Utc::now();
        let mut connection = self.connection().await;
        let stored = connection.transaction::<(), diesel::result::Error, _>(async move |connection| {
            for portion in rows.chunks(1_000) {
                let rows: Vec<_> = portion.iter().map(|row| new(row, now)).collect();
                diesel::insert_into(blog_post::table).values(&rows).execute(connection).await?;
            }
            Ok(())
        });
        stored.await.expect("the rows are inserted");
    }
}

/// One row to be stored.
fn new((title, content, author): &(String, String, i64), now: DateTime<Utc>) -> NewPost<'_> {
    NewPost { title, content, created_at: now, author_id: *author }
}

fn main() {
    harness::run(async |address: String| {
        let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new(address);
        Diesel(Pool::builder(manager).max_size(16).build().expect("the pool is built"))
    });
}
