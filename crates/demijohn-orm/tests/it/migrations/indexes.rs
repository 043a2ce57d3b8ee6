//! Kinds of indexes, orders of letters and computed columns: made, used, read back and removed where they exist.

use demijohn_core::model::Models;
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{MigrateContext, MigrateOptions, migrate};
use demijohn_orm::{Db, Executor as _, introspect};
use demijohn_sql::schema::{IndexOf, Table, TableIndex};
use expect_test::expect;

use super::listed;
use super::stepwise::{first_column, sql};
use crate::databases::{Kind, run};

async fn to(db: &Db, list: &[Migration], target: &str) {
    let (models, migrations) = (Models::new(), listed(list.to_vec()));
    let context =
        MigrateContext { driver: db.driver().as_ref(), models: &models, migrations: &migrations, post_migrate: &[] };
    let (app, target) = (Some("shop".to_owned()), Some(target.to_owned()));
    let options = MigrateOptions { app, target, ..MigrateOptions::default() };
    migrate(&context, &options, &mut |_| {}).await.unwrap_or_else(|error| panic!("{error:#}"));
}

async fn table(db: &Db, name: &str) -> Table {
    introspect::table(db.connection(), name).await.expect("it is read").expect("it is there")
}

fn words(index: &TableIndex) -> String {
    let part = |part: &demijohn_sql::schema::IndexPart| {
        let of = match &part.of {
            IndexOf::Column(name) => name.clone(),
            IndexOf::Expression(sql) => format!("({})", sql.render(&demijohn_sql::Postgres)),
        };
        format!("{of} {}{}", part.opclass, if part.descending { " DESC" } else { "" }).trim_end().to_owned()
    };
    let parts: Vec<String> = index.parts.iter().map(part).collect();
    let condition = index.condition.as_ref().map(|sql| format!(" WHERE {}", sql.render(&demijohn_sql::Postgres)));
    let include = if index.include.is_empty() { String::new() } else { format!(" INCLUDE {:?}", index.include) };
    let name = index.name.clone().unwrap_or_default();
    format!("{name}: {:?} {}{include}{}", index.method, parts.join(", "), condition.unwrap_or_default())
}

fn listing(table: &Table) -> String {
    let mut lines: Vec<String> = table.indexes.iter().map(words).collect();
    lines.sort();
    lines.join("\n")
}

fn things() -> Migration {
    Migration::new("shop", "0001_initial")
        .create_extension("pg_trgm")
        .create_extension("bloom")
        .create_extension("btree_gist")
        .create_extension("btree_gin")
        .create_model("Thing", |m| {
            m.field("id", auto());
            m.field("made", timestamp());
            m.field("during", range(timestamp()));
            m.field("name", varchar(50));
            m.field("title", text());
            m.field("size", integer());
            m.field("more", integer());
            m.field("tags", array(text()));
            m.field("doc", json());
            m.field("words", text_vector());
            m.field("address", ip_address());
        })
}

