//! Static files: found by name, named by content, never outside their directories.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::response::IntoResponse as _;
use demijohn_core::{Check, Error, ErrorKind, Result, suggest};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::context::lock;
use crate::dir::{Dir, File};
use crate::{Request, Response};

mod media_types;

pub(crate) use media_types::media_type;

/// The static files of a site.
pub(crate) struct StaticFiles {
    url: String,
    dirs: Vec<Dir>,
    hashes: Mutex<HashMap<String, (Stamp, String)>>,
}

/// What tells whether a file changed since it was hashed; embedded files have none and never change.
type Stamp = Option<(SystemTime, u64)>;

impl StaticFiles {
    pub(crate) fn new(url: &str, dirs: Vec<Dir>) -> Self {
        let url = if url.ends_with('/') { url.to_owned() } else { format!("{url}/") };
        Self { url, dirs, hashes: Mutex::default() }
    }

    pub(crate) fn checks(&self) -> Vec<Check> {
        let missing = self.dirs.iter().filter_map(Dir::disk_path).filter(|path| !path.is_dir());
        let checks = missing.map(|path| {
            Check::error("web.E005", path.display().to_string(), "the directory of static files does not exist")
        });
        checks.collect()
    }

    /// The address of a file, with the hash of its content in the name.
    pub(crate) fn url(&self, name: &str) -> Result<String> {
        let name = name.trim_start_matches('/');
        let Some(dir) = self.dir_of(name) else {
            return Err(self.missing(name, true));
        };
        let hash = self.hash(dir, name).ok_or_else(|| self.missing(name, true))?;
        let hashed = match name.rsplit_once('.') {
            Some((stem, extension)) if !extension.contains('/') => format!("{stem}.{hash}.{extension}"),
            _ => format!("{name}.{hash}"),
        };
        let path: String = percent_encoding::utf8_percent_encode(&hashed, PATH).collect();
        Ok(format!("{}{path}", self.url))
    }

    /// The answer to a request below the static address; `None` for any other request.
    pub(crate) fn answer(&self, request: &Request, is_development: bool) -> Option<Response> {
        if self.dirs.is_empty() {
            return None;
        }
        let name = request.uri().path().strip_prefix(&self.url)?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let error =
                Error::new(ErrorKind::MethodNotAllowed, "web.method_not_allowed", "a static file answers `GET` only");
            let mut response = error.into_response();
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return Some(response);
        }
        let name = percent_encoding::percent_decode_str(name).decode_utf8().ok();
        let found = name.as_deref().and_then(|name| self.find(name));
        Some(found.map_or_else(
            || self.missing(name.as_deref().unwrap_or_default(), is_development).into_response(),
            |found| found.response(request.headers()),
        ))
    }

    /// A file by its name, with or without a hash in it.
    fn find<'a>(&self, name: &'a str) -> Option<Found<'a>> {
        if let Some(dir) = self.dir_of(name) {
            let hash = self.hash(dir, name)?;
            return Some(Found { file: dir.file(name)?, name, hash, is_immutable: false });
        }
        let (plain, wanted) = without_hash(name)?;
        let dir = self.dir_of(&plain)?;
        let hash = self.hash(dir, &plain)?;
        // An old page may still ask for the file's former content; what is there now is better than nothing.
        let is_immutable = hash == wanted;
        Some(Found { file: dir.file(&plain)?, name, hash, is_immutable })
    }

    fn dir_of(&self, name: &str) -> Option<&Dir> {
        self.dirs.iter().find(|dir| dir.contains(name))
    }

    fn hash(&self, dir: &Dir, name: &str) -> Option<String> {
        let stamp = dir.stamp(name);
        if let Some((known, hash)) = lock(&self.hashes).get(name)
            && *known == stamp
        {
            return Some(hash.clone());
        }
        let hash = content_hash(&dir.read(name)?);
        // Only names of files that exist come here, so this map cannot outgrow the directories.
        lock(&self.hashes).insert(name.to_owned(), (stamp, hash.clone()));
        Some(hash)
    }

    /// A developer is told what was meant; for a stranger in production nobody looks through all files.
    fn missing(&self, name: &str, suggests: bool) -> Error {
        let shown: String = name.chars().take(200).collect();
        let names: Vec<String> = if suggests { self.dirs.iter().flat_map(Dir::names).collect() } else { Vec::new() };
        let dirs: Vec<String> = self.dirs.iter().map(Dir::description).collect();
        let dirs = if dirs.is_empty() {
            "no directory was given".to_owned()
        } else {
            format!("looked in {}", dirs.join(", "))
        };
        let message = format!("there is no static file `{}`; {dirs}", shown.escape_debug());
        let error = Error::new(ErrorKind::NotFound, "web.static_file", message);
        match suggest::nearest(&shown, names.iter().map(String::as_str)) {
            Some(near) => error.with_hint(format!("did you mean `{near}`?")),
            None => error,
        }
    }
}

const PATH: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// `app.0123456789abcdef.css` as `app.css` and the hash.
fn without_hash(name: &str) -> Option<(String, &str)> {
    let is_hash = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (before, last) = name.rsplit_once('.')?;
    if is_hash(last) {
        return Some((before.to_owned(), last));
    }
    let (stem, hash) = before.rsplit_once('.')?;
    is_hash(hash).then(|| (format!("{stem}.{last}"), hash))
}

/// FNV-1a over 64 bits: it has to change with the content, not to resist anybody.
fn content_hash(bytes: &[u8]) -> String {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

/// Stands in a response that is a file as its developer wrote it.
#[derive(Clone, Copy)]
pub(crate) struct StaticFile;

struct Found<'a> {
    file: File,
    name: &'a str,
    hash: String,
    is_immutable: bool,
}

impl Found<'_> {
    fn response(self, request: &HeaderMap) -> Response {
        let etag = format!("\"{}\"", self.hash);
        let modified = self.file.modified.map(httpdate::fmt_http_date);
        let unchanged = self.is_unchanged(request, &etag);
        let mut response = Response::new(if unchanged { Body::empty() } else { Body::from(self.file.bytes) });
        if unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        response.extensions_mut().insert(StaticFile);
        let caching = if self.is_immutable { "public, max-age=31536000, immutable" } else { "public, no-cache" };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(self.name)));
        let texts = [(ETAG, Some(etag)), (LAST_MODIFIED, modified)];
        for (name, text) in texts {
            if let Some(value) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
                headers.insert(name, value);
            }
        }
        response
    }

    /// RFC 9110, 13.1.3: the date counts only when there is no `If-None-Match`.
    fn is_unchanged(&self, request: &HeaderMap, etag: &str) -> bool {
        if let Some(tags) = request.get(IF_NONE_MATCH) {
            let tags = tags.to_str().unwrap_or_default();
            return tags
                .split(',')
                .any(|tag| matches!(tag.trim().trim_start_matches("W/"), tag if tag == etag || tag == "*"));
        }
        let since =
            request.get(IF_MODIFIED_SINCE).and_then(|value| httpdate::parse_http_date(value.to_str().ok()?).ok());
        match (since, self.file.modified) {
            // HTTP dates have no fractions of a second.
            (Some(since), Some(modified)) => {
                modified.duration_since(since).is_ok_and(|d| d < Duration::from_secs(1)) || modified <= since
            }
            _ => false,
        }
    }
}
