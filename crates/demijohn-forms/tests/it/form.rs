use demijohn_core::FieldErrors;
use demijohn_core::model::{Timestamp, Value};
use demijohn_forms::{ChoiceOption, Field, Form, FormContext, FormData, Widget};
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("a time zone database")
}

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// What a browser sends for a form that nobody touched: text areas end their lines with CRLF, unticked boxes are silent.
pub(crate) fn untouched(context: &FormContext) -> FormData {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for field in &context.fields {
        match (field.widget.kind, &field.value) {
            ("readonly", _) | ("checkbox", Json::Bool(false)) => {}
            ("checkbox", _) => pairs.push((field.name.clone(), "on".to_owned())),
            ("select_multiple", _) => {
                let choices = serde_json::to_value(&field.widget.choices).expect("choices serialize");
                let chosen =
                    choices.as_array().into_iter().flatten().filter(|choice| choice["selected"] == json!(true));
                pairs.extend(
                    chosen.map(|choice| (field.name.clone(), choice["value"].as_str().unwrap_or_default().to_owned())),
                );
            }
            ("split_datetime", Json::Array(parts)) => {
                for (n, part) in parts.iter().enumerate() {
                    pairs.push((format!("{}_{n}", field.name), part.as_str().unwrap_or_default().to_owned()));
                }
            }
            ("textarea" | "json", value) => {
                let text = value.as_str().unwrap_or_default().replace("\r\n", "\n").replace('\n', "\r\n");
                pairs.push((field.name.clone(), text));
            }
            ("text", value) => {
                pairs.push((field.name.clone(), value.as_str().unwrap_or_default().replace(['\r', '\n'], "")));
            }
            (_, value) => pairs.push((field.name.clone(), value.as_str().unwrap_or_default().to_owned())),
        }
    }
    FormData::from_pairs(pairs)
}

fn filled_in() -> Form {
    let uuid = "0f0e0d0c-0b0a-4908-8706-050403020100".parse::<uuid::Uuid>().expect("a UUID");
    let time = "08:15:30.25".parse::<jiff::civil::Time>().expect("a time");
    let several = vec![Value::from("b"), Value::from("a")];
    let mut form = Form::new()
        .time_zone(berlin())
        .field(Field::text("text").initial(" spaced out \n twice"))
        .field(Field::textarea("area").initial("\r\none\ntwo\r\n"))
        .field(Field::password("password").optional())
        .field(Field::email("email").initial("ada@example.org"))
        .field(Field::url("url").initial("http://example.org"))
        .field(Field::integer("integer").initial(-7_i64))
        .field(Field::float("float").initial(1e300))
        .field(Field::decimal("decimal", 10, 4).initial("12.5000".parse::<rust_decimal::Decimal>().expect("a number")))
        .field(Field::boolean("yes").initial(true))
        .field(Field::boolean("no").optional().initial(false))
        .field(Field::boolean("never").optional())
        .field(Field::null_boolean("unknown").initial(Value::Null))
        .field(Field::date("date").initial("0987-01-02".parse::<jiff::civil::Date>().expect("a date")))
        .field(Field::time("time").initial(time))
        .field(Field::datetime("first_of_two").initial(moment("2026-10-25T00:30:00Z")))
        .field(Field::datetime("second_of_two").initial(moment("2026-10-25T01:30:00.000001Z")))
        .field(Field::datetime("nanoseconds").initial(moment("2026-06-01T01:30:00.123456789Z")))
        .field(Field::datetime("split").widget(Widget::SplitDateTime).initial(moment("2026-06-01T01:30:00Z")))
        .field(Field::uuid("uuid").initial(uuid))
        .field(Field::json("json").initial(json!({"b": [1, 2.5, null], "a": "ä\n"})))
        .field(Field::choice("choice", [ChoiceOption::new(2_i64, "Two")]).initial(2_i64))
        .field(Field::choice("nothing", [("a", "A")]).optional())
        .field(Field::multiple_choice("several", [("a", "A"), ("b", "B"), ("c", "C")]));
    form.get_mut("several").expect("a field").set_initial_many(several);
    form
}

