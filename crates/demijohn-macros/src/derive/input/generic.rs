//! `GenericForeignKey` and `GenericRelation` among the fields of a struct.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{GenericArgument, PathArguments, Type};

use super::{Field, last_segment};
use crate::derive::attributes::FieldAttributes;

/// A generic key: two columns, whose fields stand among those of the model.
pub(in crate::derive) struct GenericKey {
    pub(in crate::derive) ident: Ident,
    pub(in crate::derive) name: String,
    pub(in crate::derive) ty: Type,
    pub(in crate::derive) is_optional: bool,
    /// The positions of its fields among those of the model.
    pub(in crate::derive) content_type: usize,
    pub(in crate::derive) object_id: usize,
}

/// The rows that point to one by their generic key.
pub(in crate::derive) struct GenericRelation {
    pub(in crate::derive) ident: Ident,
    pub(in crate::derive) name: String,
    pub(in crate::derive) ty: Type,
    /// The model with the generic key.
    pub(in crate::derive) target: Type,
    /// Which of its generic keys.
    pub(in crate::derive) key: TokenStream,
}

/// Is it a `GenericForeignKey`? Then what its column of the row's key holds, unless that is not said.
pub(super) fn key_of(ty: &Type) -> Option<Option<Type>> {
    let last = last_segment(ty).filter(|last| last.ident == "GenericForeignKey")?;
    Some(super::arguments(last).next().cloned())
}

/// `1` of `GenericRelation<Note, 1>`.
pub(super) fn which_key(ty: &Type) -> TokenStream {
    let second = last_segment(ty).and_then(|last| match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().nth(1),
        _ => None,
    });
    match second {
        Some(GenericArgument::Const(expr)) => quote!(#expr),
        Some(GenericArgument::Type(ty)) => quote!({ #ty }),
        _ => quote!(0),
    }
}

/// The two fields that a generic key stands for.
pub(super) fn fields(
    private: &TokenStream,
    ident: &Ident,
    (is_optional, id): (bool, Option<Type>),
    attributes: &FieldAttributes,
    errors: &mut Vec<syn::Error>,
) -> Option<[Field; 2]> {
    let id = id.map_or_else(|| quote!(i64), |id| quote!(#id));
    let named = |given: &Option<syn::LitStr>, usual: &str| match given {
        None => Ok(Ident::new(usual, ident.span())),
        Some(given) => given.parse::<Ident>(),
    };
    let names = named(&attributes.content_type, "content_type")
        .and_then(|content_type| Ok((content_type, named(&attributes.object_id, "object_id")?)));
    let (content_type, object_id) = match names {
        Ok(names) => names,
        Err(error) => {
            errors.push(syn::Error::new(error.span(), "a field's name is written as one is: `target_type`"));
            return None;
        }
    };
    let optional = |inner: TokenStream| if is_optional { quote!(::core::option::Option<#inner>) } else { inner };
    let target = quote!(#private::ContentType);
    let of_type = FieldAttributes {
        on_delete: Some(attributes.on_delete.clone().unwrap_or_else(|| format_ident!("Cascade"))),
        // Who asks a content type for all rows that point to it?
        related_name: Some(syn::LitStr::new("+", ident.span())),
        not_editable: attributes.not_editable,
        ..FieldAttributes::default()
    };
    let of_id = FieldAttributes {
        max_length: attributes.max_length.clone(),
        integer: attributes.integer,
        index: attributes.index,
        not_editable: attributes.not_editable,
        ..FieldAttributes::default()
    };
    let parse = |tokens: TokenStream| syn::parse2::<Type>(tokens).expect("it is written as a type");
    let ident_of_key = ident;
    let field = |ident: Ident, own: TokenStream, target: Option<Type>, attributes| Field {
        name: super::plain(&ident),
        ident,
        ty: parse(optional(own)),
        is_optional,
        is_auto: false,
        is_key: false,
        target,
        is_one_to_one: false,
        generic: Some(ident_of_key.clone()),
        attributes,
    };
    Some([
        field(content_type, quote!(#private::ForeignKey<#target>), Some(parse(target)), of_type),
        field(object_id, id, None, of_id),
    ])
}

/// Two fields of one name are one mistake: what is written goes on with another name.
pub(super) fn rename_twins(both: &mut [Field; 2], known: &[Field], errors: &mut Vec<syn::Error>) {
    let twin = both.iter().find_map(|own| known.iter().find(|other| other.name == own.name));
    let Some(twin) = twin else { return };
    let owner = twin.generic.as_ref().unwrap_or(&twin.ident);
    let key = both[0].generic.clone().unwrap_or_else(|| both[0].ident.clone());
    let message = format!(
        "`{key}` would have the same field `{}` as `{owner}`: \
         name its two fields with `#[field(content_type = \"…\", object_id = \"…\")]`",
        twin.name
    );
    errors.push(syn::Error::new(key.span(), message));
    for field in both {
        field.name = format!("{key}_{}", field.name);
        field.ident = Ident::new(&field.name, field.ident.span());
    }
}
