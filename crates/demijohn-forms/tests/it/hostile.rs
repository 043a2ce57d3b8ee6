use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta};
use demijohn_forms::{ChoiceOption, Field, Form, FormData, Widget};

static NOTE: ModelMeta = ModelMeta::new(
    "blog",
    "Note",
    "blog_note",
    "note",
    "notes",
    &[FieldMeta::new("key", "key", "key", FieldKind::Uuid).primary_key()],
);

/// One field of every kind, all of them named as `texts` are sent.
fn every_kind() -> Vec<Field> {
    vec![
        Field::text("text").max_length(200),
        Field::textarea("area"),
        Field::password("password").max_length(128),
        Field::email("email"),
        Field::url("url"),
        Field::slug("slug"),
        Field::integer("integer"),
        Field::float("float"),
        Field::decimal("decimal", 28, 28),
        Field::boolean("boolean"),
        Field::null_boolean("null_boolean"),
        Field::date("date"),
        Field::time("time"),
        Field::datetime("datetime"),
        Field::datetime("split").widget(Widget::SplitDateTime),
        Field::uuid("uuid"),
        Field::json("json"),
        Field::choice("choice", [("a", "A"), ("b", "B")]),
        Field::choice("radio", [("a", "A"), ("b", "B")]).widget(Widget::Radio),
        Field::multiple_choice("several", [("a", "A"), ("b", "B")]),
        Field::model_choice("row", &NOTE),
        Field::model_multiple_choice("rows", &NOTE).choices([ChoiceOption::new("x", "X")]),
        Field::text("hidden").widget(Widget::Hidden),
    ]
}

fn hostile_texts() -> Vec<String> {
    // Anything worse than linear would take minutes at this length.
    let long = 1 << 16;
    let mut texts: Vec<String> = [
        "9", ".", "-", "0", "[", "{\"a\":", "(", "\"", "\0", "é", "\u{202e}", "@", "a.", "a@", ":", " ", "\r\n", "%",
        "&lt;",
    ]
    .iter()
    .map(|unit| unit.repeat(long / unit.len()))
    .collect();
    let short = [
        "1e1000000",
        "1e-1000000",
        "-1e99999999999999999999999999",
        "1e+",
        "0e999999999999999999",
        "99999999999999999999999999999",
        "\0",
        "a\0b",
        "\u{1b}[2J",
        "\u{fffd}",
        "\u{feff}1",
        "١٢٣",
        "１２",
        "2026-11-22T08:15\0",
        "2026-02-30",
        "99999-99-99",
        "-0001-01-01",
        "24:00:00",
        "\"\\u0000\"",
        "{\"\\u0000\":1}",
        "'\"><script>alert(1)</script>",
        "javascript:alert(1)",
        "http://\u{0}example.org",
        "http://[",
        "http://]",
        "]",
        "\"@",
        "\"\\",
        "{{ x }}",
        "NaN",
        "1_000",
        "é:30",
        "2026-11-22é08:15",
        "é",
        "aé",
        "Ja\u{301}n 1 2026",
    ];
    texts.push("9".repeat(1 << 20));
    texts.extend(short.iter().map(ToString::to_string));
    texts.push(format!("{}1{}", "[".repeat(127), "]".repeat(127)));
    texts.push(format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)));
    texts.push(format!("http://{}.org/", "a.".repeat(200_000)));
    texts.push(format!("{}@example.org", "a.".repeat(200_000)));
    texts
}

#[test]
fn no_text_makes_a_field_panic_or_breaks_out_of_the_page() {
    for text in hostile_texts() {
        let mut form = every_kind().into_iter().fold(Form::new(), Form::field);
        let names: Vec<String> = form.fields().iter().map(|field| field.name().to_owned()).collect();
        let mut pairs: Vec<(String, String)> = names.iter().map(|name| (name.clone(), text.clone())).collect();
        pairs.extend([("split_0".to_owned(), text.clone()), ("split_1".to_owned(), text.clone())]);
        form.bind(&FormData::from_pairs(pairs));
        let errors = form.validate().expect_err("something is wrong with each of them");
        for (name, messages) in errors.iter() {
            assert!(messages.iter().all(|message| message.len() < 600), "{name}: {} bytes", messages[0].len());
        }
        let html = form.render();
        assert!(!html.contains("<script"), "{html:.2000}");
        serde_json::to_string(&form.context()).expect("a context serializes");
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for name in names {
            form.chosen(name);
        }
    }
}

