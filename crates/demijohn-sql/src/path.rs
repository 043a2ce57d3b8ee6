//! [`Path`]: the way from a query's own table along its relations to another.

use std::fmt;
use std::sync::OnceLock;

use demijohn_core::model::{FieldMeta, ModelMeta};

/// The way from a query's own table along foreign keys to another table: `post`, `post → author`.
///
/// Paths are made once and live for ever, so a column is `Copy` and two columns of the same path are known by its
/// address. How many there can be is bounded by the relations that the program's source mentions.
///
/// The *depth* tells the tables of nested queries apart: the closure of a query inside another query's closure gets
/// a path one deeper, which is how a subquery can mention the row of the query around it.
pub struct Path {
    model: &'static ModelMeta,
    depth: u8,
    parent: Option<(&'static Path, u16)>,
    children: OnceLock<Box<[OnceLock<&'static Path>]>>,
    deeper: OnceLock<&'static Path>,
    /// How the query of its whole rows begins, with `"` and with a backtick around names.
    whole_rows: [OnceLock<Box<str>>; 2],
}

impl Path {
    /// The table of a query that is not inside another. The derive makes one `static` for each model.
    pub const fn root(model: &'static ModelMeta) -> Self {
        Self {
            model,
            depth: 0,
            parent: None,
            children: OnceLock::new(),
            deeper: OnceLock::new(),
            whole_rows: [const { OnceLock::new() }; 2],
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

    /// How many queries are around the one it belongs to.
    pub fn depth(&self) -> u8 {
        self.depth
    }

    /// The path one step shorter and the foreign key of the last step.
    pub fn parent(&self) -> Option<(&'static Path, &'static FieldMeta)> {
        self.parent.map(|(path, field)| (path, &path.model.fields[usize::from(field)]))
    }

    /// The position of the last step's foreign key among its model's fields.
    pub fn step(&self) -> Option<u16> {
        self.parent.map(|(_, field)| field)
    }

    /// The path's first table.
    pub fn start(&'static self) -> &'static Path {
        self.parent.map_or(self, |(path, _)| path.start())
    }

    /// Can the table at its end have no row, because a foreign key on the way may be NULL?
    pub fn is_optional(&self) -> bool {
        self.parent().is_some_and(|(path, field)| field.null || path.is_optional())
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

    /// One step further, along the foreign key at this position.
    ///
    /// # Panics
    /// If the field at this position is no foreign key: the derive and the lookup by name only step along those.
    pub fn child(&'static self, field: u16) -> &'static Path {
        let fields = self.model.fields;
        let children = self.children.get_or_init(|| fields.iter().map(|_| OnceLock::new()).collect());
        children[usize::from(field)].get_or_init(|| {
            let target = fields[usize::from(field)].target().expect("a step follows a foreign key");
            let child = Self { parent: Some((self, field)), depth: self.depth, ..Self::root(target) };
            Box::leak(Box::new(child))
        })
    }

    /// The same path in a query that is inside `depth` others.
    pub fn at_depth(&'static self, depth: u8) -> &'static Path {
        if let Some((parent, field)) = self.parent {
            return parent.at_depth(depth).child(field);
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
            Some((parent, field)) => write!(f, "{parent:?}.{}", field.name),
            None => write!(f, "{}@{}", self.model.name, self.depth),
        }
    }
}
