//! What `makemigrations` finds between two versions of the models.

use std::sync::Arc;

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Models};
use demijohn_orm::Model as _;
use demijohn_orm::migrations::{Ask, MakeOptions, MakeReport, Migration, Migrations, changed_apps, makemigrations};
use expect_test::{Expect, expect};

use super::{Scratch, listed};

/// The shop as it began.
mod before {
    use demijohn_macros::Model;
    use demijohn_orm::{ForeignKey, ManyToMany, Text};

    #[derive(Model, Debug, Clone)]
    #[model(app = "shop", crate = demijohn_orm)]
    pub(super) struct Maker {
        pub id: i64,
        #[field(max_length = 20)]
        pub name: String,
        pub born: Option<i64>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "shop", crate = demijohn_orm, index("titel", "size"))]
    pub(super) struct Cup {
        pub id: i64,
        #[field(max_length = 20)]
        pub titel: String,
        pub size: i64,
        pub notes: Text,
        #[field(on_delete = Cascade)]
        pub maker: ForeignKey<Maker>,
        #[expect(dead_code, reason = "only its description is read")]
        #[field(related_name = "admired")]
        pub friends: ManyToMany<Maker>,
    }
}

/// The shop after some work.
mod after {
    use demijohn_macros::Model;
    use demijohn_orm::{Decimal, ForeignKey, ManyToMany, Timestamp};

    #[derive(Model, Debug, Clone)]
    #[model(app = "shop", crate = demijohn_orm)]
    pub(super) struct Maker {
        pub id: i64,
        #[field(max_length = 80, unique)]
        pub name: String,
        pub born: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "shop", crate = demijohn_orm, index("title", "made_at", name = "cup_title"), unique("title", "maker"))]
    pub(super) struct Cup {
        pub id: i64,
        #[field(max_length = 20)]
        pub title: String,
        pub size: i64,
        #[field(max_digits = 8, decimal_places = 2)]
        pub price: Decimal,
        #[field(auto_now_add)]
        pub made_at: Timestamp,
        #[field(default = true)]
        pub in_stock: bool,
        #[field(default = 5)]
        pub stars: Option<i64>,
        pub sold: Option<i64>,
        #[field(on_delete = SetNull)]
        pub maker: Option<ForeignKey<Maker>>,
        #[expect(dead_code, reason = "only its description is read")]
        pub kinds: ManyToMany<Kind>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "shop", crate = demijohn_orm)]
    pub(super) struct Kind {
        pub id: i64,
        #[field(max_length = 20)]
        pub name: String,
    }
}

/// Models that point to each other in circles, inside an app and across two.
mod circle {
    use demijohn_macros::Model;
    use demijohn_orm::ForeignKey;

    #[derive(Model, Debug, Clone)]
    #[model(app = "school", crate = demijohn_orm)]
    pub(super) struct Teacher {
        pub id: i64,
        #[field(on_delete = SetNull, related_name = "heads")]
        pub head_of: Option<ForeignKey<Class>>,
        #[field(on_delete = SetNull, related_name = "mentored")]
        pub mentor: Option<ForeignKey<Teacher>>,
        #[field(on_delete = Cascade)]
        pub room: ForeignKey<Room>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "school", crate = demijohn_orm)]
    pub(super) struct Class {
        pub id: i64,
        #[field(on_delete = Cascade, related_name = "classes")]
        pub teacher: ForeignKey<Teacher>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "campus", crate = demijohn_orm)]
    pub(super) struct Room {
        pub id: i64,
        #[field(on_delete = Cascade)]
        pub building: ForeignKey<Building>,
        #[field(on_delete = SetNull)]
        pub home_of: Option<ForeignKey<Pupil>>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "campus", crate = demijohn_orm)]
    pub(super) struct Building {
        pub id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "school", crate = demijohn_orm)]
    pub(super) struct Pupil {
        pub id: i64,
    }
}

