//! What the database refuses after the form found nothing wrong.

use demijohn_e2e::database::Kind;

use crate::site::{Fresh, page, post_fields};

#[tokio::test]
async fn a_constraint_that_only_the_database_knows_is_told_beside_its_field_and_nothing_is_kept() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    fresh.post("Taken", &ada).await;
    fresh.tag("air").await;
    fresh.sql("CREATE UNIQUE INDEX one_title ON blog_post (title)").await;
    let bob = fresh.superuser("bob").await;
    let client = fresh.client(&bob).await;
    let mut fields = post_fields("Taken", "fresh-slug", "2");
    fields.push(("tags", "1"));
    let body = page(client.post("/admin/blog/post/add/").form(&fields).await);
    let told = match fresh.database.kind() {
        // It names its index, not the columns.
        Kind::Mysql => "Another row has the same values already.",
        Kind::Sqlite | Kind::Postgres => "<a href=\"#id_title\">Title</a>: Post with this Title already exists.",
    };
    assert!(body.contains(told), "{body}");
    assert!(body.contains("value=\"fresh-slug\"") && body.contains("value=\"1\" checked"), "{body}");
    let left = "SELECT concat((SELECT count(*) FROM blog_post), (SELECT count(*) FROM blog_post_tags), (SELECT count(*) FROM django_admin_log))";
    assert_eq!(fresh.sql(left).await, ["100"]);
}

#[tokio::test]
async fn what_a_trigger_refuses_takes_back_everything_that_belongs_to_it() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    fresh.post("First", &ada).await;
    fresh.tag("air").await;
    fresh.refuse_rows("blog_post_tags", "secret reason").await;
    let client = fresh.client(&ada).await;
    let mut fields = post_fields("Second", "first", "1");
    fields.push(("tags", "1"));
    let body = page(client.post("/admin/blog/post/1/change/").form(&fields).await);
    assert!(body.contains("The database refuses these values.") && !body.contains("secret reason"), "{body}");
    assert_eq!(fresh.sql("SELECT title FROM blog_post").await, ["First"]);
    assert_eq!(fresh.sql("SELECT count(*) FROM django_admin_log").await, ["0"]);
}

#[tokio::test]
async fn an_act_that_cannot_be_written_down_does_not_happen() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    fresh.post("First", &ada).await;
    fresh.refuse_rows("django_admin_log", "full").await;
    let client = fresh.client(&ada).await;
    client.post("/admin/blog/post/1/delete/").form(&[("post", "yes")]).await;
    client.post("/admin/blog/post/1/change/").form(&post_fields("Second", "first", "1")).await;
    client.post("/admin/blog/post/add/").form(&post_fields("Third", "third", "1")).await;
    assert_eq!(fresh.sql("SELECT title FROM blog_post").await, ["First"]);
}
