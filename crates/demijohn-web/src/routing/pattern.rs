//! [`Pattern`]: a path with its parameters.

/// A path as its pieces: fixed text and parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text that stands in every address.
    Text(String),
    /// `{name}`: one segment or a part of one.
    One(String),
    /// `{*name}`: all that is left.
    Rest(String),
}

impl Pattern {
    /// Reads a path; the error says what is wrong with it and what to write.
    pub(crate) fn parse(path: &str) -> Result<Self, String> {
        if !path.starts_with('/') {
            return Err("it does not start with `/`".to_owned());
        }
        for segment in path.split('/') {
            let old = segment.strip_prefix(':').or_else(|| segment.strip_prefix('<')?.strip_suffix('>'));
            if let Some(name) = old.map(|name| name.rsplit(':').next().unwrap_or(name)).filter(|name| is_name(name)) {
                return Err(format!("`{segment}` is no parameter; write `{{{name}}}`"));
            }
        }
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = path;
        while let Some(at) = rest.find(['{', '}']) {
            let brace = &rest[at..=at];
            text.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                text.push_str(brace);
                rest = after;
                continue;
            }
            let (piece, after) = Self::parameter(brace, rest)?;
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            if matches!(piece, Piece::Rest(_)) && !after.is_empty() {
                return Err("a parameter `{*name}` has to be the last thing in the path".to_owned());
            }
            pieces.push(piece);
            rest = after;
        }
        text.push_str(rest);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        let pattern = Self { pieces };
        match pattern.repeated() {
            Some(name) => Err(format!("the parameter `{name}` stands there twice")),
            None => Ok(pattern),
        }
    }

    fn parameter<'a>(brace: &str, rest: &'a str) -> Result<(Piece, &'a str), String> {
        let Some(end) = rest.find('}').filter(|_| brace == "{") else {
            return Err(format!(
                "a single `{brace}`; write `{{name}}` for a parameter or `{brace}{brace}` for the character"
            ));
        };
        let (inner, after) = (&rest[..end], &rest[end + 1..]);
        let name = inner.strip_prefix('*').unwrap_or(inner);
        if !is_name(name) {
            return Err(format!("`{{{inner}}}` is no parameter; its name has to be letters, digits and `_`"));
        }
        let piece = if inner.starts_with('*') { Piece::Rest(name.to_owned()) } else { Piece::One(name.to_owned()) };
        Ok((piece, after))
    }

    /// The names of the parameters, in order.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::One(name) | Piece::Rest(name) => Some(name.as_str()),
        })
    }

    fn repeated(&self) -> Option<&str> {
        let mut seen = std::collections::HashSet::new();
        self.parameters().find(|name| !seen.insert(*name))
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}
