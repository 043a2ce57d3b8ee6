//! A site with one model, its admin and one page in cot: as much as cot's own admin example does.

mod migrations;

use std::fmt;

use async_trait::async_trait;
use cot::admin::{AdminApp, AdminModel, AdminModelManager, DefaultAdminModelManager};
use cot::auth::db::{DatabaseUser, DatabaseUserApp};
use cot::cli::CliMetadata;
use cot::config::{AuthBackendConfig, DatabaseConfig, MiddlewareConfig, ProjectConfig, SessionMiddlewareConfig};
use cot::db::migrations::{SyncDynMigration, wrap_migrations};
use cot::db::{Auto, Database, Model, model};
use cot::form::Form;
use cot::html::Html;
#[cfg(feature = "as-published")]
use cot::middleware::LiveReloadMiddleware;
use cot::middleware::{AuthMiddleware, SessionMiddleware};
use cot::project::{MiddlewareContext, RegisterAppsContext, RootHandler, RootHandlerBuilder};
use cot::router::{Route, Router};
use cot::static_files::StaticFilesMiddleware;
use cot::{App, AppBuilder, Project, ProjectContext, Template};

/// What the site is about.
#[derive(Debug, Clone, Form, AdminModel)]
#[model]
struct Note {
    #[model(primary_key)]
    id: Auto<i32>,
    title: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

#[derive(Debug, Template)]
#[template(source = "<ul>{% for note in notes %}<li>{{ note.title }}</li>{% endfor %}</ul>", ext = "html")]
struct Index {
    notes: Vec<Note>,
}

async fn index(database: Database) -> cot::Result<Html> {
    let notes = Note::objects().all(&database).await?;
    Ok(Html::new(Index { notes }.render()?))
}

struct Notes;

#[async_trait]
impl App for Notes {
    fn name(&self) -> &'static str {
        env!("CARGO_PKG_NAME")
    }

    async fn init(&self, context: &mut ProjectContext) -> cot::Result<()> {
        let database = context.database();
        if DatabaseUser::get_by_username(database, "admin").await?.is_none() {
            DatabaseUser::create_user(database, "admin", "admin").await?;
        }
        Ok(())
    }

    fn migrations(&self) -> Vec<Box<SyncDynMigration>> {
        wrap_migrations(migrations::MIGRATIONS)
    }

    fn admin_model_managers(&self) -> Vec<Box<dyn AdminModelManager>> {
        vec![Box::new(DefaultAdminModelManager::<Note>::new())]
    }

    fn router(&self) -> Router {
        Router::with_urls([Route::with_handler("/", index)])
    }
}

struct Site;

impl Project for Site {
    fn cli_metadata(&self) -> CliMetadata {
        cot::cli::metadata!()
    }

    fn config(&self, _name: &str) -> cot::Result<ProjectConfig> {
        let sessions = SessionMiddlewareConfig::builder().secure(false).build();
        Ok(ProjectConfig::builder()
            .debug(true)
            .database(DatabaseConfig::builder().url("sqlite://notes.sqlite3?mode=rwc").build())
            .auth_backend(AuthBackendConfig::Database)
            .middlewares(MiddlewareConfig::builder().session(sessions).build())
            .build())
    }

    fn register_apps(&self, apps: &mut AppBuilder, _context: &RegisterAppsContext) {
        apps.register(DatabaseUserApp::new());
        apps.register_with_views(AdminApp::new(), "/admin");
        apps.register_with_views(Notes, "");
    }

    fn middlewares(&self, handler: RootHandlerBuilder, context: &MiddlewareContext) -> RootHandler {
        let handler = handler
            .middleware(StaticFilesMiddleware::from_context(context))
            .middleware(AuthMiddleware::new())
            .middleware(SessionMiddleware::from_context(context));
        #[cfg(feature = "as-published")]
        let handler = handler.middleware(LiveReloadMiddleware::new());
        handler.build()
    }
}

#[cot::main]
fn main() -> impl Project {
    Site
}
