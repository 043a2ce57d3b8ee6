//! A rebuilt table keeps what migrations did not make: triggers, views, indexes by hand, and its numbering.

use demijohn_orm::migrations::MigrateOptions;
use demijohn_orm::migrations::prelude::*;
use expect_test::expect;

use super::{Scratch, listed};

fn first() -> Migration {
    Migration::new("shop", "0001_initial")
        .create_model("Cup", |m| {
            m.field("id", auto());
            m.field("name", varchar(20));
            m.field("size", integer().null());
        })
        .create_model("Sale", |m| {
            m.field("id", auto());
            m.field("cup", foreign_key("Cup"));
        })
}

fn second(migration: impl FnOnce(Migration) -> Migration) -> [Migration; 2] {
    [first(), migration(Migration::new("shop", "0002_more").depends_on("shop", "0001_initial"))]
}

async fn furnished() -> Scratch {
    let scratch = Scratch::new().await;
    scratch.apply(&[first()]).await;
    scratch
        .sql(
            "CREATE TABLE log (what text);
             INSERT INTO shop_cup (id, name, size) VALUES (1, 'blue', 3), (41, 'gone', 1);
             DELETE FROM shop_cup WHERE id = 41;
             INSERT INTO shop_sale (cup_id) VALUES (1);
             CREATE INDEX by_hand ON shop_cup (lower(name)) WHERE size > 1;
             CREATE VIEW big AS SELECT name FROM shop_cup WHERE size > 2;
             CREATE VIEW bigger AS SELECT name FROM big;
             CREATE TRIGGER on_cup AFTER UPDATE ON shop_cup BEGIN INSERT INTO log VALUES (new.name); END;
             CREATE TRIGGER on_sale AFTER INSERT ON shop_sale BEGIN UPDATE shop_cup SET size = size + 1 WHERE id = new.cup_id; END;",
        )
        .await;
    scratch
}

#[tokio::test]
async fn keeps_triggers_views_and_indexes_made_by_hand() {
    let scratch = furnished().await;
    let by_hand =
        "SELECT sql FROM sqlite_master WHERE name IN ('by_hand', 'big', 'bigger', 'on_cup', 'on_sale') ORDER BY name";
    let before = scratch.rows(by_hand).await;
    assert_eq!(before.len(), 5);
    scratch.apply(&second(|m| m.alter_field("Cup", "name", varchar(50)))).await;
    assert_eq!(scratch.rows(by_hand).await, before);
    scratch.sql("INSERT INTO shop_sale (cup_id) VALUES (1)").await;
    assert_eq!(scratch.rows("SELECT what FROM log").await, ["blue"]);
    assert_eq!(scratch.rows("SELECT name FROM bigger").await, ["blue"]);
    scratch.assert_sound().await;
}

#[tokio::test]
async fn keeps_numbering_after_the_highest_row_was_deleted() {
    let scratch = furnished().await;
    scratch.apply(&second(|m| m.alter_field("Cup", "name", varchar(50)))).await;
    scratch.sql("INSERT INTO shop_cup (name) VALUES ('new')").await;
    assert_eq!(scratch.rows("SELECT id FROM shop_cup WHERE name = 'new'").await, ["42"]);
    assert_eq!(scratch.rows("SELECT count(*) FROM sqlite_sequence WHERE name LIKE '%cup%'").await, ["1"]);
}

#[tokio::test]
async fn keeps_numbering_of_an_empty_table() {
    let scratch = furnished().await;
    scratch.sql("DELETE FROM shop_sale; DELETE FROM shop_cup").await;
    scratch.apply(&second(|m| m.alter_field("Cup", "name", varchar(50)))).await;
    scratch.sql("INSERT INTO shop_cup (name) VALUES ('new')").await;
    assert_eq!(scratch.rows("SELECT id FROM shop_cup").await, ["42"]);
}

#[tokio::test]
async fn refuses_a_change_that_breaks_a_trigger() {
    let scratch = furnished().await;
    let before = scratch.schema().await;
    let list = listed(second(|m| m.remove_field("Cup", "size").alter_field("Cup", "name", varchar(50))).to_vec());
    let error = scratch.run(&list, &MigrateOptions::default()).await.expect_err("a trigger needs the column");
    assert!(error.to_string().starts_with("migration `shop.0002_more` failed: "), "{error:#}");
    assert!(format!("{error:#}").contains("size"), "{error:#}");
    assert_eq!(scratch.schema().await, before);
    assert_eq!(scratch.rows("SELECT name FROM django_migrations").await, ["0001_initial"]);
}

#[tokio::test]
async fn refuses_to_lose_a_column_that_no_migration_made() {
    let scratch = furnished().await;
    scratch.sql("ALTER TABLE shop_cup ADD COLUMN secret text; UPDATE shop_cup SET secret = 'x'").await;
    let list = listed(second(|m| m.alter_field("Cup", "name", varchar(50))).to_vec());
    let error = scratch.run(&list, &MigrateOptions::default()).await.expect_err("the column would be lost");
    expect![[r#"
        migration `shop.0002_more` failed: the table `shop_cup` has columns that no migration made: `secret`
        hint: the table must be rebuilt, which would lose them: add them to the model, or drop them by hand"#]]
    .assert_eq(&format!("{error:#}"));
    assert_eq!(scratch.rows("SELECT secret FROM shop_cup").await, ["x"]);
}

#[tokio::test]
async fn notices_rows_that_point_to_nothing_before_it_commits() {
    let scratch = furnished().await;
    let list = listed(second(|m| m.run_sql("DELETE FROM shop_cup", "")).to_vec());
    let error = scratch.run(&list, &MigrateOptions::default()).await.expect_err("a sale points to the cup");
    assert!(format!("{error:#}").contains("shop_sale"), "{error:#}");
    assert_eq!(scratch.rows("SELECT count(*) FROM shop_cup").await, ["1"]);
    scratch.assert_sound().await;
}
