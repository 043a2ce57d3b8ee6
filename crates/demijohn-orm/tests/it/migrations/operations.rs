//! Every operation, forwards and backwards, on tables that have rows.

use demijohn_orm::migrations::prelude::*;

use super::Scratch;

/// Two models with everything an operation can meet.
fn first() -> Migration {
    Migration::new("shop", "0001_initial")
        .create_model("Maker", |m| {
            m.field("id", auto());
            m.field("name", varchar(20).unique());
        })
        .create_model("Cup", |m| {
            m.field("id", auto());
            m.field("name", varchar(20));
            m.field("size", integer().null());
            m.field("made_by", foreign_key("Maker"));
            m.many_to_many("friends", "Cup");
            m.many_to_many("shops", "Maker");
            m.index(index(["name", "size"]).named("cup_name_size"));
        })
}

async fn filled() -> Scratch {
    let scratch = Scratch::new().await;
    scratch.apply(&[first()]).await;
    scratch
        .sql(
            "INSERT INTO shop_maker (name) VALUES ('Ada'), ('Grace');
             INSERT INTO shop_cup (name, size, made_by_id) VALUES ('blue', 3, 1), ('red', NULL, 2), ('old', 1, 1);
             DELETE FROM shop_cup WHERE name = 'old';
             INSERT INTO shop_cup_friends (from_cup_id, to_cup_id) VALUES (1, 2);
             INSERT INTO shop_cup_shops (cup_id, maker_id) VALUES (1, 2), (2, 2);",
        )
        .await;
    scratch
}

/// Applies one more migration to filled tables, looks, and takes it back: then everything is as it was.
async fn check(second: Migration, query: &str, wanted: &[&str]) -> Vec<String> {
    let list = [first(), second.depends_on("shop", "0001_initial")];
    let scratch = filled().await;
    let tables = ["shop_maker", "shop_cup", "shop_cup_friends", "shop_cup_shops"];
    let schema = scratch.schema().await;
    let mut rows = Vec::new();
    for table in tables {
        rows.push(scratch.rows(&format!("SELECT * FROM {table} ORDER BY id")).await);
    }
    scratch.apply(&list).await;
    assert_eq!(scratch.rows(query).await, wanted);
    scratch.assert_sound().await;
    let between = scratch.schema().await;
    scratch.go(&list, "shop", "0001").await;
    assert_eq!(scratch.schema().await, schema);
    for (table, rows) in tables.iter().zip(rows) {
        assert_eq!(scratch.rows(&format!("SELECT * FROM {table} ORDER BY id")).await, rows, "{table}");
    }
    scratch.assert_sound().await;
    // The highest number that was ever given is not given again.
    scratch.sql("INSERT INTO shop_cup (name, made_by_id) VALUES ('new', 1)").await;
    assert_eq!(scratch.rows("SELECT id FROM shop_cup WHERE name = 'new'").await, ["4"]);
    between
}

fn second() -> Migration {
    Migration::new("shop", "0002_more")
}

#[tokio::test]
async fn adds_a_column_that_may_be_null_without_a_rebuild() {
    let migration = second().add_field("Cup", "colour", varchar(10).null());
    let schema = check(migration, "SELECT name, colour FROM shop_cup", &["blue|NULL", "red|NULL"]).await;
    assert!(schema.iter().any(|sql| sql.ends_with(", \"colour\" varchar(10) NULL)")), "{schema:#?}");
}

#[tokio::test]
async fn adds_a_column_with_a_value_for_old_rows() {
    let migration = second()
        .add_field("Cup", "stock", integer().fill_with(7))
        .add_field("Cup", "bought", date().fill_with("2026-11-22").indexed())
        .add_field("Cup", "data", json().fill_with("{\"a\": 1}"));
    let query = "SELECT name, stock, bought, json_extract(data, '$.a') FROM shop_cup";
    let schema = check(migration, query, &["blue|7|2026-11-22|1", "red|7|2026-11-22|1"]).await;
    let table = schema.iter().find(|sql| sql.starts_with("CREATE TABLE \"shop_cup\" ")).expect("the table is there");
    assert!(!table.contains("DEFAULT"), "{table}");
    assert!(table.contains("\"data\" text NOT NULL CHECK ((JSON_VALID(\"data\") OR \"data\" IS NULL))"), "{table}");
    assert!(schema.iter().any(|sql| sql.starts_with("CREATE INDEX \"shop_cup_bought_")), "{schema:#?}");
}

#[tokio::test]
async fn adds_a_foreign_key() {
    let migration = second().add_field("Cup", "owner", foreign_key("Maker").null());
    let schema = check(migration, "SELECT owner_id FROM shop_cup", &["NULL", "NULL"]).await;
    let table = schema.iter().find(|sql| sql.starts_with("CREATE TABLE \"shop_cup\" ")).expect("the table is there");
    assert!(
        table.contains("\"owner_id\" bigint NULL REFERENCES \"shop_maker\" (\"id\") DEFERRABLE INITIALLY DEFERRED")
    );
}

#[tokio::test]
async fn removes_columns_and_brings_them_back_with_a_value() {
    let migration = second()
        .remove_index("Cup", index(["name", "size"]).named("cup_name_size"))
        .add_field("Cup", "note", text().null())
        .remove_field("Cup", "note");
    check(migration, "SELECT name FROM pragma_table_info('shop_cup')", &["id", "name", "size", "made_by_id"]).await;

    let list = [first(), second().depends_on("shop", "0001_initial").remove_field_restoring("Cup", "made_by", 1)];
    let scratch = filled().await;
    scratch.apply(&list).await;
    assert_eq!(scratch.rows("SELECT id, name FROM shop_cup").await, ["1|blue", "2|red"]);
    scratch.go(&list, "shop", "0001").await;
    assert_eq!(scratch.rows("SELECT name, made_by_id FROM shop_cup").await, ["blue|1", "red|1"]);
    scratch.assert_sound().await;
}

