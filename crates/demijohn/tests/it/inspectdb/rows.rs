//! The rows of the inspected tables, read through the models that were written.

use demijohn::orm::{Db, Executor as _, Model};
use demijohn::prelude::{Date, Decimal, Duration, Time, Timestamp, json};

use super::{mysql, postgres, site, sqlite};

/// Every row of a model's table. SQL counts them, so that none is lost unseen.
async fn all<M: Model>(db: &Db) -> Vec<M> {
    let table = M::meta().table;
    let quote = db.connection().dialect().quote();
    let count = db.query::<(i64,)>(&format!("SELECT count(*) FROM {quote}{table}{quote}"), ()).await;
    let count = count.unwrap_or_else(|error| panic!("{table}: {error:#}"))[0].0;
    let rows = M::objects().all(db).await.unwrap_or_else(|error| panic!("{table}: {error:#}"));
    assert_eq!(rows.len() as i64, count, "{table}");
    assert!(!rows.is_empty() || MAY_BE_EMPTY.contains(&table), "{table} has no row to read");
    rows
}

/// Tables of Django's site in which there is nothing.
const MAY_BE_EMPTY: [&str; 2] = ["auth_user_user_permissions", "django_admin_log"];

macro_rules! read {
    ($db:expr, $module:ident: $($model:ident),+ $(,)?) => { $(all::<$module::$model>($db).await;)+ };
}

fn moment(text: &str) -> Timestamp {
    text.parse().expect("it is a moment")
}

pub(super) async fn sqlite(db: &Db) {
    read!(db, sqlite: OrderLine, ShopMakerDetail, ShopPair, ShopSeat, ShopVisit, TextRow, ShopPrices);
    let makers = all::<sqlite::ShopMaker>(db).await;
    let ada = &makers[0];
    assert_eq!(ada.created_at, moment("2026-01-02T03:04:05.6789Z"));
    assert_eq!(ada.rating, Some(Decimal::new(1234, 2)));
    assert_eq!(ada.settings, Some(json!({ "a": [1] })));
    assert_eq!(ada.logo, Some(vec![0, 255]));
    let cups = all::<sqlite::ShopCup>(db).await;
    assert_eq!((cups[1].price, cups[1].anything.as_deref(), cups[0].total), (9_000_000_000, Some("x"), Some(60)));
    let parent = sqlite::ShopCup::objects().filter(|c| c.parent().maker().name.eq("Ada")).get(db).await;
    assert_eq!(parent.expect("it is found through two relations").code, "b");
    // A row is made through the model, and numbered by the database.
    let visit = sqlite::ShopVisit::create().day(Date::constant(2026, 1, 3)).maker(1).save(db).await;
    assert_eq!(visit.expect("it is stored").rowid, 3);
    let maker = sqlite::ShopMaker::create().name("Cy").created_at(moment("2026-01-01T00:00:00Z")).save(db).await;
    assert_eq!(maker.expect("it is stored").id, 3);
}

pub(super) async fn postgres(db: &Db) {
    read!(db, postgres: ShopLoose, ShopSeat, ShopUnique, ShopKept, ShopPrices);
    let makers = all::<postgres::ShopMaker>(db).await;
    let ada = &makers[0];
    assert_eq!((ada.mood.as_str(), ada.weight, ada.number), ("so so", Some(0.1), Some(7)));
    assert_eq!(ada.tags, Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(ada.closes, Some(Time::constant(23, 59, 59, 0)));
    assert_eq!(ada.lasts, Some(Duration::from_hours(26)));
    assert_eq!(ada.rating, Some(Decimal::new(1234, 2)));
    assert_eq!(ada.raw, Some(json!([1])));
    let cups = postgres::ShopCup::objects().filter(|c| c.maker().name.eq("Ada")).all(db).await.expect("it runs");
    assert_eq!((cups[0].total, cups[0].amount), (Some(7), 7));
    read!(db, postgres: ShopCup, ShopNumber);
    let maker = postgres::ShopMaker::create().name("Cy").save(db).await.expect("it is stored");
    assert_eq!((maker.id, maker.mood.as_str(), maker.open), (3, "happy", true));
    assert_eq!(postgres::ShopNumber::create().save(db).await.expect("it is stored").number, 3);
}

pub(super) async fn mysql(db: &Db) {
    read!(db, mysql: ShopSeat, ShopLoose, ShopPrices);
    let makers = all::<mysql::ShopMaker>(db).await;
    let ada = &makers[0];
    assert_eq!((ada.mood.as_str(), ada.features.as_deref()), ("it's bad", Some("a,b")));
    assert_eq!((ada.bits, ada.flag, ada.tiny), (Some(10), Some(true), Some(-5)));
    assert_eq!((ada.amount, ada.big, ada.since), (Some(4_000_000_000), Some(9_000_000_000_000_000_000), Some(2026)));
    assert_eq!(ada.changed, Some(moment("2026-01-02T03:04:05.6789Z")));
    assert_eq!(ada.settings, Some(json!({ "a": [1] })));
    let cups = mysql::ShopCup::objects().filter(|c| c.parent().maker().name.eq("Ada")).all(db).await.expect("it runs");
    assert_eq!((cups[0].code.as_str(), cups[0].total), ("b", Some(0)));
    read!(db, mysql: ShopCup);
    let maker = mysql::ShopMaker::create().name("Cy").save(db).await.expect("it is stored");
    assert_eq!((maker.id, maker.said.as_deref()), (3, Some("a {b}")));
}

pub(super) async fn site(db: &Db) {
    read!(
        db, site: AuthGroup, AuthGroupPermissions, AuthPermission, AuthUser, AuthUserGroups, AuthUserUserPermissions,
        BlogComment, BlogPost, BlogPostTags, BlogTag, DjangoAdminLog, DjangoContentType, DjangoMigrations, DjangoSession,
    );
    let tables = demijohn::orm::introspect::tables(db.connection()).await.expect("they are listed");
    assert_eq!(tables.len(), 14, "every table is read above");
}
