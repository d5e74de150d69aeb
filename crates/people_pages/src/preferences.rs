//! The pages for room preferences, for notification settings, and for the unsubscribe link in an email.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kit::web::{Form, Input, Page, RawInput, see_other};
use kit::{AppState, Error, Result, Tx};
use people::{Actor, Caller, ChosenNotifications, NotificationKind, PreferencesChange};
use pictures::artwork::{self, Artwork};
use ui::{
    Choice, Done, FieldErrors, FormInput, FormRejection, Frame, PostedForm, QueryForm, RawForm, from_pairs,
    or_sign_in, unreferred,
};

const HERE: &str = "/dashboard/preferences/";

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/dashboard/preferences/", get(show).post(save))
        .route("/dashboard/preferences/notices/", post(choose))
        .route("/unsubscribe/", get(leave).post(left))
}

const LABELS: [(&str, &str); 8] = [
    ("scene", "Room scene"),
    ("light_percent", "Light level"),
    ("light_kelvin", "Light warmth"),
    ("temperature_f", "Temperature"),
    ("scents", "Scents"),
    ("music", "Music"),
    ("volume_percent", "Volume"),
    ("body", "Form"),
];

#[derive(Template)]
#[template(path = "preferences.html")]
struct PreferencesPage {
    frame: Frame,
    errors: FieldErrors,
    done: Option<&'static str>,
    /// The scenes, each with its picture.
    scenes: Vec<(Choice, Artwork)>,
    light: Range,
    /// The warmth of the light, each with the name of its color in the stylesheet.
    warmth: Vec<(Choice, &'static str)>,
    temperature: Range,
    music: Vec<Choice>,
    volume: Range,
    scents: Vec<(&'static str, &'static str, bool)>,
    notices: Vec<(&'static str, &'static str, bool)>,
}

/// Returns the choices of a preference, beginning with the default of the room.
fn or_open(all: &[(&'static str, &'static str)], chosen: &str) -> Vec<Choice> {
    from_pairs([("", "Room default")].into_iter().chain(all.iter().copied()), chosen)
}

/// Returns the scenes with their pictures; the default of the room has that of the club.
fn scenes(tx: &mut Tx<'_>, chosen: &str) -> Result<Vec<(Choice, Artwork)>> {
    let club = catalogue::current(tx)?.club.id;
    let shown = pictures::shown(tx, club)?;
    let pictured = |choice: Choice| {
        let artwork = match choice.value.as_str() {
            "" => artwork::of_club_still(&shown),
            scene => artwork::of_scene(&shown, scene),
        };
        (choice, artwork)
    };
    Ok(or_open(&people::SCENES, chosen).into_iter().map(pictured).collect())
}

/// A preference that is a number on a scale.
struct Range {
    name: &'static str,
    label: &'static str,
    unit: &'static str,
    least: i64,
    most: i64,
    /// What the two ends of the scale are called.
    ends: (&'static str, &'static str),
    /// The value as the form sends it.
    value: String,
    /// The value as the page shows it: `72°F (22°C)`.
    shown: String,
    /// Whether the person has the preference at all.
    is_set: bool,
    wrong: Option<String>,
}

/// The scales, each with the value at which it begins if the person has none.
const LIGHT: Scale = ("light_percent", "Light level", "%", (0, 100), ("Dim", "Bright"), "60");
const TEMPERATURE: Scale = ("temperature_f", "Temperature", "°F", FAHRENHEIT, ("61°F", "86°F"), "72");
const VOLUME: Scale = ("volume_percent", "Volume", "%", (0, 100), ("Silent", "Loud"), "30");

/// The name of the field, the label, the unit, the range, the names of its ends, and where it begins.
type Scale =
    (&'static str, &'static str, &'static str, (i64, i64), (&'static str, &'static str), &'static str);

impl Range {
    fn of(scale: Scale, raw_form: &RawForm, errors: &FieldErrors) -> Range {
        let (name, label, unit, (least, most), ends, begins) = scale;
        let stored = raw_form.get(name);
        let value = if stored.is_empty() { begins } else { stored };
        let shown = match value.parse::<i64>() {
            Ok(degrees) if unit == "°F" => {
                format!("{degrees}°F ({}°C)", (celsius_tenths(degrees) + 5).div_euclid(10))
            }
            _ => format!("{value}{unit}"),
        };
        Range {
            name,
            label,
            unit,
            least,
            most,
            ends,
            value: value.to_owned(),
            shown,
            is_set: !stored.is_empty(),
            wrong: errors.about(name).map(str::to_owned),
        }
    }
}

/// The kinds of light to choose from: kelvin, name, and the name of the color in the stylesheet.
const LIGHTS: [(&str, &str, &str); 6] = [
    ("", "Room default", "room"),
    ("2200", "Candlelight", "candle"),
    ("2700", "Lamplight", "lamp"),
    ("3500", "Soft white", "soft"),
    ("4500", "Neutral", "neutral"),
    ("6500", "Daylight", "daylight"),
];

/// Returns the kinds of light, and the chosen one in kelvin if it is none of them.
fn warmth(chosen: &str) -> Vec<(Choice, &'static str)> {
    let kinds =
        LIGHTS.iter().map(|(kelvin, name, color)| (Choice::new(kelvin, *name, *kelvin == chosen), *color));
    let is_known = LIGHTS.iter().any(|(kelvin, _, _)| *kelvin == chosen);
    let own = (!is_known).then(|| (Choice::new(chosen, format!("{chosen} K"), true), "soft"));
    kinds.chain(own).collect()
}

/// The least and the most degrees Fahrenheit that a room can have: 16 to 30 degrees Celsius.
const FAHRENHEIT: (i64, i64) = (61, 86);

/// Tenths of degrees Celsius in whole degrees Fahrenheit.
fn fahrenheit(tenths: i64) -> i64 {
    (tenths * 18 + 3_200 + 50).div_euclid(100)
}

/// Degrees Fahrenheit in tenths of degrees Celsius.
fn celsius_tenths(fahrenheit: i64) -> i64 {
    ((fahrenheit - 32) * 50 + 4).div_euclid(9)
}

/// The preferences as the form sends them: the temperature in degrees Fahrenheit.
struct RoomForm(PreferencesChange);

impl Input for RoomForm {
    fn parse(input: &mut RawInput) -> RoomForm {
        let change = PreferencesChange::parse(input);
        // A scale always has a value, so the form lists those that the person wants.
        let is_unset = |input: &RawInput, name: &str| {
            input.raw("sets").is_some() && !input.many("sets").iter().any(|one| one == name)
        };
        let temperature = input
            .raw("temperature_f")
            .is_some()
            .then(|| input.opt_number("temperature_f", FAHRENHEIT.0, FAHRENHEIT.1).map(celsius_tenths));
        let if_set = |name: &str, value: Option<Option<i64>>| {
            if is_unset(input, name) { Some(None) } else { value }
        };
        RoomForm(PreferencesChange {
            temperature: if_set("temperature_f", temperature.or(change.temperature)),
            light_percent: if_set("light_percent", change.light_percent),
            volume_percent: if_set("volume_percent", change.volume_percent),
            ..change
        })
    }
}

/// Returns the label of a kind of notification.
fn spoken(notification_kind: NotificationKind) -> &'static str {
    match notification_kind {
        NotificationKind::Reminders => "Visit reminders",
        NotificationKind::Waitlist => "Waitlist openings",
    }
}

