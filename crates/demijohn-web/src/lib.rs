//! Demijohn's micro framework: App, routing, server, templates, sessions, CSRF, test client
