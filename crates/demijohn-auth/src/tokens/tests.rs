//! Tests against tokens that Django made, and against what an attacker would try.

use std::fs;

use jiff::ToSpan;
use serde_json::Value;

use super::*;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/django.json");
const FALLBACKS: [&str; 2] = ["demijohn-old-secret-key-one", "demijohn-old-secret-key-two"];

fn keys() -> Keys {
    Keys::new("demijohn-test-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz").with_fallbacks(FALLBACKS)
}

/// Calls `check` with each vector of a group; says so when there are none.
fn each(group: &str, check: impl Fn(&Value)) {
    let Ok(text) = fs::read_to_string(PATH) else {
        eprintln!("skipped `{group}`: no vectors at {PATH}");
        return;
    };
    let vectors: Value = serde_json::from_str(&text).expect("the vectors are JSON");
    let list = vectors[group].as_array().expect("a list of vectors");
    assert!(!list.is_empty());
    list.iter().for_each(check);
}

fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
    vector[name].as_str().unwrap_or_else(|| panic!("no text `{name}` in {vector}"))
}

fn alice() -> UserState<'static> {
    UserState {
        id: "1",
        password: "pbkdf2_sha256$1000000$kQ9q0cJ2mS1lYtBv7ZxA3D$lBYs++lA33Q1fdOx38JPYH0VQkozQLFzOSLqNfWfQIs=",
        last_login: Some("2026-01-01T12:34:56.789012Z".parse().expect("a time")),
        email: "alice@example.com",
    }
}

fn noon() -> Timestamp {
    "2026-01-01T13:00:00Z".parse().expect("a time")
}

#[test]
fn session_hashes_are_those_of_django() {
    each("session_auth_hash", |vector| {
        let (password, hash) = (text(vector, "password_field"), text(vector, "hash"));
        assert_eq!(session_auth_hash(password, &keys()), hash);
        assert_eq!(check_session_auth_hash(hash, password, &keys()), SessionMatch::Current);
        for fallback in vector["fallback_hashes"].as_array().expect("a list") {
            let hash = fallback.as_str().expect("a hash");
            assert_eq!(check_session_auth_hash(hash, password, &keys()), SessionMatch::Fallback);
        }
    });
}

#[test]
fn session_hash_ends_with_the_password_or_the_key() {
    let hash = session_auth_hash(alice().password, &keys());
    assert_eq!(hash, "dad5a114f2d3f85fa3db8c71c71f8db209ea6052b9a10ecbba67359699403392");
    assert_eq!(check_session_auth_hash(&hash, "another", &keys()), SessionMatch::Stale);
    assert_eq!(check_session_auth_hash(&hash, alice().password, &Keys::new("other")), SessionMatch::Stale);
    for wrong in ["", "dad5", &hash[1..], &hash.to_uppercase()] {
        assert_eq!(check_session_auth_hash(wrong, alice().password, &keys()), SessionMatch::Stale);
    }
}

#[test]
fn reset_tokens_are_those_of_django() {
    each("password_reset_token", |vector| {
        let id = vector["pk"].to_string();
        let user = UserState {
            id: &id,
            password: text(vector, "password_field"),
            last_login: vector["last_login"].as_str().map(|at| at.parse().expect("a time")),
            email: text(vector, "email"),
        };
        let now: Timestamp = format!("{}Z", text(vector, "now_naive_local")).parse().expect("a time");
        let tokens = ResetTokens::new(keys());
        assert_eq!(tokens.make_at(&user, now), text(vector, "token"));
        assert!(tokens.check_at(&user, text(vector, "token"), now));
        assert!(tokens.check_at(&user, text(vector, "token_with_fallback_0"), now));
        assert_eq!(encode_id(&id), text(vector, "uidb64"));
        assert_eq!(decode_id(text(vector, "uidb64")), Some(id.clone()));
    });
}

#[test]
fn reset_token_depends_on_all_of_the_state() {
    let tokens = ResetTokens::new(keys());
    let token = tokens.make_at(&alice(), noon());
    assert_eq!(token, "d1q9g0-f71bb8d5aa8a257e3ff5484e779d8570");
    let next_second = alice().last_login.map(|at| at + 1.second());
    let others = [
        UserState { id: "2", ..alice() },
        UserState { password: "!", ..alice() },
        UserState { last_login: None, ..alice() },
        UserState { last_login: next_second, ..alice() },
        UserState { email: "Alice@example.com", ..alice() },
    ];
    for other in others {
        assert!(!tokens.check_at(&other, &token, noon()), "{other:?}");
    }
    assert!(!ResetTokens::new(Keys::new("other")).check_at(&alice(), &token, noon()));
}

#[test]
fn reset_token_ends_after_its_lifetime() {
    let tokens = ResetTokens::new(keys());
    let token = tokens.make_at(&alice(), noon());
    assert!(tokens.check_at(&alice(), &token, noon() + 72.hours()));
    assert!(!tokens.check_at(&alice(), &token, noon() + 72.hours().seconds(1)));
    let hasty = tokens.with_lifetime(Duration::from_mins(5));
    assert!(!hasty.check_at(&alice(), &token, noon() + 6.minutes()));
    assert!(hasty.check_at(&alice(), &token, noon() - 6.minutes()), "a clock that goes behind");
}

#[test]
fn reset_token_counts_local_time() {
    let tokens = ResetTokens::new(keys()).with_time_zone(TimeZone::fixed(jiff::tz::offset(2)));
    assert_eq!(tokens.make_at(&alice(), noon() - 2.hours()), "d1q9g0-f71bb8d5aa8a257e3ff5484e779d8570");
}

#[test]
fn refuses_what_is_not_a_token() {
    let tokens = ResetTokens::new(keys());
    let token = tokens.make_at(&alice(), noon());
    let long = format!("{}-{}", "0".repeat(1_000_000), "a".repeat(32));
    let upper = token.to_uppercase();
    let zero = format!("0{token}");
    for wrong in ["", "-", "--", "d1q9g0", "d1q9g0-", &token[1..], &upper, &zero, &format!("{token}-"), "é-é", &long]
    {
        assert!(!tokens.check_at(&alice(), wrong, noon()), "{wrong}");
    }
    for end in 0..token.len() {
        assert!(!tokens.check_at(&alice(), &token[..end], noon()));
    }
    for text in ["é", "M", "MQ==", "_w", "!!"] {
        assert_eq!(decode_id(text), None, "{text}");
    }
}
