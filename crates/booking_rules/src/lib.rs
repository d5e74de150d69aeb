//! What a booking is, who may book what and when, and what it costs: the entity and its states, the input types,
//! release rules, booking windows, prices, cancellation policies, settings, and refusals. This crate does not claim
//! any time; the operations on bookings are in `bookings`.

pub mod details;
mod events;
mod inputs;
mod model;
mod notifications;
mod pricing;
pub mod refusals;
mod repeated;
mod request;
mod rules;
pub mod settings;
mod waits;

pub use catalogue::{LocalMoment, iso};
pub use events::{BookedInstead, BookingEvent, CancelledFor, HoldEnd, RepeatedBy, StepTaken};
pub use inputs::{BookingInput, MoveInput, Reason, SeriesInput};
pub use model::{
    BookedParty, BookedPrice, Booking, BookingGroup, CancellationState, Frozen, HoldState, Moves, SUBJECT,
    Status,
};
pub use notifications::{
    BookingNews, BookingNotification, NewsData, NewsItem, Opened, Repriced, VisitNotification,
};
pub use pricing::policy::{CancellationTerms, Policy};
pub use pricing::price::{
    Coverage, OriginalTerms, PlanDiscount, PriceBasis, PriceLine, Quote, SoldAddon, factor, price_for, quote,
};
pub use repeated::Repeated;
pub use request::{
    AddonRequest, Benefit, BookingRequest, Extras, FurtherService, MOST_THEN, Move, ShownMove, When,
};
pub use rules::input::{DecisionInput, RuleInput};
pub use rules::model::{Decision, Override, ReleaseRule, Rules, Start};
pub use rules::overrides::{DecidedTime, NOTHING_TO_UNDO, decide, decided_times, undo};
pub use rules::release::{Requester, Terms, release_mask, terms};
pub use rules::week::{StartRange, WeekDay, terms_of_start, week};
pub use rules::weekly::{StoredRule, add_rule, all_rules, edit_rule, end_rule, rules};
pub use rules::window::{Closed, Window};
pub use waits::{WaitKind, WaitState};
