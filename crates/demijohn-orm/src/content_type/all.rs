//! The rows that stand for all models of a site, and those that stand for none any more.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Models};
use demijohn_sql::{Driver, TransactionOptions};

use super::ContentType;
use crate::transaction::TransactionTypes;
use crate::{Executor, Model as _, Tx, Watch};

/// The models that rows stand for: all but the tables of pairs.
pub fn described(models: &Models) -> impl Iterator<Item = &'static ModelMeta> + '_ {
    models.iter().filter(|meta| !meta.auto_created)
}

/// Makes the rows that are missing, and gives the key of each by app and name of the model. None is changed or removed.
///
/// # Errors
/// What the database reports.
pub async fn make_missing(db: &dyn Executor) -> Result<HashMap<(String, String), i64>> {
    let rows = ContentType::objects().all(db).await?;
    let mut types: HashMap<_, _> = rows.into_iter().map(|row| ((row.app_label, row.model), row.id)).collect();
    for meta in described(db.models()) {
        if let Entry::Vacant(missing) = types.entry((meta.app.to_owned(), meta.name_lower())) {
            let (app, name) = missing.key();
            let row = ContentType::create().app_label(app).model(name).save(db).await?;
            missing.insert(row.id);
        }
    }
    Ok(types)
}

/// The rows that stand for no model of the site; with `apps_too`, for those of apps that the site has not, either.
///
/// # Errors
/// What the database reports.
pub async fn stale(db: &dyn Executor, apps_too: bool) -> Result<Vec<ContentType>> {
    let models = db.models();
    let has_app = |app: &str| models.iter().any(|meta| meta.app == app);
    let mut rows = ContentType::objects().order_by(|row| (row.app_label, row.model)).all(db).await?;
    rows.retain(|row| row.described(db).is_none() && (apps_too || has_app(&row.app_label)));
    Ok(rows)
}

/// After every `migrate` of a site that has the table.
pub(crate) async fn after_migrate(driver: &dyn Driver, models: &Models) -> Result<()> {
    if !models.iter().any(|meta| meta == ContentType::meta()) {
        return Ok(());
    }
    let transaction = driver.begin(TransactionOptions::default()).await?;
    let tx = Tx::new(transaction, models.clone(), Watch::default(), TransactionTypes::default());
    match make_missing(&tx).await {
        Ok(_) => tx.commit().await,
        // Half the way there or back: the table is not there (yet).
        Err(error) if error.code() == "orm.no_such_table" => tx.rollback().await,
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}
