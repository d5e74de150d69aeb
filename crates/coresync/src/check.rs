//! `coresync check`: whether a database is intact. First the engine checks pages, indexes, and references. Then the
//! rules that no key can enforce are checked: claims against the status of bookings, booking numbers without gaps,
//! charges, the ledger, and the audit log. Nothing is written.

use std::collections::BTreeMap;
use std::io::Write as _;

use jiff::{SignedDuration, Timestamp};
use kit::config::Config;
use kit::db::{self, Place, State};
use kit::errors::OrFault;
use kit::web::plain_http;
use kit::{Db, Error, Fault, Result, Tx, args, sql};

use crate::serve;

/// A problem that was found, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The problem as a sentence, with the number of affected rows.
    pub what: String,
    /// What the operator can do about it.
    pub remedy: &'static str,
}

const RESTORE: &str = "Stop the program, keep a copy of the database as it is, and restore the last good backup into a new database.";
const FIND_AND_CANCEL: &str =
    "Find these bookings in the back office and cancel or rebook them. Then check again.";
const SAVE_AGAIN: &str = "Change each of these blocks in the back office, for example its reason, and save it: that claims its time again. Then check again.";
const DESK: &str = "Compare these charges with their bookings before taking any payment for them.";
const BOOKS: &str = "Compare the ledger with an earlier backup before closing another business day. docs/ledger.md says what always holds.";
const AUDIT: &str = "Compare the log with an earlier backup, and find out who could write to the database.";
const ROLES: &str = "Find out who changed the table `club_roles`. These rows give a role in no club, but the people still count as staff.";
const SLUGS: &str = "Give each of these clubs a slug of its own in the table `clubs`. Without one, the program can't read the club.";
/// Every check of the club.
type Check = fn(&mut Tx<'_>) -> Result<Vec<Finding>>;
const CHECKS: [Check; 10] =
    [overlaps, claims, blocks, allocations, numbers, charges, fees, books, of_one_club, audit];
/// How many items of one kind a finding names.
const NAMED: usize = 5;

/// Runs `coresync check`: checks the configuration and the database, and prints the result to standard output.
///
/// # Errors
/// Returns a fault with the number of problems if any were found, or a fault if the database is empty, behind on
/// migrations, or can't be opened.
pub async fn check(config: Config) -> Result<()> {
    messages::Post::from_config(&config)?;
    say(&format!("configuration: ok, {:?}", config.env).to_lowercase())?;
    if let Some(warning) = plain_http(&config) {
        say(&format!("warning: {warning}"))?;
    }
    let place = Place::parse(&config.database_url())?;
    let inspection = db::inspect(&place).await?;
    match inspection.state {
        State::Missing | State::WithoutTables => {
            return Err(Fault::because(
                "the database is empty, so there is nothing to check. Run `coresync restore FILE` to fill it from a backup, or \
                 `coresync serve` to start a new club",
            ));
        }
        State::Behind(migrations) => {
            return Err(Fault::because(format!(
                "the database is {migrations} migrations behind this program. Run `coresync migrate`, then check again"
            )));
        }
        State::Current => {}
    }
    inspection.notes.iter().try_for_each(|note| say(&format!("engine: {note}")))?;
    let damage = inspection.damage.into_iter().map(|what| Finding { what, remedy: RESTORE });
    let mut findings: Vec<Finding> = damage.collect();
    if findings.is_empty() {
        let app = serve::open_to_read(config).await?;
        say(&format!("database: {}, responding, encrypted with this key", app.db.engine_name()))?;
        findings = find_problems(&app.db).await?;
    }
    for Finding { what, remedy } in &findings {
        say(&format!("PROBLEM: {what}\n    {remedy}"))?;
    }
    match findings.len() {
        0 => match inspection.unchecked {
            None => say("ok: no problems found"),
            Some(what) => say(&format!("ok, but {what}")),
        },
        1 => Err(Fault::because("check: 1 problem found")),
        found => Err(Fault::because(format!("check: {found} problems found"))),
    }
}

fn say(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}").or_fault()
}