#[test]
fn a_form_that_nobody_touched_changes_nothing() {
    let mut form = filled_in();
    form.bind(&untouched(&form.context()));
    let cleaned = form.validate().expect("nothing is wrong with it");
    assert_eq!(form.changed(), Vec::<&str>::new());
    for (name, values) in cleaned.iter().filter(|(name, _)| !["password", "never", "nothing", "several"].contains(name))
    {
        assert_eq!(values, values_at_first(&filled_in(), name), "{name}");
    }
    assert_eq!(cleaned.all("several"), [Value::from("a"), Value::from("b")]);
}

/// The values a field has at first: what it says when it is disabled.
fn values_at_first(form: &Form, name: &str) -> Vec<Value> {
    let field = form.get(name).expect("a field").clone().disabled();
    Form::new().field(field).validate().expect("a disabled field is valid").all(name).to_vec()
}

#[test]
fn what_was_changed_is_named() {
    let mut form = filled_in();
    let mut pairs: Vec<(String, String)> =
        untouched(&form.context()).iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    pairs.retain(|(name, _)| !["yes", "several", "choice"].contains(&name.as_str()));
    pairs.extend(
        [("several", "c"), ("text", "other"), ("never", "on"), ("integer", "x"), ("choice", "2")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    form.bind(&FormData::from_pairs(pairs));
    form.validate().expect_err("two fields are wrong");
    assert_eq!(form.changed(), ["text", "integer", "yes", "never", "several"]);
}

#[test]
fn all_errors_come_at_once_and_everything_typed_stays() {
    let mut form = Form::new()
        .field(Field::text("title").max_length(3))
        .field(Field::integer("seats"))
        .field(Field::datetime("when"))
        .field(Field::datetime("split").widget(Widget::SplitDateTime))
        .field(Field::boolean("agree"))
        .field(Field::password("password").min_length(8))
        .field(Field::choice("size", [("s", "Small")]))
        .field(Field::textarea("good"));
    form.bind(&FormData::from_pairs([
        ("title", " much <too> long "),
        ("seats", "twelve"),
        ("when", "tomorrow, 8ish"),
        ("split_0", "2026-11-22"),
        ("split_1", "noon"),
        ("password", "short"),
        ("size", "xxl"),
        ("good", "kept as well"),
    ]));
    let errors = form.validate().expect_err("nearly everything is wrong");
    assert_eq!(errors.len(), 7);
    let context = form.context();
    let shown: Vec<Json> = context.fields.iter().map(|field| field.value.clone()).collect();
    assert_eq!(
        json!(shown),
        json!([
            " much <too> long ",
            "twelve",
            "tomorrow, 8ish",
            ["2026-11-22", "noon"],
            false,
            "",
            "xxl",
            "kept as well"
        ])
    );
    assert!(context.has_errors);
    assert_eq!(context.error_count, 7);
    assert_eq!(form.cleaned().text("good"), "kept as well");
    assert_eq!(form.cleaned().get("seats"), None);
}

#[test]
fn times_that_a_zone_has_twice_or_never_are_errors_with_a_way_out() {
    let mut form = Form::new().time_zone(berlin()).field(Field::datetime("x"));
    let mut read = |text: &str| {
        form.bind(&FormData::from_pairs([("x", text)]));
        form.validate()
            .map(|cleaned| cleaned.get("x").cloned().expect("a value"))
            .map_err(|errors| errors.of("x")[0].clone())
    };
    let refused = |text: &str| {
        Err(format!(
            "{text} couldn’t be interpreted in time zone Europe/Berlin; it may be ambiguous or it may not exist."
        ))
    };
    assert_eq!(read("2026-03-29 02:30"), refused("2026-03-29 02:30:00"));
    assert_eq!(read("2026-10-25T02:30:15"), refused("2026-10-25 02:30:15"));
    assert_eq!(read("2026-10-25 02:30+01:00"), Ok(Value::Timestamp(moment("2026-10-25T01:30:00Z"))));
    assert_eq!(read("2026-11-22 08:15"), Ok(Value::Timestamp(moment("2026-11-22T07:15:00Z"))));
}

#[test]
fn errors_found_elsewhere_are_shown_where_they_belong() {
    let mut form = Form::new().field(Field::text("name")).field(Field::text("next").widget(Widget::Hidden));
    form.bind(&FormData::from_pairs([("name", "ada")]));
    form.validate().expect_err("`next` is missing");
    form.add_error("name", "This name is taken.");
    form.add_error("no_such_field", "Something else.");
    form.add_error(FieldErrors::FORM, "Please log in again.");
    let context = form.context();
    assert_eq!(
        context.errors,
        ["Something else.", "Please log in again.", "(Hidden field next) This field is required."]
    );
    assert_eq!(context.fields[0].errors, ["This name is taken."]);
    assert_eq!(context.error_count, 4);
    assert_eq!(form.cleaned().get("name"), None, "what is wrong is not clean");
    form.bind(&FormData::from_pairs([("name", "eve"), ("next", "/")]));
    assert!(!form.context().has_errors, "a new answer starts anew");
    assert!(form.validate().is_ok());
}

#[test]
fn nothing_is_read_into_fields_that_cannot_be_changed() {
    let mut form = Form::new()
        .field(Field::text("fixed").disabled().initial("kept"))
        .field(Field::integer("shown").read_only().initial(7_i64));
    form.bind(&FormData::from_pairs([("fixed", "forged"), ("shown", "8")]));
    let cleaned = form.validate().expect("nothing is wrong");
    assert_eq!(cleaned.text("fixed"), "kept");
    assert_eq!(cleaned.get("shown"), None);
    assert!(form.changed().is_empty());
    let values: Vec<Json> = form.context().fields.iter().map(|field| field.value.clone()).collect();
    assert_eq!(values, [json!("kept"), json!("7")]);
}

#[test]
fn two_forms_fit_into_one_page() {
    let form = |prefix: &str| Form::new().prefix(prefix).field(Field::text("name"));
    let data = FormData::from_pairs([("a-name", "ada"), ("b-name", "eve"), ("name", "nobody")]);
    for (prefix, expected) in [("a", "ada"), ("b", "eve")] {
        let mut form = form(prefix);
        form.bind(&data);
        assert_eq!(form.validate().expect("it is valid").text("name"), expected);
        assert_eq!(form.context().fields[0].id, format!("id_{prefix}-name"));
    }
}

#[test]
fn keys_that_were_sent_can_be_looked_up_before_the_choices_are_known() {
    use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta};
    static USER: ModelMeta = ModelMeta::new(
        "auth",
        "User",
        "auth_user",
        "user",
        "users",
        &[FieldMeta::new("id", "id", "id", FieldKind::BigInt).primary_key().auto()],
    );
    let mut form = Form::new()
        .field(Field::model_choice("author", &USER).initial(1_i64))
        .field(Field::model_multiple_choice("readers", &USER));
    assert_eq!(form.chosen("author"), [Value::Int(1)]);
    form.bind(&FormData::parse(b"author=5&readers=2&readers=x&readers=3").expect("few fields"));
    assert_eq!(form.chosen("author"), [Value::Int(5)]);
    assert_eq!(form.chosen("readers"), [Value::Int(2), Value::Int(3)]);
    assert_eq!(form.chosen("nobody"), []);
    form.get_mut("author").expect("a field").set_choices(vec![ChoiceOption::new(4_i64, "eve")]);
    let errors = form.validate().expect_err("5 is not there");
    assert_eq!(errors.of("author"), ["Select a valid choice. That choice is not one of the available choices."]);
}
