//! [`Permission`]: something that users may do.

use demijohn_macros::Model;
use demijohn_orm::ForeignKey;

use super::ContentType;

/// Something that users may do. Every model has four: to add, change, delete and view its rows.
#[derive(Debug, Clone, Model)]
#[model(app = "auth", label = "permission", crate = demijohn_orm)]
#[model(ordering = ["content_type", "codename"], unique("content_type", "codename"))]
#[model(natural_key = ["codename", "content_type"])]
pub struct Permission {
    /// The key.
    #[field(integer)]
    pub id: i64,
    /// What people read: `Can add post`.
    #[field(max_length = 255)]
    pub name: String,
    /// The model it is about.
    #[field(on_delete = Cascade, label = "content type")]
    pub content_type: ForeignKey<ContentType>,
    /// What programs ask for, after the app's name and a dot: `add_post`.
    #[field(max_length = 100)]
    pub codename: String,
}
