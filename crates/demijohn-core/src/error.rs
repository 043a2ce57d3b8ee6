//! [`Error`]: the one error type of Demijohn.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

mod fields;

pub use fields::FieldErrors;

/// The result of anything in Demijohn that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller can do about an error; the HTTP status follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The thing asked for is not there (404).
    NotFound,
    /// The input cannot be used as it is (400; 422 when single fields are at fault).
    Invalid,
    /// The input is larger than allowed (413).
    TooLarge,
    /// The state of the data forbids it: a duplicate, a protected row (409).
    Conflict,
    /// The caller is known and may not (403).
    Denied,
    /// The caller is not known yet (401, or the login page in a browser).
    Unauthenticated,
    /// The path exists, the method does not (405).
    MethodNotAllowed,
    /// Something this needs is down or full; the same call may work later (503).
    Unavailable,
    /// It took longer than allowed (504; 408 when the client was slow).
    Timeout,
    /// The program or its settings are wrong; only a developer can mend it (500).
    Misconfigured,
    /// Anything else (500).
    Internal,
}

impl ErrorKind {
    /// The HTTP status that says the same.
    pub const fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Invalid => 400,
            Self::TooLarge => 413,
            Self::Conflict => 409,
            Self::Denied => 403,
            Self::Unauthenticated => 401,
            Self::MethodNotAllowed => 405,
            Self::Unavailable => 503,
            Self::Timeout => 504,
            Self::Misconfigured | Self::Internal => 500,
        }
    }

    /// The words a client sees when the error carries no text meant for it.
    pub const fn public_text(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Invalid => "the request cannot be understood",
            Self::TooLarge => "the request is too large",
            Self::Conflict => "the request conflicts with what is stored",
            Self::Denied => "not allowed",
            Self::Unauthenticated => "please log in",
            Self::MethodNotAllowed => "method not allowed",
            Self::Unavailable => "temporarily unavailable",
            Self::Timeout => "took too long",
            Self::Misconfigured | Self::Internal => "internal server error",
        }
    }
}

/// An error: what kind, which one, what was found and what was possible, what to do, and where it arose.
///
/// `Display` is one line for people; `{:#}` adds the chain of sources, the excerpt and the hint. The client of a web
/// request sees [`Error::public`] only, the log sees everything. Any `std` error becomes one with `?`.
///
/// ```
/// use demijohn_core::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Invalid, "orm.unknown_field", "unknown field `titel` on model `Post`")
///     .with_hint("did you mean `title`?");
/// assert_eq!(error.to_string(), "unknown field `titel` on model `Post`");
/// assert_eq!(format!("{error:#}"), "unknown field `titel` on model `Post`\nhint: did you mean `title`?");
/// assert_eq!(error.status(), 400);
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    code: &'static str,
    message: Cow<'static, str>,
    public: Option<Cow<'static, str>>,
    status: Option<u16>,
    hint: Option<Cow<'static, str>>,
    excerpt: Option<String>,
    fields: FieldErrors,
    source: Option<Box<dyn StdError + Send + Sync>>,
    place: &'static Location<'static>,
}

