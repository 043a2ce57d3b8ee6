//! The struct, read once: what the writers work on.

pub(super) mod check;
mod generic;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, GenericArgument, PathArguments, PathSegment, Type, Visibility};

use super::attributes::{self, FieldAttributes, ModelAttributes};
use super::names;
pub(super) use generic::{GenericKey, GenericRelation};

/// The struct of a model.
pub(super) struct Model {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) visibility: Visibility,
    pub(super) app: String,
    pub(super) table: String,
    pub(super) attributes: ModelAttributes,
    /// Where the crate keeps what the written code refers to.
    pub(super) private: TokenStream,
    pub(super) fields: Vec<Field>,
    pub(super) many_to_many: Vec<ManyToMany>,
    /// Pairs of columns that point to rows of any model.
    pub(super) generic_keys: Vec<GenericKey>,
    pub(super) generic_relations: Vec<GenericRelation>,
    /// Fields of other structs; their columns follow the model's own.
    pub(super) groups: Vec<Group>,
    /// The positions of the fields of the primary key; nothing for a struct that is flattened into models.
    pub(super) keys: Vec<usize>,
}

/// One column.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) is_optional: bool,
    pub(super) is_auto: bool,
    pub(super) is_key: bool,
    /// The model it points to.
    pub(super) target: Option<Type>,
    /// Does at most one row point to each?
    pub(super) is_one_to_one: bool,
    /// The generic key that it is one of the two columns of.
    pub(super) generic: Option<Ident>,
    pub(super) attributes: FieldAttributes,
}

/// One set of other rows.
pub(super) struct ManyToMany {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) target: Type,
    /// The model of its pairs, if it is not made for the set.
    pub(super) through: Option<Type>,
    /// Is each row in the sets of those in its own?
    pub(super) is_symmetrical: bool,
    pub(super) attributes: FieldAttributes,
}

/// `#[field(flatten)]`: the fields of another struct.
pub(super) struct Group {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) ty: Type,
}

/// What a struct is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A model.
    Model,
    /// Fields that are flattened into models.
    Group,
}

impl Field {
    /// Must whoever makes a row give it?
    pub(super) fn is_required(&self) -> bool {
        !self.is_optional
            && !self.is_auto
            && self.generic.is_none()
            && self.attributes.default.is_none()
            && self.attributes.db_default.is_none()
            && self.attributes.generated.is_none()
            && !self.attributes.auto_now
            && !self.attributes.auto_now_add
    }

    /// Can whoever makes a row give it?
    pub(super) fn is_given(&self) -> bool {
        !self.is_auto && self.generic.is_none() && self.attributes.generated.is_none()
    }

    /// The column: `author_id` for a foreign key `author`.
    pub(super) fn column(&self) -> String {
        match &self.attributes.column {
            Some(column) => column.value(),
            None if self.target.is_some() => format!("{}_id", self.name),
            None => self.name.clone(),
        }
    }
}

