//! Deleting rows.

use demijohn_orm::Model as _;

use crate::blog::Award;
use crate::site::{Fresh, page};

#[tokio::test]
async fn the_confirmation_shows_everything_that_goes_and_then_it_goes() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let post = fresh.post("Doomed", &ada).await;
    fresh.comment(&post, "first words").await;
    fresh.comment(&post, "last words").await;
    fresh.post("Spared", &ada).await;
    let client = fresh.client(&ada).await;
    let body = page(client.get("/admin/blog/post/1/delete/").await);
    for part in ["<strong>1</strong> post", "<strong>2</strong> comments", "first words", "last words", "Yes, delete"] {
        assert!(body.contains(part), "no {part} in {body}");
    }
    assert!(!body.contains("Spared"), "{body}");
    assert_eq!(fresh.sql("SELECT count(*) FROM blog_post").await, ["2"]);
    client.post("/admin/blog/post/1/delete/").form(&[("post", "yes")]).await.assert_redirect("/admin/blog/post/");
    assert_eq!(fresh.sql("SELECT title FROM blog_post").await, ["Spared"]);
    assert_eq!(fresh.sql("SELECT count(*) FROM blog_comment").await, ["0"]);
    let log =
        fresh.sql("SELECT concat(object_id, object_repr, action_flag, change_message) FROM django_admin_log").await;
    assert_eq!(log, ["1Doomed3"]);
    let body = page(client.get("/admin/blog/post/").await);
    assert!(body.contains("The post “Doomed” was deleted successfully."), "{body}");
    let body = page(client.get("/admin/").await);
    assert!(body.contains("<span class=\"gone\">Doomed</span>"), "{body}");
    client.post("/admin/blog/post/1/delete/").form(&[("post", "yes")]).await.assert_status(404);
}

#[tokio::test]
async fn a_protected_row_stays_and_says_who_protects_it() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let post = fresh.post("Famous", &ada).await;
    fresh.comment(&post, "nice").await;
    Award::create().name("Golden Flask").post(&post).save(&fresh.db).await.expect("saved");
    let client = fresh.client(&ada).await;
    let body = page(client.get("/admin/blog/post/1/delete/").await);
    assert!(body.contains("Golden Flask") && body.contains("protected") && !body.contains("Yes, delete"), "{body}");
    let body = page(client.post("/admin/blog/post/1/delete/").form(&[("post", "yes")]).await);
    assert!(body.contains("Golden Flask"), "{body}");
    let selected = [("action", "delete_selected"), ("_selected_action", "1"), ("post", "yes")];
    assert!(page(client.post("/admin/blog/post/").form(&selected).await).contains("Golden Flask"));
    assert_eq!(
        fresh.sql("SELECT concat((SELECT count(*) FROM blog_post), (SELECT count(*) FROM blog_comment))").await,
        ["11"]
    );
    assert_eq!(fresh.sql("SELECT count(*) FROM django_admin_log").await, ["0"]);
}

#[tokio::test]
async fn what_goes_with_a_user_is_shown_below_it_and_a_long_tree_is_cut() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let bob = fresh.superuser("bob").await;
    for n in 0..250 {
        fresh.post(&format!("post {n}"), &bob).await;
    }
    let client = fresh.client(&ada).await;
    let path = format!("/admin/auth/user/{}/delete/", bob.id);
    let body = page(client.get(&path).await);
    assert!(body.contains("<strong>250</strong> posts") && body.contains("… and 51 more."), "{body}");
    client.post(&path).form(&[("post", "yes")]).await.assert_redirect("/admin/auth/user/");
    assert_eq!(fresh.sql("SELECT count(*) FROM blog_post").await, ["0"]);
}
