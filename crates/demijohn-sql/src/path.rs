//! [`Path`]: the way from a query's own table along its relations to another.

use std::fmt;
use std::sync::{OnceLock, PoisonError, RwLock};

use demijohn_core::model::{FieldMeta, ModelMeta};

use crate::generic::comparable;
use crate::{Column, Compare, Expr, is_of_model};

/// The way from a query's own table along its relations to another table: `post`, `post → author`, and against the
/// direction of a foreign key, `user → posts`, where many rows may lie at the end.
///
/// Paths are made once and live for ever, so a column is `Copy` and two columns of the same path are known by its
/// address. How many there can be is bounded by the relations that the program's source mentions.
///
/// The *depth* tells the tables of nested queries apart: the closure of a query inside another query's closure gets
/// a path one deeper, which is how a subquery can mention the row of the query around it.
pub struct Path {
    model: &'static ModelMeta,
    depth: u8,
    parent: Option<(&'static Path, Step)>,
    /// The paths one step further, along anything but foreign keys of its own model.
    beside: RwLock<Vec<&'static Path>>,
    /// The same table as the own one of a subquery.
    as_root: OnceLock<&'static Path>,
    children: OnceLock<Box<[OnceLock<&'static Path>]>>,
    deeper: OnceLock<&'static Path>,
    /// How the query of its whole rows begins, with `"` and with a backtick around names.
    whole_rows: [OnceLock<Box<str>>; 2],
    /// The query of one of its whole rows by the key, on each of the databases.
    one_row: [OnceLock<Box<str>>; 3],
}

/// The last step of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Along the foreign key at this position of the model before.
    Forward(u16),
    /// Against the foreign key at this position of the path's own model.
    Reverse(u16),
    /// Along the generic key at this position of the model before.
    About(u16),
    /// Against the generic key at this position of the path's own model.
    RowsAbout(u16),
}

impl Path {
    /// The table of a query that is not inside another. The derive makes one `static` for each model.
    pub const fn root(model: &'static ModelMeta) -> Self {
        Self {
            model,
            depth: 0,
            parent: None,
            beside: RwLock::new(Vec::new()),
            as_root: OnceLock::new(),
            children: OnceLock::new(),
            deeper: OnceLock::new(),
            whole_rows: [const { OnceLock::new() }; 2],
            one_row: [const { OnceLock::new() }; 3],
        }
    }

    /// A root for a model that is only known at run time.
    pub fn root_of(model: &'static ModelMeta) -> &'static Self {
        Box::leak(Box::new(Self::root(model)))
    }

    /// The model at its end.
    pub fn model(&self) -> &'static ModelMeta {
        self.model
    }

    /// The columns of its model's primary key, in order: one, or several when it is composite.
    pub fn key_columns(&'static self) -> impl Iterator<Item = Column> {
        let keys = self.model.fields.iter().enumerate().filter(|(_, field)| field.primary_key);
        keys.map(move |(field, _)| Column { path: self, field: field as u16 })
    }

    /// How many queries are around the one it belongs to.
    pub fn depth(&self) -> u8 {
        self.depth
    }

    /// The path one step shorter and the foreign key of the last step, whichever of the two models has it. (Of a generic
    /// key, the field that holds the row's key.)
    pub fn parent(&self) -> Option<(&'static Path, &'static FieldMeta)> {
        self.parent.map(|(path, step)| match step {
            Step::Forward(field) => (path, &path.model.fields[usize::from(field)]),
            Step::Reverse(field) => (path, &self.model.fields[usize::from(field)]),
            Step::About(key) => (path, path.model.generic_keys[usize::from(key)].id_field(path.model)),
            Step::RowsAbout(key) => (path, self.model.generic_keys[usize::from(key)].id_field(self.model)),
        })
    }

    /// The position of the last step's foreign key among the fields of the model before, if the step goes along it.
    pub fn step(&self) -> Option<u16> {
        match self.parent? {
            (_, Step::Forward(field)) => Some(field),
            _ => None,
        }
    }

