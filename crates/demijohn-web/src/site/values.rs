//! [`Values`]: one value of each type.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;

/// A map from a type to the one value of this type.
#[derive(Default)]
pub(crate) struct Values(HashMap<TypeId, (Box<dyn Any + Send + Sync>, &'static str)>);

impl Values {
    pub(crate) fn insert<T: Any + Send + Sync>(&mut self, value: T) -> Option<T> {
        let old = self.0.insert(TypeId::of::<T>(), (Box::new(value), type_name::<T>()))?;
        old.0.downcast().ok().map(|old| *old)
    }

    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.0.downcast_ref()
    }

    pub(crate) fn get_mut<T: Any>(&mut self) -> Option<&mut T> {
        self.0.get_mut(&TypeId::of::<T>())?.0.downcast_mut()
    }

    /// The names of the types, for error messages.
    pub(crate) fn type_names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.0.values().map(|(_, name)| *name).collect();
        names.sort_unstable();
        names
    }
}

/// What the apps contributed of one type, and which app each one came from.
pub(crate) struct Contributions<T> {
    pub(crate) values: Vec<T>,
    pub(crate) apps: Vec<std::sync::Arc<str>>,
}

impl<T> Default for Contributions<T> {
    fn default() -> Self {
        Self { values: Vec::new(), apps: Vec::new() }
    }
}
