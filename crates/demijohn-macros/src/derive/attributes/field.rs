//! `#[field(…)]`.

use proc_macro2::Ident;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, LitBool, LitInt, LitStr, Path, Token, parenthesized};

use super::{list_of, name_of, number, one_of, pairs, text, unknown};

const FIELD: [&str; 41] = [
    "primary_key",
    "max_length",
    "max_digits",
    "decimal_places",
    "integer",
    "default",
    "db_default",
    "generated",
    "virtual",
    "unique",
    "unique_for_date",
    "unique_for_month",
    "unique_for_year",
    "index",
    "blank",
    "auto_now",
    "auto_now_add",
    "column",
    "comment",
    "collation",
    "label",
    "help_text",
    "choices",
    "format",
    "min",
    "max",
    "min_length",
    "validators",
    "not_editable",
    "on_delete",
    "set_to",
    "to_field",
    "no_constraint",
    "related_name",
    "content_type",
    "object_id",
    "table",
    "through_fields",
    "symmetrical",
    "auto",
    "flatten",
];

/// What `#[field(…)]` says.
#[derive(Default)]
pub(in crate::derive) struct FieldAttributes {
    pub(in crate::derive) primary_key: bool,
    pub(in crate::derive) auto: bool,
    pub(in crate::derive) max_length: Option<LitInt>,
    pub(in crate::derive) max_digits: Option<LitInt>,
    pub(in crate::derive) decimal_places: Option<LitInt>,
    pub(in crate::derive) integer: bool,
    /// `Some(None)` stands for the type's own default.
    pub(in crate::derive) default: Option<Option<Expr>>,
    pub(in crate::derive) db_default: Option<DbDefault>,
    pub(in crate::derive) generated: Option<LitStr>,
    pub(in crate::derive) is_virtual: bool,
    pub(in crate::derive) column: Option<LitStr>,
    pub(in crate::derive) comment: Option<LitStr>,
    pub(in crate::derive) collation: Option<LitStr>,
    pub(in crate::derive) label: Option<LitStr>,
    pub(in crate::derive) help_text: Option<LitStr>,
    pub(in crate::derive) choices: Vec<(LitStr, LitStr)>,
    pub(in crate::derive) format: Option<Ident>,
    pub(in crate::derive) min: Option<Expr>,
    pub(in crate::derive) max: Option<Expr>,
    pub(in crate::derive) min_length: Option<LitInt>,
    pub(in crate::derive) validators: Vec<Path>,
    pub(in crate::derive) unique: bool,
    /// The variant of `UniqueFor`, and the field whose day, month or year it is.
    pub(in crate::derive) unique_for: Vec<(&'static str, LitStr)>,
    pub(in crate::derive) index: bool,
    pub(in crate::derive) blank: bool,
    pub(in crate::derive) not_editable: bool,
    pub(in crate::derive) auto_now: bool,
    pub(in crate::derive) auto_now_add: bool,
    pub(in crate::derive) on_delete: Option<Ident>,
    pub(in crate::derive) set_to: Option<Expr>,
    pub(in crate::derive) to_field: Option<LitStr>,
    pub(in crate::derive) no_constraint: bool,
    pub(in crate::derive) related_name: Option<LitStr>,
    /// The fields that a generic key stands for.
    pub(in crate::derive) content_type: Option<LitStr>,
    pub(in crate::derive) object_id: Option<LitStr>,
    pub(in crate::derive) table: Option<LitStr>,
    /// The fields of a table of pairs that point to this model and to the other.
    pub(in crate::derive) through_fields: Option<(LitStr, LitStr)>,
    pub(in crate::derive) symmetrical: Option<LitBool>,
    pub(in crate::derive) flatten: bool,
    /// Something in it was not understood, and was reported; what is missing may be what stood there.
    pub(in crate::derive) is_broken: bool,
}

/// `db_default = now`, `db_default = sql("…")`, `db_default = 0`.
pub(in crate::derive) enum DbDefault {
    Now,
    Sql(LitStr),
    Value(Expr),
}

pub(in crate::derive) fn field(attributes: &[Attribute], errors: &mut Vec<syn::Error>) -> FieldAttributes {
    let mut found = FieldAttributes::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("field")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            let Some(name) = name_of(&meta) else { return Err(meta.error("expected a name")) };
            if found.flag(&name, &meta)? || found.words(&name, &meta)? {
                return Ok(());
            }
            found.value(&name, &meta)
        });
        found.is_broken |= parsed.is_err();
        errors.extend(parsed.err());
    }
    found
}

