//! [`migrate_if_empty`]: the first start of a site that sets itself up.

use demijohn_core::Result;
use demijohn_web::Site;

use super::migrate::{MigrateContext, MigrateOptions, PostMigrate, migrate};
use super::{inspect, recorder};
use crate::Database;

/// Makes the tables of a database that has none of them, and says whether it did.
///
/// A database with any table of the site's models, or with a history of migrations, is left as it is: what is open
/// there is a person's decision. For `before_serve`, in demonstrations and single-user programs.
///
/// # Errors
/// What [`migrate`] reports.
pub async fn migrate_if_empty(site: &Site) -> Result<bool> {
    let database = Database::of(site)?;
    let driver = database.db().await?.driver().as_ref();
    if !recorder::Applied::read(driver).await?.is_empty() {
        return Ok(false);
    }
    for meta in database.models().iter() {
        if inspect::has_table(driver, meta.table).await? {
            return Ok(false);
        }
    }
    let context = MigrateContext {
        driver,
        models: database.models(),
        migrations: database.migrations(),
        post_migrate: site.contributions::<PostMigrate>(),
    };
    migrate(&context, &MigrateOptions::default(), &mut |_| {}).await?;
    Ok(true)
}
