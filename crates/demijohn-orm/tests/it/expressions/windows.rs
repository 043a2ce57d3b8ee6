//! Window functions.

use demijohn_orm::{
    Db, FrameExclusion, Model as _, cume_dist, dense_rank, first_value, lag, last_value, lead, nth_value, ntile,
    percent_rank, rank, row_number, sum,
};

use super::models::{self, Sample, fill};

async fn rows_are_numbered_and_ranked(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .select(|s| {
            (
                row_number().over(|w| w.order_by(s.whole)),
                row_number().over(|w| w.partition_by(s.flag).order_by(s.whole.desc())),
                rank().over(|w| w.order_by(s.flag)),
                dense_rank().over(|w| w.order_by(s.flag)),
                ntile(2).over(|w| w.order_by(s.id)),
                percent_rank().over(|w| w.order_by(s.id)),
                cume_dist().over(|w| w.order_by(s.id)),
            )
        })
        .order_by(|s| s.id)
        .all(db)
        .await
        .expect("they are worked out");
    let numbers: Vec<_> = found.iter().map(|row| (row.0, row.1, row.2, row.3, row.4)).collect();
    assert_eq!(numbers, [(3, 2, 3, 2, 1), (1, 2, 1, 1, 1), (4, 1, 3, 2, 2), (2, 1, 1, 1, 2)]);
    let fractions: Vec<_> = found.iter().map(|row| ((row.5 * 3.0).round(), row.6)).collect();
    assert_eq!(fractions, [(0.0, 0.25), (1.0, 0.5), (2.0, 0.75), (3.0, 1.0)]);
}

async fn rows_see_those_beside_them(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .select(|s| {
            (
                lag(s.whole, 1).over(|w| w.order_by(s.id)),
                lead(s.name, 2).over(|w| w.order_by(s.id)),
                first_value(s.whole).over(|w| w.order_by(s.id)),
                last_value(s.whole).over(|w| w.order_by(s.id).rows(..)),
                nth_value(s.whole, 2).over(|w| w.order_by(s.id)),
                sum(s.whole).over(|w| w.order_by(s.id).rows(..=0)),
                sum(s.whole).over(|w| w.order_by(s.id).rows(-1..=1)),
                sum(s.whole).only(s.flag).over(|w| w),
            )
        })
        .order_by(|s| s.id)
        .all(db)
        .await
        .expect("they are worked out");
    assert_eq!(found[0], (None, Some("Ünï".to_owned()), Some(7), Some(0), None, Some(7), Some(0), Some(17)));
    assert_eq!(found[2], (Some(-7), None, Some(7), Some(0), Some(-7), Some(10), Some(3), Some(17)));
}

async fn groups_and_exclusions_are_refused_where_they_are_not(db: &Db) {
    use demijohn_orm::Executor as _;
    fill(db).await;
    let found = Sample::objects()
        .select(|s| sum(s.whole).over(|w| w.order_by(s.flag).groups(-1..=0).exclude(FrameExclusion::CurrentRow)))
        .order_by(|s| s.id)
        .all(db)
        .await;
    if db.connection().dialect().name() == "mysql" {
        assert_eq!(found.expect_err("it has none").code(), "orm.unsupported");
    } else {
        assert_eq!(found.expect("they are worked out"), [Some(3), Some(0), Some(0), Some(-7)]);
    }
}

on_every_database! {
    models::all();
    rows_are_numbered_and_ranked, rows_see_those_beside_them, groups_and_exclusions_are_refused_where_they_are_not
}
