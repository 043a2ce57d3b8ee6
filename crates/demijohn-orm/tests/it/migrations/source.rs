//! The files that `makemigrations` writes.

use std::path::Path;
use std::sync::Arc;

use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta, Models, SourceMeta};
use demijohn_orm::migrations::{MakeOptions, Migrations, makemigrations};
use expect_test::expect;

use super::Scratch;

static ID: FieldMeta = FieldMeta::new("id", "id", "id", FieldKind::BigInt).primary_key().auto();
static NAME: FieldMeta = FieldMeta::new("name", "na\"me", "name", FieldKind::Varchar(20)).unique();
static VIEWS: FieldMeta = FieldMeta::new("views", "views", "views", FieldKind::Integer).null(true);

/// A crate of a test's own: a folder with a manifest and one source file.
fn project(folder: &Path, file: &str) -> &'static str {
    let file = folder.join(file);
    std::fs::create_dir_all(file.parent().expect("it is below the folder"))
        .expect("the temporary folder can be written");
    std::fs::write(&file, "").expect("the temporary folder can be written");
    std::fs::write(folder.join("Cargo.toml"), "[dependencies]\ndemijohn = \"1\"\n")
        .expect("the temporary folder can be written");
    folder.display().to_string().leak()
}

fn models(fields: Vec<FieldMeta>, manifest_dir: &'static str, file: &'static str) -> Models {
    let meta = ModelMeta::new("shop", "Cup", "shop_cup", "cup", "cups", fields.leak()).source(manifest_dir, file, 1);
    [&*Box::leak(Box::new(meta))].into_iter().collect()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").file_name().into_string().expect("it is UTF-8"))
        .collect();
    names.sort();
    names
}

#[test]
fn the_first_file_comes_with_its_list_and_says_what_to_add() {
    let folder = Scratch::folder();
    let manifest_dir = project(&folder, "src/main.rs");
    let models = models(vec![ID, NAME], manifest_dir, "src/main.rs");
    let report = makemigrations(&models, &[], &MakeOptions::default(), None).expect("the folder can be written");
    assert_eq!(files(&folder.join("src/migrations")), ["m0001_initial.rs", "mod.rs"]);
    expect![[r#"
        shop: CRATE/src/migrations/m0001_initial.rs
          + create model Cup
        add to CRATE/src/main.rs: mod migrations;
        add to the app `shop`: .migrations(migrations::all())
        build the program again, then run `migrate`
    "#]]
    .assert_eq(&report.to_string().replace(manifest_dir, "CRATE"));
    let read = |name: &str| std::fs::read_to_string(folder.join("src/migrations").join(name)).expect("it was written");
    expect![[r#"
        use demijohn::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("shop", "0001_initial").create_model("Cup", |m| {
                m.field("id", auto());
                m.field("name", varchar(20).unique().column("na\"me"));
            })
        }
    "#]]
    .assert_eq(&read("m0001_initial.rs"));
    expect![[r#"
        //! Kept by `makemigrations`.

        mod m0001_initial;

        demijohn::migrations! {
            "shop",
            m0001_initial,
        }
    "#]]
    .assert_eq(&read("mod.rs"));

    // The second finds the list where the first is registered.
    let source = SourceMeta { manifest_dir, file: "src/migrations/mod.rs", line: 5 };
    let list = report.made.into_iter().map(|made| made.migration).collect();
    let known = [Arc::new(Migrations::new("shop", source, list))];
    let models = self::models(vec![ID, NAME, VIEWS], manifest_dir, "src/main.rs");
    let report = makemigrations(&models, &known, &MakeOptions::default(), None).expect("the folder can be written");
    expect![[r#"
        shop: CRATE/src/migrations/m0002_cup_views.rs
          + add field views to Cup
        build the program again, then run `migrate`
    "#]]
    .assert_eq(&report.to_string().replace(manifest_dir, "CRATE"));
    expect![[r#"
        use demijohn::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("shop", "0002_cup_views")
                .depends_on("shop", "0001_initial")
                .add_field("Cup", "views", integer().null())
        }
    "#]]
    .assert_eq(&read("m0002_cup_views.rs"));
    expect![[r#"
        //! Kept by `makemigrations`.

        mod m0001_initial;
        mod m0002_cup_views;

        demijohn::migrations! {
            "shop",
            m0001_initial,
            m0002_cup_views,
        }
    "#]]
    .assert_eq(&read("mod.rs"));

    // It is not compiled in yet: making it again would write the same file.
    let error = makemigrations(&models, &known, &MakeOptions::default(), None).expect_err("the file is there");
    expect![[r#"
        this program was built before `0002_cup_views` of app `shop`
        hint: build it again, then run `makemigrations`"#]]
    .assert_eq(&format!("{error:#}").replace(manifest_dir, "CRATE"));
    let error = makemigrations(&models, &[], &MakeOptions::default(), None).expect_err("the list is there");
    expect![[r#"
        `CRATE/src/migrations/mod.rs` is there, but the migrations in it are not registered
        hint: write `mod migrations;`, add `.migrations(migrations::all())` to the app `shop`, and build again"#]]
    .assert_eq(&format!("{error:#}").replace(manifest_dir, "CRATE"));
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = Scratch::folder();
    let models = models(vec![ID], project(&folder, "src/shop.rs"), "src/shop.rs");
    let options = MakeOptions { dry_run: true, ..MakeOptions::default() };
    let report = makemigrations(&models, &[], &options, None).expect("nothing is written");
    assert!(report.made[0].path.ends_with("src/shop/migrations/m0001_initial.rs"), "{:?}", report.made[0].path);
    assert!(report.to_string().contains("Migration::new(\"shop\", \"0001_initial\")"), "{report}");
    assert_eq!(files(&folder.join("src")), ["shop.rs"]);
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn somebody_elses_crate_is_left_alone() {
    let folder = Scratch::folder();
    let manifest_dir = project(&folder.join("registry/src/x/shop-1.0.0"), "src/lib.rs");
    let error = makemigrations(&models(vec![ID], manifest_dir, "src/lib.rs"), &[], &MakeOptions::default(), None)
        .expect_err("it was downloaded");
    expect![[r#"
        the migrations of `shop` cannot be written: its crate `HOME/registry/src/x/shop-1.0.0` was downloaded
        hint: name the apps that are yours: `makemigrations APP`, or leave `shop` to its authors"#]]
    .assert_eq(&format!("{error:#}").replace(&folder.display().to_string(), "HOME"));
    let error = makemigrations(&models(vec![ID], "/nowhere/at/all", "src/lib.rs"), &[], &MakeOptions::default(), None)
        .expect_err("it is not there");
    expect![[r#"
        the migrations of `shop` cannot be written: its crate `/nowhere/at/all` is not on this machine
        hint: name the apps that are yours: `makemigrations APP`, or leave `shop` to its authors"#]]
    .assert_eq(&format!("{error:#}"));
    let _ = std::fs::remove_dir_all(folder);
}
