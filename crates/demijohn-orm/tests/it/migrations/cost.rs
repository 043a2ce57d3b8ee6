//! Who waits while a step is done: what is said of it, and what PostgreSQL and MariaDB do.

use std::sync::Arc;

use demijohn_core::model::{FieldKind, FieldMeta, IndexMeta, ModelMeta, Models, SourceMeta};
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{
    MakeOptions, MigrateContext, MigrateOptions, Migrations, makemigrations, migrate, sqlmigrate,
};
use demijohn_orm::{Db, Executor as _};
use expect_test::{Expect, expect};

use super::stepwise::{first_column, sql};
use super::{Scratch, listed};
use crate::databases::{Kind, run};

fn shop() -> Migration {
    Migration::new("shop", "0001_initial")
        .create_model("Maker", |m| {
            m.field("id", auto());
        })
        .create_model("Cup", |m| {
            m.field("id", auto());
            m.field("size", integer().null());
            m.field("name", varchar(20));
            m.field("price", decimal(6, 2));
            m.field("code", big_int().null());
        })
}

fn with(step: impl FnOnce(Migration) -> Migration) -> Vec<Migration> {
    vec![shop(), step(Migration::new("shop", "0002_more").depends_on("shop", "0001_initial"))]
}

async fn apply(db: &Db, list: Vec<Migration>, plan: bool) -> Result<String> {
    let (models, migrations) = (Models::new(), listed(list));
    let context =
        MigrateContext { driver: db.driver().as_ref(), models: &models, migrations: &migrations, post_migrate: &[] };
    let options = MigrateOptions { plan, ..MigrateOptions::default() };
    Ok(migrate(&context, &options, &mut |_| {}).await?.to_string())
}

const ROW: &str = "INSERT INTO shop_cup (size, name, price) VALUES (1, 'mug', 2)";

type Change = fn(Migration) -> Migration;

/// Steps that take long on a large table, and steps that do not, on one server or the other.
const STEPS: &[(&str, Change)] = &[
    ("a column that may be NULL", |m| m.add_field("Cup", "more", integer().null())),
    ("a column with a value for all", |m| m.add_field("Cup", "more", integer().fill_with(1))),
    ("a constant default", |m| m.add_field("Cup", "more", integer().db_default(1))),
    ("the moment as a default", |m| m.add_field("Cup", "more", timestamp().db_default_now())),
    ("a computed column", |m| m.add_field("Cup", "more", integer().generated("{size} * 2"))),
    ("a number that is positive", |m| m.add_field("Cup", "more", positive_integer().fill_with(1))),
    ("a document", |m| m.add_field("Cup", "more", json().null())),
    ("a foreign key", |m| m.add_field("Cup", "maker", foreign_key("Maker").null())),
    ("a foreign key on a column that is there", |m| {
        m.alter_field("Cup", "code", foreign_key("Maker").null().column("code"))
    }),
    ("an index", |m| m.add_index("Cup", index(["size"]))),
    ("a unique constraint", |m| m.add_index("Cup", unique(["size", "name"]))),
    ("a check", |m| m.add_constraint("Cup", check("large", "{size} > 0"))),
    ("more digits", |m| m.alter_field("Cup", "price", decimal(8, 2))),
    ("more digits behind the point", |m| m.alter_field("Cup", "price", decimal(8, 3))),
    ("more letters", |m| m.alter_field("Cup", "name", varchar(60))),
    ("fewer letters", |m| m.alter_field("Cup", "name", varchar(10))),
    ("any letters", |m| m.alter_field("Cup", "name", text())),
    ("more bits", |m| m.alter_field("Cup", "size", big_int().null())),
    ("no sign", |m| m.alter_field("Cup", "size", positive_integer().null())),
    ("NULL allowed", |m| m.alter_field("Cup", "name", varchar(20).null())),
    ("another name", |m| m.rename_field("Cup", "size", "volume")),
    ("a comment", |m| m.alter_table_comment("Cup", "for tea")),
    ("a column less", |m| m.remove_field("Cup", "size")),
];

