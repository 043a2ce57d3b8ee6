//! What extractors say about bad input.

use std::collections::HashMap;

use demijohn_core::Result;
use demijohn_web::{App, Form, Json, Path, PeerAddr, Query, State, TestClient};
use expect_test::{Expect, expect};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::client;

#[derive(Deserialize)]
struct Order {
    name: String,
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    count: u32,
}

async fn order(Json(order): Json<Order>) -> Json<Value> {
    Json(json!({ "name": order.name, "total": order.lines.iter().map(|line| line.count).sum::<u32>() }))
}

#[derive(Deserialize)]
struct Person {
    name: String,
    age: u8,
}

async fn form(Form(person): Form<Person>) -> String {
    format!("{} is {}", person.name, person.age)
}

async fn query(Query(person): Query<Person>) -> String {
    format!("{} is {}", person.name, person.age)
}

async fn api() -> TestClient {
    let app = App::new()
        .post("/order", order)
        .post("/form", form)
        .get("/form", form)
        .get("/query", query)
        .get("/post/{id}", async |Path(id): Path<u32>| id.to_string());
    client(app).await.accept_json()
}

fn check(status: u16, response: demijohn_web::test::TestResponse, expected: Expect) {
    let response = response.assert_status(status);
    expected.assert_eq(&serde_json::to_string_pretty(&response.json::<Value>()).expect("it is JSON"));
}

#[tokio::test]
async fn json_is_read_and_written() {
    let response =
        api().await.post("/order").json(&json!({ "name": "x", "lines": [{ "count": 2 }, { "count": 3 }] })).await;
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.json::<Value>(), json!({ "name": "x", "total": 5 }));
}

