//! Full-text indexes of SQLite through the changes of their table.

use demijohn_core::model::IndexMethod;
use demijohn_orm::migrations::prelude::*;

use super::Scratch;

fn first() -> Migration {
    Migration::new("shop", "0001_initial").create_model("Cup", |m| {
        m.field("id", auto());
        m.field("name", varchar(20));
        m.field("note", text().null());
        m.field("size", integer().null());
        m.index(index(["name", "note"]).method(IndexMethod::FullText));
    })
}

fn second(migration: impl FnOnce(Migration) -> Migration) -> [Migration; 2] {
    [first(), migration(Migration::new("shop", "0002_more").depends_on("shop", "0001_initial"))]
}

async fn furnished() -> Scratch {
    let scratch = Scratch::new().await;
    scratch.apply(&[first()]).await;
    scratch.sql("INSERT INTO shop_cup (name, note) VALUES ('blue', 'of clay'), ('red', NULL)").await;
    scratch
}

/// The name of the only table of words, and the rows in which it finds a word.
async fn found(scratch: &Scratch, word: &str) -> (String, Vec<String>) {
    let tables = scratch.rows("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'").await;
    let [table] = &tables[..] else { panic!("one table of words, not {tables:?}") };
    let rows = scratch.rows(&format!("SELECT rowid FROM \"{table}\" WHERE \"{table}\" MATCH '{word}'")).await;
    (table.clone(), rows)
}

/// What comes, changes and goes in a table is found and not found.
async fn assert_followed(scratch: &Scratch, table: &str, name: &str) {
    scratch.sql(&format!("INSERT INTO {table} (id, {name}) VALUES (70, 'green'), (71, 'grey')")).await;
    scratch.sql(&format!("UPDATE {table} SET {name} = 'pink' WHERE id = 70; DELETE FROM {table} WHERE id = 71")).await;
    assert_eq!(found(scratch, "pink").await.1, ["70"]);
    assert_eq!(found(scratch, "green OR grey").await.1, Vec::<String>::new());
    assert_eq!(found(scratch, "blue AND clay").await.1, ["1"]);
    scratch.sql(&format!("DELETE FROM {table} WHERE id = 70")).await;
    scratch.assert_sound().await;
}

#[tokio::test]
async fn a_table_that_is_built_anew_keeps_its_words() {
    let scratch = furnished().await;
    let before = found(&scratch, "clay").await;
    scratch.apply(&second(|m| m.alter_field("Cup", "size", varchar(9).null()))).await;
    assert_eq!(found(&scratch, "clay").await, before);
    assert_followed(&scratch, "shop_cup", "name").await;
}

#[tokio::test]
async fn another_table_that_is_built_anew_leaves_the_triggers() {
    let scratch = furnished().await;
    let more = |m: Migration| {
        m.create_model("Pot", |m| {
            m.field("id", auto());
            m.field("name", varchar(20));
        })
        .alter_field("Pot", "name", varchar(30))
    };
    scratch.apply(&second(more)).await;
    assert_followed(&scratch, "shop_cup", "name").await;
}

#[tokio::test]
async fn values_that_a_change_fills_in_are_found() {
    let scratch = furnished().await;
    scratch.apply(&second(|m| m.alter_field("Cup", "note", text().fill_with("unknown")))).await;
    assert_eq!(found(&scratch, "unknown").await.1, ["2"]);
    scratch.sql("DELETE FROM shop_cup WHERE id = 2").await;
    assert_eq!(found(&scratch, "unknown").await.1, Vec::<String>::new());
}

#[tokio::test]
async fn other_names_of_table_and_columns_give_the_index_its_name() {
    let scratch = furnished().await;
    let renamed = |m: Migration| m.rename_field("Cup", "name", "title").rename_model("Cup", "Mug");
    scratch.apply(&second(renamed)).await;
    assert_followed(&scratch, "shop_mug", "title").await;
    let fresh = Scratch::new().await;
    let made = Migration::new("shop", "0001_initial").create_model("Mug", |m| {
        m.field("id", auto());
        m.field("title", varchar(20));
        m.field("note", text().null());
        m.field("size", integer().null());
        m.index(index(["title", "note"]).method(IndexMethod::FullText));
    });
    fresh.apply(&[made]).await;
    assert_eq!(found(&scratch, "clay").await.0, found(&fresh, "clay").await.0);
    scratch.go(&second(renamed), "shop", "0001").await;
    assert_followed(&scratch, "shop_cup", "name").await;
}

#[tokio::test]
async fn an_index_comes_and_goes_with_its_tables_and_triggers() {
    let scratch = furnished().await;
    let tables = "SELECT count(*) FROM sqlite_master WHERE name LIKE '%idx%'";
    let with = scratch.rows(tables).await;
    let without = |m: Migration| m.remove_index("Cup", index(["name", "note"]).method(IndexMethod::FullText));
    scratch.apply(&second(without)).await;
    assert_eq!(scratch.rows(tables).await, ["0"]);
    scratch.go(&second(without), "shop", "0001").await;
    assert_eq!(scratch.rows(tables).await, with);
    assert_followed(&scratch, "shop_cup", "name").await;
    scratch.go(&[first()], "shop", "zero").await;
    assert_eq!(scratch.rows(tables).await, ["0"]);
}
