//! Salted MD5: `md5$<salt>$<hex>`. Fast, hence for tests only.

use demijohn_core::signing::hex;
use md5::{Digest, Md5};

pub(super) const NAME: &str = "md5";

pub(super) fn parse(rest: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let (salt, digits) = rest.split_once('$')?;
    let is_whole = !salt.is_empty() && digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_whole.then_some(())?;
    let digit = |index| u8::from_str_radix(&digits[index..index + 2], 16).ok();
    Some((salt.as_bytes().to_vec(), (0..32).step_by(2).map(digit).collect::<Option<_>>()?))
}

pub(super) fn write(salt: &[u8], hash: &[u8]) -> String {
    format!("md5${}${}", String::from_utf8_lossy(salt), hex(hash))
}

pub(super) fn derive(raw: &[u8], salt: &[u8]) -> Vec<u8> {
    Md5::new().chain_update(salt).chain_update(raw).finalize().to_vec()
}
