use demijohn_core::ErrorKind;
use demijohn_forms::FormData;

#[test]
fn keeps_order_and_repeated_names() {
    let data = FormData::parse(b"b=1&a=2&b=3&&c&=4").unwrap();
    assert_eq!(data.iter().collect::<Vec<_>>(), [("b", "1"), ("a", "2"), ("b", "3"), ("c", ""), ("", "4")]);
    assert_eq!(data.get("b"), Some("3"));
    assert_eq!(data.get_all("b").collect::<Vec<_>>(), ["1", "3"]);
    assert!(data.contains("c") && !data.contains("d"));
    assert_eq!(data.len(), 5);
}

#[test]
fn bytes_that_are_not_utf8_become_replacement_characters() {
    let data = FormData::parse(b"a=%ff%FE&b=%E4%BD&c=%zz%4&d=\xff&%80=x").unwrap();
    assert_eq!(data.get("a"), Some("\u{fffd}\u{fffd}"));
    assert_eq!(data.get("b"), Some("\u{fffd}"));
    assert_eq!(data.get("c"), Some("%zz%4"));
    assert_eq!(data.get("d"), Some("\u{fffd}"));
    assert_eq!(data.get("\u{fffd}"), Some("x"));
}

#[test]
fn reads_a_thousand_fields_and_refuses_one_more() {
    let body = |count: usize| vec!["a=b"; count].join("&");
    assert_eq!(FormData::parse(body(1_000).as_bytes()).unwrap().len(), 1_000);
    let error = FormData::parse(body(1_001).as_bytes()).unwrap_err();
    assert_eq!((error.kind(), error.status(), error.code()), (ErrorKind::TooLarge, 413, "forms.too_many_fields"));
    assert_eq!(error.to_string(), "a form of 1001 fields was sent; at most 1000 are read");
    assert_eq!(FormData::parse_at_most(body(1_001).as_bytes(), 2_000).unwrap().len(), 1_001);
}

#[test]
fn debug_shows_no_values() {
    let data = FormData::from_pairs([("password", "hunter2")]);
    assert_eq!(format!("{data:?}"), r#"["password"]"#);
}
