//! [`LogEntry`]: who did what in the admin, in Django's table and words.

mod message;

use demijohn_auth::{ContentType, User};
use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Value};
use demijohn_macros::Model;
use demijohn_orm::records;
use demijohn_orm::{Condition, Executor, ForeignKey, Model as _, Text, Timestamp};
use demijohn_sql::{Column, Compare, Expr};

pub(crate) use message::{ADDED, changed, in_words};

/// An act in the admin: a row of Django's `django_admin_log`.
#[derive(Debug, Clone, Model)]
#[model(app = "admin", table = "django_admin_log", label = "log entry", label_plural = "log entries")]
#[model(ordering = ["-action_time"], display = ["object_repr"], crate = demijohn_orm)]
pub struct LogEntry {
    /// The key.
    #[field(integer)]
    pub id: i64,
    /// When.
    #[field(label = "action time")]
    pub action_time: Timestamp,
    /// Who.
    #[field(on_delete = Cascade)]
    pub user: ForeignKey<User>,
    /// The model of the row.
    #[field(on_delete = SetNull, label = "content type")]
    pub content_type: Option<ForeignKey<ContentType>>,
    /// The row's key as text.
    #[field(blank, label = "object id")]
    pub object_id: Option<Text>,
    /// What people read for the row.
    #[field(max_length = 200, label = "object repr")]
    pub object_repr: String,
    /// 1 added, 2 changed, 3 deleted.
    #[field(choices = [("1", "Addition"), ("2", "Change"), ("3", "Deletion")], label = "action flag")]
    pub action_flag: i16,
    /// What was changed, as JSON; empty for a deletion.
    #[field(blank, label = "change message")]
    pub change_message: Text,
}

/// What was done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Addition = 1,
    Change = 2,
    Deletion = 3,
}

impl Action {
    /// The word for an action flag of the table, as templates know it.
    pub(crate) const fn kind(flag: i16) -> &'static str {
        match flag {
            1 => "addition",
            3 => "deletion",
            _ => "change",
        }
    }
}

/// A row that something was done with.
pub(crate) struct Logged<'a> {
    pub(crate) meta: &'static ModelMeta,
    pub(crate) key: &'a Value,
    pub(crate) label: &'a str,
}

/// Writes down what somebody did. Belongs into the transaction that does it.
pub(crate) async fn write(
    db: &dyn Executor,
    user: &User,
    action: Action,
    rows: &[Logged<'_>],
    message: &str,
) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let content_type = Value::Int(ContentType::of_meta(first.meta, db).await?.id);
    let now = Timestamp::now();
    let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
    for row in rows {
        let label: String = row.label.chars().take(200).collect();
        let values = LogEntry::meta().fields.iter().map(|field| match field.name {
            "action_time" => Some(Value::Timestamp(now)),
            "user" => Some(Value::Int(user.id)),
            "content_type" => Some(content_type.clone()),
            "object_id" => Some(Value::from(row.key.to_string())),
            "object_repr" => Some(Value::from(label.as_str())),
            "action_flag" => Some(Value::Int(action as i64)),
            "change_message" => Some(Value::from(message)),
            _ => None,
        });
        records::insert(db, LogEntry::meta(), values.collect()).await?;
    }
    Ok(())
}

/// The position of a field of the log.
pub(crate) fn position(name: &str) -> u16 {
    LogEntry::meta().index_of(name).expect("the log has this field") as u16
}

/// `column = value`
pub(crate) fn equal(column: Column, value: Value) -> Condition {
    Condition::from_expr(Expr::Compare(Compare::Eq, Box::new((Expr::Column(column), Expr::Value(value)))))
}
