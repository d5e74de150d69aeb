//! Free times as pages show them: a strip of fourteen days, and the times of one day.

use bookings::{Answer, BookingFor, Closed, Factors, FreeDay, Offer, Window, begin, cells};
use catalogue::Service;
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use kit::Id;
use kit::web::RawInput;
use membership::Tier;
use ui::{format, lenient_id, lenient_number};

use crate::booking::spacing;

/// The number of days in the strip.
const STRIP: i64 = 14;
/// The hours of the club's clock at which the afternoon and the evening begin.
const NOON: i8 = 12;
const EVENING: i8 = 17;

/// The number of alternative times that are shown.
const NEAR: usize = 6;

/// The search parameters of a request. A parameter that is not a number is ignored.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Narrowed {
    party: Option<i64>,
    technician: Option<Id>,
    room: Option<Id>,
    minutes: Option<i64>,
    guest: Option<i64>,
}

impl Narrowed {
    pub(crate) fn parse(input: &RawInput) -> Narrowed {
        Narrowed {
            party: lenient_number(input, "party"),
            technician: lenient_id(input, "technician"),
            room: lenient_id(input, "room"),
            minutes: lenient_number(input, "duration"),
            guest: lenient_number(input, "for").filter(|guest| *guest >= 0),
        }
    }

    /// Returns the same parameters for a booking of the actor, even if they name a guest.
    pub(crate) fn for_requester(self) -> Narrowed {
        Narrowed { guest: None, ..self }
    }

    /// Returns the person that staff book for: the id of an account, or `0` for a guest without one. `None` means the
    /// actor.
    pub(crate) fn guest(self) -> Option<i64> {
        self.guest
    }

    /// Returns for whom free times are searched.
    pub(crate) fn whom(self) -> BookingFor {
        booking_for(self.guest)
    }
}

impl Narrowed {
    /// Returns whether no parameter narrows the search.
    pub(crate) fn is_open(self) -> bool {
        self.party.is_none() && self.technician.is_none() && self.room.is_none() && self.minutes.is_none()
    }

    /// Returns whether the party, the room, or the duration narrows the search.
    pub(crate) fn has_details(self) -> bool {
        self.party.is_some() || self.room.is_some() || self.minutes.is_some()
    }

    pub(crate) fn technician(self) -> Option<Id> {
        self.technician
    }

    pub(crate) fn room(self) -> Option<Id> {
        self.room
    }
}

/// Converts the number in a form or a URL: the id of an account, or `0` for a guest without one. `None` means the
/// actor.
fn booking_for(guest: Option<i64>) -> BookingFor {
    match guest {
        None => BookingFor::Requester,
        Some(0) => BookingFor::Guest,
        Some(person) => BookingFor::Person(Id(person)),
    }
}

/// The parameters of a search for free times.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) service: String,
    pub(crate) party: Option<i64>,
    pub(crate) technician: Option<Id>,
    pub(crate) room: Option<Id>,
    /// The duration in minutes of a service that is sold by time (F9).
    pub(crate) minutes: Option<i64>,
    /// The booking that is to be rescheduled.
    pub(crate) moving: Option<Id>,
    /// The person that staff book for: the id of an account, or `0` for a guest without one. `None` means the actor.
    pub(crate) guest: Option<i64>,
}

impl Search {
    /// Creates a search from the parameters that fit the service: a technician or room that does not serve it is
    /// ignored.
    pub(crate) fn fitting(catalogue: &catalogue::Catalogue, service: &Service, narrowed: Narrowed) -> Search {
        let serves = |id: &Id| {
            let one = catalogue.technician(*id).filter(|one| one.active);
            service.technicians > 0 && one.is_some_and(|one| one.is_skilled_for(service))
        };
        let sold = |minutes: &i64| durations(service).contains(minutes);
        Search {
            service: service.slug.clone(),
            party: narrowed.party.filter(|party| (service.party..=service.max_capacity).contains(party)),
            technician: narrowed.technician.filter(serves),
            room: narrowed.room.filter(|room| service.rooms.contains(room)),
            minutes: narrowed.minutes.filter(sold),
            moving: None,
            guest: narrowed.guest,
        }
    }

