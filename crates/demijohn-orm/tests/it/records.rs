//! Rows of models known by their description only.

use demijohn_core::model::Value;
use demijohn_orm::records::{self, RecordSet};
use demijohn_orm::{Condition, Model as _};

use crate::models::{Comment, Post, filled};

#[tokio::test]
async fn rows_are_read_with_what_they_point_to() {
    let (db, ..) = filled().await;
    let root = Comment::root();
    let author = records::column(root, "post.author.username").expect("the path is declared");
    let editor = records::column(root, "post.editor.username").expect("the path is declared");
    let rows = RecordSet::new(root)
        .with_related([author.path.parent().expect("it has steps").0, author.path, editor.path])
        .then_by(author, true)
        .all(&db)
        .await
        .expect("the query runs");
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0].column(author), Some(&Value::from("bob")));
    assert_eq!(rows[0].column(editor), None, "no row is there to take it from");
    assert_eq!(rows[0].display(), "Comment object (3)");
    assert_eq!(RecordSet::new(root).filter(Condition::none()).count(&db).await.expect("the query runs"), 0);
}

#[tokio::test]
async fn rows_are_stored_and_changed_by_position() {
    let (db, ada, _) = filled().await;
    let meta = Post::meta();
    let at = |name: &str| meta.index_of(name).expect("it is a field");
    let mut values = vec![None; meta.fields.len()];
    values[at("title")] = Some(Value::from("By position"));
    values[at("author")] = Some(Value::Int(ada.id));
    let made = records::insert(&db, meta, values).await.expect("it is stored");
    assert_eq!((made.display(), made.value("views")), ("By position".to_owned(), Some(&Value::Int(0))));
    let changes = vec![(at("title"), Value::from("Changed"))];
    records::update(&db, meta, made.key().clone(), changes).await.expect("it is stored");
    let read = RecordSet::new(Post::root()).with_key(made.key().clone()).get(&db).await.expect("it is there");
    assert_eq!(read.display(), "Changed");
    let error = records::insert(&db, meta, vec![None; meta.fields.len()]).await.expect_err("it needs a title");
    assert_eq!((error.code(), error.to_string().as_str()), ("orm.missing_field", "a new `Post` was given no `title`"));
}

#[test]
fn names_that_are_no_fields_never_reach_sql() {
    let root = Post::root();
    for name in ["titel", "title\"; DROP TABLE blog_post; --", "author.pasword", "", ".", "title.x", "author..id", "\0"]
    {
        let error = records::column(root, name).expect_err("it is no column");
        assert!(matches!(error.code(), "orm.unknown_field" | "orm.not_a_relation"), "{name}: {error:?}");
        assert!(!error.to_string().contains('\0'));
    }
    expect_test::expect![[r"
        unknown field `titel` on model `Post`; choices are `id`, `title`, `content`, `created_at`, `changed_at`, `views`, `author`, `editor`
        hint: did you mean `title`?"]]
    .assert_eq(&format!("{:#}", records::column(root, "titel").expect_err("it is no column")));
}
