//! [`Page`]: which rows of a long list are shown, and the links to the others.

use serde_json::{Value as Json, json};

use super::ListQuery;
use crate::show;

/// A page of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    count: u64,
    size: u64,
    number: u64,
    /// Everything is shown on one page.
    all: bool,
    max_show_all: u64,
}

impl Page {
    /// The page that `p` asks for; a number that is none, or of no page, gives the nearest.
    pub(crate) fn read(query: &ListQuery, count: u64, per_page: u64, max_show_all: u64) -> Self {
        let all = query.get("all").is_some() && count <= max_show_all;
        let mut page = Self { count, size: per_page.max(1), number: 1, all, max_show_all };
        let asked = query.get("p").map_or(1, |text| match text.parse::<u64>() {
            Ok(number) => number,
            Err(_) if text.len() > 18 && text.bytes().all(|byte| byte.is_ascii_digit()) => u64::MAX,
            Err(_) => 1,
        });
        page.number = asked.clamp(1, page.pages());
        page
    }

    fn pages(&self) -> u64 {
        if self.all { 1 } else { self.count.div_ceil(self.size).max(1) }
    }

    pub(crate) fn limit(&self) -> u64 {
        if self.all { self.max_show_all } else { self.size }
    }

    pub(crate) fn offset(&self) -> u64 {
        if self.all { 0 } else { (self.number - 1) * self.size }
    }

    /// CONTRACT.md, `paginator`.
    pub(crate) fn context(&self, query: &ListQuery) -> Json {
        let pages = self.pages();
        let query = query.without(&["p", "all"]);
        let to = |page: u64| query.with("p", &page.to_string()).url();
        let last = (self.offset() + self.limit()).min(self.count);
        let can_show_all = !self.all && pages > 1 && self.count <= self.max_show_all;
        let links: Vec<Json> = self
            .numbers()
            .into_iter()
            .map(|number| json!({ "number": number, "url": number.map(to), "current": number == Some(self.number) }))
            .collect();
        json!({
            "count": self.count, "count_text": show::number(self.count), "page": self.number, "pages": pages,
            "first_text": show::number((self.offset() + 1).min(self.count)), "last_text": show::number(last),
            "previous_url": (self.number > 1).then(|| to(self.number - 1)),
            "next_url": (self.number < pages).then(|| to(self.number + 1)),
            "show_all_url": can_show_all.then(|| query.with("all", "").url()),
            "show_pages_url": (self.all && self.count > self.size).then(|| query.url()),
            "links": links,
        })
    }

    /// The first and last pages and those around this one; `None` for a gap.
    fn numbers(&self) -> Vec<Option<u64>> {
        let pages = self.pages();
        let mut numbers = Vec::new();
        let mut before = 0;
        let near = self.number.saturating_sub(2)..=self.number.saturating_add(2);
        let edges = [1, 2, pages.saturating_sub(1), pages];
        let mut wanted: Vec<u64> = edges.into_iter().chain(near).filter(|n| (1..=pages).contains(n)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        for number in wanted {
            if number == before + 2 {
                numbers.push(Some(before + 1));
            } else if number > before + 2 {
                numbers.push(None);
            }
            numbers.push(Some(number));
            before = number;
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str, count: u64) -> Page {
        Page::read(&ListQuery::parse(query), count, 10, 50)
    }

    #[test]
    fn a_page_that_does_not_exist_gives_the_nearest_one() {
        for (query, number) in
            [("", 1), ("p=3", 3), ("p=0", 1), ("p=-1", 1), ("p=x", 1), ("p=99999999999999999999", 10)]
        {
            assert_eq!(page(query, 95).number, number, "{query}");
        }
        assert_eq!(page("p=2", 0).number, 1);
    }

    #[test]
    fn long_lists_have_gaps_and_short_ones_have_none() {
        assert_eq!(page("p=5", 50).numbers(), [1, 2, 3, 4, 5].map(Some));
        let (gap, number) = (None, Some);
        let around = [
            number(1),
            number(2),
            gap,
            number(8),
            number(9),
            number(10),
            number(11),
            number(12),
            gap,
            number(22),
            number(23),
        ];
        assert_eq!(page("p=10", 230).numbers(), around);
    }

    #[test]
    fn a_short_list_can_be_shown_whole_and_a_long_one_cannot() {
        assert_eq!((page("all=", 50).limit(), page("all=", 50).offset()), (50, 0));
        assert_eq!(page("all=", 51).limit(), 10);
        assert_eq!(page("", 40).context(&ListQuery::default())["show_all_url"], "?all=");
        assert!(page("", 51).context(&ListQuery::default())["show_all_url"].is_null());
    }
}
