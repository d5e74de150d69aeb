//! Detects with one small read whether any process has committed to a SQLite file since an earlier read. The header
//! of the WAL index (`…-shm`; <https://sqlite.org/walformat.html>, section 2.1) is written at the end of every
//! commit, before the commit is reported. It holds a transaction counter, the length of the log, and the checksum
//! of its last page.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The size in bytes of both copies of the header. A read that overlaps a write yields bytes that never occurred
/// before, and so counts as a change.
const HEAD: usize = 96;

/// The offset of the number of pages in the header, stored in the machine's byte order.
const LENGTH: usize = 16;

/// A marker that identifies the last commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitMarker([u8; HEAD]);

/// Reads the commit markers of one database.
pub(super) struct Marks {
    path: PathBuf,
    index: OnceLock<Option<&'static File>>,
}

impl Marks {
    /// Returns the reader for the database in this file.
    pub(super) fn of(path: &Path) -> Marks {
        let mut name = path.as_os_str().to_owned();
        name.push("-shm");
        Marks { path: PathBuf::from(name), index: OnceLock::new() }
    }

    /// Returns the number of pages in the write-ahead log; `None` if it cannot be read.
    pub(super) fn log_length(&self) -> Option<u32> {
        let CommitMarker(head) = self.read()?;
        head.get(LENGTH..).and_then(|rest| rest.first_chunk()).copied().map(u32::from_ne_bytes)
    }

    /// Reads the current marker; `None` if it cannot be read.
    pub(super) fn read(&self) -> Option<CommitMarker> {
        let index = (*self.index.get_or_init(|| open(&self.path)))?;
        let mut head = [0; HEAD];
        index.read_exact_at(&mut head, 0).ok()?;
        Some(CommitMarker(head))
    }
}

/// Opens an index file once for each inode and never closes it. When a process closes a file, it loses all its
/// POSIX locks on that file, and the locks on this file belong to SQLite.
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
