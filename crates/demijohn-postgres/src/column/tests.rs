//! The binary forms, by hand.

use super::*;

fn read(codec: Codec, bytes: &[u8]) -> String {
    match codec.owned(bytes) {
        Ok(value) => value.to_string(),
        Err(error) => error.to_string(),
    }
}

fn numeric(weight: i16, sign: u16, scale: i16, digits: &[i16]) -> String {
    let mut bytes = Vec::new();
    bytes.extend((digits.len() as i16).to_be_bytes());
    bytes.extend(weight.to_be_bytes());
    bytes.extend(sign.to_be_bytes());
    bytes.extend(scale.to_be_bytes());
    digits.iter().for_each(|digit| bytes.extend(digit.to_be_bytes()));
    read(Codec::Numeric, &bytes)
}

#[test]
fn numbers_keep_the_places_of_their_column() {
    assert_eq!(numeric(0, 0, 2, &[12, 3000]), "12.30");
    assert_eq!(numeric(0, 0x4000, 4, &[12, 3456]), "-12.3456");
    assert_eq!(numeric(-1, 0, 4, &[1]), "0.0001");
    assert_eq!(numeric(1, 0, 0, &[100]), "1000000");
    assert_eq!(numeric(0, 0, 3, &[]), "0.000");
    assert_eq!(numeric(0, 0, 16, &[3, 3333, 3333, 3333, 3333]), "3.3333333333333333");
}

#[test]
fn digits_that_do_not_fit_are_rounded_behind_the_point_and_refused_before_it() {
    let thirds = [3333_i16; 10];
    let mut digits = vec![3];
    digits.extend(thirds);
    assert_eq!(numeric(0, 0, 40, &digits), "3.3333333333333333333333333333");
    assert!(numeric(8, 0, 0, &[1]).contains("36 digits before"), "{}", numeric(8, 0, 0, &[1]));
    assert!(numeric(0, 0xC000, 0, &[]).contains("`NaN`"));
}

#[test]
fn what_is_cut_off_is_an_error_and_no_panic() {
    let codecs = [
        Codec::Bool,
        Codec::Int8,
        Codec::Numeric,
        Codec::Jsonb,
        Codec::Timestamp,
        Codec::Interval,
        Codec::Inet,
        Codec::Array(Box::new(Codec::Int4)),
        Codec::Range(Box::new(Codec::Int4)),
        Codec::HStore,
        Codec::TextVector,
    ];
    for codec in codecs {
        for bytes in [&[][..], &[0], &[0, 0, 0, 1], &[0xFF; 7], &[0, 0, 0, 2, 0, 0, 0, 9, 1]] {
            // Whatever comes of it, it comes back.
            let _ = codec.owned(bytes);
        }
        assert!(codec.owned(&[]).is_err(), "{codec:?}");
    }
}

#[test]
fn infinity_is_named() {
    assert!(read(Codec::Timestamp, &i64::MAX.to_be_bytes()).contains("`infinity`"));
    assert!(read(Codec::Date, &i32::MIN.to_be_bytes()).contains("`-infinity`"));
    assert!(read(Codec::Time, &86_400_000_000_i64.to_be_bytes()).contains("24:00:00"));
}
