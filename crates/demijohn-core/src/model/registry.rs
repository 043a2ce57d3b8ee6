//! [`Models`]: the models of a site.

use super::{FieldMeta, ModelMeta};
use crate::{Error, ErrorKind, suggest};

/// The models of a site, tables of pairs among them, in the order in which they were registered.
#[derive(Debug, Clone, Default)]
pub struct Models(Vec<&'static ModelMeta>);

impl Models {
    /// No models.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a model and the tables of pairs of its many-to-many fields. One that is there already is left as it is.
    pub fn add(&mut self, meta: &'static ModelMeta) {
        if self.0.iter().any(|known| std::ptr::eq(*known, meta)) {
            return;
        }
        self.0.push(meta);
        for field in meta.many_to_many {
            self.add((field.through)());
        }
    }

    /// The model of an app by its name, in any case: `("blog", "post")`.
    pub fn find(&self, app: &str, name: &str) -> Option<&'static ModelMeta> {
        self.0.iter().copied().find(|meta| meta.app == app && meta.name.eq_ignore_ascii_case(name))
    }

    /// The model by `app.Name`, or an error that lists the choices.
    ///
    /// # Errors
    /// `orm.unknown_model` when there is none.
    pub fn require(&self, full_name: &str) -> Result<&'static ModelMeta, Error> {
        let found = full_name.split_once('.').and_then(|(app, name)| self.find(app, name));
        found.ok_or_else(|| {
            let names: Vec<String> = self.0.iter().map(|meta| meta.full_name()).collect();
            Error::new(
                ErrorKind::Invalid,
                "orm.unknown_model",
                format!("unknown model `{full_name}`; choices are {}", suggest::list(names.iter().map(String::as_str))),
            )
        })
    }

    /// Every model.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static ModelMeta> + '_ {
        self.0.iter().copied()
    }

    /// Every foreign key that points to a model, with the model it is on.
    pub fn referring_to<'a>(
        &'a self,
        target: &'a ModelMeta,
    ) -> impl Iterator<Item = (&'static ModelMeta, &'static FieldMeta)> + 'a {
        self.iter().flat_map(move |meta| {
            meta.fields.iter().filter(move |field| field.target() == Some(target)).map(move |field| (meta, field))
        })
    }
}

impl FromIterator<&'static ModelMeta> for Models {
    fn from_iter<I: IntoIterator<Item = &'static ModelMeta>>(metas: I) -> Self {
        let mut models = Self::new();
        metas.into_iter().for_each(|meta| models.add(meta));
        models
    }
}
