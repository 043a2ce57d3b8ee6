//! Puts steps into migrations: one for each app where that is possible, more where apps need each other.

use super::Node;
use crate::migrations::Operation;

/// A migration without a name.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) app: String,
    pub(crate) operations: Vec<Operation>,
    /// The places of other drafts it comes after.
    pub(crate) drafts: Vec<usize>,
    /// Other apps whose models it mentions.
    pub(crate) apps: Vec<String>,
}

/// Puts steps into migrations, each after what it needs.
pub(crate) fn arrange(nodes: Vec<Node>) -> Vec<Draft> {
    let mut apps: Vec<String> = Vec::new();
    for node in &nodes {
        if !apps.contains(&node.app) {
            apps.push(node.app.clone());
        }
    }
    let mut place_of: Vec<Option<usize>> = vec![None; nodes.len()];
    let mut taken: Vec<Vec<usize>> = Vec::new();
    // First whole apps; only when each waits for another is one cut in two.
    let mut cut = false;
    while place_of.iter().any(Option::is_none) {
        let mut progress = false;
        for app in &apps {
            let open = (0..nodes.len()).filter(|node| nodes[*node].app == *app && place_of[*node].is_none()).count();
            let ready = ready(app, &nodes, &place_of);
            if ready.is_empty() || (ready.len() < open && !cut) {
                continue;
            }
            for node in &ready {
                place_of[*node] = Some(taken.len());
            }
            taken.push(ready);
            progress = true;
            if cut {
                break;
            }
        }
        if !progress && cut {
            // Steps that need each other in a circle: the first in order goes first, and the database decides.
            let first = place_of.iter().position(Option::is_none).expect("the loop ends when none is open");
            place_of[first] = Some(taken.len());
            taken.push(vec![first]);
        }
        cut = !progress;
    }
    let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    let drafts = taken.iter().enumerate().map(|(place, own)| draft(place, own, &mut nodes, &place_of));
    drafts.collect()
}

/// The steps of an app that need nothing but each other and what is placed, in order.
fn ready(app: &str, nodes: &[Node], place_of: &[Option<usize>]) -> Vec<usize> {
    let mut ready: Vec<usize> = Vec::new();
    loop {
        let before = ready.len();
        for (place, node) in nodes.iter().enumerate() {
            let is_open = node.app == app && place_of[place].is_none() && !ready.contains(&place);
            if is_open && node.needs.iter().all(|need| place_of[*need].is_some() || ready.contains(need)) {
                ready.push(place);
            }
        }
        if ready.len() == before {
            return ready;
        }
    }
}

fn draft(place: usize, own: &[usize], nodes: &mut [Option<Node>], place_of: &[Option<usize>]) -> Draft {
    let mut draft = Draft { app: String::new(), operations: Vec::new(), drafts: Vec::new(), apps: Vec::new() };
    for node in own.iter().filter_map(|node| nodes[*node].take()) {
        draft.app = node.app;
        draft.operations.push(node.operation);
        for other in node.needs.iter().filter_map(|need| place_of[*need]).filter(|other| *other != place) {
            if !draft.drafts.contains(&other) {
                draft.drafts.push(other);
            }
        }
        for app in node.apps {
            if !draft.apps.contains(&app) {
                draft.apps.push(app);
            }
        }
    }
    draft
}
