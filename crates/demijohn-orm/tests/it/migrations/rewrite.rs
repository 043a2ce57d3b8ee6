//! `optimizemigration`, and steps that a squash leaves out.

use std::path::PathBuf;
use std::sync::Arc;

use demijohn_core::model::{Models, SourceMeta};
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{
    Migrations, OptimizeReport, SquashOptions, SquashReport, optimizemigration, pending, squashmigrations,
};
use expect_test::{Expect, expect};

use super::{Scratch, listed};

async fn label(tx: &Tx) -> Result<()> {
    nothing(tx).await
}

fn first() -> Migration {
    Migration::new("shop", "0001_initial").create_model("Cup", |m| {
        m.field("id", auto());
        m.field("name", varchar(20));
    })
}

fn more() -> Migration {
    Migration::new("shop", "0002_more").depends_on("shop", "0001_initial")
}

fn in_three() -> Migration {
    more()
        .add_field("Cup", "size", integer().null())
        .rename_field("Cup", "size", "volume")
        .add_index("Cup", index(["volume"]))
}

/// What the file of [`in_three`] says.
const THREE: &str = "use demijohn::migrations::prelude::*;

pub(super) fn migration() -> Migration {
    Migration::new(\"shop\", \"0002_more\")
        .depends_on(\"shop\", \"0001_initial\")
        .add_field(\"Cup\", \"size\", integer().null())
        .rename_field(\"Cup\", \"size\", \"volume\")
        .add_index(\"Cup\", index([\"volume\"]))
}
";

/// A crate with these migrations; of the second, this is the file.
struct Shop {
    folder: PathBuf,
    known: Vec<Arc<Migrations>>,
}

impl Shop {
    fn new(second: Migration, text: &str) -> Self {
        let folder = Scratch::folder();
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("it can be written");
        write("Cargo.toml", "[dependencies]\ndemijohn = \"1\"\n");
        write("mod.rs", "demijohn::migrations! {\n    \"shop\",\n    m0001_initial,\n    m0002_more,\n}\n");
        write("m0002_more.rs", text);
        let source = SourceMeta { manifest_dir: folder.display().to_string().leak(), file: "mod.rs", line: 1 };
        Self { folder, known: vec![Arc::new(Migrations::new("shop", source, vec![first(), second]))] }
    }

    fn optimize(&self, check: bool) -> Result<OptimizeReport> {
        optimizemigration(&Models::new(), &self.known, "shop", "2", check)
    }

    fn squash(&self, no_optimize: bool) -> SquashReport {
        let options = SquashOptions {
            app: "shop".into(),
            end: "0002".into(),
            no_optimize,
            dry_run: true,
            ..SquashOptions::default()
        };
        squashmigrations(&Models::new(), &self.known, &options, None).expect("they are one after the other")
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).expect("it is there")
    }

    /// What is said, without the folder that it is said of.
    fn says(&self, report: &impl ToString, wanted: Expect) {
        wanted.assert_eq(&report.to_string().replace(&format!("{}/", self.folder.display()), ""));
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn a_migration_is_written_anew_with_fewer_steps() {
    let shop = Shop::new(in_three(), THREE);
    let error = shop.optimize(true).expect_err("there is something to do");
    expect![[r#"
        migration `shop.0002_more` has 3 steps and could have 2
        hint: run `optimizemigration shop 0002_more`"#]]
    .assert_eq(&format!("{error:#}"));
    assert_eq!(shop.read("m0002_more.rs"), THREE);
    let report = shop.optimize(false).expect("it is written");
    shop.says(
        &report,
        expect![[r#"
        shop: m0002_more.rs
          3 steps became 2
    "#]],
    );
    expect![[r#"
        use demijohn::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("shop", "0002_more")
                .depends_on("shop", "0001_initial")
                .add_field("Cup", "volume", integer().null())
                .add_index("Cup", index(["volume"]))
        }
    "#]]
    .assert_eq(&shop.read("m0002_more.rs"));
    assert!(!shop.read("mod.rs").contains("optimized"));
    // It makes the same tables.
    let (one, other) = (Scratch::new().await, Scratch::new().await);
    one.apply(&[first(), in_three()]).await;
    let made = report.made.expect("it is written").migration;
    other.apply(&[first(), made.clone()]).await;
    assert_eq!(one.schema().await, other.schema().await);
    // Once more there is nothing to do.
    let shop = Shop::new(made, &shop.read("m0002_more.rs"));
    assert_eq!(shop.optimize(true).expect("nothing is to do").to_string(), "no optimizations possible\n");
}

#[tokio::test]
async fn what_was_written_by_hand_stays_and_another_one_stands_for_it() {
    let edited = THREE.replace("    Migration::new", "    // A good one.\n    Migration::new");
    let shop = Shop::new(in_three(), &edited);
    let report = shop.optimize(false).expect("it is written");
    shop.says(&report, expect![[r#"
        shop: m0002_more_optimized.rs
          3 steps became 2
        `0002_more` has something that was written by hand, so it is left as it is: remove it and `.replaces(…)` when every database has the new one
    "#]]);
    assert_eq!(shop.read("m0002_more.rs"), edited);
    expect![[r#"
        use demijohn::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("shop", "0002_more_optimized")
                .depends_on("shop", "0001_initial")
                .replaces(&["0002_more"])
                .add_field("Cup", "volume", integer().null())
                .add_index("Cup", index(["volume"]))
        }
    "#]]
    .assert_eq(&shop.read("m0002_more_optimized.rs"));
    assert!(shop.read("mod.rs").contains("m0002_more_optimized,"));
    // A database that has the old one has the new one.
    let new = report.made.expect("it is written").migration;
    let scratch = Scratch::new().await;
    scratch.apply(&[first(), in_three()]).await;
    assert_eq!(pending(&*scratch.driver, &listed(vec![first(), in_three(), new])).await.expect("they fit"), []);
}

#[test]
fn one_with_functions_is_stood_for_once() {
    let steps = |m: Migration| {
        m.add_field("Cup", "a", integer().null()).run(label, nothing).add_field("Cup", "b", text().null())
    };
    let shop = Shop::new(steps(more()).remove_field("Cup", "b"), "");
    let report = shop.optimize(false).expect("it is written");
    shop.says(&report, expect![[r#"
        shop: m0002_more_optimized.rs
          4 steps became 2
          runs `crate::migrations::rewrite::label`: make it `pub(crate)`, and move it before its migration is removed
        `0002_more` has something that was written by hand, so it is left as it is: remove it and `.replaces(…)` when every database has the new one
    "#]]);
    let shop = Shop::new(steps(more()).remove_field("Cup", "b").replaces(&["0002_old"]), "");
    let error = shop.optimize(false).expect_err("it would stand for one that stands for others");
    expect![[r#"
        migration `shop.0002_more` has something that was written by hand, and stands for others already
        hint: remove those and its `.replaces(…)` first, when every database has it"#]]
    .assert_eq(&format!("{error:#}"));
}

fn elidable() -> Migration {
    more()
        .add_field("Cup", "size", integer().null())
        .run(label, nothing)
        .elidable()
        .run_sql("UPDATE shop_cup SET size = 0", "")
        .elidable()
        .alter_field("Cup", "size", integer().fill_with(0))
}

#[tokio::test]
async fn a_squash_leaves_out_what_is_for_the_rows_of_its_time() {
    let shop = Shop::new(elidable(), "");
    let report = shop.squash(false);
    expect![[r#"
        use demijohn::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("shop", "0001_squashed_0002_more")
                .replaces(&["0001_initial", "0002_more"])
                .create_model("Cup", |m| {
                    m.field("id", auto());
                    m.field("name", varchar(20));
                    m.field("size", integer());
                })
        }
    "#]]
    .assert_eq(&report.made.source);
    assert_eq!(report.left_out, ["run `label`", "run SQL"]);
    assert_eq!(report.functions, [""; 0]);
    assert!(report.to_string().contains("  leaves out what is elidable: run `label`\n"), "{report}");
    // Kept as it is, it keeps everything.
    let report = shop.squash(true);
    assert!(report.left_out.is_empty() && report.made.source.matches(".elidable()").count() == 2, "{report}");
    // What says nothing of it stays, and so stays apart what is before and behind it.
    let shop =
        Shop::new(more().add_field("Cup", "a", integer().null()).run_sql("SELECT 1", "").remove_field("Cup", "a"), "");
    assert_eq!(shop.squash(false).made.migration.full_name(), "shop.0001_squashed_0002_more");
    assert!(shop.squash(false).made.source.contains(".run_sql(\"SELECT 1\", \"\")"));
}

#[tokio::test]
async fn what_is_elidable_is_run_like_any_other() {
    let scratch = Scratch::new().await;
    scratch.apply(&[first()]).await;
    scratch.sql("INSERT INTO shop_cup (name) VALUES ('blue')").await;
    let second =
        more().add_field("Cup", "size", integer().null()).run_sql("UPDATE shop_cup SET size = 3", "").elidable();
    scratch.apply(&[first(), second]).await;
    assert_eq!(scratch.rows("SELECT size FROM shop_cup").await, ["3"]);
}

#[test]
fn it_is_left_out_of_an_optimized_one_too_and_the_last_one_stays() {
    let shop = Shop::new(elidable(), "");
    let report = shop.optimize(false).expect("it is written");
    assert_eq!(report.left_out, ["run `label`", "run SQL"]);
    let shop = Shop::new(more().run_sql("SELECT 1", "").elidable(), "");
    assert!(shop.optimize(true).expect("nothing is to do").made.is_none());
}
