//! The migrations of this app. `makemigrations` keeps this list.

demijohn::migrations! {
    "blog",
}
