use expect_test::{Expect, expect};

use super::optimize;
use crate::migrations::prelude::*;
use crate::migrations::{Operation, State};

fn check(before: impl FnOnce(Migration) -> Migration, steps: impl FnOnce(Migration) -> Migration, wanted: Expect) {
    let mut state = State::default();
    for step in before(Migration::new("shop", "0001")).operations {
        step.apply("shop", &mut state).expect("it fits");
    }
    let fewer = optimize("shop", &state, steps(Migration::new("shop", "0002")).operations);
    let words: Vec<String> = fewer.iter().map(Operation::words).collect();
    wanted.assert_eq(&words.join("\n"));
}

fn cup(migration: Migration) -> Migration {
    migration.create_model("Cup", |m| {
        m.field("id", auto());
        m.field("name", varchar(20));
    })
}

#[test]
fn what_is_made_and_removed_is_not_made() {
    check(|m| m, |m| cup(m).add_field("Cup", "size", integer().fill_with(1)).delete_model("Cup"), expect![""]);
    check(
        cup,
        |m| {
            m.add_field("Cup", "size", integer().null())
                .add_index("Cup", index(["size"]))
                .remove_index("Cup", index(["size"]))
                .remove_field("Cup", "size")
        },
        expect![""],
    );
    check(cup, |m| m.rename_field("Cup", "name", "title").rename_field("Cup", "title", "name"), expect![""]);
}

#[test]
fn what_is_done_to_a_new_model_is_part_of_it() {
    check(
        |m| m,
        |m| {
            cup(m)
                .create_model("Sale", |m| {
                    m.field("id", auto());
                })
                .add_field("Cup", "size", integer().fill_with(1))
                .rename_field("Cup", "name", "title")
                .alter_field("Cup", "title", text())
                .add_index("Cup", index(["title"]))
                .rename_model("Cup", "Mug")
                .add_field("Sale", "mug", foreign_key("Mug").null())
        },
        expect![[r#"
            create model Mug
            create model Sale"#]],
    );
}

#[test]
fn models_that_need_each_other_stay_apart() {
    check(
        |m| m,
        |m| {
            cup(m)
                .create_model("Sale", |m| {
                    m.field("id", auto());
                    m.field("cup", foreign_key("Cup"));
                })
                .add_field("Cup", "last", foreign_key("Sale").null())
        },
        expect![[r#"
            create model Cup
            create model Sale
            add field last to Cup"#]],
    );
}

#[test]
fn nothing_moves_past_sql_and_functions() {
    check(
        cup,
        |m| {
            m.add_field("Cup", "size", integer().null())
                .run_sql("UPDATE shop_cup SET size = 3", "")
                .alter_field("Cup", "size", integer())
                .run(nothing, nothing)
                .remove_field("Cup", "size")
        },
        expect![[r#"
            add field size to Cup
            run SQL
            alter field size on Cup
            run `nothing`
            remove field size from Cup"#]],
    );
}

#[test]
fn rows_get_what_they_would_have_got() {
    check(
        cup,
        |m| m.add_field("Cup", "size", integer().fill_with(1)).alter_field("Cup", "size", big_int()),
        expect![[r#"
            add field size to Cup
            alter field size on Cup"#]],
    );
    check(
        cup,
        |m| m.add_field("Cup", "size", integer().null()).alter_field("Cup", "size", integer().fill_with(7)),
        expect!["add field size to Cup"],
    );
    check(
        cup,
        |m| {
            m.alter_field("Cup", "name", varchar(50)).rename_field("Cup", "name", "title").alter_field(
                "Cup",
                "title",
                varchar(50).null(),
            )
        },
        expect![[r#"
            rename field name on Cup to title
            alter field title on Cup"#]],
    );
}

#[test]
fn a_name_that_is_used_again_keeps_its_place() {
    check(
        cup,
        |m| {
            m.remove_field("Cup", "name")
                .add_field("Cup", "name", integer().null())
                .rename_field("Cup", "name", "title")
        },
        expect![[r#"
            remove field name from Cup
            add field title to Cup"#]],
    );
}
