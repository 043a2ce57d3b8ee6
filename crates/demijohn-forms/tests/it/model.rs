use demijohn_core::model::{
    Choice, FieldKind, FieldMeta, Format, ManyToManyMeta, ModelMeta, OnDelete, Validator, Value,
};
use demijohn_forms::{ChoiceOption, Field, Form, FormData, model_form};
use expect_test::expect;
use std::fmt::Write as _;

const ID: FieldMeta = FieldMeta::new("id", "id", "id", FieldKind::BigInt).primary_key().auto();

static TAG: ModelMeta = ModelMeta::new(
    "blog",
    "Tag",
    "blog_tag",
    "tag",
    "tags",
    &[ID, FieldMeta::new("name", "name", "name", FieldKind::Varchar(50))],
);
static PAIRS: ModelMeta =
    ModelMeta::new("blog", "Post_tags", "blog_post_tags", "post-tag", "post-tags", &[ID]).auto_created();
static VISITS: ModelMeta = ModelMeta::new("blog", "Visit", "blog_visit", "visit", "visits", &[ID]);

const fn set(name: &'static str, through: fn() -> &'static ModelMeta, blank: bool) -> ManyToManyMeta {
    ManyToManyMeta {
        name,
        to: || &TAG,
        through,
        related_name: None,
        through_fields: None,
        symmetrical: false,
        blank,
        label: name,
        help_text: "",
    }
}

static POST: ModelMeta = ModelMeta::new(
    "blog",
    "Post",
    "blog_post",
    "post",
    "posts",
    &[
        ID,
        FieldMeta::new("title", "title", "title", FieldKind::Varchar(200)).help_text("What readers see."),
        FieldMeta::new("slug", "slug", "slug", FieldKind::Varchar(50)).format(Format::Slug).unique(),
        FieldMeta::new("content", "content", "content", FieldKind::Text).blank(),
        FieldMeta::new("author", "author_id", "written by", FieldKind::BigInt).references(
            || &TAG,
            OnDelete::Cascade,
            None,
        ),
        FieldMeta::new("editor", "editor_id", "editor", FieldKind::BigInt).null(true).references(
            || &TAG,
            OnDelete::SetNull,
            None,
        ),
        FieldMeta::new("email", "email", "e-mail", FieldKind::Varchar(254)).format(Format::Email).blank(),
        FieldMeta::new("source", "source", "source", FieldKind::Varchar(200)).format(Format::Url).null(true),
        FieldMeta::new("views", "views", "views", FieldKind::Integer).default(|| Value::Int(0)).blank(),
        FieldMeta::new("rank", "rank", "rank", FieldKind::SmallInt).null(true),
        FieldMeta::new("stars", "stars", "stars", FieldKind::SmallInt)
            .choices(&[Choice { value: "1", label: "One" }, Choice { value: "2", label: "Two" }])
            .default(|| Value::Int(1)),
        FieldMeta::new("price", "price", "price", FieldKind::Decimal { max_digits: 6, decimal_places: 2 }).null(true),
        FieldMeta::new("published", "published", "published", FieldKind::Bool).default(|| Value::Bool(true)),
        FieldMeta::new("checked", "checked", "checked", FieldKind::Bool).null(true),
        FieldMeta::new("due", "due", "due", FieldKind::Date).null(true),
        FieldMeta::new("starts", "starts", "starts", FieldKind::Timestamp)
            .default(|| Value::Timestamp("2026-11-22T08:15:30.123456Z".parse().expect("a moment"))),
        FieldMeta::new("extra", "extra", "extra", FieldKind::Json)
            .default(|| Value::Json(serde_json::json!({})))
            .blank(),
        FieldMeta::new("lasts", "lasts", "lasts", FieldKind::Duration).null(true),
        FieldMeta::new("seen_from", "seen_from", "seen from", FieldKind::IpAddress).null(true),
        FieldMeta::new("sizes", "sizes", "sizes", FieldKind::Array(&FieldKind::SmallInt)).blank(),
        FieldMeta::new("names", "names", "names", FieldKind::HStore).blank(),
        FieldMeta::new("ages", "ages", "ages", FieldKind::Range(&FieldKind::Integer)).null(true),
        FieldMeta::new("words", "words", "words", FieldKind::TextVector).null(true),
        FieldMeta::new("thumbnail", "thumbnail", "thumbnail", FieldKind::Binary),
        FieldMeta::new("created_at", "created_at", "created at", FieldKind::Timestamp).not_editable(),
    ],
)
.many_to_many(&[set("tags", || &PAIRS, true), set("seen", || &VISITS, true)]);

