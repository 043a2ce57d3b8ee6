use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::migrations::prelude::*;

use super::file_of;

mod read_back;

/// One of every step and field, short and long.
fn everything() -> Vec<Migration> {
    let long = "a_name_that_is_much_longer_than_names_should_be";
    let many = Migration::new("blog", "0002_everything")
        .depends_on("blog", "0001_initial")
        .depends_on("auth", "0012_alter_user_first_name_max_length")
        .create_model("Tag", |m| {
            m.table("tagging");
            m.field("id", auto_integer());
            m.field("key", varchar(40).primary_key());
            m.field("price", decimal(8, 2).null().column("the price"));
            m.field(long, foreign_key("auth.User").null().unique().column(long));
            m.field("legacy", foreign_key(table("legacy_things", "id", integer())).null());
            m.many_to_many("posts", pairs("blog.Post").table("tag_posts").columns("tag", "post"));
            m.many_to_many("things", "blog.Thing");
            m.index(index(["key", "price"]).named("by \"key\""));
            m.index(unique([long, "a_second_name_that_is_longer_still"]));
            m.constraint(check("price", "{price} > 0"));
            m.comment("tags \"of\" posts");
        })
        .add_field("Post", "views", big_int().indexed().fill_with(3_000_000_000_i64))
        .add_field("Post", "slug", text().fill_with("it's \"quoted\"\n and – odd \\ \u{0}"))
        .add_field("Post", "when", timestamp().fill_with_now())
        .add_field("Post", "data", json().fill_with(vec![1_u8, 2]))
        .add_field(long, long, float().fill_with(0.5))
        .alter_field("Post", long, boolean().null())
        .remove_field("Post", "gone")
        .remove_field_restoring("Post", "going", true)
        .rename_field("Post", "a", "b")
        .rename_model("Cup", "Mug")
        .alter_table("Mug", "mugs")
        .add_many_to_many("Post", "friends", "Post")
        .remove_many_to_many("Post", "enemies")
        .add_index("Post", unique(["views", "slug"]))
        .remove_index("Post", index(["views", "slug"]).named("post_views_slug"))
        .add_field("Post", "price", positive_integer().db_default(0).comment("in cents").collation("de"))
        .add_field("Post", "made", timestamp().db_default_now())
        .add_field("Post", "key", uuid().db_default_sql("gen_random_uuid()"))
        .add_field("Post", "total", decimal(8, 2).generated("{price} * {quantity} * {a_rather_long_field}"))
        .add_field("Post", "half", duration().generated_virtual("{price} / 2"))
        .add_field("Post", "by", foreign_key("auth.User").null().to_field("username").without_constraint())
        .add_field("Post", "lists", array(array(varchar(20))))
        .add_field("Post", "span", range(decimal(8, 2)).db_default("[1,2)"))
        .add_field("Post", "more", hstore())
        .add_field("Post", "words", text_vector())
        .add_field("Post", "address", ip_address().db_default("::1"))
        .rename_index("Post", index(["-views"]), "by_views")
        .add_index(
            "Post",
            unique_on(["lower({slug})", "{views} % 7"])
                .named("post_slug_lower")
                .condition("{views} > 0")
                .include(["price"])
                .method(IndexMethod::Gist)
                .opclasses(["text_ops", ""])
                .deferrable(Deferrable::Immediate)
                .nulls_distinct(false),
        )
        .add_constraint("Post", check("price_positive", "{price} >= 0"))
        .remove_constraint(
            "Post",
            exclusion("no_overlap", [("{room}", "="), ("{during}", "&&")])
                .method(IndexMethod::SpGist)
                .condition("NOT {cancelled}")
                .deferrable(Deferrable::Deferred),
        )
        .alter_table_comment("Post", "what people write")
        .create_extension("btree_gist")
        .remove_extension("hstore")
        .create_collation(collation("german", "de").provider("libc"))
        .remove_collation(collation("loose", "und-u-ks-level1").not_deterministic())
        .add_index_concurrently("Post", index(["views"]))
        .remove_index_concurrently("Post", index(["views"]))
        .add_constraint_not_valid("Post", check("a", "{price} > 1"))
        .validate_constraint("Post", "a")
        .run_sql("SELECT 1", "")
        .run_sql_irreversible("SELECT 1")
        .delete_model("Old");
    let short = Migration::new("a", "0001_b").remove_field("C", "d");
    let only = Migration::new("blog", "0001_initial").create_model("Tag", |m| {
        m.field("id", auto());
    });
    let wide = Migration::new("blog", "0002_kind_alter_maker_name_alter_maker_born_and_more").delete_model("Old");
    vec![
        many,
        read_back::with_functions(),
        short,
        only,
        wide,
        Migration::new("blog", "0003_empty").depends_on("blog", "0002_everything"),
    ]
}

#[test]
fn files_are_laid_out_as_rustfmt_does() {
    for migration in everything() {
        let file = file_of(&migration, "demijohn");
        let rustfmt = Command::new("rustfmt")
            .args(["--edition", "2024", "--config", "max_width=100,use_small_heuristics=Default"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut rustfmt) = rustfmt else {
            eprintln!("skipped: there is no rustfmt");
            return;
        };
        let mut input = rustfmt.stdin.take().expect("it is piped");
        input.write_all(file.as_bytes()).expect("it reads");
        drop(input);
        let output = rustfmt.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{file}");
        assert_eq!(String::from_utf8(output.stdout).expect("source is UTF-8"), file);
    }
}
