//! Serving: from a configuration to a program that answers, and back to silence.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kit::config::Config;
use kit::db::{Means, Place, Shelf, Width};
use kit::errors::OrFault;
use kit::live::Live;
use kit::seal::Sealer;
use kit::{Db, Fault, House, Result, jobs};
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

/// Opens the house that a configuration describes: database up to date, node number leased.
///
/// # Errors
/// A fault if something can't be reached or made.
pub async fn open(config: Config) -> Result<House> {
    private_folder(&config.data)?;
    let key_file = config.key_file();
    let is_new_key = !key_file.exists();
    let means = Means {
        clock: config.clock(),
        live: Live::default(),
        sealer: Sealer::from_file(&key_file)?,
        shelf: Shelf::default(),
    };
    let width = Width { postgres: config.postgres_connections, ..Width::default() };
    let db = Db::open(Place::parse(&config.database_url())?, means, width).await?;
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
    Ok(House { db, config: Arc::new(config) })
}

/// The data folder, made for its owner alone: what is in it names people.
fn private_folder(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|e| Fault::because(format!("data folder {}: {e} (CORESYNC_DATA)", folder.display())))
}

/// Opens a house, does something in it, and leaves it again, however that ended.
///
/// # Errors
/// What `work` answers, or a fault if the house can't be opened.
pub async fn within<F: Future<Output = Result<()>>>(
    config: Config,
    work: impl FnOnce(House) -> F,
) -> Result<()> {
    let house = open(config).await?;
    let ended = work(house.clone()).await;
    let left = house.db.leave().await;
    ended.and(left)
}

/// Serves until it is asked to stop (SIGTERM or SIGINT); what is being answered then is finished.
///
/// # Errors
/// A fault if the house can't be opened or the address is taken.
pub async fn serve(config: Config, with_demo: bool) -> Result<()> {
    let begun = Instant::now();
    let figures = PrometheusBuilder::new().install_recorder().or_fault()?;
    let address = config.addr;
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|e| Fault::because(format!("address {address}: {e} (CORESYNC_ADDR)")))?;
    within(config, |house| serve_on(listener, house, with_demo, figures, begun)).await
}

async fn serve_on(
    listener: TcpListener,
    house: House,
    with_demo: bool,
    figures: PrometheusHandle,
    begun: Instant,
) -> Result<()> {
    if with_demo {
        demo::fill(&house).await?;
    } else {
        demo::refuse_in_production(&house).await?;
    }
    let post = Post::from_config(&house.config)?;
    let handlers = reactions::handlers(&house, &post);
    reactions::begin_rounds(&house).await?;
    let (stop, stopped) = watch::channel(false);
    let run = |_| tokio::spawn(jobs::run(house.db.clone(), handlers.clone(), stopped.clone()));
    let mut workers: Vec<_> = (0..RUNNERS).map(run).collect();
    let outbox = reactions::outbox(&house, &post);
    workers.extend((0..SENDERS).map(|_| tokio::spawn(outbox.clone().run(stopped.clone()))));

    let address = house.config.addr;
    let kept_figures = figures.clone();
    let app = app::app(house.clone(), Some(figures));
    tracing::info!(
        %address,
        url = house.config.public_url,
        database = house.db.engine_name(),
        millis = begun.elapsed().as_millis() as u64,
        "serving"
    );
    let tidying = tokio::spawn(tidy_figures(kept_figures));
    let answering = tokio::spawn(connections::serve(listener, app, stopped));
    asked_to_stop().await;
    tracing::info!("asked to stop: what is in hand is finished");
    let _ = stop.send(true);
    answering.await.or_fault()?;
    tidying.abort();
    for worker in workers {
        worker.await.or_fault()?;
    }
    tracing::info!("stopped");
    Ok(())
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
