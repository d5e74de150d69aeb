//! Every way of saying no, as a client meets it. A test holds the list against the sources.

use kit::web::Problem;
use kit::{Error, Fields, Refusal};

/// The refusals of every house.
const REFUSALS: &[&Refusal] = &[
    &kit::db::BUSY,
    &kit::replies::IDEMPOTENCY_MISMATCH,
    &people::TOO_MANY_ATTEMPTS,
    &people::TOO_MANY_REQUESTS,
    &people::WRONG_SIGN_IN,
    &people::EMAIL_TAKEN,
    &people::LINK_EXPIRED,
    &people::ADDRESS_GONE,
    &people::OWN_ROLE,
    &people::LINK_BROKEN,
    &catalogue::SLUG_TAKEN,
    &membership::ALREADY_MEMBER,
    &membership::SLUG_TAKEN,
    &membership::CARD_NEEDED,
    &membership::EDITED_MEANWHILE,
    &membership::FROZEN_ENOUGH,
    &membership::NO_PLAN,
    &membership::NO_UPGRADE,
    &membership::TAKEN_MEANWHILE,
    &membership::WRONG_STATE,
    &bookings::CAPACITY,
    &bookings::CONFLICTS,
    &bookings::EQUIPMENT,
    &bookings::MAINTENANCE,
    &bookings::MEMBERS_ONLY,
    &bookings::NOTHING_TO_UNDO,
    &bookings::OUTSIDE_WINDOW,
    &bookings::PLAN_REQUIRED,
    &bookings::ROOM_CLOSED,
    &bookings::SAME_PERSON,
    &bookings::SKILL,
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
];

/// One code, with its status and every sentence that it is said with.
pub(super) struct Row {
    pub(super) code: &'static str,
    pub(super) status: u16,
    pub(super) sentences: Vec<String>,
}

/// Every code, by name: the houses' own, and what is said of any request.
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
