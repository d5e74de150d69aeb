//! Accounts and roles are created with the commands of the program.

use std::io::Write as _;
use std::process::Stdio;

use kit::config::Config;
use kit::testing::test_place;
use kit::{Db, args, sql};

use super::commands::{Folder, Output, command, run, set_up};
use super::run_alone;

const PASSWORD: &str = "seven-quiet-otters-row";

/// Runs the program with a line of standard input.
fn run_with_line(folder: &Folder, url: &str, arguments: &[&str], line: &str) -> Output {
    let mut command = command(folder, url, arguments);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // A command that refuses its arguments does not read the line.
    let _ = writeln!(child.stdin.take().unwrap(), "{line}");
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Output { is_success: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
}

/// Returns the roles of an account in the clubs, by its email address.
async fn roles_of(db: &Db, email: &'static str) -> Vec<String> {
    let roles = db.view(move |tx| {
        tx.all(
            sql!("SELECT r.role FROM club_roles r JOIN people p ON p.id = r.person_id WHERE p.email = $1"),
            args![email],
        )
    });
    let roles: Vec<(String,)> = roles.await.unwrap();
    roles.into_iter().map(|(role,)| role).collect()
}

/// Returns what the audit log recorded of the system about people, in order of names.
async fn audited(db: &Db) -> Vec<String> {
    let rows = db.view(|tx| {
        tx.all(
            sql!(
                "SELECT a.what FROM audit a JOIN people p ON p.id = a.subject_id WHERE a.who IS NULL AND
                 a.subject = 'person' AND p.email = 'ola@example.com' ORDER BY a.what"
            ),
            args![],
        )
    });
    let rows: Vec<(String,)> = rows.await.unwrap();
    rows.into_iter().map(|(what,)| what).collect()
}

/// The first owner of a club (S174).
#[tokio::test]
async fn the_first_owner_is_created_by_a_command() {
    let _alone = run_alone().await;
    let (folder, place) = (Folder::new(), test_place());
    set_up(&folder, &place.url).await;
    let create = |email, role, password| {
        let arguments = ["user", "create", "--email", email, "--first-name", "Ola", "--role", role];
        run_with_line(&folder, &place.url, &arguments, password)
    };
    let output = create("ola@example.com", "queen", PASSWORD).expect_failure();
    assert!(output.contains("front_desk, manager, or owner"), "{output}");
    let output = create("ola@example.com", "owner", "password").expect_failure();
    assert!(output.to_lowercase().contains("password"), "{output}");
    create("not an address", "owner", PASSWORD).expect_failure();
    let config =
        Config { data: folder.0.clone(), database_url: Some(place.url.clone()), ..Config::default() };
    let db = coresync::serve::open_to_read(config).await.unwrap().db;
    assert_eq!(roles_of(&db, "ola@example.com").await, Vec::<String>::new());
    let output = create("ola@example.com", "owner", PASSWORD).expect_success();
    assert!(output.contains("ola@example.com can sign in as owner."), "{output}");
    assert_eq!(roles_of(&db, "ola@example.com").await, ["owner"]);
    assert_eq!(audited(&db).await, ["role_changed", "signed_up"]);
    // The address is taken now.
    create("Ola@Example.com", "owner", PASSWORD).expect_failure();

    let appoint = |email, role| run(&folder, &place.url, &["user", "role", "--email", email, "--role", role]);
    appoint("nobody@example.com", "manager").expect_failure();
    appoint("ola@example.com", "queen").expect_failure();
    appoint("ola@example.com", "manager").expect_success();
    assert_eq!(roles_of(&db, "ola@example.com").await, ["manager"]);
    let _ = std::fs::remove_dir_all(&place.folder);
}
