//! What migrations describe, made, changed and taken back on each database.

use demijohn_core::Result;
use demijohn_core::model::Models;
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{MigrateContext, MigrateOptions, migrate};
use demijohn_orm::{Db, Executor as _, introspect};

use super::listed;
use crate::databases::{Kind, run};

async fn apply(db: &Db, list: &[Migration]) -> Result<()> {
    to(db, list, None).await
}

async fn to(db: &Db, list: &[Migration], target: Option<&str>) -> Result<()> {
    let (models, migrations) = (Models::new(), listed(list.to_vec()));
    let context =
        MigrateContext { driver: db.driver().as_ref(), models: &models, migrations: &migrations, post_migrate: &[] };
    let target = target.map(str::to_owned);
    let options =
        MigrateOptions { app: target.as_ref().map(|_| "shop".to_owned()), target, ..MigrateOptions::default() };
    migrate(&context, &options, &mut |_| {}).await.map(|_| ())
}

async fn sql(db: &Db, sql: &str) -> Result<()> {
    db.connection().execute_script(sql).await
}

/// The code of the error that the database answers with; nothing without one.
async fn refused(db: &Db, text: &str) -> String {
    sql(db, text).await.map_or_else(|error| error.code().to_owned(), |()| String::new())
}

async fn on_each(work: impl AsyncFn(Kind, &Db)) {
    for kind in [Kind::Sqlite, Kind::Postgres, Kind::Mysql] {
        run(kind, Models::new(), async |db| work(kind, db).await).await;
    }
}

fn shop() -> Migration {
    Migration::new("shop", "0001_initial")
        .create_model("Maker", |m| {
            m.field("id", auto());
            m.field("code", varchar(20).unique());
        })
        .create_model("Cup", |m| {
            m.field("id", auto());
            m.field("maker", foreign_key("Maker").null().to_field("code"));
            m.field("price", integer().db_default(3));
            m.field("made", timestamp().db_default_now());
            m.field("day", date().db_default_now());
            m.field("word", varchar(20).db_default_sql("lower('ABC')"));
            m.field("double", big_int().generated("{price} * 2"));
        })
        .create_model("Place", |m| {
            m.field("row", integer().primary_key());
            m.field("seat", integer().primary_key());
            m.field("taken", boolean().db_default(false));
            m.constraint(check("row_positive", "{row} > 0"));
        })
}

fn second(steps: impl FnOnce(Migration) -> Migration) -> [Migration; 2] {
    [shop(), steps(Migration::new("shop", "0002_more").depends_on("shop", "0001_initial"))]
}

