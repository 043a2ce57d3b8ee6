//! `#[model(…)]` and `#[field(…)]`.

use proc_macro2::Ident;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, LitInt, LitStr, Path, Token, bracketed, parenthesized};

use super::names;

const MODEL: [&str; 10] =
    ["app", "table", "label", "label_plural", "ordering", "display", "index", "unique", "unmanaged", "crate"];

const FIELD: [&str; 21] = [
    "primary_key",
    "max_length",
    "max_digits",
    "decimal_places",
    "integer",
    "default",
    "unique",
    "index",
    "blank",
    "auto_now",
    "auto_now_add",
    "column",
    "label",
    "help_text",
    "choices",
    "format",
    "not_editable",
    "on_delete",
    "related_name",
    "table",
    "auto",
];

/// What `#[model(…)]` says.
#[derive(Default)]
pub(super) struct ModelAttributes {
    pub(super) app: Option<String>,
    pub(super) table: Option<String>,
    pub(super) label: Option<String>,
    pub(super) label_plural: Option<String>,
    pub(super) ordering: Vec<LitStr>,
    pub(super) display: Vec<LitStr>,
    pub(super) indexes: Vec<Index>,
    pub(super) unmanaged: bool,
    pub(super) krate: Option<Path>,
}

/// `index("post", "created_at", name = "comment_post_created")`, `unique("user", "group")`.
pub(super) struct Index {
    pub(super) fields: Vec<LitStr>,
    pub(super) name: Option<LitStr>,
    pub(super) unique: bool,
}

/// What `#[field(…)]` says.
#[derive(Default)]
pub(super) struct FieldAttributes {
    pub(super) primary_key: bool,
    pub(super) auto: bool,
    pub(super) max_length: Option<LitInt>,
    pub(super) max_digits: Option<LitInt>,
    pub(super) decimal_places: Option<LitInt>,
    pub(super) integer: bool,
    /// `Some(None)` stands for the type's own default.
    pub(super) default: Option<Option<Expr>>,
    pub(super) column: Option<LitStr>,
    pub(super) label: Option<LitStr>,
    pub(super) help_text: Option<LitStr>,
    pub(super) choices: Vec<(LitStr, LitStr)>,
    pub(super) format: Option<Ident>,
    pub(super) unique: bool,
    pub(super) index: bool,
    pub(super) blank: bool,
    pub(super) not_editable: bool,
    pub(super) auto_now: bool,
    pub(super) auto_now_add: bool,
    pub(super) on_delete: Option<Ident>,
    pub(super) related_name: Option<LitStr>,
    pub(super) table: Option<LitStr>,
}

pub(super) fn model(attributes: &[Attribute], errors: &mut Vec<syn::Error>) -> ModelAttributes {
    let mut found = ModelAttributes::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("model")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            let Some(name) = name_of(&meta) else { return Err(meta.error("expected a name")) };
            match name.as_str() {
                "app" => found.app = Some(text(&meta)?.value()),
                "table" => found.table = Some(text(&meta)?.value()),
                "label" => found.label = Some(text(&meta)?.value()),
                "label_plural" => found.label_plural = Some(text(&meta)?.value()),
                "ordering" => found.ordering = texts(&meta)?,
                "display" => found.display = texts(&meta)?,
                "index" => found.indexes.push(index(&meta, false)?),
                "unique" => found.indexes.push(index(&meta, true)?),
                "unmanaged" => found.unmanaged = true,
                "crate" => found.krate = Some(meta.value()?.parse()?),
                _ => return Err(unknown(&meta, "model", &name, &MODEL)),
            }
            Ok(())
        });
        errors.extend(parsed.err());
    }
    found
}

pub(super) fn field(attributes: &[Attribute], errors: &mut Vec<syn::Error>) -> FieldAttributes {
    let mut found = FieldAttributes::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("field")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            let Some(name) = name_of(&meta) else { return Err(meta.error("expected a name")) };
            if found.flag(&name) {
                return Ok(());
            }
            match name.as_str() {
                "max_length" => found.max_length = Some(number(&meta)?),
                "max_digits" => found.max_digits = Some(number(&meta)?),
                "decimal_places" => found.decimal_places = Some(number(&meta)?),
                "default" => found.default = Some(default(&meta)?),
                "column" => found.column = Some(text(&meta)?),
                "label" => found.label = Some(text(&meta)?),
                "help_text" => found.help_text = Some(text(&meta)?),
                "choices" => found.choices = choices(&meta)?,
                "format" => found.format = Some(one_of(&meta, &["Plain", "Email", "Url", "Slug"])?),
                "on_delete" => {
                    let choices = ["Cascade", "Protect", "Restrict", "SetNull", "SetDefault", "DoNothing"];
                    found.on_delete = Some(one_of(&meta, &choices)?);
                }
                "related_name" => found.related_name = Some(text(&meta)?),
                "table" => found.table = Some(text(&meta)?),
                _ => return Err(unknown(&meta, "field", &name, &FIELD)),
            }
            Ok(())
        });
        errors.extend(parsed.err());
    }
    found
}

