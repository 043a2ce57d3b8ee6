//! The shared vectors: skipped, with a line that says so, where they are not checked out beside the project.

use std::fs;

use serde_json::Value;

use crate::hashers::{Encoded, Hasher, Hashing, Outcome, is_usable};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/django.json");

#[test]
fn checks_what_django_stored() {
    let Ok(text) = fs::read_to_string(PATH) else {
        eprintln!("skipped: no vectors at {PATH}");
        return;
    };
    let vectors: Value = serde_json::from_str(&text).expect("the vectors are JSON");
    let passwords = vectors["passwords"].as_array().expect("a list of passwords");
    assert!(passwords.len() > 20);
    let hashing = Hashing::new(Hasher::Md5).with_md5();
    for vector in passwords {
        let encoded = vector["encoded"].as_str().expect("a stored password");
        if vector["invalid"] == true {
            assert_eq!(hashing.check("", encoded), Outcome::Wrong, "{vector}");
            assert_eq!(vector["is_password_usable"], is_usable(encoded));
            continue;
        }
        let raw = vector["password"].as_str().expect("a password");
        let stored = Encoded::parse(encoded).unwrap_or_else(|error| panic!("{error}: {vector}"));
        assert!(!stored.verify(&format!("{raw} ")), "{vector}");
        assert_eq!(stored.hasher().name(), vector["algorithm"]);
        if let Some(expected) =
            vector["must_update_under_5_2_default_(pbkdf2_sha256,1000000,preferred_first)"].as_bool()
        {
            assert_eq!(stored.is_outdated(&Hasher::DJANGO_5_2), expected, "{vector}");
        }
        assert_eq!(hashing.check(raw, encoded), Outcome::Correct, "{vector}");
    }
}
