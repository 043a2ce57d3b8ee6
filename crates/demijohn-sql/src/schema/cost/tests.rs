use demijohn_core::model::{Deferrable, FieldKind, IndexMethod, Value};
use expect_test::{Expect, expect};

use super::*;
use crate::schema::{Fill, Generated, Reference, Sql, Table, TableCheck, TableExclusion};
use crate::{Mysql, Postgres, Sqlite};

fn column(name: &str, kind: FieldKind) -> TableColumn {
    TableColumn::new(name, kind)
}

fn cup() -> Table {
    let columns = vec![
        TableColumn { primary_key: true, auto: true, ..column("id", FieldKind::BigInt) },
        TableColumn { null: true, ..column("size", FieldKind::Integer) },
        column("name", FieldKind::Varchar(20)),
        column("price", FieldKind::Decimal { max_digits: 6, decimal_places: 2 }),
        TableColumn { null: true, ..column("maker_id", FieldKind::BigInt) },
    ];
    Table { columns, ..Table::new("shop_cup") }
}

fn check_filled(fills: &[(&str, Value)], change: impl FnOnce(&mut Table), postgres: Expect, mysql: Expect) {
    let (before, mut after) = (cup(), cup());
    change(&mut after);
    let fills = fills.iter().map(|(name, value)| ((*name).to_owned(), Fill::Value(value.clone()))).collect();
    let change = Change::AlterTable(AlteredTable { before, after, fills, linked: Vec::new() });
    let words = |dialect: &dyn Dialect| {
        let lines: Vec<String> =
            costs(&change, dialect).iter().map(|cost| format!("{cost}\n  {}", cost.hint)).collect();
        lines.join("\n")
    };
    postgres.assert_eq(&words(&Postgres));
    mysql.assert_eq(&words(&Mysql));
    assert_eq!(words(&Sqlite), "");
}

fn check(change: impl FnOnce(&mut Table), postgres: Expect, mysql: Expect) {
    check_filled(&[], change, postgres, mysql);
}

#[test]
fn what_takes_a_moment_costs_nothing() {
    let add = |column: TableColumn| move |table: &mut Table| table.columns.push(column);
    let nothing = || expect![""];
    let more = column("more", FieldKind::Integer);
    check(add(TableColumn { null: true, ..more.clone() }), nothing(), nothing());
    check_filled(&[("more", 1_i64.into())], add(more.clone()), nothing(), nothing());
    let default = |default| Some(ColumnDefault::Value(default));
    check(add(TableColumn { default: default(1_i64.into()), ..more.clone() }), nothing(), nothing());
    check(|table| table.columns[2].kind = FieldKind::Varchar(50), nothing(), nothing());
    check(|table| table.columns.truncate(3), nothing(), nothing());
    check(|table| table.comment = "cups".into(), nothing(), nothing());
}

