//! The list: what it shows, finds, sorts and leaves out.

use demijohn_core::Result;
use demijohn_orm::Model as _;
use demijohn_web::{BoxFuture, Plugin, SiteBuilder};

use crate::blog::{Award, Post};
use crate::site::{Fresh, page};

/// The titles of the rows of a list, in order.
fn titles(body: &str) -> Vec<String> {
    let rows = body.split("<th class=\"col-title is-text\"").skip(1);
    rows.filter_map(|row| {
        let link = row.split("</a>").next()?;
        Some(link.rsplit('>').next()?.to_owned())
    })
    .collect()
}

async fn with_posts(names: &[&str]) -> (Fresh, demijohn_web::TestClient) {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    for name in names {
        fresh.post(name, &ada).await;
    }
    let client = fresh.client(&ada).await;
    (fresh, client)
}

#[tokio::test]
async fn a_row_shows_names_words_and_dates_as_people_read_them() {
    let (fresh, client) = with_posts(&["First"]).await;
    fresh.sql("UPDATE blog_post SET published_on = '2026-11-22', created_at = '2026-11-22 08:30:00', featured = true, link = 'https://example.org/a'").await;
    let body = page(client.get("/admin/blog/post/").await);
    for shown in [
        "<a href=\"/admin/blog/post/1/change/\">First</a>",
        "ada</td>",
        "Still a draft",
        "<time datetime=\"2026-11-22\">22 Nov 2026</time>",
        "<time datetime=\"2026-11-22T08:30:00Z\">22 Nov 2026, 08:30</time>",
        "data-value=\"true\"",
        "<a href=\"https://example.org/a\" rel=\"noopener noreferrer nofollow\">",
        "Title, content, author",
    ] {
        assert!(body.contains(shown), "no {shown} in {body}");
    }
}

#[tokio::test]
async fn words_are_found_in_any_field_and_a_phrase_in_quotes_whole() {
    let (fresh, client) = with_posts(&["Fog and rain", "Rain only", "100% wool", "Straße"]).await;
    fresh.sql("UPDATE blog_post SET content = 'with FOG' WHERE id = 2").await;
    for (query, found) in [
        ("fog rain", vec!["Rain only", "Fog and rain"]),
        ("%22and+rain%22", vec!["Fog and rain"]),
        ("100%25", vec!["100% wool"]),
        ("ada+wool", vec!["100% wool"]),
        ("nothing", vec![]),
        ("%27", vec![]),
        ("%00", vec!["Straße", "100% wool", "Rain only", "Fog and rain"]),
    ] {
        let body = page(client.get(&format!("/admin/blog/post/?q={}", query.replace(' ', "+"))).await);
        assert_eq!(titles(&body), found, "{query}");
        assert!(!found.is_empty() || body.contains("No posts match"), "{query}: {body}");
    }
}

#[tokio::test]
async fn the_list_is_sorted_by_several_of_its_columns_and_by_nothing_else() {
    let (fresh, client) = with_posts(&["b", "a", "c"]).await;
    fresh.sql("UPDATE blog_post SET status = 'live' WHERE title = 'a'").await;
    for (order, found) in [
        ("1", ["a", "b", "c"]),
        ("-1", ["c", "b", "a"]),
        ("-4.1", ["a", "b", "c"]),
        ("4.-1", ["c", "b", "a"]),
        ("2.1", ["a", "b", "c"]),
        ("", ["c", "a", "b"]),
        ("99.x.-.0.title;drop", ["c", "a", "b"]),
    ] {
        let body = page(client.get(&format!("/admin/blog/post/?o={order}")).await);
        assert_eq!(titles(&body), found, "o={order}");
    }
    let body = page(client.get("/admin/blog/post/?o=1.-4").await);
    assert!(body.contains("aria-sort=\"ascending\"") && body.contains("aria-sort=\"descending\""), "{body}");
    assert!(body.contains("href=\"?o=-1.-4\""), "{body}");
}

#[tokio::test]
async fn filters_narrow_the_list_and_others_are_refused_with_a_word() {
    let (fresh, client) = with_posts(&["a", "b"]).await;
    let bob = fresh.superuser("bob").await;
    fresh.post("c", &bob).await;
    fresh
        .sql("UPDATE blog_post SET status = 'live', featured = true, created_at = '2020-05-05 00:00:00' WHERE title = 'a'")
        .await;
    for (query, found) in [
        ("status__exact=live", vec!["a"]),
        ("featured__exact=0", vec!["c", "b"]),
        ("author__id__exact=2", vec!["c"]),
        ("status__exact=draft&author__id__exact=1", vec!["b"]),
        ("created_at__gte=2020-05-01&created_at__lt=2020-06-01T00:00:00Z", vec!["a"]),
        ("published_on__isnull=True", vec!["c", "b", "a"]),
        ("author=2", vec!["c"]),
    ] {
        let body = page(client.get(&format!("/admin/blog/post/?{query}")).await);
        assert_eq!(titles(&body), found, "{query}");
    }
    let body = page(client.get("/admin/blog/post/?status__exact=live").await);
    assert!(body.contains("href=\"?status__exact=live\" aria-current=\"true\""), "{body}");
    for query in [
        "author__password__startswith=p",
        "author__password=x",
        "author__username=ada",
        "nosuch=1",
        "title__regex=.",
        "secret__exact=hidden",
        "secret=hidden",
        "id__in=1",
        "featured__exact=maybe",
        "author__id__exact=x",
        "created_at__gte=yesterday",
        "title)%20OR%201=1--=x",
        "status__exact=%00",
    ] {
        let response = client.get(&format!("/admin/blog/post/?{query}&q=a")).await;
        let body =
            page(client.get(response.assert_redirect("/admin/blog/post/?q=a").header("location").expect("one")).await);
        assert!(body.contains("It was left out."), "{query}: {body}");
    }
    client.get("/admin/auth/user/?password__gte=a").await.assert_redirect("/admin/auth/user/");
}

