//! The models as they are now, in the running program.

use demijohn_core::model::{ModelMeta, Models};

use super::{ModelState, State};
use crate::migrations::{Constraint, Field, Index, Pairs};

/// The managed models of a site. Tables of pairs belong to the model that has the set.
impl From<&Models> for State {
    fn from(models: &Models) -> Self {
        let own = models.iter().filter(|meta| meta.managed && !meta.auto_created);
        Self { models: own.map(ModelState::from).collect() }
    }
}

impl From<&'static ModelMeta> for ModelState {
    fn from(meta: &'static ModelMeta) -> Self {
        let pairs = meta.many_to_many.iter();
        let pairs =
            pairs.filter_map(|set| Some((set.name.to_owned(), Pairs::of(set, meta.app, meta.name, meta.table)?)));
        let checks = meta.checks.iter().map(Constraint::from);
        Self {
            app: meta.app.to_owned(),
            name: meta.name.to_owned(),
            table: meta.table.to_owned(),
            fields: meta.fields.iter().map(|field| (field.name.to_owned(), Field::from(field))).collect(),
            many_to_many: pairs.collect(),
            indexes: meta.indexes.iter().map(Index::from).collect(),
            constraints: checks.chain(meta.exclusions.iter().map(Constraint::from)).collect(),
            comment: meta.comment.to_owned(),
        }
    }
}