/// An index, and a condition that it answers.
fn kinds() -> Vec<(Index, &'static str)> {
    vec![
        (index(["made"]).named("brin").method(IndexMethod::Brin), "made > '2026-01-01'"),
        (
            index(["made"]).named("brin_class").method(IndexMethod::Brin).opclasses(["timestamptz_minmax_multi_ops"]),
            "made > '2026-01-01'",
        ),
        (index(["during"]).named("gist").method(IndexMethod::Gist), "during @> '2026-01-01'::timestamptz"),
        (index(["size"]).named("gist_scalar").method(IndexMethod::Gist).include(["more"]), "size = 3"),
        (index(["during"]).named("spgist").method(IndexMethod::SpGist), "during && '[2026-01-01,2026-01-02)'"),
        (index(["title"]).named("spgist_text").method(IndexMethod::SpGist), "title = 'a'"),
        (index(["address"]).named("spgist_inet").method(IndexMethod::SpGist), "address << '10.0.0.0/8'"),
        (index(["name"]).named("hash").method(IndexMethod::Hash), "name = 'a'"),
        (index(["tags"]).named("gin").method(IndexMethod::Gin), "tags @> '{a}'"),
        (index(["words"]).named("gin_words").method(IndexMethod::Gin), "words @@ 'a'::tsquery"),
        (index(["doc"]).named("gin_json").method(IndexMethod::Gin).opclasses(["jsonb_path_ops"]), "doc @> '{}'"),
        (
            index(["name"]).named("gin_trigrams").method(IndexMethod::Gin).opclasses(["gin_trgm_ops"]),
            "name LIKE '%abc%'",
        ),
        (index(["size", "tags"]).named("gin_both").method(IndexMethod::Gin), "size = 3 AND tags @> '{a}'"),
        (
            index_on(["to_tsvector('english', {title})"]).named("gin_expression").method(IndexMethod::Gin),
            "to_tsvector('english', title) @@ 'a'::tsquery",
        ),
        (
            index_on(["upper({title})"])
                .named("gist_expression")
                .method(IndexMethod::Gist)
                .opclasses(["gist_trgm_ops"]),
            "upper(title) LIKE '%ABC%'",
        ),
        (index(["size", "more"]).named("bloom").method(IndexMethod::Bloom), "size = 1 AND more = 2"),
        (index(["title"]).named("pattern").opclasses(["text_pattern_ops"]), "title LIKE 'a%'"),
        (
            index(["-size", "name"]).named("mixed").opclasses(["", "varchar_pattern_ops"]).condition("{more} > 0"),
            "size = 1 AND name LIKE 'a%' AND more > 0",
        ),
    ]
}