/// Checks every rule of the club that no database key enforces.
///
/// # Errors
/// Returns a fault if the number of clubs can't be read, or if no club is set up. A check that fails is reported as a
/// finding.
pub async fn find_problems(db: &Db) -> Result<Vec<Finding>> {
    let clubs = db.view(|tx| count(tx, sql!("SELECT COUNT(*) FROM clubs"))).await?;
    if clubs == 0 {
        return Err(Fault::because(
            "the database is empty: no club is set up, so there is nothing to check. Run `coresync restore FILE` to fill it \
             from a backup",
        ));
    }
    let mut findings = Vec::new();
    for find in CHECKS {
        match db.view(find).await {
            Ok(found) => findings.extend(found),
            Err(error) => findings.push(Finding { what: cause(&error), remedy: RESTORE }),
        }
    }
    Ok(findings)
}

/// Runs the same checks in one transaction, without the engine's integrity check. For tests that roll back the damage
/// they do.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn find_problems_in(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for find in CHECKS {
        findings.extend(find(tx)?);
    }
    Ok(findings)
}

fn cause(error: &Error) -> String {
    if let Error::Fault(fault) = error { fault.cause.clone() } else { error.to_string() }
}

fn count(tx: &mut Tx<'_>, sql: &'static db::Sql) -> Result<i64> {
    Ok(tx.one::<(i64,)>(sql, args![])?.map_or(0, |(count,)| count))
}

/// Returns one finding for all items of a kind, or `None` if there are none. `{n}` in `what` is replaced by their
/// number.
fn finding(what: &str, things: &[String], remedy: &'static str) -> Option<Finding> {
    if things.is_empty() {
        return None;
    }
    let named = things.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = if things.len() > NAMED { ", …" } else { "" };
    Some(Finding {
        what: format!("{}: {named}{more}", what.replace("{n}", &things.len().to_string())),
        remedy,
    })
}

/// Returns the name that people know a booking by: its reference, or its id if it has none.
fn named((reference, id): (Option<String>, i64)) -> String {
    reference.unwrap_or_else(|| format!("booking {id}"))
}

type Named = (Option<String>, i64);

fn overlaps(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let bookings = count(tx, sql!("SELECT COUNT(*) FROM bookings"))?;
    let doubles: Vec<Named> = tx.all(
        sql!(
            "SELECT x.reference, x.id FROM allocations a JOIN allocations b ON b.resource_id = a.resource_id
             AND b.booking_id > a.booking_id AND b.from_cell < a.to_cell AND b.from_cell >= a.from_cell - 288
             AND b.to_cell > a.from_cell JOIN bookings x ON x.id = a.booking_id
             WHERE a.live AND b.live
             AND NOT EXISTS (SELECT 1 FROM rooms r WHERE r.id = a.resource_id AND r.units > 1)"
        ),
        args![],
    )?;
    say(&format!("bookings: {bookings}"))?;
    let doubles: Vec<String> = doubles.into_iter().map(named).collect();
    Ok(finding("{n} pairs of bookings have the same resource at the same time", &doubles, FIND_AND_CANCEL)
        .into_iter()
        .collect())
}

/// Finds claims that belong to no live booking or block at that time of that resource, and claims of canceled or
/// expired bookings.
fn claims(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let given_back: Vec<Named> = tx.all(
        sql!(
            "SELECT DISTINCT b.reference, b.id FROM claims c JOIN bookings b ON b.id = c.booking_id
             WHERE b.status IN ('cancelled', 'expired') ORDER BY b.id"
        ),
        args![],
    )?;
    let strays: Vec<(i64, i64)> = tx.all(
        sql!(
            "SELECT c.booking_id, COUNT(*) FROM claims c WHERE NOT EXISTS (SELECT 1 FROM allocations a WHERE
             a.booking_id = c.booking_id AND a.resource_id = c.resource_id AND a.live AND c.cell >= a.from_cell AND
             c.cell < a.to_cell) AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.id = c.booking_id AND b.status IN
             ('cancelled', 'expired')) AND NOT EXISTS (SELECT 1 FROM blocks k WHERE k.id = c.booking_id AND
             k.removed_at IS NULL AND k.resource_id = c.resource_id AND k.from_at < (c.cell + 1) * 300000 AND
             k.to_at > c.cell * 300000) GROUP BY c.booking_id ORDER BY c.booking_id"
        ),
        args![],
    )?;
    let given_back: Vec<String> = given_back.into_iter().map(named).collect();
    let strays: Vec<String> =
        strays.into_iter().map(|(claimant, claims)| format!("{claims} of {claimant}")).collect();
    Ok([
        finding("{n} canceled or expired bookings still claim their times", &given_back, FIND_AND_CANCEL),
        finding(
            "claims that belong to no live booking or block, of {n} bookings or blocks",
            &strays,
            RESTORE,
        ),
    ]
    .into_iter()
    .flatten()
    .collect())
}

