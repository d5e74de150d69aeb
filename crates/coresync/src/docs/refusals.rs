//! The table of all refusals, as a client sees them. A test compares the list with the source code.

use kit::web::Problem;
use kit::{Error, Fields, Refusal};

/// The refusals of every crate.
const REFUSALS: &[&Refusal] = &[
    &catalogue::NO_SUCH_CLUB,
    &kit::clubs::HOST_TAKEN,
    &kit::db::BUSY,
    &kit::jobs::JOB_RUNNING,
    &kit::replies::IDEMPOTENCY_MISMATCH,
    &people::TOO_MANY_ATTEMPTS,
    &people::TOO_MANY_REQUESTS,
    &people::WRONG_SIGN_IN,
    &people::CONFIRM_AGAIN,
    &people::EMAIL_TAKEN,
    &people::LINK_EXPIRED,
    &people::ADDRESS_GONE,
    &people::OWN_ROLE,
    &people::OWN_ACCOUNT,
    &people::BIRTHDAY_FIXED,
    &people::LINK_BROKEN,
    &catalogue::CLUB_EXISTS,
    &catalogue::SLUG_TAKEN,
    &ledger::EARLIER_DAY_OPEN,
    &ledger::LEDGER_DAY_CLOSED,
    &ledger::NOT_OVER,
    &ledger::UNEXPLAINED_MONEY,
    &money::ALREADY_PAID,
    &money::DUE_CHANGED,
    &money::DUES,
    &money::NOTHING_DUE,
    &money::NOTHING_TO_REFUND,
    &money::NOT_DELIVERED,
    &money::REFUND_TOO_LARGE,
    &membership::ALREADY_MEMBER,
    &membership::SLUG_TAKEN,
    &membership::CARD_NEEDED,
    &membership::EDITED_MEANWHILE,
    &membership::FROZEN_ENOUGH,
    &membership::NO_PLAN,
    &membership::NO_UPGRADE,
    &membership::NO_MEMBERSHIP,
    &membership::NOTHING_DUE,
    &membership::PAID_MEANWHILE,
    &membership::PRICE_CHANGED,
    &membership::WRONG_STATE,
    &bookings::BLOCK_EDITED,
    &bookings::BLOCK_REMOVED,
    &bookings::BOOKINGS_INSIDE,
    &bookings::CAPACITY,
    &bookings::CHECK_IN_FIRST,
    &bookings::CHECK_IN_LATER,
    &bookings::COMPLETE_LATER,
    &bookings::CONFLICTS,
    &bookings::DAY_CLOSED,
    &bookings::DONE_ALREADY,
    &bookings::EQUIPMENT,
    &bookings::MAINTENANCE,
    &bookings::MANAGER_REQUIRED,
    &bookings::MEMBERS_ONLY,
    &bookings::NOTHING_UNDONE,
    &bookings::MOVE_CHANGED,
    &bookings::NOTHING_TO_UNDO,
    &bookings::NO_SHOW_LATER,
    &bookings::OUTSIDE_WINDOW,
    &bookings::PLAN_REQUIRED,
    &bookings::PRICE_CHANGED,
    &bookings::ROOM_CLOSED,
    &bookings::SAME_PERSON,
    &bookings::SKILL,
    &bookings::STAFF_EQUIPMENT,
    &bookings::STAFF_MAINTENANCE,
    &bookings::STAFF_ROOM_CLOSED,
    &bookings::STAFF_SAME_PERSON,
    &bookings::STAFF_TECHNICIAN_OFF,
    &bookings::STAFF_TOO_LATE,
    &bookings::START_LATER,
    &bookings::TAKEN,
    &bookings::TECHNICIAN_OFF,
    &bookings::TOO_LATE,
    &bookings::TOO_MANY_HELD,
    &bookings::TOO_MANY_HOLDS,
    &bookings::TOO_MANY_MOVES,
    &bookings::TOO_MANY_OPEN,
    &bookings::TOO_MANY_GUEST_EMAILS,
    &bookings::TOO_MANY_WAITS,
    &bookings::TURNOVER,
    &bookings::VIP_ONLY,
    &bookings::WRONG_STATE,
    &bookings::BOOKED_ALREADY,
    &bookings::WRONG_STEP,
];

/// One refusal code with its HTTP status and every sentence that is used with it.
pub(super) struct Row {
    pub(super) code: &'static str,
    pub(super) status: u16,
    pub(super) sentences: Vec<String>,
}

/// Returns every code, sorted by status and code: the refusals of the crates, and the errors that any request can get.
pub(super) fn rows() -> Vec<Row> {
    let plain = [Error::NotFound, Error::Unauthorized, Error::Forbidden, Fields::one("field", "")];
    let plain = plain.iter().map(Problem::from).map(|problem| (problem.code, problem.status, problem.detail));
    let layers =
        Problem::of_layers().into_iter().map(|problem| (problem.code, problem.status, problem.detail));
    let houses = REFUSALS.iter().map(|one| (one.code, one.status, one.sentence.to_owned()));
    let mut rows: Vec<Row> = Vec::new();
    for (code, status, sentence) in houses.chain(plain).chain(layers) {
        match rows.iter_mut().find(|row| (row.code, row.status) == (code, status)) {
            Some(row) if row.sentences.contains(&sentence) => {}
            Some(row) => row.sentences.push(sentence),
            None => rows.push(Row { code, status, sentences: vec![sentence] }),
        }
    }
    rows.sort_by_key(|row| (row.status, row.code));
    rows
}
