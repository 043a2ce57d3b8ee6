//! E-mail addresses, URLs, host names and slugs, by the rules of Django's validators.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest e-mail address (RFC 3696, section 3).
const LONGEST_EMAIL: usize = 320;
/// The longest URL.
const LONGEST_URL: usize = 2_048;
/// The longest host name (RFC 1034, section 3.1).
const LONGEST_HOST: usize = 253;

/// Letters, digits, hyphens and underscores, at least one.
pub(super) fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// `name@example.org`, a quoted name, an address in brackets as host.
pub(super) fn is_email(text: &str) -> bool {
    if text.chars().nth(LONGEST_EMAIL).is_some() {
        return false;
    }
    let Some((user, host)) = text.rsplit_once('@') else { return false };
    (is_dot_atom(user) || is_quoted(user)) && (host == "localhost" || is_domain(host) || is_literal(host))
}

/// An absolute address with a host and one of these schemes.
pub(super) fn is_url(text: &str, schemes: &[&str]) -> bool {
    if text.chars().nth(LONGEST_URL).is_some() || text.chars().any(char::is_whitespace) {
        return false;
    }
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    if !schemes.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once('@') {
        Some((user, host)) if is_user(user) => host,
        Some(_) => return false,
        None => authority,
    };
    is_host_and_port(host)
}

/// The URL with `https://` before it when only the scheme is missing.
pub(crate) fn with_scheme(text: &str) -> Cow<'_, str> {
    let head = text.split(['/', '?', '#']).next().unwrap_or_default();
    let has_scheme = match head.split_once(':') {
        Some((_, port)) => !port.bytes().all(|byte| byte.is_ascii_digit()) || port.is_empty(),
        None => false,
    };
    if has_scheme {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("https://{}", text.trim_start_matches("//")))
}

/// `name` or `name:password`.
fn is_user(text: &str) -> bool {
    let (name, password) = text.split_once(':').unwrap_or((text, ""));
    !name.is_empty() && !name.contains('@') && !password.contains([':', '@'])
}

fn is_host_and_port(text: &str) -> bool {
    let (host, port) = match text.rfind(']') {
        Some(end) => text.split_at(end + 1),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let is_port = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
    is_port && host.len() <= LONGEST_HOST && is_host(host)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok()
        || is_domain(host.strip_suffix('.').unwrap_or(host))
}

/// Labels with dots between them, at least two; the last one is not a number.
fn is_domain(host: &str) -> bool {
    let Some((_, last)) = host.rsplit_once('.') else { return false };
    host.len() <= LONGEST_HOST && host.split('.').all(is_label) && is_top_level(last)
}

fn is_label(label: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || is_foreign(letter);
    (1..=63).contains(&label.chars().count())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(is_letter)
}

fn is_top_level(label: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphabetic() || letter == '-' || is_foreign(letter);
    let is_encoded = label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    is_encoded || (label.chars().count() >= 2 && label.chars().all(is_letter))
}

/// A letter of another script than ours, as host names may have.
fn is_foreign(letter: char) -> bool {
    ('\u{a1}'..='\u{ffff}').contains(&letter) && !letter.is_whitespace()
}

/// `[192.0.2.1]` or `[2001:db8::1]` (RFC 5321, section 4.1.3).
fn is_literal(host: &str) -> bool {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).is_some_and(|host| host.parse::<IpAddr>().is_ok())
}

fn is_dot_atom(user: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-!#$%&'*+/=?^_`{}|~".contains(&byte);
    user.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_letter))
}

/// A name in quotation marks: anything printable, quotation marks and backslashes behind a backslash.
fn is_quoted(user: &str) -> bool {
    let Some(inside) = user.strip_prefix('"').and_then(|user| user.strip_suffix('"')) else { return false };
    let mut bytes = inside.bytes();
    while let Some(byte) = bytes.next() {
        let valid = match byte {
            b'\\' => bytes.next().is_some_and(|next| matches!(next, 1..=9 | 0x0b | 0x0c | 0x0e..=0x7f)),
            _ => matches!(byte, 1..=8 | 0x0b | 0x0c | 0x0e..=0x1f | b'!' | b'#'..=b'[' | b']'..=0x7f),
        };
        if !valid {
            return false;
        }
    }
    true
}
