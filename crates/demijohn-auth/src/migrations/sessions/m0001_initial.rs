use demijohn_orm::migrations::prelude::*;

pub(super) fn migration() -> Migration {
    Migration::new("sessions", "0001_initial").create_model("Session", |m| {
        m.table("django_session");
        m.field("session_key", varchar(40).primary_key());
        m.field("session_data", text());
        m.field("expire_date", timestamp().indexed());
    })
}
