//! Permissions: four for what can be done to the rows of each model.

use std::collections::HashSet;

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Models};
use demijohn_orm::content_type::{described, make_missing as make_missing_types};
use demijohn_orm::{Db, Executor, Model as _, Tx, Watch};
use demijohn_sql::{Connection, Driver, Transaction};
use demijohn_web::BoxFuture;

use crate::models::Permission;

/// What can be done to the rows of every model, in Django's order.
const ACTIONS: [&str; 4] = ["add", "change", "delete", "view"];

/// The longest name of a permission.
const MAX_NAME: usize = 255;

/// After every `migrate`: makes the rows that are missing, with Django's names. None is changed or removed.
pub(crate) fn after_migrate<'a>(driver: &'a dyn Driver, models: &'a Models) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let db = Open {
            watch: Watch::default(),
            connection: driver.begin(demijohn_sql::TransactionOptions::default()).await?,
            models,
        };
        match make_missing(&db).await {
            Ok(()) => db.connection.commit().await,
            // Half the way there or back: the tables are not there (yet), so neither is the work.
            Err(error) if error.code() == "orm.no_such_table" => db.connection.rollback().await,
            Err(error) => {
                db.connection.rollback().await?;
                Err(error)
            }
        }
    })
}

async fn make_missing(db: &dyn Executor) -> Result<()> {
    let types = make_missing_types(db).await?;
    let known: HashSet<(i64, String)> = Permission::objects()
        .select(|permission| (permission.content_type, permission.codename))
        .all(db)
        .await?
        .into_iter()
        .map(|(content_type, codename)| (content_type.key(), codename))
        .collect();
    let mut missing = Vec::new();
    for meta in described(db.models()) {
        let content_type = types[&key_of(meta)];
        for action in ACTIONS {
            let codename = codename(action, meta);
            if !known.contains(&(content_type, codename.clone())) {
                let name: String = format!("Can {action} {}", meta.label).chars().take(MAX_NAME).collect();
                missing.push(Permission::create().name(name).content_type(content_type).codename(codename).build());
            }
        }
    }
    Permission::bulk_create(missing).save(db).await.map(|_| ())
}

fn key_of(meta: &ModelMeta) -> (String, String) {
    (meta.app.to_owned(), meta.name_lower())
}

/// `add_post`
fn codename(action: &str, meta: &ModelMeta) -> String {
    format!("{action}_{}", meta.name_lower())
}

/// The permissions of a site's models by their full names: `blog.add_post`.
pub(crate) fn permission_names(models: &Models) -> Vec<String> {
    let of = |meta: &'static ModelMeta| ACTIONS.map(|action| format!("{}.{}", meta.app, codename(action, meta)));
    described(models).flat_map(of).collect()
}

/// A transaction of the driver's own: after a migration there is no site, only a database.
struct Open<'a> {
    watch: Watch,
    connection: Box<dyn Transaction>,
    models: &'a Models,
}

impl Executor for Open<'_> {
    fn connection(&self) -> &dyn Connection {
        &*self.connection
    }

    fn models(&self) -> &Models {
        self.models
    }

    fn watch(&self) -> &Watch {
        &self.watch
    }

    fn as_db(&self) -> Option<&Db> {
        None
    }

    fn as_tx(&self) -> Option<&Tx> {
        None
    }
}
