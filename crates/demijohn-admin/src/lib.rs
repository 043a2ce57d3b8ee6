//! The automatic admin of Demijohn
