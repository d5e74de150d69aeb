//! The small club of the tests with the whole program around it.

use kit::config::Config;
use messages::Post;
use testing::{House, NOW, Program};

/// Opens the small club with every route, job, and notification of the program.
#[allow(dead_code, reason = "not every test binary opens the club in every way")]
pub(crate) trait WholeProgram: Sized {
    /// Opens it at [`NOW`].
    async fn open() -> Self;

    /// Opens it at another time.
    async fn open_at(now: &str) -> Self;

    /// Opens it at a time and with a configuration.
    async fn open_with(now: &str, configure: impl FnOnce(Config) -> Config) -> Self;
}

impl WholeProgram for House {
    async fn open() -> House {
        House::open_at(NOW).await
    }

    async fn open_at(now: &str) -> House {
        House::open_with(now, |config| config).await
    }

    async fn open_with(now: &str, configure: impl FnOnce(Config) -> Config) -> House {
        House::open_around(now, configure, whole).await
    }
}

fn whole(house: &kit::House) -> Program {
    let post = Post::from_config(&house.config).expect("mail is kept in the folder");
    let outbox = coresync::reactions::outbox(house, &post);
    let handlers = coresync::reactions::handlers(house, &post);
    Program::new(coresync::app::app(house.clone(), None), handlers).delivering(move || {
        let outbox = outbox.clone();
        async move { outbox.deliver_due().await }
    })
}
