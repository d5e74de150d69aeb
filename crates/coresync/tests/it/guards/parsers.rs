//! Every parser of outside input is run on generated input: none panics, accepted values are within their bounds, and
//! printed values are parsed as the same values. `CORESYNC_LONG=1` runs a hundred times as many cases; `CORESYNC_SEED`
//! selects other cases.
//!
//! `requests.rs` tests input over HTTP: every operation and page, headers, and uploads.

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use jiff::civil::{Date, Time, date};
use kit::config::{Config, FIELDS};
use kit::db::Place;
use kit::web::{Input, Paging, RawInput, in_address};
use kit::{Cents, Id, text, tokens};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

/// The number of cases of each property in a short run.
const CASES: u32 = 150;

#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
pub(crate) fn is_long() -> bool {
    std::env::var("CORESYNC_LONG").is_ok_and(|value| !value.is_empty())
}

#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
pub(crate) fn seed() -> u64 {
    std::env::var("CORESYNC_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0x5eed_f022)
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: if is_long() { CASES * 100 } else { CASES },
        rng_seed: RngSeed::Fixed(seed()),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Characters that have a meaning in some parser, or that look like other characters.
const ODD: &[char] = &[
    '\0',
    '\t',
    '\n',
    '\r',
    ' ',
    '"',
    '\'',
    '\\',
    '/',
    '%',
    '&',
    '=',
    ';',
    ',',
    ':',
    '.',
    '-',
    '+',
    '@',
    '<',
    '>',
    '[',
    ']',
    '{',
    '}',
    '0',
    '9',
    'e',
    'T',
    'Z',
    '\u{7f}',
    '\u{a0}',
    '\u{ad}',
    '\u{301}',
    '\u{661}',
    '\u{200b}',
    '\u{200d}',
    '\u{202e}',
    '\u{2028}',
    '\u{2212}',
    '\u{feff}',
    '\u{ff20}',
    '\u{1f525}',
    '\u{10ffff}',
];

/// Variants of valid texts: some characters are replaced, inserted, or removed, and some texts are cut or repeated.
fn near(good: &'static [&'static str]) -> impl Strategy<Value = String> {
    let edits =
        prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8, prop::sample::select(ODD)), 0..4);
    (prop::sample::select(good), edits, 0..20_u8).prop_map(|(good, edits, mutation)| {
        let mut chars: Vec<char> = good.chars().collect();
        for (at, how, odd) in edits {
            let at = at.index(chars.len() + 1);
            match how {
                0 if at < chars.len() => chars[at] = odd,
                1 if at < chars.len() => drop(chars.remove(at)),
                2 => chars.insert(at, odd),
                _ => {}
            }
        }
        let text: String = chars.into_iter().collect();
        match mutation {
            0 => text.repeat(40),
            1 => text.chars().take(text.chars().count() / 2).collect(),
            _ => text,
        }
    })
}

/// Any text, with printable and other characters.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        ".{0,40}",
        prop::collection::vec(prop::sample::select(ODD), 0..12).prop_map(String::from_iter)
    ]
}

const GOOD: &[&str] = &[
    "1",
    "-7",
    "9007199254740991",
    "150.00",
    "1.20",
    "2026-11-24",
    "18:30",
    "2026-11-24T18:30:00-05:00",
    "true",
    "on",
    "massage",
    "anna@example.com",
    "+1 212 555 0100",
    "Anna Ko",
    "block",
    "premium",
    "9223372036854775808",
    "1e309",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        near(GOOD).prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4).prop_map(|all| json!(all)),
        ]
    })
}

/// The names of the fields that input types read.
const NAMES: &[&str] = &[
    "service_id",
    "date",
    "start_time",
    "starts_at",
    "ends_at",
    "room_id",
    "technician_id",
    "technicians",
    "addons",
    "then",
    "hold_id",
    "use_credit",
    "special_requests",
    "allergies_notes",
    "guest_name",
    "guest_email",
    "guest_phone",
    "companion_name",
    "scene_preferences",
    "payment_method",
    "every_weeks",
    "count",
    "without",
    "instead",
    "email",
    "password",
    "current_password",
    "new_password",
    "first_name",
    "last_name",
    "phone",
    "birthday",
    "token",
    "role",
    "emergency_contact",
    "notices",
    "scene",
    "scents",
    "music",
    "temperature",
    "room_kinds",
    "services",
    "weekdays",
    "from",
    "to",
    "tier",
    "release_hours",
    "factor",
    "tags",
    "decision",
    "hours",
    "version",
    "price",
    "benefits",
    "discount_percentage",
    "max_advance_days",
    "page",
    "page_size",
    "kind",
    "after",
    "before",
    "reason",
    "status",
];

