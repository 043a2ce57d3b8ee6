//! `#[model(…)]` and `#[field(…)]`: what users write, as it was parsed.

mod constraint;
mod field;
mod model;

use proc_macro2::Ident;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{LitInt, LitStr, Token, bracketed, parenthesized};

use super::names;

pub(super) use constraint::{Check, Exclusion, Index};
pub(super) use field::{DbDefault, FieldAttributes, field};
pub(super) use model::{ModelAttributes, model};

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
fn texts(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    list_of(input)
}

/// `[a, b]`
fn list_of<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let content;
    bracketed!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

/// `("d", "Draft")`
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
fn pairs(input: ParseStream<'_>) -> syn::Result<Vec<(LitStr, LitStr)>> {
    Ok(list_of::<Pair>(input)?.into_iter().map(|pair| (pair.0, pair.1)).collect())
}

fn one_of(input: ParseStream<'_>, choices: &[&str]) -> syn::Result<Ident> {
    let found: Ident = input.parse()?;
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

pub(super) fn list(choices: &[&str]) -> String {
    choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ")
}

pub(super) fn hint(found: &str, choices: &[&str]) -> String {
    names::nearest(found, choices).map_or_else(String::new, |near| format!("\nhelp: did you mean `{near}`?"))
}