pub(super) fn models(metas: &[&'static ModelMeta]) -> Models {
    metas.iter().copied().collect()
}

fn before() -> Models {
    models(&[before::Maker::meta(), before::Cup::meta()])
}

fn after() -> Models {
    models(&[after::Maker::meta(), after::Cup::meta(), after::Kind::meta()])
}

pub(super) fn dry() -> MakeOptions {
    MakeOptions { dry_run: true, ..MakeOptions::default() }
}

pub(super) fn made(report: MakeReport) -> Vec<Migration> {
    report.made.into_iter().map(|made| made.migration).collect()
}

/// A list, so that this file can be taken for one: a dry run reads it and writes nothing.
mod list {
    demijohn_orm::migrations! {
        "shop",
    }
}

/// The migrations by app, listed in this file.
pub(super) fn placed(list: Vec<Migration>) -> Vec<Arc<Migrations>> {
    let own = |app: &Arc<Migrations>| Migrations::new(&app.app, list::all().source, app.list.clone());
    listed(list).iter().map(own).map(Arc::new).collect()
}

/// The first migration of the shop.
fn first() -> Vec<Arc<Migrations>> {
    let report = makemigrations(&before(), &[], &dry(), None).expect("nothing is asked for new models");
    placed(made(report))
}

pub(super) fn check(report: &Result<MakeReport>, wanted: Expect) {
    match report {
        Ok(report) => {
            let sources: Vec<String> =
                report.made.iter().map(|made| format!("{}\n{}", made.migration.full_name(), made.source)).collect();
            wanted.assert_eq(&sources.join("\n"));
        }
        Err(error) => wanted.assert_eq(&format!("{error:#}")),
    }
}

/// A model of the shop, which needs no other.
pub(super) fn other_app() -> &'static ModelMeta {
    before::Maker::meta()
}

