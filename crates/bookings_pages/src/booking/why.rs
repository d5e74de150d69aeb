//! Descriptions of why a time cannot be booked, and what to do.

use axum::http::StatusCode;
use bookings::details::OPENS_AT;
use bookings::{
    Answer, CAPACITY, Days, MAINTENANCE, MEMBERS_ONLY, OUTSIDE_WINDOW, PLAN_REQUIRED, ROOM_CLOSED,
    SAME_PERSON, SKILL, TECHNICIAN_OFF, TOO_LATE, TOO_MANY_HOLDS, TOO_MANY_OPEN, VIP_ONLY, When, Window,
    cell_at, without_call,
};
use catalogue::{Catalogue, Room, Service};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::{Error, Id, Refusal, RefusalDetails, Result, Tx};
use membership::Tier;
use ui::{format, on_page, opening_hours};

use crate::booking::times::{self, Search, TimeCell};

/// The description of whether a time can be booked, and why not.
pub(crate) struct WhyNot {
    /// The requested time, such as `Friday 27 November, 18:30`.
    pub(crate) time: String,
    /// The HTTP status for a time that the form tried to hold; `None` if the page only asked about it.
    pub(crate) status: Option<StatusCode>,
    /// Why the time cannot be booked; `None` if it is free.
    pub(crate) sentence: Option<String>,
    /// What the guest can do.
    pub(crate) advice: Vec<Advice>,
    /// The moment as a form sends it, if the time is free and can be held.
    pub(crate) free: Option<String>,
    /// The moment as a form sends it, if the time can be held for someone else.
    pub(crate) for_other: Option<String>,
    /// The service and the moment, if the time opens later, so that the guest can ask for a notification.
    pub(crate) opens: Option<(Id, String)>,
    /// Other times of the day.
    pub(crate) near: Vec<TimeCell>,
}

impl WhyNot {
    /// Replaces the description for an actor who holds the time themselves.
    pub(crate) fn held_by_requester(self, hold: Id) -> WhyNot {
        let advice = Advice {
            sentence: "Confirm it there, or release it.".to_owned(),
            path: Some(format!("/book/held/{hold}/")),
            link: "View held time".to_owned(),
        };
        WhyNot {
            sentence: Some("You’re already holding this time.".to_owned()),
            advice: vec![advice],
            for_other: None,
            near: Vec::new(),
            ..self
        }
    }
}

/// What the guest can do: a sentence, and a link with its text.
pub(crate) struct Advice {
    pub(crate) sentence: String,
    pub(crate) path: Option<String>,
    pub(crate) link: String,
}

/// A requested time and the refusal of it, if there is one.
pub(crate) struct Situation<'t> {
    pub(crate) service: &'t Service,
    pub(crate) search: &'t Search,
    pub(crate) date: Date,
    /// The free times of the day.
    pub(crate) day: &'t Answer,
    pub(crate) when: When,
    pub(crate) refusal: Option<Error>,
    /// Whether the form tried to hold the time, and did not only ask about it.
    pub(crate) was_sent: bool,
}

