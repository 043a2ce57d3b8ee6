//! `docs/existing-database.md`.

use demijohn::orm::Executor as _;
use demijohn::prelude::*;
use demijohn::test::{TestClient, test_settings};

mod first_step {
    use demijohn::prelude::*;

    #[demijohn::main]
    async fn main() -> Result<()> {
        App::new().install(auth::app()).install(admin::app()).run().await
    }
}

/// What `inspectdb` writes.
mod inspected {
    use demijohn::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(table = "blog_post", unmanaged)]
    #[model(index("author_id", name = "blog_post_author_id_dd7a8485"))]
    pub struct BlogPost {
        pub id: i64,
        #[field(max_length = 200)]
        pub title: String,
        pub content: Text,
        pub created_at: Timestamp,
        // `author_id` points to `auth_user.id`, which is not among these models.
        pub author_id: i64,
    }
}

/// What people make of it.
mod adapted {
    #![expect(dead_code, reason = "the sets of tags are read by the name of the relation")]

    use demijohn::auth::User;
    use demijohn::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(app = "blog")]
    pub struct Tag {
        pub id: i64,
        #[field(max_length = 50, unique)]
        pub name: String,
        #[field(max_length = 50, unique, format = Slug)]
        pub slug: String,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "blog")]
    pub struct Post {
        pub id: i64,
        #[field(max_length = 200)]
        pub title: String,
        pub content: Text,
        #[field(auto_now_add)]
        pub created_at: Timestamp,
        #[field(on_delete = Cascade)]
        pub author: ForeignKey<User>,
        #[field(blank)]
        pub tags: ManyToMany<Tag>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "blog", index("post", "created_at", name = "comment_post_created"))]
    pub struct Comment {
        pub id: i64,
        pub body: Text,
        #[field(auto_now_add)]
        pub created_at: Timestamp,
        #[field(default)]
        pub approved: bool,
        #[field(on_delete = SetNull)]
        pub author: Option<ForeignKey<User>>,
        #[field(on_delete = Cascade)]
        pub post: ForeignKey<Post>,
    }

    fn blog() -> App {
        App::named("blog").model::<Tag>().model::<Post>().model::<Comment>()
    }

    pub fn site() -> App {
        App::new().install(auth::app()).install(admin::app()).install(blog())
    }
}

mod cellar {
    use demijohn::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(table = "grapes", unmanaged)]
    pub struct Grapes {
        #[field(primary_key, max_length = 40)]
        pub name: String,
    }

    #[derive(Model, Debug, Clone)]
    #[model(table = "wine_ratings", unmanaged)]
    pub struct WineRatings {
        #[field(primary_key, column = "wine_no", on_delete = DoNothing)]
        pub wine_no: ForeignKey<Wines>,
        #[field(primary_key)]
        pub taster: Text,
        pub stars: i64,
    }

    // CHECK (price >= 0)
    #[derive(Model, Debug, Clone)]
    #[model(table = "wines", unmanaged)]
    pub struct Wines {
        #[field(primary_key, auto)]
        pub wine_no: i64,
        #[field(max_length = 80)]
        pub name: String,
        pub year: Option<i16>,
        #[field(column = "grape", on_delete = DoNothing)]
        pub grape: ForeignKey<Grapes>,
        #[field(max_digits = 6, decimal_places = 2, db_default = sql("0"))]
        pub price: Decimal,
    }
}

/// A copy of the database that real Django made; None where it is not at hand.
fn copy_of_site() -> Option<(demijohn_e2e::TempDir, String)> {
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/django/site.sqlite3");
    let folder = demijohn_e2e::TempDir::new("guide");
    let copy = folder.join("site.sqlite3");
    match std::fs::copy(site, &copy) {
        Ok(_) => Some((folder, format!("sqlite:{}", copy.display()))),
        Err(error) => {
            demijohn_e2e::tools::skip(&format!("{site}: {error}"));
            None
        }
    }
}

#[demijohn::test]
async fn the_first_models_read_every_row() -> Result<()> {
    use inspected::BlogPost;

    let Some((_folder, address)) = copy_of_site() else { return Ok(()) };
    let db = Db::connect(&address, [BlogPost::meta()].into_iter().collect()).await?;
    let posts = BlogPost::objects().all(&db).await?;
    assert_eq!(posts.len(), 2_207);
    Ok(())
}

#[demijohn::test]
async fn the_adapted_models_are_those_of_the_tables() -> Result<()> {
    use adapted::{Comment, Post, site};

    let Some((_folder, address)) = copy_of_site() else { return Ok(()) };
    let mut settings = test_settings();
    settings.database_url = Some(address.into());
    let client = TestClient::new((site(), settings)).await?;
    let db = demijohn::orm::Database::of(client.site())?.db().await?;
    let posts = Post::objects().prefetch(|p| (p.author(), p.tags())).all(db).await?;
    let tags: usize = posts.iter().map(|(_, _, tags)| tags.len()).sum();
    assert!(posts.iter().all(|(_, author, _)| author.is_some()), "every post has its author");
    assert_eq!((posts.len(), tags, Comment::objects().count(db).await?), (2_207, 2_207, 3_306));
    client.get("/admin/").await.assert_status(302);
    Ok(())
}

#[demijohn::test]
async fn a_cellar_is_read_as_it_is() -> Result<()> {
    use cellar::{Grapes, WineRatings, Wines};

    let models = [Grapes::meta(), Wines::meta(), WineRatings::meta()];
    let db = Db::connect("sqlite::memory:", models.into_iter().collect()).await?;
    let script = "
        CREATE TABLE grapes (name varchar(40) PRIMARY KEY);
        CREATE TABLE wines (wine_no integer PRIMARY KEY AUTOINCREMENT, name varchar(80) NOT NULL, year smallint,
            grape varchar(40) NOT NULL REFERENCES grapes (name), price decimal(6, 2) NOT NULL DEFAULT 0 CHECK (price >= 0));
        CREATE TABLE wine_ratings (wine_no integer NOT NULL REFERENCES wines (wine_no), taster text NOT NULL,
            stars integer NOT NULL, PRIMARY KEY (wine_no, taster));
        INSERT INTO grapes VALUES ('Riesling');
        INSERT INTO wines VALUES (1, 'Stony', 2019, 'Riesling', 9.5);
        INSERT INTO wine_ratings VALUES (1, 'ada', 4), (1, 'bob', 3);";
    db.connection().execute_script(script).await?;
    let rated = WineRatings::objects().filter(|r| r.wine_no().grape().name.eq("Riesling")).order_by(|r| r.stars);
    let rated = rated.select_related(|r| r.wine_no()).all(&db).await?;
    assert_eq!(rated.iter().map(|rating| rating.stars).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(rated[0].wine_no.get()?.price.to_string(), "9.50");
    Ok(())
}

#[test]
fn the_page_shows_what_is_run() {
    super::holds(include_str!("existing_database.rs"), include_str!("../../../../docs/existing-database.md"));
}
