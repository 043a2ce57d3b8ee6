//! `index(…)`, `unique(…)`, `check(…)` and `exclude(…)` of `#[model(…)]`.

use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::{LitBool, LitStr, Token, parenthesized};

use super::{hint, list, one_of, texts};

const METHODS: [&str; 8] = ["BTree", "Hash", "Gin", "Gist", "Brin", "SpGist", "Bloom", "FullText"];
const DEFERRABLE: [&str; 2] = ["Deferred", "Immediate"];

/// `index("post", "-created_at", name = "comment_post_created")`, `unique("user", "group", condition = "{active}")`.
pub(in crate::derive) struct Index {
    pub(in crate::derive) fields: Vec<LitStr>,
    pub(in crate::derive) expressions: Vec<LitStr>,
    pub(in crate::derive) include: Vec<LitStr>,
    pub(in crate::derive) opclasses: Vec<LitStr>,
    pub(in crate::derive) nulls_distinct: Option<LitBool>,
    pub(in crate::derive) unique: bool,
    pub(in crate::derive) options: Options,
    /// Where it stands.
    pub(in crate::derive) span: Span,
}

/// `check("price_not_negative", "{price} >= 0", message = "…")`.
pub(in crate::derive) struct Check {
    pub(in crate::derive) name: LitStr,
    pub(in crate::derive) condition: LitStr,
    pub(in crate::derive) message: Option<LitStr>,
}

/// `exclude("no_double_booking", ("{room}", "="), ("{during}", "&&"), method = Gist)`.
pub(in crate::derive) struct Exclusion {
    pub(in crate::derive) name: LitStr,
    pub(in crate::derive) parts: Vec<(LitStr, LitStr)>,
    pub(in crate::derive) options: Options,
}

/// What several of them can say.
#[derive(Default)]
pub(in crate::derive) struct Options {
    pub(in crate::derive) name: Option<LitStr>,
    pub(in crate::derive) condition: Option<LitStr>,
    pub(in crate::derive) method: Option<Ident>,
    pub(in crate::derive) deferrable: Option<Ident>,
    pub(in crate::derive) message: Option<LitStr>,
}

impl Options {
    fn read(&mut self, name: &str, input: ParseStream<'_>) -> syn::Result<()> {
        match name {
            "name" => self.name = Some(input.parse()?),
            "condition" => self.condition = Some(input.parse()?),
            "method" => self.method = Some(one_of(input, &METHODS)?),
            "deferrable" => self.deferrable = Some(one_of(input, &DEFERRABLE)?),
            _ => self.message = Some(input.parse()?),
        }
        Ok(())
    }
}

impl Index {
    pub(super) fn parse(input: ParseStream<'_>, unique: bool) -> syn::Result<Self> {
        let content;
        let span = parenthesized!(content in input).span.join();
        let mut index = Self {
            fields: Vec::new(),
            expressions: Vec::new(),
            include: Vec::new(),
            opclasses: Vec::new(),
            nulls_distinct: None,
            unique,
            options: Options::default(),
            span,
        };
        let names: &[&str] = if unique {
            &["name", "condition", "expressions", "include", "opclasses", "deferrable", "nulls_distinct", "message"]
        } else {
            &["name", "condition", "expressions", "include", "opclasses", "method"]
        };
        while !content.is_empty() {
            if content.peek(LitStr) {
                index.fields.push(content.parse()?);
            } else {
                let name = option(&content, "a field in quotes", names)?;
                match name.as_str() {
                    "expressions" => index.expressions = texts(&content)?,
                    "include" => index.include = texts(&content)?,
                    "opclasses" => index.opclasses = texts(&content)?,
                    "nulls_distinct" => index.nulls_distinct = Some(content.parse()?),
                    _ => index.options.read(&name, &content)?,
                }
            }
            comma(&content)?;
        }
        index.refuse()?;
        Ok(index)
    }

    fn refuse(&self) -> syn::Result<()> {
        let what = if self.unique { "unique" } else { "index" };
        if self.fields.is_empty() == self.expressions.is_empty() {
            let message =
                format!("`{what}(…)` is over fields, `{what}(\"title\")`, or `expressions = [\"lower({{title}})\"]`");
            return Err(syn::Error::new(self.span, message));
        }
        if !self.expressions.is_empty() && self.options.name.is_none() {
            let message = format!("`{what}(…)` over expressions needs a name: add `name = \"…\"`");
            return Err(syn::Error::new(self.span, message));
        }
        if self.unique && self.options.name.is_none() && self.options.condition.is_some() {
            return Err(syn::Error::new(self.span, "`unique(…)` with a condition needs a name: add `name = \"…\"`"));
        }
        let count = self.fields.len() + self.expressions.len();
        if !self.opclasses.is_empty() && self.opclasses.len() != count {
            let message =
                format!("`opclasses` names one for each of its {count} parts; here are {}", self.opclasses.len());
            return Err(syn::Error::new(self.span, message));
        }
        Ok(())
    }
}

impl Check {
    pub(super) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        parenthesized!(content in input);
        let how = "`check(\"name\", \"{field} >= 0\")`: its name and its condition";
        let name = content.parse().map_err(|error| syn::Error::new(error.span(), how))?;
        content.parse::<Token![,]>().map_err(|error| syn::Error::new(error.span(), how))?;
        let condition = content.parse().map_err(|error| syn::Error::new(error.span(), how))?;
        comma(&content)?;
        let mut options = Options::default();
        while !content.is_empty() {
            let name = option(&content, "nothing else", &["message"])?;
            options.read(&name, &content)?;
            comma(&content)?;
        }
        Ok(Self { name, condition, message: options.message })
    }
}

impl Exclusion {
    pub(super) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        parenthesized!(content in input);
        let how =
            "`exclude(\"name\", (\"{room}\", \"=\"), (\"{during}\", \"&&\"))`: its name, and what is compared how";
        let name: LitStr = content.parse().map_err(|error| syn::Error::new(error.span(), how))?;
        comma(&content)?;
        let (mut parts, mut options) = (Vec::new(), Options::default());
        while !content.is_empty() {
            if content.peek(syn::token::Paren) {
                let part: super::Pair = content.parse()?;
                parts.push((part.0, part.1));
            } else {
                let name = option(&content, "a pair in brackets", &["method", "condition", "deferrable", "message"])?;
                options.read(&name, &content)?;
            }
            comma(&content)?;
        }
        if parts.is_empty() {
            return Err(syn::Error::new(name.span(), how));
        }
        Ok(Self { name, parts, options })
    }
}

/// `name =`, one of these.
fn option(input: ParseStream<'_>, other: &str, names: &[&str]) -> syn::Result<String> {
    let found: Ident = input.parse().map_err(|error| {
        syn::Error::new(error.span(), format!("expected {other}, or one of {} with `=`", list(names)))
    })?;
    let name = found.to_string();
    if !names.contains(&name.as_str()) {
        let message = format!("unknown option `{name}`; choices are {}{}", list(names), hint(&name, names));
        return Err(syn::Error::new(found.span(), message));
    }
    input.parse::<Token![=]>()?;
    Ok(name)
}

fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}
