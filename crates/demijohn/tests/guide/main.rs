//! The code of the guide's pages, run. What a page shows stands in its file here, word for word.

#![expect(unreachable_pub, reason = "the pages show models as a site writes them")]

mod existing_database;
mod relations;

/// Every block of Rust of a page stands in this source, line by line; how far it is indented does not matter.
fn holds(source: &str, page: &str) {
    let lines = |text: &str| {
        let lines = text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>()
    };
    let source = lines(source);
    let blocks: Vec<&str> =
        page.split("```rust\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    assert!(!blocks.is_empty(), "the page shows code");
    for block in blocks {
        let wanted = lines(block);
        let found = source.windows(wanted.len()).any(|part| part == wanted);
        assert!(found, "the page shows what is not run:\n{block}");
    }
}
