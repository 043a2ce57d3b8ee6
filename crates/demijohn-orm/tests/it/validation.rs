//! `validate`: what a row's fields, its model and the rows that are there have against it.

use demijohn_core::FieldErrors;
use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{Date, Db, Decimal, Model as _, Timestamp};

#[derive(Model, Debug, Clone)]
#[model(app = "shop", crate = demijohn_orm, clean = Offer::clean)]
#[model(unique("shelf", "place", message = "There is something in this place."), unique("shelf", "code"))]
#[model(check("offer_price_positive", "{price} >= 0", message = "A price is not negative."))]
#[model(check("offer_days", "{ends} >= {day}"))]
struct Offer {
    id: i64,
    #[field(
        max_length = 20,
        min_length = 2,
        unique_for_date = "day",
        unique_for_month = "ends",
        unique_for_year = "made"
    )]
    name: String,
    #[field(max_length = 9, unique)]
    code: String,
    shelf: i32,
    place: Option<i32>,
    #[field(max_digits = 6, decimal_places = 2)]
    price: Decimal,
    #[field(choices = [("s", "Small"), ("l", "Large")], max_length = 1, default = "s")]
    size: String,
    day: Date,
    ends: Option<Date>,
    #[field(auto_now_add)]
    created: Timestamp,
    made: Option<Timestamp>,
}

impl Offer {
    fn clean(&self, errors: &mut FieldErrors) {
        if self.name == self.code {
            errors.add("code", "Give it a code that is not its name.");
        }
    }
}

fn models() -> Models {
    [Offer::meta()].into_iter().collect()
}

fn day(month: i8, day: i8) -> Date {
    Date::constant(2024, month, day)
}

async fn stored(db: &Db) -> Offer {
    let draft = Offer::create().name("Cork").code("c-1").shelf(1).place(1).price(Decimal::new(5, 1)).day(day(5, 1));
    let made: Timestamp = "2024-05-01T10:00:00Z".parse().expect("it is a moment");
    draft.ends(day(5, 9)).made(made).build().save(db).await.expect("it is new")
}

/// `field: message` of everything that is wrong.
async fn wrong(db: &Db, offer: &Offer) -> Vec<String> {
    match offer.validate(db).await {
        Ok(()) => Vec::new(),
        Err(error) => {
            assert_eq!((error.status(), error.code()), (422, "invalid_fields"), "{error:#}");
            error.fields().iter().flat_map(|(name, all)| all.iter().map(move |one| format!("{name}: {one}"))).collect()
        }
    }
}

async fn a_row_that_is_well_is_no_duplicate_of_itself(db: &Db) {
    let offer = stored(db).await;
    assert_eq!(wrong(db, &offer).await, Vec::<String>::new());
}

async fn every_rule_of_a_field_is_asked(db: &Db) {
    let mut offer = stored(db).await;
    "C".clone_into(&mut offer.name);
    "0123456789".clone_into(&mut offer.code);
    "x".clone_into(&mut offer.size);
    offer.price = Decimal::new(12_345, 3);
    let found = wrong(db, &offer).await;
    assert_eq!(
        found,
        [
            "name: Ensure this value has at least 2 characters (it has 1).",
            "code: Ensure this value has at most 9 characters (it has 10).",
            "price: Ensure that there are no more than 6 digits in total and 2 decimal places.",
            "size: Value 'x' is not a valid choice.",
        ]
    );
}

async fn what_another_row_has_is_named(db: &Db) {
    let first = stored(db).await;
    let other = Offer { id: first.id + 1, ..first.clone() };
    let found = wrong(db, &other).await;
    assert_eq!(
        found,
        [
            "code: Offer with this Code already exists.",
            ": There is something in this place.",
            ": Offer with this Shelf and Code already exists.",
            "name: Name must be unique for Day date.",
            "name: Name must be unique for Ends month.",
            "name: Name must be unique for Made year.",
        ]
    );
    let later = |moment: &str| Some(moment.parse::<Timestamp>().expect("it is a moment"));
    let free = Offer {
        code: "c-2".to_owned(),
        place: None,
        day: day(5, 2),
        ends: Some(day(6, 9)),
        made: later("2025-01-01T00:00:00Z"),
        ..other.clone()
    };
    assert_eq!(wrong(db, &free).await, Vec::<String>::new(), "two rows without a place are not alike");
    let of_another_year = Offer { ends: Some(Date::constant(2031, 5, 30)), ..free };
    assert_eq!(wrong(db, &of_another_year).await, ["name: Name must be unique for Ends month."]);
}

