//! The shared vectors: skipped, with a line that says so, where they are not checked out beside the project.

use std::fs;

use serde_json::{Map, Value, json};

use super::{frozen, keys};
use crate::signing::{
    Algorithm, Keys, Signer, TimestampSigner, base64url, cookie, csrf, hex, json as python, loads, radix, salted_hmac,
    session,
};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/django.json");

/// Calls `check` with each vector of a group.
fn each(group: &str, check: impl Fn(&Value)) {
    let Ok(text) = fs::read_to_string(PATH) else {
        eprintln!("skipped `{group}`: no vectors at {PATH}");
        return;
    };
    let vectors: Value = serde_json::from_str(&text).expect("the vectors are JSON");
    let list = vectors[group].as_array().or_else(|| vectors[group]["vectors"].as_array());
    let list = list.unwrap_or_else(|| panic!("no group `{group}` in the vectors"));
    assert!(!list.is_empty(), "group `{group}` is empty");
    list.iter().for_each(check);
}

fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
    vector[name].as_str().unwrap_or_else(|| panic!("no text `{name}` in {vector}"))
}

fn object(vector: &Value, name: &str) -> Map<String, Value> {
    vector[name].as_object().cloned().unwrap_or_else(|| panic!("no object `{name}` in {vector}"))
}

#[test]
fn salted_hmac_is_that_of_django() {
    each("salted_hmac", |vector| {
        let algorithm = if text(vector, "algorithm") == "sha1" { Algorithm::Sha1 } else { Algorithm::Sha256 };
        let [salt, value, secret] = ["key_salt", "value", "secret"].map(|name| text(vector, name).as_bytes());
        assert_eq!(hex(&salted_hmac(salt, value, secret, algorithm)), text(vector, "hexdigest"));
    });
}

#[test]
fn numbers_in_base_62_and_36_are_those_of_django() {
    each("b62", |vector| {
        let number = vector["int"].as_i64().expect("a number");
        assert_eq!(radix::encode_base62(number), text(vector, "b62"));
        assert_eq!(radix::decode_base62(text(vector, "b62")), Some(number));
    });
    each("b36", |vector| {
        let number = vector["int"].as_u64().expect("a number");
        assert_eq!(radix::encode_base36(number), text(vector, "b36"));
        assert_eq!(radix::decode_base36(text(vector, "b36")), Some(number));
    });
    each("uidb64", |vector| {
        let pk = vector["pk"].as_str().map_or_else(|| vector["pk"].to_string(), str::to_owned);
        assert_eq!(base64url::encode(pk.as_bytes()), text(vector, "uidb64"));
        assert_eq!(base64url::decode(text(vector, "uidb64")), Some(pk.into_bytes()));
    });
}

#[test]
fn signed_texts_are_those_of_django() {
    each("signer", |vector| {
        let (salt, value, signed) = (text(vector, "salt"), text(vector, "value"), text(vector, "signed"));
        let algorithm = if vector["algorithm"] == "sha512" { Algorithm::Sha512 } else { Algorithm::Sha256 };
        let signing_keys = vector["key"].as_str().map_or_else(keys, Keys::new);
        if vector["class"] == "TimestampSigner" {
            assert_eq!(TimestampSigner::new(&signing_keys, salt).sign_at(value, frozen()), signed);
            assert_eq!(TimestampSigner::new(&keys(), salt).unsign(signed, None).expect("signed"), value);
        } else {
            assert_eq!(Signer::with_algorithm(&signing_keys, salt, algorithm).sign(value), signed);
            assert_eq!(Signer::with_algorithm(&keys(), salt, algorithm).unsign(signed).expect("signed"), value);
        }
    });
}

