//! [`Types`]: the content types that new rows point to, until a database says their numbers.

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Value};

use crate::generic::{Pointed, PointedModel};
use crate::{Executor, content_type};

/// The models whose content types a new row points to, each with the position of the field.
pub(super) type Types = Vec<(u16, &'static ModelMeta)>;

/// Points the fields at these positions of a new row there, the content type's and the key's.
pub(super) fn point(values: &mut [Option<Value>], types: &mut Types, fields: (usize, usize), to: Pointed) {
    types.retain(|(field, _)| usize::from(*field) != fields.0);
    values[fields.1] = Some(to.object_id);
    values[fields.0] = match to.model {
        PointedModel::Numbered(number) => Some(number),
        PointedModel::Known(meta) => {
            types.push((fields.0 as u16, meta));
            None
        }
    };
}

/// Fills in the numbers of the content types.
pub(super) async fn fill(
    values: &mut [Option<Value>],
    types: Types,
    owner: &'static ModelMeta,
    db: &dyn Executor,
) -> Result<()> {
    for (field, meta) in types {
        values[usize::from(field)] = Some(Value::Int(content_type::require(db, owner, meta).await?));
    }
    Ok(())
}
