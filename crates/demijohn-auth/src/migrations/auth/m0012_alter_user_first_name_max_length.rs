use demijohn_orm::migrations::prelude::*;

pub(super) fn migration() -> Migration {
    Migration::new("auth", "0012_alter_user_first_name_max_length")
        .replaces(&[
            "0001_initial",
            "0002_alter_permission_name_max_length",
            "0003_alter_user_email_max_length",
            "0004_alter_user_username_opts",
            "0005_alter_user_last_login_null",
            "0006_require_contenttypes_0002",
            "0007_alter_validators_add_error_messages",
            "0008_alter_user_username_max_length",
            "0009_alter_user_last_name_max_length",
            "0010_alter_group_name_max_length",
            "0011_update_proxy_permissions",
        ])
        .depends_on("contenttypes", "0002_remove_content_type_name")
        .create_model("Permission", |m| {
            m.field("id", auto_integer());
            m.field("name", varchar(255));
            m.field("content_type", foreign_key("contenttypes.ContentType"));
            m.field("codename", varchar(100));
            m.index(unique(["content_type", "codename"]));
        })
        .create_model("Group", |m| {
            m.field("id", auto_integer());
            m.field("name", varchar(150).unique());
            m.many_to_many("permissions", "auth.Permission");
        })
        .create_model("User", |m| {
            m.field("id", auto_integer());
            m.field("password", varchar(128));
            m.field("last_login", timestamp().null());
            m.field("is_superuser", boolean());
            m.field("username", varchar(150).unique());
            m.field("first_name", varchar(150));
            m.field("last_name", varchar(150));
            m.field("email", varchar(254));
            m.field("is_staff", boolean());
            m.field("is_active", boolean());
            m.field("date_joined", timestamp());
            m.many_to_many("groups", "auth.Group");
            m.many_to_many("user_permissions", "auth.Permission");
        })
}
