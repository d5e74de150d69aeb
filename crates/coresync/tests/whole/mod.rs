//! The test club with the whole program around it.

use kit::config::Config;
use messages::Post;
use testing::{NOW, Program, TestClub};

/// Opens the test club with all routes, jobs, and notifications of the program.
#[allow(dead_code, reason = "not every test binary opens the club in every way")]
pub(crate) trait WholeProgram: Sized {
    /// Opens the club at [`NOW`].
    async fn open() -> Self;

    /// Opens the club at another time.
    async fn open_at(now: &str) -> Self;

    /// Opens the club at a time and with a configuration.
    async fn open_with(now: &str, configure: impl FnOnce(Config) -> Config) -> Self;
}

impl WholeProgram for TestClub {
    async fn open() -> TestClub {
        TestClub::open_at(NOW).await
    }

    async fn open_at(now: &str) -> TestClub {
        TestClub::open_with(now, |config| config).await
    }

    async fn open_with(now: &str, configure: impl FnOnce(Config) -> Config) -> TestClub {
        TestClub::open_around(now, configure, whole).await
    }
}

fn whole(app: &kit::AppState) -> Program {
    let post = Post::from_config(&app.config).expect("mail is kept in the folder");
    let outbox = coresync::reactions::outbox(app, &post);
    let handlers = coresync::reactions::handlers(app, &post);
    Program::new(coresync::app::app(app.clone(), None), handlers).delivering(move || {
        let outbox = outbox.clone();
        async move { outbox.deliver_due().await }
    })
}