    /// Returns for whom free times are searched.
    pub(crate) fn whom(&self) -> BookingFor {
        booking_for(self.guest)
    }

    /// Converts the search into a query for the free times from one day to another. `one_day` is whether a single day
    /// is searched; only then the result contains the times.
    pub(crate) fn to_query(&self, service: Id, from: Date, to: Date, one_day: bool) -> bookings::Search {
        bookings::Search {
            service,
            minutes: self.minutes,
            ignoring: self.moving,
            addons: Vec::new(),
            from: Some(from),
            to: Some(to),
            party: self.party,
            room: self.room,
            room_type: None,
            technician: self.technician,
            one_day,
            slots: false,
        }
    }

    /// Converts the search into a query for a strip of days, whose times are counted as the pages show them.
    pub(crate) fn to_strip_query(&self, service: Id, (first, last): (Date, Date)) -> bookings::Search {
        bookings::Search { slots: true, ..self.to_query(service, first, last, false) }
    }

    /// Returns the parameters as pairs of field name and number.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, i64)> {
        let numbers = [
            ("for", self.guest),
            ("party", self.party),
            ("technician", self.technician.map(|id| id.0)),
            ("room", self.room.map(|id| id.0)),
            ("duration", self.minutes),
        ];
        numbers.into_iter().filter_map(|(name, number)| Some((name, number?))).collect()
    }

    /// Returns the path of the page with this search.
    pub(crate) fn path(&self) -> String {
        let mut path = match self.moving {
            Some(id) => format!("/dashboard/bookings/{id}/move/?"),
            None => format!("/book/?service={}&", format::encoded(&self.service)),
        };
        for (name, number) in self.pairs() {
            // For a booking that is rescheduled, the guests and the duration are fixed.
            if self.moving.is_none() || matches!(name, "technician" | "room") {
                path.push_str(&format!("{name}={number}&"));
            }
        }
        path.pop();
        path
    }

    /// Returns the path of the page with the times of a day.
    pub(crate) fn day_path(&self, date: Date) -> String {
        let path = self.path();
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}date={date}")
    }

    /// Creates the search for a place on the waitlist.
    pub(crate) fn of_wait(service: &Service, wait: &bookings::Wait) -> Search {
        Search {
            service: service.slug.clone(),
            party: wait.party,
            technician: wait.technician,
            room: wait.room,
            minutes: wait.minutes,
            moving: None,
            guest: None,
        }
    }

    /// Returns the path of the page on which a time can be booked. `start_value` is its moment as a form sends it.
    pub(crate) fn book_path(&self, start_value: &str) -> String {
        format!("{}&at={start_value}", self.path())
    }

    /// Returns the path of the page for joining the waitlist for a day.
    pub(crate) fn wait_path(&self, date: Date) -> String {
        self.day_path(date).replacen("/book/?", "/book/wait/?", 1)
    }

    /// Returns the path of the page that explains the effects of rescheduling to a time.
    fn move_path(&self, date: Date, to: Timestamp) -> String {
        format!("{}&to={to}", self.day_path(date))
    }
}

/// Returns the durations in minutes that a guest can choose; empty if the duration is fixed.
pub(crate) fn durations(service: &Service) -> Vec<i64> {
    let Some(sold) = service.sold_by_time else { return Vec::new() };
    let step = usize::try_from(sold.step.max(5)).unwrap_or(5);
    (sold.least..=sold.most).step_by(step).collect()
}

/// One day of the strip.
#[derive(Debug)]
pub(crate) struct DayCell {
    /// The path of the page of the day; `None` beyond the last day that a page links to.
    pub(crate) path: Option<String>,
    /// The abbreviated weekday, such as `Tue`.
    pub(crate) weekday: String,
    pub(crate) number: i8,
    /// `Tuesday, November 24, 5 times`
    pub(crate) spoken: String,
    /// The number of times, or `–` if there are none.
    pub(crate) count: String,
    pub(crate) is_chosen: bool,
    pub(crate) is_free: bool,
}

