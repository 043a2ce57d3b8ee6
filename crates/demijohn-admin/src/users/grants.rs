//! What somebody who is no superuser may give away: what they have themselves, and no more.

use demijohn_auth::{Group, Permission, User, permissions_of};
use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Value};
use demijohn_forms::{Field, Form};
use demijohn_orm::Model as _;
use demijohn_orm::records::{self, Record};

use super::may_touch;
use crate::access::user_meta;
use crate::change_form::target_of;
use crate::staff::Staff;

const NOT_YOURS: &str = "You can only give permissions that you have yourself.";

/// May this person change a row and set its password? Whoever sets a user's password can act as that user, so only
/// those users are theirs to change who may do nothing that they may not do.
pub(crate) async fn may_act_as(staff: &Staff, record: &Record) -> Result<bool> {
    if staff.user.is_superuser || record.meta() != user_meta() {
        return Ok(true);
    }
    let id = record.key().as_int().unwrap_or_default();
    if !may_touch(staff, record) || id == staff.user.id {
        return Ok(may_touch(staff, record));
    }
    let mut user = User::objects().with_key(id).get(&staff.db).await?;
    // Whoever may change somebody inactive may make them active, too.
    user.is_active = true;
    let theirs = permissions_of(&user, &staff.db).await?;
    Ok(staff.has_all(theirs.iter()))
}

/// Adds an error for every set of permissions or groups to which a form adds what this person has not got.
pub(crate) async fn check_grants(staff: &Staff, meta: &'static ModelMeta, form: &mut Form) -> Result<()> {
    if staff.user.is_superuser || (*meta != *User::meta() && *meta != *Group::meta()) {
        return Ok(());
    }
    let mut refused = Vec::new();
    for (name, keys) in form.cleaned().relations() {
        let had = form.get(name).map(Field::initial_values).unwrap_or_default();
        let added: Vec<Value> = keys.iter().filter(|key| !had.contains(key)).cloned().collect();
        if !may_give(staff, target_of(meta, name), added).await? {
            refused.push(name.to_owned());
        }
    }
    for name in refused {
        form.add_error(&name, NOT_YOURS);
    }
    Ok(())
}

/// Has this person every one of these permissions, or all that are behind these groups?
async fn may_give(staff: &Staff, target: Option<&'static ModelMeta>, keys: Vec<Value>) -> Result<bool> {
    let mut permissions = Vec::new();
    match target {
        Some(target) if *target == *Permission::meta() => permissions = keys,
        Some(target) if *target == *Group::meta() => {
            for set in Group::meta().many_to_many {
                for key in &keys {
                    permissions.extend(records::pairs(&staff.db, set.pairs(Group::meta()), key).await?);
                }
            }
        }
        _ => return Ok(true),
    }
    let permissions: Vec<i64> = permissions.iter().filter_map(Value::as_int).collect();
    for chunk in permissions.chunks(500) {
        let names = Permission::objects()
            .filter(|permission| permission.id.is_in(chunk.to_vec()))
            .select(|permission| (permission.content_type().app_label, permission.codename))
            .all(&staff.db)
            .await?;
        let names: Vec<String> = names.into_iter().map(|(app, codename)| format!("{app}.{codename}")).collect();
        if !staff.has_all(names.iter().map(String::as_str)) {
            return Ok(false);
        }
    }
    Ok(true)
}
