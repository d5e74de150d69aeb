//! Booking: from a wish to a claimed time. One transaction; nobody else can have the same room, technician,
//! equipment or guest, because the key of `claims` says so.

use kit::{Error, Fields, Id, Result, Tx, numbers};
use money::{Bill, Line, Subject};
use people::{Action, Actor};
use serde_json::json;

use crate::audit;
use crate::expiry::claimant;
use crate::hold::Hold;
use crate::model::{Booking, Frozen, Status};
use crate::numbers::BIRTHDAY;
use crate::policy::Policy;
use crate::price::{Cover, Sale, SoldAddon, quote};
use crate::refusals::{SAME_PERSON, TAKEN};
use crate::request::{Question, Request};
use crate::search::window;
use crate::window::Window;
use crate::wish::{AddonWish, Extras, Perk, Wish};
use crate::{notify, store, visit};
use catalogue::{Catalogue, Service};
use jiff::civil::Date;
use membership::Standing;
use scheduling::begin;
use scheduling::{Claimed, Offer, Taken, claim_offer};

pub use crate::model::SUBJECT;

/// Books, with everything that follows in the same visit (F10). A wish without room or technician tries the next
/// candidate before it is refused (H5). The first booking of the visit is answered.
///
/// # Errors
/// The first refusal of the table that applies, with alternatives; `Error::Invalid` for what makes no sense;
/// `Error::Unauthorized` for visitors.
pub fn book(tx: &mut Tx<'_>, by: &Actor, wish: &Wish) -> Result<Booking> {
    let first = book_quietly(tx, by, wish)?;
    let made = all_of(tx, &first, wish)?;
    notify::booked(tx, by, &made)?;
    Ok(first)
}

/// Books, and leaves it to the caller to notify.
pub(crate) fn book_quietly(tx: &mut Tx<'_>, by: &Actor, wish: &Wish) -> Result<Booking> {
    let owner = owner(tx, by, wish)?;
    place_visit(tx, by, wish, owner, &Deed::Book)
}

/// Every booking that was made of a wish, of which this is the first.
pub(crate) fn all_of(tx: &mut Tx<'_>, first: &Booking, wish: &Wish) -> Result<Vec<Booking>> {
    if wish.then.is_empty() {
        return Ok(vec![first.clone()]);
    }
    let ids = store::made_together(tx, first.id)?;
    let found = ids.into_iter().map(|id| store::find(tx, id)).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().flatten().map(|kept| kept.booking).collect())
}

/// Whether [`book`] has a prospect: says no where it would, as things stand, and changes nothing. Of a visit the first
/// service is looked at.
///
/// # Errors
/// Those of [`book`].
pub(crate) fn look(tx: &mut Tx<'_>, by: &Actor, wish: &Wish) -> Result<()> {
    let owner = owner(tx, by, wish)?;
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, by, owner)?;
    let request = Request::understand(tx, &catalogue, &window, Question::of(wish, owner))?;
    request.look(tx).map(drop)
}

/// What is to become of a time that is claimed.
pub(crate) enum Deed {
    /// It is booked.
    Book,
    /// It is held.
    Hold(Hold),
}

/// Whose account a booking is made for: one's own, or, by staff, another's or nobody's.
///
/// # Errors
/// `Error::Unauthorized`; `Error::Forbidden` for another's account or a companion by whoever does not book for others;
/// `Error::Invalid` for `person_id` or `companion_id` of nobody.
pub(crate) fn owner(tx: &mut Tx<'_>, by: &Actor, wish: &Wish) -> Result<Option<Id>> {
    let own = by.person()?.id;
    let for_others = by.may(Action::BookForOthers);
    if wish.companion.is_some() && !for_others {
        return Err(Error::Forbidden);
    }
    for (field, named) in [("person_id", wish.person), ("companion_id", wish.companion)] {
        if let Some(person) = named.filter(|person| for_others && *person != own)
            && !people::is_here(tx, person)?
        {
            return Err(Fields::one(field, "There is nobody of this number."));
        }
    }
    if wish.companion.is_some() && wish.companion == wish.person.or(Some(own)) {
        return Err(Fields::one("companion_id", "Nobody comes along with themselves."));
    }
    match wish.person {
        Some(person) if for_others || person == own => Ok(Some(person)),
        Some(_) => Err(Error::Forbidden),
        None if for_others && wish.extras.guest_name.is_some() => Ok(None),
        None => Ok(Some(own)),
    }
}

