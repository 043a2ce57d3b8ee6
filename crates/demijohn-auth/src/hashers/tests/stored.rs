//! What we store, and stored passwords written out so that a bare checkout tests them too.

use super::quick;
use crate::hashers::{
    Argon2, Bcrypt, Encoded, Hasher, Pbkdf2, Scrypt, check_password, is_usable, make_password, make_unusable,
};

#[test]
fn checks_passwords_of_other_implementations() {
    let stored = [
        ("pässwörd ☃", "pbkdf2_sha256$1000$seasalt$kAE99cdcTKmGrieRXDBgQGQ4EwQZyrsTdq98YF0EJdY="),
        ("", "pbkdf2_sha256$1$seasalt$7uPyO44geqCt/Nv3ztly1adSqh5hHCYtGPDoMYOOBWU="),
        ("correct horse battery staple", "pbkdf2_sha1$1000$kQ9q0cJ2mS1lYtBv7ZxA3D$jXPqMs/wePzw5FADK1gsfrlv2KQ="),
        // RFC 6070
        ("password", "pbkdf2_sha1$4096$salt$SwB5AbdlSJq+rUnZJvch0GWkKcE="),
        (
            "correct horse battery staple",
            "argon2$argon2id$v=19$m=102400,t=2,p=8$a1E5cTBjSjJtUzFsWXRCdjdaeEEzRA$mm1ggtaNvvG05Mg8/yZDgt25NHdGyFExT+jXBHeIY1k",
        ),
        ("lemon", "argon2$argon2i$v=19$m=512,t=2,p=2$c29tZXNhbHRzb21lc2FsdA$OSgakdrkIVQRipHrCFGPxA"),
        ("lemon", "argon2$argon2d$v=19$m=512,t=2,p=2$c29tZXNhbHRzb21lc2FsdA$PclCN2FhgDt6oePnlM+7Jw"),
        ("pässwörd ☃", "bcrypt_sha256$$2b$06$......................72IMCxrvMt7a8qVou.4n6Lm3UpDylzG"),
        ("correct horse battery staple", "bcrypt$$2b$12$abcdefghijklmnopqrstuu0sDWleciW5uGBGYwxpcgAsh9WK4bWNy"),
        (
            "pässwörd ☃",
            "scrypt$16384$seasalt$8$5$PX3Ilbc1msECXjQ48vYXJWWCJLz3TM634zg039tBJ0oTrFHPgNIBlMp4b6bz05oIebF5w2rI+qPP/FFEeM/u7Q==",
        ),
        ("correct horse battery staple", "md5$seasalt$9aa4b8addefd43dbf9340b7540e4e49a"),
    ];
    for (raw, encoded) in stored {
        let stored = Encoded::parse(encoded).unwrap_or_else(|error| panic!("{error}: {encoded}"));
        assert!(stored.verify(raw), "{encoded}");
        assert!(!stored.verify("wrong"), "{encoded}");
    }
}

#[test]
fn pbkdf2_takes_passwords_and_salts_of_any_length() {
    // Made with OpenSSL: a password longer than HMAC's block, and salts that end just below, at and above a block.
    let long = "long password ".repeat(10);
    let stored = [
        (47, "pbkdf2_sha256", "gtBEuYv1YnZE35rzA6eF/odQmOjFL7SpzOA5BWu6bso="),
        (51, "pbkdf2_sha256", "Ud4mea7/hVwvQCoOCBZoCyTtGb0PhQ3znI117ZvE+Og="),
        (52, "pbkdf2_sha256", "K0lQZ+ueSCyGT0wTI5IeL06IlhN9JcuVv9KsGDYoGbw="),
        (200, "pbkdf2_sha256", "UEABtCm7CCsFXy+mnZq/b5KjUoQqRzuYJ+o6S4SQth8="),
        (51, "pbkdf2_sha1", "YswXreVarWYb8OgPQWnOADbP5/U="),
        (52, "pbkdf2_sha1", "QPKwEwbZpSItq0NVSArdXkc/+zI="),
    ];
    for (length, name, hash) in stored {
        let encoded = format!("{name}$2${}${hash}", "s".repeat(length));
        assert!(Encoded::parse(&encoded).expect("well formed").verify(&long), "{encoded}");
    }
}

#[test]
fn stores_argon2id_as_django_does() {
    let stored = make_password("correct horse").expect("it can be hashed");
    let parts: Vec<&str> = stored.split('$').collect();
    assert_eq!(parts[..4], ["argon2", "argon2id", "v=19", "m=102400,t=2,p=8"]);
    assert_eq!((parts[4].len(), parts[5].len(), parts.len()), (30, 43, 6));
    assert!(stored.len() <= 128);
    assert!(check_password("correct horse", &stored).is_correct());
    assert!(!check_password("correct horse ", &stored).is_correct());
}

