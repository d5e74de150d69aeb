//! The pages for room preferences, for notification settings, and for the unsubscribe link in an email.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kit::web::{Form, Input, Page, RawInput, see_other};
use kit::{AppState, Error, Result, Tx};
use people::{Actor, Caller, ChosenNotifications, NotificationKind, PreferencesChange};
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
    ("light_percent", "Light level (%)"),
    ("light_kelvin", "Light warmth"),
    ("temperature_f", "Temperature"),
    ("scents", "Scents"),
    ("music", "Music"),
    ("volume_percent", "Volume (%)"),
    ("body", "Form"),
];

#[derive(Template)]
#[template(path = "preferences.html")]
struct PreferencesPage {
    frame: Frame,
    raw_form: RawForm,
    errors: FieldErrors,
    done: Option<&'static str>,
    scenes: Vec<Choice>,
    music: Vec<Choice>,
    scents: Vec<(&'static str, &'static str, bool)>,
    notices: Vec<(&'static str, &'static str, bool)>,
}

/// Returns the choices of a preference, beginning with the default of the room.
fn or_open(all: &[(&'static str, &'static str)], chosen: &str) -> Vec<Choice> {
    from_pairs([("", "Room default")].into_iter().chain(all.iter().copied()), chosen)
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
        let temperature = input
            .raw("temperature_f")
            .is_some()
            .then(|| input.opt_number("temperature_f", FAHRENHEIT.0, FAHRENHEIT.1).map(celsius_tenths));
        RoomForm(PreferencesChange { temperature: temperature.or(change.temperature), ..change })
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
    let drawn =
        caller.view(move |tx, by| draw(tx, by, None).map(|page| PreferencesPage { done, ..page })).await;
    or_sign_in(drawn.and_then(|page| Page::of(&page)), HERE)
}

fn draw(tx: &mut Tx<'_>, by: &Actor, raw_form: Option<RawForm>) -> Result<PreferencesPage> {
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
        errors: FieldErrors::default(),
        done: None,
        scenes: or_open(&people::SCENES, raw_form.get("scene")),
        music: or_open(&people::MUSIC, raw_form.get("music")),
        raw_form,
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
    let drawn = caller.view(move |tx, by| draw(tx, by, Some(raw_form.clone()))).await;
    let page = drawn.and_then(|page| {
        let page = Page::of(&PreferencesPage { errors: wrong.errors, ..page })?;
        Ok((wrong.status, wrong.retry_after, page).into_response())
    });
    or_sign_in(page, HERE)
}

async fn choose(
    caller: Caller,
    Form(ChosenNotifications(kinds)): Form<ChosenNotifications>,
) -> Result<Response> {
    let chosen = caller.tx(move |tx, by| people::choose_notification_kinds(tx, by, &kinds)).await;
    or_sign_in(chosen.map(|()| see_other("/dashboard/preferences/?done=1#notices")), HERE)
}

/// The token of a link. It is read from the query even if an email client sends the request by itself.
struct Link(String);

impl Input for Link {
    fn parse(input: &mut RawInput) -> Link {
        Link(input.opt_text_within("token", 400).unwrap_or_default())
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

async fn leave(caller: Caller, QueryForm(form): QueryForm<Link>) -> Result<Response> {
    let Link(token) = form.parsed.unwrap_or(Link(String::new()));
    let sent_token = token.clone();
    let (_, notification_kind) =
        caller.app().db.view(move |tx| people::read_unsubscribe(tx, &sent_token)).await?;
    Ok(unreferred(Page::of(&UnsubscribePage::of(token, notification_kind, false))?))
}

/// Unsubscribes at once, for a person and for their email client (RFC 8058). No sign-in is required.
async fn left(caller: Caller, QueryForm(form): QueryForm<Link>) -> Result<Response> {
    let Link(token) = form.parsed.unwrap_or(Link(String::new()));
    let sent_token = token.clone();
    let notification_kind = caller.app().db.tx(move |tx| people::unsubscribe(tx, &sent_token)).await?;
    Ok(unreferred(Page::of(&UnsubscribePage::of(token, notification_kind, true))?))
}
