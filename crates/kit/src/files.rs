//! Files that only their owner can read. Everything we store contains personal data: databases, their copies,
//! email, and the key.
//!
//! The program sets the file mode mask at its start ([`keep_private`]), so that no file is readable by others even
//! for a moment, including files that libraries create. Existing files are corrected with a warning ([`tighten`]).

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::Mode;

use crate::errors::{Fault, Result};

/// The mode bits that grant access to anyone except the owner.
const OTHERS: u32 = 0o077;
const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;

/// Makes every file and folder that this process creates from now on accessible to its owner alone. Called once,
/// before any file is created.
pub fn keep_private() {
    rustix::process::umask(Mode::from_raw_mode(OTHERS));
}

/// Returns the mode of a file or folder if others have access to it; `None` if they have not, or if it does not
/// exist.
pub fn loose_mode(path: &Path) -> Option<u32> {
    let mode = std::fs::metadata(path).ok()?.mode() & 0o7777;
    (mode & OTHERS != 0).then_some(mode)
}

/// Creates a folder with its parents, accessible to its owner alone. Leaves an existing folder unchanged.
///
/// # Errors
/// Returns a fault that names the folder if it cannot be created.
pub fn private_folder(folder: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(FOLDER).create(folder);
    made.map_err(|e| Fault::because(format!("folder {}: {e}", folder.display())))
}

/// Creates the folder that contains a file.
///
/// # Errors
/// See [`private_folder`].
pub fn private_folder_of(file: &Path) -> Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => private_folder(folder),
        _ => Ok(()),
    }
}

/// Creates a new file that only its owner may read and write.
///
/// # Errors
/// Returns a fault that names the file if it exists or cannot be created.
pub fn create_private(path: &Path) -> Result<File> {
    let made = OpenOptions::new().read(true).write(true).create_new(true).mode(FILE).open(path);
    made.map_err(|e| Fault::because(format!("{}: {e}", path.display())))
}

/// Creates an empty file for its owner alone if none exists, for a library that opens it afterwards. SQLite gives
/// its companion files the same mode.
///
/// # Errors
/// Returns a fault that names the file if it cannot be created.
pub fn make_private(path: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(FILE).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Fault::because(format!("{}: {error} (DATABASE_URL)", path.display())))
        }
        _ => Ok(()),
    }
}

/// Removes the access of others to a file or folder, and logs a warning that they had it until now.
pub fn tighten(path: &Path) {
    let Some(mode) = loose_mode(path) else { return };
    let tight = if path.is_dir() { FOLDER } else { FILE };
    let (file, mode) = (path.display(), format!("{mode:04o}"));
    match std::fs::set_permissions(path, Permissions::from_mode(tight)) {
        Ok(()) => {
            tracing::warn!(%file, mode, "was readable by others: now only its owner can read it")
        }
        Err(error) => {
            tracing::warn!(%file, mode, %error, "readable by others, and its permissions could not be changed")
        }
    }
}

/// Tightens a folder and everything in it, to any depth.
pub fn tighten_all(folder: &Path) {
    tighten(folder);
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => tighten_all(&entry.path()),
            Ok(kind) if kind.is_file() => tighten(&entry.path()),
            // Links are skipped, because their targets do not belong to us.
            _ => {}
        }
    }
}
