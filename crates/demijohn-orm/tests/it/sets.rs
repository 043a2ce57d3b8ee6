//! Many-to-many relations: what is written, of rows of the same model, and through a model of one's own.

#![expect(clippy::type_complexity, reason = "the types of what is read are what is shown")]

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{Db, ForeignKey, ManyToMany, Model as _, Prefetch as _, QueryLog};

#[derive(Model, Debug, Clone)]
#[model(app = "music", crate = demijohn_orm, ordering = ["name"])]
struct Person {
    id: i64,
    #[field(max_length = 20)]
    name: String,
    friends: ManyToMany<Person>,
    #[field(symmetrical = false, related_name = "followers")]
    follows: ManyToMany<Person>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "music", crate = demijohn_orm)]
struct Band {
    id: i64,
    #[field(max_length = 20)]
    name: String,
    #[field(related_name = "bands", through_fields("band", "person"))]
    members: ManyToMany<Person, Membership>,
    #[field(related_name = "likes")]
    fans: ManyToMany<Person>,
    #[field(related_name = "visited")]
    guests: ManyToMany<Person, Visit>,
}

/// Nothing forbids two of the same pair.
#[derive(Model, Debug, Clone)]
#[model(app = "music", crate = demijohn_orm)]
struct Visit {
    id: i64,
    #[field(on_delete = Cascade)]
    band: ForeignKey<Band>,
    #[field(on_delete = Cascade)]
    person: ForeignKey<Person>,
    evening: i64,
}

#[derive(Model, Debug, Clone)]
#[model(app = "music", crate = demijohn_orm, unique("band", "person"))]
struct Membership {
    id: i64,
    #[field(max_length = 20)]
    role: String,
    #[field(on_delete = Cascade)]
    person: ForeignKey<Person>,
    #[field(on_delete = Cascade)]
    band: ForeignKey<Band>,
    #[field(on_delete = SetNull, related_name = "invited")]
    invited_by: Option<ForeignKey<Person>>,
}

/// What points to a pair goes with it.
#[derive(Model, Debug, Clone)]
#[model(app = "music", crate = demijohn_orm)]
struct Fee {
    id: i64,
    #[field(on_delete = Cascade)]
    membership: ForeignKey<Membership>,
}

fn models() -> Models {
    [Person::meta(), Band::meta(), Membership::meta(), Fee::meta(), Visit::meta()].into_iter().collect()
}

async fn people<const N: usize>(db: &Db, names: [&str; N]) -> [Person; N] {
    let mut people = Vec::new();
    for name in names {
        people.push(Person::create().name(name).save(db).await.expect("it is new"));
    }
    people.try_into().expect("as many as names")
}

async fn names(db: &Db, set: &ManyToMany<Person>) -> Vec<String> {
    set.objects().select(|p| p.name).order_by(|p| p.name).all(db).await.expect("it runs")
}

async fn a_set_is_asked_and_changed(db: &Db) {
    let [ada, bob, cy, dee] = people(db, ["ada", "bob", "cy", "dee"]).await;
    let band = Band::create().name("The Corks").save(db).await.expect("it is new");
    assert!(!band.fans.exists(db).await.expect("it runs"));
    band.fans.add([&ada, &bob, &ada], db).await.expect("one comes twice");
    band.fans.add([&bob, &cy], db).await.expect("one is there");
    assert_eq!(band.fans.count(db).await.expect("it runs"), 3);
    assert!(band.fans.contains(&cy, db).await.expect("it runs"));
    assert!(!band.fans.contains(&dee, db).await.expect("it runs"));
    let log = QueryLog::new();
    band.fans.set([&bob, &cy, &dee], &db.with_log(log.clone())).await.expect("it runs");
    let written: Vec<String> = log.queries().iter().map(|query| query.sql.clone()).collect();
    let of = |verb: &str| written.iter().filter(|sql| sql.starts_with(verb)).count();
    assert_eq!((of("SELECT"), of("DELETE"), of("INSERT")), (1, 1, 1), "only the difference: {written:?}");
    assert_eq!(names(db, &band.fans).await, ["bob", "cy", "dee"]);
    let log = QueryLog::new();
    band.fans.set([&dee, &bob, &cy], &db.with_log(log.clone())).await.expect("it runs");
    assert!(
        log.queries().iter().all(|query| !query.sql.contains("fans") || query.sql.starts_with("SELECT")),
        "{log:?}"
    );
    band.fans.remove([&dee, &ada], db).await.expect("one is not there");
    let found = band.fans.objects().filter(|p| p.name.ne("cy")).get(db).await.expect("it runs");
    assert_eq!(found.name, "bob");
    band.fans.clear(db).await.expect("it runs");
    assert_eq!(band.fans.count(db).await.expect("it runs"), 0);
}

