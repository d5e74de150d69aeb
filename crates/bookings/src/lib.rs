//! Bookings: free times with their prices, holds, bookings, moves, series, and the waitlist. The calendars of resources,
//! and the key that lets nothing be booked twice, are in `scheduling`.

mod accounts;
mod api;
mod attendance;
mod blocks;
mod booking;
mod jobs;
mod model;
mod notifications;
mod numbers;
mod preview;
mod pricing;
mod refusals;
mod rules;
mod search;
mod store;
mod waitlist;

pub use accounts::adopt::adopt;
pub use accounts::history::{Had, history};
pub use accounts::my_bookings::{
    MyBookings, allergies, my_bookings, read, read_allergies, scene, show, some_of_mine, together,
};
pub use accounts::privacy::{
    Exported, ExportedAddon, ExportedEvent, ExportedLapse, ExportedWait, export, export_lapses, export_waits,
    forget_address, forget_person, guest_addresses, has_ahead,
};
pub use api::routes;
pub use attendance::day::{DayFilter, DayGuest, DayVisit, day_visits, guest_of, visits_ahead};
pub use attendance::steps::{business_day_is_open, check_in, complete, no_show, start};
pub use attendance::undo::{Undoing, undo_step};
pub use blocks::{
    BLOCK_EDITED, BLOCK_REMOVED, BOOKINGS_INSIDE, BlockInput, InsideBlock, block, blocks, bookings_inside,
    edit_block, one_block, remove_block,
};
pub use booking::amend::{add_to_visit, amend, leave_out, take_over, take_over_carried};
pub use booking::audit::id_by_reference;
pub use booking::book::book;
pub use booking::cancel::{Reason, cancel, cancel_because};
pub use booking::confirm::confirm;
pub use booking::hold::{
    Held, HeldNotes, Holder, Visitor, extend, held, held_notes, held_visit, hold, hold_of_token, let_go,
    own_hold_at,
};
pub use booking::import::{Record, record};
pub use booking::reprice::{Repricing, reprice_for};
pub use booking::request::{AddonRequest, Benefit, BookingRequest, Extras, Move, ShownMove, Then, When};
pub use booking::reschedule::{Change, Rescheduled, preview_move, reschedule};
pub use booking::series::{
    CONFLICTS, Repeated, Series, SeriesCancelled, cancel_series, note_repeated, open_series_of,
    preview_cancel_series, repeat,
};
pub use jobs::{Nightly, Sweep, sweep, tidy};
pub use model::SUBJECT;
pub use model::{Booking, Detail, Frozen, Status};
pub use model::{Only, Repriced};
pub use notifications::guests::{
    GUEST, GuestVisit, TOO_MANY_GUEST_EMAILS, guest_visit, is_emailed, stop_guest_emails, visit_token,
};
pub use notifications::notify::{
    BookingNews, Cancellation, OPENED, REPRICED, StillHolds, cancellation, notify_as_it_is, notify_upcoming,
    revision, still_open, still_repriced, still_true,
};
pub use numbers::{ACCOUNT_DAYS, BIRTHDAY, MOVES, NUMBERS};
pub use pricing::policy::{Leaving, Policy};
pub use pricing::price::{
    Agreed, Coverage, PlanTerms, PriceBasis, Quote, SoldAddon, factor, price_for, quote,
};
pub use refusals::*;
pub use rules::input::{DecisionInput, RuleInput};
pub use rules::model::{Decision, Override, ReleaseRule, Rules, Start};
pub use rules::overrides::{DecidedTime, NOTHING_TO_UNDO, decide, decided_times, undo};
pub use rules::release::{Asker, Terms, gate, terms};
pub use rules::week::{Stretch, WeekDay, week};
pub use rules::weekly::{KeptRule, add_rule, all_rules, edit_rule, end_rule, rules};
pub use rules::window::{Closed, Window, iso};
pub use scheduling::{
    Bits, Block, BlockKind, Busy, Candidates, Cell, Day, DayCount, Days, Demand, Factors, Field, Keeping,
    MINUTES, Offer, Offers, Open, Openings, ReleaseMask, ResourceCalendar, begin, cell_at, cell_from, cells,
    minute, moments,
};
pub use search::free_times::{
    Answer, BookingFor, FreeDay, MOST_DAYS, Search, SearchContext, Why, search, search_for,
};
pub use search::kept_times::{KeptTime, kept_times};
pub use search::slot::ranked;
pub use search::why_not::{Verdict, why_not, why_not_by_staff, why_not_for};
pub use waitlist::join::{Joined, Place, Waiting, join, leave, place, places, wait, waits};
pub use waitlist::model::{MatchWaitlist, Offered, Opened, Wait, WaitKind};
pub use waitlist::offering::match_waitlist;

// Former names: callers above are renamed one by one.
pub use accounts::my_bookings::{MyBookings as Mine, my_bookings as mine};
pub use booking::request::{AddonRequest as AddonWish, Benefit as Perk, BookingRequest as Wish};
pub use pricing::price::Coverage as Cover;
pub use rules::input::{DecisionInput as DecisionWish, RuleInput as RuleWish};
pub use search::free_times::Search as Ask;
pub use waitlist::model::MatchWaitlist as Look;
pub use waitlist::offering::match_waitlist as look;
