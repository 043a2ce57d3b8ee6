//! Demijohn's ORM: models, query sets, transactions, migrations
