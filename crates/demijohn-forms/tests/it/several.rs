//! Fields that hold several values: lists, ranges, texts by name.

use std::ops::Bound;

use demijohn_core::model::{Range, Value};
use demijohn_forms::{Field, Form, FormData};
use jiff::tz::TimeZone;

fn sizes() -> Field {
    Field::list("sizes", Field::integer_between("size", -32_768, 32_767).max(50_i64))
}

fn names() -> Field {
    Field::list("names", Field::text("name").max_length(5))
}

/// What comes of a text, or what is wrong with it.
fn outcome(field: Field, pairs: &[(&str, &str)]) -> Result<Value, Vec<String>> {
    let name = field.name().to_owned();
    let mut form = Form::new().field(field);
    form.bind(&FormData::from_pairs(pairs.iter().copied()));
    match form.validate() {
        Ok(cleaned) => Ok(cleaned.get(&name).expect("a value").clone()),
        Err(errors) => Err(errors.of(&name).to_vec()),
    }
}

fn list<T: Into<Value>>(values: impl IntoIterator<Item = T>) -> Value {
    Value::Array(values.into_iter().map(Into::into).collect())
}

#[test]
fn a_list_is_a_value_on_each_line_or_json() {
    for text in ["38\n40", "38\r\n40\r\n", " 38 \n\n 40", "[38, 40]", "[\"38\", 40]"] {
        assert_eq!(outcome(sizes(), &[("sizes", text)]), Ok(list([38_i64, 40])), "{text:?}");
    }
    assert_eq!(outcome(sizes(), &[("sizes", "[38, null]")]), Ok(Value::Array(vec![Value::Int(38), Value::Null])));
    assert_eq!(outcome(names(), &[("names", "a, b\n[c")]), Ok(list(["a, b", "[c"])), "a comma is part of a text");
    assert_eq!(outcome(names(), &[("names", "[\"\", \" a\\n\"]")]), Ok(list(["", " a\n"])));
    assert_eq!(outcome(sizes().optional(), &[("sizes", "")]), Ok(list::<i64>([])));
    let nested = Field::list("x", Field::list("y", Field::integer("z")));
    assert_eq!(outcome(nested, &[("x", "[[1, 2], []]")]), Ok(Value::Array(vec![list([1_i64, 2]), list::<i64>([])])));
}

#[test]
fn each_value_that_is_wrong_is_named() {
    assert_eq!(
        outcome(sizes(), &[("sizes", "38\nbig\n52\n1.5")]).expect_err("three are wrong"),
        [
            "Item 2: Enter a whole number.",
            "Item 3: Ensure this value is less than or equal to 50.",
            "Item 4: Enter a whole number."
        ]
    );
    assert_eq!(
        outcome(names(), &[("names", "abcdef")]).expect_err("too long"),
        ["Item 1: Ensure this value has at most 5 characters (it has 6)."]
    );
    assert_eq!(
        outcome(names(), &[("names", "[\"a\\u0000\"]")]).expect_err("no database keeps it"),
        ["Item 1: Null characters are not allowed."]
    );
    assert_eq!(
        outcome(names(), &[("names", "a\0")]).expect_err("the same"),
        ["Item 1: Null characters are not allowed."]
    );
    for empty in ["", "  ", "\n\n", "[]"] {
        assert_eq!(outcome(sizes(), &[("sizes", empty)]).expect_err("required"), ["This field is required."]);
    }
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    outcome(sizes(), &[("sizes", &deep)]).expect_err("a number is not that deep");
}

#[test]
fn of_a_list_that_is_all_wrong_twenty_mistakes_are_said() {
    let long = "x\n".repeat(100_000);
    assert_eq!(outcome(sizes(), &[("sizes", &long)]).expect_err("all are wrong").len(), 20);
    let pairs: Vec<String> = (0..1_000).map(|n| format!("\"{n}\": []")).collect();
    let document = format!("{{{}}}", pairs.join(", "));
    assert_eq!(outcome(Field::named_texts("x"), &[("x", &document)]).expect_err("all are wrong").len(), 20);
}

