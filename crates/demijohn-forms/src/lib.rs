//! Forms for Demijohn: fields, widgets, validation, forms from models
