//! Forms for Demijohn: fields, widgets, validation, forms from models.
//!
//! A [`Form`] is a list of [`Field`]s. It is given what a browser sent ([`FormData`]), says everything that is wrong
//! with it at once, and is drawn again with exactly what the person typed. [`model_form`] makes one from the
//! description of a model. There is no database here: which rows can be chosen, the caller says.
//!
//! What is wrong is data ([`FieldErrors`](demijohn_core::FieldErrors)) in Django's own words. No input makes
//! anything here panic or take more than linear time.

mod choice;
mod clean;
mod cleaned;
mod context;
mod data;
mod field;
mod field_type;
mod form;
mod input_format;
mod message;
mod model_form;
mod render;
mod rule;
mod show;
mod widget;

pub use choice::ChoiceOption;
pub use cleaned::Cleaned;
pub use context::{ChoiceContext, FieldContext, FormContext, HiddenContext, OptionContext, WidgetContext};
pub use data::FormData;
pub use field::Field;
pub use form::Form;
pub use message::{INVALID_MODEL_CHOICE, invalid_choice};
pub use model_form::{ModelForm, model_form};
pub use rule::Rule;
pub use widget::Widget;
