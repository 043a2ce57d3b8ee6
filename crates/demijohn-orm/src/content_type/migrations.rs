//! The migration of `contenttypes`. It stands for both of Django's.

mod m0002_remove_content_type_name;

crate::migrations! {
    "contenttypes",
    m0002_remove_content_type_name,
}