/// Checks that every upcoming cell of a block is claimed in every unit of its resource, by the block or by a booking
/// that was there before.
fn blocks(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let since = tx.now() - CLAIMED;
    let open: Vec<(i64,)> = tx.all(
        sql!(
            "SELECT k.id FROM blocks k WHERE k.removed_at IS NULL AND k.to_at > $1
             AND (SELECT COUNT(*) FROM claims c WHERE c.resource_id = k.resource_id
                  AND c.cell >= CASE WHEN k.from_at > $1 THEN k.from_at ELSE $1 END / 300000
                  AND c.cell < (k.to_at + 299999) / 300000)
             < ((k.to_at + 299999) / 300000 - CASE WHEN k.from_at > $1 THEN k.from_at ELSE $1 END / 300000)
               * COALESCE((SELECT r.units FROM rooms r WHERE r.id = k.resource_id), 1)
             ORDER BY k.id"
        ),
        args![since],
    )?;
    let open: Vec<String> = open.into_iter().map(|(block,)| format!("block {block}")).collect();
    let what = "{n} blocks do not claim all of their time, so it could be sold";
    Ok(finding(what, &open, SAVE_AGAIN).into_iter().collect())
}

/// How long claims are certain to be kept. The nightly job deletes older ones, and bookings that are imported into the
/// past have none.
const CLAIMED: SignedDuration = SignedDuration::from_hours(24);

/// Checks that the allocations of each booking agree with its status, and that upcoming bookings and live holds claim
/// all of their cells.
fn allocations(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let now: Timestamp = tx.now();
    let since = now - CLAIMED;
    let stored: Vec<Named> = tx.all(
        sql!(
            "SELECT DISTINCT b.reference, b.id FROM allocations a JOIN bookings b ON b.id = a.booking_id
             WHERE a.live AND b.status IN ('cancelled', 'expired') ORDER BY b.id"
        ),
        args![],
    )?;
    let without: Vec<Named> = tx.all(
        sql!(
            "SELECT b.reference, b.id FROM bookings b WHERE (b.status IN ('pending', 'confirmed', 'checked_in',
             'in_progress') OR (b.status = 'held' AND b.expires_at > $1))
             AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.booking_id = b.id AND a.live) ORDER BY b.id"
        ),
        args![now],
    )?;
    let unclaimed: Vec<Named> = tx.all(
        sql!(
            "SELECT DISTINCT b.reference, b.id FROM bookings b JOIN allocations a ON a.booking_id = b.id
             WHERE (b.status IN ('pending', 'confirmed', 'checked_in', 'in_progress')
                    OR (b.status = 'held' AND b.expires_at > $2)) AND b.starts_at > $1
             AND a.live AND (a.until IS NULL OR a.until > $2)
             AND (SELECT COUNT(*) FROM claims c WHERE c.booking_id = a.booking_id AND c.resource_id = a.resource_id
                  AND c.cell >= a.from_cell AND c.cell < a.to_cell) <> a.to_cell - a.from_cell ORDER BY b.id"
        ),
        args![since, now],
    )?;
    let names = |found: Vec<Named>| found.into_iter().map(named).collect::<Vec<String>>();
    let (stored, without, unclaimed) = (names(stored), names(without), names(unclaimed));
    Ok([
        finding("{n} canceled or expired bookings still have their room or people", &stored, FIND_AND_CANCEL),
        finding("{n} live bookings or holds have no room and no one assigned", &without, FIND_AND_CANCEL),
        finding(
            "{n} upcoming bookings or holds do not claim all of their time, so it could be sold twice",
            &unclaimed,
            FIND_AND_CANCEL,
        ),
    ]
    .into_iter()
    .flatten()
    .collect())
}

