//! The refusals of this crate. They are listed in the table of refusals.

use kit::Refusal;

/// Someone else has taken the time in the meantime.
pub const TAKEN: Refusal = Refusal::conflict("taken", "This time has just been taken.");
/// The day is too far ahead for this person (W1).
pub const OUTSIDE_WINDOW: Refusal = Refusal::forbidden("outside_window", "This day is not open to you yet.");
/// The time is reserved for Unlimited members until some hours before (W3).
pub const VIP_ONLY: Refusal =
    Refusal::forbidden("vip_only", "This time is kept for Unlimited members for now.");
/// The time is reserved for members until some hours before (W3).
pub const MEMBERS_ONLY: Refusal =
    Refusal::forbidden("members_only", "This time is kept for members for now.");
/// Staff blocked the time for online booking.
pub const MAINTENANCE: Refusal =
    Refusal::conflict("maintenance", "This time is not sold online. Please call us.");
/// The start is too soon to be booked online (W1).
pub const TOO_LATE: Refusal =
    Refusal::conflict("too_late", "This is too soon: online, book at least an hour ahead. Please call us.");
/// The service is only for members.
pub const PLAN_REQUIRED: Refusal = Refusal::forbidden("plan_required", "This is for members.");
/// No room that could serve this is open at that time.
pub const ROOM_CLOSED: Refusal = Refusal::conflict("room_closed", "We are closed then.");
/// No technician with the skill works at that time.
pub const TECHNICIAN_OFF: Refusal = Refusal::conflict("technician_off", "Nobody who does this works then.");
/// The requested technician lacks the skill.
pub const SKILL: Refusal = Refusal::conflict("skill", "This technician does not do this.");
/// No room is large enough for the party.
pub const CAPACITY: Refusal = Refusal::conflict("capacity", "No room of ours takes so many for this.");
/// A person cannot be in two places at once, whether as guest or as companion (F6).
pub const SAME_PERSON: Refusal =
    Refusal::conflict("same_person", "You, or who comes with you, have another booking at this time.");
/// The status of the booking does not permit this.
pub const WRONG_STATE: Refusal =
    Refusal::conflict("wrong_state", "This can't be done with this booking any more.");
/// Only the time to prepare or clean the room between two bookings is missing (F1).
pub const TURNOVER: Refusal =
    Refusal::conflict("turnover", "There is no time left to prepare the room between two bookings.");
/// The equipment that the service needs is taken at that time.
pub const EQUIPMENT: Refusal = Refusal::conflict("equipment", "What this needs is in use at this time.");
/// The person has as many upcoming bookings as they may have (F7).
pub const TOO_MANY_OPEN: Refusal = Refusal::conflict(
    "too_many_open",
    "You have as many bookings ahead as we keep for you. Come to one of them, or cancel one, then book again.",
);
/// The person holds as many times as they may hold (H1).
pub const TOO_MANY_HELD: Refusal = Refusal::conflict(
    "too_many_open",
    "You are holding as many times as we keep for you. Book one of them, or let one go, then try again.",
);
/// The booking has been rescheduled as many times as allowed (C4).
pub const TOO_MANY_MOVES: Refusal =
    Refusal::conflict("too_many_moves", "This booking has been moved as often as we can move it.");
/// Rescheduling would cost another amount than the person was shown (C6).
pub const PRICE_CHANGED: Refusal = Refusal::conflict(
    "price_changed",
    "The price has changed. Nothing has been moved yet: please check the new price, then confirm again.",
);
/// Rescheduling would change the room or a technician from what the person was shown (C6).
pub const MOVE_CHANGED: Refusal = Refusal::conflict(
    "move_changed",
    "The room or the therapist has changed. Nothing has been moved yet: please check, then confirm again.",
);
/// Too many times were held from one network address (H1).
pub const TOO_MANY_HOLDS: Refusal = Refusal::too_many(
    "too_many_requests",
    "Too many times were held from where you are. Please wait a while, then try again.",
);
/// The person has as many places on the waitlist as they may have.
pub const TOO_MANY_WAITS: Refusal =
    Refusal::conflict("too_many_open", "You have as many places on the waitlist as we keep for you.");