/// The strip of fourteen days.
#[derive(Debug)]
pub(crate) struct Strip {
    pub(crate) days: Vec<DayCell>,
    pub(crate) earlier: Option<String>,
    pub(crate) later: Option<String>,
    /// The months of the strip, such as `November` or `November and December`.
    pub(crate) months: String,
}

/// Returns the last day that a page links to, so that a crawler that follows the links reaches an end.
pub(crate) fn last_linked(today: Date) -> Date {
    after(today, bookings::MOST_DAYS)
}

/// Returns the first and the last day of the strip that contains `date`. Strips have fourteen days and are counted from
/// today. For a date beyond the last day that a page links to, it is the last strip.
pub(crate) fn strip_span(today: Date, date: Date) -> (Date, Date) {
    let ahead = i64::from((date - today).get_days()).clamp(0, bookings::MOST_DAYS);
    let first = after(today, ahead - ahead % STRIP);
    (first, after(first, STRIP - 1))
}

/// Returns the operating day of a moment: the hours after midnight belong to the previous day.
pub(crate) fn night_before(zone: &jiff::tz::TimeZone, moment: Timestamp) -> Date {
    format::date_at(zone, moment - SignedDuration::from_hours(5))
}

fn after(date: Date, days: i64) -> Date {
    date.checked_add(Span::new().days(days)).unwrap_or(date)
}

impl Strip {
    /// Creates the strip from the times of its days. The start `without` is not counted.
    pub(crate) fn of(answer: &Answer, search: &Search, chosen: Date, without: Option<Timestamp>) -> Strip {
        let today = answer.window.today();
        let (first, last) = answer.span;
        let counts = Counts::of(answer, without);
        let cell = |day: &FreeDay| {
            let (date, count) = (day.count.date, counts.on(day.count.date));
            let availability =
                if day.closed.is_some() { "not bookable yet".to_owned() } else { format::times(count) };
            DayCell {
                path: (date <= last_linked(today)).then(|| search.day_path(date)),
                weekday: date.strftime("%a").to_string(),
                number: date.day(),
                spoken: format!("{}, {availability}", format::day(date, today)),
                count: if count > 0 { count.to_string() } else { "–".to_owned() },
                is_chosen: date == chosen,
                is_free: count > 0,
            }
        };
        let month = |date: Date| date.strftime("%B").to_string();
        let months = if first.month() == last.month() {
            month(first)
        } else {
            format!("{} and {}", month(first), month(last))
        };
        Strip {
            days: answer.days.iter().map(cell).collect(),
            earlier: (first > today).then(|| search.day_path(after(first, -STRIP).max(today))),
            later: (last < last_linked(today)).then(|| search.day_path(after(last, 1))),
            months,
        }
    }
}

/// The numbers of times that the pages of the days show.
pub(crate) struct Counts(Vec<(Date, usize)>);

impl Counts {
    /// Counts the times of an answer without the start `without`. Times that have begun, which only staff see, are not
    /// counted beside times that lie ahead.
    pub(crate) fn of(answer: &Answer, without: Option<Timestamp>) -> Counts {
        let now = answer.window.requester().now;
        let shown = spacing::shown(answer, without);
        let count = |day: &[&Offer]| {
            let ahead = day.iter().filter(|offer| begin(offer.start) >= now).count();
            Some((day.first()?.date, if ahead > 0 { ahead } else { day.len() }))
        };
        Counts(shown.chunk_by(|one, next| one.date == next.date).filter_map(count).collect())
    }

    pub(crate) fn on(&self, date: Date) -> usize {
        self.0.iter().find(|(day, _)| *day == date).map_or(0, |(_, count)| *count)
    }
}

/// A time that can be chosen.
#[derive(Debug)]
pub(crate) struct TimeCell {
    /// The path of the page for rescheduling to this time, or for booking it.
    pub(crate) path: String,
    /// The moment as a form sends it.
    pub(crate) start_value: String,
    /// When the guest's time begins: `6:30 PM`.
    pub(crate) start: String,
    /// When it ends: `7:30 PM`.
    pub(crate) end: String,
    pub(crate) price: String,
    pub(crate) room: String,
    /// Whether the price and the room are those of most times of the page, which says them once.
    pub(crate) has_usual_price: bool,
    pub(crate) has_usual_room: bool,
    /// A note about the time: for whom it is reserved and until when, if the actor may book it, or that it has begun or
    /// ended.
    pub(crate) reserved: Option<String>,
    /// The visible short form of the note: `Members first`; empty if the heading above the times says it.
    pub(crate) mark: &'static str,
}

