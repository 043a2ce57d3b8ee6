//! What the derive writes, as people would read it, and how much of it there is.

use expect_test::expect;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

/// Lines of an expansion beside those of its fields, and for each field. The house style asks for 40 and 8; the rest is
/// the price of `save` naming the required field that is missing, which takes a type parameter for each of them.
const BUDGET: (usize, usize) = (56, 10);

/// The tokens with a line for each statement, field and match arm: near enough to rustfmt to be read and counted.
fn pretty(tokens: TokenStream) -> String {
    let mut text = String::new();
    write(tokens, 0, &mut text);
    let shortened = [
        (":: demijohn :: __private :: ", ""),
        (":: core :: ", "core::"),
        (":: std :: ", "std::"),
        (" :: ", "::"),
        (" , ", ", "),
        (" ;", ";"),
        (" :", ":"),
        (" . ", "."),
        (" (", "("),
        ("< ", "<"),
        (" >", ">"),
        (" <", "<"),
        ("& ", "&"),
    ];
    shortened.into_iter().fold(text, |text, (from, to)| text.replace(from, to))
}

fn write(tokens: TokenStream, depth: usize, text: &mut String) {
    let indent = |text: &mut String| {
        text.truncate(text.trim_end().len());
        text.push('\n');
        text.push_str(&"    ".repeat(depth));
    };
    let (mut after_hash, mut after_minus, mut angles) = (false, false, 0_usize);
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => angles += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' && !after_minus => angles = angles.saturating_sub(1),
            _ => {}
        }
        match &token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !group.stream().is_empty() => {
                text.push_str("{\n");
                text.push_str(&"    ".repeat(depth + 1));
                write(group.stream(), depth + 1, text);
                indent(text);
                text.push('}');
                indent(text);
            }
            TokenTree::Group(group) if after_hash && group.delimiter() == Delimiter::Bracket => {
                text.push_str(&token.to_string());
                indent(text);
            }
            TokenTree::Punct(punct)
                if punct.as_char() == ';' || (punct.as_char() == ',' && depth > 0 && angles == 0) =>
            {
                text.truncate(text.trim_end().len());
                text.push(punct.as_char());
                indent(text);
            }
            TokenTree::Punct(punct) if punct.spacing() == proc_macro2::Spacing::Joint => text.push(punct.as_char()),
            TokenTree::Punct(punct) if matches!(punct.as_char(), '#' | '&' | '\'') => text.push(punct.as_char()),
            other => {
                text.push_str(&other.to_string());
                text.push(' ');
            }
        }
        after_minus = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '-');
        after_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
    }
}

fn expand(tokens: TokenStream) -> String {
    pretty(super::expand(syn::parse2(tokens).expect("it is a struct")))
}