impl Error {
    /// An error whose message is for developers and the log; the client sees the kind's own words.
    ///
    /// `code` is stable and names the place in the framework: `orm.unknown_field`.
    #[track_caller]
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            code,
            message: message.into(),
            public: None,
            status: None,
            hint: None,
            excerpt: None,
            fields: FieldErrors::default(),
            source: None,
            place: Location::caller(),
        }))
    }

    #[track_caller]
    fn shown(kind: ErrorKind, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self::new(kind, code, message.clone()).with_public(message)
    }

    /// 404: the client is told `message`.
    #[track_caller]
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::shown(ErrorKind::NotFound, "not_found", message)
    }

    /// 400: the client is told `message`.
    #[track_caller]
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::shown(ErrorKind::Invalid, "invalid", message)
    }

    /// 422: some fields are at fault; the client is told which and why.
    #[track_caller]
    pub fn invalid_fields(fields: FieldErrors) -> Self {
        let mut error = Self::shown(ErrorKind::Invalid, "invalid_fields", "some fields are not valid");
        error.0.status = Some(422);
        error.0.fields = fields;
        error
    }

    /// 409: the client is told `message`.
    #[track_caller]
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::shown(ErrorKind::Conflict, "conflict", message)
    }

    /// 403: the client is told `message`.
    #[track_caller]
    pub fn denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self::shown(ErrorKind::Denied, "denied", message)
    }

    /// 401, or the login page in a browser: the client is told `message`.
    #[track_caller]
    pub fn unauthenticated(message: impl Into<Cow<'static, str>>) -> Self {
        Self::shown(ErrorKind::Unauthenticated, "unauthenticated", message)
    }

    /// 500: the message goes to the log only.
    #[track_caller]
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Internal, "internal", message)
    }

    /// 500, and the program cannot work until a developer acts: the message goes to the log only.
    #[track_caller]
    pub fn misconfigured(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Misconfigured, code, message)
    }

    /// Says what to do about it.
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Keeps the error that caused this one; `Display` does not repeat it, `{:#}` and the log do.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Sets the words a client sees.
    pub fn with_public(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.public = Some(text.into());
        self
    }

    /// Sets the code; it is stable and names the place in the framework.
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.0.code = code;
        self
    }

    /// Answers with another HTTP status than the kind's own.
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds lines of the text at fault (a settings file, SQL), shown by `{:#}` and the debug page.
    pub fn with_excerpt(mut self, excerpt: impl Into<String>) -> Self {
        self.0.excerpt = Some(excerpt.into());
        self
    }

    /// Says that the error arose elsewhere than where it was made.
    pub fn at(mut self, place: &'static Location<'static>) -> Self {
        self.0.place = place;
        self
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The message for developers, one line.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The words for the client. Never the developer's message unless it was meant for clients.
    pub fn public(&self) -> &str {
        self.0.public.as_deref().unwrap_or(self.0.kind.public_text())
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.0.status.unwrap_or(self.0.kind.status())
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The lines at fault.
    pub fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }

    /// The fields at fault; empty for most errors.
    pub fn fields(&self) -> &FieldErrors {
        &self.0.fields
    }

    /// The error that caused this one.
    pub fn source(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// Where in the source code it arose.
    pub fn place(&self) -> &'static Location<'static> {
        self.0.place
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if !f.alternate() {
            return Ok(());
        }
        let mut source: Option<&dyn StdError> = self.0.source.as_deref().map(|source| source as &dyn StdError);
        while let Some(cause) = source {
            write!(f, "\ncaused by: {cause}")?;
            source = cause.source();
        }
        for (field, messages) in self.0.fields.iter() {
            write!(f, "\n  {field}: {}", messages.join("; "))?;
        }
        if let Some(excerpt) = &self.0.excerpt {
            write!(f, "\n{excerpt}")?;
        }
        if let Some(hint) = &self.0.hint {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}\ncode: {}, at {}", self.0.code, self.0.place)
    }
}

/// Any standard error is an internal one: its text goes to the log, the client sees "internal server error".
impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(source: E) -> Self {
        Self::new(ErrorKind::Internal, "internal", source.to_string()).with_source_of(source)
    }
}

impl Error {
    /// Keeps what lies below `source`, whose own text is already the message.
    fn with_source_of<E: StdError + Send + Sync + 'static>(self, source: E) -> Self {
        if source.source().is_some() { self.with_source(Below(source)) } else { self }
    }
}

/// The chain of an error without its head.
#[derive(Debug)]
struct Below<E>(E);

impl<E: StdError> fmt::Display for Below<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.source().map_or(Ok(()), |below| fmt::Display::fmt(below, f))
    }
}

impl<E: StdError> StdError for Below<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()?.source()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternate_display_prints_chain_and_hint() {
        let io = std::io::Error::other("disk on fire");
        let error = Error::internal("cannot write the page").with_source(io).with_hint("use another disk");
        assert_eq!(format!("{error:#}"), "cannot write the page\ncaused by: disk on fire\nhint: use another disk");
    }

    #[test]
    fn question_mark_keeps_the_whole_chain() {
        #[derive(Debug)]
        struct Layer(&'static str, Option<Box<Self>>);
        impl fmt::Display for Layer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0)
            }
        }
        impl StdError for Layer {
            fn source(&self) -> Option<&(dyn StdError + 'static)> {
                self.1.as_deref().map(|below| below as &dyn StdError)
            }
        }
        let below = |text, below| Some(Box::new(Layer(text, below)));
        let error = Error::from(Layer("top", below("middle", below("bottom", None))));
        assert_eq!(format!("{error:#}"), "top\ncaused by: middle\ncaused by: bottom");
    }

    #[test]
    fn client_never_sees_an_internal_message() {
        let error = Error::from(std::io::Error::other("password is hunter2"));
        assert_eq!(error.public(), "internal server error");
        assert_eq!(Error::not_found("no post 7").public(), "no post 7");
    }

    #[test]
    fn question_mark_remembers_the_place() {
        fn fails() -> Result<()> {
            Err(std::io::Error::other("x"))?;
            Ok(())
        }
        let error = fails().expect_err("it fails");
        assert!(error.place().file().ends_with("error.rs"), "{:?}", error.place());
    }
}
