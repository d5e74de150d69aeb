//! Runs the commands that exit by themselves, as a person would, and provides a whole demonstration club for them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use coresync::{demo, serve};
use kit::config::Config;
use kit::db::{self, Place};

use super::club::write_key;

/// A temporary folder that is deleted when it is dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("coresync_ops_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        kit::files::private_folder(&folder).unwrap();
        Folder(folder)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Returns the URL of an SQLite database in the folder.
    pub(crate) fn sqlite(&self, name: &str) -> String {
        format!("sqlite:{}", self.file(name).display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The output of a command, and whether it succeeded.
pub(crate) struct Output {
    pub(crate) is_success: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Output {
    #[track_caller]
    pub(crate) fn expect_success(self) -> String {
        assert!(self.is_success, "{}{}", self.out, self.err);
        self.out
    }

    /// Expects a failure, and returns the output.
    #[track_caller]
    pub(crate) fn expect_failure(self) -> String {
        assert!(!self.is_success, "it should have failed: {}", self.out);
        format!("{}{}", self.out, self.err)
    }
}

/// Returns a command that runs the program with a data folder and a database.
pub(crate) fn command(folder: &Folder, url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coresync"));
    command
        .args(arguments)
        .current_dir(&folder.0)
        .env("CORESYNC_DATA", &folder.0)
        .env("CORESYNC_LOG", "warn")
        .env("DATABASE_URL", url)
        .env("CORESYNC_ADDR", "127.0.0.1:0")
        .stdin(Stdio::null());
    command
}

pub(crate) fn run(folder: &Folder, url: &str, arguments: &[&str]) -> Output {
    let output = command(folder, url, arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Output { is_success: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs the program from a shell with a umask that makes new files accessible to everyone.
pub(crate) fn run_with_open_umask(folder: &Folder, url: &str, arguments: &str) -> Output {
    let mut careless = Command::new("sh");
    careless.arg("-c").arg(format!("umask 000; exec {} {arguments}", env!("CARGO_BIN_EXE_coresync")));
    careless.current_dir(&folder.0).env("CORESYNC_DATA", &folder.0).env("DATABASE_URL", url);
    let output = careless.env("CORESYNC_LOG", "warn").stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Output { is_success: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
}

pub(crate) fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A backup of the demonstration club with checkpoints in its audit log, and its key. It is made once, because that
/// takes a while.
static CLUB: tokio::sync::OnceCell<(Vec<u8>, Vec<u8>)> = tokio::sync::OnceCell::const_new();

async fn build_demo_club() -> (Vec<u8>, Vec<u8>) {
    let folder = Folder::new();
    let url = folder.sqlite("club.db");
    let config = Config { data: folder.0.clone(), database_url: Some(url.clone()), ..Config::default() };
    let app = serve::open(config).await.unwrap();
    demo::fill(&app).await.unwrap();
    let noted = app.db.tx(|tx| {
        let system = people::Actor::system();
        people::note(tx, &system, people::AuditEvent::PeopleSearched, None, serde_json::json!({}))?;
        people::checkpoint(tx)
    });
    assert!(noted.await.unwrap() > 0);
    app.db.leave().await.unwrap();
    let backup = folder.file("club.backup");
    db::copy_into_file(app.db.place(), &backup).await.unwrap();
    (std::fs::read(&backup).unwrap(), std::fs::read(folder.file("club.key")).unwrap())
}

/// Writes the key of the demonstration club into a folder, and its backup beside it as `club.backup`.
pub(crate) async fn copy_demo_club(folder: &Folder) {
    let (backup, key) = CLUB.get_or_init(build_demo_club).await;
    write_key(&folder.0, key);
    std::fs::write(folder.file("club.backup"), backup).unwrap();
}

/// Restores the demonstration club into a database, with its key in the folder.
pub(crate) async fn set_up(folder: &Folder, url: &str) {
    copy_demo_club(folder).await;
    db::copy_out_of_file(&folder.file("club.backup"), &Place::parse(url).unwrap()).await.unwrap();
    std::fs::remove_file(folder.file("club.backup")).unwrap();
}
