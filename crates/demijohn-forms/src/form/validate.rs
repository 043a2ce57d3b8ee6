//! What was sent, and what is wrong with it.

use std::borrow::Cow;

use demijohn_core::FieldErrors;
use demijohn_core::model::Value;

use super::Form;
use crate::cleaned::same;
use crate::field_type::FieldType;
use crate::{Cleaned, Field, FormData, Widget, clean};

/// What was sent, and what is wrong with it.
impl Form {
    /// Gives it what was sent; what an earlier one was found to say is forgotten.
    pub fn bind(&mut self, data: &FormData) {
        self.data = Some(data.clone());
        self.errors = FieldErrors::new();
        self.cleaned = Cleaned::default();
    }

    /// Was anything sent?
    pub fn is_bound(&self) -> bool {
        self.data.is_some()
    }

    /// Reads every field and keeps what is wrong with them, so that the form can be drawn again with it.
    ///
    /// A form that was sent nothing is read as if every field had been left empty.
    ///
    /// # Errors
    /// Everything that is wrong with any field.
    pub fn validate(&mut self) -> Result<Cleaned, FieldErrors> {
        let zone = self.zone();
        let mut cleaned = Cleaned::default();
        let mut errors = FieldErrors::new();
        for field in self.fields.iter().filter(|field| field.is_read()) {
            match clean::field(field, &self.sent(field), &zone) {
                Ok(values) => cleaned.add(field, values),
                Err(messages) => messages.into_iter().for_each(|message| errors.add(field.name.clone(), message)),
            }
        }
        for rule in &self.rules {
            rule(&cleaned, &mut errors);
        }
        self.cleaned = cleaned;
        self.errors = FieldErrors::new();
        self.add_errors(&errors);
        if self.errors.is_empty() { Ok(self.cleaned.clone()) } else { Err(self.errors.clone()) }
    }

    /// What is wrong, as far as is known.
    pub fn errors(&self) -> &FieldErrors {
        &self.errors
    }

    /// The values that were valid, also when others were not.
    pub fn cleaned(&self) -> &Cleaned {
        &self.cleaned
    }

    /// Adds something that is wrong with a field, found elsewhere: a name that is taken.
    ///
    /// [`FieldErrors::FORM`], and any name that is not a field's, stand for the whole form.
    pub fn add_error(&mut self, field: &str, message: impl Into<String>) {
        let name = self.get(field).map_or(Cow::Borrowed(FieldErrors::FORM), |field| field.name.clone());
        self.cleaned.remove(&name);
        self.errors.add(name, message);
    }

    /// Adds everything that is wrong: the errors of a database, for example.
    pub fn add_errors(&mut self, errors: &FieldErrors) {
        for (field, messages) in errors.iter() {
            for message in messages {
                self.add_error(field, message);
            }
        }
    }

    /// The names of the fields that say something else than they did at first; to be asked after [`Form::validate`].
    ///
    /// A field that was not valid is among them: its old value is not what the person wants.
    pub fn changed(&self) -> Vec<&str> {
        let fields = self.fields.iter().filter(|field| field.is_read() && !field.disabled);
        fields.filter(|field| self.is_changed(field)).map(Field::name).collect()
    }

    /// The values that are chosen in a field now: those that were sent, else those it has at first.
    ///
    /// A browser may have sent keys of rows that do not exist: this is what to look up before
    /// [`Field::set_choices`] is told which of them do.
    pub fn chosen(&self, name: &str) -> Vec<Value> {
        let Some(field) = self.get(name) else { return Vec::new() };
        if self.data.is_none() || field.disabled || !field.is_read() {
            return field.initial.iter().filter(|value| !value.is_null()).cloned().collect();
        }
        let Some(choices) = field.selection().filter(|choices| choices.key.is_some()) else {
            return self.cleaned.all(name).to_vec();
        };
        self.sent(field).iter().filter(|text| !text.is_empty()).filter_map(|text| choices.key(text)).collect()
    }

    fn is_changed(&self, field: &Field) -> bool {
        if !self.errors.of(&field.name).is_empty() {
            return true;
        }
        let values = self.cleaned.all(&field.name);
        if field.is_multiple() {
            // The order of a set means nothing.
            return values.len() != field.initial.len() || values.iter().any(|value| !field.initial.contains(value));
        }
        let initial = field.initial.first().unwrap_or(&Value::Null);
        if initial.is_null() && field.widget == Widget::Checkbox {
            return values.first() == Some(&Value::Bool(true));
        }
        values.first().is_some_and(|value| !same(initial, value))
    }

    /// The texts that were sent for a field.
    pub(crate) fn sent(&self, field: &Field) -> Vec<Cow<'_, str>> {
        let Some(data) = &self.data else { return Vec::new() };
        let name = self.html_name(&field.name);
        if field.widget == Widget::SplitDateTime {
            let both = self.sent_parts(field).map(str::trim).join(" ");
            return vec![Cow::Owned(both.trim().to_owned())];
        }
        if matches!(field.reads, FieldType::Range(_)) {
            return self.sent_parts(field).map(Cow::Borrowed).to_vec();
        }
        if field.is_multiple() {
            return data.iter().filter(|(known, _)| *known == name).map(|(_, value)| Cow::Borrowed(value)).collect();
        }
        data.get(&name).map(Cow::Borrowed).into_iter().collect()
    }

    /// What was sent in two controls: date and time, the ends of a range.
    pub(crate) fn sent_parts(&self, field: &Field) -> [&str; 2] {
        let name = self.html_name(&field.name);
        let part = |n: u8| self.data.as_ref().and_then(|data| data.get(&format!("{name}_{n}"))).unwrap_or_default();
        [part(0), part(1)]
    }
}
