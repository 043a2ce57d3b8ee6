//! What goes with a row, as a tree that people read.

use std::collections::HashMap;

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, OnDelete};
use demijohn_orm::Collected;
use demijohn_orm::records::{self, Record};
use serde_json::{Value as Json, json};

use super::rows_of;
use crate::relations;
use crate::staff::Staff;

/// Rows that the tree shows.
const MOST: usize = 200;

struct Node {
    meta: &'static ModelMeta,
    record: Record,
    children: Vec<usize>,
}

/// The rows that go, each below one that takes it along; and how many more there are than are shown.
pub(super) async fn build(staff: &Staff, collected: &Collected) -> Result<(Vec<Json>, usize)> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut places: HashMap<(&'static str, String), usize> = HashMap::new();
    let mut tops = Vec::new();
    let mut total = 0;
    for (meta, keys) in collected.deletes.iter().filter(|(meta, _)| !meta.auto_created) {
        total += keys.len();
        let room = MOST.saturating_sub(nodes.len()).min(keys.len());
        if room == 0 {
            continue;
        }
        for record in rows_of(&staff.db, meta, &keys[..room]).await? {
            let place = nodes.len();
            let owner = owner(meta, &record, &places);
            places.insert((meta.table, record.key().to_string()), place);
            nodes.push(Node { meta, record, children: Vec::new() });
            // Only rows that were met before can be above, so nothing is ever below itself.
            match owner {
                Some(owner) => nodes[owner].children.push(place),
                None => tops.push(place),
            }
        }
    }
    let tree = tops.iter().map(|top| node(staff, &nodes, *top, 0)).collect();
    Ok((tree, total.saturating_sub(nodes.len())))
}

/// The row that takes this one along, if it is in the tree already.
fn owner(meta: &ModelMeta, record: &Record, places: &HashMap<(&'static str, String), usize>) -> Option<usize> {
    meta.fields.iter().zip(record.values()).find_map(|(field, value)| {
        let target = field.target().filter(|_| field.relation.is_some_and(|r| r.on_delete == OnDelete::Cascade))?;
        places.get(&(target.table, value.to_string())).copied()
    })
}

fn node(staff: &Staff, nodes: &[Node], place: usize, depth: usize) -> Json {
    /// Lists inside lists that a page can still show.
    const DEEPEST: usize = 20;
    let Node { meta, record, children } = &nodes[place];
    let children: Vec<Json> = match depth {
        0..DEEPEST => children.iter().map(|child| node(staff, nodes, *child, depth + 1)).collect(),
        _ => Vec::new(),
    };
    entry(staff, meta, record, children)
}

fn entry(staff: &Staff, meta: &'static ModelMeta, record: &Record, children: Vec<Json>) -> Json {
    let is_shown = staff.admin().of(meta).is_some() && staff.may_see(meta);
    let url = is_shown.then(|| staff.admin().row_url(meta, &record.key().to_string(), "change"));
    json!({ "model": meta.label, "label": relations::label(record, records::root(meta)), "url": url, "children": children })
}

/// The rows that forbid it.
pub(super) async fn protected(staff: &Staff, collected: &Collected) -> Result<Vec<Json>> {
    let mut found = Vec::new();
    for (meta, _, keys) in &collected.protected {
        let room = MOST.saturating_sub(found.len()).min(keys.len());
        for record in rows_of(&staff.db, meta, &keys[..room]).await? {
            found.push(entry(staff, meta, &record, Vec::new()));
        }
    }
    Ok(found)
}
