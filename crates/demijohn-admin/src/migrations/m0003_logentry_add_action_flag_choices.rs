use demijohn_orm::migrations::prelude::*;

pub(super) fn migration() -> Migration {
    Migration::new("admin", "0003_logentry_add_action_flag_choices")
        .replaces(&["0001_initial", "0002_logentry_remove_auto_add"])
        .depends_on("auth", "0012_alter_user_first_name_max_length")
        .depends_on("contenttypes", "0002_remove_content_type_name")
        .create_model("LogEntry", |m| {
            m.table("django_admin_log");
            m.field("id", auto_integer());
            m.field("action_time", timestamp());
            m.field("user", foreign_key("auth.User"));
            m.field("content_type", foreign_key("contenttypes.ContentType").null());
            m.field("object_id", text().null());
            m.field("object_repr", varchar(200));
            m.field("action_flag", small_int());
            m.field("change_message", text());
        })
}
