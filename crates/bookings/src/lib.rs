//! Bookings: free times with their prices, holds, bookings, rescheduling, series, and the waitlist. The calendars of
//! resources, and the primary key that prevents double bookings, are in `scheduling`; rules and prices are in
//! `booking_rules`; the JSON API is in `bookings_api`.

mod accounts;
mod attendance;
mod blocks;
mod booking;
mod jobs;
mod model;
mod notifications;
mod preview;
mod search;
mod store;
mod waitlist;

pub use accounts::adopt::adopt;
pub use accounts::my_bookings::{
    MyBookings, allergies, my_bookings, my_filtered_bookings, read, read_allergies, scene, show, together,
};
pub use accounts::past_services::{PastService, past_services};
pub use accounts::privacy::{
    Exported, ExportedAddon, ExportedEvent, ExportedLapse, ExportedWait, export, export_lapses, export_waits,
    forget_address, forget_person, guest_addresses, has_ahead,
};
pub use attendance::day::{DayFilter, DayGuest, DayVisit, DayVisits, day_visits, guest_of, visits_ahead};
pub use attendance::own_day::{OwnDay, OwnVisit, own_day};
pub use attendance::steps::{business_day_is_open, check_in, complete, no_show, start};
pub use attendance::undo::{Undoing, undo_step};
pub use blocks::{
    BLOCK_EDITED, BLOCK_REMOVED, BOOKINGS_INSIDE, BlockInput, INSIDE_BLOCK, InsideBlock, block, blocks,
    bookings_inside, edit_block, field_of, one_block, remove_block,
};
pub use booking::amend::{add_to_visit, amend, leave_out, take_over, take_over_carried};
pub use booking::audit::id_by_reference;
pub use booking::book::{book, dry_run};
pub use booking::cancel::{cancel, cancel_because};
pub use booking::confirm::{confirm, services_price};
pub use booking::hold::{
    Held, HeldNotes, Holder, Visitor, dry_run_hold, extend, held, held_notes, held_visit, hold,
    hold_of_token, own_hold_at, own_holds_on, release_hold,
};
pub use booking::import::{ImportedBooking, import_booking};
pub use booking::reprice::reprice_for;
pub use booking::reschedule::{Change, Rescheduled, preview_move, reschedule};
pub use booking::series::{
    CONFLICTING, CONFLICTS, Conflict, Series, SeriesCancelled, cancel_series, note_repeated, open_series_of,
    preview_cancel_series, repeat,
};
pub use booking_rules::details;
pub use booking_rules::refusals::*;
pub use booking_rules::settings::{
    ACCOUNT_DAYS, BIRTHDAY, HOLD, MOVES, OFFER, SETTINGS, all as all_settings, named as setting_named,
};
pub use booking_rules::{
    AddonRequest, Benefit, Booking, BookingNews, BookingNotification, BookingRequest, CancellationTerms,
    Closed, Coverage, DecidedTime, Decision, DecisionInput, Extras, Frozen, FurtherService, LocalMoment,
    Move, NOTHING_TO_UNDO, Opened, OriginalTerms, Override, PlanDiscount, Policy, PriceBasis, PriceLine,
    Quote, Reason, ReleaseRule, Repeated, Repriced, Requester, RuleInput, Rules, SUBJECT, ShownMove,
    SoldAddon, Start, StartRange, Status, StoredRule, Terms, VisitNotification, WaitKind, WaitState, WeekDay,
    When, Window, add_rule, all_rules, decide, decided_times, edit_rule, end_rule, factor, iso, price_for,
    quote, release_mask, rules, terms, terms_of_start, undo, week,
};
pub use jobs::{Nightly, RunMaintenance, delete_old_claims, run_maintenance};
pub use model::{BookingFilter, Detail, Repricing};
pub use notifications::guests::{
    GuestVisit, TOO_MANY_GUEST_EMAILS, guest_visit, is_emailed, stop_guest_emails, visit_token,
};
pub use notifications::notify::{
    Cancellation, StillHolds, cancellation, is_notified, notify_current_status, notify_upcoming, revision,
    still_open, still_repriced, still_true,
};
pub use scheduling::{
    Bits, Block, BlockKind, Busy, Candidates, Cell, Day, DayCount, Days, Demand, Factors, Field, MINUTES,
    Offer, Offers, Open, Openings, PreferredResources, ReleaseMask, ResourceCalendar, begin, cell_at,
    cell_from, cells, minute, moments,
};
pub use search::free_times::{
    Answer, BookingFor, FreeDay, MOST_DAYS, Search, SearchContext, Why, search, search_for, why,
};
pub use search::lookup::window;
pub use search::reserved_times::{ReservedTime, reserved_times};
pub use search::slot::{ALTERNATIVES, Named, Slot, clock, ranked, slots, with_tax};
pub use search::why_not::{Verdict, why_not, why_not_by_staff, why_not_for};
pub use waitlist::join::{
    Joined, WaitInput, Waiting, WaitlistPlace, join, leave, place, places, wait, waits,
};
pub use waitlist::model::{MatchWaitlist, Wait};
pub use waitlist::offering::match_waitlist;
