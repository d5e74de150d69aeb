//! What every scenario needs: the arguments, a folder, and the server to measure.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use kit::errors::OrFault as _;
use kit::{Fault, Result};
use tokio::runtime::Runtime;

use crate::arguments::Arguments;
use crate::load::{Load, Spell};

/// What every scenario needs.
pub(crate) struct Bench<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) runtime: Runtime,
    /// The folder in which everything is created.
    pub(crate) folder: PathBuf,
    server: PathBuf,
    /// The duration of a load.
    pub(crate) spell: Spell,
    /// The results of bare routes, by rooms and connections: measured once a run.
    pub(crate) bare: HashMap<(usize, usize), Load>,
}

impl<'a> Bench<'a> {
    /// Creates a folder for the run, and finds the server to measure.
    ///
    /// # Errors
    /// Returns a fault if the folder can't be created or the server can't be found or built.
    pub(crate) fn new(arguments: &'a Arguments) -> Result<Bench<'a>> {
        let root = arguments.dir.clone().unwrap_or_else(std::env::temp_dir);
        let folder = root.join(format!("coresync-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).or_fault()?;
        let millis =
            |quick: u64, whole: u64| Duration::from_millis(if arguments.quick { quick } else { whole });
        Ok(Bench {
            arguments,
            runtime: Runtime::new().or_fault()?,
            folder,
            server: server(arguments)?,
            spell: Spell { warm: millis(150, 1_000), measured: millis(500, 4_000) },
            bare: HashMap::new(),
        })
    }

    pub(crate) fn server(&self) -> &Path {
        &self.server
    }

    /// Returns `quick` in a quick run, otherwise `whole`.
    pub(crate) fn count(&self, quick: usize, whole: usize) -> usize {
        if self.arguments.quick { quick } else { whole }
    }
}

/// Returns the server to measure: the given one, or the one beside this program, which the same cargo builds first.
fn server(arguments: &Arguments) -> Result<PathBuf> {
    if let Some(server) = &arguments.server {
        return server.canonicalize().map_err(|e| Fault::because(format!("{}: {e}", server.display())));
    }
    if let Some(cargo) = &arguments.cargo {
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--release", "-p", "coresync"])
            .status()
            .or_fault()?;
        if !built.success() {
            return Err(Fault::because("the server could not be built"));
        }
    }
    let server = std::env::current_exe().or_fault()?.with_file_name("coresync");
    if !server.exists() {
        return Err(Fault::because(
            "build the server first (cargo build --release), or name it with --server",
        ));
    }
    Ok(server)
}