#[tokio::test]
async fn long_lists_come_in_pages_that_always_exist() {
    let names: Vec<String> = (1..=25).map(|n| format!("post {n:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (_fresh, client) = with_posts(&names).await;
    let body = page(client.get("/admin/blog/post/?o=1&p=2").await);
    assert_eq!(titles(&body), names[10..20].to_vec());
    assert!(body.contains("11–20 of") && body.contains("href=\"?o=1&amp;p=3\""), "{body}");
    for p in ["3", "99", "18446744073709551615", "99999999999999999999999"] {
        let body = page(client.get(&format!("/admin/blog/post/?o=1&p={p}")).await);
        assert_eq!(titles(&body), names[20..].to_vec(), "p={p}");
    }
    assert_eq!(titles(&page(client.get("/admin/blog/post/?o=1&p=-3").await)), names[..10].to_vec());
    assert_eq!(titles(&page(client.get("/admin/blog/post/?o=1&all=").await)), names);
}

#[tokio::test]
async fn a_list_makes_as_many_queries_for_many_rows_as_for_one() {
    let mut counts = Vec::new();
    for rows in [1, 10] {
        let fresh = Fresh::with(crate::site::app().plugin(CountsQueries), |mut settings| {
            settings.debug = true;
            settings
        })
        .await;
        let ada = fresh.superuser("ada").await;
        for n in 0..rows {
            let author = fresh.superuser(&format!("author{n}")).await;
            let post = fresh.post(&format!("post {n}"), &author).await;
            Award::create().name(format!("award {n}")).post(&post).save(&fresh.db).await.expect("saved");
        }
        let client = fresh.client(&ada).await;
        let mut of_rows = Vec::new();
        let lists = ["/admin/blog/award/", "/admin/blog/post/"];
        let others = ["/admin/", "/admin/blog/post/1/change/", "/admin/blog/post/1/history/", "/admin/blog/post/add/"];
        for path in lists.into_iter().chain(others) {
            let response = client.get(path).await.assert_status(200);
            let count = response.header("x-query-count").and_then(|count| count.parse::<usize>().ok());
            of_rows.push(count.expect("the plugin counts"));
            let body = response.text();
            let has_names = body.contains("author0</td>") && body.contains("post 0");
            assert!(has_names || !lists.contains(&path), "no names of related rows: {body}");
        }
        counts.push(of_rows);
    }
    assert_eq!(counts[0], counts[1]);
    // Session and user, then one count and one page; the list of posts offers the authors to filter by.
    assert!(counts[1][0] <= 4 && counts[1][1] <= 5, "{counts:?}");
}

/// Says how many queries each request made.
struct CountsQueries;

impl Plugin for CountsQueries {
    fn name(&self) -> &'static str {
        "counts-queries"
    }

    fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
        site.on_response(|context, _, response| {
            let count = context.queries().len();
            Box::pin(async move {
                response.headers_mut().insert("x-query-count", count.into());
                Ok(())
            })
        });
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn an_empty_list_says_so_and_offers_to_add() {
    let (_fresh, client) = with_posts(&[]).await;
    let body = page(client.get("/admin/blog/post/").await);
    assert!(body.contains("No posts yet") && body.contains("/admin/blog/post/add/"), "{body}");
    assert_eq!(Post::meta().label_plural, "posts");
}

#[tokio::test]
async fn chosen_rows_are_deleted_after_they_were_shown_and_all_of_a_search_at_once() {
    let (fresh, client) = with_posts(&["a fog", "b fog", "c"]).await;
    let chosen = [("action", "delete_selected"), ("_selected_action", "1"), ("_selected_action", "3")];
    let body = page(client.post("/admin/blog/post/").form(&chosen).await);
    assert!(body.contains("Delete 2 posts?") && body.contains("a fog") && !body.contains("b fog"), "{body}");
    assert!(body.contains("name=\"_selected_action\" value=\"3\""), "{body}");
    assert_eq!(fresh.sql("SELECT count(*) FROM blog_post").await, ["3"]);
    let across = [("action", "delete_selected"), ("_selected_action", "1"), ("select_across", "1"), ("post", "yes")];
    client.post("/admin/blog/post/?q=fog").form(&across).await.assert_redirect("/admin/blog/post/?q=fog");
    assert_eq!(fresh.sql("SELECT title FROM blog_post").await, ["c"]);
    assert_eq!(fresh.sql("SELECT object_repr FROM django_admin_log WHERE action_flag = 3 ORDER BY id").await.len(), 2);
    let body = page(client.get("/admin/blog/post/?q=fog").await);
    assert!(body.contains("Successfully deleted 2 posts."), "{body}");
    for (fields, said) in [
        (vec![("action", ""), ("_selected_action", "3")], "No action selected."),
        (vec![("action", "delete_selected")], "Items must be selected"),
    ] {
        client.post("/admin/blog/post/").form(&fields).await.assert_redirect("/admin/blog/post/");
        assert!(page(client.get("/admin/blog/post/").await).contains(said), "{said}");
    }
}