/// Checks that booking numbers are consecutive, without gaps, in each club and year (H4).
fn numbers(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let given: Vec<(i64, String)> = tx.all(
        sql!("SELECT club_id, reference FROM bookings WHERE reference IS NOT NULL ORDER BY reference"),
        args![],
    )?;
    let counters: Vec<(i64, i64, i64)> = tx.all(
        sql!("SELECT club_id, year, last FROM counters WHERE kind = 'CS' ORDER BY club_id, year"),
        args![],
    )?;
    let mut series: BTreeMap<(i64, i64), Vec<i64>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (club, reference) in given {
        match parsed(&reference) {
            Some((year, n)) => series.entry((club, year)).or_default().push(n),
            None => wrong.push(reference),
        }
    }
    let counted: BTreeMap<(i64, i64), i64> =
        counters.into_iter().map(|(club, year, last)| ((club, year), last)).collect();
    let (mut missing, mut beyond) = (Vec::new(), Vec::new());
    for ((_, year), last, given) in joined(&counted, series) {
        let mut next = 1;
        for n in given {
            missing.extend((next..n.min(last + 1)).map(|gap| reference(year, gap)));
            next = next.max(n + 1);
            if n > last {
                beyond.push(reference(year, n));
            }
        }
        missing.extend((next..=last).map(|gap| reference(year, gap)));
    }
    Ok([
        finding("{n} booking numbers can't be read", &wrong, RESTORE),
        finding("{n} booking numbers are missing: a booking was removed", &missing, RESTORE),
        finding("{n} booking numbers are higher than any that was issued", &beyond, RESTORE),
    ]
    .into_iter()
    .flatten()
    .collect())
}

/// Returns each series of numbers in ascending order, with the last number that its counter issued.
fn joined(
    counted: &BTreeMap<(i64, i64), i64>,
    mut series: BTreeMap<(i64, i64), Vec<i64>>,
) -> Vec<((i64, i64), i64, Vec<i64>)> {
    for key in counted.keys() {
        series.entry(*key).or_default();
    }
    let one = |(key, mut given): ((i64, i64), Vec<i64>)| {
        given.sort_unstable();
        (key, counted.get(&key).copied().unwrap_or(0), given)
    };
    series.into_iter().map(one).collect()
}

/// Returns the year and the number of a reference such as `CS-2026-000017`.
fn parsed(reference: &str) -> Option<(i64, i64)> {
    let (year, n) = reference.strip_prefix("CS-")?.split_once('-')?;
    (n.len() >= 6).then_some(())?;
    Some((year.parse().ok()?, n.parse().ok()?))
}

fn reference(year: i64, n: i64) -> String {
    format!("CS-{year}-{n:06}")
}

