//! Full-text search through an index: `FULLTEXT` of MariaDB, FTS5 of SQLite. PostgreSQL needs none.

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{Db, Executor as _, ForeignKey, Model as _, QuerySet, Searched, Text, exists, search};
use expect_test::expect;

#[derive(Model, Debug, Clone)]
#[model(
    app = "words", crate = demijohn_orm, ordering = ["id"],
    index("title", "body", method = FullText)
)]
pub(crate) struct Page {
    pub id: i64,
    #[field(max_length = 100)]
    pub title: String,
    pub body: Option<Text>,
    #[field(default = 0)]
    pub views: i64,
}

#[derive(Model, Debug, Clone)]
#[model(app = "words", crate = demijohn_orm, ordering = ["id"])]
pub(crate) struct Remark {
    pub id: i64,
    #[field(on_delete = Cascade)]
    pub page: Option<ForeignKey<Page>>,
}

/// The same rows without an index: on SQLite a search reads all of them.
#[derive(Model, Debug, Clone)]
#[model(app = "words", table = "words_page", unmanaged, crate = demijohn_orm, ordering = ["id"])]
pub(crate) struct Bare {
    pub id: i64,
    #[field(max_length = 100)]
    pub title: String,
    pub body: Option<Text>,
}

/// Its index is over what the database makes of another column.
#[derive(Model, Debug, Clone)]
#[model(app = "words", crate = demijohn_orm, ordering = ["id"], index("plain", method = FullText))]
pub(crate) struct Made {
    pub id: i64,
    #[field(max_length = 100)]
    pub title: String,
    #[field(generated = "replace({title}, '_', ' ')", max_length = 100)]
    pub plain: String,
}

fn all() -> Models {
    [Page::meta(), Remark::meta(), Bare::meta(), Made::meta()].into_iter().collect()
}

async fn page(db: &Db, title: &str, body: Option<&str>) -> Page {
    let body = body.map(ToOwned::to_owned);
    Page::create().title(title).body(body).save(db).await.expect("the page is stored")
}

async fn ids(db: &Db, query: QuerySet<Page>) -> Vec<i64> {
    query.select(|p| p.id).all(db).await.expect("it is found")
}

async fn find(db: &Db, words: &str) -> Vec<i64> {
    ids(db, Page::objects().filter(|p| search((p.title, p.body), words))).await
}

async fn an_index_follows_every_way_of_writing(db: &Db) {
    let mut first = page(db, "Glass bottles", Some("and corks")).await;
    let second = page(db, "water", Some("A glass, filled")).await;
    page(db, "nothing", None).await;
    assert_eq!(find(db, "GLASS").await, [1, 2]);
    assert_eq!(find(db, "glass corks").await, [1]);
    first.title = "Clay".into();
    first.save(db).await.expect("it is stored");
    assert_eq!((find(db, "glass").await, find(db, "clay corks").await), (vec![2], vec![1]));
    let some = Page::objects().filter(|p| p.id.ge(2));
    some.update(|p| p.body.set("many bottles")).execute(db).await.expect("they are changed");
    assert_eq!((find(db, "filled").await, find(db, "many").await), (vec![], vec![2, 3]));
    Page::objects().update(|p| p.views.set(p.views + 1)).execute(db).await.expect("they are changed");
    assert_eq!(find(db, "many").await, [2, 3]);
    let drafts = ["four", "five"].map(|title| Page::create().title(title).body("bulk corks".to_owned()).build());
    Page::bulk_create(drafts).save(db).await.expect("they are stored");
    assert_eq!(find(db, "corks").await, [1, 4, 5]);
    second.delete(db).await.expect("it goes");
    Page::objects().filter(|p| p.id.gt(4)).delete(db).await.expect("they go");
    assert_eq!((find(db, "many").await, find(db, "corks").await), (vec![3], vec![1, 4]));
    let failed = db.atomic(async |tx| {
        Page::objects().update(|p| p.title.set("rolled")).execute(tx).await?;
        Err::<(), _>(demijohn_core::Error::invalid("back"))
    });
    failed.await.expect_err("it is taken back");
    assert_eq!(find(db, "rolled").await, Vec::<i64>::new());
}