#[test]
fn what_each_hasher_stores_it_checks_and_never_twice_the_same() {
    for hasher in quick() {
        let (one, two) = (hasher.encode("p4ß").expect("short"), hasher.encode("p4ß").expect("short"));
        assert_ne!(one, two);
        assert!(one.len() <= 128, "{one}");
        let stored = Encoded::parse(&one).unwrap_or_else(|error| panic!("{error}: {one}"));
        assert_eq!(stored.hasher(), hasher);
        assert!(stored.verify("p4ß") && !stored.verify("p4s"), "{one}");
        assert!(!stored.is_outdated(&hasher), "{one}");
    }
}

#[test]
fn default_parameters_fit_the_column_of_django() {
    let hashers =
        [Hasher::default(), Hasher::DJANGO_6_0, Hasher::Scrypt(Scrypt::default()), Hasher::Bcrypt(Bcrypt::default())];
    for hasher in hashers {
        assert!(hasher.encode("x").expect("short").len() <= 128, "{hasher:?}");
    }
}

#[test]
fn outdated_is_another_algorithm_or_parameter_or_a_short_salt() {
    let stored = |text: &str| Encoded::parse(text).expect("well formed");
    let salt = "s".repeat(22);
    let hash = "7uPyO44geqCt/Nv3ztly1adSqh5hHCYtGPDoMYOOBWU=";
    let with_two = stored(&format!("pbkdf2_sha256$2${salt}${hash}"));
    assert!(!with_two.is_outdated(&Hasher::Pbkdf2(Pbkdf2::sha256(2))));
    assert!(with_two.is_outdated(&Hasher::Pbkdf2(Pbkdf2::sha256(3))));
    assert!(with_two.is_outdated(&Hasher::Pbkdf2(Pbkdf2::sha256(1))), "Django renews in both directions");
    assert!(with_two.is_outdated(&Hasher::default()));
    let short = stored(&format!("pbkdf2_sha256$2${}${hash}", &salt[1..]));
    assert!(short.is_outdated(&Hasher::Pbkdf2(Pbkdf2::sha256(2))));
}

#[test]
fn plain_bcrypt_refuses_what_it_would_cut() {
    let plain = Hasher::Bcrypt(Bcrypt { prehash: false, rounds: 4 });
    plain.encode(&"x".repeat(72)).expect("72 bytes fit");
    let error = plain.encode(&"x".repeat(73)).expect_err("73 do not");
    assert_eq!(error.to_string(), "`bcrypt` cannot take this password");
    plain.encode("a\0a").expect_err("NUL");
    let stored = plain.encode("a").expect("short");
    assert!(!Encoded::parse(&stored).expect("ours").verify("a\0a"), "bcrypt cannot tell `a` from `a\\0a`");
    let hashed = Hasher::Bcrypt(Bcrypt { prehash: true, rounds: 4 });
    let stored = hashed.encode(&format!("{}1", "x".repeat(100))).expect("any length");
    assert!(!Encoded::parse(&stored).expect("ours").verify(&format!("{}2", "x".repeat(100))));
}

#[test]
fn unusable_passwords_are_random_and_never_match() {
    let unusable = make_unusable();
    assert_eq!(unusable.len(), 41);
    assert_ne!(unusable, make_unusable());
    assert!(!is_usable(&unusable) && is_usable("") && is_usable("gibberish"));
    assert!(!check_password(&unusable, &unusable).is_correct() && !check_password("", "!").is_correct());
}

#[test]
fn summary_shows_parameters_and_hides_salt_and_hash() {
    let stored = "pbkdf2_sha256$1000$kQ9q0cJ2mS1lYtBv7ZxA3D$kAE99cdcTKmGrieRXDBgQGQ4EwQZyrsTdq98YF0EJdY=";
    let stored = Encoded::parse(stored).expect("well formed");
    let lines: Vec<String> = stored.summary().iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let expected = [
        "algorithm: pbkdf2_sha256".to_owned(),
        "iterations: 1000".to_owned(),
        format!("salt: kQ9q0c{}", "*".repeat(16)),
        format!("hash: 90013d{}", "*".repeat(58)),
    ];
    assert_eq!(lines, expected);
    assert_eq!(format!("{stored:?}"), "Encoded(Pbkdf2(Pbkdf2 { digest: Sha256, iterations: 1000 }))");
    let argon2 = Hasher::Argon2(Argon2 { memory: 64, passes: 1, lanes: 2, ..Argon2::default() });
    let names = Encoded::parse(&argon2.encode("x").expect("short")).expect("ours").summary();
    assert_eq!(
        names.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["algorithm", "variety", "version", "memory cost", "time cost", "parallelism", "salt", "hash"]
    );
}
