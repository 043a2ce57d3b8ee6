//! `#[model(…)]` and `#[field(…)]`: what users write, as it was parsed.

mod constraint;
mod django;
mod field;
mod model;

use proc_macro2::Ident;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::Bracket;
use syn::{LitInt, LitStr, Token, bracketed, parenthesized};

use super::names;

pub(super) use constraint::{Check, Exclusion, Index};
pub(super) use field::{DbDefault, FieldAttributes, field};
pub(super) use model::{ModelAttributes, model};

fn name_of(meta: &ParseNestedMeta<'_>) -> Option<String> {
    meta.path.get_ident().map(ToString::to_string)
}

fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let input = meta.value()?;
    if !input.peek(LitStr) {
        let name = name_of(meta).unwrap_or_default();
        return Err(input.error(format!("`{name}` takes a text in quotes: `{name} = \"…\"`")));
    }
    input.parse()
}

fn number(meta: &ParseNestedMeta<'_>) -> syn::Result<LitInt> {
    let input = meta.value()?;
    if !input.peek(LitInt) {
        let name = name_of(meta).unwrap_or_default();
        return Err(input.error(format!("`{name}` takes a whole number, without quotes: `{name} = 200`")));
    }
    let number: LitInt = input.parse()?;
    number.base10_parse::<u32>()?;
    Ok(number)
}

/// `["title", "-created_at"]`
fn texts(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    list_of(input)
}

/// `[a, b]`
fn list_of<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    if !input.peek(Bracket) {
        return Err(input.error("expected a list in brackets: `[…]`, of one item too"));
    }
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

/// `Cascade`. Who is used to Django's `"CASCADE"`, `CASCADE` and `models.CASCADE` is told how it is written here.
fn one_of(input: ParseStream<'_>, choices: &[&str]) -> syn::Result<Ident> {
    let mut found: Ident = match input.parse::<Option<LitStr>>()? {
        Some(text) => {
            let name = text.value();
            let message = format!(
                "expected a name without quotes, not `\"{name}\"`; choices are {}{}",
                list(choices),
                hint(&name, choices)
            );
            return Err(syn::Error::new(text.span(), message));
        }
        None => input.parse()?,
    };
    while input.parse::<Option<Token![.]>>()?.is_some() || input.parse::<Option<Token![::]>>()?.is_some() {
        found = input.parse()?;
    }
    let name = found.to_string();
    if choices.contains(&name.as_str()) {
        return Ok(found);
    }
    let message = format!("unknown value `{name}`; choices are {}{}", list(choices), hint(&name, choices));
    Err(syn::Error::new(found.span(), message))
}

fn unknown(meta: &ParseNestedMeta<'_>, attribute: &str, name: &str, choices: &[&str]) -> syn::Error {
    let advice = match django::advice(attribute, name) {
        Some(advice) => format!("\nhelp: {advice}"),
        None => hint(name, choices),
    };
    let message = format!("unknown attribute `{name}` in `#[{attribute}(…)]`; choices are {}{advice}", list(choices));
    syn::Error::new_spanned(&meta.path, message)
}

pub(super) fn list(choices: &[&str]) -> String {
    choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ")
}

pub(super) fn hint(found: &str, choices: &[&str]) -> String {
    names::nearest(found, choices).map_or_else(String::new, |near| format!("\nhelp: did you mean `{near}`?"))
}
