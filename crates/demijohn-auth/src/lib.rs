//! Accounts for Demijohn: users, groups, permissions, passwords, login

pub mod hashers;
pub mod password_validation;
pub mod tokens;
