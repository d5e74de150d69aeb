//! The refusals of this crate. They are listed in the table of refusals.

use kit::Refusal;

/// Someone else has taken the time in the meantime.
pub const TAKEN: Refusal = Refusal::conflict("taken", "This time is already taken.");
/// Too far ahead for this person (W1).
pub const OUTSIDE_WINDOW: Refusal =
    Refusal::forbidden("outside_window", "That day isn’t open for booking yet.");
/// The time is reserved for Unlimited members until some hours before (W3).
pub const VIP_ONLY: Refusal =
    Refusal::forbidden("vip_only", "This time is reserved for Unlimited members until it opens.");
/// The time is reserved for members until some hours before (W3).
pub const MEMBERS_ONLY: Refusal =
    Refusal::forbidden("members_only", "This time is reserved for members until it opens.");
macro_rules! not_online {
    () => {
        "This time isn’t available online."
    };
}
macro_rules! too_soon {
    () => {
        "That’s too soon to book online."
    };
}
/// Staff blocked the time for online booking.
pub const MAINTENANCE: Refusal = Refusal::conflict("maintenance", concat!(not_online!(), " Please call us."));
/// The start is too soon to be booked online (W1).
pub const TOO_LATE: Refusal = Refusal::conflict("too_late", concat!(too_soon!(), " Please call us to book."));
/// The service is for members only, and the person has no plan on that day.
pub const PLAN_REQUIRED: Refusal = Refusal::forbidden("plan_required", "This is for members only.");
/// No room that can serve this is open at that time.
pub const ROOM_CLOSED: Refusal =
    Refusal::conflict("room_closed", "The room for this service is closed then.");
/// No technician with the required skill works at that time.
pub const TECHNICIAN_OFF: Refusal =
    Refusal::conflict("technician_off", "No one who offers this service is working then.");
/// The requested technician does not offer the service.
pub const SKILL: Refusal = Refusal::conflict("skill", "This person doesn’t offer this service.");
/// No room that serves this takes a party of that size.
pub const CAPACITY: Refusal = Refusal::conflict("capacity", "We don’t have a room for a group that size.");
/// A person cannot be in two places at once, whether as guest or as companion (F6).
pub const SAME_PERSON: Refusal =
    Refusal::conflict("same_person", "You or your companion already has a booking at this time.");
/// The operation is not possible in the current status of the booking.
pub const WRONG_STATE: Refusal = Refusal::conflict("wrong_state", "This booking can’t be changed anymore.");
/// The hold was booked already, possibly by the same request sent twice.
pub const BOOKED_ALREADY: Refusal = Refusal::conflict("wrong_state", "This time is already booked.");
/// Only the time to prepare or to clean between two bookings is missing (F1).
pub const TURNOVER: Refusal = Refusal::conflict("turnover", "There isn’t enough time to prepare the room.");
/// The equipment that the service needs is in use at that time.
pub const EQUIPMENT: Refusal =
    Refusal::conflict("equipment", "The equipment for this service is in use then.");
/// The person has as many upcoming bookings as they may have (F7).
pub const TOO_MANY_OPEN: Refusal = Refusal::conflict(
    "too_many_open",
    "You’ve reached your limit of upcoming bookings. Cancel one, or book again after your next visit.",
);
/// The person holds as many times as they may hold (H1).
pub const TOO_MANY_HELD: Refusal = Refusal::conflict(
    "too_many_open",
    "You’re already holding as many times as we allow. Book or release one, then try again.",
);
/// The booking has been rescheduled as many times as allowed (C4).
pub const TOO_MANY_MOVES: Refusal =
    Refusal::conflict("too_many_moves", "This booking has reached its limit of changes.");
/// Rescheduling would cost another amount than the person was shown (C6).
pub const PRICE_CHANGED: Refusal = Refusal::conflict(
    "price_changed",
    "The price has changed. Your visit hasn’t been rescheduled yet: please check the new price, then confirm again.",
);
/// Rescheduling would change the room or a technician from what the person was shown (C6).
pub const MOVE_CHANGED: Refusal = Refusal::conflict(
    "move_changed",
    "The room or the person looking after you has changed. Nothing is rescheduled yet: please check, then confirm again.",
);
/// Too many times were held from one network address (H1).
pub const TOO_MANY_HOLDS: Refusal = Refusal::too_many(
    "too_many_requests",
    "Too many times are being held from your network. Please wait a bit and try again.",
);
/// As many places as a person has on the waitlist.
pub const TOO_MANY_WAITS: Refusal = Refusal::conflict("too_many_open", "You’ve reached your waitlist limit.");

