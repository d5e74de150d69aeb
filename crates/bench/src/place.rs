//! The databases of a run: created, copied, extended, and deleted at its end.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use coresync::serve;
use jiff::Timestamp;
use kit::config::Config;
use kit::errors::OrFault as _;
use kit::{AppState, Fault, Result, args, sql};
use tokio::runtime::Runtime;

use crate::calendar::{self, Span};
use crate::club::{self, Size};
use crate::process::{Process, free_addr};

/// The database engine that is measured.
#[derive(Debug, Clone)]
pub(crate) enum Engine {
    Sqlite,
    /// The URL of a server on which databases may be created.
    Postgres(String),
}

impl Engine {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Engine::Sqlite => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }
}

/// A database with its data folder.
pub(crate) struct Place {
    engine: Engine,
    name: String,
    folder: PathBuf,
    keep: bool,
}

/// How long the program may take to close a database.
const PATIENCE: Duration = Duration::from_secs(10);

impl Place {
    /// Creates an empty database.
    pub(crate) fn new(engine: &Engine, root: &Path, name: &str, keep: bool) -> Result<Place> {
        let place = Place::named(engine, root, name, keep)?;
        if let Engine::Postgres(url) = engine {
            execute(url, &format!("CREATE DATABASE {}", place.name))?;
        }
        Ok(place)
    }

    fn named(engine: &Engine, root: &Path, name: &str, keep: bool) -> Result<Place> {
        let folder = root.join(engine.name()).join(name);
        std::fs::create_dir_all(&folder).or_fault()?;
        Ok(Place {
            engine: engine.clone(),
            name: format!("bench_{}_{name}", std::process::id()),
            folder,
            keep,
        })
    }

    /// Copies the database under another name. No one may have it open.
    pub(crate) fn copy(&self, root: &Path, name: &str) -> Result<Place> {
        let copy = Place::named(&self.engine, root, name, self.keep)?;
        std::fs::copy(self.folder.join("club.key"), copy.folder.join("club.key")).or_fault()?;
        match &self.engine {
            Engine::Sqlite => {
                let conn = rusqlite::Connection::open(self.file()).or_fault()?;
                conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).or_fault()?;
                std::fs::copy(self.file(), copy.file()).map(drop).or_fault()?;
            }
            Engine::Postgres(url) => {
                let text = format!("CREATE DATABASE {} TEMPLATE {}", copy.name, self.name);
                let begun = Instant::now();
                // Connections of a closed club end a moment later.
                while let Err(error) = execute(url, &text) {
                    if begun.elapsed() > PATIENCE {
                        return Err(error);
                    }
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
        }
        Ok(copy)
    }

    fn file(&self) -> PathBuf {
        self.folder.join("club.db")
    }

    /// Creates a folder on the same disk, for the measurements of a floor.
    pub(crate) fn scratch(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder).or_fault()?;
        Ok(folder)
    }

    /// Returns the URL of the database.
    pub(crate) fn url(&self) -> String {
        match &self.engine {
            Engine::Sqlite => format!("sqlite:{}", self.file().display()),
            Engine::Postgres(url) => {
                let (before, query) = url.split_once('?').map_or((url.as_str(), None), |(a, b)| (a, Some(b)));
                let server = before.rsplit_once('/').map_or(before, |(server, _)| server);
                format!(
                    "{server}/{}{}",
                    self.name,
                    query.map(|query| format!("?{query}")).unwrap_or_default()
                )
            }
        }
    }

    /// Opens the club of this database in this process, runs `work`, and closes it again.
    pub(crate) fn with<T>(
        &self,
        runtime: &Runtime,
        work: impl AsyncFnOnce(&AppState) -> Result<T>,
    ) -> Result<T> {
        let config =
            Config { data: self.folder.clone(), database_url: Some(self.url()), ..Config::default() };
        runtime.block_on(async {
            let app = serve::open(config).await?;
            let done = work(&app).await;
            app.db.leave().await?;
            done
        })
    }

    /// Creates a club and fills its calendar. Returns the ids of the past bookings, and the number of all bookings.
    pub(crate) fn fill(&self, runtime: &Runtime, size: Size, behind: i64) -> Result<(Span, usize)> {
        self.with(runtime, async |app| {
            let guests = club::found(app, size).await?;
            calendar::fill(app, &guests, behind).await
        })
    }

