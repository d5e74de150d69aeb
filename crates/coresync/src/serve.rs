//! Serving: opening the program from its configuration, running it, and stopping it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kit::config::Config;
use kit::db::{Caches, Dependencies, Place, Width};
use kit::encryption::Encryptor;
use kit::errors::OrFault;
use kit::live::Live;
use kit::web::{Hosts, plain_http};
use kit::{AppState, Db, Fault, Result, files, jobs};
use messages::Post;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::{app, connections, demo, reactions};

/// The number of job runners. Each runs up to eight jobs at once, so that a slow mail server does not delay other jobs.
const RUNNERS: usize = 4;

/// The number of notification senders. Each sends up to eight at once.
const SENDERS: usize = 2;

/// How often recorded metrics are aggregated.
const FIGURES: Duration = Duration::from_secs(5);

/// Opens the program: checks file permissions and the key file, migrates the database, and leases a node number.
///
/// # Errors
/// Returns a fault if the database can't be reached or migrated, or if the key file does not belong to it.
pub async fn open(config: Config) -> Result<AppState> {
    keep_to_ourselves(&config)?;
    let key_file = config.key_file();
    let is_new_key = !key_file.exists();
    let db = connect(&config).await?;
    let migrated = db.migrate().await?;
    if migrated.applied > 0 {
        tracing::info!(applied = migrated.applied, total = migrated.total, "the database is up to date");
    }
    if let Err(error) = db.check_key().await {
        if is_new_key {
            // The key file was created a moment ago and belongs to no database.
            let _ = std::fs::remove_file(&key_file);
        }
        return Err(error);
    }
    db.join().await?;
    let indexed = people::index_people(&db).await?;
    if indexed > 0 {
        tracing::info!(people = indexed, "the search index of people is up to date");
    }
    Ok(AppState { db, config: Arc::new(config) })
}

/// Opens an existing database without creating or changing anything.
///
/// # Errors
/// Returns a fault if the database can't be reached, if there is no key file, or if the key file does not belong to the
/// database.
pub async fn open_to_read(config: Config) -> Result<AppState> {
    let key_file = config.key_file();
    if !key_file.exists() {
        return Err(Fault::because(format!(
            "key file {}: not found, so encrypted data can’t be read (CORESYNC_KEY_FILE)",
            key_file.display()
        )));
    }
    let db = connect(&config).await?;
    db.compare_key().await?;
    Ok(AppState { db, config: Arc::new(config) })
}

async fn connect(config: &Config) -> Result<Db> {
    let dependencies = Dependencies {
        clock: config.clock(),
        live: Live::default(),
        encryptor: Encryptor::from_file(&config.key_file())?,
        caches: Caches::default(),
    };
    let width = Width { postgres: config.postgres_connections, ..Width::default() };
    Db::open(Place::parse(&config.database_url())?, dependencies, width).await
}

/// Makes the data folder and its files accessible to their owner alone, because they contain personal data. The
/// permissions of the key file are not corrected but refused: anyone who has read it can decrypt what it protects.
fn keep_to_ourselves(config: &Config) -> Result<()> {
    files::private_folder(&config.data)
        .map_err(|error| Fault::because(format!("{error} (CORESYNC_DATA is the data folder)")))?;
    files::tighten(&config.data);
    files::tighten_all(&config.data.join("mail"));
    if let Place::Sqlite(path) = Place::parse(&config.database_url())? {
        for beside in ["", "-wal", "-shm", "-journal"] {
            let mut name = path.as_os_str().to_owned();
            name.push(beside);
            files::tighten(Path::new(&name));
        }
        warn_of_folder(config, &path);
    }
    Ok(())
}

/// Logs a warning if others have access to the folder of a database outside the data folder. The folder is left as it
/// is, because other programs may need it.
fn warn_of_folder(config: &Config, database: &Path) {
    let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return };
    let is_ours = match (folder.canonicalize(), config.data.canonicalize()) {
        (Ok(folder), Ok(data)) => folder.starts_with(data),
        _ => folder.starts_with(&config.data),
    };
    let Some(mode) = files::loose_mode(folder).filter(|_| !is_ours) else { return };
    let (folder, mode) = (folder.display(), format!("{mode:04o}"));
    tracing::warn!(%folder, mode, "others have access to the folder of the database; if nothing else needs that: chmod 700 {folder}");
}

