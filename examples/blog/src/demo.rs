//! A little content for a database that is still empty.

use demijohn::auth::hashers::make_unusable;
use demijohn::prelude::*;
use demijohn::{Site, migrations, orm::Database};

use crate::models::{Comment, Post, Tag};

/// Makes the tables of a database that has none, and fills them. A database that was used before is left as it is.
pub(crate) async fn prepare(site: Site) -> Result<()> {
    if migrations::migrate_if_empty(&site).await? {
        fill(Database::of(&site)?.db().await?).await?;
    }
    Ok(())
}

const POSTS: [(&str, &str, &[&str]); 4] = [
    (
        "What a demijohn is for",
        "A demijohn is a large flask: glass, round, with a narrow neck, and often in a basket.\n\n\
         It begins its life like any small flask, with one thing in it. It only never gets too small: what was a \
         glass of juice on Monday can be forty litres of wine by the autumn, and nobody has to pour it over.",
        &["glass", "beginnings"],
    ),
    (
        "Ten lines, then a hundred",
        "The first version of this site was ten lines that answered one address with JSON.\n\n\
         Then came a table of posts, and with it the migrations that make it. Then a line that gave it an admin, and \
         another for accounts. Nothing of the first ten lines had to change for it:\n\n    \
         App::new()\n        .install(auth::app())\n        .install(admin::app())\n        .mount(\"/\", blog())",
        &["beginnings", "rust"],
    ),
    (
        "Corks and airlocks",
        "A young wine must breathe out and must not breathe in. The airlock does that with a little water in a bent \
         tube, and it has worked for two hundred years without an update.\n\n\
         We like tools of that kind: one job, no moving parts, and you can see through them.",
        &["glass", "tools"],
    ),
    (
        "Reading a label",
        "Year, place, grape, grower: four facts on a piece of paper make the difference between a cellar and a heap \
         of bottles.\n\nLabel things while you still know what is in them.",
        &["tools"],
    ),
];

const COMMENTS: [(usize, &str, bool); 4] = [
    (0, "Ours was in the attic for forty years. It now holds the apple juice of three families.", true),
    (1, "The line with `install(admin::app())` is the one I showed around.", true),
    (3, "Also write down what you paid for it.", true),
    (3, "Buy cheap labels here!!!", false),
];

/// Two people, four posts and what was said about them.
///
/// The administrator has no password: in development the server prints a link that signs in once, and the admin's
/// own page sets a password.
async fn fill(db: &Db) -> Result<()> {
    db.atomic(async |tx| {
        let admin = User::create()
            .username("admin")
            .password(make_unusable())
            .is_staff(true)
            .is_superuser(true)
            .save(tx)
            .await?;
        let writer =
            User::create().username("dame-jeanne").first_name("Dame").last_name("Jeanne").password(make_unusable());
        let writer = writer.save(tx).await?;
        let mut posts = Vec::new();
        for (title, content, tags) in POSTS {
            let post = Post::create().title(title).content(content).author(&writer).save(tx).await?;
            for name in tags {
                post.tags.add([&tag(name, tx).await?], tx).await?;
            }
            posts.push(post);
        }
        for (post, body, approved) in COMMENTS {
            Comment::create().post(&posts[post]).author(&admin).body(body).approved(approved).save(tx).await?;
        }
        Ok(())
    })
    .await
}

async fn tag(name: &str, tx: &Tx) -> Result<Tag> {
    match Tag::objects().filter(|t| t.name.eq(name)).first(tx).await? {
        Some(tag) => Ok(tag),
        None => Tag::create().name(name).slug(name).save(tx).await,
    }
}
