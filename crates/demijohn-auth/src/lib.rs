//! Accounts for Demijohn: users, groups, permissions, passwords, login
