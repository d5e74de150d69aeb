//! The file that holds the state. Several processes may use it: a lock file admits one at a time, and a file that another
//! process wrote is read again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::model::State;

/// Where the state is stored.
pub(crate) struct Store {
    path: Option<PathBuf>,
    cached: Mutex<Cached>,
}

struct Cached {
    state: State,
    /// The revision of the file that the state was read from or written to; none if it must be read.
    revision: Option<u64>,
}

impl Store {
    /// Opens a store; without a path, the state is in memory only.
    pub(crate) fn open(path: Option<PathBuf>) -> io::Result<Store> {
        let store = Store { path, cached: Mutex::new(Cached { state: State::default(), revision: None }) };
        store.with(|_| ((), false))?;
        Ok(store)
    }

    /// Runs an action on the state, alone. The action returns whether it changed the state, which is written then.
    pub(crate) fn with<R>(&self, action: impl FnOnce(&mut State) -> (R, bool)) -> io::Result<R> {
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(path) = &self.path else { return Ok(action(&mut cached.state).0) };
        let mut lock = Lock::take(path)?;
        let revision = lock.revision()?;
        if cached.revision != Some(revision) {
            cached.state = read(path)?;
        }
        cached.revision = None;
        let (result, is_changed) = action(&mut cached.state);
        if is_changed {
            // The revision is written first: a process that stops here only makes the others read again.
            lock.write_revision(revision + 1)?;
            write(path, &cached.state)?;
        }
        cached.revision = Some(revision + u64::from(is_changed));
        Ok(result)
    }
}

/// The lock file. It holds the revision of the state, and is released when it is closed.
struct Lock(File);

impl Lock {
    fn take(path: &Path) -> io::Result<Lock> {
        let mut options = OpenOptions::new();
        let file =
            options.create(true).truncate(false).read(true).write(true).open(path.with_extension("lock"))?;
        file.lock()?;
        Ok(Lock(file))
    }

    fn revision(&mut self) -> io::Result<u64> {
        let mut text = String::new();
        self.0.rewind()?;
        self.0.read_to_string(&mut text)?;
        Ok(text.trim().parse().unwrap_or(0))
    }

    fn write_revision(&mut self, revision: u64) -> io::Result<()> {
        self.0.rewind()?;
        self.0.write_all(format!("{revision:020}\n").as_bytes())
    }
}

fn read(path: &Path) -> io::Result<State> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(error),
    }
}

/// Writes a new file and puts it in the place of the old one, so that a process that stops leaves one or the other.
fn write(path: &Path, state: &State) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let bytes = serde_json::to_vec(state).map_err(io::Error::other)?;
    let mut file = File::create(&temporary)?;
    file.write_all(&bytes)?;
    drop(file);
    fs::rename(temporary, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_stores_of_one_file_see_each_others_changes() {
        let folder = std::env::temp_dir().join(format!("stripe-double-store-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("state.json");
        let one = Store::open(Some(path.clone())).expect("a store");
        let two = Store::open(Some(path.clone())).expect("a store");
        let next = |store: &Store| {
            let count = |state: &mut State| {
                state.next += 1;
                (state.next, true)
            };
            store.with(count).expect("a file")
        };
        let numbers = [next(&one), next(&one), next(&two), next(&one), next(&two)];
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        fs::write(&path, b"{").expect("a file");
        assert!(Store::open(Some(path)).is_err(), "a file that cannot be read is an error");
        fs::remove_dir_all(&folder).expect("removed");
    }
}
