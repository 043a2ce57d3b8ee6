//! Demijohn's derive and attribute macros