/// Answers in this order.
struct Script(Vec<&'static str>, Vec<String>);

impl Ask for Script {
    fn ask(&mut self, question: &str) -> Result<String> {
        self.1.push(question.to_owned());
        Ok(self.0.remove(0).to_owned())
    }
}

#[test]
fn a_first_migration_makes_everything() {
    check(
        &makemigrations(&before(), &[], &dry(), None),
        expect![[r#"
            shop.0001_initial
            use demijohn_orm::migrations::prelude::*;

            pub(super) fn migration() -> Migration {
                Migration::new("shop", "0001_initial")
                    .create_model("Maker", |m| {
                        m.field("id", auto());
                        m.field("name", varchar(20));
                        m.field("born", big_int().null());
                    })
                    .create_model("Cup", |m| {
                        m.field("id", auto());
                        m.field("titel", varchar(20));
                        m.field("size", big_int());
                        m.field("notes", text());
                        m.field("maker", foreign_key("shop.Maker"));
                        m.many_to_many("friends", "shop.Maker");
                        m.index(index(["titel", "size"]));
                    })
            }
        "#]],
    );
}

#[test]
fn a_gone_and_a_new_field_alike_are_a_question() {
    check(
        &makemigrations(&after(), &first(), &dry(), None),
        expect![[r#"
        field `titel` of `shop.Cup` is gone and `title` of the same type is new: was it renamed, or is one removed with its data and the other added?
        hint: say `--rename Cup.titel=title` to keep the data, or `--no-rename` to remove and add"#]],
    );
}

#[test]
fn a_new_column_that_may_not_be_null_needs_a_value() {
    let options = MakeOptions { renames: vec!["Cup.titel=title".into()], ..dry() };
    check(
        &makemigrations(&after(), &first(), &options, None),
        expect![[r#"
        field `shop.Cup.price` is new and may not be NULL, but rows that are there need a value for it
        hint: give the field a `default`, or make it an `Option`, or say `--default Cup.price=VALUE` for the rows that are there"#]],
    );
    let options = MakeOptions { defaults: vec!["price=9.90".into()], ..options };
    check(
        &makemigrations(&after(), &first(), &options, None),
        expect![[r#"
        field `shop.Cup.made_at` is new and may not be NULL, but rows that are there need a value for it
        hint: make it an `Option`, or say `--default Cup.made_at=now` for the rows that are there"#]],
    );
    let options = MakeOptions { defaults: vec!["price=cheap".into()], ..options };
    check(
        &makemigrations(&after(), &first(), &options, None),
        expect!["`cheap` does not fit a column of decimal(8, 2)"],
    );
}

#[test]
fn options_answer_every_question() {
    let options = MakeOptions {
        renames: vec!["shop.Cup.titel=title".into()],
        defaults: vec!["price=9.90".into(), "Cup.made_at=now".into(), "Maker.born=1900".into()],
        ..dry()
    };
    check(
        &makemigrations(&after(), &first(), &options, None),
        expect![[r#"
            shop.0002_kind_alter_maker_name_alter_maker_born_and_more
            use demijohn_orm::migrations::prelude::*;

            pub(super) fn migration() -> Migration {
                Migration::new(
                    "shop",
                    "0002_kind_alter_maker_name_alter_maker_born_and_more",
                )
                .depends_on("shop", "0001_initial")
                .create_model("Kind", |m| {
                    m.field("id", auto());
                    m.field("name", varchar(20));
                })
                .alter_field("Maker", "name", varchar(80).unique())
                .alter_field("Maker", "born", big_int().fill_with(1900))
                .rename_field("Cup", "titel", "title")
                .remove_index("Cup", index(["title", "size"]))
                .remove_many_to_many("Cup", "friends")
                .remove_field("Cup", "notes")
                .add_field("Cup", "price", decimal(8, 2).fill_with("9.90"))
                .add_field("Cup", "made_at", timestamp().fill_with_now())
                .add_field("Cup", "in_stock", boolean().fill_with(true))
                .add_field("Cup", "stars", big_int().null().fill_with(5))
                .add_field("Cup", "sold", big_int().null())
                .add_many_to_many("Cup", "kinds", "shop.Kind")
                .alter_field("Cup", "maker", foreign_key("shop.Maker").null())
                .add_index("Cup", index(["title", "made_at"]).named("cup_title"))
                .add_index("Cup", unique(["title", "maker"]))
            }
        "#]],
    );
}

#[test]
fn a_person_answers_every_question() {
    let mut script = Script(vec!["1900", "maybe", "n", "much", "9.90", "now"], Vec::new());
    let report = makemigrations(&after(), &first(), &dry(), Some(&mut script)).expect("everything is answered");
    expect![[r#"
        `shop.Maker.born` may no longer be NULL; value for the rows that are (empty: there are none):
        was `Cup.titel` renamed to `Cup.title`? [y/n]
        was `Cup.titel` renamed to `Cup.title`? [y/n]
        `shop.Cup.title` is new and may not be NULL; value for the rows that are there:
        `shop.Cup.price` is new and may not be NULL; value for the rows that are there:
        `shop.Cup.made_at` is new and may not be NULL; value for the rows that are there, `now` for the present moment:"#]].assert_eq(&script.1.join("\n"));
    let source = &report.made[0].source;
    assert!(source.contains(r#".remove_field("Cup", "titel")"#), "{source}");
}

#[test]
fn options_that_name_nothing_are_refused() {
    for (options, wanted) in [
        (
            MakeOptions { renames: vec!["Cup.tite=title".into()], no_rename: true, ..dry() },
            expect![[r#"
            `--rename Cup.tite=title` names nothing that changed
            hint: the left side is the old name of a field with its model, `Post.titel`, or of a model; the right side the new name alone"#]],
        ),
        (
            MakeOptions { defaults: vec!["prize=1".into()], ..dry() },
            expect!["`--default prize=1` names no field that needs a value"],
        ),
        (
            MakeOptions { renames: vec!["titel".into()], ..dry() },
            expect![[r#"
            `--rename titel` has no `=`
            hint: write `--rename Post.titel=title`, or `--rename Article=Post` for a model"#]],
        ),
        (
            MakeOptions { apps: vec!["shp".into()], ..dry() },
            expect![[r#"
            unknown app `shp`; apps with models or migrations are `shop`
            hint: did you mean `shop`?"#]],
        ),
        (
            MakeOptions { name: Some("up/down".into()), ..dry() },
            expect![[r#"
            `up/down` cannot be the name of a migration
            hint: use letters, digits and `_`"#]],
        ),
        (MakeOptions { empty: true, ..dry() }, expect!["`--empty` needs the app for which to make a migration"]),
    ] {
        check(&makemigrations(&before(), &[], &options, None), wanted);
    }
}

#[test]
fn nothing_changed_makes_nothing() {
    let report = makemigrations(&before(), &first(), &dry(), None).expect("nothing is asked");
    assert_eq!(report.to_string(), "no changes\n");
    assert_eq!(changed_apps(&before(), &first()).expect("they fit"), Vec::<String>::new());
    assert_eq!(changed_apps(&after(), &first()).expect("they fit"), ["shop"]);
}

#[test]
fn circles_are_cut_and_apps_wait_for_each_other() {
    let all = [
        circle::Teacher::meta(),
        circle::Class::meta(),
        circle::Room::meta(),
        circle::Building::meta(),
        circle::Pupil::meta(),
    ];
    check(
        &makemigrations(&models(&all), &[], &dry(), None),
        expect![[r#"
        school.0001_initial
        use demijohn_orm::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("school", "0001_initial")
                .create_model("Class", |m| {
                    m.field("id", auto());
                })
                .create_model("Pupil", |m| {
                    m.field("id", auto());
                })
        }

        campus.0001_initial
        use demijohn_orm::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("campus", "0001_initial")
                .depends_on("school", "0001_initial")
                .create_model("Building", |m| {
                    m.field("id", auto());
                })
                .create_model("Room", |m| {
                    m.field("id", auto());
                    m.field("building", foreign_key("campus.Building"));
                    m.field("home_of", foreign_key("school.Pupil").null());
                })
        }

        school.0002_initial
        use demijohn_orm::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("school", "0002_initial")
                .depends_on("school", "0001_initial")
                .depends_on("campus", "0001_initial")
                .create_model("Teacher", |m| {
                    m.field("id", auto());
                    m.field("head_of", foreign_key("school.Class").null());
                    m.field("mentor", foreign_key("school.Teacher").null());
                    m.field("room", foreign_key("campus.Room"));
                })
                .add_field("Class", "teacher", foreign_key("school.Teacher"))
        }
    "#]],
    );
}

#[tokio::test]
async fn what_is_made_leads_to_the_models_and_back() {
    let all = [
        circle::Teacher::meta(),
        circle::Class::meta(),
        circle::Room::meta(),
        circle::Building::meta(),
        circle::Pupil::meta(),
    ];
    let circles = models(&all);
    let first = made(makemigrations(&circles, &[], &dry(), None).expect("nothing is asked"));
    assert_eq!(changed_apps(&circles, &listed(first.clone())).expect("they fit"), Vec::<String>::new());
    let scratch = Scratch::new().await;
    scratch.apply(&first).await;
    scratch.assert_sound().await;

    // Nothing is left: models that point to each other go as well.
    let gone = made(makemigrations(&Models::new(), &placed(first.clone()), &dry(), None).expect("nothing is asked"));
    let mut list = first;
    list.extend(gone);
    scratch.apply(&list).await;
    assert_eq!(scratch.schema().await, Vec::<String>::new());
}

#[tokio::test]
async fn every_kind_of_change_reaches_the_database() {
    let options = MakeOptions {
        renames: vec!["Cup.titel=title".into()],
        defaults: vec!["price=9.90".into(), "made_at=now".into(), "born=1900".into()],
        ..dry()
    };
    let second = made(makemigrations(&after(), &first(), &options, None).expect("everything is answered"));
    let mut list: Vec<Migration> = first().iter().flat_map(|app| app.list.clone()).collect();
    let scratch = Scratch::new().await;
    scratch.apply(&list).await;
    scratch
        .sql(
            "INSERT INTO shop_maker (name) VALUES ('Ada');
             INSERT INTO shop_cup (titel, size, notes, maker_id) VALUES ('blue', 3, '', 1);",
        )
        .await;
    list.extend(second);
    scratch.apply(&list).await;
    assert_eq!(changed_apps(&after(), &listed(list.clone())).expect("they fit"), Vec::<String>::new());
    assert_eq!(
        scratch.rows("SELECT title, size, price, in_stock, stars, sold, maker_id FROM shop_cup").await,
        ["blue|3|9.9|1|5|NULL|1"]
    );
    assert_eq!(scratch.rows("SELECT born FROM shop_maker").await, ["1900"]);
    scratch.assert_sound().await;

    // The tables are those that the models would have been given at once.
    let fresh = Scratch::new().await;
    fresh.apply(&made(makemigrations(&after(), &[], &dry(), None).expect("nothing is asked for new models"))).await;
    let columns = "SELECT m.name, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_master AS m \
                   JOIN pragma_table_info(m.name) AS c WHERE m.name LIKE 'shop%' ORDER BY 1, 2";
    assert_eq!(scratch.rows(columns).await, fresh.rows(columns).await);
    let indexes =
        "SELECT tbl_name, replace(sql, 'titel', 'title') FROM sqlite_master WHERE type = 'index' ORDER BY 1, 2";
    assert_eq!(scratch.rows(indexes).await, fresh.rows(indexes).await);
}
