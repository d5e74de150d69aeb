//! What a process caches of one database. One of each type a database.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

type Things = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

/// The caches. Clones are the same.
#[derive(Clone, Default)]
pub struct Caches(Arc<Mutex<Things>>);

impl Caches {
    /// The one `T` of this database, made empty at first use.
    pub fn get<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let mut things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let thing = things.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())).clone();
        thing.downcast().expect("a thing lies under its own type")
    }
}

impl std::fmt::Debug for Caches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Caches")
    }
}