/// For staff: it is too early to check in (D11). Carries `opens_at`.
pub const CHECK_IN_LATER: Refusal = Refusal::conflict(
    "wrong_state",
    "Check-in hasn’t opened for this visit. Check the guest in on the day of the visit.",
);
/// For staff: it is too early to start the visit (D11). Carries `opens_at`.
pub const START_LATER: Refusal =
    Refusal::conflict("wrong_state", "It’s too early to start this visit. Start it closer to its time.");
/// For staff: a visit cannot be completed before its start (D11). Carries `opens_at`.
pub const COMPLETE_LATER: Refusal =
    Refusal::conflict("wrong_state", "This visit hasn’t started. Complete it after it starts.");
/// For staff: it is too early to mark a no-show (C5). Carries `opens_at`.
pub const NO_SHOW_LATER: Refusal =
    Refusal::conflict("wrong_state", "It’s too early to mark a no-show. Give the guest time to arrive.");
/// For staff: the guest was not checked in. Carries `status`.
pub const CHECK_IN_FIRST: Refusal =
    Refusal::conflict("wrong_state", "This guest hasn’t been checked in. Check them in first.");
/// For staff: the status of the visit does not permit this step. Carries `status`.
pub const WRONG_STEP: Refusal = Refusal::conflict(
    "wrong_state",
    "This visit has changed in the meantime. Check its status, then choose what to do.",
);
/// For staff: someone has just done this already. Carries `by` and `at`.
pub const DONE_ALREADY: Refusal =
    Refusal::conflict("wrong_state", "This was already done. Nothing was changed.");
/// Staff: there is no such step to undo.
pub const NOTHING_UNDONE: Refusal =
    Refusal::conflict("wrong_state", "This step can’t be undone yet. Undo the most recent step first.");
/// Only a manager can undo this step now (D4).
pub const MANAGER_REQUIRED: Refusal = Refusal::forbidden(
    "manager_required",
    "Only a manager can undo this now, with a reason. Please ask one.",
);
/// The business day can no longer be changed (T14). Carries `first_open`.
pub const DAY_CLOSED: Refusal = Refusal::conflict(
    "day_closed",
    "This visit’s business day has closed. Ask a manager how to record the change.",
);

/// The wording of [`MAINTENANCE`] for staff.
pub const STAFF_MAINTENANCE: Refusal =
    Refusal::conflict("maintenance", "This time is blocked. Remove the block first, or choose another time.");
/// The wording of [`TOO_LATE`] for staff.
pub const STAFF_TOO_LATE: Refusal =
    Refusal::conflict("too_late", "That start time is too far in the past. Choose a later one.");
/// The wording of [`SAME_PERSON`] for staff.
pub const STAFF_SAME_PERSON: Refusal = Refusal::conflict(
    "same_person",
    "This guest or their companion has another booking at this time. Choose another time, or reschedule that booking.",
);
/// What staff read instead of [`ROOM_CLOSED`].
pub const STAFF_ROOM_CLOSED: Refusal = Refusal::conflict(
    "room_closed",
    "No room for this service is open then. Choose a time within its hours.",
);
/// The wording of [`TECHNICIAN_OFF`] for staff.
pub const STAFF_TECHNICIAN_OFF: Refusal = Refusal::conflict(
    "technician_off",
    "No technician for this service is available then. Choose another time or technician.",
);
/// What staff read instead of [`EQUIPMENT`].
pub const STAFF_EQUIPMENT: Refusal = Refusal::conflict(
    "equipment",
    "The equipment for this service is in use or blocked then. Choose another time.",
);

/// Returns the sentence of a refusal for a page that shows the telephone number itself: without the request to call.
pub fn without_call(refusal: &'static Refusal) -> &'static str {
    if *refusal == MAINTENANCE {
        not_online!()
    } else if *refusal == TOO_LATE {
        too_soon!()
    } else {
        refusal.sentence
    }
}

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
