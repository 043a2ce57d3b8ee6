//! Several migrations in one, and the databases that have none, some or all of them.

use demijohn_core::Result;
use demijohn_core::model::{Models, SourceMeta};
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{
    MigrateOptions, Migrations, SquashOptions, SquashReport, pending, showmigrations, sqlmigrate, squashmigrations,
};
use expect_test::expect;

use super::database::to;
use super::{Scratch, listed};

async fn label(tx: &Tx) -> Result<()> {
    use demijohn_orm::Executor as _;
    tx.connection().execute_script("UPDATE shop_cup SET name = 'labelled'").await
}

fn history() -> Vec<Migration> {
    let after = |name: &str, before: &str| Migration::new("shop", name).depends_on("shop", before);
    vec![
        Migration::new("shop", "0001_initial").create_model("Cup", |m| {
            m.field("id", auto());
            m.field("name", varchar(20));
        }),
        after("0002_cup_size", "0001_initial").add_field("Cup", "size", integer().fill_with(1)),
        after("0003_cup_label", "0002_cup_size")
            .rename_field("Cup", "size", "volume")
            .add_index("Cup", index(["volume"])),
        after("0004_more", "0003_cup_label").alter_field("Cup", "name", varchar(50)),
    ]
}

fn squash(list: Vec<Migration>, start: Option<&str>, end: &str) -> Result<SquashReport> {
    let folder = Scratch::folder();
    std::fs::write(folder.join("Cargo.toml"), "[dependencies]\ndemijohn = \"1\"\n").expect("it can be written");
    std::fs::write(folder.join("mod.rs"), "demijohn::migrations! { \"shop\" }\n").expect("it can be written");
    let source = SourceMeta { manifest_dir: folder.display().to_string().leak(), file: "mod.rs", line: 1 };
    let mut known = listed(list);
    let own = known.iter_mut().find(|own| own.app == "shop").expect("it is the app of these tests");
    *own = std::sync::Arc::new(Migrations::new("shop", source, own.list.clone()));
    let (start, end) = (start.map(str::to_owned), end.to_owned());
    let options = SquashOptions { app: "shop".to_owned(), start, end, ..SquashOptions::default() };
    let report = squashmigrations(&Models::new(), &known, &options, None);
    if let Ok(report) = &report {
        let text = std::fs::read_to_string(&report.made.path).expect("it was written");
        assert!(text.contains(".replaces("), "{text}");
    }
    let _ = std::fs::remove_dir_all(folder);
    report
}

fn squashed() -> Migration {
    squash(history(), None, "0003").expect("they are one after the other").made.migration
}

/// The older migrations with the squash among them.
fn both() -> Vec<Migration> {
    history().into_iter().chain([squashed()]).collect()
}

