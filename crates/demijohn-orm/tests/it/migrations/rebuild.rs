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

/// A table as another tool makes it: keys that do something of themselves, and keys that no model knows.
async fn by_another_tool() -> (Scratch, [Migration; 2]) {
    let first = first().create_model("Visit", |m| {
        m.field("id", auto());
        m.field("cup", foreign_key("Cup").null());
        m.field("row", integer().null());
        m.field("seat", integer().null());
        m.field("guest", integer().null());
        m.field("note", varchar(20).null());
    });
    let second = Migration::new("shop", "0002_more")
        .depends_on("shop", "0001_initial")
        .alter_field("Cup", "name", varchar(50))
        .alter_field("Visit", "note", varchar(50).null());
    let scratch = Scratch::new().await;
    scratch.apply(std::slice::from_ref(&first)).await;
    scratch
        .sql(
            "CREATE TABLE guest (id integer PRIMARY KEY);
             CREATE TABLE place (row integer, seat integer, PRIMARY KEY (row, seat));
             DROP TABLE shop_visit;
             CREATE TABLE shop_visit (
                 \"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
                 \"cup_id\" bigint NULL REFERENCES \"shop_cup\" (\"id\") ON UPDATE CASCADE ON DELETE CASCADE,
                 \"row\" integer NULL, \"seat\" integer NULL,
                 \"guest\" integer NULL REFERENCES guest ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
                 \"note\" varchar(20) NULL,
                 FOREIGN KEY (\"row\", \"seat\") REFERENCES place (row, seat) ON DELETE CASCADE);
             INSERT INTO shop_cup (id, name) VALUES (1, 'blue'), (2, 'red');
             INSERT INTO guest VALUES (7), (8); INSERT INTO place VALUES (1, 1), (1, 2);
             INSERT INTO shop_visit (cup_id, row, seat, guest) VALUES (1, 1, 1, 7), (2, 1, 2, 8)",
        )
        .await;
    (scratch, [first, second])
}

#[tokio::test]
async fn keeps_what_the_database_does_when_a_row_goes() {
    let (scratch, list) = by_another_tool().await;
    let keys = "SELECT \"table\" || ' ' || \"from\" || ' ' || coalesce(\"to\", '') || ' ' || on_update || ' ' || on_delete \
                FROM pragma_foreign_key_list('shop_visit') ORDER BY 1";
    let before = scratch.rows(keys).await;
    expect![[r#"
        guest guest  NO ACTION SET NULL
        place row row NO ACTION CASCADE
        place seat seat NO ACTION CASCADE
        shop_cup cup_id id CASCADE CASCADE"#]]
    .assert_eq(&before.join("\n"));
    scratch.apply(&list).await;
    // Both tables were built anew, and no row went with an old one.
    assert_eq!(scratch.rows(keys).await, before);
    assert_eq!(scratch.rows("SELECT count(*) FROM shop_visit").await, ["2"]);
    let made = scratch.rows("SELECT sql FROM sqlite_master WHERE name = 'shop_visit'").await;
    expect![[r#"CREATE TABLE "shop_visit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "cup_id" bigint NULL REFERENCES "shop_cup" ("id") ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, "row" integer NULL, "seat" integer NULL, "guest" integer NULL, "note" varchar(50) NULL, FOREIGN KEY ("guest") REFERENCES "guest" ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, FOREIGN KEY ("row", "seat") REFERENCES "place" ("row", "seat") ON DELETE CASCADE)"#]]
        .assert_eq(&made.join("\n"));
    scratch.sql("DELETE FROM shop_cup WHERE id = 1; DELETE FROM guest WHERE id = 8").await;
    assert_eq!(scratch.rows("SELECT id FROM shop_visit WHERE guest IS NULL").await, ["2"]);
    assert_eq!(scratch.rows("SELECT count(*) FROM shop_visit").await, ["1"]);
    scratch.sql("DELETE FROM place").await;
    assert_eq!(scratch.rows("SELECT count(*) FROM shop_visit").await, ["0"]);
    scratch.assert_sound().await;
}

#[tokio::test]
async fn a_column_goes_with_the_key_that_no_model_knows() {
    let (scratch, [first, second]) = by_another_tool().await;
    let gone = second.remove_field("Visit", "guest").rename_field("Visit", "cup", "mug");
    scratch.apply(&[first.clone(), gone]).await;
    let keys =
        "SELECT \"table\" || ' ' || \"from\" || ' ' || on_delete FROM pragma_foreign_key_list('shop_visit') ORDER BY 1";
    assert_eq!(scratch.rows(keys).await, ["place row CASCADE", "place seat CASCADE", "shop_cup mug_id CASCADE"]);
    scratch.assert_sound().await;
}

#[tokio::test]
async fn a_key_that_is_taken_away_or_points_elsewhere_does_nothing_more() {
    let (scratch, [first, second]) = by_another_tool().await;
    let list = [first, second.alter_field("Visit", "cup", foreign_key("Cup").null().without_constraint())];
    scratch.apply(&list).await;
    let keys = "SELECT \"table\" FROM pragma_foreign_key_list('shop_visit') GROUP BY 1 ORDER BY 1";
    assert_eq!(scratch.rows(keys).await, ["guest", "place"]);
    let other = Migration::new("shop", "0003_other").depends_on("shop", "0002_more").alter_field(
        "Visit",
        "cup",
        foreign_key("Sale").null().column("cup_id"),
    );
    scratch.sql("DELETE FROM shop_visit").await;
    scratch.apply(&[list[0].clone(), list[1].clone(), other]).await;
    let keys = "SELECT \"table\" || ' ' || on_delete FROM pragma_foreign_key_list('shop_visit') GROUP BY 1 ORDER BY 1";
    assert_eq!(scratch.rows(keys).await, ["guest SET NULL", "place CASCADE", "shop_sale NO ACTION"]);
}
