//! Functions of texts.

use demijohn_orm::{Db, Model as _, concat};

use super::models::{self, Sample, fill};

async fn texts_are_cut_filled_and_searched_by_characters(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .filter(|s| s.id.is_in([1, 3, 4]))
        .select(|s| {
            (s.name.left(2), s.name.right(2), s.name.right(0), s.name.substr(2, 1), s.name.length(), s.name.reverse())
        })
        .all(db)
        .await
        .expect("they are worked out");
    let row = |left: &str, right: &str, one: &str, length, turned: &str| {
        (left.to_owned(), right.to_owned(), String::new(), one.to_owned(), length, turned.to_owned())
    };
    assert_eq!(found, [row("Ad", "da", "d", 3, "adA"), row("Ün", "nï", "n", 3, "ïnÜ"), row("", "", "", 0, "")]);
    let found = Sample::objects()
        .filter(|s| s.id.eq(1))
        .select(|s| {
            (
                s.name.lpad(5, "xy"),
                s.name.rpad(5, "xy"),
                s.name.lpad(2, "x"),
                s.name.repeat(2),
                s.name.replace("d", "'"),
                (s.name.str_index("a"), s.name.str_index("z")).0,
                s.name.ord(),
                s.small.chr(),
            )
        })
        .get(db)
        .await
        .expect("they are worked out");
    let expected = ["xyAda", "Adaxy", "Ad", "AdaAda", "A'a"].map(str::to_owned);
    assert_eq!([found.0, found.1, found.2, found.3, found.4], expected);
    assert_eq!((found.5, found.6, found.7.as_str()), (3, 65, "\u{2}"));
    let ord = Sample::objects().filter(|s| s.id.eq(3)).select(|s| s.name.ord()).get(db).await;
    assert_eq!(ord.expect("it is worked out"), 220);
}

async fn null_is_an_empty_text_only_in_concat(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .filter(|s| s.id.is_in([2, 3]))
        .select(|s| (concat((s.name, "-", s.note)), s.note.length(), s.note.upper()))
        .all(db)
        .await
        .expect("they are worked out");
    assert_eq!(found[0], ("bob-A glass of water".to_owned(), Some(16), Some("A GLASS OF WATER".to_owned())));
    assert_eq!(found[1], ("Ünï-".to_owned(), None, None));
}

async fn digests_are_the_same_everywhere(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .filter(|s| s.id.eq(1))
        .select(|s| (s.name.md5(), s.name.sha224(), s.name.sha256(), s.name.sha384(), s.name.sha512(), s.name.trim()))
        .get(db)
        .await
        .expect("they are worked out");
    assert_eq!(found.0, "1a382809b7c03f686e12dd15677c5497");
    assert_eq!(found.1, "68fadbdede67eaeadf70b7c7cedfddcdb0e626d7c7623dd87df9e053");
    assert_eq!(found.2, "99a563ab2f6e21e96998f9fddd2a2bab82b70ac019579502b8d7fc0032ff62bb");
    assert_eq!([found.0.len(), found.1.len(), found.2.len(), found.3.len(), found.4.len()], [32, 56, 64, 96, 128]);
    assert_eq!(found.5, "Ada");
}

on_every_database! {
    models::all();
    texts_are_cut_filled_and_searched_by_characters, null_is_an_empty_text_only_in_concat, digests_are_the_same_everywhere
}