fn row() -> Vec<Value> {
    let mut row = vec![Value::Null; POST.fields.len()];
    let values = [
        ("id", Value::Int(7)),
        ("title", Value::from("Fog")),
        ("slug", Value::from("fog")),
        ("content", Value::from("a\r\nb")),
        ("author", Value::Int(1)),
        ("email", Value::from("")),
        ("views", Value::Int(12)),
        ("stars", Value::Int(2)),
        ("published", Value::Bool(false)),
        ("starts", Value::Timestamp("2026-01-01T00:00:00Z".parse().expect("a moment"))),
        ("extra", Value::Json(serde_json::json!({"a": 1}))),
        ("sizes", Value::Array(vec![Value::Int(38)])),
        ("names", Value::HStore([("a".to_owned(), None)].into())),
        ("created_at", Value::Timestamp("2025-12-24T18:00:00Z".parse().expect("a moment"))),
    ];
    for (name, value) in values {
        row[POST.index_of(name).expect("a field")] = value;
    }
    row
}

#[test]
fn every_column_gets_the_control_that_fits() {
    let form = model_form(&POST).build().expect("it can be built");
    let mut shown = String::new();
    for field in form.context().fields {
        let _ = writeln!(
            shown,
            "{} [{}] {}{}{} = {}",
            field.label,
            field.widget.kind,
            if field.required { "required " } else { "" },
            field.maxlength.map_or(String::new(), |most| format!("max {most} ")),
            field.help_text.unwrap_or_default(),
            field.value,
        );
    }
    expect![[r#"
        Title [text] required max 200 What readers see. = ""
        Slug [text] required max 50  = ""
        Content [textarea]  = ""
        Written by [foreign_key] required  = ""
        Editor [foreign_key]  = ""
        E-mail [email] max 254  = ""
        Source [url] max 200  = ""
        Views [number]  = "0"
        Rank [number]  = ""
        Stars [select] required  = "1"
        Price [number]  = ""
        Published [checkbox]  = true
        Checked [select]  = ""
        Due [date]  = ""
        Starts [datetime] required  = "2026-11-22 08:15:30"
        Extra [json]  = "{}"
        Lasts [text]  = ""
        Seen from [text]  = ""
        Sizes [textarea]  = ""
        Names [json]  = ""
        Ages [range]  = ["",""]
        Tags [select_multiple]  = ""
    "#]]
    .assert_eq(&shown);
}

fn sent(form: &Form, with: &[(&str, &str)]) -> FormData {
    let usual = [
        ("title", "Fog"),
        ("slug", "fog"),
        ("content", "a\r\nb"),
        ("author", "1"),
        ("email", ""),
        ("views", "12"),
        ("stars", "2"),
        ("checked", "unknown"),
        ("starts", "2026-01-01 00:00"),
        ("extra", r#"{"a":1}"#),
        ("sizes", "38"),
        ("names", r#"{"a":null}"#),
    ];
    assert!(form.get("title").is_some());
    let kept = usual.into_iter().filter(|(name, _)| !with.iter().any(|(other, _)| other == name));
    FormData::from_pairs(kept.chain(with.iter().copied()))
}

#[test]
fn a_row_goes_into_the_form_and_comes_back() {
    let mut form = model_form(&POST).build().expect("it can be built");
    form.initial_from(&row());
    form.bind(&sent(&form, &[]));
    let cleaned = form.validate().expect("nothing is wrong");
    assert_eq!(form.changed(), Vec::<&str>::new());
    assert_eq!(cleaned.changes_from(&row()), Vec::<&str>::new());
    for (column, value) in cleaned.columns() {
        assert_eq!(*value, row()[column], "{}", POST.fields[column].name);
    }
    assert_eq!(cleaned.relations().collect::<Vec<_>>(), [("tags", [].as_slice())]);

    form.bind(&sent(&form, &[("title", "Mist"), ("stars", "1"), ("published", "on"), ("tags", "3"), ("editor", "1")]));
    let cleaned = form.validate().expect("nothing is wrong");
    assert_eq!(cleaned.changes_from(&row()), ["title", "editor", "stars", "published"]);
    assert_eq!(form.changed(), ["title", "editor", "stars", "published", "tags"]);
    assert_eq!(cleaned.all("tags"), [Value::Int(3)]);
}

#[test]
fn an_empty_answer_is_what_the_column_can_hold() {
    let mut form = model_form(&POST).build().expect("it can be built");
    form.bind(&sent(&form, &[("content", ""), ("views", ""), ("extra", " ")]));
    let cleaned = form.validate().expect("nothing is wrong");
    assert_eq!(cleaned.get("content"), Some(&Value::from("")), "text that cannot be NULL");
    assert_eq!(cleaned.get("email"), Some(&Value::from("")));
    assert_eq!(cleaned.get("source"), Some(&Value::Null), "text that can be NULL");
    assert_eq!(cleaned.get("editor"), Some(&Value::Null));
    assert_eq!(cleaned.get("views"), Some(&Value::Int(0)), "the default, as the column cannot be NULL");
    assert_eq!(cleaned.get("extra"), Some(&Value::Json(serde_json::json!({}))));
    assert_eq!(cleaned.get("published"), Some(&Value::Bool(false)), "a box that is not ticked says no");
}

#[test]
fn everything_wrong_with_a_row_is_said_at_once() {
    let mut form = model_form(&POST).build().expect("it can be built");
    form.get_mut("author").expect("a field").set_choices(vec![ChoiceOption::new(1_i64, "ada")]);
    let wrong = [
        ("title", ""),
        ("slug", "a b"),
        ("author", "9"),
        ("email", "x"),
        ("source", "javascript:alert(1)"),
        ("views", "2147483648"),
        ("rank", "-40000"),
        ("stars", "3"),
        ("price", "12345.678"),
        ("due", "2026-02-30"),
        ("starts", "x"),
        ("extra", "{"),
        ("tags", "x"),
    ];
    form.bind(&sent(&form, &wrong));
    let errors = form.validate().expect_err("everything is wrong");
    let lines: Vec<String> =
        errors.iter().map(|(name, messages)| format!("{name}: {}", messages.join(" | "))).collect();
    expect![[r#"
        title: This field is required.
        slug: Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.
        author: Select a valid choice. That choice is not one of the available choices.
        email: Enter a valid email address.
        source: Enter a valid URL.
        views: Ensure this value is less than or equal to 2147483647.
        rank: Ensure this value is greater than or equal to -32768.
        stars: Select a valid choice. 3 is not one of the available choices.
        price: Ensure that there are no more than 6 digits in total.
        due: Enter a valid date.
        starts: Enter a valid date/time.
        extra: Enter a valid JSON.
        tags: “x” is not a valid value."#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn fields_can_be_chosen_left_out_and_only_shown() {
    let names = |form: &Form| form.fields().iter().map(|field| field.name().to_owned()).collect::<Vec<_>>().join(" ");
    let form = model_form(&POST).fields(["slug", "title"]).build().expect("it can be built");
    assert_eq!(names(&form), "slug title");
    let mut form = model_form(&POST)
        .fields(["title", "published", "created_at", "tags"])
        .read_only(["created_at", "published", "tags"])
        .build()
        .expect("it can be built");
    form.initial_from(&row());
    form.get_mut("tags").expect("a field").set_initial_many(vec![Value::Int(1), Value::Int(2)]);
    form.get_mut("tags")
        .expect("a field")
        .set_choices(vec![ChoiceOption::new(1_i64, "rust"), ChoiceOption::new(2_i64, "fog")]);
    let shown: Vec<_> = form.context().fields.iter().map(|field| field.value.clone()).collect();
    assert_eq!(serde_json::json!(shown), serde_json::json!(["Fog", "No", "2025-12-24 18:00", "rust, fog"]));
    form.bind(&FormData::from_pairs([
        ("title", "x"),
        ("published", "on"),
        ("created_at", "2000-01-01"),
        ("tags", "3"),
    ]));
    let cleaned = form.validate().expect("nothing is wrong");
    assert_eq!(cleaned.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["title"]);
    let rest = model_form(&POST).exclude(["tags", "title"]).read_only(["id"]).build().expect("it can be built");
    assert!(names(&rest).starts_with("id slug content") && !names(&rest).contains("tags"));
}

#[test]
fn a_field_put_in_the_place_of_another_stays_that_column() {
    let mut form =
        model_form(&POST).fields(["title"]).build().expect("it can be built").field(Field::textarea("title"));
    form.initial_from(&row());
    form.bind(&FormData::from_pairs([("title", "Mist")]));
    let cleaned = form.validate().expect("nothing is wrong");
    assert_eq!(cleaned.columns().collect::<Vec<_>>(), [(1, &Value::from("Mist"))]);
}

#[test]
fn wrong_names_are_told_with_the_right_ones() {
    let error = |form: demijohn_core::Result<Form>| format!("{:#}", form.expect_err("an error"));
    expect![[r#"
        unknown field `titel` on model `Tag`; choices are `id`, `name`
    "#]]
    .assert_eq(&format!("{}\n", error(model_form(&TAG).fields(["titel"]).build())));
    expect![[r#"
        unknown field `nane` on model `Tag`; choices are `id`, `name`
        hint: did you mean `name`?
    "#]]
    .assert_eq(&format!("{}\n", error(model_form(&TAG).exclude(["nane"]).build())));
    expect![[r#"
        field `id` of model `Tag` is not editable and cannot be asked for in a form
        hint: leave `id` out, or name it in `read_only` to show its value
    "#]]
    .assert_eq(&format!("{}\n", error(model_form(&TAG).fields(["id", "name"]).build())));
}

static LABEL: ModelMeta = ModelMeta::new(
    "blog",
    "Label",
    "blog_label",
    "label",
    "labels",
    &[
        ID,
        FieldMeta::new("name", "name", "name", FieldKind::Varchar(50)).validators(&[
            Validator::MinLength(3),
            Validator::Custom(|value| match value.as_text() {
                Some(text) if text.starts_with("no") => Err("No is no name.".to_owned()),
                _ => Ok(()),
            }),
        ]),
        FieldMeta::new("weight", "weight", "weight", FieldKind::Integer).validators(&[Validator::MaxValue(10.0)]),
    ],
);

#[test]
fn the_validators_of_a_model_hold_in_its_forms() {
    let mut form = model_form(&LABEL).build().expect("its fields are known");
    form.bind(&FormData::parse(b"name=no&weight=11").expect("it is a form"));
    let errors = form.validate().expect_err("both are refused");
    assert_eq!(errors.of("name").join(" "), "Ensure this value has at least 3 characters (it has 2). No is no name.");
    assert_eq!(errors.of("weight").join(" "), "Ensure this value is less than or equal to 10.");
    form.bind(&FormData::parse(b"name=yes&weight=10").expect("it is a form"));
    assert!(form.validate().is_ok());
}

/// A type of column with a rule of its own, as `Ipv4Addr` or `Json<T>` have.
static CASK: ModelMeta = ModelMeta::new(
    "cellar",
    "Cask",
    "cellar_cask",
    "cask",
    "casks",
    &[FieldMeta::new("mark", "mark", "mark", FieldKind::Varchar(4))
        .type_check(Some(|value| match value.as_text() {
            Some(text) if text.starts_with('C') => Ok(()),
            _ => Err("Begin it with a C.".to_owned()),
        }))
        .validators(&[Validator::MinLength(2)])],
);

#[test]
fn the_rules_of_a_column_are_those_of_its_field() {
    let said = |text: &str| {
        let mut form = model_form(&CASK).build().expect("it can be built");
        form.bind(&FormData::parse(format!("mark={text}").as_bytes()).expect("it is a form"));
        form.validate().err().map(|errors| errors.of("mark").to_vec()).unwrap_or_default()
    };
    assert_eq!(said("C-1"), Vec::<String>::new());
    assert_eq!(said("D-1"), ["Begin it with a C."]);
    assert_eq!(said("D"), ["Begin it with a C.", "Ensure this value has at least 2 characters (it has 1)."]);
    assert_eq!(said("C-1234"), ["Ensure this value has at most 4 characters (it has 6)."]);
}
