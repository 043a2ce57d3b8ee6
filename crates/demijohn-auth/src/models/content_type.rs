//! [`ContentType`]: a model, as a row.

use demijohn_macros::Model;

/// A model of the site, as a row that others can point to: permissions, the admin's history.
#[derive(Debug, Clone, Model)]
#[model(app = "contenttypes", table = "django_content_type", label = "content type", crate = demijohn_orm)]
#[model(display = ["app_label", "model"], natural_key = ["app_label", "model"], unique("app_label", "model"))]
pub struct ContentType {
    /// The key.
    #[field(integer)]
    pub id: i64,
    /// The app: `blog`.
    #[field(max_length = 100)]
    pub app_label: String,
    /// The model's name in small letters: `post`.
    #[field(max_length = 100, label = "python model class name")]
    pub model: String,
}
