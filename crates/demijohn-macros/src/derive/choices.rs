//! `#[derive(Choices)]`: an enum as the values that a field allows.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, ExprUnary, Fields, Lit, LitStr, Path, UnOp, Variant};

use super::attributes::{hint, list};
use super::names;

/// One choice: its variant, what is stored, and the words for it.
struct Choice {
    variant: Ident,
    stored: String,
    label: String,
}

pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let mut errors = Vec::new();
    let written = write(input, &mut errors);
    let errors = errors.iter().map(syn::Error::to_compile_error);
    quote! { #(#errors)* #written }
}

fn write(input: &DeriveInput, errors: &mut Vec<syn::Error>) -> Option<TokenStream> {
    let Data::Enum(data) = &input.data else {
        errors.push(syn::Error::new(input.ident.span(), "choices are an `enum`: one variant for each"));
        return None;
    };
    let krate = crate_path(&input.attrs, errors);
    let private = krate.map_or_else(|| quote!(::demijohn::__private), |path| quote!(::#path::__private));
    let width = repr(&input.attrs);
    let is_number = width.is_some() || data.variants.iter().any(|variant| variant.discriminant.is_some());
    let choices = read(data.variants.iter(), is_number, errors);
    if choices.is_empty() {
        errors.push(syn::Error::new(input.ident.span(), "there is no choice: add a variant"));
        return None;
    }
    let name = &input.ident;
    let (variants, stored, labels): (Vec<_>, Vec<_>, Vec<_>) =
        choices.iter().map(|choice| (&choice.variant, &choice.stored, &choice.label)).collect();
    let longest = stored.iter().map(|text| text.chars().count()).max().unwrap_or(1) as u32;
    let kind = match (is_number, width.as_deref()) {
        (false, _) => quote!(Varchar(#longest)),
        (true, Some("i8" | "i16" | "u8")) => quote!(SmallInt),
        (true, Some("i64" | "u32" | "u64" | "isize" | "usize")) => quote!(BigInt),
        (true, _) => quote!(Integer),
    };
    let numbers = 0..variants.len();
    Some(quote! {
        #[automatically_derived]
        impl #private::Choices for #name {
            const ALL: &'static [Self] = &[#(Self::#variants),*];
            const CHOICES: &'static [#private::Choice] = &[#(#private::Choice { value: #stored, label: #labels }),*];
            const KIND: #private::FieldKind = #private::FieldKind::#kind;

            fn position(&self) -> usize {
                match self { #(Self::#variants => #numbers),* }
            }
        }

        #private::choice_field!(#name);
    })
}

fn read<'a>(variants: impl Iterator<Item = &'a Variant>, is_number: bool, errors: &mut Vec<syn::Error>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    let mut next = 0;
    for variant in variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.push(syn::Error::new(variant.ident.span(), "a choice is a name alone: it carries no values"));
        }
        let words = names::words_of_type(&variant.ident.to_string());
        let (value, label) = attributes(variant, errors);
        if let (true, Some(value)) = (is_number, &value) {
            let message = "these choices are stored as numbers: write the number as `Name = 1`";
            errors.push(syn::Error::new(value.span(), message));
        }
        if let Some((_, number)) = &variant.discriminant {
            match integer(number) {
                Some(number) => next = number,
                None => {
                    errors.push(syn::Error::new_spanned(number, "the number of a choice is written out: `Name = 1`"));
                }
            }
        }
        let stored = if is_number {
            next.to_string()
        } else {
            value.as_ref().map_or_else(|| words.replace(' ', "_"), LitStr::value)
        };
        next += 1;
        if let Some(twin) = choices.iter().find(|choice| choice.stored == stored) {
            let message = format!("`{stored}` is stored for `{}` already; give another `value = \"…\"`", twin.variant);
            errors.push(syn::Error::new(variant.ident.span(), message));
        }
        let label = label.map_or_else(|| capitalized(&words), |label| label.value());
        choices.push(Choice { variant: variant.ident.clone(), stored, label });
    }
    choices
}

/// `#[choice(value = "d", label = "Draft")]`
fn attributes(variant: &Variant, errors: &mut Vec<syn::Error>) -> (Option<LitStr>, Option<LitStr>) {
    let (mut value, mut label) = (None, None);
    for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("choice")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            let slot = match name_of(&meta).as_str() {
                "value" => &mut value,
                "label" => &mut label,
                other => return Err(unknown(&meta, "choice", other, &["value", "label"])),
            };
            *slot = Some(meta.value()?.parse()?);
            Ok(())
        });
        errors.extend(parsed.err());
    }
    (value, label)
}

/// `#[choices(crate = …)]`
fn crate_path(attributes: &[Attribute], errors: &mut Vec<syn::Error>) -> Option<Path> {
    let mut found = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("choices")) {
        let parsed = attribute.parse_nested_meta(|meta| match name_of(&meta).as_str() {
            "crate" => {
                found = Some(meta.value()?.parse()?);
                Ok(())
            }
            other => Err(unknown(&meta, "choices", other, &["crate"])),
        });
        errors.extend(parsed.err());
    }
    found
}

fn name_of(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.get_ident().map(ToString::to_string).unwrap_or_default()
}

fn unknown(meta: &ParseNestedMeta<'_>, attribute: &str, name: &str, choices: &[&str]) -> syn::Error {
    let text = format!("unknown attribute `{name}` in `#[{attribute}(…)]`; choices are {}", list(choices));
    syn::Error::new_spanned(&meta.path, format!("{text}{}", hint(name, choices)))
}

/// `i16` of `#[repr(i16)]`.
fn repr(attributes: &[Attribute]) -> Option<String> {
    let mut found = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("repr")) {
        let _ = attribute.parse_nested_meta(|meta| {
            let name = name_of(&meta);
            if name.starts_with(['i', 'u']) {
                found = Some(name);
            }
            Ok(())
        });
    }
    found
}

fn integer(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => integer(expr).map(|number| -number),
        _ => None,
    }
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
