//! [`Code`]: Rust expressions, laid out as rustfmt lays them out when it is not configured.

use std::fmt::Write as _;

/// The longest line.
const LINE: usize = 100;
/// The longest arguments, array, or chain of several calls on one line.
const SHORT: usize = 60;

/// A Rust expression.
#[derive(Debug, Clone)]
pub(super) enum Code {
    /// Anything that stays on one line.
    Atom(String),
    /// `name(arguments)`.
    Call(String, Vec<Code>),
    /// `first.name(arguments).name(arguments)`.
    Chain(Box<Code>, Vec<(String, Vec<Code>)>),
    /// `[items]`.
    Array(Vec<Code>),
    /// `|m| { statements }`.
    Closure(Vec<Code>),
    /// `|m| expression`.
    Function(Box<Code>),
}

impl Code {
    /// A text literal.
    pub(super) fn text(text: &str) -> Self {
        Self::Atom(format!("{text:?}"))
    }

    pub(super) fn call(name: &str, arguments: Vec<Self>) -> Self {
        Self::Call(name.to_owned(), arguments)
    }

    /// Calls a method on it.
    pub(super) fn then(self, name: &str, arguments: Vec<Self>) -> Self {
        let call = (name.to_owned(), arguments);
        match self {
            Self::Chain(first, mut calls) => {
                calls.push(call);
                Self::Chain(first, calls)
            }
            first => Self::Chain(Box::new(first), vec![call]),
        }
    }

    /// On one line, if it can be.
    fn one_line(&self) -> Option<String> {
        match self {
            Self::Atom(text) => Some(text.clone()),
            Self::Call(name, arguments) => call_on_one_line(name, arguments),
            Self::Array(items) => list(items).filter(|text| text.len() <= SHORT).map(|text| format!("[{text}]")),
            Self::Chain(first, calls) => {
                let mut text = first.one_line()?;
                for (name, arguments) in calls {
                    text.push('.');
                    text.push_str(&call_on_one_line(name, arguments)?);
                }
                (calls.len() == 1 || text.len() <= SHORT).then_some(text)
            }
            Self::Closure(_) => None,
            Self::Function(body) => body.one_line().map(|text| format!("|m| {text}")),
        }
    }

    /// The text of it, when it starts in column `start` of a line that is indented by `indent` and has `behind` more
    /// characters after it.
    pub(super) fn lines(&self, indent: usize, start: usize, behind: usize) -> String {
        if let Some(text) = self.one_line().filter(|text| start + text.len() + behind <= LINE) {
            return text;
        }
        match self {
            Self::Atom(text) => text.clone(),
            Self::Call(name, arguments) => call_on_lines(name, arguments, indent, start),
            Self::Array(items) => format!("[{}]", on_lines(items, indent)),
            Self::Chain(first, calls) => chain_on_lines(first, calls, indent, start),
            Self::Closure(statements) => closure(statements, indent),
            Self::Function(body) => {
                let inner = indent + 4;
                format!("|m| {{\n{}{}\n{}}}", " ".repeat(inner), body.lines(inner, inner, 0), " ".repeat(indent))
            }
        }
    }
}

fn list(items: &[Code]) -> Option<String> {
    Some(items.iter().map(Code::one_line).collect::<Option<Vec<_>>>()?.join(", "))
}

fn call_on_one_line(name: &str, arguments: &[Code]) -> Option<String> {
    let text = list(arguments).filter(|text| text.len() <= SHORT)?;
    Some(format!("{name}({text})"))
}

/// Each item on a line of its own.
fn on_lines(items: &[Code], indent: usize) -> String {
    let inner = indent + 4;
    let pad = " ".repeat(inner);
    let items = items.iter().map(|item| format!("{pad}{},\n", item.lines(inner, inner, 1)));
    format!("\n{}{}", items.collect::<String>(), " ".repeat(indent))
}

fn call_on_lines(name: &str, arguments: &[Code], indent: usize, start: usize) -> String {
    match arguments {
        // A closure, or an only argument that opens brackets itself, stays on the line.
        [before @ .., last @ Code::Closure(_)] => {
            let before: String = before.iter().filter_map(Code::one_line).map(|text| text + ", ").collect();
            format!("{name}({before}{})", last.lines(indent, indent, 1))
        }
        [only @ (Code::Call(..) | Code::Array(_))] => {
            format!("{name}({})", only.lines(indent, start + name.len() + 1, 2))
        }
        _ => format!("{name}({})", on_lines(arguments, indent)),
    }
}

fn chain_on_lines(first: &Code, calls: &[(String, Vec<Code>)], indent: usize, start: usize) -> String {
    if let Some(text) = only_last_on_lines(first, calls, indent) {
        return text;
    }
    let mut text = first.lines(indent, start, 0);
    let mut calls = calls;
    // The first call stays beside a name that is no longer than an indent.
    if let ([(name, arguments), rest @ ..], true) = (calls, text.len() <= 4) {
        text = Code::Call(format!("{text}.{name}"), arguments.clone()).lines(indent, start, 0);
        calls = rest;
    }
    // What follows a closing bracket needs no indent of its own.
    let inner = if text.contains('\n') { indent } else { indent + 4 };
    for (name, arguments) in calls {
        let call = Code::Call(name.clone(), arguments.clone());
        let _ = write!(text, "\n{}.{}", " ".repeat(inner), call.lines(inner, inner + 1, 0));
    }
    text
}

/// A chain stays on its line when nothing but the closure of its last call needs more.
fn only_last_on_lines(first: &Code, calls: &[(String, Vec<Code>)], indent: usize) -> Option<String> {
    let ((name, arguments), before) = calls.split_last()?;
    let Some(Code::Closure(_)) = arguments.last() else { return None };
    let mut text = first.one_line()?;
    for (name, arguments) in before {
        text.push('.');
        text.push_str(&call_on_one_line(name, arguments)?);
    }
    text.push('.');
    text.push_str(&call_on_lines(name, arguments, indent, indent + text.len()));
    let first_line = text.lines().next().unwrap_or_default();
    let longest = if before.is_empty() { LINE - indent } else { SHORT };
    (first_line.len() <= longest).then_some(text)
}

fn closure(statements: &[Code], indent: usize) -> String {
    let inner = indent + 4;
    let pad = " ".repeat(inner);
    let statements = statements.iter().map(|line| format!("{pad}{};\n", line.lines(inner, inner, 1)));
    format!("|m| {{\n{}{}}}", statements.collect::<String>(), " ".repeat(indent))
}
