//! The page of release rules: the list, each rule as a sentence, and the resulting week.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use bookings::{ReleaseRule, RuleInput, StartRange, StoredRule, WeekDay};
use catalogue::Catalogue;
use jiff::civil::Date;
use kit::web::{Input, RawInput};
use kit::{AppState, Error, Fields, Id, Result, Tx};
use membership::Tier;
use people::{Action, Actor, Caller};
use ui::{
    Choice, FormOutcome, FormPart, InputField, PageQuery, Part, PostedForm, QueryForm, RawForm, StaffPage,
    Table, Tone, cell, csv, format, handle_form, lenient_id, link, or_sign_in, rendered, to_response,
};

pub(crate) const HERE: &str = "/staff/rules/";
const NEW: &str = "/staff/rules/new/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(list).post(add)).route(NEW, get(new))
}

/// The filter of the rules, and the week to show.
pub(crate) struct RulesQuery {
    page: PageQuery,
    pub(crate) room: Option<Id>,
    pub(crate) service: Option<Id>,
    pub(crate) from: Option<Date>,
}

impl Input for RulesQuery {
    fn parse(input: &mut RawInput) -> RulesQuery {
        let room = lenient_id(input, "room_id");
        let service = lenient_id(input, "service_id");
        let from = input.raw("week").and_then(|date| date.as_str()?.parse().ok());
        RulesQuery { page: PageQuery::parse(input), room, service, from }
    }
}

async fn list(caller: Caller, QueryForm(form): QueryForm<RulesQuery>) -> Result<Response> {
    let (raw_form, query) = (form.raw_form, form.parsed.map_err(kit::Error::Invalid)?);
    if query.page.csv {
        let table = caller.view(move |tx, by| table(tx, by, &raw_form)).await;
        return or_sign_in(table.map(|table| csv("release-rules", &table)), HERE);
    }
    rendered(caller.view(move |tx, by| draw(tx, by, &raw_form, &query)).await, HERE)
}

async fn new(caller: Caller) -> Result<Response> {
    rendered(caller.view(|tx, by| draw_new(tx, by, None)).await, NEW)
}

async fn add(caller: Caller, PostedForm(form): PostedForm<RuleInput>) -> Result<Response> {
    let (raw_form, parsed) = (form.raw_form, form.parsed);
    let done = caller.tx(move |tx, by| {
        if let Ok(sent) = &parsed
            && raw_form.get("confirm").is_empty()
            && let Some(page) = confirm_rule(tx, by, &sent.clone().rule(), &raw_form)?
        {
            return Ok(FormOutcome::Rendered(StatusCode::OK, Box::new(page)));
        }
        let operation = |tx: &mut Tx<'_>| {
            let rule = parsed.clone().map_err(kit::Error::Invalid)?.rule();
            let club = catalogue::current(tx)?.club.id;
            let id = bookings::add_rule(tx, by, club, &rule)?;
            Ok(format!("{HERE}{id}/?done=1"))
        };
        handle_form(tx, operation, |tx, fields| draw_new(tx, by, fields.map(|fields| (&raw_form, fields))))
    });
    to_response(done.await, NEW)
}

/// Returns the page that describes a new rule and asks for a confirmation. The rule is added and rolled back to check
/// it. Returns `None` if it would be refused.
fn confirm_rule(
    tx: &mut Tx<'_>,
    by: &Actor,
    rule: &ReleaseRule,
    raw_form: &RawForm,
) -> Result<Option<StaffPage>> {
    let catalogue = catalogue::current(tx)?;
    let mut is_taken = false;
    tx.attempt::<()>(|tx| match bookings::add_rule(tx, by, catalogue.club.id, rule) {
        Ok(_) => {
            is_taken = true;
            Ok(None)
        }
        Err(Error::Refused(..) | Error::Invalid(_)) => Ok(None),
        Err(error) => Err(error),
    })?;
    if !is_taken {
        return Ok(None);
    }
    let mut form = FormPart::post(HERE, "Add rule").hidden("confirm", "on");
    for name in ["room_kinds", "services", "weekdays"] {
        for value in raw_form.all(name) {
            form = form.hidden(name, value);
        }
    }
    for name in ["from", "to", "tier", "release_hours", "factor", "tags"] {
        form = form.hidden(name, raw_form.get(name));
    }
    let page = StaffPage::new(by, HERE, "Add this rule?").text(sentence(&catalogue, rule));
    let page = page.text("Nothing is saved yet. Booked visits stay as they are.").with(Part::Form(form));
    Ok(Some(page.with(Part::Links(vec![("Back to the rules", HERE.to_owned())]))))
}

