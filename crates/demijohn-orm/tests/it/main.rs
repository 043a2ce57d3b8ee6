//! The ORM on a real database.

#[macro_use]
mod databases;

mod corners;
mod crashes;
mod deletion;
mod differential;
mod expressions;
mod fields;
mod fixtures;
mod flush;
mod generic;
mod many;
mod migrations;
mod models;
mod one_to_one;
mod paging;
mod parity;
mod prefetch;
mod queries;
mod raw;
mod reading;
mod records;
mod requests;
mod sets;
mod storing;
mod strict;
mod transactions;
mod validation;
mod watching;
mod words;
mod writes;
