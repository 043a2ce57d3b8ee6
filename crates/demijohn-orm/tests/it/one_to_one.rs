//! A row that at most one row of another model has.

#![expect(clippy::type_complexity, reason = "the types of what is read are what is shown")]

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{Db, Model as _, OneToOne, Prefetch as _, QueryLog};

use crate::models::User;

#[derive(Model, Debug, Clone)]
#[model(app = "people", crate = demijohn_orm)]
struct Profile {
    id: i64,
    #[field(on_delete = Cascade)]
    user: OneToOne<User>,
    #[field(max_length = 40, default = "")]
    town: String,
    #[field(on_delete = SetNull, related_name = "stands_in")]
    deputy: Option<OneToOne<User>>,
}

/// Its key is that of the row it belongs to, as in Django's multi-table inheritance.
#[derive(Model, Debug, Clone)]
#[model(app = "people", crate = demijohn_orm)]
struct Author {
    #[field(primary_key, on_delete = Cascade)]
    user: OneToOne<User>,
    #[field(max_length = 40)]
    pen_name: String,
}

fn models() -> Models {
    [User::meta(), Profile::meta(), Author::meta()].into_iter().collect()
}

async fn users(db: &Db) -> (User, User) {
    let ada = User::create().username("ada").save(db).await.expect("it is new");
    let bob = User::create().username("bob").save(db).await.expect("it is new");
    Profile::create().user(&ada).town("London").deputy(&bob).save(db).await.expect("it is new");
    (ada, bob)
}

async fn a_second_row_is_refused(db: &Db) {
    let (ada, _) = users(db).await;
    let error = Profile::create().user(&ada).save(db).await.expect_err("she has one");
    assert_eq!(error.code(), "orm.unique");
}

async fn the_other_side_is_one_row_or_none(db: &Db) {
    let (ada, bob) = users(db).await;
    assert_eq!(ada.profile().get(db).await.expect("she has one").town, "London");
    assert!(bob.profile().get_or_none(db).await.expect("it runs").is_none());
    assert_eq!(bob.profile().get(db).await.expect_err("he has none").code(), "orm.not_found");
    assert_eq!(bob.stands_in().get(db).await.expect("he stands in").user.key(), ada.id);
    let log = QueryLog::new();
    let users: Vec<(User, Option<Profile>, Option<(Profile, Option<User>)>)> = User::objects()
        .order_by(|u| u.id)
        .prefetch(|u| (u.profile(), u.stands_in().prefetch(|p| p.user())))
        .all(&db.with_log(log.clone()))
        .await
        .expect("it runs");
    log.assert_count(4);
    let of = |n: usize| {
        let (_, profile, stands_in): &(User, Option<Profile>, Option<(Profile, Option<User>)>) = &users[n];
        let whose = stands_in.as_ref().and_then(|(_, user)| user.as_ref());
        (profile.as_ref().map(|profile| profile.town.as_str()), whose.map(|user| user.username.as_str()))
    };
    assert_eq!([of(0), of(1)], [(Some("London"), None), (None, Some("ada"))]);
}

async fn queries_walk_it_both_ways(db: &Db) {
    users(db).await;
    let found = User::objects().filter(|u| u.profile().town.eq("London")).select(|u| u.username).all(db).await;
    assert_eq!(found.expect("it runs"), ["ada"]);
    let found = User::objects().filter(|u| u.profile().id.is_null()).select(|u| u.username).all(db).await;
    assert_eq!(found.expect("it runs"), ["bob"]);
    let towns = User::objects().order_by(|u| u.id).select(|u| u.profile().town.optional()).all(db).await;
    assert_eq!(towns.expect("it is joined, one row each"), [Some("London".to_owned()), None]);
    let profile = Profile::objects().select_related(|p| (p.user(), p.deputy())).get(db).await.expect("there is one");
    assert_eq!(profile.user.get().expect("it was read").username, "ada");
    assert_eq!(profile.deputy.as_ref().and_then(|deputy| deputy.loaded()).map(|user| user.id), Some(2));
}

async fn it_may_be_the_key(db: &Db) {
    let (ada, bob) = users(db).await;
    let author = Author::create().user(&ada).pen_name("A. A. L.").save(db).await.expect("it is new");
    assert_eq!(author.user.key(), ada.id);
    let mut author = ada.author().get(db).await.expect("she writes");
    author.pen_name = String::from("Lady");
    author.save(db).await.expect("it is saved");
    let users: Vec<(User, Option<Author>)> =
        User::objects().order_by(|u| u.id).prefetch(|u| u.author()).all(db).await.expect("it runs");
    assert_eq!(users[0].1.as_ref().map(|author| author.pen_name.as_str()), Some("Lady"));
    assert!(users[1].1.is_none());
    assert_eq!(ada.delete(db).await.expect("nothing forbids it"), 3, "her profile and the author go with her");
    assert_eq!(bob.author().count(db).await.expect("it runs"), 0);
}

on_every_database! {
    models();
    a_second_row_is_refused,
    the_other_side_is_one_row_or_none,
    queries_walk_it_both_ways,
    it_may_be_the_key,
}

/// Other sides of one name, and one that a relation of its model hides.
mod clash {
    use super::*;
    use demijohn_orm::ForeignKey;

    #[derive(Model, Debug, Clone)]
    #[model(app = "clash", crate = demijohn_orm)]
    pub(super) struct Room {
        pub id: i64,
        #[field(on_delete = Cascade, related_name = "+")]
        pub favourite: ForeignKey<Chest>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "clash", crate = demijohn_orm)]
    pub(super) struct Chest {
        pub id: i64,
        #[field(on_delete = Cascade, related_name = "favourite")]
        pub room: Option<ForeignKey<Room>>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "clash", crate = demijohn_orm)]
    pub(super) struct Lid {
        pub id: i64,
        #[field(on_delete = Cascade)]
        pub chest: OneToOne<Chest>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "clash", crate = demijohn_orm)]
    pub(super) struct Cover {
        pub id: i64,
        #[field(on_delete = Cascade, related_name = "lid")]
        pub chest: OneToOne<Chest>,
    }
}

#[tokio::test]
async fn names_that_clash_on_the_other_side_are_found_at_start() {
    use clash::{Chest, Cover, Lid, Room};
    use demijohn_core::Level;
    use demijohn_orm::AppModels as _;

    let app = demijohn_web::App::named("clash").model::<Room>().model::<Chest>().model::<Lid>().model::<Cover>();
    let site = app.build(demijohn_web::test::test_settings()).await.expect("a site");
    let checks = site.checks(false);
    let of = |id: &str| checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("{id}: {checks:?}"));
    let hidden = of("fields.E302");
    assert_eq!((hidden.level, hidden.object.as_str()), (Level::Error, "clash.Chest.room"));
    assert_eq!(hidden.message, "`favourite` of its other side is hidden by the relation `clash.Room.favourite`");
    let twice = of("fields.W304");
    assert_eq!((twice.level, twice.object.as_str()), (Level::Warning, "clash.Cover.chest"));
    assert_eq!(twice.message, "`lid` of `clash.Chest` is also the other side of `clash.Lid.chest`");
}