    /// The columns that hold the last step together: the position of that at the path's end, and of that before. Of a
    /// generic key the model has to be right, too ([`Path::generic_end`]).
    pub fn ends(&self) -> Option<(u16, u16)> {
        let (parent, step) = self.parent?;
        let position = |model: &ModelMeta, name: &str| model.index_of(name).map_or(0, |at| at as u16);
        let pointed = |field: &FieldMeta| field.relation.map(|relation| relation.target_field().name);
        Some(match step {
            Step::Forward(field) => (position(self.model, pointed(&parent.model.fields[usize::from(field)])?), field),
            Step::Reverse(field) => (field, position(parent.model, pointed(&self.model.fields[usize::from(field)])?)),
            Step::About(key) => (self.model.key_index() as u16, parent.model.generic_keys[usize::from(key)].object_id),
            Step::RowsAbout(key) => {
                (self.model.generic_keys[usize::from(key)].object_id, parent.model.key_index() as u16)
            }
        })
    }

    /// Where the last step goes by a generic key: the path to the rows that have it, the position of their content type,
    /// and the model that it has to be.
    pub fn generic_end(&'static self) -> Option<(&'static Path, u16, &'static ModelMeta)> {
        match self.parent? {
            (parent, Step::About(key)) => {
                Some((parent, parent.model.generic_keys[usize::from(key)].content_type, self.model))
            }
            (parent, Step::RowsAbout(key)) => {
                Some((self, self.model.generic_keys[usize::from(key)].content_type, parent.model))
            }
            _ => None,
        }
    }

    pub(crate) fn last_step(&self) -> Option<Step> {
        self.parent.map(|(_, step)| step)
    }

    /// What puts the rows of the last step beside those before, with each table at the path that stands for it here.
    pub(crate) fn link(&'static self, place: &dyn Fn(&'static Self) -> &'static Self) -> Option<Expr> {
        let ((before, _), (there, here)) = (self.parent()?, self.ends()?);
        let (own, other) = (Column { path: place(self), field: there }, Column { path: place(before), field: here });
        let Some((holder, content_type, model)) = self.generic_end() else {
            return Some(Expr::Compare(Compare::Eq, Box::new((Expr::Column(own), Expr::Column(other)))));
        };
        let keys = Expr::Compare(Compare::Eq, Box::new(comparable(own, other)));
        Some(keys.and(is_of_model(place(holder), content_type, model)))
    }