impl Model {
    pub(super) fn read(input: DeriveInput, purpose: Purpose, errors: &mut Vec<syn::Error>) -> Option<Self> {
        let attributes = attributes::model(&input.attrs, errors);
        let private = match &attributes.krate {
            Some(path) => quote!(::#path::__private),
            None => quote!(::demijohn::__private),
        };
        let mut columns = Columns { private, ..Columns::default() };
        for field in named_fields(&input, errors)? {
            columns.read(field, errors);
        }
        let Columns { private, mut fields, mut many_to_many, generic_keys, generic_relations, groups } = columns;
        for set in &mut many_to_many {
            let is_own = last_segment(&set.target).is_some_and(|last| last.ident == input.ident);
            let said = set.attributes.symmetrical.as_ref().map(syn::LitBool::value);
            set.is_symmetrical = is_own && set.through.is_none() && said.unwrap_or(true);
            check::set(set, is_own, errors);
        }
        let keys = match purpose {
            Purpose::Model => find_key(&input.ident, &mut fields, errors)?,
            Purpose::Group => {
                let generic = generic_keys.iter().map(|key| &key.ident);
                let generic = generic.chain(generic_relations.iter().map(|relation| &relation.ident));
                check::generic_in_group(generic, errors);
                check::group(&input.ident, &fields, &many_to_many, &groups, errors)?;
                Vec::new()
            }
        };
        let app = attributes.app.clone().unwrap_or_else(|| names::app_of(Span::call_site()));
        let name = plain(&input.ident);
        let table = attributes.table.clone().unwrap_or_else(|| format!("{app}_{}", name.to_lowercase()));
        let model = Self {
            ident: input.ident,
            name,
            visibility: input.vis,
            app,
            table,
            attributes,
            private,
            fields,
            many_to_many,
            generic_keys,
            generic_relations,
            groups,
            keys,
        };
        check::fields(&model.fields, errors);
        check::names(&model, errors);
        check::other_sides(&model, errors);
        Some(model)
    }

    /// The first field of the primary key.
    pub(super) fn key(&self) -> &Field {
        &self.fields[self.keys.first().copied().unwrap_or_default()]
    }

    /// The type of the primary key: that of its field, or a tuple of theirs.
    pub(super) fn key_type(&self) -> TokenStream {
        let types = self.keys.iter().map(|key| &self.fields[*key].ty);
        match self.keys[..] {
            [key] => self.fields[key].ty.to_token_stream(),
            _ => quote!((#(#types),*)),
        }
    }

    /// The position of a group's first column.
    pub(super) fn group_position(&self, group: usize) -> TokenStream {
        let private = &self.private;
        let count = self.fields.len();
        let before = self.groups[..group].iter().map(|group| &group.ty);
        quote!(#count #(+ <#before as #private::Fields>::FIELDS.len())*)
    }

    /// The columns that somebody who makes a row must give.
    pub(super) fn required(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.is_required())
    }

    /// `HasTitle`: the type parameter that says whether a required field was given.
    pub(super) fn flag(&self, field: &Field) -> Ident {
        let name = names::pascal(&field.name);
        let twins = self.required().filter(|other| names::pascal(&other.name) == name).count();
        // `line_1` and `line1`: rare enough for an ugly name.
        if twins > 1 { format_ident!("Has_{}", field.name) } else { format_ident!("Has{name}") }
    }

    /// `PostColumns`
    pub(super) fn columns_name(&self) -> Ident {
        format_ident!("{}Columns", self.ident)
    }

    /// `PostCreate`
    pub(super) fn create_name(&self) -> Ident {
        format_ident!("{}Create", self.ident)
    }
}

/// The fields of a struct, by what they are.
#[derive(Default)]
struct Columns {
    private: TokenStream,
    fields: Vec<Field>,
    many_to_many: Vec<ManyToMany>,
    generic_keys: Vec<GenericKey>,
    generic_relations: Vec<GenericRelation>,
    groups: Vec<Group>,
}

impl Columns {
    fn read(&mut self, field: syn::Field, errors: &mut Vec<syn::Error>) {
        let Some(ident) = field.ident else { return };
        let attributes = attributes::field(&field.attrs, errors);
        let name = plain(&ident);
        if name.contains("__") || name.ends_with('_') {
            errors.push(syn::Error::new(ident.span(), "a field's name has no `__` and does not end with `_`"));
        }
        if attributes.flatten {
            self.groups.push(Group { ident, name, ty: field.ty });
            return;
        }
        if let Some(target) = argument(&field.ty, "ManyToMany") {
            let through = second_argument(&field.ty);
            let set = ManyToMany { ident, name, target, through, is_symmetrical: false, attributes };
            self.many_to_many.push(set);
            return;
        }
        if let Some(target) = argument(&field.ty, "GenericRelation") {
            let key = generic::which_key(&field.ty);
            self.generic_relations.push(GenericRelation { ident, name, ty: field.ty, target, key });
            return;
        }
        let inner = argument(&field.ty, "Option");
        let is_optional = inner.is_some();
        let bare = inner.as_ref().unwrap_or(&field.ty);
        if let Some(id) = generic::key_of(bare) {
            check::generic_key(&attributes, &ident, is_optional, errors);
            let Some(mut both) = generic::fields(&self.private, &ident, (is_optional, id), &attributes, errors) else {
                return;
            };
            generic::rename_twins(&mut both, &self.fields, errors);
            let (content_type, object_id) = (self.fields.len(), self.fields.len() + 1);
            self.fields.extend(both);
            let ty = field.ty;
            self.generic_keys.push(GenericKey { ident, name, ty, is_optional, content_type, object_id });
            return;
        }
        check::no_generic_key(&attributes, &mut *errors);
        let only = argument(bare, "OneToOne");
        let is_one_to_one = only.is_some();
        let target = only.or_else(|| argument(bare, "ForeignKey"));
        let (is_auto, is_key) = (false, false);
        self.fields.push(Field {
            ident,
            name,
            ty: field.ty,
            is_optional,
            is_auto,
            is_key,
            target,
            is_one_to_one,
            generic: None,
            attributes,
        });
    }
}

fn named_fields(input: &DeriveInput, errors: &mut Vec<syn::Error>) -> Option<impl Iterator<Item = syn::Field> + use<>> {
    let Data::Struct(data) = &input.data else {
        errors.push(syn::Error::new(input.ident.span(), "a model is a struct: one field for each column"));
        return None;
    };
    let Fields::Named(named) = &data.fields else {
        errors.push(syn::Error::new(input.ident.span(), "a model's fields have names: `struct Post { id: i64, … }`"));
        return None;
    };
    if !input.generics.params.is_empty() {
        errors.push(syn::Error::new(input.generics.span(), "a model has no type parameters: it is one table"));
        return None;
    }
    Some(named.named.clone().into_iter())
}

/// `type` of `r#type`.
fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// `T` of `Wrapper<T>`, whatever path leads to the wrapper.
pub(super) fn argument(ty: &Type, wrapper: &str) -> Option<Type> {
    let last = last_segment(ty).filter(|last| last.ident == wrapper)?;
    arguments(last).next().cloned()
}

/// `U` of `Wrapper<T, U>`.
fn second_argument(ty: &Type) -> Option<Type> {
    arguments(last_segment(ty)?).nth(1).cloned()
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.iter()),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn find_key(name: &Ident, fields: &mut [Field], errors: &mut Vec<syn::Error>) -> Option<Vec<usize>> {
    let mut keys: Vec<usize> = (0..fields.len()).filter(|n| fields[*n].attributes.primary_key).collect();
    if keys.is_empty() {
        keys.extend(fields.iter().position(|field| field.name == "id"));
    }
    if keys.is_empty() {
        errors.push(syn::Error::new(
            name.span(),
            "a model needs a primary key: add `pub id: i64`, or mark a field with `#[field(primary_key)]`",
        ));
        return None;
    }
    if keys.len() > 4 {
        errors.push(syn::Error::new(fields[keys[4]].ident.span(), "a primary key has at most four fields"));
    }
    for key in &keys {
        let alone = keys.len() == 1;
        let field = &mut fields[*key];
        field.is_key = true;
        let integer = matches!(&field.ty, Type::Path(path)
            if ["i16", "i32", "i64"].iter().any(|name| path.path.is_ident(name)));
        field.is_auto = alone && integer && (field.attributes.auto || !field.attributes.primary_key);
        if field.is_optional {
            let message = "a primary key is never NULL: write the type without `Option`";
            errors.push(syn::Error::new(field.ty.span(), message));
        }
    }
    Some(keys)
}
