//! Booking: free times, claims, bookings. A time is offered only if everything it needs is free; it is
//! booked only if the key of `claims` lets it, which holds whatever number of processes write.

mod adopt;
mod amend;
mod api;
mod arrive;
mod audit;
mod block_api;
mod blocks;
mod book;
mod cancel;
mod confirm;
mod day_visits;
mod expiry;
mod forget;
mod guests;
mod hands;
mod history;
mod hold;
mod kept;
mod life_api;
mod life_store;
mod mine;
mod model;
mod moving;
mod nightly;
mod notify;
mod numbers;
mod objections;
mod offering;
mod policy;
mod price;
mod record;
mod refusals;
mod release;
mod remind;
mod reprice;
mod request;
mod reschedule;
mod rule_input;
mod rules;
mod rules_api;
mod search;
mod series;
mod staff_api;
mod store;
mod undo_step;
mod visit;
mod wait_api;
mod wait_store;
mod waits;
mod week;
mod window;
mod wire;
mod wish;

pub use adopt::adopt;
pub use amend::{add_to_visit, amend, leave_out, take_over, take_over_carried};
pub use api::routes;
pub use arrive::{business_day_is_open, check_in, complete, no_show, start};
pub use audit::id_by_reference;
pub use blocks::{
    BLOCK_EDITED, BLOCK_REMOVED, BOOKINGS_INSIDE, BlockInput, InsideBlock, block, blocks, bookings_inside,
    edit_block, one_block, remove_block,
};
pub use book::{SUBJECT, book};
pub use cancel::{Reason, cancel, cancel_because};
pub use confirm::confirm;
pub use day_visits::{DayFilter, DayGuest, DayVisit, day_visits, guest_of};
pub use forget::{
    Exported, ExportedAddon, ExportedEvent, ExportedLapse, ExportedWait, export, export_lapses, export_waits,
    forget_address, forget_person, guest_addresses, has_ahead,
};
pub use guests::{
    GUEST, GuestVisit, TOO_MANY_GUEST_EMAILS, guest_visit, is_emailed, stop_guest_emails, visit_token,
};
pub use hands::{DecidedTime, NOTHING_TO_UNDO, decide, decided_times, undo};
pub use history::{Had, history};
pub use hold::{Held, HeldNotes, Holder, Visitor, extend, held, held_notes, held_visit, hold, let_go};
pub use kept::{KeptTime, kept_times};
pub use mine::{Mine, Only, allergies, mine, read, scene, show, some_of_mine, together};
pub use model::{Booking, Detail, Frozen, Status};
pub use nightly::{Nightly, Sweep, sweep, tidy};
pub use notify::{
    BookingNews, Cancellation, OPENED, REPRICED, StillHolds, cancellation, notify_as_it_is, notify_upcoming,
    revision, still_open, still_repriced, still_true,
};
pub use numbers::{ACCOUNT_DAYS, BIRTHDAY, MOVES, NUMBERS};
pub use objections::{Verdict, why_not, why_not_by_staff, why_not_for};
pub use offering::look;
pub use policy::{Leaving, Policy};
pub use price::{Agreed, Cover, PlanTerms, Quote, Sale, SoldAddon, factor, price_for, quote};
pub use record::{Record, record};
pub use refusals::*;
pub use release::{Asker, Decision, Override, ReleaseRule, Start, Terms, gate, terms};
pub use reprice::{Repriced, Repricing, reprice_for};
pub use reschedule::{Change, Rescheduled, preview_move, reschedule};
pub use rule_input::{DecisionWish, RuleWish};
pub use rules::{KeptRule, Rules, add_rule, all_rules, edit_rule, end_rule, rules};
pub use scheduling::{
    Bits, Block, BlockKind, Busy, Candidates, Cell, Day, DayCount, Days, Demand, Factors, Field, Keeping,
    MINUTES, Offer, Offers, Open, Openings, ReleaseMask, ResourceCalendar, begin, cell_at, cell_from, cells,
    minute, moments,
};
pub use search::{Answer, Ask, BookingFor, FreeDay, MOST_DAYS, SearchContext, Why, search, search_for};
pub use series::{
    CONFLICTS, Repeated, Series, SeriesCancelled, cancel_series, preview_cancel_series, repeat,
};
pub use undo_step::{Undoing, undo_step};
pub use waits::{
    Joined, Look, Offered, Opened, Place, Wait, WaitKind, Waiting, join, leave, place, places, wait, waits,
};
pub use week::{Stretch, WeekDay, week};
pub use window::{Closed, Window, iso};
pub use wire::ranked;
pub use wish::{AddonWish, Extras, Move, Perk, ShownMove, Then, When, Wish};
