//! The commonest mistakes and what the compiler says to them: one file a mistake, named for it.

#[test]
fn the_commonest_mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