/// Checks that each charge is the sum of its lines (P7), that what was paid and sent back is that of its payments and
/// refunds, and that the charge of a booking equals its price unless a part was refunded.
fn charges(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let unequal: Vec<(i64,)> = tx.all(
        sql!(
            "SELECT c.id FROM charges c WHERE c.net_cents <> (SELECT CAST(COALESCE(SUM(l.cents), 0) AS BIGINT) FROM
             charge_lines l WHERE l.charge_id = c.id) ORDER BY c.id"
        ),
        args![],
    )?;
    let unpaid: Vec<(String, i64)> = tx.all(
        sql!(
            "SELECT c.subject_kind, c.subject_id FROM charges c WHERE c.replaced_at IS NULL
             AND (c.paid_cents <> (SELECT CAST(COALESCE(SUM(p.cents), 0) AS BIGINT) FROM payment_parts p
                   WHERE p.club_id = c.club_id AND p.subject_id = c.subject_id AND p.subject_kind = c.subject_kind)
               OR c.refunded_cents <> (SELECT CAST(COALESCE(SUM(r.cents), 0) AS BIGINT) FROM refunds r
                   WHERE r.club_id = c.club_id AND r.subject_id = c.subject_id AND r.subject_kind = c.subject_kind))
             ORDER BY c.subject_kind, c.subject_id"
        ),
        args![],
    )?;
    let other: Vec<Named> = tx.all(
        sql!(
            "SELECT b.reference, b.id FROM bookings b
             WHERE b.status IN ('confirmed', 'checked_in', 'in_progress', 'completed')
             AND NOT EXISTS (SELECT 1 FROM charges c WHERE c.subject_kind = 'booking' AND c.subject_id = b.id
                 AND c.status <> 'void' AND c.tax_cents = b.tax_cents
                 AND c.net_cents = b.base_cents + b.addons_cents - b.discount_cents)
             AND NOT EXISTS (SELECT 1 FROM charges c JOIN charge_lines l ON l.charge_id = c.id AND l.code = 'refund'
                 WHERE c.subject_kind = 'booking' AND c.subject_id = b.id AND c.status <> 'void') ORDER BY b.id"
        ),
        args![],
    )?;
    let unequal: Vec<String> = unequal.into_iter().map(|(id,)| format!("charge {id}")).collect();
    let unpaid: Vec<String> = unpaid.into_iter().map(|(kind, id)| format!("{kind} {id}")).collect();
    let other: Vec<String> = other.into_iter().map(named).collect();
    Ok([
        finding("{n} charges do not equal the sum of their lines", &unequal, DESK),
        finding("{n} charges do not match their payments and refunds", &unpaid, DESK),
        finding("{n} bookings have no charge that matches their price", &other, DESK),
    ]
    .into_iter()
    .flatten()
    .collect())
}

/// Checks that the charge of a canceled or missed booking equals its fee (C1).
fn fees(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let other_fee: Vec<Named> = tx.all(
        sql!(
            "SELECT b.reference, b.id FROM bookings b WHERE b.status IN ('cancelled', 'no_show')
             AND b.fee_cents IS NOT NULL AND b.fee_cents <> (SELECT CAST(COALESCE(SUM(l.cents), 0) AS BIGINT)
                 FROM charges c JOIN charge_lines l ON l.charge_id = c.id AND l.code <> 'refund'
                 WHERE c.subject_kind = 'booking' AND c.subject_id = b.id AND c.status <> 'void') ORDER BY b.id"
        ),
        args![],
    )?;
    let other_fee: Vec<String> = other_fee.into_iter().map(named).collect();
    Ok(finding("{n} canceled or missed bookings have no charge that matches their fee", &other_fee, DESK)
        .into_iter()
        .collect())
}

/// Checks the ledger of every club, and that it holds for each charge what was prepaid, is owed, and has to be sent back
/// (docs/ledger.md, C, D, and H). Dues are never prepaid or owed, and a charge without its opening entry is not in it.
fn books(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let problems = tx.in_each_club(ledger::check)?;
    let problems: Vec<String> = problems.into_iter().flatten().map(|problem| problem.what).collect();
    let other: Vec<(String, i64)> = tx.all(
        sql!(
            "WITH totals AS (
               SELECT club_id, subject_kind, subject_id, earned_at, paid_cents - refunded_cents AS received,
               CASE WHEN status = 'void' THEN 0 ELSE net_cents + tax_cents - comp_cents - written_off_cents END AS charged
               FROM charges WHERE replaced_at IS NULL AND subject_kind <> 'membership' AND NOT needs_opening),
             held AS (
               SELECT t.*, (SELECT COALESCE(SUM(s.credit_cents - s.debit_cents), 0) FROM ledger_subject_sums s
                 WHERE s.club_id = t.club_id AND s.account = 'deposits' AND s.subject_kind = t.subject_kind
                 AND s.subject_id = t.subject_id) AS deposits,
               (SELECT COALESCE(SUM(s.debit_cents - s.credit_cents), 0) FROM ledger_subject_sums s
                 WHERE s.club_id = t.club_id AND s.account = 'receivable' AND s.subject_kind = t.subject_kind
                 AND s.subject_id = t.subject_id) AS receivable,
               (SELECT COALESCE(SUM(s.credit_cents - s.debit_cents), 0) FROM ledger_subject_sums s
                 WHERE s.club_id = t.club_id AND s.account = 'refunds_owed' AND s.subject_kind = t.subject_kind
                 AND s.subject_id = t.subject_id) AS refunds_owed
               FROM totals t)
             SELECT subject_kind, subject_id FROM held
             WHERE deposits <> CASE WHEN earned_at IS NOT NULL THEN 0 WHEN received < charged THEN received ELSE charged END
             OR receivable <> CASE WHEN earned_at IS NULL OR received > charged THEN 0 ELSE charged - received END
             OR refunds_owed <> CASE WHEN received > charged THEN received - charged ELSE 0 END
             ORDER BY subject_kind, subject_id"
        ),
        args![],
    )?;
    let other: Vec<String> = other.into_iter().map(|(kind, id)| format!("{kind} {id}")).collect();
    let problems = finding("{n} problems of the ledger", &problems, BOOKS);
    Ok(problems.into_iter().chain(finding("{n} charges do not match the ledger", &other, BOOKS)).collect())
}

