//! A chosen time as it is looked at before it is booked: what, when, where, for how much; or why not, and what
//! else there is.

use std::sync::Arc;

use bookings::{Answer, Ask, Offer, Policy, TAKEN, begin, cell_at, search};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use kit::web::{Input, Words};
use kit::{Cents, Fields, Id, Result, Tx};
use people::Actor;

use super::price::{self, BillLine, Cancelling};
use super::sheet::{narrowing, narrowing_id};
use super::times::{self, Search, TimeCell};
use super::words;

/// How many other times are named.
const ALTERNATIVES: usize = 6;

/// Which time of which service.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) service: String,
    pub(super) starts_at: Timestamp,
    narrowed: (Option<i64>, Option<Id>, Option<Id>),
}

impl Input for Chosen {
    fn parse(words: &mut Words) -> Chosen {
        let service = words.opt_text_within("service", 100);
        // A button of another time says `to`; the form around it still has the time it began with.
        let to = words.opt_moment("to");
        let starts_at = to.or(words.opt_moment("starts_at"));
        if service.is_none() || starts_at.is_none() {
            words.complain("time", "Choose a service and a time first, on the booking page.");
        }
        Chosen {
            service: service.unwrap_or_default(),
            starts_at: starts_at.unwrap_or(Timestamp::UNIX_EPOCH),
            narrowed: (
                narrowing(words, "party"),
                narrowing_id(words, "technician"),
                narrowing_id(words, "room"),
            ),
        }
    }
}

/// What is asked for besides the time, as far as it bears on the price.
#[derive(Debug, Clone, Default)]
pub(super) struct Extras {
    pub(super) addons: Vec<Id>,
    pub(super) use_credit: bool,
}

/// An extra that can be ticked.
#[derive(Debug)]
pub(super) struct AddonLine {
    pub(super) id: Id,
    pub(super) name: String,
    pub(super) sentence: String,
    pub(super) price: String,
    pub(super) is_ticked: bool,
}

/// The chosen time.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) search: Search,
    pub(super) starts_at: Timestamp,
    pub(super) service: String,
    pub(super) day: String,
    pub(super) span: String,
    pub(super) duration: String,
    pub(super) technician: Option<String>,
    pub(super) guests: String,
    pub(super) addons: Vec<AddonLine>,
    /// How many credits could be used; none if the plan needs none.
    pub(super) credits: i64,
    pub(super) use_credit: bool,
    /// What is offered; nothing if the time is not free.
    pub(super) offer: Option<Offered>,
    /// Why it is not offered.
    pub(super) refusal: Option<String>,
    pub(super) alternatives: Vec<TimeCell>,
    /// The page of the day's times.
    pub(super) day_path: String,
    pub(super) here: String,
}

/// What a free time costs.
#[derive(Debug)]
pub(super) struct Offered {
    pub(super) room: String,
    pub(super) bill: Vec<BillLine>,
    pub(super) total: String,
    pub(super) cancelling: String,
    /// What the service alone costs, without add-ons and credit: the promise that booking keeps.
    pub(super) promise: Cents,
}

/// Everything that was found out about a chosen time.
pub(super) struct Seen {
    pub(super) answer: Answer,
    pub(super) search: Search,
    /// The operating day.
    pub(super) day: Date,
    pub(super) offer: Option<Offer>,
}

impl Seen {
    /// Looks the chosen time up.
    ///
    /// # Errors
    /// `Error::Invalid` for an unknown service; a fault of the database.
    pub(super) fn of(tx: &mut Tx<'_>, by: &Actor, chosen: &Chosen) -> Result<Seen> {
        let catalogue = catalogue::current(tx)?;
        let unknown = || Fields::one("service", "There is no such service. Choose one on the booking page.");
        let service = catalogue.service_by_slug(&chosen.service).ok_or_else(unknown)?;
        let search_for = Search::fitting(&catalogue, service, chosen.narrowed);
        let date = words::date_at(&catalogue.club.zone, chosen.starts_at);
        // What begins after midnight belongs to the day before.
        let before = date.checked_sub(Span::new().days(1)).unwrap_or(date);
        let ask = Ask {
            service: service.id,
            minutes: None,
            ignoring: None,
            from: Some(before),
            to: Some(date),
            party: search_for.party,
            room: search_for.room,
            room_type: None,
            technician: search_for.technician,
            one_day: false,
            slots: true,
        };
        let answer = search(tx, by, &ask)?;
        let offer = answer.offers.iter().find(|offer| begin(offer.start) == chosen.starts_at).cloned();
        let day = offer.as_ref().map_or(date, |offer| offer.date);
        Ok(Seen { answer, search: search_for, day, offer })
    }

    /// What is ticked before anybody has touched it: the credit of who lets credits be used without asking (P3).
    pub(super) fn untouched(&self) -> Extras {
        let standing = self.answer.window.standing();
        let has_credit = standing.credits_left(self.day).is_some_and(|left| left > 0);
        Extras { use_credit: standing.uses_credits_unasked() && has_credit, ..Extras::default() }
    }