    /// Brings the database into the state of one that has been in use: PostgreSQL has statistics of its tables, and
    /// SQLite's write-ahead log is empty.
    pub(crate) fn settle(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite => {
                let conn = rusqlite::Connection::open(self.file()).or_fault()?;
                conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).or_fault()
            }
            Engine::Postgres(_) => execute(&self.url(), "VACUUM ANALYZE"),
        }
    }

    /// Returns the size of the database in megabytes.
    pub(crate) fn megabytes(&self) -> Result<f64> {
        let bytes = match &self.engine {
            Engine::Sqlite => std::fs::metadata(self.file()).or_fault()?.len() as f64,
            Engine::Postgres(_) => {
                let mut client = postgres::Client::connect(&self.url(), postgres::NoTls).or_fault()?;
                let row = client.query_one("SELECT pg_database_size(current_database())", &[]).or_fault()?;
                row.get::<_, i64>(0) as f64
            }
        };
        Ok(bytes / 1e6)
    }

    /// Serves the database with the release binary in a process of its own. The server is ready when this returns.
    pub(crate) fn serve(&self, server: &Path) -> Result<Process> {
        self.serve_at(server, None)
    }

    /// Returns the path of the server's log.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Serves the database with a clock that begins at another moment.
    pub(crate) fn serve_at(&self, server: &Path, now: Option<Timestamp>) -> Result<Process> {
        let addr = free_addr()?;
        let mut command = Command::new(server);
        command.arg("serve").current_dir(&self.folder);
        command.env("CORESYNC_ADDR", addr.to_string()).env("CORESYNC_DATA", &self.folder);
        command.env("DATABASE_URL", self.url()).env_remove("CORESYNC_CONFIG").env_remove("CORESYNC_NOW");
        if let Some(now) = now {
            command.env("CORESYNC_NOW", now.to_string());
        }
        // All guests share one address here, so the limits are off.
        for limit in ["READS", "WRITES", "VISITOR_WRITES"] {
            command.env(format!("CORESYNC_{limit}_PER_MINUTE"), "0");
        }
        command.env("CORESYNC_MAX_CONNECTIONS_PER_ADDRESS", "0");
        // Members connect before an evening opens, and send no request earlier.
        command.env("CORESYNC_FIRST_REQUEST_SECONDS", "120");
        Process::start(&mut command, addr, "/ready/", &self.log())
    }

    /// Returns the number of bookings, and how many allocations overlap an earlier one of the same resource. The rooms
    /// of the bench take one booking at a time, as do technicians, equipment, and guests.
    pub(crate) fn overlaps(&self, runtime: &Runtime) -> Result<(i64, u64)> {
        self.with(runtime, async |app| {
            app.db
                .view(|tx| {
                    let bookings: Option<(i64,)> = tx.one(sql!("SELECT COUNT(*) FROM bookings"), args![])?;
                    let (mut overlaps, mut before) = (0, (0, 0));
                    tx.each(
                        sql!(
                            "SELECT resource_id, from_cell, to_cell FROM allocations WHERE live
                             ORDER BY resource_id, from_cell, to_cell"
                        ),
                        args![],
                        |row| {
                            let (resource, from, to): (i64, i64, i64) =
                                (row.get(0)?, row.get(1)?, row.get(2)?);
                            if resource == before.0 && from < before.1 {
                                overlaps += 1;
                            }
                            before = (resource, if resource == before.0 { to.max(before.1) } else { to });
                            Ok(())
                        },
                    )?;
                    Ok((bookings.map_or(0, |(count,)| count), overlaps))
                })
                .await
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.keep {
            return;
        }
        // What can't be deleted stays. The run is over anyway.
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Engine::Postgres(url) = &self.engine {
            let _ = execute(url, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

fn execute(url: &str, text: &str) -> Result<()> {
    let mut client = postgres::Client::connect(url, postgres::NoTls).or_fault()?;
    client.batch_execute(text).map_err(|e| Fault::because(format!("{text}: {e:?}")))
}
