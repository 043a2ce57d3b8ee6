//! Pages by cursor, against a sorted list.

use std::cmp::Ordering;

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{Db, Decimal, Model as _, QuerySet, Timestamp};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "paging", crate = demijohn_orm)]
struct Item {
    id: i64,
    score: i64,
    #[field(max_length = 20)]
    name: Option<String>,
    ratio: f64,
    #[field(max_digits = 8, decimal_places = 2)]
    price: Option<Decimal>,
    moment: Timestamp,
}

fn models() -> Models {
    [Item::meta()].into_iter().collect()
}

/// Numbers without a pattern, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

async fn fill(db: &Db, seed: u64, rows: usize) -> Vec<Item> {
    let mut chance = Chance(seed);
    let drafts: Vec<_> = (0..rows)
        .map(|_| {
            let name = (chance.below(3) > 0).then(|| format!("n{}", chance.below(4)));
            let price = (chance.below(3) > 0).then(|| Decimal::new(chance.below(5) as i64 * 33, 2));
            let moment = Timestamp::from_microsecond(1_700_000_000_000_000 + chance.below(4) as i64 * 1_234_567);
            Item::create()
                .score(chance.below(5) as i64)
                .name(name)
                .ratio(chance.below(4) as f64 / 3.0)
                .price(price)
                .moment(moment.expect("the moment is near"))
                .build()
        })
        .collect();
    Item::bulk_create(drafts).save(db).await.expect("they are stored");
    let mut items = Item::objects().all(db).await.expect("it runs");
    items.sort_by_key(|item| item.id);
    items
}

/// Walks forward to the end and back to the beginning; each row comes once each way, in the order of the list.
async fn walk(
    db: &Db,
    query: QuerySet<Item>,
    size: u64,
    mut sorted: Vec<Item>,
    order: impl Fn(&Item, &Item) -> Ordering,
) {
    sorted.sort_by(|one, other| order(one, other));
    let wanted: Vec<i64> = sorted.iter().map(|item| item.id).collect();
    let (mut forward, mut cursor, mut last) = (Vec::new(), None, None);
    loop {
        let page = query.clone().keyset(size).at(cursor.as_deref()).get(db).await.expect("the cursor is good");
        assert_eq!(page.previous.is_none(), cursor.is_none());
        forward.extend(page.rows.iter().map(|item| item.id));
        cursor.clone_from(&page.next);
        if cursor.is_none() {
            last = page.previous.or(last);
            break;
        }
    }
    assert_eq!(forward, wanted);
    let pages = wanted.len().div_ceil(size as usize);
    let mut back: Vec<i64> = wanted[(pages - 1) * size as usize..].to_vec();
    let mut cursor = last;
    while let Some(previous) = cursor {
        let page = query.clone().keyset(size).at(Some(&previous)).get(db).await.expect("the cursor is good");
        assert!(page.next.is_some());
        let keys: Vec<i64> = page.rows.iter().map(|item| item.id).collect();
        back.splice(0..0, keys);
        cursor = page.previous;
    }
    assert_eq!(back, wanted);
}

/// NULL where the test says, whichever way the rest goes.
fn nulls<T: PartialOrd>(one: Option<&T>, other: Option<&T>, last: bool, descending: bool) -> Ordering {
    match (one, other) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) if last => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => nulls(other, one, last, descending).reverse(),
        (Some(one), Some(other)) => {
            let order = one.partial_cmp(other).expect("no value is not a number");
            if descending { order.reverse() } else { order }
        }
    }
}

async fn cursors_lead_through_every_row_once(db: &Db) {
    for seed in [3, 77, 4_242] {
        Item::objects().delete(db).await.expect("it runs");
        let items = fill(db, seed, 23).await;
        for size in [1, 4, 23, 50] {
            walk(db, Item::objects(), size, items.clone(), |a, b| a.id.cmp(&b.id)).await;
            let query = Item::objects().order_by(|i| (i.score.desc(), i.id));
            walk(db, query, size, items.clone(), |a, b| b.score.cmp(&a.score).then(a.id.cmp(&b.id))).await;
            let query = Item::objects().order_by(|i| (i.name.asc().nulls_last(), i.score.desc()));
            walk(db, query, size, items.clone(), |a, b| {
                let name = nulls(a.name.as_ref(), b.name.as_ref(), true, false);
                name.then(b.score.cmp(&a.score)).then(b.id.cmp(&a.id))
            })
            .await;
            let query = Item::objects().order_by(|i| (i.price.desc().nulls_first(), i.ratio, i.moment.desc()));
            walk(db, query, size, items.clone(), |a, b| {
                let price = nulls(a.price.as_ref(), b.price.as_ref(), false, true);
                let ratio = a.ratio.partial_cmp(&b.ratio).expect("they are numbers");
                price.then(ratio).then(b.moment.cmp(&a.moment)).then(b.id.cmp(&a.id))
            })
            .await;
            let query = Item::objects().order_by(|i| (i.score * 2, i.id.desc()));
            walk(db, query, size, items.clone(), |a, b| a.score.cmp(&b.score).then(b.id.cmp(&a.id))).await;
        }
        // The database's own place for NULLs: only that each row comes once can be said of all.
        let default = Item::objects().order_by(|i| (i.name, i.price.desc())).all(db).await.expect("it runs");
        assert_eq!(default.len(), 23);
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let query = Item::objects().order_by(|i| (i.name, i.price.desc()));
            let page = query.keyset(5).at(cursor.as_deref()).get(db).await.expect("the cursor is good");
            seen.extend(page.rows.iter().map(|item| (item.name.clone(), item.price)));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, default.into_iter().map(|item| (item.name, item.price)).collect::<Vec<_>>());
    }
}

async fn a_cursor_that_is_not_of_this_list_is_refused(db: &Db) {
    fill(db, 9, 6).await;
    let query = || Item::objects().order_by(|i| (i.name.asc().nulls_last(), i.moment));
    let page = query().keyset(2).get(db).await.expect("it runs");
    let good = page.next.expect("there are more");
    let mut bad = vec!["x".to_owned(), "💧".to_owned(), "A".repeat(40_000), good[..good.len() - 3].to_owned()];
    bad.push(format!("{good}AAAA"));
    let mut chance = Chance(5);
    for _ in 0..60 {
        let at = chance.below(good.len() as u64) as usize;
        let letter = char::from(b'A' + chance.below(26) as u8);
        bad.push(format!("{}{letter}{}", &good[..at], &good[at + 1..]));
    }
    let others = Item::objects().order_by(|i| i.moment).keyset(2).get(db).await.expect("it runs");
    bad.push(others.next.expect("there are more"));
    for cursor in bad {
        // What happens to be a cursor still is one; anything else is said to be none.
        if let Err(error) = query().keyset(2).at(Some(&cursor)).get(db).await {
            assert_eq!((error.code(), error.status()), ("orm.cursor", 400), "{cursor}: {error:#}");
        } else {
            assert_eq!(cursor.len(), good.len(), "{cursor}");
        }
    }
    assert_eq!(query().keyset(2).at(Some("")).get(db).await.expect("no cursor is the first page").rows, page.rows);
}

on_every_database! { models(); cursors_lead_through_every_row_once, a_cursor_that_is_not_of_this_list_is_refused }