/// The times of one part of the day.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) times: Vec<TimeCell>,
}

/// The price and the room of most times of a page.
#[derive(Debug)]
pub(crate) struct Usual {
    pub(crate) price: String,
    pub(crate) room: String,
    /// Whether some times have another price or room.
    pub(crate) has_exceptions: bool,
}

impl Usual {
    /// Finds the most common price and room, and marks the times that have them. Returns `None` if there are no times.
    pub(crate) fn of<'t>(times: impl IntoIterator<Item = &'t mut TimeCell>) -> Option<Usual> {
        let mut times: Vec<&mut TimeCell> = times.into_iter().collect();
        let price = most_common(times.iter().map(|time| &time.price))?;
        let room = most_common(times.iter().map(|time| &time.room))?;
        let mut has_exceptions = false;
        for time in &mut times {
            (time.has_usual_price, time.has_usual_room) = (time.price == price, time.room == room);
            has_exceptions |= !time.has_usual_price || !time.has_usual_room;
        }
        Some(Usual { price, room, has_exceptions })
    }

    /// Does the same for the times of all parts of a day.
    pub(crate) fn of_parts(parts: &mut [Part]) -> Option<Usual> {
        Usual::of(parts.iter_mut().flat_map(|part| &mut part.times))
    }
}

/// Returns the text that most times have; the first of them if several are equally common.
fn most_common<'t>(texts: impl Iterator<Item = &'t String>) -> Option<String> {
    let mut counts: Vec<(&String, usize)> = Vec::new();
    for text in texts {
        match counts.iter_mut().find(|(one, _)| *one == text) {
            Some((_, count)) => *count += 1,
            None => counts.push((text, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(text, _)| text.clone())
}

pub(crate) fn time_cell(answer: &Answer, search: &Search, offer: &Offer) -> TimeCell {
    let zone = &answer.catalogue.club.zone;
    let (room, factors) = offer.rooms.first().copied().unwrap_or((Id(0), Factors::PLAIN));
    let starts_at = begin(offer.start);
    let ends_at = begin(offer.start + cells(answer.minutes));
    let now = answer.window.requester().now;
    let terms = answer.terms(room, offer.date, offer.start);
    let reserved = terms.reserved.iter().find(|(_, until)| now < *until).map(|(tier, until)| {
        let whom = if *tier == Tier::Unlimited { "Unlimited members" } else { "Members" };
        format!("{whom} first, until {}.", format::moment(zone, *until, now))
    });
    let (note, mark) = match () {
        () if ends_at <= now => (Some("Ended.".to_owned()), ""),
        () if starts_at < now => (Some("Already started. Only for a guest who’s here now.".to_owned()), ""),
        () if reserved.is_some() => (reserved, "Members first"),
        () => (None, ""),
    };
    TimeCell {
        path: search.move_path(offer.date, starts_at),
        start_value: starts_at.to_string(),
        start: format::clock(zone, starts_at),
        end: format::clock(zone, ends_at),
        price: format::money(answer.total(offer.date, factors)),
        room: answer.catalogue.room(room).map(|room| room.name.clone()).unwrap_or_default(),
        has_usual_price: false,
        has_usual_room: false,
        reserved: note,
        mark,
    }
}

/// Returns the times nearest to a moment, in chronological order, without the time at the moment itself.
pub(crate) fn near(answer: &Answer, search: &Search, requested: Timestamp) -> Vec<TimeCell> {
    let mut others = spacing::shown(answer, Some(requested));
    others.sort_by_key(|offer| (begin(offer.start).duration_since(requested).abs(), offer.start));
    others.truncate(NEAR);
    others.sort_by_key(|offer| offer.start);
    others.into_iter().map(|offer| time_cell(answer, search, offer)).collect()
}

/// Groups the times by part of the day. For staff, times that have begun come first and times that have ended come
/// last, each with the latest first. The start `without` is left out.
pub(crate) fn parts(answer: &Answer, search: &Search, without: Option<Timestamp>) -> Vec<Part> {
    let now = answer.window.requester().now;
    let mut parts = ["Morning", "Afternoon", "Evening"].map(|name| Part { name, times: Vec::new() });
    let (mut begun, mut ended) =
        (Part { name: "Started", times: Vec::new() }, Part { name: "Ended", times: Vec::new() });
    for offer in spacing::shown(answer, without) {
        if begin(offer.start) < now {
            let is_over = begin(offer.start + cells(answer.minutes)) <= now;
            let part = if is_over { &mut ended } else { &mut begun };
            part.times.insert(0, time_cell(answer, search, offer));
            continue;
        }
        let at = begin(offer.start).to_zoned(answer.catalogue.club.zone.clone());
        // Times after midnight belong to the evening of the previous day.
        let place = match at.hour() {
            _ if at.date() > offer.date => 2,
            hour if hour < NOON => 0,
            hour if hour < EVENING => 1,
            _ => 2,
        };
        if let Some(part) = parts.get_mut(place) {
            part.times.push(time_cell(answer, search, offer));
        }
    }
    let all = [begun].into_iter().chain(parts).chain([ended]);
    all.filter(|part| !part.times.is_empty()).collect()
}

/// Describes why a day is not open yet, and when it opens.
pub(crate) fn closed_sentence(window: &Window, day: Date, closed: Closed) -> String {
    let (zone, today) = (window.zone(), window.today());
    format!(
        "{}, isn’t open for booking yet. You can book it starting {}. Your booking window is {}.",
        format::day(day, today),
        format::beginning(zone, closed.opens_at, window.requester().now),
        format::number_of(closed.max_advance_days, "day")
    )
}

/// Describes why a day has no times.
pub(crate) fn empty_sentence(strip: &Answer, chosen: Date) -> String {
    let today = strip.window.today();
    if chosen < today {
        return format!("{}, has passed. Choose today or a later day.", format::day(chosen, today));
    }
    format!("Nothing open on {}.", format::day(chosen, today))
}

/// Returns the day with free times that is nearest to `chosen`.
pub(crate) fn nearest(days: &[FreeDay], chosen: Date) -> Option<Date> {
    let free = days.iter().filter(|day| day.count.count > 0).map(|day| day.count.date);
    free.min_by_key(|date| ((*date - chosen).get_days().abs(), *date))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_date_strip_spans_two_weeks_from_today() {
        let today = date(2026, 11, 24);
        assert_eq!(strip_span(today, today), (today, date(2026, 12, 7)));
        assert_eq!(strip_span(today, date(2026, 12, 7)), (today, date(2026, 12, 7)));
        assert_eq!(strip_span(today, date(2026, 12, 8)), (date(2026, 12, 8), date(2026, 12, 21)));
        assert_eq!(strip_span(today, date(2020, 1, 1)), (today, date(2026, 12, 7)));
        // No strip begins after the last day that a page links to, whatever date is requested.
        assert_eq!(strip_span(today, date(2190, 1, 1)).0, date(2027, 2, 16));
        assert!(strip_span(today, date(2190, 1, 1)).0 <= last_linked(today));
    }

    #[test]
    fn a_day_link_contains_only_the_requested_filters() {
        let search = Search {
            service: "the-cut".to_owned(),
            party: None,
            technician: Some(Id(7)),
            room: None,
            minutes: Some(90),
            moving: None,
            guest: None,
        };
        let day = date(2026, 11, 25);
        assert_eq!(search.day_path(day), "/book/?service=the-cut&technician=7&duration=90&date=2026-11-25");
        let moving = Search { moving: Some(Id(9)), ..search };
        assert_eq!(moving.day_path(day), "/dashboard/bookings/9/move/?technician=7&date=2026-11-25");
        let moving = Search { technician: None, ..moving };
        assert_eq!(moving.day_path(day), "/dashboard/bookings/9/move/?date=2026-11-25");
    }
}