fn any_fields() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(prop::sample::select(NAMES), any_json(), 0..12).prop_map(|all| json!(all))
}

/// Reads every field with every method of `RawInput`, and checks the accepted values.
fn read_in_every_way(input: &mut RawInput, fields: &[String]) -> Result<(), TestCaseError> {
    let near = date(2000, 1, 1)..=date(2199, 12, 31);
    for field in fields {
        input.raw(field);
        input.many(field);
        input.secret(field);
        input.yes(field);
        input.needed_yes(field);
        input.opt_time(field);
        if let Some(text) = input.opt_text_within(field, 10) {
            prop_assert!((1..=10).contains(&text.chars().count()) && text.trim() == text);
            prop_assert_eq!(text::clean(&text), text);
        }
        prop_assert!(input.opt_number(field, -5, 500).is_none_or(|number| (-5..=500).contains(&number)));
        prop_assert!(input.opt_id(field).is_none_or(|id| (1..1 << 53).contains(&id.0)));
        prop_assert!(input.opt_cents(field, Cents(99)).is_none_or(|amount| (0..=99).contains(&amount.0)));
        prop_assert!(input.opt_date(field).is_none_or(|date| near.contains(&date)));
        let day = |moment: Timestamp| moment.to_zoned(jiff::tz::TimeZone::UTC).date();
        prop_assert!(input.opt_moment(field).is_none_or(|moment| near.contains(&day(moment))));
        let email = people::opt_email(input, field);
        prop_assert!(email.is_none_or(|email| email.is_ascii() && !email.contains([' ', '<', '>', '\n'])));
        let name = people::opt_name(input, field);
        prop_assert!(name.is_none_or(|name| !name.contains(char::is_control)));
        people::opt_phone(input, field);
        people::opt_birthday(input);
    }
    Ok(())
}

/// Returns an input with the field `x`.
fn one(value: impl Into<Value>) -> RawInput {
    RawInput::from_json(json!({"x": value.into()}).to_string().as_bytes()).expect("an object")
}