#[tokio::test]
async fn defaults_generated_columns_composite_keys_and_keys_to_other_fields_work() {
    on_each(async |kind, db| {
        apply(db, &[shop()]).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        sql(db, "INSERT INTO shop_maker (code) VALUES ('a'); INSERT INTO shop_cup (maker_id) VALUES ('a')")
            .await
            .expect("it fits");
        let count =
            "SELECT count(*) FROM shop_cup WHERE price = 3 AND word = 'abc' AND made IS NOT NULL AND day IS NOT NULL";
        let both = format!(
            "INSERT INTO shop_place SELECT 1, count(*), {} FROM ({count}) AS x",
            if kind == Kind::Postgres { "false" } else { "0" }
        );
        assert_eq!(refused(db, &both).await, "", "{kind:?}");
        let (row, again) =
            ("INSERT INTO shop_place (row, seat) VALUES (1, 2)", "INSERT INTO shop_place (row, seat) VALUES (1, 2)");
        let quoted = |text: &str| if kind == Kind::Mysql { text.replace("(row", "(`row`") } else { text.to_owned() };
        assert_eq!(refused(db, &quoted(row)).await, "", "{kind:?}");
        assert_eq!(refused(db, &quoted(again)).await, "orm.unique", "{kind:?}");
        assert_eq!(
            refused(db, &quoted("INSERT INTO shop_place (row, seat) VALUES (0, 9)")).await,
            "orm.check",
            "{kind:?}"
        );
        if kind != Kind::Sqlite {
            assert_eq!(
                refused(db, "INSERT INTO shop_cup (maker_id) VALUES ('nobody')").await,
                "orm.foreign_key",
                "{kind:?}"
            );
        }
        let table = introspect::table(db.connection(), "shop_place").await.expect("it is read").expect("it is there");
        assert_eq!(table.key(), ["row", "seat"], "{kind:?}");
        to(db, &[shop()], Some("zero")).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        assert_eq!(
            introspect::tables(db.connection()).await.expect("they are read"),
            ["django_migrations"],
            "{kind:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_key_that_others_point_to_gets_another_type_and_what_is_computed_is_computed_anew() {
    on_each(async |kind, db| {
        let list = second(|m| {
            m.alter_field("Maker", "code", varchar(40).unique())
                .alter_field("Cup", "double", big_int().generated("{price} * 3"))
                .alter_field("Place", "seat", big_int().primary_key())
                .alter_field("Cup", "price", big_int().db_default(4))
        });
        apply(db, &list[..1]).await.expect("it is made");
        sql(db, "INSERT INTO shop_maker (code) VALUES ('a'); INSERT INTO shop_cup (maker_id) VALUES ('a')")
            .await
            .expect("it fits");
        apply(db, &list).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        sql(db, "INSERT INTO shop_cup (maker_id) VALUES ('a')").await.expect("it fits");
        let sum = "INSERT INTO shop_cup (id, price, maker_id) SELECT sum(double_), 1, 'a' FROM x";
        let name = if kind == Kind::Mysql { "`double`" } else { "\"double\"" };
        let sum = sum.replace("sum(double_)", &format!("sum({name})")).replace("FROM x", "FROM shop_cup");
        assert_eq!(refused(db, &sum).await, "", "{kind:?}");
        // 3 * 3 + 4 * 3: the row has that key now.
        assert_eq!(refused(db, "INSERT INTO shop_cup (id) VALUES (21)").await, "orm.unique", "{kind:?}");
        to(db, &list, Some("0001")).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        if kind != Kind::Sqlite {
            assert_eq!(
                refused(db, "INSERT INTO shop_cup (maker_id) VALUES ('nobody')").await,
                "orm.foreign_key",
                "{kind:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_database_and_the_models_are_changed_apart() {
    on_each(async |kind, db| {
        let list = second(|m| {
            m.separate(
                |database| {
                    database.run_sql(
                        "ALTER TABLE shop_maker ADD COLUMN age integer",
                        "ALTER TABLE shop_maker DROP COLUMN age",
                    )
                },
                |models| models.add_field("Maker", "age", integer().null()),
            )
            .add_index("Maker", index(["age"]))
        });
        apply(db, &list).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        to(db, &list, Some("0001")).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        let table = introspect::table(db.connection(), "shop_maker").await.expect("it is read").expect("it is there");
        assert_eq!(table.columns.len(), 2, "{kind:?}");
    })
    .await;
}

#[tokio::test]
async fn indexes_over_expressions_forbid_duplicates_where_there_are_any() {
    on_each(async |kind, db| {
        let list = second(|m| m.add_index("Maker", unique_on(["lower({code}) DESC"]).named("maker_code_lower")));
        let made = apply(db, &list).await;
        if kind == Kind::Mysql {
            let error = made.expect_err("MariaDB has none");
            assert_eq!(error.code(), "migrations.unsupported");
            expect_test::expect![[r#"
                migration `shop.0002_more` failed: `maker_code_lower` of table `shop_maker` cannot be made: MySQL or MariaDB has no indexes over expressions
                hint: put the expression into a generated column, and the index over that"#]]
            .assert_eq(&format!("{error:#}"));
            return;
        }
        made.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        sql(db, "INSERT INTO shop_maker (code) VALUES ('a')").await.expect("it fits");
        assert_eq!(refused(db, "INSERT INTO shop_maker (code) VALUES ('A')").await, "orm.unique", "{kind:?}");
        to(db, &list, Some("0001")).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        assert_eq!(refused(db, "INSERT INTO shop_maker (code) VALUES ('A')").await, "", "{kind:?}");
    })
    .await;
}

#[tokio::test]
async fn what_only_postgres_has_is_made_there_and_refused_elsewhere() {
    on_each(async |kind, db| {
        let list = second(|m| {
            m.create_extension("btree_gist").create_extension("hstore").create_model("Stay", |m| {
                m.field("id", auto());
                m.field("room", integer());
                m.field("during", range(date()));
                m.field("names", array(varchar(20)).db_default("{a,b}"));
                m.field("more", hstore().null());
                m.field("words", text_vector().null());
                m.field("place", integer().null());
                m.constraint(exclusion("no_overlap", [("{room}", "="), ("{during}", "&&")]).condition("{room} > 0"));
                m.index(unique(["place"]).named("one_place").deferrable(Deferrable::Deferred).nulls_distinct(false));
                m.index(index(["names"]).method(IndexMethod::Gin));
                m.index(index(["room"]).named("room_with").include(["place"]).condition("{place} IS NOT NULL"));
            })
        });
        let made = apply(db, &list).await;
        if kind != Kind::Postgres {
            let error = made.expect_err("it has no ranges");
            assert_eq!(error.code(), "migrations.unsupported", "{error:#}");
            return;
        }
        made.unwrap_or_else(|error| panic!("{error:#}"));
        let stay = |room: i32, span: &str, place: i32| {
            format!("INSERT INTO shop_stay (room, during, place) VALUES ({room}, '{span}', {place})")
        };
        sql(db, &stay(1, "[2026-01-01,2026-01-05)", 1)).await.expect("it is free");
        assert_eq!(refused(db, &stay(1, "[2026-01-04,2026-01-06)", 2)).await, "orm.exclusion");
        assert_eq!(refused(db, &stay(2, "[2026-01-04,2026-01-06)", 1)).await, "orm.unique");
        to(db, &list, Some("0001")).await.unwrap_or_else(|error| panic!("{error:#}"));
        apply(db, &list).await.unwrap_or_else(|error| panic!("{error:#}"));
    })
    .await;
}

#[tokio::test]
async fn indexes_are_made_beside_running_work_and_checks_validated_later() {
    on_each(async |kind, db| {
        let mut list = second(|m| {
            m.not_atomic()
                .add_index_concurrently("Cup", index(["price"]).named("cup_price"))
                .remove_index_concurrently("Cup", index(["price"]).named("cup_price"))
                .add_index_concurrently("Cup", index(["word"]))
        })
        .to_vec();
        let third = Migration::new("shop", "0003_checked")
            .depends_on("shop", "0002_more")
            .add_constraint_not_valid("Cup", check("price_small", "{price} < 100"));
        let fourth = Migration::new("shop", "0004_validated")
            .depends_on("shop", "0003_checked")
            .validate_constraint("Cup", "price_small");
        list.extend([third, fourth]);
        apply(db, &list[..2]).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        if kind == Kind::Postgres {
            sql(db, "INSERT INTO shop_cup (price) VALUES (500)").await.expect("nothing forbids it yet");
            apply(db, &list[..3]).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
            assert_eq!(apply(db, &list).await.expect_err("a row does not pass").code(), "orm.check");
            sql(db, "DELETE FROM shop_cup").await.expect("it can go");
        }
        apply(db, &list).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        assert_eq!(refused(db, "INSERT INTO shop_cup (price) VALUES (500)").await, "orm.check", "{kind:?}");
        to(db, &list, Some("0001")).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        assert_eq!(refused(db, "INSERT INTO shop_cup (price) VALUES (500)").await, "", "{kind:?}");
        let table = introspect::table(db.connection(), "shop_cup").await.expect("it is read").expect("it is there");
        assert!(!table.indexes.iter().any(|index| index.mentions("word")), "{kind:?}: {:?}", table.indexes);
    })
    .await;
}

#[tokio::test]
async fn a_rebuilt_table_keeps_a_check_made_by_hand() {
    run(Kind::Sqlite, Models::new(), async |db| {
        let list = second(|m| m.alter_field("Thing", "name", varchar(50)));
        let first = Migration::new("shop", "0001_initial").create_model("Thing", |m| {
            m.field("id", auto());
            m.field("name", varchar(20));
        });
        apply(db, std::slice::from_ref(&first)).await.expect("it is made");
        sql(
            db,
            "DROP TABLE shop_thing; CREATE TABLE shop_thing (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, \
                 name varchar(20) NOT NULL, CONSTRAINT by_hand CHECK (name <> 'no'))",
        )
        .await
        .expect("it is made");
        apply(db, &[first, list[1].clone()]).await.unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(refused(db, "INSERT INTO shop_thing (name) VALUES ('no')").await, "orm.check");
    })
    .await;
}

#[tokio::test]
async fn a_key_keeps_what_the_database_does_when_a_row_goes() {
    on_each(async |kind, db| {
        let list = second(|m| m.alter_field("Cup", "maker", foreign_key("Maker").to_field("code")));
        apply(db, &list[..1]).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        match kind {
            // That a table is built anew is the matter of `rebuild.rs`.
            Kind::Sqlite => return,
            Kind::Postgres => {
                sql(
                    db,
                    "DO $$ DECLARE own text; BEGIN SELECT conname INTO own FROM pg_constraint \
                     WHERE contype = 'f' AND conrelid = 'shop_cup'::regclass; \
                     EXECUTE 'ALTER TABLE shop_cup DROP CONSTRAINT ' || quote_ident(own); END $$",
                )
                .await
            }
            Kind::Mysql => {
                let name = "SELECT constraint_name FROM information_schema.referential_constraints \
                            WHERE constraint_schema = database() AND table_name = 'shop_cup'";
                let name = super::stepwise::first_column(db.connection(), name).await.remove(0);
                sql(db, &format!("ALTER TABLE shop_cup DROP FOREIGN KEY {name}")).await
            }
        }
        .expect("the key is there");
        let by_hand = "ALTER TABLE shop_cup ADD CONSTRAINT by_hand FOREIGN KEY (maker_id) REFERENCES shop_maker (code) \
                       ON DELETE CASCADE";
        sql(db, by_hand).await.expect("it is made");
        sql(db, "INSERT INTO shop_maker (code) VALUES ('a')").await.expect("it fits");
        sql(db, "INSERT INTO shop_cup (maker_id) VALUES ('a')").await.expect("it fits");
        apply(db, &list).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        sql(db, "DELETE FROM shop_maker").await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        let left = super::stepwise::first_column(db.connection(), "SELECT count(*) FROM shop_cup").await;
        assert_eq!(left, ["0"], "{kind:?}");
    })
    .await;
}
