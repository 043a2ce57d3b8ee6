//! [`Leaf`]: rows that go with others, as a condition.

use demijohn_core::Result;
use demijohn_core::model::{GenericRelationMeta, ModelMeta, Value};
use demijohn_sql::{Column, Expr, Select, is_of_model};

use super::CHUNK;
use crate::{Executor, records};

/// Rows of a model that point to others by the field at a position, which holds one of these values; of a generic key, by
/// the content type of a model, too.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) model: &'static ModelMeta,
    pub(super) field: u16,
    pub(super) held: Vec<Value>,
    pub(super) of: Option<(u16, &'static ModelMeta)>,
}

impl Leaf {
    /// The conditions that find all of them together.
    pub(super) fn conditions(&self) -> impl Iterator<Item = Expr> + '_ {
        self.held.chunks(CHUNK).map(|chunk| {
            let keys = holds(self.model, self.field, chunk);
            match self.of {
                Some((content_type, of)) => is_of_model(records::root(self.model), content_type, of).and(keys),
                None => keys,
            }
        })
    }

    pub(super) async fn keys(&self, db: &dyn Executor) -> Result<Vec<Value>> {
        let mut found = Vec::new();
        for condition in self.conditions() {
            let mut select = Select::new(records::root(self.model));
            select.and_filter(condition);
            found.extend(records::keys_of(db, select).await?);
        }
        Ok(found)
    }
}

/// The rows whose generic key points to rows of a model.
pub(super) fn rows_about(target: &'static ModelMeta, relation: &GenericRelationMeta, keys: &[Value]) -> Leaf {
    let (model, key) = ((relation.to)(), relation.generic_key());
    let held = keys.iter().map(|one| key.held(model, one.clone())).collect();
    Leaf { model, field: key.object_id, held, of: Some((key.content_type, target)) }
}

/// Has the field at this position one of these values?
fn holds(model: &'static ModelMeta, field: u16, values: &[Value]) -> Expr {
    let column = Column { path: records::root(model), field };
    Expr::In(Box::new(Expr::Column(column)), values.iter().cloned().map(Expr::Value).collect())
}