/// Parses JSON as an input type and ignores the result: once as it is, and once with empty values refused.
fn parse_as<I: Input>(bytes: &[u8]) {
    let _ = RawInput::from_json(bytes).and_then(RawInput::parse::<I>);
    let _ = RawInput::from_json(bytes).map(RawInput::refusing_empty).and_then(RawInput::parse::<I>);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn arbitrary_json_is_parsed_within_bounds(value in any_fields(), refuses in any::<bool>()) {
        let fields: Vec<String> = value.as_object().expect("an object").keys().cloned().collect();
        let mut input = RawInput::from_json(value.to_string().as_bytes()).expect("an object");
        if refuses {
            input = input.refusing_empty();
        }
        read_in_every_way(&mut input, &fields)?;
    }

    #[test]
    fn only_json_objects_are_accepted(bytes in prop::collection::vec(any::<u8>(), 0..60), value in any_json()) {
        let _ = RawInput::from_json(&bytes);
        let is_object = value.is_object();
        prop_assert_eq!(RawInput::from_json(value.to_string().as_bytes()).is_ok(), is_object);
    }

    #[test]
    fn arbitrary_forms_and_queries_are_parsed_within_bounds(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            near(&["x=1&y=%C3%A9&x=a+b", "date=2026-11-24&page=2", "a=%", "=&&=x"]).prop_map(String::into_bytes),
        ]
    ) {
        if let (Ok(pairs), Ok(mut input)) = (RawInput::pairs(&bytes), RawInput::from_form(&bytes)) {
            let names: Vec<String> = pairs.into_iter().map(|(name, _)| name).collect();
            read_in_every_way(&mut input, &names)?;
        }
    }

    #[test]
    fn every_input_type_parses_arbitrary_fields_without_panicking(value in any_fields()) {
        let bytes = value.to_string().into_bytes();
        parse_as::<people::SignIn>(&bytes);
        parse_as::<people::SignUp>(&bytes);
        parse_as::<people::ChangePassword>(&bytes);
        parse_as::<people::ConfirmAddress>(&bytes);
        parse_as::<people::Forgotten>(&bytes);
        parse_as::<people::NewAddress>(&bytes);
        parse_as::<people::NewPassword>(&bytes);
        parse_as::<people::NewRole>(&bytes);
        parse_as::<people::ProfileChange>(&bytes);
        parse_as::<people::PreferencesChange>(&bytes);
        parse_as::<people::ChosenNotifications>(&bytes);
        parse_as::<bookings::BookingRequest>(&bytes);
        parse_as::<bookings::Decision>(&bytes);
        parse_as::<bookings::Move>(&bytes);
        parse_as::<bookings::FurtherService>(&bytes);
        parse_as::<bookings::RuleInput>(&bytes);
        parse_as::<bookings::DecisionInput>(&bytes);
        parse_as::<bookings::Search>(&bytes);
        parse_as::<bookings::Repeated>(&bytes);
        parse_as::<bookings::Waiting>(&bytes);
        parse_as::<bookings::DayFilter>(&bytes);
        parse_as::<membership::PlanTerms>(&bytes);
        parse_as::<membership::Sold>(&bytes);
        parse_as::<Paging>(&bytes);
    }

    #[test]
    fn page_parameters_stay_within_bounds(page in near(&["1", "7", "1000000", "-1"]), size in near(&["1", "500", "0"])) {
        let bytes = json!({"page": page, "page_size": size}).to_string().into_bytes();
        if let Ok(paging) = RawInput::from_json(&bytes).and_then(RawInput::parse::<Paging>) {
            prop_assert!((1..=1_000_000).contains(&paging.page) && (1..=500).contains(&paging.size));
            let (rows, before) = paging.rows();
            prop_assert!(rows > 0 && before >= 0);
            paging.head(paging.page, &in_address(&page, "/-_."));
        }
    }

    #[test]
    fn amounts_and_ids_round_trip(cents in -999_999_999_999_999_i64..=999_999_999_999_999, id in any::<i64>(), text in near(&["150", "150.5", "-3.00", "9999999999999.99"])) {
        prop_assert_eq!(Cents(cents).to_string().parse(), Ok(Cents(cents)));
        prop_assert_eq!(Id(id).to_string().parse(), Ok(Id(id)));
        if let Ok(amount) = text.parse::<Cents>() {
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
        }
        let _ = text.parse::<Id>();
    }

    #[test]
    fn dates_and_times_round_trip(days in 0..70_000_i32, minute in 0..1_440_i64, second in 0..5_000_000_000_i64) {
        let day: Date = date(2000, 1, 1).saturating_add(jiff::Span::new().days(days)).min(date(2199, 12, 31));
        prop_assert_eq!(one(day.to_string()).opt_date("x"), Some(day));
        let time = Time::midnight().saturating_add(jiff::Span::new().minutes(minute));
        prop_assert_eq!(one(time.strftime("%H:%M").to_string()).opt_time("x"), Some(time));
        let moment = Timestamp::from_second(946_684_800 + second).expect("a moment");
        prop_assert_eq!(one(moment.to_string()).opt_moment("x"), Some(moment));
        let zoned = moment.to_zoned(jiff::tz::TimeZone::get("America/New_York").expect("a zone"));
        prop_assert_eq!(one(bookings::iso(zoned.time_zone(), moment)).opt_moment("x"), Some(moment));
    }

    #[test]
    fn price_factors_round_trip(hundredths in 10..=500_i64, odd in near(&["1.20", "0.10", "5.00"])) {
        let decision = |factor: &str| {
            let value = json!({"decision": "reprice", "factor": factor});
            let mut input = RawInput::from_json(value.to_string().as_bytes()).expect("an object");
            bookings::Decision::parse(&mut input)
        };
        let printed = bookings::factor(hundredths * 100);
        prop_assert!(matches!(decision(&printed), bookings::Decision::Reprice(found) if found == hundredths * 100));
        if let bookings::Decision::Reprice(found) = decision(&odd) {
            prop_assert!((1_000..=50_000).contains(&found), "{odd}: {found}");
        }
    }

    #[test]
    fn phone_numbers_round_trip(raw in prop_oneof![
        near(&["+1 212 555 0100", "(212) 555-0100 ext. 42", "0044 20 7946 0018", "tel:+380-44-123-45-67", "555 0100"]), any_text()
    ]) {
        if let Some(stored) = people::e164(&raw) {
            let number = stored.split(";ext=").next().unwrap_or_default();
            prop_assert!(number.starts_with('+') && (9..=16).contains(&number.len()), "{stored}");
            prop_assert!(number[1..].bytes().all(|byte| byte.is_ascii_digit()), "{stored}");
            prop_assert_eq!(people::e164(&stored), Some(stored.clone()));
            prop_assert_eq!(people::e164(&people::format_phone(&stored)), Some(stored));
        }
        people::format_phone(&raw);
    }

    #[test]
    fn names_and_email_addresses_round_trip(
        name in prop_oneof![near(&["Zoë O’Brien-Ko", "李小龙", "J.R. Smith", "Anna \u{202e} Ko"]), any_text()],
        email in prop_oneof![near(&["anna@example.com", "A.b+c@d-e.example", "x@y.z"]), any_text()]
    ) {
        if let Some(stored) = people::opt_email(&mut one(email), "x") {
            prop_assert_eq!(stored.matches('@').count(), 1);
            prop_assert_eq!(people::opt_email(&mut one(stored.clone()), "x"), Some(stored));
        }
        if let Some(stored) = people::opt_name(&mut one(name.clone()), "x") {
            prop_assert_eq!(people::opt_name(&mut one(stored.clone()), "x"), Some(stored));
        }
        if let Some(shown) = text::plain_name(&name) {
            prop_assert!(shown.chars().count() <= 60 && !shown.contains(['@', '/', ':', '<', '\n', '\r']));
            prop_assert_eq!(text::plain_name(&shown), Some(shown));
        }
    }

    #[test]
    fn cleaning_text_twice_changes_nothing(text in any_text(), value in any_json()) {
        let once = text::clean(&text);
        prop_assert_eq!(text::clean(&once), once);
        let line = text::one_line(&text);
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(text::one_line(&line), line);
        text::clean_json(value);
        text::nfkc(&text);
        kit::fold::fold(&text);
    }

    #[test]
    fn weekly_hours_round_trip(text in near(&["mon-thu 09:00-22:00; sat 12:00-01:00", "fri 00:00-00:00", "sun 23:55-00:00"])) {
        const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        if let Ok(hours) = text.parse::<catalogue::Hours>() {
            let mut printed = String::new();
            for shift in &hours.0 {
                let (opens, closes) = (shift.opens, shift.closes);
                prop_assert!((1..=7).contains(&shift.weekday) && (0..1_440).contains(&opens));
                prop_assert!(opens < closes && closes <= opens + 1_440 && opens % 5 == 0 && closes % 5 == 0);
                let clock = |minute: i64| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
                let day = DAYS[usize::try_from(shift.weekday - 1).expect("a weekday")];
                printed.push_str(&format!("{day} {}-{};", clock(opens), clock(closes)));
            }
            prop_assert_eq!(printed.parse(), Ok(hours));
        }
    }

    #[test]
    fn tokens_and_cookies_round_trip(
        bytes in prop::collection::vec(any::<u8>(), 0..40), odd in any_text(),
        header in prop::collection::vec(any::<u8>(), 0..80), token in "[!-+\\--:<-~]{1,60}"
    ) {
        prop_assert_eq!(tokens::unhex(&tokens::hex(&bytes)), Some(bytes));
        if let Some(bytes) = tokens::unhex(&odd) {
            prop_assert_eq!(tokens::hex(&bytes), odd.to_lowercase());
        }
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(&header) {
            headers.append(header::COOKIE, value);
        }
        people::has_session(&headers);
        let set = people::session_cookie(&token);
        let pair = set.split(';').next().unwrap_or_default();
        let name = pair.split('=').next().unwrap_or_default();
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_str(&format!("a=b; {pair}; c")).expect("a header"));
        prop_assert_eq!(people::cookie(&headers, name), Some(token.as_str()));
    }

    #[test]
    fn redirect_paths_stay_on_this_site(next in near(&["/dashboard/", "//evil.test/", "/\\evil.test", "/book/?service=pod", "https://evil.test"])) {
        if let Some(path) = ui::local_path(&next) {
            prop_assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r', '\0']));
        }
        prop_assert!(ui::login_path(&next).is_ascii());
    }

    #[test]
    fn the_network_of_a_network_is_itself(bits in any::<u128>(), small in any::<u32>()) {
        for address in [IpAddr::from(bits.to_be_bytes()), IpAddr::from(small.to_be_bytes())] {
            prop_assert_eq!(people::network(people::network(address)), people::network(address));
        }
    }

    #[test]
    fn configuration_errors_do_not_contain_secrets(
        values in prop::collection::vec((0..FIELDS.len(), prop_oneof![near(GOOD), any_text()]), 0..4),
        file in prop_oneof![near(&["public_url = \"https://club.example\"\nidle_seconds = 5\n", "listen = [1, 2]"]), any_text()],
        url in near(&["postgres://u:hunter2@host:5432/club?sslmode=require", "sqlite:data/club.db", "postgresql://[::1]/x"]),
        smtp in near(&["smtps://u:hunter2@mail.example:465", "smtp://u:hunter2@localhost:25", "smtp://u:hunter2@mail.example?tls=required"])
    ) {
        let environment: BTreeMap<String, String> =
            values.into_iter().map(|(at, value)| (FIELDS[at].variable.to_owned(), value)).collect();
        let _ = Config::read(&file, &environment);
        let _ = Config::read("", &environment);
        if let Err(error) = Place::parse(&url) {
            prop_assert!(!error.to_string().contains("hunter2"));
        }
        let config = Config { smtp_url: Some(smtp), ..Config::default() };
        // The connection pool of the mail client needs a runtime.
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let _entered = runtime.enter();
        if let Err(error) = messages::Post::from_config(&config) {
            prop_assert!(!format!("{error}").contains("hunter2"), "{error}");
        }
    }
}
