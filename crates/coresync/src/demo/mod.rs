//! The demonstration club: a realistic club with six weeks of past bookings and three weeks of upcoming ones. An empty
//! database gets it with `serve --demo`. The same seed creates the same club.

mod calendar;
mod club;
mod rng;
mod script;

use kit::config::Environment;
use kit::{AppState, Fault, Result, Tx, args, sql};

pub use script::DOMAIN;
use script::Script;

/// The password of the demonstration accounts.
pub const PASSWORD: &str = "coresync-demo";

/// Fills an empty database with the demonstration club. A database that holds a club is left unchanged.
///
/// # Errors
/// Returns a fault in production, or if the database fails.
pub async fn fill(app: &AppState) -> Result<()> {
    if app.config.env == Environment::Production {
        return Err(Fault::because("the demo club has known passwords, so it is not allowed in production"));
    }
    let script = Script::read()?;
    let hash = people::hash_password(PASSWORD.to_owned()).await?;
    let filled = app
        .db
        .tx(move |tx| {
            // If several processes start at once, the others wait here until the first has committed.
            if !is_first(tx)? || is_set_up(tx)? {
                return Ok(None);
            }
            let cast = club::found(tx, &script, &hash)?;
            calendar::fill(tx, &script, &cast).map(Some)
        })
        .await?;
    match filled {
        Some(bookings) => tracing::info!(bookings, "the demo club is set up"),
        None => tracing::info!("the database already holds a club, so the demo club was not set up"),
    }
    Ok(())
}

fn is_first(tx: &mut Tx<'_>) -> Result<bool> {
    let claimed = tx.run(
        sql!("INSERT INTO versions (name, version) VALUES ('demo', 0) ON CONFLICT (name) DO NOTHING"),
        args![],
    )?;
    Ok(claimed == 1)
}

fn is_set_up(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.one::<(i64,)>(sql!("SELECT id FROM clubs LIMIT 1"), args![])?.is_some())
}

/// Refuses to start in production on a database with demonstration accounts, because their password is known.
///
/// # Errors
/// Returns a fault if there are such accounts, or if the database fails.
pub async fn refuse_in_production(app: &AppState) -> Result<()> {
    if app.config.env != Environment::Production {
        return Ok(());
    }
    let addresses = format!("%@{DOMAIN}");
    let found = move |tx: &mut Tx<'_>| {
        tx.one::<(i64,)>(sql!("SELECT id FROM people WHERE email LIKE $1 LIMIT 1"), args![&addresses])
    };
    if app.db.view(found).await?.is_some() {
        return Err(Fault::because(
            "this database holds the demo accounts, which are not allowed in production",
        ));
    }
    Ok(())
}
