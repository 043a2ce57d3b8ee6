//! What users may do.

use demijohn_auth::test::TestLogin as _;
use demijohn_auth::{ContentType, Group, Permission, User, permissions_of};
use demijohn_orm::Model as _;

use crate::app::{Fresh, PASSWORD, hashing, migrate_all, on_django};

#[tokio::test]
async fn every_model_gets_its_four_permissions_once_with_djangos_names() {
    let site = Fresh::new().await;
    let named = async || {
        let rows = Permission::objects()
            .select(|p| (p.content_type().app_label, p.content_type().model, p.codename, p.name))
            .all(&site.db)
            .await
            .expect("permissions");
        let words = |(app, model, codename, name): (String, String, String, String)| {
            format!("{app}.{model} {codename}: {name}")
        };
        let mut names: Vec<String> = rows.into_iter().map(words).collect();
        names.sort();
        names
    };
    let first = named().await;
    assert_eq!(first.len(), 20);
    assert!(first.contains(&"contenttypes.contenttype add_contenttype: Can add content type".to_owned()), "{first:#?}");
    assert!(first.contains(&"sessions.session view_session: Can view session".to_owned()), "{first:#?}");
    assert_eq!(ContentType::objects().count(&site.db).await.expect("a count"), 5);
    migrate_all(site.client.site()).await.expect("migrated again");
    assert_eq!(named().await, first);
}

#[tokio::test]
async fn own_permissions_and_those_of_groups_count_and_inactive_users_have_none() {
    let site = Fresh::new().await;
    let mut ada = site.user("ada").await;
    let codename = async |name: &str| {
        let name = name.to_owned();
        Permission::objects().filter(|p| p.codename.eq(name)).get(&site.db).await.expect("a permission")
    };
    let (add, view, delete) = (codename("add_user").await, codename("view_user").await, codename("delete_group").await);
    let (editors, others) = (
        Group::create().name("Editors").save(&site.db).await.expect("a group"),
        Group::create().name("Others").save(&site.db).await.expect("a group"),
    );
    editors.permissions.set([&view, &add], &site.db).await.expect("set");
    others.permissions.set([&delete], &site.db).await.expect("set");
    assert_eq!(held(&ada, &site).await, "");
    ada.user_permissions.add([&add], &site.db).await.expect("added");
    ada.groups.add([&editors], &site.db).await.expect("added");
    assert_eq!(held(&ada, &site).await, "auth.add_user auth.view_user");
    assert!(ada.has_perm(&site.db, "auth.view_user").await.expect("an answer"));
    assert!(!ada.has_perm(&site.db, "auth.delete_group").await.expect("an answer"));
    assert!(ada.has_module_perms(&site.db, "auth").await.expect("an answer"));
    assert!(!ada.has_module_perms(&site.db, "sessions").await.expect("an answer"));
    ada.is_active = false;
    assert_eq!(held(&ada, &site).await, "");
    ada.is_superuser = true;
    assert_eq!(held(&ada, &site).await, "");
    let root = User::create_superuser(&site.db, &hashing(), "root", "", PASSWORD).await.expect("a superuser");
    assert!(permissions_of(&root, &site.db).await.expect("permissions").has("no.such_thing"));
}

async fn held(user: &User, site: &Fresh) -> String {
    let set = permissions_of(user, &site.db).await.expect("permissions");
    set.iter().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_users_of_a_django_database_may_do_what_they_may_there() {
    let Some(site) = on_django().await else { return };
    let of = async |name: &'static str| {
        let user = User::objects().filter(|user| user.username.eq(name)).get(&site.db).await.expect("the user");
        let client = site.another_client().await;
        client.login(&user).await.expect("a session");
        client.get("/may").await.text()
    };
    let editor = "blog.add_comment blog.add_post blog.add_tag blog.change_comment blog.change_post blog.change_tag \
        blog.delete_comment blog.delete_post blog.delete_tag blog.view_comment blog.view_post blog.view_tag";
    assert_eq!(of("ada").await, "everything");
    assert_eq!(of("grace").await, editor);
    assert_eq!(of("alan").await, editor);
    assert_eq!(of("edsger").await, "blog.add_post blog.change_post blog.view_post blog.view_tag");
    assert_eq!(of("donald").await, "");
    assert_eq!(site.another_client().await.get("/may").await.text(), "");
}
