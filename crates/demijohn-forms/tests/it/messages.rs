use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta};
use demijohn_forms::{ChoiceOption, Field, Form, FormData, Rule};
use expect_test::{Expect, expect};
use std::fmt::Write as _;

static TAG: ModelMeta = ModelMeta::new(
    "blog",
    "Tag",
    "blog_tag",
    "tag",
    "tags",
    &[FieldMeta::new("id", "id", "id", FieldKind::BigInt).primary_key().auto()],
);

/// What each text says to the field.
fn check(field: Field, texts: &[&str], expected: Expect) {
    let mut shown = String::new();
    for text in texts {
        let mut form = Form::new().field(field.clone());
        form.bind(&FormData::from_pairs([("x", *text)]));
        let said = match form.validate() {
            Ok(cleaned) => format!("{:?}", cleaned.all("x")),
            Err(errors) => errors.of("x").join(" | "),
        };
        let _ = writeln!(shown, "{text:?}: {said}");
    }
    expected.assert_eq(&shown);
}

#[test]
fn every_broken_rule_of_a_field_says_so() {
    check(
        Field::slug("x").max_length(3).rule(Rule::function(|value| match value.as_text() {
            Some("taken!") => Err("This one is taken.".to_owned()),
            _ => Ok(()),
        })),
        &["taken!", "a\0", "abc"],
        expect![[r#"
            "taken!": Enter a valid “slug” consisting of letters, numbers, underscores or hyphens. | Ensure this value has at most 3 characters (it has 6). | This one is taken.
            "a\0": Enter a valid “slug” consisting of letters, numbers, underscores or hyphens. | Null characters are not allowed.
            "abc": [Text("abc")]
        "#]],
    );
}

#[test]
fn a_row_is_chosen_by_a_key_that_exists() {
    let rows = [ChoiceOption::new(1_i64, "rust"), ChoiceOption::new(2_i64, "fog")];
    check(
        Field::model_choice("x", &TAG).choices(rows.clone()),
        &["1", " 2 ", "01", "3", "x", "", "1e0"],
        expect![[r#"
            "1": [Int(1)]
            " 2 ": [Int(2)]
            "01": [Int(1)]
            "3": Select a valid choice. That choice is not one of the available choices.
            "x": Select a valid choice. That choice is not one of the available choices.
            "": This field is required.
            "1e0": Select a valid choice. That choice is not one of the available choices.
        "#]],
    );
    check(
        Field::model_multiple_choice("x", &TAG).choices(rows),
        &["2", "3", "x", ""],
        expect![[r#"
            "2": [Int(2)]
            "3": Select a valid choice. 3 is not one of the available choices.
            "x": “x” is not a valid value.
            "": This field is required.
        "#]],
    );
    check(
        Field::model_choice("x", &TAG),
        &["77", "x"],
        expect![[r#"
            "77": [Int(77)]
            "x": Select a valid choice. That choice is not one of the available choices.
        "#]],
    );
}

#[test]
fn choices_keep_the_type_of_their_values() {
    check(
        Field::choice("x", [ChoiceOption::new(2_i64, "Two"), ChoiceOption::new(4_i64, "Four")]),
        &["2", "3", "two\u{1b}[31m"],
        expect![[r#"
            "2": [Int(2)]
            "3": Select a valid choice. 3 is not one of the available choices.
            "two\u{1b}[31m": Select a valid choice. two�[31m is not one of the available choices.
        "#]],
    );
    check(
        Field::null_boolean("x"),
        &["true", "false", "unknown", "", "maybe"],
        expect![[r#"
            "true": [Bool(true)]
            "false": [Bool(false)]
            "unknown": [Null]
            "": [Null]
            "maybe": Select a valid choice. maybe is not one of the available choices.
        "#]],
    );
}

#[test]
fn limits_hold_for_numbers_and_dates() {
    let date = |text: &str| text.parse::<jiff::civil::Date>().expect("a date");
    check(
        Field::date("x").min(date("2026-01-01")).max(date("2026-12-31")),
        &["2025-12-31", "2026-06-01", "1/1/2027"],
        expect![[r#"
            "2025-12-31": Ensure this value is greater than or equal to 2026-01-01.
            "2026-06-01": [Date(2026-06-01)]
            "1/1/2027": Ensure this value is less than or equal to 2026-12-31.
        "#]],
    );
    check(
        Field::float("x").min(0.5).max(2_i64),
        &["0.4", "1", "2.1"],
        expect![[r#"
            "0.4": Ensure this value is greater than or equal to 0.5.
            "1": [Float(1.0)]
            "2.1": Ensure this value is less than or equal to 2.
        "#]],
    );
    check(
        Field::decimal("x", 5, 2).min(1_i64).max("9.99".parse::<rust_decimal::Decimal>().expect("a number")),
        &["0.99", "1.00", "10"],
        expect![[r#"
            "0.99": Ensure this value is greater than or equal to 1.
            "1.00": [Decimal(1.00)]
            "10": Ensure this value is less than or equal to 9.99.
        "#]],
    );
}

#[test]
fn dates_are_read_in_the_formats_of_the_field() {
    check(
        Field::date("x").input_formats(&["%d.%m.%Y", "%d. %B %Y"]),
        &["22.11.2026", "1. november 2026", "2026-11-22"],
        expect![[r#"
            "22.11.2026": [Date(2026-11-22)]
            "1. november 2026": [Date(2026-11-01)]
            "2026-11-22": Enter a valid date.
        "#]],
    );
}
