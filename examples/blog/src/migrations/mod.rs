//! The migrations of this app. `makemigrations` keeps this list.

mod m0001_initial;

demijohn::migrations! {
    "blog",
    m0001_initial,
}
