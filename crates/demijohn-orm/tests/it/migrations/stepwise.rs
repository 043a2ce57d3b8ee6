//! Migrations that are not one transaction: what stays when one stops, and how the next `migrate` goes on.

use std::sync::Arc;

use demijohn_core::model::Models;
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{MigrateContext, MigrateOptions, MigrateReport, migrate, showmigrations, sqlmigrate};
use demijohn_orm::{Db, Executor as _};
use demijohn_sql::{Connection, Flow, Statement, ValueRef};
use expect_test::{Expect, expect};

use super::listed;
use crate::databases::{Kind, run};

async fn apply(db: &Db, list: &[Migration], options: &MigrateOptions) -> Result<(MigrateReport, String)> {
    let (models, migrations) = (Models::new(), listed(list.to_vec()));
    let context =
        MigrateContext { driver: db.driver().as_ref(), models: &models, migrations: &migrations, post_migrate: &[] };
    let mut said = String::new();
    let report = migrate(&context, options, &mut |event| said.push_str(&event.to_string())).await?;
    Ok((report, said))
}

fn forward() -> MigrateOptions {
    MigrateOptions::default()
}

fn back_to(target: &str) -> MigrateOptions {
    MigrateOptions { app: Some("shop".to_owned()), target: Some(target.to_owned()), ..MigrateOptions::default() }
}

async fn says(db: &Db, list: &[Migration], options: &MigrateOptions, wanted: Expect) {
    let (report, said) = apply(db, list, options).await.unwrap_or_else(|error| panic!("{error:#}"));
    wanted.assert_eq(format!("{said}{report}").trim_start());
}

async fn fails(db: &Db, list: &[Migration], options: &MigrateOptions, wanted: Expect) {
    let error = apply(db, list, options).await.expect_err("something is in the way");
    wanted.assert_eq(&format!("{error:#}"));
}

pub(super) async fn sql(db: &Db, text: &str) {
    db.connection().execute_script(text).await.unwrap_or_else(|error| panic!("{text}: {error:#}"));
}

async fn column(db: &Db, text: &str) -> Vec<String> {
    first_column(db.connection(), text).await
}

/// The first value of each row.
pub(super) async fn first_column(connection: &dyn Connection, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut take = |row: &dyn demijohn_sql::Row| {
        found.push(match row.get(0)? {
            ValueRef::Int(number) => number.to_string(),
            ValueRef::Bool(value) => value.to_string(),
            ValueRef::Text(text) => text.to_owned(),
            other => format!("{other:?}"),
        });
        Ok(Flow::More)
    };
    let statement = Statement::plain(text);
    connection.query(&statement, &mut take).await.unwrap_or_else(|error| panic!("{text}: {error:#}"));
    found
}

async fn shown(db: &Db, list: &[Migration]) -> String {
    showmigrations(db.driver().as_ref(), &listed(list.to_vec()), &[]).await.expect("they are listed")
}

async fn on_each(work: impl AsyncFn(Kind, &Db)) {
    for kind in [Kind::Sqlite, Kind::Postgres, Kind::Mysql] {
        run(kind, Models::new(), async |db| work(kind, db).await).await;
    }
}

fn shop() -> Migration {
    Migration::new("shop", "0001_initial").create_model("Cup", |m| {
        m.field("id", auto());
        m.field("size", integer().null());
    })
}

fn second(steps: impl FnOnce(Migration) -> Migration) -> [Migration; 2] {
    [shop(), steps(Migration::new("shop", "0002_more").depends_on("shop", "0001_initial"))]
}

fn in_parts() -> [Migration; 2] {
    second(|m| {
        m.not_atomic()
            .add_field("Cup", "color", varchar(20).null())
            .run_sql("INSERT INTO shop_cup (color) VALUES ('red')", "DELETE FROM shop_cup")
            .run_sql("INSERT INTO elsewhere (id) VALUES (1)", "DELETE FROM elsewhere")
            .add_index("Cup", index(["size"]).named("cup_size"))
    })
}

