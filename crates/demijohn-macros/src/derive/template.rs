//! SQL with fields in braces, as `demijohn_core`'s `SqlTemplate` reads it.

use syn::LitStr;

/// The names in braces.
pub(super) fn names(template: &LitStr) -> Vec<String> {
    read(&template.value()).unwrap_or_default()
}

/// Says what is wrong with its braces.
pub(super) fn refuse(template: &LitStr) -> Option<syn::Error> {
    let text = template.value();
    if text.trim().is_empty() {
        return Some(syn::Error::new(template.span(), "there is no SQL between the quotes"));
    }
    read(&text).err().map(|message| syn::Error::new(template.span(), message))
}

fn read(text: &str) -> Result<Vec<String>, &'static str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let from = &rest[at..];
        if from.starts_with("{{") || from.starts_with("}}") {
            rest = &from[2..];
            continue;
        }
        let inside = from.strip_prefix('{').ok_or("a `}` without its `{`; write `}}` for a brace that is SQL")?;
        let (name, after) =
            inside.split_once('}').ok_or("a `{` without its `}`; write `{{` for a brace that is SQL")?;
        names.push(name.trim().to_owned());
        rest = after;
    }
    Ok(names)
}
