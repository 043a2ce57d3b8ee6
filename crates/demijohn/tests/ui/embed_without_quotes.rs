//! `embed!` takes the name of a directory as a text.

fn main() {
    demijohn::embed!(templates);
}