/// The statements of the second migration, and whether somebody is said to wait for them.
async fn written(step: Change, dialect: &'static dyn demijohn_sql::Dialect) -> (Vec<String>, bool) {
    let text = sqlmigrate(dialect, &listed(with(step)), "shop", "0002", false).await.expect("it can be written");
    let statements = text.lines().filter(|line| !line.starts_with("--"));
    let statements = statements.map(|line| line.trim_end_matches(';').to_owned()).collect();
    (statements, text.contains("-- nobody "))
}

/// PostgreSQL counts who reads a table from its first row to its last, and a table that is written anew gets a new file.
#[tokio::test]
async fn postgres_looks_at_every_row_when_it_is_said_to() {
    run(Kind::Postgres, Models::new(), async |db| {
        apply(db, vec![shop()], false).await.expect("it is made");
        sql(db, ROW).await;
        let looked = "SELECT seq_scan || ' ' || pg_relation_filenode('shop_cup') FROM pg_stat_xact_user_tables \
                      WHERE relname = 'shop_cup'";
        for (name, step) in STEPS {
            let (statements, is_said) = written(*step, &demijohn_sql::Postgres).await;
            let tx = db.driver().begin_schema_change().await.expect("it begins");
            let before = first_column(&*tx, looked).await;
            for statement in &statements {
                tx.execute_script(statement).await.unwrap_or_else(|error| panic!("{name}: {error:#}"));
            }
            let does = first_column(&*tx, looked).await != before;
            assert_eq!(does, is_said, "{name}: {statements:#?}");
            tx.rollback().await.expect("it is taken back");
        }
    })
    .await;
}

/// MariaDB refuses to let others write, when it cannot.
#[tokio::test]
async fn mariadb_locks_a_table_when_it_is_said_to() {
    for (name, step) in STEPS {
        run(Kind::Mysql, Models::new(), async |db| {
            apply(db, vec![shop()], false).await.expect("it is made");
            sql(db, ROW).await;
            let (statements, is_said) = written(*step, &demijohn_sql::Mysql).await;
            let mut does = false;
            for statement in &statements {
                let between = if statement.starts_with("ALTER") { ", " } else { " " };
                let refused = db.connection().execute_script(&format!("{statement}{between}LOCK=NONE")).await.err();
                if let Some(error) = refused {
                    assert!(format!("{error:#}").contains("LOCK=NONE is not supported"), "{name}: {error:#}");
                    does = true;
                    sql(db, statement).await;
                }
            }
            assert_eq!(does, is_said, "{name}: {statements:#?}");
        })
        .await;
    }
}

async fn plans(kind: Kind, rows: bool, wanted: Expect) {
    run(kind, Models::new(), async |db| {
        apply(db, vec![shop()], false).await.expect("it is made");
        if rows {
            sql(db, ROW).await;
        }
        let list = with(|m| {
            m.add_field("Cup", "maker", foreign_key("Maker").null())
                .alter_field("Cup", "size", big_int().null())
                .add_field("Maker", "name", varchar(20).fill_with("").indexed())
                .add_constraint("Cup", check("large", "{size} > 0"))
                .add_constraint_not_valid("Cup", check("small", "{size} < 9"))
        });
        wanted.assert_eq(&apply(db, list, true).await.unwrap_or_else(|error| panic!("{error:#}")));
    })
    .await;
}