async fn a_set_is_changed_from_its_other_side(db: &Db) {
    let [ada, bob] = people(db, ["ada", "bob"]).await;
    let band = async |name: &str| Band::create().name(name).save(db).await.expect("it is new");
    let (corks, jars) = (band("The Corks").await, band("The Jars").await);
    ada.edit_likes().add([&corks, &jars, &corks], db).await.expect("one comes twice");
    assert_eq!(names(db, &corks.fans).await, ["ada"]);
    assert_eq!(ada.likes().count(db).await.expect("it runs"), 2);
    bob.edit_likes().add([&jars], db).await.expect("it runs");
    ada.edit_likes().set([&corks], db).await.expect("it runs");
    assert_eq!((names(db, &corks.fans).await, names(db, &jars.fans).await), (vec!["ada".into()], vec!["bob".into()]));
    assert!(ada.edit_likes().contains(&corks, db).await.expect("it runs"));
    let made = ada.edit_likes().create(Band::create().name("The Lids").build(), db).await.expect("it is new");
    assert_eq!(names(db, &made.fans).await, ["ada"]);
    ada.edit_likes().remove([&corks, &jars], db).await.expect("one is not there");
    assert_eq!(ada.edit_likes().all(db).await.expect("it runs").len(), 1);
    ada.edit_likes().clear(db).await.expect("it runs");
    assert_eq!((made.fans.count(db).await.expect("it runs"), jars.fans.count(db).await.expect("it runs")), (0, 1));
    // Of people who follow others: the two sides are not the same.
    ada.edit_followers().add([&bob], db).await.expect("it runs");
    assert_eq!((names(db, &bob.follows).await, names(db, &ada.follows).await.len()), (vec!["ada".into()], 0));
    // Pairs that say more are taken out, too.
    Membership::create().band(&corks).person(&ada).role("singer").save(db).await.expect("it is new");
    ada.edit_bands().remove([&corks], db).await.expect("it runs");
    assert_eq!(Membership::objects().count(db).await.expect("it runs"), 0);
}

async fn a_new_row_and_its_place_in_a_set_are_one(db: &Db) {
    let [ada] = people(db, ["ada"]).await;
    let band = Band::create().name("The Corks").save(db).await.expect("it is new");
    let bob = band.fans.create(Person::create().name("bob").build(), db).await.expect("it is new");
    assert!(band.fans.contains(&bob, db).await.expect("it runs"));
    let gone = Band { id: 99, ..band.clone() };
    let nowhere = ada.clone();
    let error = nowhere.edit_likes().add([&gone], db).await.expect_err("it is not stored");
    assert_eq!(error.code(), "orm.foreign_key");
    let nobody = Person { id: 99, ..ada };
    let refused = nobody.edit_likes().create(Band::create().name("The Lids").build(), db).await;
    assert_eq!(refused.expect_err("nobody likes it").code(), "orm.foreign_key");
    assert_eq!(Band::objects().count(db).await.expect("it runs"), 1, "the band was taken back");
}

