//! What must not be accepted, and must not panic.

use std::time::Duration;

use serde_json::json;

use super::{frozen, keys};
use crate::ErrorKind;
use crate::signing::{
    BAD_SIGNATURE, EXPIRED, Keys, Signer, TimestampSigner, cookie, csrf, dumps, json as python, loads, radix, session,
};

#[test]
fn refuses_every_truncation_and_every_flipped_bit() {
    let signer = TimestampSigner::new(&keys(), "s");
    let text = signer.sign_object_at(&json!({ "user": 1, "long": "x".repeat(80) }), true, frozen());
    for end in 0..text.len() {
        let error = signer.unsign_object(&text[..end], None).expect_err("truncated");
        assert_eq!((error.code(), error.kind(), error.status()), (BAD_SIGNATURE, ErrorKind::Invalid, 400));
    }
    for index in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[index] ^= 1 << bit;
            let Ok(flipped) = String::from_utf8(bytes) else { continue };
            signer.unsign_object(&flipped, None).expect_err(&flipped);
        }
    }
}

#[test]
fn refuses_another_salt_and_another_key() {
    let signed = dumps(&json!(1), &keys(), "purpose", false);
    assert_eq!(loads(&signed, &keys(), "purpose2", None).expect_err("wrong salt").code(), BAD_SIGNATURE);
    assert_eq!(loads(&signed, &Keys::new("other"), "purpose", None).expect_err("wrong key").code(), BAD_SIGNATURE);
    let error = Signer::new(&keys(), "s").unsign("hello:abc").expect_err("not signed");
    assert_eq!(error.to_string(), "the signature is by none of the 3 accepted keys");
    let error = Signer::new(&keys(), "s").unsign("hello").expect_err("not signed");
    assert_eq!(error.to_string(), "a signed text has a `:` before its signature; found none");
}

#[test]
fn accepts_a_fallback_key_for_reading_only() {
    let old = Keys::new("old");
    let rotated = Keys::new("new").with_fallbacks(["older", "old"]);
    assert_eq!(Signer::new(&rotated, "s").unsign(&Signer::new(&old, "s").sign("x")).expect("by a fallback key"), "x");
    Signer::new(&old, "s").unsign(&Signer::new(&rotated, "s").sign("x")).expect_err("signed with the new key");
}

#[test]
fn tells_expired_from_forged() {
    let signer = TimestampSigner::new(&keys(), "s");
    let text = signer.sign_at("x", frozen());
    let minute = Some(Duration::from_mins(1));
    let unsign = |seconds| signer.unsign_at(&text, minute, frozen() + Duration::from_secs(seconds));
    assert_eq!(unsign(60).expect("just in time"), "x");
    assert_eq!(unsign(61).expect_err("too old").code(), EXPIRED);
    assert_eq!(unsign(61).expect_err("too old").to_string(), "the signature is 61 s old; at most 60 s are accepted");
    assert_eq!(signer.unsign_at(&text, minute, frozen() - Duration::from_mins(10)).expect("from the future"), "x");
    let forged = text.replace('x', "y");
    assert_eq!(signer.unsign(&forged, minute).expect_err("forged").code(), BAD_SIGNATURE);
}

#[test]
fn refuses_a_signed_text_without_a_time() {
    let plain = Signer::new(&keys(), "s");
    let signer = TimestampSigner::new(&keys(), "s");
    for text in ["no time", "bad:!", "empty:", "big:zzzzzzzzzzzzzzzzzzzz"] {
        signer.unsign(&plain.sign(text), None).expect_err(text);
    }
}

#[test]
fn refuses_payloads_that_are_not_what_they_say() {
    let signer = TimestampSigner::new(&keys(), session::SALT);
    for payload in ["!", ".!", ".AAAA", "AAAA", "", ".", "W10", "e30=", "bnVsbA"] {
        session::decode(&signer.sign(payload), &keys()).expect_err(payload);
    }
}

#[test]
fn refuses_a_payload_that_unpacks_to_more_than_ten_megabytes() {
    let signer = TimestampSigner::new(&keys(), "s");
    let bomb = signer.sign_object(&json!("x".repeat(10 * 1024 * 1024)), true);
    assert!(bomb.len() < 20_000, "it packs to {}", bomb.len());
    let error = signer.unsign_object(&bomb, None).expect_err("a bomb");
    assert_eq!(error.to_string(), "the signed payload unpacks to more than 10 MB");
}

#[test]
fn refuses_json_that_nests_too_deep() {
    python::read("[".repeat(100_000).as_bytes()).expect_err("too deep");
}

#[test]
fn cookie_signed_for_one_name_is_not_valid_for_another() {
    let signed = cookie::sign("ab", "1", "c", &keys());
    let unsign = |name, salt, legacy| cookie::unsign(name, &signed, salt, &keys(), None, legacy);
    assert_eq!(unsign("ab", "c", cookie::Legacy::Accepted).expect("its own name"), "1");
    unsign("b", "ca", cookie::Legacy::Accepted).expect_err("the border between salt and name was moved");
    unsign("a", "bc", cookie::Legacy::Accepted).expect_err("the border between name and salt was moved");
    let old = TimestampSigner::new(&keys().for_cookies(), "abc").sign_at("1", frozen());
    let expired = cookie::unsign("ab", &old, "c", &keys(), Some(Duration::from_secs(1)), cookie::Legacy::Accepted);
    assert_eq!(expired.expect_err("old format and too old").code(), EXPIRED);
}

#[test]
fn refuses_separators_that_a_signature_can_contain() {
    for separator in ["", "a", "-", "_", "=", ":x", "7"] {
        Signer::new(&keys(), "s").with_separator(separator).expect_err(separator);
    }
    let signer = Signer::new(&keys(), "s").with_separator("||").expect("allowed");
    assert_eq!(signer.unsign(&signer.sign("a||b")).expect("signed"), "a||b");
}

#[test]
fn csrf_refuses_what_is_not_a_token() {
    let secret = csrf::new_secret();
    let long = "a".repeat(100_000);
    for token in ["", "abc", &secret[1..], &"é".repeat(16), &"a".repeat(65), &long, &format!("{}!", &secret[1..])] {
        assert_eq!(csrf::unmask(token), None, "{token}");
        assert!(!csrf::matches(token, &secret) && !csrf::matches(&secret, token) && !csrf::matches(token, token));
        assert!(!csrf::matches(&csrf::mask(token), &secret));
    }
}

#[test]
fn numbers_out_of_range_are_refused() {
    assert_eq!(radix::decode_base62(&radix::encode_base62(i64::MIN)), Some(i64::MIN));
    assert_eq!(radix::decode_base36(&radix::encode_base36(u64::MAX)), Some(u64::MAX));
    for text in ["", "-", "--1", "+1", " 1", "é", "zzzzzzzzzzzz", &"1".repeat(10_000)] {
        assert_eq!(radix::decode_base62(text), None, "{text}");
    }
    for text in ["", "-1", "zzzzzzzzzzzzz", "00000000000001", "é"] {
        assert_eq!(radix::decode_base36(text), None, "{text}");
    }
}
