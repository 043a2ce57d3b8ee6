//! `makemigrations --update`: the newest migration written anew, as long as it is applied nowhere.

use std::path::PathBuf;
use std::sync::Arc;

use demijohn_core::Result;
use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta, Models, SourceMeta};
use demijohn_orm::migrations::{MakeOptions, MakeReport, Migration, Migrations, makemigrations};
use expect_test::expect;

use super::Scratch;

static ID: FieldMeta = FieldMeta::new("id", "id", "id", FieldKind::BigInt).primary_key().auto();
static SIZE: FieldMeta = FieldMeta::new("size", "size", "size", FieldKind::Integer).null(true);
static SIZES: FieldMeta = FieldMeta::new("size", "size", "size", FieldKind::BigInt).null(true);
static NOTE: FieldMeta = FieldMeta::new("note", "note", "note", FieldKind::Text).null(true);

fn models(fields: Vec<FieldMeta>) -> Models {
    let meta = ModelMeta::new("shop", "Cup", "shop_cup", "cup", "cups", fields.leak());
    [&*Box::leak(Box::new(meta))].into_iter().collect()
}

/// A crate with one migration that is written and applied, and another that is written.
struct Shop {
    folder: PathBuf,
    source: SourceMeta,
    list: Vec<Migration>,
}

impl Shop {
    fn new() -> Self {
        let folder = Scratch::folder();
        std::fs::write(folder.join("Cargo.toml"), "[dependencies]\ndemijohn = \"1\"\n").expect("it can be written");
        std::fs::write(folder.join("mod.rs"), "demijohn::migrations! { \"shop\" }\n").expect("it can be written");
        let source = SourceMeta { manifest_dir: folder.display().to_string().leak(), file: "mod.rs", line: 1 };
        let mut shop = Self { folder, source, list: Vec::new() };
        for fields in [vec![ID], vec![ID, SIZE]] {
            let report = shop.make(&models(fields), &MakeOptions::default()).expect("it is written");
            shop.list.extend(report.made.into_iter().map(|made| made.migration));
        }
        shop
    }

    fn make(&self, models: &Models, options: &MakeOptions) -> Result<MakeReport> {
        makemigrations(models, &[Arc::new(Migrations::new("shop", self.source, self.list.clone()))], options, None)
    }

    fn update(&self, unapplied: &[&str]) -> Result<MakeReport> {
        let unapplied = unapplied.iter().map(|name| ("shop".to_owned(), (*name).to_owned())).collect();
        let options = MakeOptions { update: true, unapplied, ..MakeOptions::default() };
        self.make(&models(vec![ID, SIZES, NOTE]), &options)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn changes_become_part_of_the_newest_migration() {
    let shop = Shop::new();
    let report = shop.update(&["0002_cup_size"]).expect("it is not applied");
    assert_eq!(report.made.len(), 1);
    let text = std::fs::read_to_string(shop.folder.join("m0002_cup_size.rs")).expect("it was written");
    expect![[r#"
        use demijohn::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("shop", "0002_cup_size")
                .depends_on("shop", "0001_initial")
                .add_field("Cup", "note", text().null())
                .add_field("Cup", "size", big_int().null())
        }
    "#]]
    .assert_eq(&text);
    let list = std::fs::read_to_string(shop.folder.join("mod.rs")).expect("it was written");
    assert_eq!(list.matches("m0002_cup_size").count(), 2, "{list}");
}

#[test]
fn what_is_applied_or_edited_is_left_alone() {
    let shop = Shop::new();
    let error = shop.update(&[]).expect_err("it is applied");
    expect![[r#"
        migration `shop.0002_cup_size` is applied
        hint: take it back with `migrate`, or make another one without `--update`"#]]
    .assert_eq(&format!("{error:#}"));
    let path = shop.folder.join("m0002_cup_size.rs");
    let text = std::fs::read_to_string(&path).expect("it was written").replace("migration()", "migration( )");
    std::fs::write(&path, &text).expect("it can be written");
    shop.update(&["0002_cup_size"]).expect("another layout is the same migration");
    let shop = Shop::new();
    let path = shop.folder.join("m0002_cup_size.rs");
    let edited = std::fs::read_to_string(&path).expect("it was written").replace("Cup", "Mug");
    std::fs::write(&path, &edited).expect("it can be written");
    let error = shop.update(&["0002_cup_size"]).expect_err("somebody changed it");
    assert_eq!(error.code(), "migrations.edited", "{error:#}");
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), edited);
}
