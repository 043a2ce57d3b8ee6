//! The smallest site: one route, JSON.

use demijohn::prelude::*;

async fn hello() -> Json<Value> {
    Json(json!({ "message": "Hello, World!" }))
}

#[demijohn::main]
async fn main() -> Result<()> {
    App::new().get("/api/hello", hello).run().await
}