#[tokio::test]
async fn alters_a_column_and_fills_what_was_null() {
    let list =
        [first(), second().depends_on("shop", "0001_initial").alter_field("Cup", "size", big_int().fill_with(9))];
    let scratch = filled().await;
    scratch.apply(&list).await;
    assert_eq!(scratch.rows("SELECT name, size FROM shop_cup").await, ["blue|3", "red|9"]);
    assert_eq!(
        scratch.rows("SELECT type, \"notnull\" FROM pragma_table_info('shop_cup') WHERE name = 'size'").await,
        ["bigint|1"]
    );
    scratch.assert_sound().await;
}

#[tokio::test]
async fn alters_a_column_in_place_of_its_name_alone() {
    let migration = second().alter_field("Cup", "name", varchar(20).column("label"));
    check(migration, "SELECT label FROM shop_cup", &["blue", "red"]).await;
}

#[tokio::test]
async fn a_column_becomes_unique_and_indexed() {
    let migration = second()
        .alter_field("Cup", "name", varchar(20).unique())
        .alter_field("Cup", "size", integer().null().indexed())
        .add_index("Cup", unique(["name", "made_by"]));
    check(migration, "SELECT \"unique\" FROM pragma_index_list('shop_cup') WHERE origin = 'u'", &["1"]).await;
}

#[tokio::test]
async fn a_key_of_another_size_takes_the_columns_that_point_to_it_along() {
    let migration = second().alter_field("Maker", "id", auto_integer());
    let schema =
        check(migration, "SELECT count(*) FROM shop_cup JOIN shop_maker ON shop_maker.id = made_by_id", &["2"]).await;
    let pointing = schema.iter().filter(|sql| sql.contains("integer NOT NULL REFERENCES \"shop_maker\""));
    assert_eq!(pointing.count(), 2, "{schema:#?}");
}

#[tokio::test]
async fn renames_a_field_with_its_column_and_index() {
    let migration = second().rename_field("Cup", "made_by", "potter").rename_field("Cup", "name", "label");
    check(migration, "SELECT label, potter_id FROM shop_cup", &["blue|1", "red|2"]).await;
}

#[tokio::test]
async fn renames_a_model_with_its_tables_and_what_points_to_it() {
    let migration = second().rename_model("Maker", "Potter").rename_model("Cup", "Mug");
    let query = "SELECT m.name, p.name FROM shop_mug AS m JOIN shop_mug_shops AS s ON s.mug_id = m.id \
                 JOIN shop_potter AS p ON p.id = s.potter_id";
    let schema = check(migration, query, &["blue|Grace", "red|Grace"]).await;
    assert!(schema.iter().any(|sql| sql.contains("\"from_mug_id\"") && sql.contains("\"to_mug_id\"")), "{schema:#?}");
}

#[tokio::test]
async fn gives_a_table_another_name() {
    check(second().alter_table("Cup", "crockery"), "SELECT count(*) FROM crockery JOIN crockery_shops", &["4"]).await;
}

#[tokio::test]
async fn adds_a_table_of_pairs() {
    let migration = second().add_many_to_many("Maker", "likes", pairs("Cup").table("liking").columns("who", "what"));
    check(migration, "SELECT name FROM pragma_table_info('liking')", &["id", "who", "what"]).await;
}

#[tokio::test]
async fn removes_and_makes_models_and_tables_of_pairs() {
    let scratch = filled().await;
    let list = [
        first(),
        second()
            .depends_on("shop", "0001_initial")
            .remove_many_to_many("Cup", "shops")
            .remove_field_restoring("Cup", "made_by", 1)
            .delete_model("Maker"),
    ];
    let schema = scratch.schema().await;
    scratch.apply(&list).await;
    assert_eq!(
        scratch.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'shop%' ORDER BY name").await,
        ["shop_cup", "shop_cup_friends"]
    );
    assert_eq!(scratch.rows("SELECT name FROM shop_cup").await, ["blue", "red"]);
    scratch.sql("DELETE FROM shop_cup_friends; DELETE FROM shop_cup").await;
    scratch.go(&list, "shop", "0001").await;
    let columns = |schema: Vec<String>| schema.len();
    assert_eq!(columns(scratch.schema().await), columns(schema));
    scratch.assert_sound().await;
}

#[tokio::test]
async fn runs_sql_and_functions_and_takes_them_back() {
    async fn shout(tx: &Tx) -> Result<()> {
        use demijohn_orm::Executor as _;
        tx.connection().execute_script("UPDATE shop_cup SET name = upper(name)").await
    }
    async fn whisper(tx: &Tx) -> Result<()> {
        use demijohn_orm::Executor as _;
        tx.connection().execute_script("UPDATE shop_cup SET name = lower(name)").await
    }
    let migration = second()
        .run(shout, whisper)
        .run_sql("CREATE VIEW loud AS SELECT name FROM shop_cup; SELECT 1", "DROP VIEW loud")
        .run(nothing, nothing);
    check(migration, "SELECT name FROM loud", &["BLUE", "RED"]).await;
}
