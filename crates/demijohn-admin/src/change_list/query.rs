//! [`ListQuery`]: the query of a list's address, and addresses with parts of it changed.

/// The names in a list's query that are no filters.
const OWN: [&str; 6] = ["q", "o", "p", "all", "e", "_changelist_filters"];

/// Characters of a search; what follows is not looked for.
pub(crate) const LONGEST_SEARCH: usize = 500;
/// Bytes of a list's query that is put away in an address, and of filters. Without a bound a long address would come
/// back in every link of the page.
const LONGEST: usize = 6_000;

/// The query of a list's address: search, order, page and filters. The address is the whole state of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListQuery(Vec<(String, String)>);

impl ListQuery {
    pub(crate) fn parse(query: &str) -> Self {
        /// More filters than this no list has.
        const MOST: usize = 100;
        let pairs = form_urlencoded::parse(query.as_bytes()).take(MOST).map(|(name, value)| {
            let is_short = OWN.contains(&name.as_ref()) && name != "_changelist_filters";
            let value = if is_short { value.chars().take(LONGEST_SEARCH).collect() } else { value.into_owned() };
            (name.into_owned(), value)
        });
        Self(pairs.collect())
    }

    /// Is it longer than any that a list makes? Every row of a list has its query in a link.
    pub(crate) fn is_too_long(&self) -> bool {
        self.filters().map(|(name, value)| name.len() + value.len()).sum::<usize>() > LONGEST
    }

    /// The value of a name; the last one when it is repeated.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What narrows the list, beside the search.
    pub(crate) fn filters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter(|(name, _)| !OWN.contains(&name.as_str())).map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// All names and values but these.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// Only the search and the order: the list with every filter taken away.
    pub(crate) fn without_filters(&self) -> Self {
        Self(self.0.iter().filter(|(name, _)| matches!(name.as_str(), "q" | "o" | "all")).cloned().collect())
    }

    /// The same with a name set.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.without(&[name]);
        changed.0.push((name.to_owned(), value.to_owned()));
        changed
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// As the text behind `?`; empty when there is nothing.
    pub(crate) fn text(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }

    /// As an address relative to the list.
    pub(crate) fn url(&self) -> String {
        format!("?{}", self.text())
    }
}

/// An address with the list's query put away in it, to be found again when the form is done; without one that is
/// longer than any that a list makes.
pub(crate) fn with_filters(url: &str, filters: &str) -> String {
    if filters.is_empty() || filters.len() > LONGEST {
        return url.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("_changelist_filters", filters).finish();
    format!("{url}?{query}")
}

/// The list's query that was put away in an address.
pub(crate) fn kept_filters(query: &str) -> String {
    let kept = ListQuery::parse(query).get("_changelist_filters").map(ListQuery::parse).unwrap_or_default();
    kept.without(&["_changelist_filters"]).text()
}

/// The list with its query.
pub(crate) fn list_with(url: &str, filters: &str) -> String {
    if filters.is_empty() { url.to_owned() } else { format!("{url}?{filters}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_kept_in_an_address_and_found_again() {
        let query = ListQuery::parse("q=a+b&o=-1&author__id__exact=3");
        let url = with_filters("/admin/blog/post/7/change/", &query.text());
        let (_, kept) = url.split_once('?').expect("a query");
        assert_eq!(kept_filters(kept), "q=a+b&o=-1&author__id__exact=3");
        assert_eq!(query.without(&["q"]).with("p", "2").url(), "?o=-1&author__id__exact=3&p=2");
        assert_eq!(query.filters().collect::<Vec<_>>(), [("author__id__exact", "3")]);
    }
}
