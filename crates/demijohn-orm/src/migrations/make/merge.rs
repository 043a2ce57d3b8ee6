//! `makemigrations --merge`: joins migrations that were made side by side.

use std::fmt::Write as _;

use demijohn_core::{Error, ErrorKind, Result, suggest};

use super::{MakeOptions, checked_name};
use crate::migrations::answers::Ask;
use crate::migrations::graph::Graph;
use crate::migrations::name::merge_name;
use crate::migrations::touch::{Touch, overlap, touches};
use crate::migrations::{Migration, Operation};

/// The migrations that join the newest of each app which has several, and what was made side by side, for people.
pub(super) fn merges(
    graph: &Graph<'_>,
    options: &MakeOptions,
    mut ask: Option<&mut dyn Ask>,
) -> Result<(Vec<Migration>, String)> {
    let (mut made, mut shown) = (Vec::new(), String::new());
    for app in graph.apps().iter().filter(|app| options.apps.is_empty() || options.apps.iter().any(|own| own == *app)) {
        let leaves = graph.leaves(app);
        if leaves.len() < 2 {
            continue;
        }
        let branches = branches(graph, app, &leaves);
        let words = words(app, &branches);
        let both = meeting(app, &branches);
        refuse_unfit(graph, app)?;
        match (&mut ask, both) {
            (Some(ask), both) => {
                let warning =
                    both.map(|both| format!("  {both}: the order matters, look at both\n")).unwrap_or_default();
                let question = format!("{words}{warning}join them, so that neither comes before the other? [y/n]");
                if !is_yes(&mut **ask, &question)? {
                    continue;
                }
            }
            (None, Some(both)) if !options.overlapping => return Err(overlapping(app, &both)),
            (None, _) => shown.push_str(&words),
        }
        let names: Vec<&str> = branches.iter().map(|branch| branch.leaf()).collect();
        let name = merge_name(&names, options.name.as_deref().map(checked_name).transpose()?);
        let migration = Migration::new(app, &name);
        made.push(names.iter().fold(migration, |migration, leaf| migration.depends_on(app, leaf)));
    }
    Ok((made, shown))
}

/// The migrations of an app that came behind the last one that all of its newest have in common.
struct Branch<'a>(Vec<&'a Migration>);

impl Branch<'_> {
    fn leaf(&self) -> &str {
        self.0.last().map_or("", |migration| &migration.name)
    }

    fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.0.iter().flat_map(|migration| &migration.operations)
    }
}

fn branches<'a>(graph: &Graph<'a>, app: &str, leaves: &[usize]) -> Vec<Branch<'a>> {
    let parents: Vec<Vec<bool>> = leaves.iter().map(|leaf| graph.with_parents([*leaf])).collect();
    let is_common = |place: usize| parents.iter().all(|own| own[place]);
    let branch = |own: &Vec<bool>| {
        let places = graph.of_app(app).filter(|(place, _)| own[*place] && !is_common(*place));
        Branch(places.map(|(_, migration)| migration).collect())
    };
    let mut branches: Vec<Branch<'_>> = parents.iter().map(branch).collect();
    branches.sort_by(|one, other| one.leaf().cmp(other.leaf()));
    branches
}

fn words(app: &str, branches: &[Branch<'_>]) -> String {
    let mut text = format!("{app} has {} branches:\n", branches.len());
    for branch in branches {
        let _ = writeln!(text, "  {}", branch.leaf());
        for migration in &branch.0 {
            for operation in &migration.operations {
                let of = if migration.name == branch.leaf() { String::new() } else { format!(" ({})", migration.name) };
                let _ = writeln!(text, "    {} {}{of}", operation.sign(), operation.words());
            }
        }
    }
    text
}

/// Two steps of different branches that touch the same thing, for people.
fn meeting(app: &str, branches: &[Branch<'_>]) -> Option<String> {
    let of = |branch: &Branch<'_>| -> Vec<(String, Vec<Touch>)> {
        branch.operations().filter_map(|own| Some((own.words(), touches(own, app)?))).collect()
    };
    let branches: Vec<_> = branches.iter().map(|branch| (branch.leaf().to_owned(), of(branch))).collect();
    for (place, (leaf, steps)) in branches.iter().enumerate() {
        for (other_leaf, others) in &branches[place + 1..] {
            let mut pairs = steps.iter().flat_map(|step| others.iter().map(move |other| (step, other)));
            let found = pairs.find_map(|(step, other)| Some((overlap(&step.1, &other.1)?, &step.0, &other.0)));
            if let Some((what, step, other)) = found {
                return Some(format!("both touch {what}: `{leaf}` ({step}) and `{other_leaf}` ({other})"));
            }
        }
    }
    None
}

fn overlapping(app: &str, both: &str) -> Error {
    let message = format!("the branches of `{app}` {both}");
    Error::new(ErrorKind::Conflict, "migrations.merge_overlap", message).with_hint(
        "the order in which they are applied matters; make sure that either does, then say `--merge --overlapping`, or put one behind the other with `.depends_on(…)`",
    )
}

/// Steps that cannot be done one after the other cannot be joined.
fn refuse_unfit(graph: &Graph<'_>, app: &str) -> Result<()> {
    graph.state(|_, _| true).map(|_| ()).map_err(|error| {
        let message = format!("the branches of `{app}` cannot be joined: {}", error.message());
        Error::new(ErrorKind::Conflict, "migrations.merge_unfit", message)
            .with_hint("take the step that is there twice out of the branch that is applied nowhere yet")
    })
}

fn is_yes(ask: &mut dyn Ask, question: &str) -> Result<bool> {
    loop {
        match ask.ask(question)?.to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => {}
        }
    }
}

/// `--merge` without branches is a mistake worth a word.
pub(super) fn require_branches(graph: &Graph<'_>, apps: &[String]) -> Result<()> {
    let mut own = graph.apps().iter().filter(|app| apps.is_empty() || apps.iter().any(|wanted| wanted == *app));
    if own.any(|app| graph.leaves(app).len() > 1) {
        return Ok(());
    }
    let names = suggest::list(graph.apps().iter().copied());
    let message = format!("nothing to merge: each app has one newest migration ({names})");
    Err(Error::invalid(message).with_code("migrations.nothing_to_merge"))
}