#[tokio::test]
async fn a_plan_warns_of_tables_with_rows() {
    plans(Kind::Postgres, true, expect![[r#"
        shop.0002_more
            add field maker to Cup
                warning: nobody reads or writes `shop_cup` while the index on `maker_id` is built and every `maker_id` is looked up in `shop_maker` (instead: by SQL in `.separate(…)`: the index `CONCURRENTLY`, the constraint `NOT VALID` and validated in a later migration)
            alter field size on Cup
                warning: nobody reads or writes `shop_cup` while it is written anew: `size` becomes bigint (instead: add a field of the new type, fill it in portions, and remove the old one)
            add field name to Maker
            add check `large` to Cup
                warning: nobody reads or writes `shop_cup` while every row is checked for `large` (instead: `.add_constraint_not_valid(…)`, and `.validate_constraint(…)` in a later migration)
            add check `small` to Cup for new rows
    "#]]).await;
    plans(Kind::Mysql, true, expect![[r#"
        shop.0002_more
            add field maker to Cup
                warning: nobody writes to `shop_cup` while it is copied, and every `maker_id` looked up in `shop_maker` (instead: have the field `.without_constraint()`, or add it by SQL with `foreign_key_checks = 0`: `.separate(…)`)
            alter field size on Cup
                warning: nobody writes to `shop_cup` while it is copied: `size` becomes bigint (instead: migrate when few write, or with a tool that copies a table while it is written)
            add field name to Maker
            add check `large` to Cup
                warning: nobody writes to `shop_cup` while it is copied to check every row for `large` (instead: migrate when few write, or with a tool that copies a table while it is written)
            add check `small` to Cup for new rows
                warning: nobody writes to `shop_cup` while it is copied to check every row for `small` (instead: migrate when few write, or with a tool that copies a table while it is written)
    "#]]).await;
    plans(
        Kind::Sqlite,
        true,
        expect![[r#"
        shop.0002_more
            add field maker to Cup
            alter field size on Cup
            add field name to Maker
            add check `large` to Cup
            add check `small` to Cup for new rows
    "#]],
    )
    .await;
    plans(
        Kind::Postgres,
        false,
        expect![[r#"
        shop.0002_more
            add field maker to Cup
            alter field size on Cup
            add field name to Maker
            add check `large` to Cup
            add check `small` to Cup for new rows
    "#]],
    )
    .await;
}

static ID: FieldMeta = FieldMeta::new("id", "id", "id", FieldKind::BigInt).primary_key().auto();
static SIZE: FieldMeta = FieldMeta::new("size", "size", "size", FieldKind::Integer).null(true);
static BY_SIZE: IndexMeta = IndexMeta::new(&["size"]);

fn models(indexes: &'static [IndexMeta]) -> Models {
    let mut meta = ModelMeta::new("shop", "Cup", "shop_cup", "cup", "cups", vec![ID, SIZE].leak());
    meta.indexes = indexes;
    [&*Box::leak(Box::new(meta))].into_iter().collect()
}

/// What the command does, but for printing.
#[tokio::test]
async fn makemigrations_warns_of_tables_with_rows() {
    run(Kind::Postgres, Models::new(), async |db| {
        let folder = Scratch::folder();
        std::fs::write(folder.join("Cargo.toml"), "[dependencies]\ndemijohn = \"1\"\n").expect("it can be written");
        let list_nothing = || {
            std::fs::write(folder.join("mod.rs"), "demijohn::migrations! { \"shop\" }\n").expect("it can be written");
        };
        list_nothing();
        let source = SourceMeta { manifest_dir: folder.display().to_string().leak(), file: "mod.rs", line: 1 };
        let dry = MakeOptions { dry_run: true, ..MakeOptions::default() };
        let known = |list| vec![Arc::new(Migrations::new("shop", source, list))];
        let first = makemigrations(&models(&[]), &known(Vec::new()), &dry, None).expect("it can be written");
        let first: Vec<Migration> = first.made.into_iter().map(|made| made.migration).collect();
        apply(db, first.clone(), false).await.expect("it is made");
        let known = known(first);
        let report = async || {
            let indexes = std::slice::from_ref(&BY_SIZE);
            let options = MakeOptions { dry_run: false, ..dry.clone() };
            let mut report = makemigrations(&models(indexes), &known, &options, None).expect("it can be written");
            report.weigh(&known, db.connection()).await.expect("the database answers");
            // As if it had never been written.
            for made in &report.made {
                std::fs::remove_file(&made.path).expect("it was written");
            }
            list_nothing();
            report.to_string().lines().skip(1).collect::<Vec<_>>().join("\n")
        };
        expect![[r#"
              + add index on `size` to Cup
            build the program again, then run `migrate`"#]].assert_eq(&report().await);
        sql(db, "INSERT INTO shop_cup (size) VALUES (1)").await;
        expect![[r#"
              + add index on `size` to Cup
                  warning: nobody writes to `shop_cup` while the index on `size` is built (instead: `.add_index_concurrently(…)` in a migration that is `.not_atomic()`)
            build the program again, then run `migrate`"#]].assert_eq(&report().await);
        let _ = std::fs::remove_dir_all(&folder);
    })
    .await;
}