/// Places a wish and what follows it.
pub(crate) fn place_visit(
    tx: &mut Tx<'_>,
    by: &Actor,
    wish: &Wish,
    owner: Option<Id>,
    deed: &Deed,
) -> Result<Booking> {
    // Bookings ahead are counted (F7): two of one person's wait for each other.
    owner.map_or(Ok(()), |owner| tx.line_up(owner))?;
    let catalogue = catalogue::current(tx)?;
    let window = window(tx, &catalogue, by, owner)?;
    let place = Place { by, catalogue: &catalogue, window: &window, deed };
    if wish.then.is_empty() {
        return place.one(tx, Question::of(wish, owner), &wish.extras, None);
    }
    visit::whole(tx, &place, wish, owner)
}

/// Where and for whom something is placed.
pub(crate) struct Place<'p> {
    pub(crate) by: &'p Actor,
    pub(crate) catalogue: &'p Catalogue,
    pub(crate) window: &'p Window,
    pub(crate) deed: &'p Deed,
}

impl Place<'_> {
    /// Claims a time for a question and writes the booking.
    pub(crate) fn one(
        &self,
        tx: &mut Tx<'_>,
        question: Question,
        extras: &Extras,
        visit: Option<Id>,
    ) -> Result<Booking> {
        let request = Request::understand(tx, self.catalogue, self.window, question)?;
        let found = request.look(tx)?;
        let sold = sold_addons(self.catalogue, request.service, &extras.addons)?;
        let id = tx.new_id()?;
        let taken = claim(tx, &request, found, id)?;
        self.write(tx, &request, &taken, extras, &sold, Draft { id, visit })
    }

    fn write(
        &self,
        tx: &mut Tx<'_>,
        request: &Request<'_>,
        taken: &Taken,
        extras: &Extras,
        sold: &[SoldAddon],
        Draft { id, visit }: Draft,
    ) -> Result<Booking> {
        let Request { service, minutes, day, party, .. } = *request;
        let standing = self.window.standing();
        let sale = Sale::of(service, minutes, standing, day, taken.factors);
        let sale = pay_with(tx, sale, extras.perk, standing, (id, day, party))?;
        let quote = quote(&sale, sold);
        let hold = match self.deed {
            Deed::Hold(hold) => Some(hold),
            Deed::Book => None,
        };
        let booking = Booking {
            id,
            reference: None,
            person: request.question.owner,
            service: service.id,
            room: taken.room,
            party,
            day,
            starts_at: request.starts_at(),
            ends_at: begin(request.end()),
            status: if hold.is_some() { Status::Held } else { Status::Confirmed },
            base: quote.base(),
            addons_total: quote.addons(),
            discount: quote.discount(),
            tax: money::tax_on(tx, self.catalogue.club.id, &quote.lines)?,
            policy: Policy::of(self.catalogue, standing),
            guest_name: extras.guest_name.clone(),
            guest_email: extras.guest_email.clone(),
            special_requests: extras.special_requests.clone(),
            companion: request.question.companion(),
            companion_name: extras.companion_name.clone(),
            created_at: tx.now(),
            expires_at: hold.map(|hold| hold.until),
            extended: false,
            sale: Some(sale),
            visit,
            series: None,
            moves: 0,
            moved_from: None,
            frozen: Frozen::default(),
            free_to_cancel: false,
            fee: None,
        };
        let by = self.by.id();
        store::insert(tx, self.catalogue.club.id, by, &booking, &quote.lines, extras)?;
        scheduling::insert_allocations(tx, id, &taken.allocations, booking.expires_at)?;
        write_addons(tx, id, self.catalogue, &extras.addons)?;
        match hold {
            Some(hold) => {
                store::set_holder(tx, id, hold)?;
                store::note(tx, id, by, "held", &json!({"total": booking.total()}))?;
                scheduling::bump_versions(tx, id)?;
                audit::note_made(tx, self.by, "booking_held", &booking)?;
                Ok(booking)
            }
            None => {
                let booking = settle(tx, self.catalogue, by, booking, quote.lines)?;
                audit::note_made(tx, self.by, "booking_made", &booking)?;
                Ok(booking)
            }
        }
    }
}

/// Claims the best of an offer, or what is left of it.
///
/// # Errors
/// `taken`, with other times; `same_person`.
pub(crate) fn claim(tx: &mut Tx<'_>, request: &Request<'_>, offer: Offer, booking: Id) -> Result<Taken> {
    match claim_offer(tx, &claimant(request.catalogue, booking), &request.wanted(), offer)? {
        Claimed::Taken(taken) => Ok(taken),
        Claimed::Gone => Err(request.lost(tx, &TAKEN)?),
        Claimed::PersonElsewhere => Err(request.window.worded(Error::refused(&SAME_PERSON))),
    }
}

