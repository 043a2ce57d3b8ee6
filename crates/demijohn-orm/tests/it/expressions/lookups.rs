//! `filter` and `exclude`.

use demijohn_orm::{Condition, Db, Model as _};

use super::models::{self, Sample, SampleColumns, fill};

async fn ids(db: &Db, condition: impl Fn(SampleColumns) -> Condition) -> (Vec<i64>, Vec<i64>) {
    let found = Sample::objects().filter(&condition).select(|s| s.id).all(db).await.expect("it is found");
    let left = Sample::objects().exclude(&condition).select(|s| s.id).all(db).await.expect("the rest is found");
    (found, left)
}

async fn a_list_may_be_empty_or_hold_nothing_but_null(db: &Db) {
    fill(db).await;
    assert_eq!(ids(db, |s| s.whole.is_in([7, 10])).await, (vec![1, 3], vec![2, 4]));
    assert_eq!(ids(db, |s| s.whole.is_in(Vec::<i64>::new())).await, (vec![], vec![1, 2, 3, 4]));
    assert_eq!(ids(db, |s| s.maybe.is_in([Some(1), None])).await, (vec![1], vec![2, 3, 4]));
    assert_eq!(ids(db, |s| s.maybe.is_in([None::<i64>])).await, (vec![], vec![1, 2, 3, 4]));
    assert_eq!(ids(db, |s| s.name.is_in(["Ada", "bob"])).await, (vec![1, 2], vec![3, 4]));
    assert_eq!(ids(db, |s| s.whole.between(0, 7)).await, (vec![1, 4], vec![2, 3]));
    assert_eq!(ids(db, |s| s.maybe.ne(1)).await, (vec![2], vec![1, 3, 4]));
}

async fn regular_expressions_mind_letter_case_as_asked(db: &Db) {
    fill(db).await;
    assert_eq!(ids(db, |s| s.name.regex("^[Ab]")).await, (vec![1, 2], vec![3, 4]));
    assert_eq!(ids(db, |s| s.name.regex("^a")).await, (vec![], vec![1, 2, 3, 4]));
    assert_eq!(ids(db, |s| s.name.iregex("^(a|B)")).await, (vec![1, 2], vec![3, 4]));
    assert_eq!(ids(db, |s| s.note.regex("gl.ss")).await, (vec![1, 2], vec![3, 4]));
    assert_eq!(ids(db, |s| s.name.regex("^...$")).await, (vec![1, 2, 3], vec![4]));
}

on_every_database! {
    models::all();
    a_list_may_be_empty_or_hold_nothing_but_null, regular_expressions_mind_letter_case_as_asked
}
