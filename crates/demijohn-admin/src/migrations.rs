//! The migrations of `admin`.

mod m0003_logentry_add_action_flag_choices;

demijohn_orm::migrations! {
    "admin",
    m0003_logentry_add_action_flag_choices,
}
