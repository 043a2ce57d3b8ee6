//! The ORM on a real database.

#[macro_use]
mod databases;

mod corners;
mod differential;
mod migrations;
mod models;
mod queries;
mod paging;
mod reading;
mod records;
mod requests;
mod strict;
mod transactions;
mod watching;
mod writes;