async fn show(caller: Caller, QueryForm(form): QueryForm<Done>) -> Result<Response> {
    let done = form.parsed.is_ok_and(|Done(done)| done.is_some()).then_some("Saved.");
    let drawn = caller
        .view(move |tx, by| {
            draw(tx, by, None, &FieldErrors::default()).map(|page| PreferencesPage { done, ..page })
        })
        .await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), HERE)
}

fn draw(
    tx: &mut Tx<'_>,
    by: &Actor,
    raw_form: Option<RawForm>,
    errors: &FieldErrors,
) -> Result<PreferencesPage> {
    let likes = people::preferences(tx, by)?;
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let stored = [
        ("scene", likes.scene.unwrap_or_default()),
        ("light_percent", number(likes.light_percent)),
        ("light_kelvin", number(likes.light_kelvin)),
        ("temperature_f", number(likes.temperature.map(fahrenheit))),
        ("music", likes.music.unwrap_or_default()),
        ("volume_percent", number(likes.volume_percent)),
    ];
    let is_liked = |scent: &str| match &raw_form {
        Some(raw_form) => raw_form.has("scents", scent),
        None => likes.scents.iter().any(|one| one == scent),
    };
    let scents = people::SCENTS.iter().map(|(name, word)| (*name, *word, is_liked(name))).collect();
    let notices = people::my_notification_kinds(tx, by)?;
    let raw_form = raw_form.clone().unwrap_or_default().over(&stored)?;
    Ok(PreferencesPage {
        frame: Frame::new(by, "preferences", "Preferences · CoreSync"),
        scents,
        errors: errors.clone(),
        done: None,
        scenes: scenes(tx, raw_form.get("scene"))?,
        light: Range::of(LIGHT, &raw_form, errors),
        warmth: warmth(raw_form.get("light_kelvin")),
        temperature: Range::of(TEMPERATURE, &raw_form, errors),
        volume: Range::of(VOLUME, &raw_form, errors),
        music: or_open(&people::MUSIC, raw_form.get("music")),
        notices: notices
            .into_iter()
            .map(|(notification_kind, is_chosen)| {
                (notification_kind.name(), spoken(notification_kind), is_chosen)
            })
            .collect(),
    })
}

