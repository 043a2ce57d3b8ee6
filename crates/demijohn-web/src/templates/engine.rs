//! [`Engine`]: the templates of a site.

use std::sync::Arc;

use demijohn_core::{Check, Error, ErrorKind, Result, suggest};
use minijinja::value::Kwargs;
use minijinja::{Environment, TemplateSource, Value};

use super::failure;
use super::setup::Provider;
use crate::Dir;
use crate::routing::RouteTable;
use crate::static_files::StaticFiles;

/// MiniJinja with the site's directories.
pub(crate) struct Engine {
    environment: Environment<'static>,
    dirs: Arc<[Dir]>,
    pub(super) providers: Vec<(&'static str, Provider)>,
}

impl Engine {
    pub(super) fn new(
        mut environment: Environment<'static>,
        dirs: Vec<Dir>,
        providers: Vec<(&'static str, Provider)>,
        reloads: bool,
    ) -> Self {
        let dirs: Arc<[Dir]> = dirs.into();
        let sources = Arc::clone(&dirs);
        environment.set_formatter(super::escape::write);
        environment.set_auto_reload(reloads);
        environment.set_loader(move |name| Ok(load(&sources, name)));
        Self { environment, dirs, providers }
    }

    pub(crate) fn render(&self, name: &str, page: Value) -> Result<String> {
        if !self.has(name) {
            return Err(self.missing(name));
        }
        let rendered = self.environment.get_template(name).and_then(|template| template.render(page));
        rendered.map_err(|error| failure::error(&error, self))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.dirs.iter().any(|dir| dir.contains(name))
    }

    /// The text of a template, for the lines around an error.
    pub(super) fn source(&self, name: &str) -> Option<String> {
        let bytes = self.dirs.iter().find_map(|dir| dir.read(name))?;
        String::from_utf8(bytes.into_owned()).ok()
    }

    pub(super) fn missing(&self, name: &str) -> Error {
        let dirs: Vec<String> = self.dirs.iter().map(Dir::description).collect();
        let looked = match dirs.as_slice() {
            [] => "no directory of templates was given".to_owned(),
            dirs => format!("looked in {}", dirs.join(", ")),
        };
        let message = format!("there is no template `{}`; {looked}", name.escape_debug());
        let error = Error::new(ErrorKind::Misconfigured, "web.template_missing", message);
        let names: Vec<String> = self.dirs.iter().flat_map(Dir::names).collect();
        let tail = names.iter().find(|known| known.rsplit('/').next() == Some(name)).map(String::as_str);
        match tail.or_else(|| suggest::nearest(name, names.iter().map(String::as_str))) {
            Some(near) => error.with_hint(format!("did you mean `{near}`?")),
            None if self.dirs.is_empty() => {
                error.with_hint("add `.templates(demijohn::embed!(\"templates\"))` to the app")
            }
            None => error.with_hint(format!("templates are {}", suggest::list(names.iter().map(String::as_str)))),
        }
    }

    /// Directories that are not there, and templates that cannot be compiled.
    pub(super) fn checks(&self) -> Vec<Check> {
        let missing = self.dirs.iter().filter_map(Dir::disk_path).filter(|path| !path.is_dir()).map(|path| {
            Check::error("templates.E001", path.display().to_string(), "the directory of templates does not exist")
        });
        let names = self.dirs.iter().flat_map(Dir::names);
        let broken = names.filter_map(|name| {
            let error = self.environment.get_template(&name).err()?;
            let error = failure::error(&error, self);
            let check = Check::error("templates.E002", name, error.message().to_owned());
            Some(
                error
                    .excerpt()
                    .map(|excerpt| check.clone().with_hint(format!("look here:\n{excerpt}")))
                    .unwrap_or(check),
            )
        });
        missing.chain(broken).collect()
    }
}

fn load(dirs: &Arc<[Dir]>, name: &str) -> Option<TemplateSource> {
    let dir = dirs.iter().find(|dir| dir.contains(name))?;
    let source = String::from_utf8_lossy(&dir.read(name)?).into_owned();
    let Some(stamp) = dir.stamp(name) else {
        return Some(TemplateSource::new(source));
    };
    let (dir, name) = (dir.clone(), name.to_owned());
    Some(TemplateSource::new(source).with_uptodate_check(move || dir.stamp(&name) == Some(stamp)))
}

/// The functions every site has.
pub(super) fn add_functions(
    environment: &mut Environment<'static>,
    routes: &Arc<RouteTable>,
    static_files: &Arc<StaticFiles>,
) {
    let routes = Arc::clone(routes);
    environment.add_function("url_for", move |name: &str, params: Kwargs| {
        let mut pairs = Vec::new();
        for name in params.args() {
            pairs.push((name, params.get::<Value>(name)?.to_string()));
        }
        routes.url_from_pairs(name, &pairs).map_err(failure::from_ours)
    });
    let static_files = Arc::clone(static_files);
    environment.add_function("static", move |path: &str| static_files.url(path).map_err(failure::from_ours));
}