#[test]
#[expect(clippy::too_many_lines, reason = "an expansion to be read")]
fn an_expansion_is_data_and_thin_conversions() {
    let text = expand(quote! {
        #[model(app = "blog", ordering = ["-id"])]
        pub struct Post {
            pub id: i64,
            #[field(max_length = 200)]
            pub title: String,
            #[field(auto_now)]
            pub changed_at: Timestamp,
            #[field(on_delete = Cascade)]
            pub author: ForeignKey<User>,
        }
    });
    expect![[r##"
        #[doc = "The columns of [`Post`], in the closures of queries."]
        #[allow(missing_docs)]
        #[derive(Clone, Copy)]
        pub struct PostColumns {
            pub id: Column<i64>,
            pub title: Column<String>,
            pub changed_at: Column<Timestamp>,
            pub author: Column<ForeignKey<User>>,
        }
        #[automatically_derived]
        #[allow(missing_docs)]
        impl PostColumns {
            pub fn author(self) -><User as Model>::Columns {
               <User as Model>::columns(self.author.path().child(3u16))
            }
        }
        columns_of ! {
            Post,
            PostColumns,
            id
        }
        #[doc(hidden)]
        #[allow(missing_docs, non_camel_case_types)]
        pub mod __post_required {
            pub enum title { } pub enum author { }
        }
        #[doc = "A new [`Post`], while its fields are given; `save` needs all the required ones."]
        #[must_use = "nothing is stored until `.save(&db)` is awaited"]
        pub struct PostCreate<HasTitle = __post_required::title, HasAuthor = __post_required::author>(Draft<Post>, core::marker::PhantomData<fn() ->(HasTitle, HasAuthor ,)> ,);
        #[automatically_derived]
        #[allow(missing_docs)]
        impl<HasTitle, HasAuthor> PostCreate<HasTitle, HasAuthor> {
            pub fn title(self, value: impl Assign<String>) -> PostCreate<(), HasAuthor> {
                PostCreate(self.0.set(1usize, Assign::into_value(value)), core::marker::PhantomData)
            }
            pub fn changed_at(self, value: impl Assign<Timestamp>) -> PostCreate<HasTitle, HasAuthor> {
                PostCreate(self.0.set(2usize, Assign::into_value(value)), core::marker::PhantomData)
            }
            pub fn author(self, value: impl Assign<ForeignKey<User>>) -> PostCreate<HasTitle,()> {
                PostCreate(self.0.set(3usize, Assign::into_value(value)), core::marker::PhantomData)
            }
            #[doc = r" The draft, complete."]
            pub fn build(self) -> Draft<Post> where HasTitle: Provided,
            HasAuthor: Provided {
                self.0
            }
            #[doc = r" Stores the row."]
            pub fn save<'a>(self, db: &'a dyn Executor) -> BoxFuture<'a, Result<Post>> where HasTitle: Provided,
            HasAuthor: Provided {
                std::boxed::Box::pin(self.0.save(db))
            }
        }
        const _:() = {
            static __FIELDS: [FieldMeta; 4usize] = [field(<i64 as FieldValue>::FIELD, "id", "id", "ID").primary_key().auto(), field(<String as FieldValue>::FIELD, "title", "title", "title").max_length(200), field(<Timestamp as FieldValue>::FIELD, "changed_at", "changed_at", "changed at").auto_now(AutoNow::OnSave), field(<ForeignKey<User> as FieldValue>::FIELD, "author", "author_id", "author").references(<User as Model>::meta, OnDelete::Cascade, core::option::Option::None)];
            static __META: ModelMeta = ModelMeta::new("blog", "Post", "blog_post", "post", "posts", &__FIELDS).ordering(&[OrderMeta { field: "id", descending: true }]).source(core::env !("CARGO_MANIFEST_DIR"), core::file !(), core::line !());
            static __ROOT: Path = Path::root(&__META);
            #[automatically_derived]
            impl Model for Post {
                type Columns = PostColumns;
                type Key = i64;
                type Create = PostCreate;
                const KEY_KIND: FieldKind =<i64 as FieldValue>::KIND.as_reference();
                fn meta() -> &'static ModelMeta {
                    &__META
                }
                fn root() -> &'static Path {
                    &__ROOT
                }
                fn columns(path: &'static Path) -> PostColumns {
                    PostColumns {
                        id: Column::new(path, 0u16),
                        title: Column::new(path, 1u16),
                        changed_at: Column::new(path, 2u16),
                        author: Column::new(path, 3u16),
                    }
                }
                fn from_row(row: &dyn Row, plan: &Plan) -> Result<Self> {
                    core::result::Result::Ok(Self { id:<i64 as FieldValue>::read(row, plan.at(0usize)) ?, title:<String as FieldValue>::read(row, plan.at(1usize)) ?, changed_at:<Timestamp as FieldValue>::read(row, plan.at(2usize)) ?, author: ForeignKey::<User>::read_with(row, plan, 3usize) ?, })
                }
                fn values(&self) -> std::vec::Vec<Value> {
                    std::vec ! [<i64 as FieldValue>::to_value(&self.id),<String as FieldValue>::to_value(&self.title),<Timestamp as FieldValue>::to_value(&self.changed_at),<ForeignKey<User> as FieldValue>::to_value(&self.author)]
                }
                fn key(&self) -> i64 {
                    core::clone::Clone::clone(&self.id)
                }
                fn touch(&mut self, now: Timestamp) {
                    self.changed_at =<Timestamp as FollowsClock>::at(now);
                }
                fn create() -> PostCreate {
                    PostCreate(Draft::new(), core::marker::PhantomData)
                }
            }
        };
        #[doc = "`post_set()`: the [`Post`] rows whose `author` is a row, of that row and in the closures of queries."]
        #[allow(dead_code)]
        pub trait PostByAuthor: Side<User> {
            #[doc = "`post_set()`: the [`Post`] rows whose `author` is a row, of that row and in the closures of queries."]
            fn post_set(self) -> Self::Many<Post> {
                self.many(SideLink::Key(3u16))
            }
        }
        #[automatically_derived]
        impl<S: Side<User>> PostByAuthor for S { } "##]].assert_eq(&text);
}