struct Draft {
    id: Id,
    visit: Option<Id>,
}

/// Makes a claimed time a booking: charged, noted, numbered (H4). Whoever calls it notifies.
pub(crate) fn settle(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: Option<Id>,
    booking: Booking,
    lines: Vec<Line>,
) -> Result<Booking> {
    let club = catalogue.club.id;
    money::charge(tx, &bill(club, &booking, lines))?;
    store::note(tx, booking.id, by, "booked", &json!({"total": booking.total()}))?;
    scheduling::bump_versions(tx, booking.id)?;
    // Last, for the counter is locked until the commit.
    let year = booking.created_at.to_zoned(catalogue.club.zone.clone()).year();
    let reference = numbers::next(tx, "CS", club, year)?;
    store::set_reference(tx, booking.id, &reference)?;
    Ok(Booking { reference: Some(reference), ..booking })
}

/// The sale, paid with what of a person's plan is to pay for it, if they have it: that is used. Credits are used also for
/// who lets them be used without asking (P3); what a plan without limit covers is only counted.
pub(crate) fn pay_with(
    tx: &mut Tx<'_>,
    sale: Sale,
    perk: Option<Perk>,
    standing: &Standing,
    (booking, day, party): (Id, Date, i64),
) -> Result<Sale> {
    if sale.cover == Cover::Unlimited {
        membership::use_credit(tx, standing, day, booking)?;
        return Ok(sale);
    }
    let unasked = standing.uses_credits_unasked().then_some(Perk::Credit);
    let cover = match perk.or(unasked) {
        Some(Perk::Credit) if membership::use_credit(tx, standing, day, booking)? => Cover::Credit,
        Some(Perk::Birthday) if membership::use_birthday(tx, standing, day, booking)? => {
            Cover::Birthday(catalogue::current(tx)?.number(BIRTHDAY))
        }
        // A companion's share: of who comes alone there is none (M2).
        Some(Perk::Pass) if party > 1 && membership::use_pass(tx, standing, day, booking)? => {
            Cover::Pass(party)
        }
        _ => Cover::None,
    };
    Ok(Sale { cover, ..sale })
}

/// A booking at the price of a sale with its add-ons, and why it is that.
///
/// # Errors
/// `Error::Invalid` for an add-on that does not go with the service.
pub(crate) fn priced(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    booking: Booking,
    sale: Sale,
    addons: &[AddonWish],
) -> Result<(Booking, Vec<Line>)> {
    let service = catalogue.service(booking.service).ok_or(Error::NotFound)?;
    let quote = quote(&sale, &sold_addons(catalogue, service, addons)?);
    let booking = Booking {
        base: quote.base(),
        addons_total: quote.addons(),
        discount: quote.discount(),
        tax: money::tax_on(tx, catalogue.club.id, &quote.lines)?,
        sale: Some(sale),
        ..booking
    };
    Ok((booking, quote.lines))
}

/// What a booking's person owes for it.
pub(crate) fn bill(club: Id, booking: &Booking, lines: Vec<Line>) -> Bill {
    let subject = Subject { kind: SUBJECT, id: booking.id };
    Bill { subject, club, person: booking.person, lines }
}

/// The add-ons of a wish as they are sold.
///
/// # Errors
/// `Error::Invalid` for one that does not go with the service.
pub(crate) fn sold_addons(
    catalogue: &Catalogue,
    service: &Service,
    wishes: &[AddonWish],
) -> Result<Vec<SoldAddon>> {
    let sold = |wish: &AddonWish| {
        let addon = catalogue.addons_of(service).find(|addon| addon.id == wish.id);
        let addon =
            addon.ok_or_else(|| Fields::one("addons", "This add-on does not go with this service."))?;
        Ok((addon.name.clone(), addon.cents, wish.quantity))
    };
    wishes.iter().map(sold).collect()
}

/// Writes a booking's add-ons down beside those it has.
pub(crate) fn write_addons(
    tx: &mut Tx<'_>,
    booking: Id,
    catalogue: &Catalogue,
    wishes: &[AddonWish],
) -> Result<()> {
    for wish in wishes {
        let unit = catalogue.addon(wish.id).map(|addon| addon.cents).unwrap_or_default();
        store::insert_addon(tx, booking, wish, unit)?;
    }
    Ok(())
}
