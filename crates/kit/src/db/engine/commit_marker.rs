//! Whether anything was committed to a SQLite file since, by anybody, in one look: the head of its index of the log
//! (`…-shm`; <https://sqlite.org/walformat.html>, 2.1) is written at the end of every commit, before the commit
//! is told. It holds a counter of transactions, how long the log is, and the checksum of its last page.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Both copies of the head. Whoever reads them while they are written sees bytes that were never there before.
const HEAD: usize = 96;

/// Where in the head the number of pages stands, in the machine's order of bytes.
const LENGTH: usize = 16;

/// The marks of the last commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitMarker([u8; HEAD]);

/// Where the marks of one database are read.
pub(super) struct Marks {
    path: PathBuf,
    index: OnceLock<Option<&'static File>>,
}

impl Marks {
    /// Those of the database in this file.
    pub(super) fn of(path: &Path) -> Marks {
        let mut name = path.as_os_str().to_owned();
        name.push("-shm");
        Marks { path: PathBuf::from(name), index: OnceLock::new() }
    }

    /// How many pages the log of writes holds.
    pub(super) fn log_length(&self) -> Option<u32> {
        let CommitMarker(head) = self.read()?;
        head.get(LENGTH..).and_then(|rest| rest.first_chunk()).copied().map(u32::from_ne_bytes)
    }

    /// The marks now; `None` if they can't be read.
    pub(super) fn read(&self) -> Option<CommitMarker> {
        let index = (*self.index.get_or_init(|| open(&self.path)))?;
        let mut head = [0; HEAD];
        index.read_exact_at(&mut head, 0).ok()?;
        Some(CommitMarker(head))
    }
}

/// Opens an index, once a file, and never closes it: a process that closes a file gives up all its POSIX locks on it,
/// and those on this file are SQLite's.
fn open(path: &Path) -> Option<&'static File> {
    static OPEN: OnceLock<Mutex<HashMap<(u64, u64), &'static File>>> = OnceLock::new();
    let mut open = OPEN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let about = std::fs::metadata(path).ok()?;
    let which = (about.dev(), about.ino());
    if let Some(file) = open.get(&which) {
        return Some(file);
    }
    let file: &'static File = Box::leak(Box::new(File::open(path).ok()?));
    open.insert(which, file);
    Some(file)
}