/// For staff: it is too early to check in (D11). Carries `opens_at`.
pub const CHECK_IN_LATER: Refusal = Refusal::conflict(
    "wrong_state",
    "Check-in has not opened for this visit. Check the guest in on its day.",
);
/// For staff: it is too early to start the visit (D11). Carries `opens_at`.
pub const START_LATER: Refusal =
    Refusal::conflict("wrong_state", "It is too early to start this visit. Start it closer to its time.");
/// For staff: a visit cannot be completed before its start (D11). Carries `opens_at`.
pub const COMPLETE_LATER: Refusal =
    Refusal::conflict("wrong_state", "This visit has not begun. Complete it after its start.");
/// For staff: it is too early to mark a no-show (C5). Carries `opens_at`.
pub const NO_SHOW_LATER: Refusal =
    Refusal::conflict("wrong_state", "It is too early to mark a no-show. Give the guest time to arrive.");
/// For staff: the guest was not checked in. Carries `status`.
pub const CHECK_IN_FIRST: Refusal =
    Refusal::conflict("wrong_state", "This guest has not been checked in. Check them in first.");
/// For staff: the status of the visit does not permit this step. Carries `status`.
pub const WRONG_STEP: Refusal = Refusal::conflict(
    "wrong_state",
    "This visit has changed meanwhile. See its state, then choose what to do.",
);
/// For staff: someone has just done this already. Carries `by` and `at`.
pub const DONE_ALREADY: Refusal =
    Refusal::conflict("wrong_state", "This was done already, and nothing was changed.");
/// For staff: there is no such step to undo.
pub const NOTHING_UNDONE: Refusal = Refusal::conflict(
    "wrong_state",
    "This step can't be undone as the visit stands now. Undo the last step first.",
);
/// Only a manager can undo this step now (D4).
pub const MANAGER_REQUIRED: Refusal = Refusal::forbidden(
    "manager_required",
    "Only a manager can undo this now, with a reason. Ask one to do it.",
);
/// The business day can no longer be changed (T14). Carries `first_open`.
pub const DAY_CLOSED: Refusal = Refusal::conflict(
    "day_closed",
    "The business day of this visit is closed. Ask a manager what to enter today.",
);
/// The fee of the no-show was paid.
pub const FEE_PAID: Refusal =
    Refusal::conflict("already_paid", "The fee was paid already. Give it back first, then undo the no-show.");

/// The wording of [`MAINTENANCE`] for staff.
pub const STAFF_MAINTENANCE: Refusal =
    Refusal::conflict("maintenance", "This time is blocked. Remove the block first, or choose another time.");
/// The wording of [`TOO_LATE`] for staff.
pub const STAFF_TOO_LATE: Refusal =
    Refusal::conflict("too_late", "This start is too long ago to be entered. Choose a later one.");
/// The wording of [`SAME_PERSON`] for staff.
pub const STAFF_SAME_PERSON: Refusal = Refusal::conflict(
    "same_person",
    "This guest, or their companion, has another booking at this time. Choose another time, or move that one.",
);
/// The wording of [`ROOM_CLOSED`] for staff.
pub const STAFF_ROOM_CLOSED: Refusal =
    Refusal::conflict("room_closed", "No room for this is open then. Choose a time within its hours.");
/// The wording of [`TECHNICIAN_OFF`] for staff.
pub const STAFF_TECHNICIAN_OFF: Refusal = Refusal::conflict(
    "technician_off",
    "No technician for this is available then. Choose another time or technician.",
);
/// The wording of [`EQUIPMENT`] for staff.
pub const STAFF_EQUIPMENT: Refusal =
    Refusal::conflict("equipment", "The equipment for this is in use or blocked then. Choose another time.");

/// Returns the refusal with the wording for staff, if there is one. The code stays the same.
pub(crate) fn for_staff(refusal: &'static Refusal) -> &'static Refusal {
    const WORDED: [(&Refusal, &Refusal); 6] = [
        (&MAINTENANCE, &STAFF_MAINTENANCE),
        (&TOO_LATE, &STAFF_TOO_LATE),
        (&SAME_PERSON, &STAFF_SAME_PERSON),
        (&ROOM_CLOSED, &STAFF_ROOM_CLOSED),
        (&TECHNICIAN_OFF, &STAFF_TECHNICIAN_OFF),
        (&EQUIPMENT, &STAFF_EQUIPMENT),
    ];
    WORDED.into_iter().find(|(guests, _)| *guests == refusal).map_or(refusal, |(_, staff)| staff)
}