impl FieldAttributes {
    /// What is so or not: `unique`, or as Django writes it, `unique = true`.
    fn flag(&mut self, name: &str, meta: &ParseNestedMeta<'_>) -> syn::Result<bool> {
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
            "virtual" => &mut self.is_virtual,
            "no_constraint" => &mut self.no_constraint,
            "flatten" => &mut self.flatten,
            _ => return Ok(false),
        };
        *flag = !meta.input.peek(Token![=]) || meta.value()?.parse::<LitBool>()?.value();
        Ok(true)
    }

    /// What is a text in quotes.
    fn words(&mut self, name: &str, meta: &ParseNestedMeta<'_>) -> syn::Result<bool> {
        let words = match name {
            "column" => &mut self.column,
            "comment" => &mut self.comment,
            "collation" => &mut self.collation,
            "label" => &mut self.label,
            "help_text" => &mut self.help_text,
            "generated" => &mut self.generated,
            "to_field" => &mut self.to_field,
            "related_name" => &mut self.related_name,
            "content_type" => &mut self.content_type,
            "object_id" => &mut self.object_id,
            "table" => &mut self.table,
            _ => return Ok(false),
        };
        *words = Some(text(meta)?);
        Ok(true)
    }

    fn value(&mut self, name: &str, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        match name {
            "max_length" => self.max_length = Some(number(meta)?),
            "min_length" => self.min_length = Some(number(meta)?),
            "max_digits" => self.max_digits = Some(number(meta)?),
            "decimal_places" => self.decimal_places = Some(number(meta)?),
            "min" => self.min = Some(meta.value()?.parse()?),
            "max" => self.max = Some(meta.value()?.parse()?),
            "validators" => self.validators = list_of(meta.value()?)?,
            "default" => self.default = Some(default(meta)?),
            "db_default" => self.db_default = Some(db_default(meta.value()?)?),
            "set_to" => self.set_to = Some(meta.value()?.parse()?),
            "choices" => self.choices = pairs(meta.value()?)?,
            "symmetrical" => self.symmetrical = Some(meta.value()?.parse()?),
            "through_fields" => self.through_fields = Some(through_fields(meta)?),
            "format" => {
                self.format = Some(one_of(meta.value()?, &["Plain", "Email", "Url", "Slug", "File", "Image"])?);
            }
            "on_delete" => {
                let choices = ["Cascade", "Protect", "Restrict", "SetNull", "SetDefault", "SetTo", "DoNothing"];
                self.on_delete = Some(one_of(meta.value()?, &choices)?);
            }
            "unique_for_date" => self.unique_for.push(("Date", text(meta)?)),
            "unique_for_month" => self.unique_for.push(("Month", text(meta)?)),
            "unique_for_year" => self.unique_for.push(("Year", text(meta)?)),
            _ => return Err(unknown(meta, "field", name, &FIELD)),
        }
        Ok(())
    }
}

/// `through_fields("band", "person")`
fn through_fields(meta: &ParseNestedMeta<'_>) -> syn::Result<(LitStr, LitStr)> {
    let content;
    parenthesized!(content in meta.input);
    let own = content.parse()?;
    content.parse::<Token![,]>()?;
    Ok((own, content.parse()?))
}

/// `default = expression`, or `default` alone for the type's own.
fn default(meta: &ParseNestedMeta<'_>) -> syn::Result<Option<Expr>> {
    meta.input.peek(syn::Token![=]).then(|| meta.value()?.parse()).transpose()
}

fn db_default(input: ParseStream<'_>) -> syn::Result<DbDefault> {
    let ahead = input.fork();
    let word = ahead.parse::<Ident>().map(|word| word.to_string()).unwrap_or_default();
    if word == "now" && (ahead.is_empty() || ahead.peek(syn::Token![,])) {
        input.parse::<Ident>()?;
        return Ok(DbDefault::Now);
    }
    if word == "sql" && ahead.peek(syn::token::Paren) {
        input.parse::<Ident>()?;
        let content;
        parenthesized!(content in input);
        return Ok(DbDefault::Sql(content.parse()?));
    }
    input.parse().map(DbDefault::Value)
}
