//! `user` and `perms` in templates, and a user as JSON.

use demijohn_auth::test::TestLogin as _;
use demijohn_auth::{Permission, User};
use demijohn_orm::Model as _;

use crate::app::{Fresh, PASSWORD, hashing};

#[tokio::test]
async fn pages_know_the_user_and_what_they_may_do() {
    let site = Fresh::new().await;
    assert_eq!(site.client.get("/page").await.text(), "nobody");
    let mut ada = site.user("ada").await;
    ada.first_name = "Ada <b>".to_owned();
    ada.save(&site.db).await.expect("saved");
    let client = site.another_client().await;
    client.login(&ada).await.expect("a session");
    assert_eq!(client.get("/page").await.text(), "ada (Ada &lt;b&gt;)");
    let add_group =
        Permission::objects().filter(|p| p.codename.eq("add_group")).get(&site.db).await.expect("it is made");
    ada.user_permissions.add([&add_group], &site.db).await.expect("given");
    assert_eq!(client.get("/page").await.text(), "ada (Ada &lt;b&gt;) group app in");
    let root = User::create_superuser(&site.db, &hashing(), "root", "", PASSWORD).await.expect("a superuser");
    client.login(&root).await.expect("a session");
    let response = client.get("/page").await;
    assert_eq!(response.text(), "root () group app in other");
    assert_eq!(response.header("vary"), Some("Cookie"));
}

#[tokio::test]
async fn a_user_as_json_or_debug_holds_no_password() {
    let site = Fresh::new().await;
    let ada = site.user("ada").await;
    let json = serde_json::to_value(&ada).expect("JSON");
    let mut names: Vec<_> = json.as_object().expect("an object").keys().cloned().collect();
    names.sort();
    assert_eq!(
        names.join(" "),
        "date_joined email first_name full_name id is_active is_staff is_superuser last_login last_name username"
    );
    assert!(!json.to_string().contains(&ada.password) && !format!("{ada:?}").contains(&ada.password));
    assert!(User::meta().field("password").is_some_and(|field| !field.editable));
}