/// Describes whether the requested time can be booked, and returns its moment.
///
/// # Errors
/// Returns a fault if the database fails.
pub(crate) fn explain(tx: &mut Tx<'_>, situation: Situation<'_>) -> Result<(WhyNot, Timestamp)> {
    let Situation { service, search, date, day, when, refusal, was_sent } = situation;
    let catalogue = catalogue::current(tx)?;
    let zone = &catalogue.club.zone;
    let today = day.window.today();
    let moment = match when {
        When::Moment(moment) => moment,
        When::Civil(date, time) => {
            date.to_datetime(time).to_zoned(zone.clone()).map_or(tx.now(), |at| at.timestamp())
        }
    };
    let time = format!("{}, {}", format::day(date, today), format::clock(zone, moment));
    let near = times::near(day, search, moment);
    let (mut sentence, mut status, mut opens_at) = (None, None, None);
    let mut refused: Option<&Refusal> = None;
    match refusal {
        Some(Error::Refused(refusal, details)) => {
            opens_at = opening(&details);
            let refusal_text = if refusal.is(&ROOM_CLOSED) && is_club_closed(&catalogue, moment)? {
                "We’re closed then."
            } else {
                // The advice says whom to call, with the number.
                without_call(refusal)
            };
            sentence = Some(with_opening(refusal_text, opens_at, zone, tx.now()));
            (refused, status) = (Some(refusal), StatusCode::from_u16(refusal.status).ok());
        }
        Some(Error::Invalid(fields)) => {
            sentence = fields.0.values().next().map(|sentence| on_page(sentence));
            status = Some(StatusCode::BAD_REQUEST);
        }
        Some(error) => return Err(error),
        None => {}
    }
    let without_others = [&SAME_PERSON, &TOO_MANY_OPEN, &PLAN_REQUIRED, &OUTSIDE_WINDOW];
    let shows_others = refused.is_some_and(|refusal| !refusal.is_any(&without_others));
    let is_refused = |refusal: &Refusal| refused.is_some_and(|refused| refused.is(refusal));
    let hours = is_refused(&ROOM_CLOSED).then(|| plain(open_hours(&catalogue, service, search.room, date)));
    let technician_word = catalogue.technician_word_of(service).to_lowercase();
    let whose = (&catalogue.club, technician_word.as_str(), &day.window);
    let what_to_do = refused.map(|refused| advice(refused, search, date, whose)).unwrap_or_default();
    let why = WhyNot {
        time,
        free: sentence.is_none().then(|| moment.to_string()),
        status: status.filter(|_| was_sent),
        advice: hours.into_iter().chain(what_to_do).collect(),
        for_other: (is_refused(&SAME_PERSON) && search.guest.is_none()).then(|| moment.to_string()),
        opens: opens_at.map(|_| (service.id, moment.to_string())),
        near: if shows_others { near } else { Vec::new() },
        sentence,
    };
    Ok((why, moment))
}

/// Returns when the refused time opens, if the refusal carries it as `opens_at`.
pub(crate) fn opening(details: &RefusalDetails) -> Option<Timestamp> {
    details.get(OPENS_AT).map(|opens| opens.moment)
}

/// Adds to the sentence of a refusal when the time opens, on the club's clock.
pub(crate) fn with_opening(
    sentence: &str,
    opens_at: Option<Timestamp>,
    zone: &TimeZone,
    now: Timestamp,
) -> String {
    match opens_at {
        Some(at) => format!("{sentence} You can book it starting {}.", format::beginning(zone, at, now)),
        None => sentence.to_owned(),
    }
}

fn plain(sentence: String) -> Advice {
    Advice { sentence, path: None, link: String::new() }
}

