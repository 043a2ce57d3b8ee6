//! Accounts through HTTP and the command line, on real databases.

mod app;
mod commands;
mod django;
mod guards;
mod login;
mod migrations;
mod password_change;
mod permissions;
mod sessions;
mod templates;
