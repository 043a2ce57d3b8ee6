//! What `examples/hello` does, in plain axum: `axum-hello ADDRESS`.

use axum::{Json, Router, routing::get};
use serde_json::{Value, json};

async fn hello() -> Json<Value> {
    Json(json!({ "message": "Hello, World!" }))
}

#[tokio::main]
async fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await.expect("the address is free");
    axum::serve(listener, Router::new().route("/api/hello", get(hello))).await.expect("the server runs");
}
