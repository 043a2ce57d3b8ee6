//! Demijohn's SQL: query trees, the writer, dialects, schema and the driver trait; no I/O
