use demijohn::migrations::prelude::*;

pub(super) fn migration() -> Migration {
    Migration::new("blog", "0001_initial")
        .depends_on("auth", "0012_alter_user_first_name_max_length")
        .create_model("Tag", |m| {
            m.field("id", auto());
            m.field("name", varchar(50).unique());
            m.field("slug", varchar(50).unique());
        })
        .create_model("Post", |m| {
            m.field("id", auto());
            m.field("title", varchar(200));
            m.field("content", text());
            m.field("created_at", timestamp());
            m.field("author", foreign_key("auth.User"));
            m.many_to_many("tags", "blog.Tag");
        })
        .create_model("Comment", |m| {
            m.field("id", auto());
            m.field("post", foreign_key("blog.Post"));
            m.field("author", foreign_key("auth.User").null());
            m.field("body", text());
            m.field("created_at", timestamp());
            m.field("approved", boolean());
            m.index(index(["post", "created_at"]).named("comment_post_created"));
        })
}