async fn checks_hold_before_the_row_is_stored(db: &Db) {
    let mut offer = stored(db).await;
    offer.price = Decimal::new(-1, 2);
    offer.ends = Some(day(4, 30));
    assert_eq!(wrong(db, &offer).await, [": A price is not negative.", ": Constraint “offer_days” is violated."]);
    offer.price = Decimal::new(1_000, 0);
    offer.ends = None;
    assert_eq!(wrong(db, &offer).await, Vec::<String>::new(), "a check that is unknown holds");
}

async fn the_models_own_rule_comes_last(db: &Db) {
    let mut offer = stored(db).await;
    "same".clone_into(&mut offer.name);
    "same".clone_into(&mut offer.code);
    assert_eq!(wrong(db, &offer).await, ["code: Give it a code that is not its name."]);
    offer.price = Decimal::new(-1, 0);
    assert_eq!(wrong(db, &offer).await, [": A price is not negative."], "it may rely on the other rules");
}

async fn a_draft_is_asked_before_it_is_stored(db: &Db) {
    stored(db).await;
    let draft = |name: &str, code: &str| {
        Offer::create().name(name).code(code).shelf(2).price(Decimal::ONE).day(day(7, 7)).build()
    };
    draft("Cap", "c-3").validate(db).await.expect("all is well: size has a default, the key is made");
    let error = draft("Cap", "c-1").validate(db).await.expect_err("the code is taken");
    assert_eq!(error.fields().of("code"), ["Offer with this Code already exists."]);
    let error = draft("c-4", "c-4").validate(db).await.expect_err("the model says so");
    assert_eq!(error.fields().of("code"), ["Give it a code that is not its name."]);
}

/// Constraints over more than fields, which MariaDB does not have.
mod beyond_fields {
    use demijohn_core::FieldErrors;
    use demijohn_core::model::Models;
    use demijohn_macros::Model;
    use demijohn_orm::{Date, Db, Decimal, Executor as _, Model as _, Range, migrations};

    use crate::databases::{Kind, run};

