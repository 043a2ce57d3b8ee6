//! The ORM on a real database.

mod corners;
mod migrations;
mod models;
mod queries;
mod records;
mod strict;
mod writes;
