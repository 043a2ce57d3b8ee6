//! What becomes of the rows that point to a row which is deleted, beyond the plain cases in `writes`.

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{Db, ForeignKey, Model as _};

#[derive(Model, Debug, Clone)]
#[model(app = "shelf", crate = demijohn_orm)]
struct Owner {
    id: i64,
    #[field(unique)]
    number: i64,
}

#[derive(Model, Debug, Clone)]
#[model(app = "shelf", crate = demijohn_orm)]
struct Jar {
    id: i64,
    /// It holds the owner's number, not its key.
    #[field(on_delete = Cascade, to_field = "number")]
    owner: ForeignKey<Owner>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "shelf", crate = demijohn_orm)]
struct Cork {
    id: i64,
    #[field(set_to = 1)]
    owner: ForeignKey<Owner>,
}

fn models() -> Models {
    [Owner::meta(), Jar::meta(), Cork::meta()].into_iter().collect()
}

async fn owners(db: &Db) -> Vec<Owner> {
    let mut owners = Vec::new();
    // The number of each is the key of the other: who confuses them deletes the wrong rows.
    for number in [2, 1] {
        owners.push(Owner::create().number(number).save(db).await.expect("it is new"));
    }
    assert_eq!((owners[0].id, owners[1].id), (1, 2));
    owners
}

async fn what_holds_another_column_goes_with_its_row(db: &Db) {
    let owners = owners(db).await;
    let of_first = Jar::create().owner(2).save(db).await.expect("it holds the first one's number");
    let of_second = Jar::create().owner(1).save(db).await.expect("it holds the second one's number");
    assert_eq!(owners[0].clone().delete(db).await.expect("nothing forbids it"), 2);
    let left = Jar::objects().all(db).await.expect("it runs");
    assert_eq!(left.iter().map(|jar| jar.id).collect::<Vec<_>>(), [of_second.id]);
    assert_ne!(left[0].id, of_first.id);
}

async fn what_is_set_to_a_value_stays_with_it(db: &Db) {
    let owners = owners(db).await;
    Cork::create().owner(&owners[1]).save(db).await.expect("it is new");
    assert_eq!(owners[1].clone().delete(db).await.expect("nothing forbids it"), 1);
    let cork = Cork::objects().get(db).await.expect("it stays");
    assert_eq!(cork.owner.key(), 1);
}

on_every_database! {
    models();
    what_holds_another_column_goes_with_its_row,
    what_is_set_to_a_value_stays_with_it,
}
