//! [`detect`]: the steps that lead from the models before to the models now.

mod arrange;
mod fields;
mod models;

use std::collections::HashMap;

use demijohn_core::Result;
use demijohn_core::model::Models;

use super::Operation;
use super::answers::Answers;
use super::state::{ModelState, State};

pub(crate) use arrange::{Draft, arrange};

/// A step and what must come before it.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) app: String,
    pub(crate) operation: Operation,
    /// The places of the nodes that come before it.
    pub(crate) needs: Vec<usize>,
    /// Other apps whose models it mentions.
    pub(crate) apps: Vec<String>,
}

/// The steps as they are found.
struct Detector<'a, 'b> {
    /// The models before, with what was found so far done to them.
    before: State,
    now: &'a State,
    /// The models now with their defaults.
    models: &'a Models,
    answers: &'a mut Answers<'b>,
    nodes: Vec<Node>,
    /// Which node makes a model, by its full name in lower case.
    makers: HashMap<String, usize>,
    /// The last node about a model, by its full name in lower case.
    last: HashMap<String, usize>,
}

/// Finds the steps from the models before to the models now.
///
/// # Errors
/// Questions that nobody answers: see [`Answers`].
pub(crate) fn detect(before: State, now: &State, models: &Models, answers: &mut Answers<'_>) -> Result<Vec<Node>> {
    let (nodes, makers, last) = (Vec::new(), HashMap::new(), HashMap::new());
    let mut detector = Detector { before, now, models, answers, nodes, makers, last };
    detector.renamed_models()?;
    let deferred = detector.created_models();
    detector.kept_models()?;
    detector.deferred(deferred);
    detector.deleted_models();
    detector.answers.require_all_used()?;
    Ok(detector.nodes)
}

impl Detector<'_, '_> {
    /// Adds a step about a model: it follows the steps about the same model, and those that make what it points to.
    fn push(&mut self, app: &str, model: &str, operation: Operation, targets: &[&str]) -> usize {
        let own = format!("{app}.{model}").to_lowercase();
        let mut needs: Vec<usize> = self.last.get(&own).copied().into_iter().collect();
        let mut apps = Vec::new();
        for target in targets {
            needs.extend(self.makers.get(&target.to_lowercase()));
            let other = target.split('.').next().unwrap_or_default();
            if other != app && !apps.iter().any(|known| known == other) {
                apps.push(other.to_owned());
            }
        }
        let place = self.nodes.len();
        self.nodes.push(Node { app: app.to_owned(), operation, needs, apps });
        self.last.insert(own, place);
        place
    }

    /// The models now, each with what it was, if it was there.
    fn pairs(&self) -> Vec<(Option<ModelState>, ModelState)> {
        let before = |model: &ModelState| self.before.find(&model.app, &model.name).cloned();
        self.now.models.iter().map(|model| (before(model), model.clone())).collect()
    }

    /// The models that are no more.
    fn gone(&self) -> Vec<ModelState> {
        let is_gone = |model: &&ModelState| self.now.find(&model.app, &model.name).is_none();
        self.before.models.iter().filter(is_gone).cloned().collect()
    }
}
