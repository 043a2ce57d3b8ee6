//! `#[model(…)]`.

use syn::{Attribute, LitStr, Path};

use super::constraint::{Check, Exclusion, Index};
use super::{name_of, pairs, text, texts, unknown};

const MODEL: [&str; 17] = [
    "app",
    "table",
    "label",
    "label_plural",
    "ordering",
    "display",
    "index",
    "unique",
    "check",
    "exclude",
    "comment",
    "permissions",
    "latest_by",
    "natural_key",
    "unmanaged",
    "clean",
    "crate",
];

/// What `#[model(…)]` says.
#[derive(Default)]
pub(in crate::derive) struct ModelAttributes {
    pub(in crate::derive) app: Option<String>,
    pub(in crate::derive) table: Option<String>,
    pub(in crate::derive) label: Option<String>,
    pub(in crate::derive) label_plural: Option<String>,
    pub(in crate::derive) ordering: Vec<LitStr>,
    pub(in crate::derive) display: Vec<LitStr>,
    pub(in crate::derive) indexes: Vec<Index>,
    pub(in crate::derive) checks: Vec<Check>,
    pub(in crate::derive) exclusions: Vec<Exclusion>,
    pub(in crate::derive) comment: Option<LitStr>,
    pub(in crate::derive) permissions: Vec<(LitStr, LitStr)>,
    pub(in crate::derive) latest_by: Vec<LitStr>,
    pub(in crate::derive) natural_key: Vec<LitStr>,
    pub(in crate::derive) unmanaged: bool,
    pub(in crate::derive) clean: Option<Path>,
    pub(in crate::derive) krate: Option<Path>,
}

pub(in crate::derive) fn model(attributes: &[Attribute], errors: &mut Vec<syn::Error>) -> ModelAttributes {
    let mut found = ModelAttributes::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("model")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            let Some(name) = name_of(&meta) else { return Err(meta.error("expected a name")) };
            match name.as_str() {
                "app" => found.app = Some(text(&meta)?.value()),
                "table" => found.table = Some(text(&meta)?.value()),
                "label" => found.label = Some(text(&meta)?.value()),
                "label_plural" => found.label_plural = Some(text(&meta)?.value()),
                "ordering" => found.ordering = texts(meta.value()?)?,
                "display" => found.display = texts(meta.value()?)?,
                "latest_by" => found.latest_by = texts(meta.value()?)?,
                "natural_key" => found.natural_key = texts(meta.value()?)?,
                "permissions" => found.permissions = pairs(meta.value()?)?,
                "comment" => found.comment = Some(text(&meta)?),
                "index" => found.indexes.push(Index::parse(meta.input, false)?),
                "unique" => found.indexes.push(Index::parse(meta.input, true)?),
                "check" => found.checks.push(Check::parse(meta.input)?),
                "exclude" => found.exclusions.push(Exclusion::parse(meta.input)?),
                "unmanaged" => found.unmanaged = true,
                "clean" => found.clean = Some(meta.value()?.parse()?),
                "crate" => found.krate = Some(meta.value()?.parse()?),
                _ => return Err(unknown(&meta, "model", &name, &MODEL)),
            }
            Ok(())
        });
        errors.extend(parsed.err());
    }
    found
}