#[test]
fn indexes() {
    let named = |name: &str, columns: &[&str]| TableIndex {
        name: Some(name.into()),
        ..TableIndex::new(columns.iter().copied())
    };
    check(
        |table| table.indexes.push(named("cup_size", &["size"])),
        expect![[r#"
        nobody writes to `shop_cup` while index `cup_size` is built
          `.add_index_concurrently(…)` in a migration that is `.not_atomic()`"#]],
        expect![[""]],
    );
    check(
        |table| table.indexes.push(TableIndex { of_column: true, ..TableIndex::new(["name"]) }),
        expect![[r#"
            nobody writes to `shop_cup` while the index on `name` is built
              have no index on the field, and one of the model's: `.add_index_concurrently(…)` in a migration that is `.not_atomic()`"#]],
        expect![[""]],
    );
    check(
        |table| table.indexes.push(TableIndex::unique(["name", "size"])),
        expect![[r#"
        nobody reads or writes `shop_cup` while the index on `name`, `size` is built
          `.add_index_concurrently(…)` in a migration that is `.not_atomic()`"#]],
        expect![[""]],
    );
    check(
        |table| {
            table.indexes.push(TableIndex { deferrable: Some(Deferrable::Deferred), ..TableIndex::unique(["name"]) });
        },
        expect![[r#"
            nobody reads or writes `shop_cup` while the index on `name` is built
              build the index by SQL with `CREATE UNIQUE INDEX CONCURRENTLY`, and make the constraint of it: `.separate(…)`"#]],
        expect![[""]],
    );
    check(
        |table| table.indexes.push(TableIndex { method: IndexMethod::FullText, ..named("words", &["name"]) }),
        expect![[r#"
            nobody writes to `shop_cup` while index `words` is built
              `.add_index_concurrently(…)` in a migration that is `.not_atomic()`"#]],
        expect![[r#"
            nobody writes to `shop_cup` while index `words` is built
              migrate when few write, or with a tool that copies a table while it is written"#]],
    );
    check(
        |table| table.columns[2].unique = true,
        expect![[r#"
        nobody reads or writes `shop_cup` while the index on `name` is built
          build the index by SQL with `CREATE UNIQUE INDEX CONCURRENTLY`, and make the constraint of it: `.separate(…)`"#]],
        expect![[""]],
    );
}

#[test]
fn columns_that_come() {
    let uuid = || TableColumn {
        default: Some(ColumnDefault::Sql("gen_random_uuid()".into())),
        ..column("code", FieldKind::Uuid)
    };
    check(
        |table| table.columns.push(uuid()),
        expect![[r#"
        nobody reads or writes `shop_cup` while it is written anew, with another `gen_random_uuid()` in each row
          add the field without the default, fill it in portions, and give it the default then"#]],
        expect![[r#"
        nobody writes to `shop_cup` while it is copied to have the default of `code` in each row
          migrate when few write, or with a tool that copies a table while it is written"#]],
    );
    let now = || TableColumn { default: Some(ColumnDefault::Now), ..column("made", FieldKind::Timestamp) };
    check(
        |table| table.columns.push(now()),
        expect![[""]],
        expect![[r#"
        nobody writes to `shop_cup` while it is copied to have the default of `made` in each row
          migrate when few write, or with a tool that copies a table while it is written"#]],
    );
    let words = || TableColumn {
        default: Some(ColumnDefault::Sql("lower('A (b)')".into())),
        null: true,
        ..column("word", FieldKind::Text)
    };
    check(|table| table.columns.push(words()), expect![[""]], expect![[""]]);
    let double = |stored| TableColumn {
        generated: Some(Generated { expression: Sql::text("size * 2"), stored }),
        ..column("double", FieldKind::Integer)
    };
    check(
        |table| table.columns.push(double(true)),
        expect![[r#"
        nobody reads or writes `shop_cup` while it is written anew with `double`
          have a plain field, which is filled in portions and by a trigger"#]],
        expect![[r#"
        nobody writes to `shop_cup` while it is copied to have `double` in each row
          migrate when few write, or with a tool that copies a table while it is written"#]],
    );
    check(
        |table| table.columns.push(column("count", FieldKind::PositiveInteger)),
        expect![[r#"
        nobody reads or writes `shop_cup` while every row is checked for `count`
          migrate when few are there"#]],
        expect![[""]],
    );
    let key = || TableColumn {
        null: true,
        references: Some(Reference::new("shop_place", "id")),
        ..column("place_id", FieldKind::BigInt)
    };
    check(
        |table| table.columns.push(key()),
        expect![[r#"
            nobody reads or writes `shop_cup` while every `place_id` is looked up in `shop_place`
              by SQL in `.separate(…)`: the index `CONCURRENTLY`, the constraint `NOT VALID` and validated in a later migration
            nobody writes to `shop_place` while every `place_id` of `shop_cup` is looked up there
              by SQL in `.separate(…)`: the index `CONCURRENTLY`, the constraint `NOT VALID` and validated in a later migration"#]],
        expect![[r#"
        nobody writes to `shop_cup` while it is copied, and every `place_id` looked up in `shop_place`
          have the field `.without_constraint()`, or add it by SQL with `foreign_key_checks = 0`: `.separate(…)`"#]],
    );
    let filled =
        || TableColumn { default: Some(ColumnDefault::Value(1_i64.into())), ..column("more", FieldKind::Integer) };
    check_filled(
        &[("more", 2_i64.into())],
        |table| table.columns.push(filled()),
        expect![[r#"
        nobody reads or writes `shop_cup` while `more` is filled in every row
          add the field with NULL, fill it in portions, and forbid NULL then"#]],
        expect![[r#"
        nobody writes to `shop_cup` while `more` is filled in every row
          add the field with NULL, fill it in portions, and forbid NULL then"#]],
    );
}

#[test]
fn columns_that_change() {
    check(
        |table| table.columns[1].kind = FieldKind::BigInt,
        expect![[r#"
        nobody reads or writes `shop_cup` while it is written anew: `size` becomes bigint
          add a field of the new type, fill it in portions, and remove the old one"#]],
        expect![[r#"
        nobody writes to `shop_cup` while it is copied: `size` becomes bigint
          migrate when few write, or with a tool that copies a table while it is written"#]],
    );
    check(
        |table| table.columns[2].kind = FieldKind::Text,
        expect![[""]],
        expect![[r#"
        nobody writes to `shop_cup` while it is copied: `name` becomes longtext
          migrate when few write, or with a tool that copies a table while it is written"#]],
    );
    check(
        |table| table.columns[2].kind = FieldKind::Varchar(10),
        expect![[r#"
        nobody reads or writes `shop_cup` while it is written anew: `name` becomes varchar(10)
          add a field of the new type, fill it in portions, and remove the old one"#]],
        expect![[r#"
        nobody writes to `shop_cup` while it is copied: `name` becomes varchar(10)
          migrate when few write, or with a tool that copies a table while it is written"#]],
    );
    check(
        |table| table.columns[3].kind = FieldKind::Decimal { max_digits: 8, decimal_places: 2 },
        expect![[""]],
        expect![[r#"
            nobody writes to `shop_cup` while it is copied: `price` becomes numeric(8, 2)
              migrate when few write, or with a tool that copies a table while it is written"#]],
    );
    check_filled(
        &[("size", 0_i64.into())],
        |table| table.columns[1].null = false,
        expect![[r#"
        nobody reads or writes `shop_cup` while every row is checked for NULL in `size`
          make PostgreSQL sure of it before: a check that it `IS NOT NULL`, by `.add_constraint_not_valid(…)` and `.validate_constraint(…)`"#]],
        expect![[""]],
    );
    check(
        |table| table.columns[1].kind = FieldKind::PositiveInteger,
        expect![[r#"
        nobody reads or writes `shop_cup` while every row is checked for `size`
          `.add_constraint_not_valid(…)`, and `.validate_constraint(…)` in a later migration"#]],
        expect![[r#"
        nobody writes to `shop_cup` while it is copied: `size` becomes integer UNSIGNED
          migrate when few write, or with a tool that copies a table while it is written"#]],
    );
    check(
        |table| table.columns[4].references = Some(Reference::new("shop_maker", "id")),
        expect![[r#"
            nobody writes to `shop_cup` while every `maker_id` is looked up in `shop_maker`
              by SQL in `.separate(…)`: the index `CONCURRENTLY`, the constraint `NOT VALID` and validated in a later migration
            nobody writes to `shop_maker` while every `maker_id` of `shop_cup` is looked up there
              by SQL in `.separate(…)`: the index `CONCURRENTLY`, the constraint `NOT VALID` and validated in a later migration"#]],
        expect![[r#"
        nobody writes to `shop_cup` while it is copied, and every `maker_id` looked up in `shop_maker`
          have the field `.without_constraint()`, or add it by SQL with `foreign_key_checks = 0`: `.separate(…)`"#]],
    );
}

#[test]
fn conditions() {
    let large = || TableCheck { name: "large".into(), condition: Sql::text("size > 3") };
    check(
        |table| table.checks.push(large()),
        expect![[r#"
        nobody reads or writes `shop_cup` while every row is checked for `large`
          `.add_constraint_not_valid(…)`, and `.validate_constraint(…)` in a later migration"#]],
        expect![[r#"
        nobody writes to `shop_cup` while it is copied to check every row for `large`
          migrate when few write, or with a tool that copies a table while it is written"#]],
    );
    let once = || TableExclusion {
        name: "once".into(),
        parts: vec![(Sql::text("size"), "=".into())],
        method: IndexMethod::Gist,
        condition: None,
        deferrable: None,
    };
    check(
        |table| table.exclusions.push(once()),
        expect![[r#"
        nobody reads or writes `shop_cup` while index `once` is built
          migrate when few are there"#]],
        expect![[""]],
    );
}

#[test]
fn functions_that_nobody_knows_may_give_another_value_for_each_row() {
    for steady in ["now()", "CURRENT_TIMESTAMP", "lower('random()')", "(1 + 2)", "date_trunc('day', now())", "'a('"] {
        assert!(!is_volatile(steady), "{steady}");
    }
    for volatile in
        ["random()", "gen_random_uuid()", "coalesce(NULL, uuid_generate_v4())", "my.own (1)", "nextval('s')"]
    {
        assert!(is_volatile(volatile), "{volatile}");
    }
}
