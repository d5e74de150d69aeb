//! Files are accessible to their owner only: every file that the program creates, whatever umask it is started with.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::commands::{Folder, copy_demo_club, run, run_with_open_umask};
use super::run_alone;
use super::server::Server;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Returns every file and folder beneath, except the log that the test itself writes.
fn all_beneath(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            all.extend(all_beneath(&entry));
        } else if entry.file_name().unwrap() != "log" {
            all.push(entry);
        }
    }
    all
}

fn check_all(folder: &Path) {
    for path in all_beneath(folder) {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
}

#[tokio::test]
async fn every_file_is_accessible_only_to_its_owner() {
    let _alone = run_alone().await;
    let fresh = Folder::new();
    run_with_open_umask(&fresh, &fresh.sqlite("deep/down/club.db"), "migrate").expect_success();
    assert!(fresh.file("club.key").exists() && fresh.file("deep/down/club.db").exists());
    check_all(&fresh.0);
    let folder = Folder::new();
    let url = folder.sqlite("club.db");
    copy_demo_club(&folder).await;
    run_with_open_umask(&folder, &url, "restore club.backup").expect_success();
    std::fs::remove_file(folder.file("club.backup")).unwrap();
    let database: &[(&str, &str)] = &[("DATABASE_URL", &url)];
    let server = Server::start_in(&folder.0, "umask 000; exec", "", database).await;
    // An email is written into the folder.
    let client = reqwest::Client::new();
    let body = serde_json::json!({"email": "zoe@example.com", "password": "a-long-and-odd-password-77",
        "first_name": "Zoe", "last_name": "Bell"});
    let answer = client.post(format!("{}/api/auth/register/", server.base)).json(&body).send().await.unwrap();
    let status = answer.status().as_u16();
    assert!(status < 300, "{status}: {}", answer.text().await.unwrap());
    let begun = std::time::Instant::now();
    while !folder.file("mail").exists() || std::fs::read_dir(folder.file("mail")).unwrap().next().is_none() {
        assert!(begun.elapsed().as_secs() < 20, "no mail is written");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for name in ["club.db", "club.db-wal", "club.db-shm", "club.key"] {
        assert!(folder.file(name).exists(), "{name}");
    }
    check_all(&folder.0);
    run_with_open_umask(&folder, &url, "backup copy.backup").expect_success();
    run_with_open_umask(&folder, &folder.sqlite("restored.db"), "restore copy.backup").expect_success();
    check_all(&folder.0);
    server.kill();

    // The permissions of an earlier version's files are corrected at the start, with a warning.
    for path in all_beneath(&folder.0) {
        if path != folder.file("club.key") {
            set_mode(&path, if path.is_dir() { 0o755 } else { 0o644 });
        }
    }
    let server = Server::start_in(&folder.0, "umask 022; exec", "", database).await;
    for path in all_beneath(&folder.0) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("copy") && !name.starts_with("restored") {
            assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
        }
    }
    server.stop().await;
    let log = std::fs::read_to_string(folder.file("log")).unwrap();
    assert!(log.contains("was readable by others") && log.contains("0644"), "{log}");

    // A key file that others could read is refused, and the message says what to do.
    set_mode(&folder.file("club.key"), 0o644);
    for command in [&["migrate"][..], &["check"], &["serve"]] {
        let output = run(&folder, &url, command).expect_failure();
        assert!(output.contains(&format!("chmod 600 {}", folder.file("club.key").display())), "{output}");
    }
    set_mode(&folder.file("club.key"), 0o600);
    run(&folder, &url, &["check"]).expect_success();
}

/// Earlier backups that others can read are named when a new one is written, and so is the open folder of a database
/// outside the data folder at the start.
#[tokio::test]
async fn loose_backups_and_database_folders_are_warned_about() {
    let _alone = run_alone().await;
    let folder = Folder::new();
    let outside = Folder::new();
    let url = outside.sqlite("club.db");
    copy_demo_club(&folder).await;
    run(&folder, &url, &["restore", "club.backup"]).expect_success();
    std::fs::remove_file(folder.file("club.backup")).unwrap();
    std::fs::write(folder.file("notes.txt"), "not a database, however open").unwrap();
    set_mode(&folder.file("notes.txt"), 0o644);
    let output = run(&folder, &url, &["backup", "first.backup"]).expect_success();
    assert!(!output.contains("warning"), "{output}");
    set_mode(&folder.file("first.backup"), 0o644);
    let output = run(&folder, &url, &["backup", "second.backup"]).expect_success();
    let warnings: Vec<&str> = output.lines().filter(|line| line.contains("warning")).collect();
    assert!(
        matches!(warnings[..], [one] if one.contains("first.backup") && one.contains("chmod 600") && one.contains("0644")),
        "{output}"
    );
    assert_eq!(mode(&folder.file("first.backup")), 0o644, "it is only named");

    let database: &[(&str, &str)] = &[("DATABASE_URL", &url)];
    set_mode(&outside.0, 0o755);
    set_mode(&outside.file("club.db"), 0o640);
    let server = Server::start_in(&folder.0, "exec", "", database).await;
    assert_eq!((mode(&outside.0), mode(&outside.file("club.db"))), (0o755, 0o600));
    server.stop().await;
    let log = std::fs::read_to_string(folder.file("log")).unwrap();
    let advice = format!("chmod 700 {}", outside.0.display());
    assert!(log.contains(&advice) && log.contains("0755") && log.contains("0640"), "{log}");
    set_mode(&outside.0, 0o700);
    std::fs::write(folder.file("log"), "").unwrap();
    let server = Server::start_in(&folder.0, "exec", "", database).await;
    server.stop().await;
    let log = std::fs::read_to_string(folder.file("log")).unwrap();
    assert!(!log.contains("chmod 700"), "{log}");
}