/// Returns the table of the rules that match the filter.
fn table(tx: &mut Tx<'_>, by: &Actor, raw_form: &RawForm) -> Result<Table> {
    let catalogue = catalogue::current(tx)?;
    let rules = bookings::all_rules(tx, by, catalogue.club.id)?;
    let (tier, kind, state) = (raw_form.get("for"), raw_form.get("kind"), raw_form.get("state"));
    let passes = |stored: &&StoredRule| {
        (tier.is_empty() || stored.rule.tier.as_str() == tier)
            && (kind.is_empty()
                || stored.rule.room_kinds.is_empty()
                || stored.rule.room_kinds.iter().any(|one| one == kind))
            && match state {
                "ended" => stored.ended_at.is_some(),
                "all" => true,
                _ => stored.ended_at.is_none(),
            }
    };
    let names = people::names(tx, rules.iter().filter_map(|stored| stored.changed?.1))?;
    let now = tx.now();
    let row = |stored: &StoredRule| {
        let (at, by) = stored.changed.map_or((None, None), |(at, by)| (Some(at), by));
        vec![
            link(sentence(&catalogue, &stored.rule), format!("{HERE}{}/", stored.id)),
            match stored.ended_at {
                Some(_) => cell("Ended").tone(Tone::Quiet),
                None => cell("Active").tone(Tone::Good),
            },
            cell(at.map(|at| format::moment(&catalogue.club.zone, at, now)).unwrap_or_default()),
            cell(by.and_then(|by| names.get(&by).cloned()).unwrap_or_default()),
        ]
    };
    Ok(Table {
        caption: "Release rules",
        head: vec!["What it does", "Status", "Changed", "By"],
        rows: rules.iter().filter(passes).map(row).collect(),
        csv: Some(format!(
            "{HERE}?format=csv&for={}&kind={}&state={}",
            format::encoded(tier),
            format::encoded(kind),
            format::encoded(state)
        )),
    })
}

fn draw(tx: &mut Tx<'_>, by: &Actor, raw_form: &RawForm, query: &RulesQuery) -> Result<StaffPage> {
    let catalogue = catalogue::current(tx)?;
    let table = table(tx, by, raw_form)?;
    let kinds = kinds(&catalogue);
    let kinds = kinds
        .iter()
        .map(|kind| Choice::new(kind, format::capital(&kind_word(kind)), raw_form.get("kind") == kind));
    let state = raw_form.get("state");
    let filter = FormPart::get(HERE, "Show rules")
        .quiet()
        .field(InputField::select("for", "Reserved for", tiers(raw_form.get("for"), "Anyone")))
        .field(InputField::select(
            "kind",
            "Room type",
            [Choice::new("", "All", false)].into_iter().chain(kinds).collect(),
        ))
        .field(InputField::select(
            "state",
            "Status",
            vec![
                Choice::new("", "Active", state.is_empty()),
                Choice::new("ended", "Ended", state == "ended"),
                Choice::new("all", "All", state == "all"),
            ],
        ));
    let page = StaffPage::new(by, HERE, "Release rules")
        .text("A time is bookable when every matching rule allows it: right away for the members it’s reserved for, and later for everyone else. If several of them change the price, the highest price applies.")
        .with(Part::Button("Add a rule", NEW))
        .with(Part::Form(filter))
        .table(table, "No rules match. Without a rule, every time is open to everyone in their booking window, at the standard price.");
    with_week(tx, by, page, &catalogue, query)
}

/// Returns the page with the form of a new rule: empty, or as it was sent with its errors.
fn draw_new(tx: &mut Tx<'_>, by: &Actor, sent: Option<(&RawForm, &Fields)>) -> Result<StaffPage> {
    by.need(Action::ManageCatalogue)?;
    let catalogue = catalogue::current(tx)?;
    let empty = ReleaseRule {
        room_kinds: Vec::new(),
        services: Vec::new(),
        weekdays: Vec::new(),
        from: 17 * 60,
        to: 22 * 60,
        tier: Tier::Base,
        release_hours: 48,
        factor_bp: 10_000,
        tags: Vec::new(),
    };
    let form = FormPart::post(HERE, "Preview rule");
    let (raw_form, wrong) = sent.unzip();
    let form = fields(form, &catalogue, &empty, raw_form).wrong(wrong);
    Ok(StaffPage::new(by, HERE, "Add a rule").form(form))
}