async fn an_index_ranks_and_is_asked_together_with_other_conditions(db: &Db) {
    page(db, "Glass glass glass", None).await;
    page(db, "water", Some("many other words around one glass, and then some more words behind it")).await;
    page(db, "nothing", None).await;
    let both = Page::objects().filter(|p| search((p.title, p.body), "glass").matches() & p.title.ne("water"));
    assert_eq!(ids(db, both).await, [1]);
    let others = Page::objects().exclude(|p| search((p.title, p.body), "glass"));
    assert_eq!(ids(db, others).await, [3]);
    let ranked = Page::objects().select(|p| (p.id, search((p.title, p.body), "glass").rank()));
    let ranked = ranked.order_by(|p| (search((p.title, p.body), "glass").rank().desc(), p.id));
    let ranked = ranked.all(db).await.expect("they are ranked");
    assert_eq!(ranked.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(ranked[1].1 > 0.0 && ranked[2].1 <= 0.0, "{ranked:?}");
    assert_eq!(ids(db, Page::objects().filter(|p| search((p.title, p.body), "\"' NOT *"))).await, Vec::<i64>::new());
}

async fn an_index_is_asked_through_relations_and_by_changes(db: &Db) {
    let (first, second) = (page(db, "Glass", None).await, page(db, "water", Some("clay")).await);
    for about in [Some(&first), Some(&second), None] {
        Remark::create().page(about).save(db).await.expect("it is stored");
    }
    let all = Remark::objects;
    let remarks = async |query: QuerySet<Remark>| query.select(|r| r.id).all(db).await.expect("it is found");
    let about = all().filter(|r| search((r.page().title, r.page().body), "glass"));
    assert_eq!(remarks(about).await, [1]);
    let others = all().exclude(|r| search((r.page().title, r.page().body), "glass"));
    assert_eq!(remarks(others).await, [2, 3]);
    let pages =
        Page::objects().filter(|p| exists(all().filter(|r| r.page.eq(p.id))) & search((p.title, p.body), "clay"));
    assert_eq!(ids(db, pages).await, [2]);
    let glass = || Page::objects().filter(|p| search((p.title, p.body), "glass"));
    assert_eq!(glass().update(|p| p.title.set("clay")).execute(db).await.expect("it is changed"), 1);
    assert_eq!((ids(db, glass()).await, find(db, "clay").await), (vec![], vec![1, 2]));
    Page::objects().filter(|p| search((p.title, p.body), "water")).delete(db).await.expect("it goes");
    assert_eq!(find(db, "clay").await, [1]);
}

async fn a_part_of_the_columns_is_searched_or_the_index_is_named(db: &Db) {
    page(db, "Glass", Some("clay")).await;
    page(db, "Clay", Some("glass")).await;
    let titles = Page::objects().filter(|p| search(p.title, "glass")).select(|p| p.id).all(db).await;
    let error = match (titles, db.connection().dialect().name()) {
        (Ok(titles), "sqlite" | "postgres") => return assert_eq!(titles, [1]),
        (Err(error), "mysql") => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(error.code(), "orm.no_full_text_index");
    let said = format!("{error:#}");
    let said: Vec<&str> = said.lines().filter(|line| !line.trim_start().starts_with("sql |")).collect();
    expect![[r#"
        no full-text index is over just the columns of a search: `title`
        caused by: Can't find FULLTEXT index matching the column list (MySQL 1191)
        hint: add `index("title", method = FullText)` to `#[model(…)]`, and run `makemigrations` and `migrate`"#]]
    .assert_eq(&said.join("\n"));
}

async fn an_index_follows_what_the_database_makes(db: &Db) {
    let find = async |words: &str| {
        let found = Made::objects().filter(|m| search(m.plain, words)).select(|m| m.id);
        found.all(db).await.expect("it is found")
    };
    Made::create().title("glass_bottles").save(db).await.expect("it is stored");
    assert_eq!(find("bottles").await, [1]);
    Made::objects().update(|m| m.title.set("clay_corks")).execute(db).await.expect("it is changed");
    assert_eq!((find("bottles").await, find("corks").await), (vec![], vec![1]));
    Made::objects().delete(db).await.expect("it goes");
    assert_eq!(find("corks").await, Vec::<i64>::new());
}

on_every_database! {
    all();
    a_part_of_the_columns_is_searched_or_the_index_is_named,
    an_index_is_asked_through_relations_and_by_changes,
    an_index_follows_every_way_of_writing,
    an_index_follows_what_the_database_makes,
    an_index_ranks_and_is_asked_together_with_other_conditions,
}

/// A database of SQLite with pages of all sorts.
async fn pages() -> Db {
    let db = Db::connect("sqlite::memory:", all()).await.expect("a database in memory opens");
    demijohn_orm::migrations::create_tables(&db).await.expect("the tables are made");
    let words = ["glass", "Bottle", "cork", "wine", "straße", "Ünï", "x1", "the"];
    for n in 0..40_usize {
        let word = |k: usize| words[(n * 7 + k * (n % 5 + 1)) % words.len()];
        let body = (n % 3 != 0).then(|| format!("{}, {} & {}", word(2), word(3), word(4)));
        page(&db, &format!("{} {}", word(0), word(1)), body.as_deref()).await;
    }
    db
}

#[tokio::test]
async fn fts5_is_used_where_the_model_has_the_index() {
    let db = pages().await;
    let matches = Page::objects().filter(|p| search((p.title, p.body), "glass"));
    let plan = matches.explain().get(&db).await.expect("it explains");
    assert!(plan.contains("VIRTUAL TABLE INDEX") && plan.starts_with("SEARCH words_page USING INTEGER"), "{plan}");
    let rank = Page::objects().with_key(1).select(|p| search((p.title, p.body), "glass").rank());
    let plan = rank.explain().get(&db).await.expect("it explains");
    assert!(plan.contains("VIRTUAL TABLE INDEX"), "{plan}");
    let bare = Bare::objects().filter(|p| search((p.title, p.body), "glass"));
    let plan = bare.explain().get(&db).await.expect("it explains");
    assert!(plan.contains("SCAN") && !plan.contains("VIRTUAL"), "{plan}");
}

#[tokio::test]
async fn fts5_finds_what_reading_every_row_finds() {
    let db = pages().await;
    let plain = ["glass", "GLASS bottle", "glass wine cork", "straße", "ünï x1", "the", "", "nowhere", "glas"];
    let web = [
        "glass or wine",
        "glass -wine",
        "-wine",
        "-wine -glass",
        "cork or -glass",
        "wine cork or -the",
        "\"glass cork\"",
        "-\"glass cork\" bottle",
        "or glass",
        "glass or",
        "\"",
        "- glass",
        "wine or \"bottle cork\" -the",
    ];
    type Read = fn(Searched) -> Searched;
    let modes: [(&[&str], Read, bool); 3] =
        [(&plain, |search| search, false), (&plain, Searched::phrase, true), (&web, Searched::web, false)];
    let mut found = 0;
    for (texts, read, is_phrase) in modes {
        for words in texts {
            let indexed = Page::objects().filter(|p| read(search(p.title, *words))).select(|p| p.id);
            let bare = Bare::objects().filter(|p| read(search(p.title, *words))).select(|p| p.id);
            let (indexed, bare) = (indexed.all(&db).await.expect("found"), bare.all(&db).await.expect("found"));
            assert_eq!(indexed, bare, "{words}, in the titles");
            found += indexed.len();
            // A phrase of FTS5 lies in one text; the function puts the texts behind one another.
            if is_phrase || words.contains('"') {
                continue;
            }
            let indexed = Page::objects().filter(|p| !read(search((p.title, p.body), *words)).matches());
            let bare = Bare::objects().filter(|p| !read(search((p.title, p.body), *words)).matches());
            let (indexed, bare) = (ids(&db, indexed).await, bare.select(|p| p.id).all(&db).await.expect("found"));
            assert_eq!(indexed, bare, "not {words}");
            let indexed = Page::objects().select(|p| read(search((p.title, p.body), *words)).rank());
            let bare = Bare::objects().select(|p| read(search((p.title, p.body), *words)).rank());
            let (indexed, bare) = (indexed.all(&db).await.expect("found"), bare.all(&db).await.expect("found"));
            let is_found = |ranks: &[f64]| ranks.iter().map(|rank| *rank > 0.0).collect::<Vec<_>>();
            assert_eq!(is_found(&indexed), is_found(&bare), "the rank of {words}");
        }
    }
    assert!(found > 100, "the texts find some and not all: {found}");
}

/// SQLite refuses expressions that are more than 1000 deep; a text is somebody else's.
#[tokio::test]
async fn fts5_takes_texts_of_any_length() {
    let db = pages().await;
    let both = "glass or -wine ".repeat(1200);
    for text in [both.clone(), "glass -wine ".repeat(1200), format!("cork {both}"), "-a or -b ".repeat(1200)] {
        let indexed = Page::objects().filter(|p| search(p.title, text.as_str()).web()).select(|p| p.id);
        let bare = Bare::objects().filter(|p| search(p.title, text.as_str()).web()).select(|p| p.id);
        let (indexed, bare) = (indexed.all(&db).await.expect("found"), bare.all(&db).await.expect("found"));
        assert_eq!(indexed, bare, "{}", &text[..20]);
    }
}

#[tokio::test]
async fn fts5_tables_are_no_tables_of_the_schema() {
    let db = pages().await;
    let tables = demijohn_orm::introspect::tables(db.connection()).await.expect("they are read");
    assert_eq!(tables, ["words_made", "words_page", "words_remark"]);
    let table = demijohn_orm::introspect::table(db.connection(), "words_page").await.expect("it is read");
    let index = table.expect("it is there").indexes.remove(0);
    let columns: Vec<_> = index.parts.iter().filter_map(|part| part.as_column()).collect();
    assert_eq!((columns, format!("{:?}", index.method)), (vec!["title", "body"], "FullText".to_owned()));
}