/// Returns what the guest can do about a refusal.
fn advice(
    refused: &Refusal,
    search: &Search,
    date: Date,
    (club, technician_word, window): (&catalogue::Club, &str, &Window),
) -> Vec<Advice> {
    let leads = |sentence: &str, path: String, link: &str| Advice {
        sentence: sentence.to_owned(),
        path: Some(path),
        link: link.to_owned(),
    };
    // Advice for guests does not apply to staff.
    let is_staff = window.is_unbounded();
    let unrestricted = Search { technician: None, room: None, ..search.clone() };
    let narrowed = search.technician.is_some() || search.room.is_some();
    let mut advice = Vec::new();
    let is = |others: &[&Refusal]| refused.is_any(others);
    if is_staff && is(&[&MAINTENANCE]) {
        let sentence = "See everything that’s blocked.";
        advice.push(leads(sentence, "/staff/blocks/".to_owned(), "See the blocks"));
    } else if is_staff && is(&[&TOO_LATE, &SAME_PERSON, &TOO_MANY_OPEN, &PLAN_REQUIRED]) {
        return advice;
    } else if is(&[&OUTSIDE_WINDOW]) && window.entitlements().tier() == Tier::Unlimited {
        // No plan books further ahead.
        return advice;
    } else if is(&[&OUTSIDE_WINDOW, &VIP_ONLY, &MEMBERS_ONLY]) {
        advice.push(plans(window));
    } else if is(&[&PLAN_REQUIRED]) {
        advice.push(leads("Join to book it.", "/#membership".to_owned(), "See memberships"));
    } else if is(&[&SAME_PERSON]) {
        let sentence = "You’ll find it under My visits.";
        advice.push(leads(sentence, "/dashboard/bookings/".to_owned(), "See your visits"));
    } else if is(&[&TOO_MANY_OPEN]) {
        let sentence = "Your bookings and held times are under My visits.";
        advice.push(leads(sentence, "/dashboard/bookings/".to_owned(), "See your visits"));
    } else if is(&[&MAINTENANCE, &TOO_LATE, &TOO_MANY_HOLDS]) {
        let path = format!("tel:{}", club.phone.replace(' ', ""));
        advice.push(leads("Call us at", path, &club.shown_phone()));
    } else {
        if narrowed {
            let sentence = format!("Another {technician_word} or room may be open.");
            let link = format!("Search any {technician_word}");
            advice.push(leads(&sentence, unrestricted.day_path(date), &link));
        }
        // Closed rooms, absent technicians, and missing skills or places do not change.
        if !is(&[&ROOM_CLOSED, &TECHNICIAN_OFF, &SKILL, &CAPACITY]) {
            let sentence = "If it opens up, we can hold it for you.";
            advice.push(leads(sentence, search.wait_path(date), "Join the waitlist"));
        }
    }
    advice
}

/// Returns that a plan, or another one, opens times earlier.
fn plans(window: &Window) -> Advice {
    let (sentence, link) = match window.entitlements().tier() {
        Tier::None => ("Members book further ahead and get some times first.", "See memberships"),
        _ => ("Some plans let you book further ahead and get some times first.", "Compare plans"),
    };
    Advice { sentence: sentence.to_owned(), path: Some("/#membership".to_owned()), link: link.to_owned() }
}

/// Returns whether no room of the club is open at a moment.
///
/// # Errors
/// Returns a fault if the moment is outside the range of the calendar library.
fn is_club_closed(catalogue: &Catalogue, moment: Timestamp) -> Result<bool> {
    let date = moment.to_zoned(catalogue.club.zone.clone()).date();
    // A shift that ends after midnight belongs to the day on which it begins.
    let days = Days::new(&catalogue.club.zone, date.yesterday().unwrap_or(date), date)?;
    let cell = cell_at(moment);
    let is_open =
        |room: &Room| days.open(&room.hours).iter().any(|open| (open.from..open.to).contains(&cell));
    Ok(!catalogue.rooms.iter().any(|room| room.active && is_open(room)))
}

/// Describes when the rooms that could serve the request are open on a day.
fn open_hours(catalogue: &Catalogue, service: &Service, room: Option<Id>, date: Date) -> String {
    let is_meant = |one: &&Room| one.active && room.is_none_or(|room| room == one.id);
    let rooms: Vec<&Room> =
        service.rooms.iter().filter_map(|id| catalogue.room(*id)).filter(is_meant).collect();
    let (name, hours) = opening_hours(&rooms, i64::from(date.weekday().to_monday_one_offset()));
    let are = if rooms.len() == 1 { "the room is" } else { "the rooms are" };
    match hours {
        Some(hours) => format!("On {name}, {are} open {hours}."),
        None => format!("On {name}, {are} closed all day."),
    }
}

/// Describes why free times are reserved, once for all of them.
pub(crate) fn reserved_sentence(refusal: &Refusal) -> &'static str {
    if refusal.is(&VIP_ONLY) {
        "Unlimited members can book these times first."
    } else if refusal.is(&MEMBERS_ONLY) {
        "Members can book these times first."
    } else {
        refusal.sentence
    }
}