#[tokio::test]
async fn what_is_done_stays_and_the_next_one_goes_on() {
    on_each(async |kind, db| {
        let list = in_parts();
        let error = apply(db, &list, &forward()).await.expect_err("there is no such table");
        let message = format!("{error:#}");
        assert!(
            message.starts_with("migration `shop.0002_more` failed: step 3 of 4, run SQL: "),
            "{kind:?}: {message}"
        );
        assert!(message.contains("\nhint: `migrate` tries that step again, so undo by hand"), "{kind:?}: {message}");
        assert_eq!(column(db, "SELECT color FROM shop_cup").await, ["red"], "{kind:?}");
        assert_eq!(shown(db, &list).await, "shop\n [X] 0001_initial\n [ ] 0002_more (2 of 4 steps are applied)\n");

        let plan = MigrateOptions { plan: true, ..forward() };
        let planned = apply(db, &list, &plan).await.expect("it can be planned").0.planned;
        let steps = planned.iter().flat_map(|(_, steps)| steps);
        // Behind the words there may be a warning.
        let steps: Vec<&str> = steps.filter_map(|step| step.lines().next()).collect();
        assert_eq!(steps, ["run SQL", "add index `cup_size` to Cup"], "{kind:?}");

        sql(db, "CREATE TABLE elsewhere (id integer)").await;
        says(
            db,
            &list,
            &forward(),
            expect![[r#"
                  applying shop.0002_more... it stopped at step 3 of 4 and goes on there: run SQL... ok
            "#]],
        )
        .await;
        assert_eq!(column(db, "SELECT color FROM shop_cup").await, ["red"], "{kind:?}");
        assert_eq!(column(db, "SELECT id FROM elsewhere").await, ["1"], "{kind:?}");
        let recorded = "SELECT name FROM django_migrations ORDER BY name";
        assert_eq!(column(db, recorded).await, ["0001_initial", "0002_more"], "{kind:?}");

        // The way back stops, and goes on, likewise; forwards again from there, too.
        sql(db, "DROP TABLE elsewhere").await;
        let error = apply(db, &list, &back_to("0001")).await.expect_err("there is no such table");
        let message = format!("{error:#}");
        assert!(
            message.starts_with("migration `shop.0002_more` failed: step 3 of 4, undo: run SQL: "),
            "{kind:?}: {message}"
        );
        assert_eq!(column(db, recorded).await, ["0001_initial", "0002_more (3 of 4 steps)"], "{kind:?}");
        says(
            db,
            &list,
            &forward(),
            expect![[r#"
                  applying shop.0002_more... it stopped at step 4 of 4 and goes on there: add index `cup_size` to Cup... ok
            "#]],
        )
        .await;
        apply(db, &list, &back_to("0001")).await.expect_err("there is no such table");
        sql(db, "CREATE TABLE elsewhere (id integer)").await;
        says(
            db,
            &list,
            &back_to("0001"),
            expect![[r#"
                  taking back shop.0002_more... it stopped at step 3 of 4 and goes on there: run SQL... ok
            "#]],
        )
        .await;
        assert_eq!(column(db, recorded).await, ["0001_initial"], "{kind:?}");
        assert_eq!(column(db, "SELECT count(*) FROM shop_cup").await, ["0"], "{kind:?}");
    })
    .await;
}

#[tokio::test]
async fn a_step_that_was_finished_by_hand_is_passed_over() {
    on_each(async |kind, db| {
        let list = in_parts();
        apply(db, &list, &forward()).await.expect_err("there is no such table");
        let skip = MigrateOptions { skip_step: true, ..forward() };
        says(
            db,
            &list,
            &skip,
            expect![[r#"
                  applying shop.0002_more... it stopped at step 4 of 4 and goes on there: add index `cup_size` to Cup... ok
            "#]],
        )
        .await;
        let recorded = "SELECT name FROM django_migrations ORDER BY name";
        assert_eq!(column(db, recorded).await, ["0001_initial", "0002_more"], "{kind:?}");
    })
    .await;
}

#[tokio::test]
async fn steps_that_changed_since_are_refused_until_they_are_recorded() {
    run(Kind::Sqlite, Models::new(), async |db| {
        apply(db, &in_parts(), &forward()).await.expect_err("there is no such table");
        let shorter = second(|m| m.not_atomic().add_field("Cup", "color", varchar(20).null()));
        fails(
            db,
            &shorter,
            &forward(),
            expect![[r#"
                migration `shop.0002_more` stopped when 2 of 4 steps were done, and has 1 now
                hint: give it the steps that it had, or finish it by hand and record it with `migrate --fake`"#]],
        )
        .await;
        apply(db, &shorter, &MigrateOptions { fake: true, ..forward() }).await.expect("it is recorded");
        let recorded = column(db, "SELECT name FROM django_migrations ORDER BY name").await;
        assert_eq!(recorded, ["0001_initial", "0002_more"]);
    })
    .await;
}

async fn writes_and_fails(tx: &Tx) -> Result<()> {
    tx.connection().execute_script("INSERT INTO shop_cup (size) VALUES (1)").await?;
    tx.connection().execute_script("INSERT INTO nowhere (size) VALUES (1)").await
}

#[tokio::test]
async fn a_function_is_a_transaction_of_its_own() {
    on_each(async |kind, db| {
        let list = second(|m| {
            m.not_atomic().run_sql("INSERT INTO shop_cup (size) VALUES (7)", "").run(writes_and_fails, nothing)
        });
        let error = apply(db, &list, &forward()).await.expect_err("there is no such table");
        let wanted = "migration `shop.0002_more` failed: step 2 of 2, run `writes_and_fails`: ";
        assert!(error.message().starts_with(wanted), "{kind:?}: {error:#}");
        assert_eq!(column(db, "SELECT size FROM shop_cup").await, ["7"], "{kind:?}");
    })
    .await;
}

#[tokio::test]
async fn each_migration_is_done_step_by_step_where_transactions_take_back_no_tables() {
    on_each(async |kind, db| {
        let list = second(|m| {
            m.add_field("Cup", "color", varchar(20).null()).run_sql("INSERT INTO elsewhere (id) VALUES (1)", "")
        });
        let error = apply(db, &list, &forward()).await.expect_err("there is no such table");
        let is_stepwise = kind == Kind::Mysql;
        let has_step = error.message().contains("failed: step 2 of 2, run SQL: ");
        assert_eq!(has_step, is_stepwise, "{kind:?}: {error:#}");
        let state = if is_stepwise { " (1 of 2 steps are applied)" } else { "" };
        assert_eq!(shown(db, &list).await, format!("shop\n [X] 0001_initial\n [ ] 0002_more{state}\n"), "{kind:?}");
        sql(db, "CREATE TABLE elsewhere (id integer)").await;
        apply(db, &list, &forward()).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        assert_eq!(column(db, "SELECT id FROM elsewhere").await, ["1"], "{kind:?}");
    })
    .await;
}

/// Fills two rows at a time, and will not go on at a row that is not right.
async fn fill_two(tx: &Tx, past: &Past) -> Result<u64> {
    let cups = past.model("shop.Cup")?;
    let some = cups.rows().filter(cups.is("color", "")?).limit(2).all(tx).await?;
    for cup in &some {
        let size =
            cup.require("size")?.as_int().ok_or_else(|| demijohn_core::Error::invalid("a cup without a size"))?;
        cups.update(tx, cup.key(), [("color", format!("of size {size}").as_str().into())]).await?;
    }
    Ok(some.len() as u64)
}

#[tokio::test]
async fn a_function_in_portions_keeps_each_of_them() {
    on_each(async |kind, db| {
        let list = second(|m| {
            m.not_atomic().add_field("Cup", "color", varchar(20).fill_with("")).run_in_portions(fill_two, nothing)
        });
        apply(db, &list[..1], &forward()).await.expect("it is made");
        sql(db, "INSERT INTO shop_cup (size) VALUES (1), (2), (3), (4), (NULL), (6), (7)").await;
        fails(
            db,
            &list,
            &forward(),
            expect![[r#"
            migration `shop.0002_more` failed: step 2 of 2, run `fill_two` in portions: a cup without a size
            hint: the portions before it are kept, and `migrate` goes on there"#]],
        )
        .await;
        let filled = "SELECT count(*) FROM shop_cup WHERE color <> ''";
        assert_eq!(column(db, filled).await, ["4"], "{kind:?}: two portions are kept");
        sql(db, "UPDATE shop_cup SET size = 5 WHERE size IS NULL").await;
        says(
            db,
            &list,
            &forward(),
            expect![[r#"
            applying shop.0002_more... it stopped at step 2 of 2 and goes on there: run `fill_two` in portions... ok
        "#]],
        )
        .await;
        assert_eq!(column(db, filled).await, ["7"], "{kind:?}");
        // In a migration that is one transaction, they are one.
        apply(db, &list, &back_to("zero")).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        let atomic =
            second(|m| m.add_field("Cup", "color", varchar(20).fill_with("")).run_in_portions(fill_two, nothing));
        apply(db, &atomic[..1], &forward()).await.expect("it is made");
        sql(db, "INSERT INTO shop_cup (size) VALUES (1), (2), (3), (NULL)").await;
        apply(db, &atomic, &forward()).await.expect_err("a row is not right");
        if kind == Kind::Mysql {
            assert_eq!(column(db, filled).await, ["0"]);
        }
        sql(db, "DELETE FROM shop_cup WHERE size IS NULL").await;
        apply(db, &atomic, &forward()).await.unwrap_or_else(|error| panic!("{kind:?}: {error:#}"));
        assert_eq!(column(db, filled).await, ["3"], "{kind:?}");
    })
    .await;
}

fn concurrent() -> [Migration; 2] {
    second(|m| {
        m.not_atomic()
            .run_sql("INSERT INTO shop_cup (size) VALUES (7)", "")
            .add_index_concurrently("Cup", unique(["size"]).named("cup_size"))
    })
}

#[tokio::test]
async fn work_beside_those_who_write_is_refused_inside_a_transaction() {
    on_each(async |_, db| {
        let list = second(|m| m.add_index_concurrently("Cup", index(["size"]).named("cup_size")));
        fails(
            db,
            &list,
            &forward(),
            expect![[r#"
            migration `shop.0002_more` cannot add index `cup_size` to Cup concurrently inside a transaction
            hint: add `.not_atomic()` to the migration, which had better have nothing else in it"#]],
        )
        .await;
        // Nothing was done, the first migration neither.
        assert_eq!(shown(db, &list).await, "shop\n [ ] 0001_initial\n [ ] 0002_more\n");
    })
    .await;
}

#[tokio::test]
async fn its_sql_says_that_it_is_not_one_transaction() {
    let list = listed(concurrent().to_vec());
    let text = sqlmigrate(&demijohn_sql::Postgres, &list, "shop", "0002", false).await.expect("it can be written");
    expect![[r#"
        -- shop.0002_more, outside of a transaction
        INSERT INTO shop_cup (size) VALUES (7);
        CREATE UNIQUE INDEX CONCURRENTLY "cup_size" ON "shop_cup" ("size");
    "#]]
    .assert_eq(&text);
}

const VALID: &str = "SELECT x.indisvalid::int FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
                     WHERE i.relname = 'cup_size'";

#[tokio::test]
async fn an_index_that_a_failed_build_left_is_dropped_and_built_again() {
    run(Kind::Postgres, Models::new(), async |db| {
        let list = concurrent();
        apply(db, &list[..1], &forward()).await.expect("it is made");
        sql(db, "INSERT INTO shop_cup (size) VALUES (7)").await;
        fails(db, &list, &forward(), expect![[r#"
            migration `shop.0002_more` failed: step 2 of 2, add unique `cup_size` to Cup concurrently: a row with the same `shop_cup.size` is there already
            caused by: could not create unique index "cup_size" (SQLSTATE 23505)
              sql | CREATE UNIQUE INDEX CONCURRENTLY "cup_size" ON "shop_cup" ("size")
            hint: `migrate` goes on there: it drops what was built of the index, and builds it again"#]]).await;
        assert_eq!(column(db, VALID).await, ["0"]);
        says(db, &list[..1], &forward(), expect![[r#"
            nothing to migrate
            warning: index `cup_size` of table `shop_cup` is not valid, so no query uses it: build it again with `REINDEX INDEX CONCURRENTLY "cup_size"`, or drop it with `DROP INDEX CONCURRENTLY "cup_size"`
        "#]]).await;
        sql(db, "DELETE FROM shop_cup WHERE id = 1").await;
        says(db, &list, &forward(), expect![[r#"
              applying shop.0002_more... it stopped at step 2 of 2 and goes on there: add unique `cup_size` to Cup concurrently... index `cup_size` of `shop_cup` is not valid, and is dropped and built again... ok
        "#]]).await;
        assert_eq!(column(db, VALID).await, ["1"]);
        assert_eq!(column(db, "SELECT count(*) FROM shop_cup").await, ["1"]);

        // A program that ends between the index and the record of it finds it made, or gone.
        let half = "UPDATE django_migrations SET name = '0002_more (1 of 2 steps)' WHERE name = '0002_more'";
        sql(db, half).await;
        apply(db, &list, &forward()).await.unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(column(db, VALID).await, ["1"]);
        sql(db, "UPDATE django_migrations SET name = '0002_more (2 of 2 steps)' WHERE name = '0002_more'").await;
        sql(db, "DROP INDEX cup_size").await;
        apply(db, &list, &back_to("0001")).await.unwrap_or_else(|error| panic!("{error:#}"));
    })
    .await;
}

#[tokio::test]
async fn an_index_of_the_same_name_is_nobodys_failed_build() {
    run(Kind::Postgres, Models::new(), async |db| {
        let list = concurrent();
        apply(db, &list[..1], &forward()).await.expect("it is made");
        sql(db, "CREATE INDEX cup_size ON shop_cup (id)").await;
        let error = apply(db, &list, &forward()).await.expect_err("it is there");
        assert_eq!(error.code(), "orm.already_exists", "{error:#}");
        // The next try knows that the step was begun; that makes the index no other.
        let error = apply(db, &list, &forward()).await.expect_err("it is still another");
        assert_eq!(error.code(), "orm.already_exists", "{error:#}");
    })
    .await;
}

/// A transaction that wrote holds up who wants to lock the table, and so would hold up whoever comes behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_written_while_an_index_is_built() {
    run(Kind::Postgres, Models::new(), async |db| {
        let list =
            Arc::new(second(|m| m.not_atomic().add_index_concurrently("Cup", index(["size"]).named("cup_size"))));
        apply(db, &list[..1], &forward()).await.expect("it is made");
        let writer = db.driver().begin_schema_change().await.expect("it begins");
        writer.execute_script("INSERT INTO shop_cup (size) VALUES (1)").await.expect("it fits");
        let task = tokio::spawn({
            let (db, list) = (db.clone(), Arc::clone(&list));
            async move { apply(&db, &*list, &forward()).await }
        });
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                     AND wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX%'";
        while column(db, waits).await != ["1"] {
            assert!(!task.is_finished(), "it waits for the transaction that wrote");
        }
        sql(db, "SET lock_timeout = '5s'; INSERT INTO shop_cup (size) VALUES (2)").await;
        writer.commit().await.expect("it is kept");
        task.await.expect("it does not panic").unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(column(db, VALID).await, ["1"]);
        assert_eq!(column(db, "SELECT count(*) FROM shop_cup").await, ["2"]);
    })
    .await;
}

#[tokio::test]
async fn sql_that_works_outside_of_transactions_only_is_run() {
    run(Kind::Postgres, Models::new(), async |db| {
        let vacuum = |m: Migration| m.run_sql("VACUUM shop_cup", "");
        let error = apply(db, &second(vacuum), &forward()).await.expect_err("it is a transaction");
        assert!(format!("{error:#}").contains("VACUUM cannot run inside a transaction block"), "{error:#}");
        apply(db, &second(|m| vacuum(m.not_atomic())), &forward()).await.unwrap_or_else(|error| panic!("{error:#}"));
    })
    .await;
}