    /// The beginnings of the path, and it itself, whose last step leads to many rows, shortest first.
    pub(crate) fn many_steps(&'static self) -> Vec<&'static Self> {
        let Some((parent, key)) = self.parent() else { return Vec::new() };
        let mut steps = parent.many_steps();
        if self.leads_to_many(key) {
            steps.push(self);
        }
        steps
    }

    /// Does the last step go another way than along a foreign key? Then there may be no row at its end.
    pub fn is_reverse(&self) -> bool {
        matches!(self.parent, Some((_, Step::Reverse(_) | Step::About(_) | Step::RowsAbout(_))))
    }

    /// Can there be several rows at its end for each before, as far as its last step says?
    fn leads_to_many(&self, key: &FieldMeta) -> bool {
        let goes_against = matches!(self.parent, Some((_, Step::Reverse(_) | Step::RowsAbout(_))));
        goes_against && !(key.unique || key.primary_key)
    }

    /// Does it only go along foreign keys, so that at most one row is at its end?
    pub fn is_to_one(&self) -> bool {
        self.parent().is_none_or(|(parent, _)| !self.is_reverse() && parent.is_to_one())
    }

    /// The shortest beginning of the path whose last step leads to many rows.
    pub fn first_many(&'static self) -> Option<&'static Self> {
        let (parent, key) = self.parent()?;
        parent.first_many().or(self.leads_to_many(key).then_some(self))
    }

    /// The table at its end as a subquery's own, one deeper. The same path always, unlike any other's.
    pub fn as_root(&'static self) -> &'static Self {
        self.as_root.get_or_init(|| Box::leak(Box::new(Self { depth: self.depth + 1, ..Self::root(self.model) })))
    }

    /// One step further, to this model.
    pub(crate) fn stepped(&'static self, step: Step, model: &'static ModelMeta) -> &'static Self {
        match step {
            Step::Forward(field) => self.child(field),
            other => self.beside(other, model),
        }
    }

    /// The path's first table.
    pub fn start(&'static self) -> &'static Path {
        self.parent.map_or(self, |(path, _)| path.start())
    }

    /// Can the table at its end have no row, because a foreign key on the way may be NULL?
    pub fn is_optional(&self) -> bool {
        self.parent().is_some_and(|(path, field)| self.is_reverse() || field.null || path.is_optional())
    }

    /// How many steps it has.
    pub fn len(&self) -> usize {
        self.parent.map_or(0, |(path, _)| path.len() + 1)
    }

    /// Has it no steps?
    pub fn is_root(&self) -> bool {
        self.parent.is_none()
    }

    pub(crate) fn whole_rows(&self, quote: char) -> &OnceLock<Box<str>> {
        &self.whole_rows[usize::from(quote == '`')]
    }

    /// `None` for a database that is not one of the three.
    pub(crate) fn one_row(&self, dialect: &str) -> Option<&OnceLock<Box<str>>> {
        let place = ["sqlite", "postgres", "mysql"].into_iter().position(|name| name == dialect)?;
        Some(&self.one_row[place])
    }

    /// One step further, along the foreign key at this position.
    ///
    /// # Panics
    /// If the field at this position is no foreign key: the derive and the lookup by name only step along those.
    pub fn child(&'static self, field: u16) -> &'static Path {
        let fields = self.model.fields;
        let children = self.children.get_or_init(|| fields.iter().map(|_| OnceLock::new()).collect());
        children[usize::from(field)].get_or_init(|| {
            let target = fields[usize::from(field)].target().expect("a step follows a foreign key");
            let child = Self { parent: Some((self, Step::Forward(field))), depth: self.depth, ..Self::root(target) };
            Box::leak(Box::new(child))
        })
    }

    /// One step further, to the rows of `model` whose foreign key at this position points here.
    pub fn reverse(&'static self, model: &'static ModelMeta, field: u16) -> &'static Path {
        self.beside(Step::Reverse(field), model)
    }

    /// One step further, to the row of `model` that the generic key at this position points to, if it points to one.
    pub fn about(&'static self, key: u16, model: &'static ModelMeta) -> &'static Path {
        self.beside(Step::About(key), model)
    }

    /// One step further, to the rows of `model` whose generic key at this position points here.
    pub fn rows_about(&'static self, model: &'static ModelMeta, key: u16) -> &'static Path {
        self.beside(Step::RowsAbout(key), model)
    }

    fn beside(&'static self, step: Step, model: &'static ModelMeta) -> &'static Path {
        let same = |path: &&'static Self| {
            std::ptr::eq(path.model, model) && matches!(path.parent, Some((_, own)) if own == step)
        };
        let found = self.beside.read().unwrap_or_else(PoisonError::into_inner).iter().copied().find(same);
        found.unwrap_or_else(|| {
            let mut known = self.beside.write().unwrap_or_else(PoisonError::into_inner);
            known.iter().copied().find(same).unwrap_or_else(|| {
                let parent = Some((self, step));
                let path: &'static Self = Box::leak(Box::new(Self { parent, depth: self.depth, ..Self::root(model) }));
                known.push(path);
                path
            })
        })
    }

    /// The rows of the set of other rows at this position, through its table of pairs.
    ///
    /// # Panics
    /// If the model has no set at this position: the derive counts them.
    pub fn paired(&'static self, set: usize) -> &'static Path {
        let pairs = self.model.many_to_many[set].pairs(self.model);
        self.reverse(pairs.through, pairs.own).child(pairs.other)
    }

    /// The same path in a query that is inside `depth` others.
    pub fn at_depth(&'static self, depth: u8) -> &'static Path {
        if let Some((parent, step)) = self.parent {
            return parent.at_depth(depth).stepped(step, self.model);
        }
        let mut path = self;
        while path.depth < depth {
            path = path
                .deeper
                .get_or_init(|| Box::leak(Box::new(Self { depth: path.depth + 1, ..Self::root(path.model) })));
        }
        path
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parent() {
            Some((parent, field)) if self.is_reverse() => write!(f, "{parent:?}.{}({})", self.model.name, field.name),
            Some((parent, field)) => write!(f, "{parent:?}.{}", field.name),
            None => write!(f, "{}@{}", self.model.name, self.depth),
        }
    }
}
