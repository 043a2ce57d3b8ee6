//! The migrations of `sessions`.

mod m0001_initial;

demijohn_orm::migrations! {
    "sessions",
    m0001_initial,
}