/// Whatever stands in a control, sending it back changes nothing.
#[test]
fn what_nobody_touched_stays_as_it_is() {
    let between = |lower, upper| Value::Range(Box::new(Range::Between(lower, upper)));
    let ints = || Field::range("x", Field::integer("x"));
    let moments = || Field::range("x", Field::datetime("x"));
    let moment = |text: &str| Value::Timestamp(text.parse().expect("a moment"));
    let texts = [["a", "b"], ["a\nb", ""], [" a", "b\t"], ["[1]", "2"], ["[\"a\"]", ""], ["a\r", "\u{a0}"]];
    let mut cases: Vec<(Field, Value)> = texts.map(|texts| (names_of_any_length(), list(texts))).into();
    cases.extend([
        (names_of_any_length(), list(["[1]"])),
        (names_of_any_length(), list::<&str>([])),
        (names_of_any_length(), Value::Array(vec![Value::Null, "a".into()])),
        (ints(), between(Bound::Included(1_i64.into()), Bound::Excluded(5_i64.into()))),
        (ints(), between(Bound::Excluded(1_i64.into()), Bound::Included(5_i64.into()))),
        (ints(), between(Bound::Unbounded, Bound::Excluded(5_i64.into()))),
        (ints(), between(Bound::Unbounded, Bound::Unbounded)),
        (ints(), Value::Range(Box::new(Range::Empty))),
        (
            moments(),
            between(
                Bound::Included(moment("2026-11-22T08:15:30.123456Z")),
                Bound::Excluded(moment("2026-11-23T00:00:00Z")),
            ),
        ),
        (
            Field::named_texts("x"),
            Value::HStore([("a".to_owned(), Some("<b>\n".to_owned())), (String::new(), None)].into()),
        ),
        (Field::duration("x"), Value::Duration(jiff::SignedDuration::from_micros(-86_400_000_001))),
        (Field::ip_address("x"), Value::Ip("2001:db8::1".parse().expect("an address"))),
    ]);
    for (field, value) in cases {
        let zone = TimeZone::get("Europe/Berlin").expect("a time zone database");
        let mut form = Form::new().time_zone(zone).field(field.optional().initial(value.clone()));
        let context = form.context();
        let shown = &context.fields[0];
        // A browser sends line breaks as two characters.
        let sent = match shown.value.as_array() {
            Some(ends) => (0..2).map(|n| (format!("x_{n}"), ends[n].as_str().expect("a text").to_owned())).collect(),
            None => vec![("x".to_owned(), shown.value.as_str().expect("a text").replace('\n', "\r\n"))],
        };
        form.bind(&FormData::from_pairs(sent.iter().map(|(name, text)| (name.as_str(), text.as_str()))));
        let cleaned = form.validate().unwrap_or_else(|errors| panic!("{value}: {errors:?}"));
        assert_eq!(cleaned.get("x"), Some(&value), "{}", shown.value);
        assert!(form.changed().is_empty(), "{value}");
    }
}

fn names_of_any_length() -> Field {
    Field::list("x", Field::text("x"))
}

#[test]
fn what_is_wrong_is_drawn_with_what_was_typed() {
    let mut form = Form::new().field(Field::range("ages", Field::integer("age"))).field(sizes());
    form.bind(&FormData::from_pairs([("ages_0", "<5>"), ("ages_1", "9"), ("sizes", "a\r\n<b>")]));
    form.validate().expect_err("no numbers");
    let html = form.render();
    for part in [
        "<label for=\"id_ages\">From</label>",
        "name=\"ages_0\"",
        "value=\"&lt;5&gt;\"",
        "name=\"ages_1\"",
        "value=\"9\"",
        "&lt;b&gt;",
        "Item 1: Enter a whole number.",
    ] {
        assert!(html.contains(part), "no {part} in {html}");
    }
}
