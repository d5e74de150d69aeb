//! The transport for email: a mail server, or a folder in which every email can be read.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use kit::config::Config;
use kit::errors::OrFault as _;
use kit::{Fault, Result};
use lettre::message::Mailbox;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::compose;
use crate::mail::Mail;

/// How long a mail server may take to accept an email, from connecting to its last reply.
const PATIENCE: Duration = Duration::from_secs(60);

/// The transport for email. Clones share their connections.
#[derive(Clone)]
pub struct Post {
    from: Mailbox,
    way: Way,
}

#[derive(Clone)]
enum Way {
    /// Sends to a server over pooled connections.
    Smtp(Arc<Server>),
    /// Writes into this folder.
    Folder(PathBuf),
}

/// A mail server. The timeout of the library covers connecting only, so the whole transfer has a limit of its own.
struct Server {
    patience: Duration,
    connections: Mutex<AsyncSmtpTransport<Tokio1Executor>>,
    fresh: Box<dyn Fn() -> AsyncSmtpTransport<Tokio1Executor> + Send + Sync>,
}

impl Server {
    async fn send(&self, message: lettre::Message) -> Result<()> {
        let mut conversation = Conversation { server: self, is_over: false };
        let transport =
            self.connections.lock().map_or_else(|_| (self.fresh)(), |connections| connections.clone());
        let sent = tokio::time::timeout(self.patience, transport.send(message)).await;
        conversation.is_over = sent.is_ok();
        match sent {
            Ok(sent) => sent.map(drop).or_fault(),
            Err(_) => Err(Fault::because(format!("the mail server took longer than {:?}", self.patience))),
        }
    }
}

/// A conversation with a mail server. If it is dropped before it is over (because of a timeout, or because its task
/// was aborted), its connection returns to the pool with unread replies. The next email would take them for its own
/// and count as sent. To prevent this, all connections of the pool are replaced.
struct Conversation<'s> {
    server: &'s Server,
    is_over: bool,
}

impl Drop for Conversation<'_> {
    fn drop(&mut self) {
        if !self.is_over
            && let Ok(mut connections) = self.server.connections.lock()
        {
            *connections = (self.server.fresh)();
        }
    }
}

impl Post {
    /// Builds the transport from `smtp_url` (`smtps://user:password@host:port`, or `smtp://…?tls=required`; plain
    /// `smtp://` only to this machine). Without it, email is written into the folder `mail` of the data folder.
    ///
    /// # Errors
    /// Returns a fault that says what is wrong with `smtp_url` or `mail_from`.
    pub fn from_config(config: &Config) -> Result<Post> {
        Post::with_patience(config, PATIENCE)
    }

    /// Like [`Post::from_config`], with a different time limit for the mail server.
    ///
    /// # Errors
    /// Returns the errors of [`Post::from_config`].
    pub fn with_patience(config: &Config, patience: Duration) -> Result<Post> {
        let from: Mailbox =
            config.mail_from.parse().map_err(|e| Fault::because(format!("CORESYNC_MAIL_FROM: {e}")))?;
        let way = match &config.smtp_url {
            None => Way::Folder(config.data.join("mail")),
            Some(url) => Way::Smtp(Arc::new(smtp(url, &from, patience)?)),
        };
        Ok(Post { from, way })
    }

    /// Sends an email. Returns how it was sent: `smtp` or `file`.
    ///
    /// # Errors
    /// Returns a fault if the email cannot be composed, is not accepted by the server, or cannot be written.
    pub(crate) async fn send(&self, mail: &Mail, now: Timestamp) -> Result<&'static str> {
        let message = compose::compose(mail, &self.from, now)?;
        match &self.way {
            Way::Smtp(server) => {
                server.send(message).await?;
                Ok("smtp")
            }
            Way::Folder(folder) => {
                // Sorted by name, the files are in the order in which they were written.
                let order = mail.key.as_deref().and_then(|key| key.split(' ').next()?.parse::<u64>().ok());
                let (at, order) = (now.strftime("%Y%m%dT%H%M%S%3fZ"), order.unwrap_or_default());
                let name = format!("{at}-{order:016}-{}.eml", compose::name(mail)?);
                let (folder, bytes) = (folder.clone(), message.formatted());
                tokio::task::spawn_blocking(move || write_file(&folder, &name, &bytes))
                    .await
                    .or_fault()??;
                Ok("file")
            }
        }
    }
}

fn smtp(url: &str, from: &Mailbox, patience: Duration) -> Result<Server> {
    if !is_safe(url) {
        return Err(Fault::because(
            "CORESYNC_SMTP_URL: email to another machine must be encrypted: smtps://…, or smtp://…?tls=required",
        ));
    }
    // The error must not contain the address, which holds a password.
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|_| Fault::because("CORESYNC_SMTP_URL must look like smtps://user:password@host:port"))?;
    let name = ClientId::Domain(from.email.domain().to_owned());
    let builder = builder.hello_name(name).timeout(Some(patience));
    let fresh = Box::new(move || builder.clone().build());
    Ok(Server { patience, connections: Mutex::new(fresh()), fresh })
}

/// Returns whether the connection to the server is encrypted or stays on this machine.
fn is_safe(url: &str) -> bool {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_loopback_host =
        name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    scheme == "smtps"
        || (scheme == "smtp" && (is_loopback_host || query.split('&').any(|pair| pair == "tls=required")))
}

/// Writes the file under a temporary name first, so that readers only ever see it complete.
fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    std::fs::create_dir_all(folder).or_fault()?;
    let unfinished = folder.join(format!(".{name}"));
    std::fs::write(&unfinished, bytes).or_fault()?;
    std::fs::rename(&unfinished, folder.join(name)).or_fault()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_smtp_password_is_never_sent_unencrypted() {
        for good in [
            "smtp://localhost:2525",
            "smtp://user:p%40ss@127.0.0.1:2525",
            "smtp://[::1]:2525",
            "smtps://user:pass@mail.example.com",
            "smtp://user:pass@mail.example.com:587?tls=required",
        ] {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
            "smtp://mail.example.com",
            "smtp://localhost@mail.example.com",
            "smtp://localhost.example.com",
            "smtp://mail.example.com:587?tls=opportunistic",
            "http://localhost",
            "localhost:25",
        ] {
            assert!(!is_safe(bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn an_invalid_mail_configuration_is_rejected_at_once() {
        let with = |url: &str| Config { smtp_url: Some(url.to_owned()), ..Config::default() };
        assert!(Post::from_config(&with("smtps://user:pass@mail.example.com:465")).is_ok());
        assert!(Post::from_config(&with("smtp://user:secret@mail.example.com")).is_err());
        let Err(error) = Post::from_config(&with("smtps://user:secret@mail.example.com:port")) else {
            panic!("it was taken")
        };
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(Post::from_config(&Config { mail_from: "nobody".to_owned(), ..Config::default() }).is_err());
    }
}
