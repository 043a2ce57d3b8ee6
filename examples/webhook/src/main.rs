//! A receiver of signed webhooks: one file, no database.
//!
//! The sender signs the body with a key that both know and sends `X-Signature-256: sha256=<hex>`. Run it with
//! `WEBHOOK_SECRET=… cargo run -p webhook`; `POST /hooks` then answers 202, 401 for a bad signature, 400 for broken
//! JSON and 413 for a body that is too large.

use std::sync::{Arc, Mutex};

use demijohn::axum::body::Bytes;
use demijohn::axum::http::{HeaderMap, StatusCode};
use demijohn::prelude::*;
use demijohn::{Site, signing};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Event {
    id: String,
    kind: String,
    #[serde(default)]
    data: Value,
}

/// The events that came in; a real receiver would hand them to a queue.
#[derive(Clone, Default)]
struct Received(Arc<Mutex<Vec<Event>>>);

async fn receive(
    State(site): State<Site>,
    State(received): State<Received>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>)> {
    check_signature(site.settings(), &headers, &body)?;
    let Json(event) = Json::<Event>::from_bytes(&body)?;
    let mut events = received.0.lock().expect("no holder of the lock panics");
    // Senders repeat what they are not sure of; the id tells.
    let is_new = !events.iter().any(|known| known.id == event.id);
    if is_new {
        events.push(event);
    }
    Ok((StatusCode::ACCEPTED, Json(json!({ "accepted": true, "new": is_new }))))
}

/// The signature is over the bytes as they came, so it is checked before anything reads them.
fn check_signature(settings: &Settings, headers: &HeaderMap, body: &[u8]) -> Result<()> {
    let refused = || Error::unauthenticated("the signature is missing or wrong");
    let header = headers.get("x-signature-256").and_then(|value| value.to_str().ok()).ok_or_else(refused)?;
    let given = header.strip_prefix("sha256=").ok_or_else(refused)?;
    let expected = signing::hex(&signing::hmac_sha256(secret(settings)?.as_bytes(), body));
    if signing::constant_time_eq(given.to_ascii_lowercase().as_bytes(), expected.as_bytes()) {
        Ok(())
    } else {
        Err(refused())
    }
}

fn secret(settings: &Settings) -> Result<&str> {
    let secret = settings.var("WEBHOOK_SECRET").filter(|secret| secret.len() >= 16);
    secret.ok_or_else(|| {
        Error::misconfigured("webhook.secret", "`WEBHOOK_SECRET` is not set, or is shorter than 16 characters")
            .with_hint("set it in the environment or in `.env` to the secret that the sender signs with")
    })
}

fn app() -> App {
    App::new()
        // Each request proves itself with its signature, and no browser is involved.
        .csrf_exempt()
        .state(Received::default())
        .post("/hooks", receive)
        .before_serve(async |site| secret(site.settings()).map(drop))
}

#[demijohn::main]
async fn main() -> Result<()> {
    app().run().await
}

#[cfg(test)]
mod tests;
