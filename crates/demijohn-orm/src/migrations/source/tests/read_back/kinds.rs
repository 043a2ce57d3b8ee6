use crate::migrations::prelude::*;

pub(super) fn migration() -> Migration {
    Migration::new("blog", "0001_initial").create_model("Kind", |m| {
        m.field("id", auto_small_int());
        m.field("small_int", small_int());
        m.field("integer", integer());
        m.field("big_int", big_int());
        m.field("positive_small_int", positive_small_int());
        m.field("positive_integer", positive_integer());
        m.field("positive_big_int", positive_big_int());
        m.field("boolean", boolean());
        m.field("float", float());
        m.field("decimal", decimal(28, 0));
        m.field("varchar", varchar(4294967295));
        m.field("text", text());
        m.field("timestamp", timestamp());
        m.field("date", date());
        m.field("time", time());
        m.field("duration", duration());
        m.field("ip_address", ip_address());
        m.field("uuid", uuid());
        m.field("json", json());
        m.field("binary", binary());
        m.field("array", array(array(decimal(8, 2))));
        m.field("range", range(big_int()));
        m.field("hstore", hstore());
        m.field("text_vector", text_vector());
        m.field("key", foreign_key("auth.User"));
        m.field("table", foreign_key(table("old", "id", array(uuid()))));
        m.index(index(["text"]));
        m.index(index(["text"]).method(IndexMethod::Hash));
        m.index(index(["text"]).method(IndexMethod::Gin));
        m.index(index(["text"]).method(IndexMethod::Gist));
        m.index(index(["text"]).method(IndexMethod::SpGist));
        m.index(index(["text"]).method(IndexMethod::Brin));
        m.index(index(["text"]).method(IndexMethod::Bloom));
        m.index(index(["text"]).method(IndexMethod::FullText));
    })
}