#[test]
fn the_source_has_fewer_steps_and_names_what_it_stands_for() {
    let report = squash(history(), None, "0003").expect("they are one after the other");
    expect![[r#"
        use demijohn::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("shop", "0001_squashed_0003_cup_label")
                .replaces(&["0001_initial", "0002_cup_size", "0003_cup_label"])
                .create_model("Cup", |m| {
                    m.field("id", auto());
                    m.field("name", varchar(20));
                    m.field("volume", integer());
                    m.index(index(["volume"]));
                })
        }
    "#]]
    .assert_eq(&report.made.source);
    assert!(report.to_string().contains("  4 steps became 1\n"), "{report}");
    let report = squash(history(), Some("2"), "4").expect("they are one after the other");
    assert_eq!(report.made.migration.name(), "0002_cup_size_squashed_0004_more");
    assert!(report.made.source.contains(".depends_on(\"shop\", \"0001_initial\")"), "{}", report.made.source);
}

#[tokio::test]
async fn an_empty_database_gets_the_squash() {
    let scratch = Scratch::new().await;
    scratch.apply(&both()).await;
    assert_eq!(
        scratch.rows("SELECT name FROM django_migrations ORDER BY name").await,
        ["0001_initial", "0001_squashed_0003_cup_label", "0002_cup_size", "0003_cup_label", "0004_more"]
    );
    let plain = Scratch::new().await;
    plain.apply(&history()).await;
    let names = "SELECT name FROM pragma_table_info('shop_cup') ORDER BY name";
    assert_eq!(scratch.rows(names).await, plain.rows(names).await);
    // The older ones may go, and nothing is left to do.
    let left = || {
        let last = history().remove(3);
        vec![squashed(), last]
    };
    assert_eq!(pending(&*scratch.driver, &listed(left())).await.expect("they fit"), []);
    scratch.go(&left(), "shop", "zero").await;
    assert_eq!(scratch.rows("SELECT name FROM django_migrations").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_database_that_has_all_of_them_records_the_squash() {
    let scratch = Scratch::new().await;
    scratch.apply(&history()).await;
    assert_eq!(pending(&*scratch.driver, &listed(both())).await.expect("they fit"), []);
    let report = scratch.run(&listed(both()), &MigrateOptions::default()).await.expect("nothing is to do");
    assert_eq!(report.applied, Vec::<String>::new());
    let has = "SELECT count(*) FROM django_migrations WHERE name = '0001_squashed_0003_cup_label'";
    assert_eq!(scratch.rows(has).await, ["1"]);
    expect![[r#"
        shop
         [X] 0001_squashed_0003_cup_label (stands for 3 older)
         [X] 0004_more
    "#]]
    .assert_eq(&showmigrations(&*scratch.driver, &listed(both()), &[]).await.expect("they fit"));
}

#[tokio::test]
async fn a_database_that_has_some_finishes_them() {
    let scratch = Scratch::new().await;
    scratch.go(&history(), "shop", "0002").await;
    let report = scratch.run(&listed(both()), &MigrateOptions::default()).await.expect("the older ones are there");
    assert_eq!(report.applied, ["shop.0003_cup_label", "shop.0004_more"]);
    let has = "SELECT count(*) FROM django_migrations WHERE name = '0001_squashed_0003_cup_label'";
    assert_eq!(scratch.rows(has).await, ["1"], "all of them are applied now, so the squash is");
    // Without the older ones it cannot go on.
    let scratch = Scratch::new().await;
    scratch.go(&history(), "shop", "0002").await;
    let last = history().remove(3);
    let error =
        scratch.run(&listed(vec![squashed(), last]), &MigrateOptions::default()).await.expect_err("0003 is gone");
    assert_eq!(error.code(), "migrations.half_replaced", "{error:#}");
}

#[tokio::test]
async fn prune_forgets_what_no_migration_has() {
    let scratch = Scratch::new().await;
    scratch.apply(&both()).await;
    let last = history().remove(3);
    let left = listed(vec![squashed(), last]);
    let options = MigrateOptions { app: Some("shop".to_owned()), prune: true, ..MigrateOptions::default() };
    let report = scratch.run(&left, &options).await.expect("the squash is recorded");
    assert_eq!(report.pruned, ["shop.0001_initial", "shop.0002_cup_size", "shop.0003_cup_label"]);
    assert_eq!(
        scratch.rows("SELECT name FROM django_migrations ORDER BY name").await,
        ["0001_squashed_0003_cup_label", "0004_more"]
    );
    assert_eq!(pending(&*scratch.driver, &left).await.expect("they fit"), []);
    let again = scratch.run(&left, &options).await.expect("nothing is left");
    assert_eq!(again.pruned, Vec::<String>::new());
}

#[tokio::test]
async fn functions_are_named_by_their_path_and_nothing_moves_past_them() {
    let mut list = history();
    list.push(Migration::new("shop", "0005_label").depends_on("shop", "0004_more").run(label, nothing));
    list.push(Migration::new("shop", "0006_gone").depends_on("shop", "0005_label").remove_field("Cup", "name"));
    let report = squash(list, None, "6").expect("they are one after the other");
    assert_eq!(report.functions, ["crate::migrations::squash::label"]);
    let source = &report.made.source;
    assert!(source.contains(".run(crate::migrations::squash::label, nothing)"), "{source}");
    assert!(source.ends_with(".remove_field(\"Cup\", \"name\")\n}\n"), "{source}");
}

#[test]
fn what_makes_no_range_is_refused() {
    let error = squash(history(), Some("3"), "2").expect_err("it is the wrong way round");
    expect![[r#"
        migration `0003_cup_label` does not come before `0002_cup_size`
        hint: give the older one first: `squashmigrations APP START END`"#]]
    .assert_eq(&format!("{error:#}"));
    let error = squash(history(), None, "1").expect_err("it is one");
    assert_eq!(error.code(), "migrations.cannot_squash", "{error:#}");
    let error = squash(both(), None, "4").expect_err("one of them is a squash");
    assert_eq!(error.code(), "migrations.cannot_squash", "{error:#}");
}

#[test]
fn a_migration_of_another_app_that_stands_between_is_named() {
    let mut list = history();
    list[2] = list[2].clone().depends_on("club", "0001_initial");
    list.push(Migration::new("club", "0001_initial").depends_on("shop", "0002_cup_size"));
    let error = squash(list, None, "4").expect_err("the club comes before and after");
    assert_eq!(error.code(), "migrations.squash_cycle", "{error:#}");
    assert!(error.to_string().contains("`club.0001_initial`"), "{error:#}");
}

#[tokio::test]
async fn the_sql_of_an_older_one_can_still_be_seen() {
    let sql = sqlmigrate(&demijohn_sql::Sqlite, &listed(both()), "shop", "0002_cup_size", false).await;
    let sql = sql.expect("it is there");
    assert!(sql.starts_with("-- shop.0002_cup_size\n") && sql.contains("size"), "{sql}");
    let sql = sqlmigrate(&demijohn_sql::Sqlite, &listed(both()), "shop", "0001_squashed", false).await;
    assert!(sql.expect("it is there").starts_with("-- shop.0001_squashed_0003_cup_label\n"));
    let scratch = Scratch::new().await;
    let error = scratch.run(&listed(both()), &to("shop", "0009")).await.expect_err("there is none");
    assert_eq!(error.code(), "migrations.unknown_migration");
}

#[test]
fn sql_that_was_outside_of_transactions_stays_outside() {
    let squashed = |change: fn(Migration) -> Migration| {
        let second = change(Migration::new("shop", "0002_more").not_atomic().depends_on("shop", "0001_initial"));
        let list = vec![history().remove(0), second];
        squash(list, None, "0002").expect("they are one after the other").made.source
    };
    let text = squashed(|m| m.run_sql("VACUUM shop_cup", ""));
    assert!(text.contains(".not_atomic()"), "{text}");
    // On a new database nobody waits for an index.
    let text = squashed(|m| m.add_index_concurrently("Cup", index(["name"])));
    assert!(!text.contains("not_atomic") && !text.contains("concurrently"), "{text}");
}
