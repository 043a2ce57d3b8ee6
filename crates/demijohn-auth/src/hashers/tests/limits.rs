//! Parameters in the database cannot hold up the server, and neither can long passwords.

use crate::hashers::{
    Argon2, Encoded, Hasher, Hashing, MAX_PASSWORD_LENGTH, Outcome, Pbkdf2, Scrypt, check_password, make_password,
};

const HASH: &str = "7uPyO44geqCt/Nv3ztly1adSqh5hHCYtGPDoMYOOBWU";

fn refusal(encoded: &str) -> String {
    let error = Encoded::parse(encoded).expect_err(encoded);
    assert_eq!(Hashing::new(Hasher::Md5).check("x", encoded), Outcome::Wrong);
    assert_eq!(error.code(), "auth.password_format");
    error.to_string()
}

#[test]
fn refuses_hostile_parameters_and_names_the_possible_ones() {
    let scrypt_hash = "A".repeat(86) + "==";
    let cases = [
        (
            format!("pbkdf2_sha256$4294967295$s${HASH}="),
            "`pbkdf2_sha256` with iterations 4294967295; possible are 1 to 5000000",
        ),
        (format!("pbkdf2_sha256$0$s${HASH}="), "`pbkdf2_sha256` with iterations 0; possible are 1 to 5000000"),
        (format!("pbkdf2_sha256$99999999999$s${HASH}="), "a broken `pbkdf2_sha256` password"),
        (format!("pbkdf2_sha256$-1$s${HASH}="), "a broken `pbkdf2_sha256` password"),
        (format!("pbkdf2_sha256$1$${HASH}="), "a broken `pbkdf2_sha256` password"),
        (
            format!("argon2$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ${HASH}"),
            "`argon2` with memory in KiB 4194304; possible are 8 to 524288",
        ),
        (
            format!("argon2$argon2id$v=19$m=102400,t=4000000000,p=8$c29tZXNhbHQ${HASH}"),
            "`argon2` with passes 4000000000; possible are 1 to 40",
        ),
        (
            format!("argon2$argon2id$v=19$m=0,t=1,p=1$c29tZXNhbHQ${HASH}"),
            "`argon2` with memory in KiB 0; possible are 8 to 524288",
        ),
        (
            format!("argon2$argon2id$v=19$m=102400,t=1,p=16777215$c29tZXNhbHQ${HASH}"),
            "`argon2` with lanes 16777215; possible are 1 to 64",
        ),
        (
            format!("argon2$argon2id$v=18$m=64,t=1,p=1$c29tZXNhbHQ${HASH}"),
            "`argon2` with version 18; possible are 19 to 19",
        ),
        (
            "bcrypt$$2b$31$abcdefghijklmnopqrstuu0sDWleciW5uGBGYwxpcgAsh9WK4bWNy".to_owned(),
            "`bcrypt` with work factor 31; possible are 4 to 16",
        ),
        (
            format!("scrypt$1073741824$s$8$1${scrypt_hash}"),
            "`scrypt` with work factor 1073741824; possible are 2 to 262144",
        ),
        (format!("scrypt$16383$s$8$1${scrypt_hash}"), "`scrypt` with work factor 16383; possible are powers of two"),
        (
            format!("scrypt$16384$s$4294967295$4294967295${scrypt_hash}"),
            "`scrypt` with block size 4294967295; possible are 1 to 32",
        ),
        (format!("scrypt$262144$s$8$16${scrypt_hash}"), "`scrypt` with work 33554432; possible are 1 to 8388608"),
        ("x".repeat(1_000_000), "a stored password has at most 512 bytes; found 1000000"),
    ];
    for (encoded, expected) in cases {
        assert_eq!(refusal(&encoded), expected);
    }
}

#[test]
fn never_stores_with_parameters_it_would_not_check() {
    Hasher::Pbkdf2(Pbkdf2::sha256(0)).encode("x").expect_err("too few");
    Hasher::Scrypt(Scrypt { n: 1000, r: 8, p: 1 }).encode("x").expect_err("no power of two");
    Hasher::Argon2(Argon2 { lanes: 0, ..Argon2::default() }).encode("x").expect_err("no lane");
}

#[test]
fn refuses_long_passwords_before_they_cost_anything() {
    let longest = "x".repeat(MAX_PASSWORD_LENGTH);
    let quick = Hasher::Pbkdf2(Pbkdf2::sha256(1));
    let stored = quick.encode(&longest).expect("just short enough");
    assert!(check_password(&longest, &stored).is_correct());
    let error = make_password(&format!("{longest}x")).expect_err("too long");
    assert_eq!(error.to_string(), "the password has 4097 bytes; at most 4096 are accepted");
    assert_eq!(error.public(), error.to_string());
    let cut = Encoded::parse(&stored).expect("ours");
    assert!(!cut.verify(&format!("{longest}x")));
    assert!(!check_password(&format!("{longest}x"), &stored).is_correct());
}