#[test]
fn a_thousand_choices_of_a_thousand_give_one_message() {
    let options = (0..1_000_i64).map(|n| ChoiceOption::new(n.to_string(), n.to_string()));
    let mut form = Form::new().field(Field::multiple_choice("x", options));
    form.bind(&FormData::from_pairs((0..1_000).map(|n| ("x", format!("no {n}")))));
    assert_eq!(
        form.validate().unwrap_err().of("x"),
        ["Select a valid choice. no 0 is not one of the available choices."]
    );
    form.bind(&FormData::from_pairs((0..1_000).map(|n| ("x", (n % 500).to_string()))));
    assert_eq!(form.validate().unwrap().all("x").len(), 500);
}

#[test]
fn deep_json_is_refused_and_what_is_less_deep_is_read() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let mut form = Form::new().field(Field::json("x"));
    for (depth, valid) in [(1, true), (127, true), (128, false), (1_000_000, false)] {
        form.bind(&FormData::from_pairs([("x", nested(depth))]));
        assert_eq!(form.validate().is_ok(), valid, "{depth}");
    }
    form.bind(&FormData::from_pairs([("x", r#"{"a": ["b\u0000"]}"#)]));
    assert_eq!(form.validate().unwrap_err().of("x"), ["Null characters are not allowed."]);
}

#[test]
fn what_is_echoed_in_a_message_is_short() {
    let mut form = Form::new().field(Field::choice("x", [("a", "A")]));
    form.bind(&FormData::from_pairs([("x", "é".repeat(100_000))]));
    let errors = form.validate().unwrap_err();
    assert_eq!(
        errors.of("x")[0],
        format!("Select a valid choice. {}… is not one of the available choices.", "é".repeat(80))
    );
}

/// Texts of a few letters each, always the same ones.
fn odd_texts() -> impl Iterator<Item = String> {
    const LETTERS: &[&str] = &[
        "0",
        "1",
        "9",
        "12",
        "2026",
        "-",
        ":",
        ".",
        ",",
        "/",
        " ",
        "T",
        "Z",
        "+",
        "e",
        "E",
        "a",
        "é",
        "Nov",
        "nov ",
        "\u{0}",
        "\u{7f}",
        "\r\n",
        "\n",
        "\t",
        "@",
        "org",
        "http://",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\\",
        "'",
        "<",
        "&",
        "%",
        "_",
        "true",
        "null",
        "\u{2028}",
        "\u{1f600}",
        "08",
        "30",
        "x",
        "b",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    (0..2_000).map(move |_| (0..=next(7)).map(|_| LETTERS[next(LETTERS.len())]).collect())
}

#[test]
fn what_was_read_and_shown_is_read_again_as_the_same() {
    let record: serde_json::Value =
        serde_json::from_str(include_str!("../django/fields.json")).expect("fields.json is JSON");
    let mut known: Vec<String> = record["cases"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|case| case[1].as_str().unwrap_or_default().to_owned())
        .collect();
    known.sort();
    known.dedup();
    let mut read = 0;
    for text in known.into_iter().chain(odd_texts()) {
        for field in every_kind() {
            let name = field.name().to_owned();
            let mut form = Form::new().field(field);
            form.bind(&FormData::from_pairs([(name.clone(), text.clone()), (format!("{name}_0"), text.clone())]));
            let Ok(cleaned) = form.validate() else { continue };
            let mut again = Form::new().field(form.get(&name).expect("a field").clone());
            again.get_mut(&name).expect("a field").set_initial_many(cleaned.all(&name).to_vec());
            again.bind(&crate::form::untouched(&again.context()));
            if ["password", "hidden"].contains(&name.as_str()) {
                continue;
            }
            assert_eq!(again.validate().as_ref(), Ok(&cleaned), "{name} {text:?}");
            assert!(again.changed().is_empty(), "{name} {text:?}");
            read += 1;
        }
    }
    assert!(read > 5_000, "only {read} texts were valid anywhere");
}

#[test]
fn a_deep_document_is_not_drawn_many_times_as_long_as_it_is() {
    let stored = format!("{}{}{}", "[".repeat(100), "1,".repeat(100_000) + "1", "]".repeat(100));
    let mut field = Field::json("json");
    field.set_initial(demijohn_core::model::Value::Json(serde_json::from_str(&stored).expect("JSON")));
    let html = Form::new().field(field).render();
    assert!(html.len() < 2 * stored.len(), "{} from {}", html.len(), stored.len());
}
