//! `numeric` and `inet`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use demijohn_core::Result;
use demijohn_core::model::Decimal;

use super::{Inet, damaged, decode_error, fixed};

/// The largest number of digits behind the point.
const MAX_SCALE: i32 = 28;

/// How many digits, weight of the first, sign, digits behind the point; then digits to the base of 10,000.
pub(super) fn numeric(bytes: &[u8]) -> Result<Decimal> {
    let word = |at: usize| -> Result<i16> {
        bytes.get(at..at + 2).map_or_else(|| Err(damaged("numeric")), |pair| Ok(i16::from_be_bytes(fixed(pair)?)))
    };
    let (count, weight, sign, scale) = (word(0)? as u16, i32::from(word(2)?), word(4)? as u16, i32::from(word(6)?));
    let negative = match sign {
        0 => false,
        0x4000 => true,
        0xC000 => return Err(decode_error("the database holds the number `NaN`, which no decimal is".to_owned())),
        _ => return Err(decode_error("the database holds an infinite number, which no decimal is".to_owned())),
    };
    let too_long = || {
        decode_error(format!(
            "the database holds a number of {} digits before and {scale} behind the point; a decimal has 28",
            (weight + 1).max(0) * 4
        ))
        .with_hint("round it or cast it in the query: `round(…, 6)`, `CAST(… AS double precision)`")
    };
    let mut mantissa: i128 = 0;
    let mut exponent = 0;
    for n in 0..i32::from(count) {
        let digit = i128::from(word(8 + n as usize * 2)?);
        exponent = (weight - n) * 4;
        // What lies behind 28 digits does not fit any more; before the point it must.
        if mantissa > 10_i128.pow(30) {
            exponent += 4;
            break;
        }
        mantissa = mantissa * 10_000 + digit;
    }
    if mantissa == 0 {
        return Ok(Decimal::new(0, scale.clamp(0, MAX_SCALE) as u32));
    }
    let mut digits_behind = -exponent;
    // To the scale that the column has, as far as 96 bits hold it.
    while digits_behind < scale && digits_behind < MAX_SCALE {
        match mantissa.checked_mul(10).filter(|larger| *larger < MAX_MANTISSA) {
            Some(larger) => mantissa = larger,
            None => break,
        }
        digits_behind += 1;
    }
    while digits_behind > scale.min(MAX_SCALE) || (mantissa >= MAX_MANTISSA && digits_behind > 0) {
        let dropped = mantissa % 10;
        // The last step rounds; those before it only make room.
        let last = digits_behind - 1 <= scale.min(MAX_SCALE) && mantissa / 10 < MAX_MANTISSA;
        mantissa = mantissa / 10 + i128::from(last && dropped >= 5);
        digits_behind -= 1;
    }
    if mantissa >= MAX_MANTISSA || digits_behind < 0 {
        return Err(too_long());
    }
    let signed = if negative { -mantissa } else { mantissa };
    Decimal::try_from_i128_with_scale(signed, digits_behind as u32).map_err(|_| too_long())
}

/// 96 bits.
const MAX_MANTISSA: i128 = 1 << 96;

/// The family, the length of the prefix, "is it a `cidr`", the length of the address, and the address.
pub(super) fn inet(bytes: &[u8]) -> Result<Inet> {
    let [_, prefix, _, _, address @ ..] = bytes else { return Err(damaged("inet")) };
    let (address, whole): (IpAddr, u8) = match address.len() {
        4 => (Ipv4Addr::from(fixed::<4>(address)?).into(), 32),
        16 => (Ipv6Addr::from(fixed::<16>(address)?).into(), 128),
        _ => return Err(damaged("inet")),
    };
    Ok((address, Some(*prefix).filter(|prefix| *prefix != whole)))
}
