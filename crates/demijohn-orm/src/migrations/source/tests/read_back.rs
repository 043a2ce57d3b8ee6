//! What the writer writes lies beside this file, byte for byte; it compiles with these tests, and says again what was
//! written. `UPDATE_EXPECT=1` writes it anew.

use std::collections::BTreeSet;

use demijohn_core::model::{FieldKind, Range, Value};
use expect_test::{ExpectFile, expect_file};

use crate::migrations::field::Holds;
use crate::migrations::prelude::*;
use crate::migrations::server::OnServer;
use crate::migrations::source::file_of;
use crate::migrations::{Operation, Step};

/// The written files, as modules.
macro_rules! written {
    ($($name:ident),+) => {$(
        #[rustfmt::skip]
        #[allow(clippy::all, clippy::pedantic, reason = "nobody wrote it by hand")]
        mod $name;
    )+};
}

written!(everything, functions, kinds, values);

async fn label(tx: &Tx) -> Result<()> {
    nothing(tx).await
}

async fn unlabel(tx: &Tx, past: &Past) -> Result<()> {
    past.model("blog.Post")?;
    nothing(tx).await
}

async fn some(tx: &Tx, past: &Past) -> Result<u64> {
    unlabel(tx, past).await.map(|()| 0)
}

/// What people add to what is found: functions, SQL, and what is said of the migration as a whole.
pub(super) fn with_functions() -> Migration {
    Migration::new("blog", "0003_squashed_0005_label")
        .not_atomic()
        .depends_on("auth", "0001_initial")
        .run_before("shop", "0002_cup")
        .replaces(&["0003_slug", "0004_fill", "0005_label"])
        .run(label, unlabel)
        .run_in_portions(some, label)
        .run(unlabel, nothing)
        .elidable()
        .run_irreversible(label)
        .elidable()
        .run_sql_irreversible("DELETE FROM a")
        .elidable()
        .run_sql("UPDATE blog_post\nSET title = 'it''s \"odd\" \\ – é\u{301}\u{202e}'\n\t;", "")
        .separate(|m| m.run_sql("ALTER TABLE a ADD b integer", ""), |m| m.add_field("A", "b", integer().null()))
        .separate(|m| m, |m| m.remove_field("A", "b").add_index("A", index(["c"])))
        .separate(
            |m| m.separate(|m| m.run(label, nothing), |m| m),
            |m| m.add_index("A", unique_on(["lower({a})"]).named("a").condition("{a} IS NOT NULL")).delete_model("B"),
        )
}

/// A column of each kind.
fn of_each_kind() -> Migration {
    Migration::new("blog", "0001_initial").create_model("Kind", |m| {
        m.field("id", auto_small_int());
        m.field("small_int", small_int());
        m.field("integer", integer());
        m.field("big_int", big_int());
        m.field("positive_small_int", positive_small_int());
        m.field("positive_integer", positive_integer());
        m.field("positive_big_int", positive_big_int());
        m.field("boolean", boolean());
        m.field("float", float());
        m.field("decimal", decimal(28, 0));
        m.field("varchar", varchar(u32::MAX));
        m.field("text", text());
        m.field("timestamp", timestamp());
        m.field("date", date());
        m.field("time", time());
        m.field("duration", duration());
        m.field("ip_address", ip_address());
        m.field("uuid", uuid());
        m.field("json", json());
        m.field("binary", binary());
        m.field("array", array(array(decimal(8, 2))));
        m.field("range", range(big_int()));
        m.field("hstore", hstore());
        m.field("text_vector", text_vector());
        m.field("key", foreign_key("auth.User"));
        m.field("table", foreign_key(table("old", "id", array(uuid()))));
        for method in [
            IndexMethod::BTree,
            IndexMethod::Hash,
            IndexMethod::Gin,
            IndexMethod::Gist,
            IndexMethod::SpGist,
            IndexMethod::Brin,
            IndexMethod::Bloom,
            IndexMethod::FullText,
        ] {
            m.index(index(["text"]).method(method));
        }
    })
}

/// Defaults and fills of each kind of value, the odd ones too.
fn of_each_value() -> Migration {
    let parsed = |text: &str, kind| demijohn_sql::schema::parse_value(text, kind).expect("it is one");
    let values = [
        ("null", integer().null(), Value::Null),
        ("yes", boolean(), Value::Bool(true)),
        ("least", big_int(), Value::Int(i64::MIN)),
        ("most", big_int(), Value::Int(i64::MAX)),
        ("minus", integer(), Value::Int(-1)),
        ("half", float(), Value::Float(-0.5)),
        ("large", float(), Value::Float(1e300)),
        ("endless", float(), Value::Float(f64::INFINITY)),
        ("below", float(), Value::Float(f64::NEG_INFINITY)),
        ("price", decimal(8, 2), parsed("-9.90", FieldKind::Decimal { max_digits: 8, decimal_places: 2 })),
        ("words", text(), Value::Text("\u{0}\u{7f}\r\n\t\"'\\{}{{}}".into())),
        ("empty", text(), Value::Text(String::new())),
        ("bytes", binary(), Value::Bytes(vec![0, 255])),
        ("no_bytes", binary(), Value::Bytes(Vec::new())),
        ("moment", timestamp(), parsed("2026-11-22 08:15:30.000001", FieldKind::Timestamp)),
        ("day", date(), parsed("0001-01-01", FieldKind::Date)),
        ("clock", time(), parsed("23:59:59.999999", FieldKind::Time)),
        ("code", uuid(), parsed("67e55044-10b1-426f-9247-bb680e5fe0c8", FieldKind::Uuid)),
        ("document", json(), parsed("{\"a\": [1, \"b\", null]}", FieldKind::Json)),
        ("one_text", json(), parsed("\"a\"", FieldKind::Json)),
        ("span", duration(), parsed("-1 00:00:00.5", FieldKind::Duration)),
        ("address", ip_address(), parsed("::ffff:1.2.3.4", FieldKind::IpAddress)),
        ("list", array(text()), Value::Array(vec![Value::Text("a,\"b".into()), Value::Null])),
        ("between", range(integer()), Value::Range(Box::new(Range::from(Value::Int(1)..Value::Int(5))))),
        ("named", hstore(), Value::HStore([("a b".to_owned(), None), ("c".to_owned(), Some("=>".to_owned()))].into())),
    ];
    values.into_iter().fold(Migration::new("blog", "0002_values"), |migration, (name, field, value)| {
        migration.add_field("Kind", name, field.db_default(value.clone()).fill_with(value))
    })
}

