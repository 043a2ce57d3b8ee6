//! The ORM on a real database.

mod models;
mod queries;
mod records;
mod writes;
