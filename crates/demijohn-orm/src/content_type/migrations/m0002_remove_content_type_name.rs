use crate::migrations::prelude::*;

pub(super) fn migration() -> Migration {
    Migration::new("contenttypes", "0002_remove_content_type_name").replaces(&["0001_initial"]).create_model(
        "ContentType",
        |m| {
            m.table("django_content_type");
            m.field("id", auto_integer());
            m.field("app_label", varchar(100));
            m.field("model", varchar(100));
            m.index(unique(["app_label", "model"]));
        },
    )
}