/// Adds a week with all rules and overrides applied, and the form that selects it.
pub(crate) fn with_week(
    tx: &mut Tx<'_>,
    by: &Actor,
    page: StaffPage,
    catalogue: &Catalogue,
    query: &RulesQuery,
) -> Result<StaffPage> {
    let page = page.heading("weeks", "Week preview");
    let offered: Vec<_> = catalogue.rooms.iter().filter(|room| room.active).collect();
    let room = query.room.and_then(|id| catalogue.room(id)).or_else(|| offered.first().copied());
    let Some(room) = room else { return Ok(page.text("No rooms yet.")) };
    let served: Vec<_> =
        catalogue.services.iter().filter(|one| one.active && one.rooms.contains(&room.id)).collect();
    let service = served.iter().find(|one| Some(one.id) == query.service).or_else(|| served.first());
    let today = format::date_at(&catalogue.club.zone, tx.now());
    let from = query.from.filter(|from| (2000..=2198).contains(&from.year())).unwrap_or(today);
    let rooms = offered.iter().map(|one| Choice::new(one.id, &one.name, one.id == room.id)).collect();
    let chosen = service.map(|service| service.id);
    let services = served.iter().map(|one| Choice::new(one.id, &one.name, Some(one.id) == chosen)).collect();
    let form = FormPart::get(format!("{HERE}#weeks"), "Show week")
        .quiet()
        .field(InputField::select("room_id", "Room", rooms))
        .field(InputField::select("service_id", "Service", services))
        .field(InputField::line("week", "Starting", "date", from));
    let page = page.with(Part::Form(form));
    let Some(service) = service else { return Ok(page.text("No services are offered in this room.")) };
    let week = bookings::week(tx, by, room.id, service.id, from)?;
    Ok(page.table(week_table(&week, today), "The room is closed all week."))
}

/// Converts a week into a table with one row per stretch.
pub(crate) fn week_table(week: &[WeekDay], today: Date) -> Table {
    let line = |date: Date, stretch: &StartRange| {
        let span = if stretch.from == stretch.to {
            clock(stretch.from)
        } else {
            format!("{} to {}", clock(stretch.from), clock(stretch.to))
        };
        vec![
            cell(format::day(date, today)),
            cell(span),
            cell(who(stretch)),
            cell(format::percent(stretch.factor_bp)),
        ]
    };
    let rows = week.iter().flat_map(|day| day.stretches.iter().map(move |stretch| line(day.date, stretch)));
    Table {
        caption: "Start times of the week",
        head: vec!["Day", "Start times", "Open to", "Price"],
        rows: rows.collect(),
        csv: None,
    }
}

fn who(stretch: &StartRange) -> String {
    if stretch.blocked {
        return "No one (blocked)".to_owned();
    }
    if stretch.reserved.is_empty() {
        return "Everyone".to_owned();
    }
    let tiers = stretch.reserved.iter().map(|(tier, hours)| {
        format!("{} until {} before", tier_word(*tier), format::number_of(*hours, "hour"))
    });
    format!("{}, then everyone", tiers.collect::<Vec<_>>().join(", "))
}

/// `5:00 PM`; past midnight with a word.
fn clock(minute: i64) -> String {
    format!("{}{}", format::minute(minute), if minute >= 1_440 { " (next day)" } else { "" })
}

/// Returns the words for the people of a tier.
pub(crate) fn tier_word(tier: Tier) -> &'static str {
    match tier {
        Tier::None => "everyone",
        Tier::Base => "members",
        Tier::Premium => "Premium and Unlimited members",
        Tier::Unlimited => "Unlimited members",
    }
}

/// Returns the tiers as options, after a first option that means none of them.
pub(crate) fn tiers(chosen: &str, first: &'static str) -> Vec<Choice> {
    let tier =
        |tier: Tier| Choice::new(tier.as_str(), format::capital(tier_word(tier)), chosen == tier.as_str());
    [Choice::new("", first, false)]
        .into_iter()
        .chain([Tier::Base, Tier::Premium, Tier::Unlimited].map(tier))
        .collect()
}