/// The slope of lines over fields is what a field costs; what is left is the model's.
#[test]
fn an_expansion_keeps_to_its_budget() {
    let model = |count: usize| {
        // As in most models, one field in two has to be given.
        let (needed, others) = ((0..count / 2), (0..count / 2));
        let needed = needed.map(|n| quote::format_ident!("needed{n}"));
        let others = others.map(|n| quote::format_ident!("other{n}"));
        let text = expand(quote! {
            #[model(app = "blog")]
            struct Wide { id: i64, #(#[field(max_length = 9)] #needed: String,)* #(#others: Option<i64>,)* }
        });
        // What is wider than the page would be broken into more lines.
        text.lines().map(|line| line.trim().len().div_ceil(110)).sum::<usize>()
    };
    let (small, large) = (model(10), model(20));
    let a_field = (large - small).div_ceil(10);
    assert!(a_field <= BUDGET.1, "a field costs {a_field} lines");
    let rest = small - 11 * (large - small) / 10;
    assert!(rest <= BUDGET.0, "a model costs {rest} lines beside its fields");
}

/// All of the messages, and the rest is written all the same.
fn errors(tokens: TokenStream) -> String {
    let text = super::expand(syn::parse2(tokens).expect("it is a struct")).to_string();
    let messages = text.split("compile_error").skip(1).filter_map(|rest| {
        let (_, rest) = rest.split_once('"')?;
        Some(rest.split_once("\" }")?.0.replace("\\\"", "\"").replace("\\n", "\n"))
    });
    messages.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_mistake_is_named_at_once() {
    let found = errors(quote! {
        #[model(app = "blog", display = ["-title"])]
        struct Post {
            id: i64,
            save: String,
            author_id: i64,
            #[field(on_delete = SetNull)]
            author: ForeignKey<User>,
            a__b: i64,
            #[field(max_lenght = 3)]
            title: String,
        }
    });
    expect![[r#"
        a field's name has no `__` and does not end with `_`
        unknown attribute `max_lenght` in `#[field(…)]`; choices are `primary_key`, `max_length`, `max_digits`, `decimal_places`, `integer`, `default`, `db_default`, `generated`, `virtual`, `unique`, `unique_for_date`, `unique_for_month`, `unique_for_year`, `index`, `blank`, `auto_now`, `auto_now_add`, `column`, `comment`, `collation`, `label`, `help_text`, `choices`, `format`, `min`, `max`, `min_length`, `validators`, `not_editable`, `on_delete`, `set_to`, `to_field`, `no_constraint`, `related_name`, `content_type`, `object_id`, `table`, `through_fields`, `symmetrical`, `auto`, `flatten`
        help: did you mean `max_length`?
        a field cannot be called `save`: `create()` has a method of that name. Choose another name, and keep the column with `#[field(column = "save")]`
        the column `author_id` belongs to `author_id` already; name another with `#[field(column = "…")]`
        `on_delete = SetNull` needs a field that may be NULL: `Option<ForeignKey<…>>`
        unknown field `-title`; choices are `id`, `save`, `author_id`, `author`, `a__b`, `title`"#]].assert_eq(&found);
}

#[test]
fn what_a_generic_key_cannot_be_told_is_refused() {
    let found = errors(quote! {
        #[model(app = "desk", index("content_type", "object"))]
        struct Note {
            id: i64,
            #[field(on_delete = SetNull, unique)]
            about: GenericForeignKey,
            #[field(content_type = "the type", object_id = "n")]
            other: Option<GenericForeignKey<String>>,
            #[field(content_type = "kind")]
            text: String,
        }
    });
    expect![[r#"
        `unique` cannot be said of a generic key: it is two columns, named by `content_type = "…"` and `object_id = "…"`, and indexed and unique by `#[model(…)]`
        `on_delete = SetNull` needs a field that may be NULL: `Option<GenericForeignKey>`
        a field's name is written as one is: `target_type`
        `content_type` belongs to a `GenericForeignKey`
        unknown field `object`; choices are `id`, `content_type`, `object_id`, `text`
        help: did you mean `object_id`?"#]].assert_eq(&found);
    let group =
        quote! { #[model(app = "desk")] struct Stamps { by: GenericForeignKey, notes: GenericRelation<Note>, n: i64 } };
    let text = super::fields(syn::parse2(group).expect("it is a struct")).to_string();
    let messages: Vec<_> = text.split("compile_error").skip(1).collect();
    assert_eq!(messages.len(), 2, "{text}");
    assert!(messages.iter().all(|message| message.contains("stands in the model itself")), "{messages:?}");
}
