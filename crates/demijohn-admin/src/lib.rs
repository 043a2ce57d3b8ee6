//! The automatic admin of Demijohn: lists, forms, deletion and history for every registered model.
//!
//! [`app`] is the site's admin, installed with `.install(admin::app())`; [`AppAdmin::admin`] shows a model in it.
//! Everything behind that one generic line works on `ModelMeta` and records, so it is compiled once and would show a
//! table that no struct describes just as well.
//!
//! It is closed by default: a person needs the staff flag to come in, and the permission of each model and act.

mod access;
mod app;
mod assets;
mod autocomplete;
mod change_form;
mod change_list;
mod delete;
mod history;
mod index;
mod log_entry;
mod login;
mod migrations;
mod model;
mod password;
mod quote;
mod registration;
mod relations;
mod show;
mod site;
mod staff;
mod users;

pub use app::app;
pub use log_entry::LogEntry;
pub use model::AdminModel;
pub use registration::{AppAdmin, ModelAdmin};
