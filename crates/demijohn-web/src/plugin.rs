//! [`Plugin`]: how a subsystem joins a site.

use demijohn_core::{Check, Result};

use crate::{BoxFuture, Command, Site, SiteBuilder};

/// A subsystem of a site: the ORM, accounts, the admin.
///
/// A plugin is installed with [`App::plugin`](crate::App::plugin); installed twice (by name) it counts once. It reads
/// what the apps contributed, puts its values into the site, and adds commands and checks.
///
/// ```
/// use demijohn_web::{App, BoxFuture, Plugin, SiteBuilder};
///
/// struct Greeter;
/// struct Greeting(&'static str);
///
/// impl Plugin for Greeter {
///     fn name(&self) -> &'static str {
///         "greeter"
///     }
///
///     fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, demijohn_core::Result<()>> {
///         Box::pin(async move {
///             site.insert(Greeting("hello"));
///             Ok(())
///         })
///     }
/// }
/// let app = App::new().plugin(Greeter);
/// # let _ = app;
/// ```
pub trait Plugin: Send + Sync + 'static {
    /// The name by which it is known; a second plugin of this name is left out.
    fn name(&self) -> &'static str;

    /// The commands it adds to the command line.
    fn commands(&self) -> Vec<Command> {
        Vec::new()
    }

    /// Reads the contributions of the apps and puts values into the site.
    ///
    /// This runs for every command, so it connects to nothing: a value that needs a connection makes it when it is
    /// first used.
    fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>>;

    /// What is wrong with the finished site; with `deploy`, also what would be unwise in production.
    fn checks(&self, site: &Site, deploy: bool) -> Vec<Check> {
        let _ = (site, deploy);
        Vec::new()
    }

    /// Does it keep something of each request in its [`RequestContext`](crate::RequestContext)? A production site without
    /// sessions makes contexts only where a plugin says so.
    fn needs_context(&self) -> bool {
        false
    }

    /// Runs before the server listens; an error keeps it from starting.
    fn on_serve<'a>(&'a self, site: &'a Site) -> BoxFuture<'a, Result<()>> {
        let _ = site;
        Box::pin(async { Ok(()) })
    }
}