    /// What is alike by more than the values of its fields.
    #[derive(Model, Debug, Clone)]
    #[model(app = "shop", crate = demijohn_orm)]
    #[model(unique("shelf", "place", name = "one_open", condition = "{closed} IS NULL AND {weight} > 1.5"))]
    #[model(unique(
        "shelf",
        name = "one_main",
        condition = "{name} LIKE 'main%'",
        message = "A shelf has one main label."
    ))]
    struct Label {
        id: i64,
        #[field(max_length = 20)]
        name: String,
        shelf: i32,
        place: Option<i32>,
        #[field(max_digits = 6, decimal_places = 2, default = Decimal::ONE_HUNDRED)]
        weight: Decimal,
        closed: Option<Date>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "shop", crate = demijohn_orm)]
    #[model(unique(expressions = ["lower({name})", "{shelf} + 1"], name = "same_name"))]
    struct Sign {
        id: i64,
        #[field(max_length = 20)]
        name: String,
        shelf: i32,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "shop", crate = demijohn_orm)]
    #[model(exclude("no_overlap", ("{room}", "="), ("{during}", "&&"), condition = "{held}"))]
    struct Stay {
        id: i64,
        room: i32,
        during: Range<Date>,
        held: bool,
    }

    /// `message` of everything that is wrong with the label.
    async fn wrong_label(db: &Db, label: &Label) -> Vec<String> {
        let Err(error) = label.validate(db).await else { return Vec::new() };
        assert_eq!((error.status(), error.code()), (422, "invalid_fields"), "{error:#}");
        error.fields().iter().flat_map(|(name, all)| all.iter().map(move |one| format!("{name}: {one}"))).collect()
    }

    #[tokio::test]
    async fn a_constraint_with_a_condition_is_about_the_rows_that_meet_it() {
        let models = || -> Models { [Label::meta()].into_iter().collect() };
        for kind in [Kind::Sqlite, Kind::Postgres] {
            run(kind, models(), async |db| {
                migrations::create_tables(db).await.expect("the tables are made");
                labels(db).await;
            })
            .await;
        }
    }

    async fn labels(db: &Db) {
        let first = Label::create().name("main one").shelf(1).place(1).save(db).await.expect("it is new");
        assert_eq!(wrong_label(db, &first).await, Vec::<String>::new(), "it is no duplicate of itself");
        let other = Label { id: first.id + 1, ..first.clone() };
        assert_eq!(
            wrong_label(db, &other).await,
            [": Constraint “one_open” is violated.", ": A shelf has one main label."]
        );
        let light = Label { weight: Decimal::ONE, ..other.clone() };
        assert_eq!(wrong_label(db, &light).await, [": A shelf has one main label."], "it does not meet the condition");
        let side = Label { name: "side".to_owned(), ..other.clone() };
        assert_eq!(wrong_label(db, &side).await, [": Constraint “one_open” is violated."]);
        let elsewhere = Label { place: None, ..side.clone() };
        assert_eq!(wrong_label(db, &elsewhere).await, Vec::<String>::new(), "two rows without a place are not alike");
        let mut closed = Label { closed: Some(Date::constant(2024, 5, 1)), ..first };
        closed.save(db).await.expect("it is changed");
        assert_eq!(wrong_label(db, &side).await, Vec::<String>::new(), "the other row does not meet it any more");
        let draft = Label::create().name("main two").shelf(1).build();
        let error = draft.validate(db).await.expect_err("the shelf has one");
        assert_eq!(error.fields().of(FieldErrors::FORM), ["A shelf has one main label."]);
    }

    #[tokio::test]
    async fn names_that_differ_in_their_letters_case_are_alike() {
        for kind in [Kind::Sqlite, Kind::Postgres] {
            let models: Models = [Sign::meta()].into_iter().collect();
            run(kind, models, async |db| {
                migrations::create_tables(db).await.expect("the tables are made");
                let first = Sign::create().name("Door").shelf(1).save(db).await.expect("it is new");
                first.validate(db).await.expect("it is no duplicate of itself");
                let error = Sign::create().name("dOOR").shelf(1).build().validate(db).await.expect_err("it is alike");
                assert_eq!(error.fields().of(""), ["Constraint “same_name” is violated."], "{kind:?}");
                Sign::create().name("dOOR").shelf(2).build().validate(db).await.expect("on another shelf");
            })
            .await;
        }
    }

    #[tokio::test]
    async fn ranges_that_overlap_are_told_before_they_are_stored() {
        let day = |day| Date::constant(2024, 5, day);
        let models: Models = [Stay::meta()].into_iter().collect();
        run(Kind::Postgres, models, async |db| {
            db.connection().execute_script("CREATE EXTENSION btree_gist").await.expect("the server has it");
            migrations::create_tables(db).await.expect("the tables are made");
            let stay = |room, from, to| Stay::create().room(room).during(Range::new(day(from), day(to))).held(true);
            let first = stay(1, 1, 5).save(db).await.expect("it is new");
            first.validate(db).await.expect("it does not overlap itself");
            let error = stay(1, 4, 9).build().validate(db).await.expect_err("the fourth is taken");
            assert_eq!(error.fields().of(""), ["Constraint “no_overlap” is violated."]);
            stay(1, 5, 9).build().validate(db).await.expect("from the fifth on it is free");
            stay(2, 4, 9).build().validate(db).await.expect("another room");
            stay(1, 4, 9).held(false).build().validate(db).await.expect("it is not held");
        })
        .await;
    }
}

on_every_database! {
    models();
    a_row_that_is_well_is_no_duplicate_of_itself, every_rule_of_a_field_is_asked, what_another_row_has_is_named,
    checks_hold_before_the_row_is_stored, the_models_own_rule_comes_last, a_draft_is_asked_before_it_is_stored
}
