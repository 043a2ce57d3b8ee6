// Written by `inspectdb` from the tables of a live database. What to look through:
// - names of models and fields, as you like them (`table` and `column` keep the database's);
// - `on_delete = DoNothing` leaves what points to a deleted row to the database: say `Cascade`, `Protect`, … where the
//   framework is to do it;
// - `unmanaged` keeps migrations away: take it out of models whose tables they are to change from now on.
use demijohn::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "auth_group", unmanaged)]
pub struct AuthGroup {
    pub id: i64,
    #[field(max_length = 150, unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "auth_group_permissions", unmanaged)]
#[model(unique("group", "permission", name = "auth_group_permissions_group_id_permission_id_0cd325b0_uniq"))]
pub struct AuthGroupPermissions {
    pub id: i64,
    #[field(on_delete = DoNothing)]
    pub group: ForeignKey<AuthGroup>,
    #[field(on_delete = DoNothing)]
    pub permission: ForeignKey<AuthPermission>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "auth_permission", unmanaged)]
#[model(unique("content_type", "codename", name = "auth_permission_content_type_id_codename_01ab375a_uniq"))]
pub struct AuthPermission {
    pub id: i64,
    #[field(on_delete = DoNothing)]
    pub content_type: ForeignKey<DjangoContentType>,
    #[field(max_length = 100)]
    pub codename: String,
    #[field(max_length = 255)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "auth_user", unmanaged)]
pub struct AuthUser {
    pub id: i64,
    #[field(max_length = 128)]
    pub password: String,
    pub last_login: Option<Timestamp>,
    pub is_superuser: bool,
    #[field(max_length = 150, unique)]
    pub username: String,
    #[field(max_length = 150)]
    pub last_name: String,
    #[field(max_length = 254)]
    pub email: String,
    pub is_staff: bool,
    pub is_active: bool,
    pub date_joined: Timestamp,
    #[field(max_length = 150)]
    pub first_name: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "auth_user_groups", unmanaged)]
#[model(unique("user", "group", name = "auth_user_groups_user_id_group_id_94350c0c_uniq"))]
pub struct AuthUserGroups {
    pub id: i64,
    #[field(on_delete = DoNothing)]
    pub user: ForeignKey<AuthUser>,
    #[field(on_delete = DoNothing)]
    pub group: ForeignKey<AuthGroup>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "auth_user_user_permissions", unmanaged)]
#[model(unique("user", "permission", name = "auth_user_user_permissions_user_id_permission_id_14a6b632_uniq"))]
pub struct AuthUserUserPermissions {
    pub id: i64,
    #[field(on_delete = DoNothing)]
    pub user: ForeignKey<AuthUser>,
    #[field(on_delete = DoNothing)]
    pub permission: ForeignKey<AuthPermission>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "blog_comment", unmanaged)]
#[model(index("post", "created_at", name = "comment_post_created"))]
pub struct BlogComment {
    pub id: i64,
    pub body: Text,
    pub created_at: Timestamp,
    pub approved: bool,
    #[field(on_delete = DoNothing)]
    pub author: Option<ForeignKey<AuthUser>>,
    #[field(on_delete = DoNothing)]
    pub post: ForeignKey<BlogPost>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "blog_post", unmanaged)]
pub struct BlogPost {
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    pub content: Text,
    pub created_at: Timestamp,
    #[field(on_delete = DoNothing)]
    pub author: ForeignKey<AuthUser>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "blog_post_tags", unmanaged)]
#[model(unique("post", "tag", name = "blog_post_tags_post_id_tag_id_4925ec37_uniq"))]
pub struct BlogPostTags {
    pub id: i64,
    #[field(on_delete = DoNothing)]
    pub post: ForeignKey<BlogPost>,
    #[field(on_delete = DoNothing)]
    pub tag: ForeignKey<BlogTag>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "blog_tag", unmanaged)]
pub struct BlogTag {
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
    #[field(max_length = 50, unique)]
    pub slug: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "django_admin_log", unmanaged)]
pub struct DjangoAdminLog {
    pub id: i64,
    pub object_id: Option<Text>,
    #[field(max_length = 200)]
    pub object_repr: String,
    pub action_flag: u16,
    pub change_message: Text,
    #[field(on_delete = DoNothing)]
    pub content_type: Option<ForeignKey<DjangoContentType>>,
    #[field(on_delete = DoNothing)]
    pub user: ForeignKey<AuthUser>,
    pub action_time: Timestamp,
}

#[derive(Model, Debug, Clone)]
#[model(table = "django_content_type", unmanaged)]
#[model(unique("app_label", "model", name = "django_content_type_app_label_model_76bd3d3b_uniq"))]
pub struct DjangoContentType {
    pub id: i64,
    #[field(max_length = 100)]
    pub app_label: String,
    #[field(max_length = 100)]
    pub model: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "django_migrations", unmanaged)]
pub struct DjangoMigrations {
    pub id: i64,
    #[field(max_length = 255)]
    pub app: String,
    #[field(max_length = 255)]
    pub name: String,
    pub applied: Timestamp,
}

#[derive(Model, Debug, Clone)]
#[model(table = "django_session", unmanaged)]
#[model(index("expire_date", name = "django_session_expire_date_a5c62663"))]
pub struct DjangoSession {
    #[field(primary_key, max_length = 40)]
    pub session_key: String,
    pub session_data: Text,
    pub expire_date: Timestamp,
}
