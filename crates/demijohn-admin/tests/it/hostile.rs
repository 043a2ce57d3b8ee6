//! What is stored or sent to do harm.

use demijohn_e2e::database::Kind;

use crate::site::{Fresh, page, post_fields};

const PAYLOADS: [&str; 4] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'; alert(1); //</script><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}</textarea><script>alert(1)</script>",
];

fn percent_encoded(text: &str) -> String {
    let encoded: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    encoded.concat()
}

#[tokio::test]
async fn what_is_stored_never_becomes_markup_on_any_page() {
    for payload in PAYLOADS {
        let fresh = Fresh::new().await;
        let mut ada = fresh.superuser("ada").await;
        ada.first_name = payload.to_owned();
        ada.email = payload.to_owned();
        demijohn_orm::Model::save(&mut ada, &fresh.db).await.expect("saved");
        let post = fresh.post(payload, &ada).await;
        fresh.tag("x").await;
        fresh.comment(&post, payload).await;
        let quoted = payload.replace('\'', "''");
        let json = match fresh.database.kind() {
            Kind::Postgres => format!("to_jsonb('{quoted}'::text)"),
            Kind::Sqlite | Kind::Mysql => format!("json_quote('{quoted}')"),
        };
        fresh.sql(&format!("UPDATE blog_post SET content = '{quoted}', link = '{quoted}', extra = {json}")).await;
        // Longer than the fields allow: only another program can have stored it, and only where the database does not mind.
        if fresh.database.kind() == Kind::Sqlite {
            fresh.sql(&format!("UPDATE blog_tag SET name = '{quoted}'")).await;
            fresh.sql(&format!("UPDATE blog_post SET status = '{quoted}'")).await;
        }
        let client = fresh.client(&ada).await;
        let mut fields = post_fields(payload, "x y", "1");
        fields.extend([
            ("content", payload),
            ("link", payload),
            ("price", payload),
            ("published_on", payload),
            ("extra", payload),
            ("reminder", payload),
            ("tags", payload),
            ("author__find", payload),
        ]);
        let encoded = percent_encoded(payload);
        let mut pages = Vec::new();
        pages.push(page(client.post("/admin/blog/post/1/change/").form(&fields).await));
        fields.pop();
        pages.push(page(client.post("/admin/blog/post/1/change/").form(&fields).await));
        // Deleting leaves the name in the log and in a message.
        client.post("/admin/blog/tag/1/delete/").form(&[("post", "yes")]).await.assert_redirect("/admin/blog/tag/");
        for path in [
            "/admin/".to_owned(),
            "/admin/blog/".to_owned(),
            "/admin/blog/post/".to_owned(),
            format!("/admin/blog/post/?q={encoded}"),
            format!("/admin/blog/post/?status__exact={encoded}"),
            "/admin/blog/comment/".to_owned(),
            "/admin/blog/post/1/change/".to_owned(),
            "/admin/blog/post/1/history/".to_owned(),
            "/admin/blog/post/1/delete/".to_owned(),
            "/admin/auth/user/".to_owned(),
            "/admin/auth/user/1/change/".to_owned(),
            "/admin/auth/user/1/delete/".to_owned(),
            "/admin/auth/user/1/password/".to_owned(),
            format!("/admin/blog/post/add/?title={encoded}&_changelist_filters={encoded}"),
        ] {
            pages.push(page(client.get(&path).await));
        }
        pages.push(crate::site::text(
            client.get(&format!("/admin/blog/post/{encoded}/change/")).await.assert_status(404),
        ));
        let login = fresh.stranger().await;
        pages.push(page(
            login.post("/admin/login/").form(&[("username", payload), ("password", "x"), ("next", payload)]).await,
        ));
        for body in pages {
            for dangerous in ["<script>alert", "<img src=x", "<svg onload", "49{%", "onerror=alert(1)>"] {
                assert!(!body.contains(dangerous), "{dangerous} in {body}");
            }
        }
    }
}

#[tokio::test]
async fn a_link_that_would_run_code_is_stored_text_and_nothing_else() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    fresh.post("First", &ada).await;
    fresh.sql("UPDATE blog_post SET link = 'javascript:alert(1)'").await;
    let client = fresh.client(&ada).await;
    for path in ["/admin/blog/post/", "/admin/blog/post/1/change/"] {
        let body = page(client.get(path).await);
        assert!(body.contains("javascript:alert(1)") && !body.contains("href=\"javascript"), "{path}: {body}");
    }
}

#[tokio::test]
async fn every_page_is_private_and_runs_only_its_own_scripts() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    fresh.post("First", &ada).await;
    let client = fresh.client(&ada).await;
    for (path, status) in [
        ("/admin/", 200),
        ("/admin/blog/post/", 200),
        ("/admin/blog/post/1/change/", 200),
        ("/admin/blog/post/9/change/", 404),
        ("/admin/password_change/", 200),
        ("/admin/blog/post/1/", 302),
    ] {
        let response = client.get(path).await.assert_status(status);
        assert_eq!(response.header("cache-control"), Some("private, no-store"), "{path}");
        assert_eq!(response.header("x-frame-options"), Some("DENY"), "{path}");
        if status != 302 {
            let policy = response.header("content-security-policy").expect("a policy");
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
            let body = response.text();
            let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
            for script in body.split("<script").skip(1) {
                assert!(script.starts_with(&format!(" nonce=\"{nonce}\" src=")), "{script}");
            }
            assert!(!body.contains(" style=") && !body.contains(" onclick="), "{path}");
        }
    }
    let login = fresh.stranger().await.get("/admin/login/").await;
    assert_eq!(login.header("cache-control"), Some("private, no-store"));
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    fresh.post("First", &ada).await;
    let client = fresh.client(&ada).await;
    for path in [
        "/admin/blog/post/1/delete/",
        "/admin/blog/post/add/",
        "/admin/logout/",
        "/admin/blog/post/",
        "/admin/password_change/",
    ] {
        let request = client.post(path).form(&post_fields("x", "x", "1")).header("sec-fetch-site", "cross-site");
        request.await.assert_status(403);
        // An old browser says nothing of where a form comes from, so it has to send the token.
        let request = client.post(path).form(&post_fields("x", "x", "1")).header("sec-fetch-site", "");
        request.await.assert_status(403);
    }
    assert_eq!(fresh.sql("SELECT title FROM blog_post").await, ["First"]);
    page(client.get("/admin/").await);
}

#[tokio::test]
async fn control_characters_do_not_reach_the_log_table_as_lines_of_their_own() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let client = fresh.client(&ada).await;
    let body = page(client.post("/admin/blog/tag/add/").form(&[("name", "a\0b")]).await);
    assert!(body.contains("Null characters are not allowed."), "{body}");
    client.post("/admin/blog/tag/add/").form(&[("name", "a\r\nSet-Cookie: x=1")]).await;
    let response = client.get("/admin/blog/tag/?q=%0d%0aSet-Cookie:%20x=1&nosuch=%0d%0aX:%20y").await;
    assert!(!response.headers("set-cookie").any(|cookie| cookie.starts_with("x=")));
    assert_eq!(response.header("x"), None);
}
