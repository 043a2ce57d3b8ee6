//! The same texts for Django's fields and for ours; `record.py` says how Django's answers were written down.

use std::collections::BTreeMap;

use demijohn_core::model::{Timestamp, Value};
use demijohn_forms::{Field, Form, FormData};
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

/// Where we differ on purpose, and why.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("boolean", "0", "what stands for false in a list stands for false in a box as well"),
    ("datetime", "20261122", "eight digits may be anything"),
    ("datetime", "0001-01-01", "Django crashes: in UTC it is in the year 0"),
    ("datetime", "9999-12-31", "beyond the last moment of jiff, which is 9999-12-30T22:00Z"),
    ("datetime", "9999-12-31 12:00", "beyond the last moment of jiff, which is 9999-12-30T22:00Z"),
    ("decimal_2_2", "0", "nought fits where no digit may stand before the point"),
    ("decimal_2_2", "-0", "the same"),
    ("decimal_2_2", "00", "the same"),
    ("decimal_2_2", "0e5", "the same"),
    ("integer_min", NINES_30, "no column holds it"),
    ("json", "{}", "an empty object is a document; Django takes it for an empty answer"),
    ("duration", " 90 ", "white space around it is no part of it"),
    ("duration", "\u{663}", "digits are ASCII"),
    ("ip", "fe80::1%eth0", "Django drops the zone without a word"),
    ("ip", ONES_60, "said once is enough"),
    ("named", "{}", "an empty object is a document, as it is in JSON"),
    ("named", "{\"a\": 1, \"b\": true}", "true is true in JSON, not True"),
    ("named", "{\"a\": {\"b\": 1}}", "Django keeps Python's spelling of it"),
    ("named", "{\"a\": [1]}", "the same"),
    ("integers", "|", "Django takes it for an answer, which the database then refuses"),
    ("decimals", "|", "the same"),
    ("dates", "|", "the same"),
    ("integers", "9999999999999999999999|", "no column holds it"),
    ("url", "example.org:8000", "a port is not a scheme's rest"),
];
const NINES_30: &str = "999999999999999999999999999999";
const ONES_60: &str = "111111111111111111111111111111111111111111111111111111111111";
/// Django counts the digits of a number of any length; ours are refused before they are read.
const TOO_LONG_TO_READ: usize = 4_300;

pub(crate) fn field(name: &str) -> Field {
    match name {
        "text" => Field::text("x"),
        "text_optional" => Field::text("x").optional(),
        "text_3_5" => Field::text("x").min_length(3).max_length(5),
        "text_1" => Field::text("x").max_length(1),
        "password" => Field::password("x"),
        "slug" => Field::slug("x").max_length(8),
        "email" => Field::email("x"),
        "url" => Field::url("x"),
        "integer" => Field::integer_between("x", -32_768, 32_767),
        "integer_min" => Field::integer("x").min(1_i64),
        "float" => Field::float("x"),
        "decimal_5_2" => Field::decimal("x", 5, 2),
        "decimal_2_2" => Field::decimal("x", 2, 2),
        "decimal_1_0" => Field::decimal("x", 1, 0),
        "boolean" => Field::boolean("x"),
        "date" => Field::date("x"),
        "time" => Field::time("x"),
        "datetime" => Field::datetime("x"),
        "uuid" => Field::uuid("x"),
        "json" => Field::json("x"),
        "choice" => Field::choice("x", [("s", "Small"), ("l", "Large")]),
        "duration" => Field::duration("x"),
        "ip" => Field::ip_address("x"),
        "named" => Field::named_texts("x"),
        "integers" => Field::range("x", Field::integer("x")),
        "decimals" => Field::range("x", Field::decimal("x", 28, 5)),
        "dates" => Field::range("x", Field::date("x")),
        other => panic!("unknown field {other} in fields.json"),
    }
}

fn outcome(name: &str, text: &str) -> Json {
    let mut form =
        Form::new().field(field(name)).time_zone(TimeZone::get("Europe/Berlin").expect("a time zone database"));
    // The two ends of a range are in one text there.
    let (lower, upper) = text.split_once('|').unwrap_or_default();
    form.bind(&FormData::from_pairs([("x", text), ("x_0", lower), ("x_1", upper)]));
    match form.validate() {
        Ok(cleaned) => json!({ "value": plain(cleaned.get("x").expect("a value")) }),
        Err(errors) => json!({ "errors": errors.of("x") }),
    }
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Timestamp(moment) => json!(utc(*moment)),
        Value::Duration(length) => json!(i64::try_from(length.as_micros()).expect("not so long")),
        Value::Range(range) => json!(range.to_string().replace("(,", "[,")),
        Value::Time(time) => json!(time.strftime("%H:%M:%S.%6f").to_string()),
        other => serde_json::to_value(other).expect("values serialize"),
    }
}

fn utc(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// Numbers of one value are one number, however they are written.
fn is_same(ours: &Json, theirs: &Json) -> bool {
    let number = |outcome: &Json| match &outcome["value"] {
        Json::String(text) => {
            text.parse::<rust_decimal::Decimal>().or_else(|_| rust_decimal::Decimal::from_scientific(text)).ok()
        }
        _ => None,
    };
    match (number(ours), number(theirs)) {
        (Some(a), Some(b)) => a == b,
        _ => ours == theirs,
    }
}

#[test]
fn fields_say_what_those_of_django_say() {
    let record: Json = serde_json::from_str(include_str!("../django/fields.json")).expect("fields.json is JSON");
    let mut differences = BTreeMap::new();
    let mut unused: Vec<_> = DIFFERENCES.iter().map(|(name, text, _)| (*name, *text)).collect();
    for case in record["cases"].as_array().expect("a list of cases") {
        let (name, text) = (case[0].as_str().expect("a name"), case[1].as_str().expect("a text"));
        let (ours, theirs) = (outcome(name, text), &case[2]);
        let is_refused_unread = text.len() > TOO_LONG_TO_READ && ours["errors"] == json!(["Enter a number."]);
        if is_same(&ours, theirs) || (is_refused_unread && theirs["errors"].is_array()) {
            continue;
        }
        if DIFFERENCES.iter().any(|(known, sent, _)| *known == name && *sent == text) {
            unused.retain(|known| *known != (name, text));
            continue;
        }
        let shown: String = text.chars().take(60).collect();
        differences.insert(format!("{name} {shown:?}"), format!("ours {ours:.200}, Django's {theirs:.200}"));
    }
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(unused.is_empty(), "no longer different: {unused:?}");
}
