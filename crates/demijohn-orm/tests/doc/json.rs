// The model of the examples in the documentation of JSON.

use demijohn_macros::Model;
use demijohn_orm::Model;

#[derive(Model, Debug)]
#[model(app = "lab", crate = demijohn_orm)]
struct Device {
    id: i64,
    data: serde_json::Value,
}