/// Opens the program, runs `work`, and closes the program however `work` ended.
///
/// # Errors
/// Returns the error of `work`, or a fault if the program can't be opened or closed.
pub async fn within<F: Future<Output = Result<()>>>(
    config: Config,
    work: impl FnOnce(AppState) -> F,
) -> Result<()> {
    let app = open(config).await?;
    let ended = work(app.clone()).await;
    let left = app.db.leave().await;
    ended.and(left)
}

/// Serves until the process is asked to stop (SIGTERM or SIGINT), and then finishes the requests in progress.
///
/// # Errors
/// Returns a fault if the program can't be opened or the address is taken.
pub async fn serve(config: Config, with_demo: bool) -> Result<()> {
    let begun = Instant::now();
    let figures = PrometheusBuilder::new().install_recorder().or_fault()?;
    let address = config.addr;
    let listener = connections::listen(address)
        .map_err(|e| Fault::because(format!("address {address}: {e} (CORESYNC_ADDR)")))?;
    within(config, |app| serve_on(listener, app, with_demo, figures, begun)).await
}

async fn serve_on(
    listener: TcpListener,
    app: AppState,
    with_demo: bool,
    figures: PrometheusHandle,
    begun: Instant,
) -> Result<()> {
    if with_demo {
        demo::fill(&app).await?;
    } else {
        demo::refuse_in_production(&app).await?;
    }
    let post = Post::from_config(&app.config)?;
    let handlers = reactions::handlers(&app, &post);
    reactions::begin_rounds(&app).await?;
    let (stop, stopped) = watch::channel(false);
    let run = |_| tokio::spawn(jobs::run(app.db.clone(), handlers.clone(), stopped.clone()));
    let mut workers: Vec<_> = (0..RUNNERS).map(run).collect();
    let outbox = reactions::outbox(&app, &post);
    workers.extend((0..SENDERS).map(|_| tokio::spawn(outbox.clone().run(stopped.clone()))));

    let address = app.config.addr;
    let upkeep_figures = figures.clone();
    let pages = app::app(app.clone(), Some(figures)).for_hosts(Hosts::of(&app.config));
    if let Some(warning) = plain_http(&app.config) {
        tracing::warn!("{warning}");
    }
    tracing::info!(
        %address,
        url = app.config.public_url,
        database = app.db.engine_name(),
        millis = begun.elapsed().as_millis() as u64,
        "serving"
    );
    let tidying = tokio::spawn(tidy_figures(upkeep_figures));
    let rounds = tokio::spawn(keep_rounds(app.clone()));
    let limits = connections::ConnectionLimits::from_config(&app.config);
    let answering = tokio::spawn(connections::serve(listener, pages, limits, stopped));
    stop_requested().await;
    tracing::info!("stopping: finishing open requests");
    let _ = stop.send(true);
    answering.await.or_fault()?;
    tidying.abort();
    rounds.abort();
    for worker in workers {
        worker.await.or_fault()?;
    }
    tracing::info!("stopped");
    Ok(())
}

/// How often the recurring jobs are checked.
const ROUNDS: Duration = Duration::from_secs(30);

/// Makes sure that the recurring jobs are enqueued for a time that will come.
async fn keep_rounds(app: AppState) {
    loop {
        tokio::time::sleep(ROUNDS).await;
        if let Err(error) = reactions::begin_rounds(&app).await {
            tracing::error!(%error, "could not schedule the recurring jobs");
        }
    }
}

/// Aggregates metrics, so that they use no more memory while no one reads them.
async fn tidy_figures(figures: PrometheusHandle) {
    loop {
        tokio::time::sleep(FIGURES).await;
        figures.run_upkeep();
    }
}

async fn stop_requested() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("a handler for SIGTERM can be set");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
