//! What of the models a database cannot do, said before anything is migrated.

use demijohn_core::Check;
use demijohn_core::model::Models;
use demijohn_sql::schema::limits;
use demijohn_sql::{Dialect, Mysql, Postgres, Sqlite};

use super::state::State;

/// What of the models the database at an address cannot do. What is only slower or without words there is a warning.
pub(crate) fn limit_checks(models: &Models, address: &str) -> Vec<Check> {
    let dialect: &dyn Dialect = match address.split(':').next().unwrap_or_default() {
        "sqlite" => &Sqlite,
        "postgres" | "postgresql" => &Postgres,
        "mysql" | "mariadb" => &Mysql,
        _ => return Vec::new(),
    };
    let state = State::from(models);
    // Models that cannot be made into tables have checks of their own.
    let tables = state.tables().unwrap_or_default();
    let mut checks = Vec::new();
    for table in &tables {
        let model = state.models.iter().find(|model| model.table == table.name);
        let name = model.map_or_else(|| table.name.clone(), super::state::ModelState::full_name);
        for limit in limits(table, dialect) {
            let object = if limit.part.is_empty() { name.clone() } else { format!("{name}: {}", limit.part) };
            let make = if limit.is_error { Check::error } else { Check::warning };
            checks.push(make(limit.id, object, limit.message).with_hint(limit.hint));
        }
    }
    checks
}

#[cfg(test)]
mod tests {
    use demijohn_core::model::{FieldKind, FieldMeta, IndexMeta, IndexMethod, ModelMeta, Models, SqlTemplate};
    use expect_test::{Expect, expect};

    use super::limit_checks;

    fn check(address: &str, wanted: Expect) {
        static FIELDS: &[FieldMeta] = &[
            FieldMeta::new("id", "id", "id", FieldKind::BigInt).primary_key().auto(),
            FieldMeta::new("tags", "tags", "tags", FieldKind::Array(&FieldKind::Integer)).comment("by number"),
            FieldMeta::new("half", "half", "half", FieldKind::BigInt).generated(SqlTemplate("{id} / 2"), false),
        ];
        static INDEXES: &[IndexMeta] = &[
            IndexMeta::new(&["half"]).name("half_gin").method(IndexMethod::Gin),
            IndexMeta::new(&["half"]).name("half_some").unique().condition(SqlTemplate("{half} > 1")),
        ];
        static CUP: ModelMeta = ModelMeta::new("shop", "Cup", "shop_cup", "cup", "cups", FIELDS).indexes(INDEXES);
        let models: Models = [&CUP].into_iter().collect();
        let lines: Vec<String> = limit_checks(&models, address)
            .iter()
            .map(|check| format!("{:?} {} {}: {}", check.level, check.id, check.object, check.message))
            .collect();
        wanted.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn each_database_says_what_it_cannot_do() {
        check(
            "sqlite::memory:",
            expect![[r#"
            Error fields.E181 shop.Cup: tags: SQLite has no columns of list of integer
            Warning fields.W163 shop.Cup: tags: SQLite keeps no comments on columns
            Warning models.W048 shop.Cup: half_gin: SQLite has no indexes of the method Gin"#]],
        );
        check(
            "postgres://localhost/x",
            expect![
                "Error fields.E221 shop.Cup: half: PostgreSQL computes columns when rows are written, not when they are read"
            ],
        );
        check(
            "mysql://localhost/x",
            expect![[r#"
            Error fields.E181 shop.Cup: tags: MySQL or MariaDB has no columns of list of integer
            Warning models.W048 shop.Cup: half_gin: MySQL or MariaDB has no indexes of the method Gin
            Error models.W036 shop.Cup: half_some: MySQL or MariaDB has no indexes over some rows"#]],
        );
    }
}
