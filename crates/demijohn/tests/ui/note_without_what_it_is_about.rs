use demijohn::prelude::*;

#[derive(Model)]
struct Note {
    id: i64,
    text: Text,
    about: GenericForeignKey,
}

async fn save(db: Db) -> Result<Note> {
    Note::create().text("about nothing").save(&db).await
}

fn main() {}
