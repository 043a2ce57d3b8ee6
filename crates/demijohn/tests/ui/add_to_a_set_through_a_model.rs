use demijohn::prelude::*;

#[derive(Model)]
struct Person {
    id: i64,
}

#[derive(Model)]
struct Band {
    id: i64,
    members: ManyToMany<Person, Membership>,
}

#[derive(Model)]
struct Membership {
    id: i64,
    #[field(on_delete = Cascade)]
    band: ForeignKey<Band>,
    #[field(on_delete = Cascade)]
    person: ForeignKey<Person>,
    #[field(max_length = 40)]
    role: String,
}

async fn join(db: Db, band: Band, ada: Person) -> Result<()> {
    band.members.add([&ada], &db).await
}

fn main() {}