async fn what_is_said_of_pairs_is_given_with_them(db: &Db) {
    let [ada, bob, cy] = people(db, ["ada", "bob", "cy"]).await;
    let band = Band::create().name("The Corks").save(db).await.expect("it is new");
    band.members.add_with([&ada, &bob, &ada], |m| m.role.set("singer"), db).await.expect("one comes twice");
    band.members.add_with([&bob], |m| m.role.set("drummer"), db).await.expect("he is in it");
    let roles = async || {
        let query = Membership::objects().order_by(|m| m.person().name).select(|m| (m.person().name, m.role));
        query
            .all(db)
            .await
            .expect("it runs")
            .into_iter()
            .map(|(name, role)| format!("{name} {role}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(roles().await, ["ada singer", "bob singer"]);
    band.members.set_with([&bob, &cy], |m| m.role.set("drummer"), db).await.expect("it runs");
    assert_eq!(roles().await, ["bob singer", "cy drummer"]);
    let dee =
        band.members.create_with(Person::create().name("dee").build(), |m| m.role.set("horn"), db).await.expect("new");
    assert_eq!(roles().await, ["bob singer", "cy drummer", "dee horn"]);
    // Who was there is not put there again, though a second pair could be.
    band.guests.add_with([&ada], |v| v.evening.set(1), db).await.expect("it is new");
    band.guests.add_with([&ada, &bob], |v| v.evening.set(2), db).await.expect("one is there");
    let evenings = Visit::objects().order_by(|v| v.person().name).select(|v| v.evening).all(db).await.expect("it runs");
    assert_eq!(evenings, [1, 2]);
    // From the other side.
    let lids = Band::create().name("The Lids").build();
    dee.edit_bands().create_with(lids, |m| m.role.set("bells"), db).await.expect("it is new");
    assert_eq!(dee.bands().count(db).await.expect("it runs"), 2);
    let error = band.members.add_with([&ada], |m| m.invited_by.set(None), db).await.expect_err("no role");
    assert_eq!(error.to_string(), "a new `Membership` was given no `role`");
    let error = band.members.add_with([&ada], |m| m.role.set(m.person().name), db).await.expect_err("of which person?");
    assert_eq!(error.code(), "orm.pair_value");
}

async fn what_is_added_by_several_at_once_is_there_once(db: &Db) {
    let [ada, bob] = people(db, ["ada", "bob"]).await;
    let band = Band::create().name("The Corks").save(db).await.expect("it is new");
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (db, band, ada, bob) = (db.clone(), band.clone(), ada.clone(), bob.clone());
            tokio::spawn(async move { band.fans.add([&ada, &bob], &db).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic").expect("nobody is told that it was there");
    }
    assert_eq!(band.fans.keys(db).await.expect("it runs").len(), 2);
    let nobody = Person { id: 99, ..ada.clone() };
    let error = band.fans.add([&nobody], db).await.expect_err("he is not stored");
    assert_eq!(error.code(), "orm.foreign_key");
}

async fn friends_are_friends_of_each_other(db: &Db) {
    let [ada, bob, cy] = people(db, ["ada", "bob", "cy"]).await;
    ada.friends.add([&bob, &cy, &ada], db).await.expect("it runs");
    assert_eq!(names(db, &bob.friends).await, ["ada"]);
    assert_eq!(names(db, &ada.friends).await, ["ada", "bob", "cy"], "she may be her own friend");
    cy.friends.remove([&ada], db).await.expect("it runs");
    assert_eq!(names(db, &ada.friends).await, ["ada", "bob"]);
    bob.friends.set([&cy], db).await.expect("it runs");
    assert_eq!(names(db, &ada.friends).await, ["ada"]);
    assert_eq!(names(db, &cy.friends).await, ["bob"]);
    let found = Person::objects().filter(|p| p.friends().name.eq("cy")).select(|p| p.name).all(db).await;
    assert_eq!(found.expect("it runs"), ["bob"]);
    ada.friends.clear(db).await.expect("it runs");
    cy.friends.clear(db).await.expect("it runs");
    assert_eq!(names(db, &bob.friends).await, [""; 0]);
}

async fn who_follows_is_not_followed(db: &Db) {
    let [ada, bob, cy] = people(db, ["ada", "bob", "cy"]).await;
    ada.follows.add([&bob, &cy], db).await.expect("it runs");
    bob.follows.add([&cy], db).await.expect("it runs");
    assert_eq!(names(db, &cy.follows).await, [""; 0]);
    let followers = cy.followers().select(|p| p.name).all(db).await.expect("it runs");
    assert_eq!(followers, ["ada", "bob"]);
    let all: Vec<(Person, Vec<Person>, Vec<Person>)> = Person::objects()
        .prefetch(|p| (p.follows(), p.followers().order_by(|p| p.id.desc())))
        .all(db)
        .await
        .expect("runs");
    let of = |people: &[Person]| people.iter().map(|person| person.name.clone()).collect::<Vec<_>>().join(" ");
    let found: Vec<_> = all.iter().map(|(_, follows, followers)| (of(follows), of(followers))).collect();
    let expected = [("bob cy", ""), ("cy", "ada"), ("", "bob ada")];
    assert_eq!(found, expected.map(|(follows, followers)| (follows.to_owned(), followers.to_owned())));
}

async fn pairs_may_say_more(db: &Db) {
    let [ada, bob, cy] = people(db, ["ada", "bob", "cy"]).await;
    let corks = Band::create().name("The Corks").save(db).await.expect("it is new");
    let jars = Band::create().name("The Jars").save(db).await.expect("it is new");
    let join = |band, person, role| Membership::create().band(band).person(person).role(role);
    let singer = join(&corks, &ada, "singer").save(db).await.expect("it is new");
    join(&corks, &bob, "drums").invited_by(&ada).save(db).await.expect("it is new");
    join(&jars, &ada, "drums").save(db).await.expect("it is new");
    Fee::create().membership(&singer).save(db).await.expect("it is new");
    assert_eq!(corks.members.count(db).await.expect("it runs"), 2);
    assert!(!corks.members.contains(&cy, db).await.expect("it runs"));
    let drummers = corks.members.objects().filter(|p| p.membership_set().role.eq("drums")).select(|p| p.name).all(db);
    assert_eq!(drummers.await.expect("ada plays them in another band"), ["ada", "bob"]);
    let found = Band::objects().filter(|b| b.members().name.eq("bob")).select(|b| b.name).all(db).await;
    assert_eq!(found.expect("it runs"), ["The Corks"]);
    assert_eq!(ada.bands().count(db).await.expect("it runs"), 2);
    let log = QueryLog::new();
    let bands: Vec<(Band, Vec<Person>, Vec<(Membership, Option<Person>)>)> = Band::objects()
        .order_by(|b| b.id)
        .prefetch(|b| (b.members(), b.membership_set().order_by(|m| m.role).prefetch(|m| m.person())))
        .all(&db.with_log(log.clone()))
        .await
        .expect("it runs");
    log.assert_count(4);
    assert_eq!(bands[0].1.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["ada", "bob"]);
    let roles = bands[0].2.iter().map(|(pair, person)| (pair.role.as_str(), person.as_ref().map(|p| p.name.as_str())));
    assert_eq!(roles.collect::<Vec<_>>(), [("drums", Some("bob")), ("singer", Some("ada"))]);
    corks.members.remove([&ada, &cy], db).await.expect("it runs");
    assert_eq!(Fee::objects().count(db).await.expect("it runs"), 0, "what pointed to the pair went with it");
    corks.members.clear(db).await.expect("it runs");
    assert_eq!(Membership::objects().count(db).await.expect("it runs"), 1);
    assert_eq!(ada.delete(db).await.expect("nothing forbids it"), 2, "her last membership goes with her");
}

/// Models of pairs in which nobody could tell which key leads where.
mod unclear {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[model(app = "unclear", crate = demijohn_orm)]
    #[expect(dead_code, reason = "only its description is read")]
    pub(super) struct Side {
        pub id: i64,
        #[field(related_name = "+")]
        pub several: ManyToMany<Other, Several>,
        #[field(related_name = "+")]
        pub none: ManyToMany<Other, Nothing>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "unclear", crate = demijohn_orm)]
    pub(super) struct Other {
        pub id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "unclear", crate = demijohn_orm)]
    pub(super) struct Several {
        pub id: i64,
        #[field(on_delete = Cascade)]
        pub side: ForeignKey<Side>,
        #[field(on_delete = Cascade)]
        pub other: ForeignKey<Other>,
        #[field(on_delete = Cascade, related_name = "+")]
        pub third: ForeignKey<Other>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "unclear", crate = demijohn_orm)]
    pub(super) struct Nothing {
        pub id: i64,
        #[field(on_delete = Cascade)]
        pub side: ForeignKey<Side>,
        pub other: i64,
    }
}

#[tokio::test]
async fn a_model_of_pairs_that_leads_nowhere_is_found_at_start() {
    use demijohn_orm::AppModels as _;
    use unclear::{Nothing, Other, Several, Side};

    let app =
        demijohn_web::App::named("unclear").model::<Side>().model::<Other>().model::<Several>().model::<Nothing>();
    let site = app.build(demijohn_web::test::test_settings()).await.expect("a site");
    let checks = site.checks(false);
    let of = |id: &str| checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("{id}: {checks:?}"));
    assert_eq!(of("fields.E335").message, "`Several`, the model of its pairs, has several foreign keys to one side");
    assert_eq!(of("fields.E333").message, "`Nothing`, the model of its pairs, has no foreign key to `Other`");
    assert_eq!(of("fields.E333").object, "unclear.Side.none");
}

on_every_database! {
    models();
    a_set_is_changed_from_its_other_side, a_new_row_and_its_place_in_a_set_are_one, what_is_said_of_pairs_is_given_with_them,
    a_set_is_asked_and_changed,
    what_is_added_by_several_at_once_is_there_once,
    friends_are_friends_of_each_other,
    who_follows_is_not_followed,
    pairs_may_say_more,
}
