//! [`Constraint`]: a condition that holds for every row of a model, or for no two rows.

use demijohn_core::model::{CheckMeta, Deferrable, ExclusionMeta, IndexMethod, TemplatePart};

/// A condition that holds for every row of a model (a check), or for no two rows (an exclusion, PostgreSQL).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    pub(crate) name: String,
    pub(crate) rule: Rule,
}

/// What a constraint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    Check(String),
    Exclusion {
        parts: Vec<(String, String)>,
        method: IndexMethod,
        condition: Option<String>,
        deferrable: Option<Deferrable>,
    },
}

/// A condition that holds for every row, as SQL with fields in braces: `check("price_positive", "{price} > 0")`.
pub fn check(name: &str, condition: &str) -> Constraint {
    Constraint { name: name.to_owned(), rule: Rule::Check(condition.to_owned()) }
}

/// What two rows may not both have (PostgreSQL):
/// `exclusion("no_overlap", [("{room}", "="), ("{during}", "&&")])`.
pub fn exclusion<const N: usize>(name: &str, parts: [(&str, &str); N]) -> Constraint {
    let parts = parts.map(|(part, operator)| (part.to_owned(), operator.to_owned())).into();
    let rule = Rule::Exclusion { parts, method: IndexMethod::Gist, condition: None, deferrable: None };
    Constraint { name: name.to_owned(), rule }
}

impl Constraint {
    /// How the index of an exclusion finds rows; GiST when not said.
    pub fn method(mut self, own: IndexMethod) -> Self {
        if let Rule::Exclusion { method, .. } = &mut self.rule {
            *method = own;
        }
        self
    }

    /// The rows that an exclusion is about, when not all.
    pub fn condition(mut self, own: &str) -> Self {
        if let Rule::Exclusion { condition, .. } = &mut self.rule {
            *condition = Some(own.to_owned());
        }
        self
    }

    /// When an exclusion is checked.
    pub fn deferrable(mut self, own: Deferrable) -> Self {
        if let Rule::Exclusion { deferrable, .. } = &mut self.rule {
            *deferrable = Some(own);
        }
        self
    }

    /// What it is, for messages.
    pub(crate) fn words(&self) -> String {
        let kind = match self.rule {
            Rule::Check(_) => "check",
            Rule::Exclusion { .. } => "exclusion",
        };
        format!("{kind} `{}`", self.name)
    }

    fn templates(&self) -> Vec<&str> {
        match &self.rule {
            Rule::Check(condition) => vec![condition],
            Rule::Exclusion { parts, condition, .. } => {
                parts.iter().map(|(part, _)| part.as_str()).chain(condition.as_deref()).collect()
            }
        }
    }

    pub(crate) fn mentions(&self, field: &str) -> bool {
        self.mentioned().contains(&field)
    }

    pub(crate) fn mentioned(&self) -> Vec<&str> {
        self.templates().into_iter().flat_map(fields_of).collect()
    }

    /// Follows a field that gets another name.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        match &mut self.rule {
            Rule::Check(text) => rename_in(text, from, to),
            Rule::Exclusion { parts, condition, .. } => {
                parts.iter_mut().map(|(part, _)| part).chain(condition).for_each(|text| rename_in(text, from, to));
            }
        }
    }
}

impl From<&CheckMeta> for Constraint {
    fn from(meta: &CheckMeta) -> Self {
        check(meta.name, meta.condition.0)
    }
}

impl From<&ExclusionMeta> for Constraint {
    fn from(meta: &ExclusionMeta) -> Self {
        let parts = meta.parts.iter().map(|(part, operator)| (part.0.to_owned(), (*operator).to_owned())).collect();
        let method = if meta.method == IndexMethod::BTree { IndexMethod::Gist } else { meta.method };
        let condition = meta.condition.map(|condition| condition.0.to_owned());
        let rule = Rule::Exclusion { parts, method, condition, deferrable: meta.deferrable };
        Self { name: meta.name.to_owned(), rule }
    }
}

/// The fields in the braces of some SQL.
pub(crate) fn fields_of(text: &str) -> impl Iterator<Item = &str> {
    TemplatePart::all(text).into_iter().filter_map(|part| match part {
        TemplatePart::Field(name) => Some(name),
        TemplatePart::Sql(_) => None,
    })
}

/// Gives a field in the braces of some SQL another name.
pub(crate) fn rename_in(text: &mut String, from: &str, to: &str) {
    if !fields_of(text).any(|field| field == from) {
        return;
    }
    let write = |part: TemplatePart<'_>| match part {
        TemplatePart::Sql(sql) => sql.replace('{', "{{").replace('}', "}}"),
        TemplatePart::Field(name) if name == from => format!("{{{to}}}"),
        TemplatePart::Field(name) => format!("{{{name}}}"),
    };
    *text = TemplatePart::all(text).into_iter().map(write).collect();
}