    pub(super) fn service(&self) -> &Service {
        self.answer.service()
    }

    /// What the service alone costs in a room at the chosen time.
    pub(super) fn plain_price(&self, room: Id, starts_at: Timestamp) -> Cents {
        let factors = self.answer.factors(room, self.day, cell_at(starts_at));
        self.answer.plain_quote(self.day, factors).total()
    }

    fn offered(&self, tx: &mut Tx<'_>, chosen: &Chosen, extras: &Extras) -> Result<Option<Offered>> {
        let Some(offer) = &self.offer else { return Ok(None) };
        let catalogue: &Arc<Catalogue> = &self.answer.catalogue;
        let Some((room, factors)) = offer.rooms.first().copied() else { return Ok(None) };
        let Some(room) = catalogue.room(room) else { return Ok(None) };
        let wanted = catalogue.addons_of(self.service()).filter(|addon| extras.addons.contains(&addon.id));
        let addons: Vec<_> = wanted.map(|addon| (addon.name.clone(), addon.cents, 1)).collect();
        let standing = self.answer.window.standing();
        let quote =
            bookings::price_for(self.service(), standing, self.day, factors, &addons, extras.use_credit);
        let tax = money::tax_on(tx, catalogue.club.id, &quote.lines)?;
        let cancelling = Cancelling {
            policy: Policy::of(catalogue, standing),
            net: quote.total(),
            booked_at: tx.now(),
            starts_at: chosen.starts_at,
            now: tx.now(),
            zone: &catalogue.club.zone,
        };
        Ok(Some(Offered {
            room: room.name.clone(),
            bill: price::bill(&quote.lines, tax),
            total: words::money(quote.total() + tax),
            cancelling: cancelling.sentence(),
            promise: self.plain_price(room.id, chosen.starts_at),
        }))
    }

    /// Why the time is not offered.
    fn refusal(&self) -> Option<String> {
        let window = &self.answer.window;
        if self.service().member_only && window.lacks_plan(self.day) {
            return Some(format!("{} is for members.", self.service().name));
        }
        if self.offer.is_some() {
            return None;
        }
        let closed = window.closed(self.day);
        Some(closed.map_or_else(
            || TAKEN.sentence.to_owned(),
            |closed| times::closed_sentence(window, self.day, closed),
        ))
    }

    /// The other times of the day, the nearest ones, in order.
    fn alternatives(&self, chosen: &Chosen) -> Vec<TimeCell> {
        let wanted = chosen.starts_at;
        let mut others: Vec<&Offer> =
            self.answer.offers.iter().filter(|offer| offer.date == self.day).collect();
        others.retain(|offer| begin(offer.start) != wanted);
        others.sort_by_key(|offer| (begin(offer.start).duration_since(wanted).abs(), offer.start));
        others.truncate(ALTERNATIVES);
        others.sort_by_key(|offer| offer.start);
        others.into_iter().map(|offer| times::time_cell(&self.answer, &self.search, offer)).collect()
    }

    fn addons(&self, extras: &Extras) -> Vec<AddonLine> {
        let line = |addon: &catalogue::Addon| AddonLine {
            id: addon.id,
            name: addon.name.clone(),
            sentence: addon.description.clone(),
            price: words::money(addon.cents),
            is_ticked: extras.addons.contains(&addon.id),
        };
        self.answer.catalogue.addons_of(self.service()).map(line).collect()
    }

    /// Draws it up. A `refusal` of the house says more than what was seen.
    ///
    /// # Errors
    /// A fault of the database.
    pub(super) fn ticket(
        &self,
        tx: &mut Tx<'_>,
        chosen: &Chosen,
        extras: &Extras,
        refusal: Option<String>,
    ) -> Result<Ticket> {
        let own = self.refusal();
        let offer = if own.is_some() { None } else { self.offered(tx, chosen, extras)? };
        let refusal = refusal.or(own);
        let (service, catalogue) = (self.service(), &self.answer.catalogue);
        let zone = &catalogue.club.zone;
        let ends_at = chosen.starts_at + jiff::SignedDuration::from_mins(service.minutes);
        let technician = self.search.technician.and_then(|id| catalogue.technician(id));
        let standing = self.answer.window.standing();
        Ok(Ticket {
            starts_at: chosen.starts_at,
            service: service.name.clone(),
            day: words::day(self.day, self.answer.window.today()),
            span: words::span(zone, chosen.starts_at, ends_at),
            duration: words::duration(service.minutes),
            technician: technician.map(|one| one.name.clone()),
            guests: words::guests(self.search.party.unwrap_or(service.party)),
            addons: self.addons(extras),
            credits: price::credits_left(standing, self.day),
            use_credit: extras.use_credit,
            alternatives: if refusal.is_some() { self.alternatives(chosen) } else { Vec::new() },
            offer,
            refusal,
            day_path: self.search.day_path(self.day),
            here: self.search.review_path(chosen.starts_at),
            search: self.search.clone(),
        })
    }
}