/// Finds bookings and memberships that refer to rows of another club, roles in clubs that do not exist, and clubs
/// without a slug.
fn of_one_club(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let mixed: Vec<Named> = tx.all(
        sql!(
            "SELECT b.reference, b.id FROM bookings b JOIN services s ON s.id = b.service_id JOIN rooms r ON r.id =
             b.room_id WHERE s.club_id <> b.club_id OR r.club_id <> b.club_id OR EXISTS (SELECT 1 FROM charges c WHERE
             c.subject_kind = 'booking' AND c.subject_id = b.id AND c.club_id <> b.club_id) ORDER BY b.id"
        ),
        args![],
    )?;
    let members: Vec<(i64,)> = tx.all(
        sql!(
            "SELECT m.id FROM memberships m JOIN plan_versions v ON v.id = m.version_id JOIN plans p ON p.id =
             v.plan_id WHERE p.club_id <> m.club_id ORDER BY m.id"
        ),
        args![],
    )?;
    let orphaned: Vec<(i64,)> = tx.all(
        sql!(
            "SELECT r.person_id FROM club_roles r WHERE NOT EXISTS (SELECT 1 FROM clubs c WHERE c.id = r.club_id)
             ORDER BY r.person_id"
        ),
        args![],
    )?;
    let nameless: Vec<(i64,)> =
        tx.all(sql!("SELECT id FROM clubs WHERE slug IS NULL ORDER BY id"), args![])?;
    let nameless: Vec<String> = nameless.into_iter().map(|(id,)| format!("club {id}")).collect();
    let mixed: Vec<String> = mixed.into_iter().map(named).collect();
    let members: Vec<String> = members.into_iter().map(|(id,)| format!("membership {id}")).collect();
    let orphaned: Vec<String> = orphaned.into_iter().map(|(id,)| format!("person {id}")).collect();
    Ok([
        finding(
            "{n} bookings belong to a different club than their service, room, or charge",
            &mixed,
            RESTORE,
        ),
        finding("{n} memberships belong to a different club than their plan", &members, RESTORE),
        finding("{n} roles are in clubs that do not exist", &orphaned, ROLES),
        finding("{n} clubs have no slug", &nameless, SLUGS),
    ]
    .into_iter()
    .flatten()
    .collect())
}

fn audit(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    match people::check_audit(tx) {
        Ok(audited) => {
            say(&format!(
                "audit log: {} rows, {} checkpoints, intact; last checkpoint {}",
                audited.rows, audited.checkpoints, audited.last
            ))?;
            Ok(Vec::new())
        }
        Err(error) => Ok(vec![Finding { what: cause(&error), remedy: AUDIT }]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_booking_number_round_trips() {
        for (text, read) in [("CS-2026-000017", (2026, 17)), ("CS-2026-1000000", (2026, 1_000_000))] {
            assert_eq!(parsed(text), Some(read));
            assert_eq!(reference(read.0, read.1), text);
        }
        for wrong in ["PO-2026-000017", "CS-2026-17", "CS-2026", "CS-x-000001"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
