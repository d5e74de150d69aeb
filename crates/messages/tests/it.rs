//! Tests of sending email: from a job to the folder, and to a server that refuses at first.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kit::config::Config;
use kit::jobs::{Handlers, run_due};
use kit::testing::TestDb;
use kit::{AppState, args, sql};
use messages::calendar::{Event, Party, ics};
use messages::{Mail, Post, deliver};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

fn now() -> Timestamp {
    "2026-11-24T17:00:00Z".parse().expect("a time")
}

async fn app(smtp_url: Option<String>) -> (TestDb, AppState) {
    let test = TestDb::open(now()).await;
    let config = Config { data: test.folder().to_owned(), smtp_url, ..Config::default() };
    let app = AppState { db: test.db.clone(), config: Arc::new(config) };
    (test, app)
}

fn mail() -> Mail {
    let event = Event {
        uid: "booking-17@demo.coresync.test".to_owned(),
        sequence: 0,
        starts_at: "2026-11-27T18:00:00Z".parse().expect("a time"),
        ends_at: "2026-11-27T19:00:00Z".parse().expect("a time"),
        stamped_at: now(),
        summary: "Massage".to_owned(),
        location: "Mensuite".to_owned(),
        description: "Гарячий камінь 🔥".to_owned(),
        cancelled: false,
        organizer: Party { name: "The Club".to_owned(), email: "hello@demo.coresync.test".to_owned() },
        attendee: Party { name: "Anna Ko".to_owned(), email: "anna@example.com".to_owned() },
    };
    Mail {
        to: "Anna Ko <anna@example.com>".to_owned(),
        subject: "Your visit on Friday".to_owned(),
        text: "See you on Friday.\n.\nA line with a dot alone.".to_owned(),
        html: Some("<p>See you on Friday.</p>".to_owned()),
        calendar: Some(ics(&[event])),
        unsubscribe: None,
        key: None,
    }
}

async fn logged(app: &AppState) -> Vec<(String, String, Timestamp, String)> {
    let log = app.db.view(|tx| tx.all(sql!("SELECT to_address, subject, sent_at, how FROM mails"), args![]));
    log.await.expect("the log")
}

