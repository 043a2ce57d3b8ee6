//! Who comes in.

use crate::site::{Fresh, PASSWORD, page};

#[tokio::test]
async fn a_stranger_is_sent_to_the_login_page_and_back_to_where_they_wanted_to_go() {
    let fresh = Fresh::new().await;
    fresh.superuser("ada").await;
    let client = fresh.stranger().await;
    client
        .get("/admin/blog/post/?q=fog")
        .await
        .assert_redirect("/admin/login/?next=%2Fadmin%2Fblog%2Fpost%2F%3Fq%3Dfog");
    let text = page(client.get("/admin/login/?next=%2Fadmin%2Fblog%2Fpost%2F%3Fq%3Dfog").await);
    assert!(text.contains("value=\"/admin/blog/post/?q=fog\""), "{text}");
    let fields = [("username", "ada"), ("password", PASSWORD), ("next", "/admin/blog/post/?q=fog")];
    client.post("/admin/login/").form(&fields).await.assert_redirect("/admin/blog/post/?q=fog");
    page(client.get("/admin/blog/post/?q=fog").await);
    client.post("/admin/logout/").form(&[("x", "y")]).await.assert_redirect("/admin/login/");
    client.get("/admin/").await.assert_redirect("/admin/login/?next=%2Fadmin%2F");
}

#[tokio::test]
async fn every_login_that_fails_is_told_the_same() {
    let fresh = Fresh::new().await;
    fresh.superuser("ada").await;
    let mut nobody = fresh.staff("plain", &[]).await;
    nobody.is_staff = false;
    demijohn_orm::Model::save(&mut nobody, &fresh.db).await.expect("saved");
    for (name, password) in [("ada", "wrong"), ("nosuchuser", PASSWORD), ("plain", PASSWORD)] {
        let client = fresh.stranger().await;
        let text = page(client.post("/admin/login/").form(&[("username", name), ("password", password)]).await);
        assert!(text.contains("Please enter the correct username and password for a staff account."), "{name}: {text}");
        assert!(!text.contains(password), "the password came back");
        client.get("/admin/").await.assert_redirect("/admin/login/?next=%2Fadmin%2F");
    }
}

#[tokio::test]
async fn a_login_leads_to_no_other_site() {
    let fresh = Fresh::new().await;
    fresh.superuser("ada").await;
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let client = fresh.stranger().await;
        let fields = [("username", "ada"), ("password", PASSWORD), ("next", next)];
        client.post("/admin/login/").form(&fields).await.assert_redirect("/admin/");
    }
}
