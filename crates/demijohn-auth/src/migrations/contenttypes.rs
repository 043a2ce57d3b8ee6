//! The migrations of `contenttypes`.

mod m0002_remove_content_type_name;

demijohn_orm::migrations! {
    "contenttypes",
    m0002_remove_content_type_name,
}