async fn save(
    caller: Caller,
    PostedForm(FormInput { raw_form, parsed }): PostedForm<RoomForm>,
) -> Result<Response> {
    let done = match parsed {
        Ok(RoomForm(change)) => {
            caller.tx(move |tx, by| people::change_preferences(tx, by, &change).map(drop)).await
        }
        Err(fields) => Err(Error::Invalid(fields)),
    };
    let error = match done {
        Ok(()) => return Ok(see_other("/dashboard/preferences/?done=1")),
        Err(Error::Unauthorized) => return or_sign_in(Err::<Page, _>(Error::Unauthorized), HERE),
        Err(error) => error,
    };
    let wrong = FormRejection::of(error, &LABELS)?;
    let errors = wrong.errors;
    let drawn = caller.view(move |tx, by| draw(tx, by, Some(raw_form.clone()), &errors)).await;
    let page = drawn.and_then(|page| {
        let page = Page::of(&page)?;
        Ok((wrong.status, wrong.retry_after, page).into_response())
    });
    or_sign_in(page, HERE)
}

async fn choose(caller: Caller, Form(chosen): Form<ChosenNotifications>) -> Result<Response> {
    let chosen = caller.tx(move |tx, by| people::choose_notification_kinds(tx, by, &chosen.notices)).await;
    or_sign_in(chosen.map(|()| see_other("/dashboard/preferences/?done=1#notices")), HERE)
}

/// The token of a link. It is read from the query even if an email client sends the request by itself.
struct UnsubscribeToken(String);

impl Input for UnsubscribeToken {
    fn parse(input: &mut RawInput) -> UnsubscribeToken {
        UnsubscribeToken(input.opt_text_within("token", 400).unwrap_or_default())
    }
}

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct UnsubscribePage {
    frame: Frame,
    token: String,
    what: &'static str,
    is_done: bool,
}

impl UnsubscribePage {
    fn of(token: String, notification_kind: NotificationKind, is_done: bool) -> UnsubscribePage {
        let frame = Frame::signed_out("Email notifications · CoreSync");
        UnsubscribePage { frame, token, what: spoken(notification_kind), is_done }
    }
}

async fn leave(caller: Caller, QueryForm(form): QueryForm<UnsubscribeToken>) -> Result<Response> {
    let UnsubscribeToken(token) = form.parsed.unwrap_or(UnsubscribeToken(String::new()));
    let sent_token = token.clone();
    let (_, notification_kind) =
        caller.app().db.view(move |tx| people::read_unsubscribe(tx, &sent_token)).await?;
    Ok(unreferred(Page::of(&UnsubscribePage::of(token, notification_kind, false))?))
}

/// Unsubscribes at once, for a person and for their email client (RFC 8058). No sign-in is required.
async fn left(caller: Caller, QueryForm(form): QueryForm<UnsubscribeToken>) -> Result<Response> {
    let UnsubscribeToken(token) = form.parsed.unwrap_or(UnsubscribeToken(String::new()));
    let sent_token = token.clone();
    let notification_kind = caller.app().db.tx(move |tx| people::unsubscribe(tx, &sent_token)).await?;
    Ok(unreferred(Page::of(&UnsubscribePage::of(token, notification_kind, true))?))
}
