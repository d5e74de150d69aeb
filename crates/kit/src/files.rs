//! Files that are their owner's alone. Everything that is kept names people: databases, copies of them, mail, the key.
//!
//! The program sets the mask of new files at its start ([`keep_private`]), so that nothing is ever readable by others, not even for a
//! moment and not what a library makes. What stands from before is set right with a warning ([`tighten`]).

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::Mode;

use crate::errors::{Fault, Result};

/// The bits of a mode that let somebody else in.
const OTHERS: u32 = 0o077;
const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;

/// Has every file and folder that this process makes from here on be its owner's alone. Called once, before anything is made.
pub fn keep_private() {
    rustix::process::umask(Mode::from_raw_mode(OTHERS));
}

/// The mode of a file or folder if others may read or write it; `None` if not, or if there is none.
pub fn loose_mode(path: &Path) -> Option<u32> {
    let mode = std::fs::metadata(path).ok()?.mode() & 0o7777;
    (mode & OTHERS != 0).then_some(mode)
}

/// Makes a folder, with those above it, for its owner alone; one that stands is left as it is.
///
/// # Errors
/// A fault that names the folder if it can't be made.
pub fn private_folder(folder: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(FOLDER).create(folder);
    made.map_err(|e| Fault::because(format!("folder {}: {e}", folder.display())))
}

/// Makes the folder of a file.
///
/// # Errors
/// See [`private_folder`].
pub fn private_folder_of(file: &Path) -> Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => private_folder(folder),
        _ => Ok(()),
    }
}

/// Makes a new file that its owner alone may read and write.
///
/// # Errors
/// A fault that names the file if it exists or can't be made.
pub fn create_private(path: &Path) -> Result<File> {
    let made = OpenOptions::new().read(true).write(true).create_new(true).mode(FILE).open(path);
    made.map_err(|e| Fault::because(format!("{}: {e}", path.display())))
}

/// Makes an empty file for its owner alone where there is none, for a library that opens it afterwards. What SQLite puts beside it
/// has the same mode.
///
/// # Errors
/// A fault that names the file if it can't be made.
pub fn make_private(path: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(FILE).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Fault::because(format!("{}: {error} (DATABASE_URL)", path.display())))
        }
        _ => Ok(()),
    }
}

/// Takes a file or folder that others may read away from them, and warns that they could until now.
pub fn tighten(path: &Path) {
    let Some(mode) = loose_mode(path) else { return };
    let tight = if path.is_dir() { FOLDER } else { FILE };
    let (file, mode) = (path.display(), format!("{mode:04o}"));
    match std::fs::set_permissions(path, Permissions::from_mode(tight)) {
        Ok(()) => {
            tracing::warn!(%file, mode, "others could read this until now; its owner alone can from here on")
        }
        Err(error) => {
            tracing::warn!(%file, mode, %error, "others can read this, and that can't be changed by us")
        }
    }
}

/// Tightens everything in a folder, to any depth, and the folder itself.
pub fn tighten_all(folder: &Path) {
    tighten(folder);
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => tighten_all(&entry.path()),
            Ok(kind) if kind.is_file() => tighten(&entry.path()),
            // What a link leads to is not ours.
            _ => {}
        }
    }
}
