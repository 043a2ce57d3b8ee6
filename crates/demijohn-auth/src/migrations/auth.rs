//! The migrations of `auth`.

mod m0012_alter_user_first_name_max_length;

demijohn_orm::migrations! {
    "auth",
    m0012_alter_user_first_name_max_length,
}
