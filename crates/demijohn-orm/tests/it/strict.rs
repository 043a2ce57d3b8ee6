//! What the derive writes compiles for odd names, and is clean under lints that users like to forbid.

#![deny(
    missing_docs,
    missing_debug_implementations,
    private_interfaces,
    private_bounds,
    nonstandard_style,
    unused_qualifications,
    unused,
    clippy::pedantic
)]

use demijohn_core::model::Value;
use demijohn_macros::Model;
use demijohn_orm::{ForeignKey, ManyToMany, Model as _, Plan};
use demijohn_sql::Sqlite;

/// The user's own names are the user's, in default values too.
const META: i64 = 1;
const FIELDS: i64 = 2;
const ROOT: i64 = 3;

/// A public model whose private field points to a private model.
#[expect(unreachable_pub, reason = "a public model is what is tested")]
#[derive(Model, Debug)]
#[model(app = "odd", crate = demijohn_orm)]
pub struct Outer {
    /// The key.
    pub id: i64,
    #[field(on_delete = Cascade)]
    inner: ForeignKey<Inner>,
    #[field(default = META + FIELDS + ROOT)]
    numbers: i64,
}

#[derive(Model, Debug)]
#[model(app = "odd", crate = demijohn_orm)]
struct Inner {
    id: i64,
}

/// Fields with the names of keywords, and of what stands in the written code.
#[derive(Model, Debug)]
#[model(app = "odd", crate = demijohn_orm)]
pub(crate) struct r#Match {
    #[field(primary_key, max_length = 9)]
    r#type: String,
    key: i64,
    path: String,
    set: bool,
    row: i32,
    plan: i16,
    value: Option<i64>,
    new: i64,
    meta: i64,
    clone: i64,
    line_1: i64,
    line1: i64,
    #[field(on_delete = Cascade)]
    columns: ForeignKey<Inner>,
    #[field(related_name = "as_set")]
    r#as: ManyToMany<Inner>,
}

#[test]
fn odd_names_are_columns_like_any_other() {
    let query = r#Match::objects().filter(|m| m.r#type.eq("x") & m.key.eq(1) & m.path.eq("y") & m.columns().id.eq(2));
    let sql = query.select(|m| (m.set, m.clone, m.line_1, m.line1)).to_sql(&Sqlite).sql;
    expect_test::expect![[r#"SELECT "set", "clone", "line_1", "line1" FROM "odd_match" WHERE "type" = ? AND "key" = ? AND "path" = ? AND "columns_id" = ?"#]].assert_eq(&sql);
    let meta = r#Match::meta();
    assert_eq!((meta.name, meta.table, meta.fields[0].name), ("Match", "odd_match", "type"));
    assert_eq!((meta.many_to_many[0].through)().table, "odd_match_as");
    let draft = r#Match::create().r#type("x").key(1).path("y").set(true).row(1).plan(2_i16).new(3).meta(4).clone(5);
    let _complete = draft.line_1(6).line1(7).columns(8).build();
    let numbers = [1, 1, 2, 0, 3, 4, 5, 6, 7, 8].map(Value::Int);
    let mut values = vec![Value::from("x"), Value::Int(1), Value::from("y")];
    values.extend(numbers);
    let row = r#Match::from_row(&values, &Plan::OWN).expect("every value fits its field");
    assert_eq!((row.line1, format!("{:?}", row.r#as).as_str()), (7, "ManyToMany(odd_match_as of x)"));
    let numbers = Outer::meta().field("numbers").and_then(|field| field.default).expect("it has a default");
    assert_eq!(numbers().as_int(), Some(6));
    let outer = Outer::objects().filter(|o| o.inner.eq(1) & o.numbers.gt(0)).to_sql(&Sqlite);
    assert_eq!(outer.params.len(), 2);
}

#[test]
fn several_models_live_in_one_function() {
    #[derive(Model, Debug)]
    #[model(app = "odd", crate = demijohn_orm)]
    struct One {
        id: i64,
        name: String,
    }
    #[derive(Model, Debug)]
    #[model(app = "odd", crate = demijohn_orm)]
    struct Two {
        id: i64,
        #[field(on_delete = Cascade)]
        one: ForeignKey<One>,
    }
    let query = Two::objects().filter(|t| t.one().name.eq("x")).select(|t| t.id);
    assert!(query.to_sql(&Sqlite).sql.contains("JOIN \"odd_one\""));
    let _drafts = (One::create().name("x").build(), Two::create().one(1).build());
}