impl FieldAttributes {
    fn flag(&mut self, name: &str) -> bool {
        let flag = match name {
            "primary_key" => &mut self.primary_key,
            "auto" => &mut self.auto,
            "integer" => &mut self.integer,
            "unique" => &mut self.unique,
            "index" => &mut self.index,
            "blank" => &mut self.blank,
            "not_editable" => &mut self.not_editable,
            "auto_now" => &mut self.auto_now,
            "auto_now_add" => &mut self.auto_now_add,
            _ => return false,
        };
        *flag = true;
        true
    }
}

fn name_of(meta: &ParseNestedMeta<'_>) -> Option<String> {
    meta.path.get_ident().map(ToString::to_string)
}

fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    meta.value()?.parse()
}

fn number(meta: &ParseNestedMeta<'_>) -> syn::Result<LitInt> {
    let number: LitInt = meta.value()?.parse()?;
    number.base10_parse::<u32>()?;
    Ok(number)
}

/// `["title", "-created_at"]`
fn texts(meta: &ParseNestedMeta<'_>) -> syn::Result<Vec<LitStr>> {
    let value = meta.value()?;
    let content;
    bracketed!(content in value);
    Ok(Punctuated::<LitStr, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

/// `default = expression`, or `default` alone for the type's own.
fn default(meta: &ParseNestedMeta<'_>) -> syn::Result<Option<Expr>> {
    meta.input.peek(Token![=]).then(|| meta.value()?.parse()).transpose()
}

struct Pair(LitStr, LitStr);

impl Parse for Pair {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        parenthesized!(content in input);
        let value = content.parse()?;
        content.parse::<Token![,]>()?;
        Ok(Self(value, content.parse()?))
    }
}

/// `[("d", "Draft"), ("p", "Published")]`
fn choices(meta: &ParseNestedMeta<'_>) -> syn::Result<Vec<(LitStr, LitStr)>> {
    let value = meta.value()?;
    let content;
    bracketed!(content in value);
    let pairs = Punctuated::<Pair, Token![,]>::parse_terminated(&content)?;
    Ok(pairs.into_iter().map(|pair| (pair.0, pair.1)).collect())
}

fn index(meta: &ParseNestedMeta<'_>, unique: bool) -> syn::Result<Index> {
    let content;
    parenthesized!(content in meta.input);
    let mut index = Index { fields: Vec::new(), name: None, unique };
    while !content.is_empty() {
        if content.peek(LitStr) {
            index.fields.push(content.parse()?);
        } else {
            let name: Ident = content.parse()?;
            if name != "name" {
                return Err(syn::Error::new(name.span(), "expected a field in quotes, or `name = \"…\"`"));
            }
            content.parse::<Token![=]>()?;
            index.name = Some(content.parse()?);
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(index)
}

fn one_of(meta: &ParseNestedMeta<'_>, choices: &[&str]) -> syn::Result<Ident> {
    let found: Ident = meta.value()?.parse()?;
    let name = found.to_string();
    if choices.contains(&name.as_str()) {
        return Ok(found);
    }
    Err(syn::Error::new(
        found.span(),
        format!("unknown value `{name}`; choices are {}{}", list(choices), hint(&name, choices)),
    ))
}

fn unknown(meta: &ParseNestedMeta<'_>, attribute: &str, name: &str, choices: &[&str]) -> syn::Error {
    let message = format!(
        "unknown attribute `{name}` in `#[{attribute}(…)]`; choices are {}{}",
        list(choices),
        hint(name, choices)
    );
    syn::Error::new_spanned(&meta.path, message)
}

fn list(choices: &[&str]) -> String {
    choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ")
}

fn hint(found: &str, choices: &[&str]) -> String {
    names::nearest(found, choices).map_or_else(String::new, |near| format!("\nhelp: did you mean `{near}`?"))
}