#[tokio::test]
async fn broken_json_names_the_line_and_what_was_expected() {
    let client = api().await;
    let send = |body: &'static str| client.post("/order").header("content-type", "application/json").body(body);
    check(
        400,
        send("{\"name\": \"x\",\n  lines: []}").await,
        expect![[r#"
        {
          "error": {
            "code": "web.json",
            "message": "the body is not JSON: key must be a string at line 2, column 3"
          }
        }"#]],
    );
    check(
        400,
        send("").await,
        expect![[r#"
        {
          "error": {
            "code": "web.json",
            "message": "the body is empty; it has to be JSON"
          }
        }"#]],
    );
    check(
        400,
        send(r#"{"name": "x", "lines": []} x"#).await,
        expect![[r#"
        {
          "error": {
            "code": "web.json",
            "message": "the body is not JSON: trailing characters at line 1, column 28"
          }
        }"#]],
    );
}

#[tokio::test]
async fn in_development_the_line_itself_is_shown() {
    let client = crate::support::development(App::new().post("/order", order)).await.accept_json();
    let request =
        client.post("/order").header("content-type", "application/json").body("{\"name\": \"x\",\n  lines: []}");
    check(
        400,
        request.await,
        expect![[r#"
        {
          "error": {
            "code": "web.json",
            "debug": "the body is not JSON: key must be a string at line 2, column 3\n  2 |   lines: []}\n    |   ^\nhint: names and texts stand in double quotes, and nothing follows the last item but its bracket",
            "message": "the body is not JSON: key must be a string at line 2, column 3"
          }
        }"#]],
    );
}

#[tokio::test]
async fn a_value_of_the_wrong_type_names_its_path() {
    let client = api().await;
    check(
        422,
        client.post("/order").json(&json!({ "name": "x", "lines": [{ "count": 1 }, { "count": "many" }] })).await,
        expect![[r#"
        {
          "error": {
            "code": "web.json_type",
            "fields": {
              "lines[1].count": [
                "invalid type: string \"many\", expected u32"
              ]
            },
            "message": "`lines[1].count`: invalid type: string \"many\", expected u32"
          }
        }"#]],
    );
    check(
        422,
        client.post("/order").json(&json!({ "name": "x" })).await,
        expect![[r#"
        {
          "error": {
            "code": "web.json_type",
            "fields": {
              "lines": [
                "is missing"
              ]
            },
            "message": "`lines` is missing"
          }
        }"#]],
    );
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let client = api().await;
    check(
        415,
        client.post("/order").form(&[("name", "x")]).await,
        expect![[r#"
        {
          "error": {
            "code": "web.media_type",
            "message": "the body has the content type `application/x-www-form-urlencoded`; it has to be `application/json`"
          }
        }"#]],
    );
    check(
        415,
        client.post("/form").json(&json!({})).await,
        expect![[r#"
        {
          "error": {
            "code": "web.media_type",
            "message": "the body has the content type `application/json`; it has to be `application/x-www-form-urlencoded`"
          }
        }"#]],
    );
    check(
        415,
        client.post("/order").body("{}").await,
        expect![[r#"
        {
          "error": {
            "code": "web.media_type",
            "message": "the body has no content type; it has to be `application/json`"
          }
        }"#]],
    );
}

#[tokio::test]
async fn deep_nesting_costs_an_error_not_the_stack() {
    let client = crate::support::client(App::new().post("/any", async |Json(_): Json<Value>| "x")).await;
    let body = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    client.post("/any").header("content-type", "application/json").body(body).await.assert_status(400);
}

#[tokio::test]
async fn form_and_query_fields_are_named() {
    let client = api().await;
    assert_eq!(client.post("/form").form(&[("name", "Ada"), ("age", "36")]).await.text(), "Ada is 36");
    assert_eq!(client.get("/form?name=Ada&age=36").await.text(), "Ada is 36");
    assert_eq!(client.get("/query?name=A%20B&age=1").await.text(), "A B is 1");
    check(
        422,
        client.post("/form").form(&[("name", "Ada"), ("age", "old")]).await,
        expect![[r#"
        {
          "error": {
            "code": "web.form_type",
            "fields": {
              "age": [
                "`old` cannot be read: invalid digit found in string"
              ]
            },
            "message": "`age`: `old` cannot be read: invalid digit found in string"
          }
        }"#]],
    );
    check(
        422,
        client.get("/query?name=Ada").await,
        expect![[r#"
        {
          "error": {
            "code": "web.query_type",
            "fields": {
              "age": [
                "is missing"
              ]
            },
            "message": "`age` is missing"
          }
        }"#]],
    );
}

#[tokio::test]
async fn too_many_fields_are_refused() {
    let body = "a=1&".repeat(1001);
    let response =
        api().await.post("/form").header("content-type", "application/x-www-form-urlencoded").body(body).await;
    check(
        413,
        response,
        expect![[r#"
        {
          "error": {
            "code": "web.too_many_fields",
            "message": "there are more than 1000 fields"
          }
        }"#]],
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let mut settings = demijohn_web::test::test_settings();
    settings.body_limit = 100;
    let app =
        || App::new().post("/order", order).post("/bytes", async |body: axum::body::Bytes| body.len().to_string());
    let client = TestClient::new((app(), settings.clone())).await.expect("it is sound").accept_json();
    let big = json!({ "name": "x".repeat(100), "lines": [] });
    check(
        413,
        client.post("/order").json(&big).await,
        expect![[r#"
        {
          "error": {
            "code": "web.body_too_large",
            "message": "the body is larger than the 100 bytes allowed"
          }
        }"#]],
    );
    // The announced length is a lie; the bytes count.
    let lie = client.post("/bytes").header("content-length", "3").body("x".repeat(101));
    lie.await.assert_status(413);
    assert_eq!(client.post("/bytes").body("x".repeat(100)).await.text(), "100");
}

#[tokio::test]
async fn axums_own_extractors_have_the_sites_limit_and_no_other() {
    let client = client(App::new().post("/", async |body: axum::body::Bytes| body.len().to_string())).await;
    assert_eq!(client.post("/").body("x".repeat(2_400_000)).await.text(), "2400000");
}

#[tokio::test]
async fn a_path_that_does_not_fit_is_not_found() {
    let client = api().await;
    assert_eq!(client.get("/post/7").await.text(), "7");
    check(
        404,
        client.get("/post/seven").await,
        expect![[r#"
        {
          "error": {
            "code": "web.path_type",
            "message": "not found"
          }
        }"#]],
    );
    client.get("/post/99999999999999999999").await.assert_status(404);
}

#[tokio::test]
async fn state_that_nobody_gave_says_what_there_is() {
    let app = App::new()
        .state(7_u32)
        .get("/good", async |State(n): State<u32>| n.to_string())
        .get("/bad", async |State(_): State<String>| "x");
    let client = crate::support::development(app).await.accept_json();
    assert_eq!(client.get("/good").await.text(), "7");
    check(
        500,
        client.get("/bad").await,
        expect![[r#"
        {
          "error": {
            "code": "web.state",
            "debug": "no value of type `alloc::string::String` was given to the app; it has `u32`\nhint: give it with `App::state(value)`",
            "message": "internal server error"
          }
        }"#]],
    );
}

#[tokio::test]
async fn the_site_itself_is_state_and_peers_have_addresses() -> Result<()> {
    let app = App::new().get("/", async |State(site): State<demijohn_web::Site>, PeerAddr(peer): PeerAddr| {
        format!("{} routes, {}", site.routes().len(), peer.ip())
    });
    assert_eq!(client(app).await.get("/").await.text(), "1 routes, 127.0.0.1");
    Ok(())
}

#[tokio::test]
async fn maps_take_any_query() {
    let app = App::new().get("/", async |Query(query): Query<HashMap<String, String>>| query.len().to_string());
    assert_eq!(client(app).await.get("/?a=1&b=2&b=3").await.text(), "2");
}