#[test]
fn dumps_writes_what_django_reads_and_loads_the_reverse() {
    each("signing_dumps", |vector| {
        let (salt, signed, object) = (text(vector, "salt"), text(vector, "signed"), &vector["obj"]);
        assert_eq!(python::write_compact(object), text(vector, "json_bytes"));
        assert_eq!(&loads(signed, &keys(), salt, None).expect("signed by Django"), object);
        let compress = vector["compress"] == true;
        let ours = TimestampSigner::new(&keys(), salt).sign_object_at(object, compress, frozen());
        assert_eq!(&loads(&ours, &keys(), salt, None).expect("signed by us"), object);
        assert_eq!(ours.starts_with('.'), vector["compressed"] == true);
        if vector["compressed"] == false {
            assert_eq!(ours, signed);
        }
    });
}

#[test]
fn session_data_of_django_is_read_and_ours_is_the_same() {
    each("session_data", |vector| {
        let data = text(vector, "session_data");
        if vector["expected_dict"].is_object() {
            let found = session::decode(data, &keys()).unwrap_or_default();
            assert_eq!(found, object(vector, "expected_dict"), "{vector}");
            return;
        }
        let expected = object(vector, "dict");
        assert_eq!(session::decode(data, &keys()).expect("signed by Django"), expected, "{vector}");
        let signing_keys = vector["key"].as_str().map_or_else(keys, Keys::new);
        let ours = session::encode_with(session::SALT, &expected, &signing_keys, frozen());
        assert_eq!(session::decode(&ours, &keys()).expect("signed by us"), expected);
        // DEFLATE may pack differently; our keys come sorted, Django's as they were set.
        let is_plain = ![data, &ours].iter().any(|text| text.starts_with('.'));
        if expected.len() == 1 && is_plain {
            assert_eq!(ours, data);
        }
    });
}

#[test]
fn session_cookies_of_django_are_read() {
    each("session_signed_cookies_backend", |vector| {
        let found = loads(text(vector, "cookie_value"), &keys(), session::COOKIE_SALT, None).expect("signed by Django");
        assert_eq!(found, vector["dict"]);
        let ours = session::encode_cookie(&object(vector, "dict"), &keys());
        let week = std::time::Duration::from_hours(168);
        assert_eq!(session::decode_cookie(&ours, &keys(), week).expect("signed by us"), object(vector, "dict"));
    });
}

#[test]
fn signed_cookies_are_those_of_django_old_and_new() {
    each("signed_cookie", |vector| {
        let (name, value, salt) = (text(vector, "cookie_name"), text(vector, "value"), text(vector, "salt_arg"));
        let (new, old) = (text(vector, "cookie_value"), text(vector, "legacy_cookie_value"));
        assert_eq!(cookie::sign_at(name, value, salt, &keys(), frozen()), new);
        let unsign = |signed, legacy| cookie::unsign(name, signed, salt, &keys(), None, legacy);
        assert_eq!(unsign(new, cookie::Legacy::Refused).expect("new format"), value);
        assert_eq!(unsign(old, cookie::Legacy::Accepted).expect("old format, accepted"), value);
        unsign(old, cookie::Legacy::Refused).expect_err("the old format is refused");
    });
}

#[test]
fn csrf_tokens_are_masked_as_django_does() {
    each("csrf", |vector| {
        let (secret, token) = (text(vector, "secret"), text(vector, "token"));
        assert_eq!(csrf::mask_with(secret, text(vector, "mask")).as_deref(), Some(token));
        assert_eq!(csrf::unmask(token).as_deref(), Some(secret));
        assert!(csrf::matches(token, secret));
    });
}

#[test]
fn messages_cookie_of_django_is_read() {
    let Ok(text) = fs::read_to_string(PATH) else {
        eprintln!("skipped `messages`: no vectors at {PATH}");
        return;
    };
    let vectors: Value = serde_json::from_str(&text).expect("the vectors are JSON");
    let messages_signer = TimestampSigner::new(&keys().for_cookies(), "django.contrib.messages");
    let signed = vectors["messages"]["cookie"][1]["cookie_value"].as_str().expect("a cookie");
    let messages = messages_signer.unsign_object(signed, None).expect("signed by Django");
    assert_eq!(messages[1], json!(["__json_message", 0, 20, "Hello <b>", "x y"]));
    assert_eq!(python::write_spaced(&messages), vectors["messages"]["session_value"].as_str().expect("a text"));
}