fn check(written: &Migration, file: ExpectFile, read: &Migration) {
    file.assert_eq(&file_of(written, "crate"));
    let words = |migration: &Migration| format!("{:#?}", canonical(migration.clone()));
    assert_same(&words(written), &words(read));
    let paths = |migration: &Migration| format!("{:?}", functions(&migration.operations));
    assert_eq!(paths(written), paths(read));
}

/// The first line that differs says more than two whole files.
fn assert_same(written: &str, read: &str) {
    for (place, (one, other)) in written.lines().zip(read.lines()).enumerate() {
        assert_eq!(one, other, "line {place}");
    }
    assert_eq!(written.lines().count(), read.lines().count());
}

/// A value that has no literal is written as text, which is read as what its column holds.
fn canonical(mut migration: Migration) -> Migration {
    use demijohn_sql::schema::{Fill, canonical};
    for operation in &mut migration.operations {
        if let Operation::AddField { field, .. } = operation
            && let (Holds::Value(kind), Some(Fill::Value(value))) = (&field.holds, &mut field.fill)
        {
            *value = canonical(value.clone(), *kind);
        }
    }
    migration
}

fn functions(operations: &[Operation]) -> Vec<String> {
    let of = |operation: &Operation| match operation {
        Operation::Run { forward, backward, .. } => {
            let paths = std::iter::once(forward).chain(backward).map(Step::path);
            paths.chain([format!("in portions: {}", forward.is_in_portions())]).collect::<Vec<_>>()
        }
        Operation::Separate { database, .. } => functions(database),
        _ => Vec::new(),
    };
    operations.iter().flat_map(of).collect()
}

#[test]
fn what_is_written_compiles_and_says_what_was_written() {
    let all = super::everything().remove(0);
    check(&all, expect_file!["read_back/everything.rs"], &everything::migration());
    check(&with_functions(), expect_file!["read_back/functions.rs"], &functions::migration());
    check(&of_each_kind(), expect_file!["read_back/kinds.rs"], &kinds::migration());
    check(&of_each_value(), expect_file!["read_back/values.rs"], &values::migration());
}

/// The name of each step. Without a wildcard: a new one does not compile before it is here, and in [`ALL`].
fn name(operation: &Operation) -> &'static str {
    match operation {
        Operation::CreateModel(_) => "create_model",
        Operation::DeleteModel { .. } => "delete_model",
        Operation::RenameModel { .. } => "rename_model",
        Operation::AlterTable { .. } => "alter_table",
        Operation::AddField { .. } => "add_field",
        Operation::RemoveField { .. } => "remove_field",
        Operation::AlterField { .. } => "alter_field",
        Operation::RenameField { .. } => "rename_field",
        Operation::AddManyToMany { .. } => "add_many_to_many",
        Operation::RemoveManyToMany { .. } => "remove_many_to_many",
        Operation::AddIndex { .. } => "add_index",
        Operation::RemoveIndex { .. } => "remove_index",
        Operation::RenameIndex { .. } => "rename_index",
        Operation::AddConstraint { .. } => "add_constraint",
        Operation::RemoveConstraint { .. } => "remove_constraint",
        Operation::AlterComment { .. } => "alter_table_comment",
        Operation::Separate { .. } => "separate",
        Operation::RunSql { .. } => "run_sql",
        Operation::Run { .. } => "run",
        Operation::OnServer(own) => match own {
            OnServer::CreateExtension { .. } => "create_extension",
            OnServer::RemoveExtension { .. } => "remove_extension",
            OnServer::CreateCollation(_) => "create_collation",
            OnServer::RemoveCollation(_) => "remove_collation",
            OnServer::AddIndexConcurrently { .. } => "add_index_concurrently",
            OnServer::RemoveIndexConcurrently { .. } => "remove_index_concurrently",
            OnServer::AddConstraintNotValid { .. } => "add_constraint_not_valid",
            OnServer::ValidateConstraint { .. } => "validate_constraint",
        },
    }
}

const STEPS: usize = 27;

/// Kinds that are added later are written as `text`, until the writer and this list know them.
const KINDS: usize = 23;

#[test]
fn every_step_and_every_kind_is_among_them() {
    let migrations = [super::everything().remove(0), with_functions()];
    let names: BTreeSet<&str> = migrations.iter().flat_map(|own| &own.operations).map(name).collect();
    assert_eq!(names.len(), STEPS, "{names:?}");
    let migration = of_each_kind();
    let Some(Operation::CreateModel(model)) = migration.operations.first() else { panic!("it makes a model") };
    let kinds = model.fields.iter().filter_map(|(_, field)| match field.holds {
        Holds::Value(kind) => Some(std::mem::discriminant(&kind)),
        Holds::KeyOf(_) => None,
    });
    assert_eq!(kinds.collect::<std::collections::HashSet<_>>().len(), KINDS);
}
