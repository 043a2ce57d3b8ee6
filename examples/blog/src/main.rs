//! The example site: a blog with public pages, a JSON API, accounts and an admin.
//!
//! `cargo run -p blog` makes its database, fills in a little content and prints where to look.
//! `DATABASE_URL=sqlite:PATH cargo run -p blog` serves the blog of a live Django site from its own database.
//! With `--features postgres` or `--features mysql` it may be `postgres://user@host/name` or `mysql://user@host/name`.

mod api;
mod demo;
mod migrations;
mod models;
mod pages;

use demijohn::prelude::*;
use models::{Comment, Post, Tag};

/// The public pages, the models and how the admin shows them.
fn blog() -> App {
    App::named("blog")
        .model::<Tag>()
        .model::<Post>()
        .model::<Comment>()
        .migrations(migrations::all())
        .admin::<Post>(|a| {
            a.list_display(|p| (p.title, p.author, p.created_at))
                .search_fields(|p| (p.title, p.content))
                .list_filter(|p| p.author)
        })
        .admin::<Tag>(|a| a.list_display(|t| (t.name, t.slug)).search_fields(|t| t.name))
        .admin::<Comment>(|a| {
            a.list_display(|c| (c.post, c.author, c.created_at, c.approved)).list_filter(|c| c.approved)
        })
        .templates(demijohn::embed!("templates"))
        .static_files(demijohn::embed!("static"))
        .get("/", pages::index)
        .get("/posts/{id}", pages::detail)
        .get("/dashboard", pages::dashboard)
}

/// The whole site.
fn site() -> App {
    App::new()
        .install(auth::app())
        .install(admin::app())
        .mount("/", blog())
        .mount("/api", api::app())
        .before_serve(demo::prepare)
}

#[demijohn::main]
async fn main() -> Result<()> {
    site().run().await
}
