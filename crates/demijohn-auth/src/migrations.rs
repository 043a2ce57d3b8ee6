//! The migrations of accounts. Each stands for all of Django's: a database that Django migrated has them already, and
//! one that is new gets Django's rows recorded, so that Django finds it migrated.

pub(crate) mod auth;
pub(crate) mod sessions;

pub(crate) use demijohn_orm::content_type::migrations as contenttypes;