#[tokio::test]
async fn a_queued_email_is_written_to_the_mail_folder_without_smtp() {
    let (test, app) = app(None).await;
    let post = Post::from_config(&app.config).expect("a post");
    app.db.tx(|tx| tx.enqueue(&mail(), tx.now())).await.expect("a job");
    let (at, by) = (app.clone(), post.clone());
    let handlers = Handlers::default().on(move |_, mail: Mail| {
        let (app, post) = (at.clone(), by.clone());
        async move { deliver(&app, &post, mail).await }
    });
    run_due(&app.db, &handlers).await.expect("it was delivered");

    let files: Vec<_> = std::fs::read_dir(test.folder().join("mail"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
    assert!(name.starts_with("20261124T170000000Z-") && name.ends_with(".eml"), "{name}");
    let text = std::fs::read_to_string(file).expect("the mail");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    for line in ["To: \"Anna Ko\" <anna@example.com>", "Subject: Your visit on Friday", "MIME-Version: 1.0"] {
        assert!(head.contains(line), "{head}");
    }
    let boundary =
        head.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a boundary");
    // The split yields the text before the first boundary, the two parts, and the end.
    assert_eq!(body.split(&format!("--{boundary}")).count(), 4, "{body}");
    assert!(body.contains("See you on Friday.") && body.contains("METHOD:REQUEST"), "{body}");

    let log = logged(&app).await;
    let [(to, subject, sent_at, how)] = log.as_slice() else { panic!("{log:?}") };
    assert_eq!((to.as_str(), subject.as_str()), ("Anna Ko <anna@example.com>", "Your visit on Friday"));
    assert_eq!((*sent_at, how.as_str()), (now(), "file"));
}

#[tokio::test]
async fn a_retry_reaches_the_server_with_the_same_message_id() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let server = tokio::spawn(async move {
        let mut taken = Vec::new();
        for refuses in [true, false] {
            let (stream, _) = listener.accept().await.expect("a client");
            taken.push(converse(stream, refuses).await);
        }
        taken
    });
    let (_test, app) = app(Some(format!("smtp://127.0.0.1:{port}"))).await;
    let post = Post::from_config(&app.config).expect("a post");
    assert!(deliver(&app, &post, mail()).await.is_err());
    assert!(logged(&app).await.is_empty());
    let again = Post::from_config(&app.config).expect("a post");
    deliver(&app, &again, mail()).await.expect("it was taken");
    drop((post, again));

    let taken = server.await.expect("the server ends");
    let id =
        |message: &str| message.lines().find(|line| line.starts_with("Message-ID: <")).map(str::to_owned);
    assert!(id(&taken[0]).is_some());
    assert_eq!(id(&taken[0]), id(&taken[1]));
    assert!(taken[1].contains("RCPT TO:<anna@example.com>") && taken[1].contains("\n..\r\n"), "{}", taken[1]);
    assert_eq!(logged(&app).await.len(), 1);
}

/// Late replies to an aborted conversation must not be taken for the replies to the next email.
#[tokio::test]
async fn an_aborted_smtp_conversation_is_not_continued() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (has_sender, sender_came) = oneshot::channel();
    let (give_up, gave_up) = oneshot::channel();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let mut first = BufReader::new(stream);
        first.write_all(b"220 mail.test\r\n").await.expect("a client that reads");
        let mut line = String::new();
        while !line.starts_with("MAIL") {
            line.clear();
            first.read_line(&mut line).await.expect("a line");
            if !line.starts_with("MAIL") {
                first.write_all(b"250 ok\r\n").await.expect("a client that reads");
            }
        }
        has_sender.send(()).expect("a test that waits");
        gave_up.await.expect("a test that goes on");
        // A late reply to MAIL, which a client that still used this connection would read.
        let _ = first.write_all(b"250 ok\r\n").await;
        let (stream, _) = listener.accept().await.expect("a second client");
        converse(stream, false).await
    });
    let (_test, app) = app(Some(format!("smtp://127.0.0.1:{port}"))).await;
    let post = Post::from_config(&app.config).expect("a post");
    let (at, by) = (app.clone(), post.clone());
    let first = tokio::spawn(async move { deliver(&at, &by, mail()).await });
    sender_came.await.expect("the server hears the sender");
    first.abort();
    assert!(first.await.is_err_and(|error| error.is_cancelled()));
    give_up.send(()).expect("a server that waits");
    tokio::time::timeout(Duration::from_secs(20), deliver(&app, &post, mail()))
        .await
        .expect("the second email does not wait for the first connection")
        .expect("it was taken");
    drop(post);
    assert!(server.await.expect("the server ends").contains("Subject: Your visit on Friday"));
    assert_eq!(logged(&app).await.len(), 1);
}

/// A mail server for one connection that accepts the email or defers it. Returns everything that the client sent.
async fn converse(stream: TcpStream, refuses: bool) -> String {
    let mut stream = BufReader::new(stream);
    let mut received = String::new();
    let mut in_mail = false;
    stream.write_all(b"220 mail.test\r\n").await.expect("a client that reads");
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return received;
        }
        received.push_str(&line);
        let verdict: &[u8] = if refuses { b"451 later\r\n" } else { b"250 taken\r\n" };
        let answer: &[u8] = match line.trim_end() {
            "." if in_mail => verdict,
            _ if in_mail => continue,
            "DATA" => b"354 go on\r\n",
            _ => b"250 ok\r\n",
        };
        in_mail = line.trim_end() == "DATA";
        if stream.write_all(answer).await.is_err() || line.starts_with("QUIT") {
            return received;
        }
    }
}