#[tokio::test]
async fn postgres_makes_uses_and_removes_indexes_of_every_kind() {
    run(Kind::Postgres, Models::new(), async |db| {
        let mut read = Vec::new();
        for (own, condition) in kinds() {
            let list = [
                things(),
                Migration::new("shop", "0002_x").depends_on("shop", "0001_initial").add_index("Thing", own.clone()),
            ];
            to(db, &list, "0002").await;
            let lines = listing(&table(db, "shop_thing").await);
            // Whoever may not read all rows one by one takes an index that can answer.
            let tx = db.driver().begin_schema_change().await.expect("it begins");
            tx.execute_script("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = on")
                .await
                .expect("settings");
            let plan = first_column(&*tx, &format!("EXPLAIN SELECT count(*) FROM shop_thing WHERE {condition}"))
                .await
                .join("\n");
            tx.rollback().await.expect("nothing was done");
            let name = lines.split(':').next().expect("it has a name").to_owned();
            assert!(plan.contains(&format!(" {name} ")) || plan.contains(&format!(" on {name} ")), "{name}: {plan}");
            read.push(lines);
            let third = Migration::new("shop", "0003_y").depends_on("shop", "0002_x").remove_index("Thing", own);
            to(db, &[list[0].clone(), list[1].clone(), third.clone()], "0003").await;
            assert_eq!(listing(&table(db, "shop_thing").await), "", "{name}");
            // The way back makes it again, and from there it goes.
            to(db, &[list[0].clone(), list[1].clone(), third], "0002").await;
            assert_eq!(Some(&listing(&table(db, "shop_thing").await)), read.last());
            to(db, &list, "0001").await;
            assert_eq!(listing(&table(db, "shop_thing").await), "", "{name}");
        }
        expect![[r#"
            brin: Brin made
            brin_class: Brin made timestamptz_minmax_multi_ops
            gist: Gist during
            gist_scalar: Gist size INCLUDE ["more"]
            spgist: SpGist during
            spgist_text: SpGist title
            spgist_inet: SpGist address
            hash: Hash name
            gin: Gin tags
            gin_words: Gin words
            gin_json: Gin doc jsonb_path_ops
            gin_trigrams: Gin name gin_trgm_ops
            gin_both: Gin size, tags
            gin_expression: Gin (to_tsvector('english'::regconfig, title))
            gist_expression: Gist (upper(title)) gist_trgm_ops
            bloom: Bloom size, more
            pattern: BTree title text_pattern_ops
            mixed: BTree size  DESC, name varchar_pattern_ops WHERE (more > 0)"#]]
        .assert_eq(&read.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_nobody_chose_ends_with_the_kind_as_djangos_do() {
    run(Kind::Postgres, Models::new(), async |db| {
        let methods =
            [IndexMethod::Brin, IndexMethod::Gist, IndexMethod::SpGist, IndexMethod::Hash, IndexMethod::Bloom];
        let second = Migration::new("shop", "0002_x").depends_on("shop", "0001_initial");
        let second = methods.into_iter().fold(second, |second, method| {
            second.add_index(
                "Thing",
                index([if method == IndexMethod::SpGist { "title" } else { "size" }]).method(method),
            )
        });
        to(db, &[things(), second.clone()], "0002").await;
        expect![[r#"
            shop_thing_size_2173f2_bloom: Bloom size
            shop_thing_size_b985d6_hash: Hash size
            shop_thing_size_be8d61_gist: Gist size
            shop_thing_size_f6c818_brin: Brin size
            shop_thing_title_62835d_spgist: SpGist title"#]]
        .assert_eq(&listing(&table(db, "shop_thing").await));
        to(db, &[things(), second], "0001").await;
        assert_eq!(listing(&table(db, "shop_thing").await), "");
    })
    .await;
}

#[tokio::test]
async fn words_are_found_by_a_full_text_index_where_there_is_one() {
    for kind in [Kind::Sqlite, Kind::Postgres, Kind::Mysql] {
        run(kind, Models::new(), async |db| {
            let first = Migration::new("shop", "0001_initial").create_model("Page", |m| {
                m.field("id", auto());
                m.field("title", varchar(50));
                m.field("body", text());
            });
            let own = || index(["title", "body"]).named("page_words").method(IndexMethod::FullText);
            let second = Migration::new("shop", "0002_x").depends_on("shop", "0001_initial").add_index("Page", own());
            let third = Migration::new("shop", "0003_y").depends_on("shop", "0002_x").remove_index("Page", own());
            let list = [first, second, third];
            to(db, &list, "0002").await;
            let read = listing(&table(db, "shop_page").await);
            if kind == Kind::Postgres {
                // `check` says that it is not made there.
                assert_eq!(read, "");
            } else {
                assert_eq!(read, "page_words: FullText title, body", "{kind:?}");
                sql(db, "INSERT INTO shop_page (title, body) VALUES ('Of cork', 'bottles and flasks')").await;
                let found = match kind {
                    Kind::Mysql => "SELECT title FROM shop_page WHERE MATCH (title, body) AGAINST ('flasks')",
                    _ => {
                        "SELECT title FROM shop_page WHERE id IN \
                         (SELECT rowid FROM page_words WHERE page_words MATCH 'flasks')"
                    }
                };
                assert_eq!(first_column(db.connection(), found).await, ["Of cork"]);
            }
            to(db, &list, "0003").await;
            assert_eq!(listing(&table(db, "shop_page").await), "", "{kind:?}");
            to(db, &list, "0002").await;
            to(db, &list, "0001").await;
            assert_eq!(listing(&table(db, "shop_page").await), "", "{kind:?}");
        })
        .await;
    }
}

/// An order of letters for which `A` and `a` are the same, and one for which they are not.
fn orders(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Sqlite => ("NOCASE", "BINARY"),
        Kind::Postgres => ("loose", "C"),
        Kind::Mysql => ("utf8mb4_general_ci", "utf8mb4_bin"),
    }
}

#[tokio::test]
async fn orders_of_letters_are_kept_changed_and_taken_away() {
    for kind in [Kind::Sqlite, Kind::Postgres, Kind::Mysql] {
        run(kind, Models::new(), async |db| {
            let (loose, exact) = orders(kind);
            let first = Migration::new("shop", "0001_initial")
                .create_collation(collation("loose", "und-u-ks-level2").not_deterministic())
                .create_model("Tag", |m| {
                    m.field("id", auto());
                    m.field("name", varchar(50).unique().collation(loose));
                });
            let after = |name: &str, before: &str| Migration::new("shop", name).depends_on("shop", before);
            let list = [
                first,
                after("0002_exact", "0001_initial").alter_field("Tag", "name", varchar(50).unique().collation(exact)),
                after("0003_usual", "0002_exact").alter_field("Tag", "name", varchar(50).unique()),
                after("0004_again", "0003_usual").add_field("Tag", "other", varchar(9).null().collation(loose)),
            ];
            let order = async |column: usize| table(db, "shop_tag").await.columns[column].collation.clone();
            let is_refused = async |name: &str| {
                let insert = format!("INSERT INTO shop_tag (name) VALUES ('{name}')");
                db.connection().execute_script(&insert).await.is_err_and(|error| error.code() == "orm.unique")
            };
            to(db, &list, "0001").await;
            // MariaDB says nothing of an order that is the table's own.
            if kind != Kind::Mysql {
                assert_eq!(order(1).await, loose, "{kind:?}");
            }
            assert!(!is_refused("cork").await, "{kind:?}");
            assert!(is_refused("CORK").await, "{kind:?}");
            to(db, &list, "0002").await;
            assert_eq!(order(1).await, if kind == Kind::Sqlite { "BINARY" } else { exact }, "{kind:?}");
            assert!(!is_refused("CORK").await, "{kind:?}");
            sql(db, "DELETE FROM shop_tag WHERE name = 'CORK'").await;
            to(db, &list, "0003").await;
            assert_eq!(order(1).await, "", "{kind:?}");
            to(db, &list, "0004").await;
            to(db, &list, "0002").await;
            assert!(!is_refused("CORK").await, "{kind:?}");
            sql(db, "DELETE FROM shop_tag WHERE name = 'CORK'").await;
            to(db, &list, "0001").await;
            assert!(is_refused("CORK").await, "{kind:?}");
            to(db, &list, "zero").await;
        })
        .await;
    }
}

#[tokio::test]
async fn columns_are_computed_when_they_are_read_where_there_are_such() {
    for kind in [Kind::Sqlite, Kind::Mysql] {
        run(kind, Models::new(), async |db| {
            let after = |name: &str, before: &str| Migration::new("shop", name).depends_on("shop", before);
            let list = [
                Migration::new("shop", "0001_initial").create_model("Cup", |m| {
                    m.field("id", auto());
                    m.field("size", integer());
                    m.field("area", integer().generated_virtual("{size} * {size}"));
                }),
                after("0002_more", "0001_initial")
                    .add_field("Cup", "half", integer().generated_virtual("{size} - 1"))
                    .add_index("Cup", index(["half"]).named("cup_half")),
                after("0003_stored", "0002_more").alter_field("Cup", "area", integer().generated("{size} * {size}")),
                after("0004_plain", "0003_stored")
                    .remove_index("Cup", index(["half"]).named("cup_half"))
                    .remove_field("Cup", "half"),
            ];
            let stored = async |column: &str| {
                let cup = table(db, "shop_cup").await;
                cup.column(column).expect("it is there").generated.clone().map(|own| own.stored)
            };
            let read = async |column: &str| {
                first_column(db.connection(), &format!("SELECT {column} FROM shop_cup ORDER BY id")).await
            };
            to(db, &list, "0001").await;
            sql(db, "INSERT INTO shop_cup (size) VALUES (3)").await;
            assert_eq!((stored("area").await, read("area").await), (Some(false), vec!["9".to_owned()]), "{kind:?}");
            to(db, &list, "0002").await;
            assert_eq!((stored("half").await, read("half").await), (Some(false), vec!["2".to_owned()]), "{kind:?}");
            to(db, &list, "0003").await;
            assert_eq!((stored("area").await, read("area").await), (Some(true), vec!["9".to_owned()]), "{kind:?}");
            to(db, &list, "0004").await;
            assert!(table(db, "shop_cup").await.column("half").is_none(), "{kind:?}");
            to(db, &list, "0001").await;
            assert_eq!((stored("area").await, read("area").await), (Some(false), vec!["9".to_owned()]), "{kind:?}");
            to(db, &list, "zero").await;
        })
        .await;
    }
}
