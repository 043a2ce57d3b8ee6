use crate::migrations::prelude::*;

pub(super) fn migration() -> Migration {
    Migration::new("blog", "0003_squashed_0005_label")
        .not_atomic()
        .depends_on("auth", "0001_initial")
        .run_before("shop", "0002_cup")
        .replaces(&["0003_slug", "0004_fill", "0005_label"])
        .run(
            crate::migrations::source::tests::read_back::label,
            crate::migrations::source::tests::read_back::unlabel,
        )
        .run_in_portions(
            crate::migrations::source::tests::read_back::some,
            crate::migrations::source::tests::read_back::label,
        )
        .run(
            crate::migrations::source::tests::read_back::unlabel,
            nothing,
        )
        .elidable()
        .run_irreversible(crate::migrations::source::tests::read_back::label)
        .elidable()
        .run_sql_irreversible("DELETE FROM a")
        .elidable()
        .run_sql(
            "UPDATE blog_post\nSET title = 'it''s \"odd\" \\ – é\u{301}\u{202e}'\n\t;",
            "",
        )
        .separate(
            |m| m.run_sql("ALTER TABLE a ADD b integer", ""),
            |m| m.add_field("A", "b", integer().null()),
        )
        .separate(
            |m| m,
            |m| m.remove_field("A", "b").add_index("A", index(["c"])),
        )
        .separate(
            |m| {
                m.separate(
                    |m| m.run(crate::migrations::source::tests::read_back::label, nothing),
                    |m| m,
                )
            },
            |m| {
                m.add_index(
                    "A",
                    unique_on(["lower({a})"])
                        .named("a")
                        .condition("{a} IS NOT NULL"),
                )
                .delete_model("B")
            },
        )
}