/// Returns the kinds of rooms that the club has.
fn kinds(catalogue: &Catalogue) -> Vec<String> {
    let mut kinds: Vec<String> = catalogue.rooms.iter().map(|room| room.kind.clone()).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Formats a kind of room or a tag for people.
fn kind_word(kind: &str) -> String {
    kind.replace(['_', '-'], " ")
}

/// Describes what a rule does in a sentence.
pub(crate) fn sentence(catalogue: &Catalogue, rule: &ReleaseRule) -> String {
    let rooms = match rule.room_kinds.as_slice() {
        [] => "every room".to_owned(),
        kinds => {
            let kinds: Vec<String> = kinds.iter().map(|kind| kind_word(kind)).collect();
            format!("{} rooms", format::list(&kinds))
        }
    };
    let names = |id: &Id| catalogue.service(*id).map(|service| service.name.clone());
    let services: Vec<String> = rule.services.iter().filter_map(names).collect();
    let services =
        if rule.services.is_empty() { "every service".to_owned() } else { format::list(&services) };
    let days: Vec<&str> = rule.weekdays.iter().filter_map(|day| format::weekday(*day)).collect();
    let days = if days.is_empty() { "every day".to_owned() } else { format::list(&days) };
    let audience = match rule.tier {
        Tier::None => "open to everyone".to_owned(),
        tier => {
            let hours = format::number_of(rule.release_hours, "hour");
            format!("reserved for {} until {hours} before", tier_word(tier))
        }
    };
    let price = match rule.factor_bp {
        10_000 => "at the standard price".to_owned(),
        bp => format!("at {} of the standard price", format::percent(bp)),
    };
    let tags: Vec<String> = rule.tags.iter().map(|tag| kind_word(tag)).collect();
    let tags = if rule.tags.is_empty() { String::new() } else { format!("; tagged {}", tags.join(", ")) };
    let (from, to) = (clock(rule.from), clock(rule.to));
    let services = format::capital(&services);
    format!(
        "{services} in {rooms}, {days}, starting at or after {from} and before {to}: {audience}, {price}{tags}."
    )
}

/// Adds the fields of a rule to a form, with the typed values or those of the rule.
pub(crate) fn fields(
    form: FormPart,
    catalogue: &Catalogue,
    rule: &ReleaseRule,
    raw_form: Option<&RawForm>,
) -> FormPart {
    let shown = |name: &str, now: String| raw_form.map_or(now, |raw_form| raw_form.get(name).to_owned());
    let many = |name: &str, now: Vec<String>| raw_form.map_or(now, |raw_form| raw_form.all(name));
    let text = format::input_minute;
    let (chosen_kinds, kinds) = (many("room_kinds", rule.room_kinds.clone()), kinds(catalogue));
    let kinds = kinds
        .into_iter()
        .map(|kind| Choice::new(&kind, format::capital(&kind_word(&kind)), chosen_kinds.contains(&kind)));
    let chosen = many("services", rule.services.iter().map(ToString::to_string).collect());
    let services = catalogue.services.iter().filter(|one| one.active || chosen.contains(&one.id.to_string()));
    let services = services.map(|one| Choice::new(one.id, &one.name, chosen.contains(&one.id.to_string())));
    let days = many("weekdays", rule.weekdays.iter().map(ToString::to_string).collect());
    let days = (1..)
        .zip(format::DAYS)
        .map(|(n, day): (i64, _)| Choice::new(n, &day[..3], days.contains(&n.to_string())));
    form.group("When")
        .field(
            InputField::ticks("weekdays", "Days of the week (business day)", days.collect())
                .hint("Leave all unchecked to include all."),
        )
        .field(
            InputField::line("from", "Earliest start", "time", shown("from", text(rule.from))).half_width(),
        )
        .field(
            InputField::line("to", "Starts before", "time", shown("to", text(rule.to)))
                .hint("An earlier time means the next day.")
                .half_width(),
        )
        .group("Access and price")
        .field(InputField::select(
            "tier",
            "Reserved for",
            tiers(&shown("tier", rule.tier.as_str().to_owned()), "No one (price only)"),
        ))
        .field(
            InputField::line(
                "release_hours",
                "Opens to everyone",
                "number",
                shown("release_hours", rule.release_hours.to_string()),
            )
            .hint("Hours before start.")
            .half_width(),
        )
        .field(
            InputField::line("factor", "Price", "text", shown("factor", format::percent(rule.factor_bp)))
                .hint("Percent of the standard price.")
                .half_width(),
        )
        .field(
            InputField::line("tags", "Tags for apps (optional)", "text", shown("tags", rule.tags.join(", ")))
                .hint("The API returns these with each matching time. Example: peak_hour."),
        )
        .group("Rooms and services")
        .field(
            InputField::ticks("room_kinds", "Room types", kinds.collect())
                .hint("Leave all unchecked to include all."),
        )
        .field(
            InputField::ticks("services", "Services", services.collect())
                .hint("Leave all unchecked to include all."),
        )
}
