use demijohn::prelude::*;

#[derive(Model)]
struct Note {
    id: i64,
    text: Text,
    about: GenericForeignKey,
}

#[derive(Model)]
struct Jar {
    #[field(primary_key, max_length = 40)]
    name: String,
}

fn about_a_jar(jar: &Jar) {
    let _ = Note::create().about(jar);
}

fn main() {}
