//! Generic keys and the rows that point by them: what they add to the code of a model.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::input::{GenericKey, GenericRelation, Model};
use super::{create, names};

/// `.generic_keys(…)` and `.generic_relations(…)`, their items.
pub(super) fn metas(model: &Model) -> [(&'static str, Vec<TokenStream>); 2] {
    let private = &model.private;
    let keys = model.generic_keys.iter().map(|key| {
        let (name, content_type, object_id) = (&key.name, key.content_type as u16, key.object_id as u16);
        quote!(#private::GenericKeyMeta { name: #name, content_type: #content_type, object_id: #object_id })
    });
    let relations = model.generic_relations.iter().map(|relation| {
        let (name, target, key) = (&relation.name, &relation.target, &relation.key);
        quote!(#private::GenericRelationMeta { name: #name, to: <#target as #private::Model>::meta, key: #key })
    });
    [("generic_keys", keys.collect()), ("generic_relations", relations.collect())]
}

/// How they are read from a row.
pub(super) fn reads(model: &Model, key_type: &TokenStream) -> TokenStream {
    let private = &model.private;
    let keys = model.generic_keys.iter().map(|key| {
        let GenericKey { ident, ty, content_type, object_id, .. } = key;
        let meta = quote!(<Self as #private::Model>::meta());
        quote!(#ident: <#ty as #private::GenericField>::read(row, plan, (#content_type, #object_id), #meta)?,)
    });
    let key = model.keys[0];
    let relations = model.generic_relations.iter().enumerate().map(|(n, relation)| {
        let GenericRelation { ident, ty, .. } = relation;
        quote! {
            #ident: <#ty>::new(
                #private::FieldValue::to_value(&<#key_type as #private::FieldValue>::read(row, plan.at(#key))?),
                <Self as #private::Model>::meta,
                #n,
            ),
        }
    });
    quote!(#(#keys)* #(#relations)*)
}

/// Their fields in the model's columns, and the arguments of these.
pub(super) fn columns(model: &Model) -> (TokenStream, TokenStream) {
    let private = &model.private;
    let (mut fields, mut values) = (TokenStream::new(), TokenStream::new());
    for (n, GenericKey { ident, ty, .. }) in model.generic_keys.iter().enumerate() {
        let n = n as u16;
        fields.extend(quote! { pub #ident: #private::GenericColumn<<#ty as #private::GenericField>::ObjectId>, });
        values.extend(quote! { #ident: #private::GenericColumn::new(path, #n), });
    }
    (fields, values)
}

/// `p.notes()` in the closures of queries.
pub(super) fn walks(model: &Model) -> impl Iterator<Item = TokenStream> + '_ {
    let private = &model.private;
    model.generic_relations.iter().map(move |GenericRelation { ident, target, key, .. }| {
        quote! {
            pub fn #ident(self) -> #private::Many<#target> {
                let path = #private::Columns::path(self);
                #private::Many::new(path.rows_about(<#target as #private::Model>::meta(), #key as u16))
            }
        }
    })
}

/// `HasAbout`: the type parameter that says whether a required generic key was given.
pub(super) fn flag(key: &GenericKey) -> Ident {
    format_ident!("Has{}", names::pascal(&key.name))
}

/// `.about(&post)` of the builder.
pub(super) fn setter(model: &Model, key: &GenericKey, flags: &[Ident]) -> TokenStream {
    let private = &model.private;
    let create = model.create_name();
    let GenericKey { ident, ty, content_type, object_id, .. } = key;
    let own = flag(key);
    let given = flags.iter().map(|flag| if *flag == own { quote!(()) } else { quote!(#flag) });
    quote! {
        pub fn #ident(self, value: impl #private::PointTo<#ty>) -> #create<#(#given),*> {
            #create(self.0.point_to::<#ty>((#content_type, #object_id), value), ::core::marker::PhantomData)
        }
    }
}

/// `impl PointsGenerically`, and that each relation fits the key of the model.
pub(super) fn expand(model: &Model) -> TokenStream {
    let (private, name, create) = (&model.private, &model.ident, model.create_name());
    let keys = model.generic_keys.iter().enumerate().map(|(n, key)| {
        let GenericKey { ty, content_type, object_id, .. } = key;
        let given = create::flags(model)
            .into_iter()
            .map(|(flag, missing)| if flag == self::flag(key) { quote!(()) } else { missing });
        quote! {
            #[automatically_derived]
            impl #private::PointsGenerically<#n> for #name {
                type ObjectId = <#ty as #private::GenericField>::ObjectId;
                type Begun = #create<#(#given),*>;

                fn begin(to: #private::Pointed) -> Self::Begun {
                    let draft = #private::Draft::new().point((#content_type, #object_id), to);
                    #create(draft, ::core::marker::PhantomData)
                }
            }
        }
    });
    let key_type = model.key_type();
    let fits = model.generic_relations.iter().map(|GenericRelation { target, key, .. }| {
        let at = target.span();
        let id = quote_spanned!(at=> <#target as #private::PointsGenerically<#key>>::ObjectId);
        quote_spanned! {at=>
            const _: fn() = || {
                fn fits<K: #private::KeyAs<I>, I>() {}
                fits::<#key_type, #id>();
            };
        }
    });
    quote!(#(#keys)* #(#fits)*)
}
