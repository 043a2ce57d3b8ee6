//! The receiver through its front door.

use demijohn::test::{TestClient, TestResponse, test_settings};

use super::*;

const SECRET: &str = "a secret that both sides know";

async fn client() -> TestClient {
    let mut settings = test_settings().with_var("WEBHOOK_SECRET", SECRET);
    settings.body_limit = 1024;
    TestClient::new((app(), settings)).await.expect("the app is sound").accept_json()
}

async fn post(client: &TestClient, body: &str, signature: &str) -> TestResponse {
    let request = client.post("/hooks").header("content-type", "application/json");
    request.header("x-signature-256", signature).body(body.to_owned()).await
}

fn signature(body: &str) -> String {
    format!("sha256={}", signing::hex(&signing::hmac_sha256(SECRET.as_bytes(), body.as_bytes())))
}

#[demijohn::test]
async fn accepts_a_signed_event_once() {
    let client = client().await;
    let body = r#"{"id":"evt_1","kind":"payment.succeeded","data":{"amount":1200}}"#;
    let response = post(&client, body, &signature(body)).await.assert_status(202);
    assert_eq!(response.json::<Value>(), json!({ "accepted": true, "new": true }));
    let again = post(&client, body, &signature(body)).await.assert_status(202);
    assert_eq!(again.json::<Value>()["new"], false);
}

#[demijohn::test]
async fn signs_as_other_programs_do() {
    // printf '{}' | openssl dgst -sha256 -hmac 'a secret that both sides know'
    let known = "sha256=171ed88cf0704f5ec0d3adce487a7d6b6791ca9aeb343878586a73b166410c97";
    assert_eq!(signature("{}"), known);
}

#[demijohn::test]
async fn refuses_a_wrong_or_missing_signature() {
    let client = client().await;
    let body = r#"{"id":"evt_1","kind":"payment.succeeded"}"#;
    for wrong in ["", "sha256=", "sha1=00", &signature("{}"), &signature(body)[7..]] {
        let response = post(&client, body, wrong).await.assert_status(401);
        assert_eq!(response.json::<Value>()["error"]["code"], "unauthenticated");
    }
}

#[demijohn::test]
async fn refuses_a_body_over_the_limit() {
    let client = client().await;
    let body = format!(r#"{{"id":"evt_1","kind":"{}"}}"#, "x".repeat(1024));
    let response = post(&client, &body, &signature(&body)).await.assert_status(413);
    let message = "the body is larger than the 1024 bytes allowed";
    assert_eq!(response.json::<Value>()["error"]["message"], message);
}

#[demijohn::test]
async fn says_what_is_wrong_with_signed_nonsense() {
    let client = client().await;
    let response = post(&client, "{", &signature("{")).await.assert_status(400);
    let message = "the body is not JSON: EOF while parsing an object at line 1, column 1";
    assert_eq!(response.json::<Value>()["error"]["message"], message);
    let missing = r#"{"id":"evt_1"}"#;
    let response = post(&client, missing, &signature(missing)).await.assert_status(422);
    assert_eq!(response.json::<Value>()["error"]["message"], "`kind` is missing");
}
