//! The same formats with the vectors written out, so that a bare checkout tests them too.

use serde_json::{Value, json};

use super::{frozen, keys};
use crate::signing::{
    Keys, Signer, TimestampSigner, constant_time_eq, csrf, hex, hmac_sha256, json as python, session,
};
use crate::signing::{random_bytes, random_string};

#[test]
fn hmac_sha256_is_that_of_rfc_4231() {
    let digest = hex(&hmac_sha256(b"Jefe", b"what do ya want for nothing?"));
    assert_eq!(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

#[test]
fn signs_as_django_does() {
    let signed = "hello:URvUvkPCra2v_DjILo-UiDCph4wpi1wN7zRyNe2QBuU";
    assert_eq!(Signer::new(&keys(), Signer::SALT).sign("hello"), signed);
    let signed = "hello:1vb66i:j6xp_fkYMLMy5pRYYVw7rQcNWOe2v9weZrnZsCHVbDA";
    assert_eq!(TimestampSigner::new(&keys(), TimestampSigner::SALT).sign_at("hello", frozen()), signed);
}

#[test]
fn writes_and_reads_session_data_as_django_does() {
    let data = json!({ "a": 1 }).as_object().cloned().expect("an object");
    let text = "eyJhIjoxfQ:1vb66i:YwrP3Hv6hn3uZ_X9B4VGAeaw53-X04h_R2_ZhrMBygw";
    assert_eq!(session::encode_with(session::SALT, &data, &keys(), frozen()), text);
    assert_eq!(session::decode(text, &keys()).expect("signed"), data);
}

#[test]
fn reads_compressed_session_data() {
    let text = ".eJyrVspLzE1VslKKyo8pNTBITVKIKTUyMzAGUikWxilAMtXAQElHKSexBKgIrMQSyE0uyYFyDQxjSmLygJoMjCxs7NTUY5T0lWoBTU4YYw\
                :1vb66i:csrqQzAsgGN7l7zjNmHjR6SmnMZqCfqGtzUBYMrL6GQ";
    let data = session::decode(text, &keys()).expect("signed by Django");
    assert_eq!(data["name"], "Zoë ☃ 😀");
    assert_eq!(data["ctl"], "\u{1}\t\n\u{2028}<>&'\"/");
}

#[test]
fn masks_csrf_secrets_as_django_does() {
    let secret = "ZzYyXxWwVvUuTtSsRrQqPpOoNnMmLlKk";
    let token = csrf::mask_with(secret, "abcdefghijklmnopqrstuvwxyzABCDEF");
    assert_eq!(token.as_deref(), Some("abcdefghijklmnopqrstuvwxyzABCDEFZA0B1C2D3E4F5G6H7I8J9KaLbMcNdOeP"));
}

#[test]
fn masks_are_fresh_and_all_match() {
    let secret = csrf::new_secret();
    let (one, two) = (csrf::mask(&secret), csrf::mask(&secret));
    assert_ne!(one, two);
    assert_eq!(csrf::unmask(&one), Some(secret.clone()));
    assert!(csrf::matches(&one, &secret) && csrf::matches(&two, &secret) && csrf::matches(&secret, &one));
    assert!(!csrf::matches(&csrf::new_secret(), &secret));
}

#[test]
fn writes_json_as_python_does() {
    let value = json!({
        "f": [1.5, 1e22, 1e16, 1e15, 0.0001, 1e-7, 1.0, -0.0, 1.234_567_8e-9, 123_456_789_012_345_680.0, 5e-324, 1e100],
        "n": [0, -7, u64::MAX, i64::MIN],
        "t": "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{7f}é☃😀",
        "e": [[], {}, null, true, false],
    });
    let expected = r#"{"e":[[],{},null,true,false],"f":[1.5,1e+22,1e+16,1000000000000000.0,0.0001,1e-07,1.0,-0.0,1.2345678e-09,1.2345678901234568e+17,5e-324,1e+100],"n":[0,-7,18446744073709551615,-9223372036854775808],"t":"\"\\/\b\f\n\r\t\u0001\u007f\u00e9\u2603\ud83d\ude00"}"#;
    assert_eq!(python::write_compact(&value), expected);
    assert_eq!(python::read(expected.as_bytes()).expect("JSON"), value);
    assert_eq!(python::write_spaced(&json!([{ "a": [1, 2] }, 3])), r#"[{"a": [1, 2]}, 3]"#);
}

#[test]
fn reads_what_only_python_writes() {
    let text = r#"{"a": NaN, "b": [Infinity, -Infinity, -1], "c": "NaN \\\"NaN \ud800x \udc00 \ud83d\ude00 \\ud800"}"#;
    let value = python::read(text.as_bytes()).expect("Python reads it");
    let expected = json!({ "a": null, "b": [null, null, -1], "c": "NaN \\\"NaN \u{fffd}x \u{fffd} 😀 \\ud800" });
    assert_eq!(value, expected);
    assert_eq!(python::read(b"\"\xc3\xa9\"").expect("Latin-1"), Value::from("Ã©"));
}

#[test]
fn random_strings_use_every_letter_about_equally() {
    let text = random_string(62 * 500);
    assert_eq!(text.len(), 62 * 500);
    for letter in ('a'..='z').chain('A'..='Z').chain('0'..='9') {
        let count = text.chars().filter(|found| *found == letter).count();
        // 500 expected, standard deviation 22: nine of them.
        assert!((300..=700).contains(&count), "`{letter}` came {count} times");
    }
    assert_eq!(random_string(0), "");
    assert_ne!(random_bytes::<16>(), random_bytes::<16>());
    assert!(session::new_key().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    assert_eq!(session::new_key().len(), 32);
}

#[test]
fn compares_texts_of_any_length() {
    assert!(constant_time_eq(b"", b"") && constant_time_eq(b"abc", b"abc"));
    assert!(!constant_time_eq(b"abc", b"abd") && !constant_time_eq(b"abc", b"ab") && !constant_time_eq(b"", b"a"));
}

#[test]
fn debug_shows_no_secret() {
    let keys = Keys::new("top-secret").with_fallbacks(["older-secret"]);
    let shown = format!("{keys:?} {:?} {:?}", Signer::new(&keys, "s"), TimestampSigner::new(&keys, "s"));
    assert!(!shown.contains("secret"), "{shown}");
}
