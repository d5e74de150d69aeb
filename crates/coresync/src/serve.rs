//! Serving: from a configuration to a program that answers, and back to silence.

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

/// How many take jobs, each up to eight at once: a slow mail server does not hold up the others.
const RUNNERS: usize = 4;

/// How many send notifications, each up to eight at once.
const SENDERS: usize = 2;

/// How long single measurements lie before they are added up.
const FIGURES: Duration = Duration::from_secs(5);

/// Opens the program that a configuration describes: database up to date, node number leased.
///
/// # Errors
/// A fault if something can't be reached or made.
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
            // It was made a moment ago and belongs to nothing.
            let _ = std::fs::remove_file(&key_file);
        }
        return Err(error);
    }
    db.join().await?;
    let indexed = people::index_people(&db).await?;
    if indexed > 0 {
        tracing::info!(people = indexed, "the search for people is up to date");
    }
    Ok(AppState { db, config: Arc::new(config) })
}

/// Opens a database that stands, without making or changing anything.
///
/// # Errors
/// A fault if something can't be reached, there is no key file, or it is not the database's.
pub async fn open_to_read(config: Config) -> Result<AppState> {
    let key_file = config.key_file();
    if !key_file.exists() {
        return Err(Fault::because(format!(
            "key file {}: it is not there, so nothing that is sealed can be read (CORESYNC_KEY_FILE)",
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

/// The data folder and what is in it, for their owner alone: what is kept there names people. The key file is not set right silently,
/// for whoever read it can open what is sealed; it is refused.
fn keep_to_ourselves(config: &Config) -> Result<()> {
    files::private_folder(&config.data)
        .map_err(|error| Fault::because(format!("{error} (CORESYNC_DATA is the data folder)")))?;
    files::tighten(&config.data);
    files::tighten_all(&config.data.join("mail"));
    if let Place::Sqlite(path) = Place::parse(&config.database_url())? {
        for beside in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(beside);
            files::tighten(Path::new(&name));
        }
    }
    Ok(())
}

/// Opens a program, does something in it, and leaves it again, however that ended.
///
/// # Errors
/// What `work` answers, or a fault if the program can't be opened.
pub async fn within<F: Future<Output = Result<()>>>(
    config: Config,
    work: impl FnOnce(AppState) -> F,
) -> Result<()> {
    let app = open(config).await?;
    let ended = work(app.clone()).await;
    let left = app.db.leave().await;
    ended.and(left)
}

/// Serves until it is asked to stop (SIGTERM or SIGINT); what is being answered then is finished.
///
/// # Errors
/// A fault if the program can't be opened or the address is taken.
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
    let kept_figures = figures.clone();
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
    let tidying = tokio::spawn(tidy_figures(kept_figures));
    let rounds = tokio::spawn(keep_rounds(app.clone()));
    let limits = connections::ConnectionLimits::from_config(&app.config);
    let answering = tokio::spawn(connections::serve(listener, pages, limits, stopped));
    asked_to_stop().await;
    tracing::info!("asked to stop: what is in hand is finished");
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

/// How often regular work is looked after.
const ROUNDS: Duration = Duration::from_secs(30);

/// Looks that regular work is waiting for a time that comes.
async fn keep_rounds(app: AppState) {
    loop {
        tokio::time::sleep(ROUNDS).await;
        if let Err(error) = reactions::begin_rounds(&app).await {
            tracing::error!(%error, "regular work could not be looked after");
        }
    }
}

/// Adds up what was measured, so that it does not pile up where nobody asks for the figures.
async fn tidy_figures(figures: PrometheusHandle) {
    loop {
        tokio::time::sleep(FIGURES).await;
        figures.run_upkeep();
    }
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("a handler for SIGTERM can be set");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
