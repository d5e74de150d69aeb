//! The room settings that a person prefers (S17): scene, light, temperature, scents, and music.

use jiff::Timestamp;
use kit::web::RawInput;
use kit::{Id, Result, Tx, args, input, sql};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::inputs::sent;
use crate::actor::Actor;
use crate::store::hold;

/// The scenes that the wall of a room can show: the identifier in addresses and in the API, and the display name.
pub const SCENES: [(&str, &str); 6] = [
    ("swiss-alps", "Swiss Alps"),
    ("venice-canals", "Venice Canals"),
    ("ocean-waves", "Ocean Waves"),
    ("forest-retreat", "Forest Retreat"),
    ("sunset-desert", "Sunset Desert"),
    ("executive-focus", "Executive Focus"),
];
/// The available scents: identifier and display name.
pub const SCENTS: [(&str, &str); 7] = [
    ("lavender", "Lavender"),
    ("eucalyptus", "Eucalyptus"),
    ("cedar", "Cedar"),
    ("rose", "Rose"),
    ("citrus", "Citrus"),
    ("sandalwood", "Sandalwood"),
    ("mint", "Mint"),
];
/// The available music: identifier and display name.
pub const MUSIC: [(&str, &str); 6] = [
    ("silence", "Silence"),
    ("ambient", "Ambient"),
    ("piano", "Piano"),
    ("jazz", "Jazz"),
    ("nature", "Sounds of nature"),
    ("electronic", "Electronic"),
];
/// The most scents that a person may choose.
const MOST_SCENTS: usize = 3;
/// The color temperature of the light, in kelvin.
const KELVIN: (i64, i64) = (2_200, 6_500);
/// The range of the temperature, in tenths of a degree Celsius.
const TENTHS: (i64, i64) = (160, 300);

/// Room preferences. Null means the room’s own setting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Preferences {
    /// `swiss-alps`, `venice-canals`, `ocean-waves`, `forest-retreat`, `sunset-desert`, or `executive-focus`.
    pub scene: Option<String>,
    /// Light level, from 0 to 100.
    pub light_percent: Option<i64>,
    /// Light warmth in kelvin, from 2200 (warm) to 6500 (cool).
    pub light_kelvin: Option<i64>,
    /// Degrees Celsius, from 16.0 to 30.0, with one decimal.
    #[schema(value_type = Option<String>, examples("22.5"))]
    #[serde(serialize_with = "degrees")]
    pub temperature: Option<i64>,
    /// Up to three of `lavender`, `eucalyptus`, `cedar`, `rose`, `citrus`, `sandalwood`, and `mint`.
    pub scents: Vec<String>,
    /// `silence`, `ambient`, `piano`, `jazz`, `nature`, or `electronic`.
    pub music: Option<String>,
    /// Volume, from 0 to 100.
    pub volume_percent: Option<i64>,
}

kit::record! {
    "preferences" as "p", preference_columns, insert_preferences;
    Preferences {
        scene: "scene",
        light_percent: "light_percent",
        light_kelvin: "light_kelvin",
        temperature: "temperature_tenths",
        scents: json "scents",
        music: "music",
        volume_percent: "volume_percent",
    }
    with "person_id", "changed_at"
}

fn degrees<S: serde::Serializer>(
    tenths: &Option<i64>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    tenths.map(format_degrees).serialize(serializer)
}

/// Formats tenths of a degree, such as `22.5`.
pub fn format_degrees(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

input! {
    /// Changes to room preferences. Fields left out stay; null clears a field.
    #[derive(Debug, Clone, Default)]
    pub struct PreferencesChange {
        /// The scene (see [`Preferences`]); `null` removes it.
        #[schema(value_type = Option<String>)]
        pub scene: Option<Option<String>> = read(sent_scene),
        /// The brightness, from 0 to 100; `null` removes it.
        #[schema(value_type = Option<i64>)]
        pub light_percent: Option<Option<i64>> = read(sent_percent),
        /// The color temperature, from 2200 to 6500; `null` removes it.
        #[schema(value_type = Option<i64>)]
        pub light_kelvin: Option<Option<i64>> = read(sent_kelvin),
        /// The temperature, such as `22.5`; `null` removes it.
        #[schema(value_type = Option<String>)]
        pub temperature: Option<Option<i64>> = read(sent_tenths),
        /// Up to three scents; an empty list removes all.
        pub scents: Option<Vec<String>> = read(sent_scents),
        /// The music (see [`Preferences`]); `null` removes it.
        #[schema(value_type = Option<String>)]
        pub music: Option<Option<String>> = read(sent_music),
        /// The volume, from 0 to 100; `null` removes it.
        #[schema(value_type = Option<i64>)]
        pub volume_percent: Option<Option<i64>> = read(sent_percent),
    }
}

fn sent_scene(input: &mut RawInput, field: &str) -> Option<Option<String>> {
    sent(input, field, |input, field| one_of(input, field, &SCENES))
}

fn sent_music(input: &mut RawInput, field: &str) -> Option<Option<String>> {
    sent(input, field, |input, field| one_of(input, field, &MUSIC))
}

fn sent_percent(input: &mut RawInput, field: &str) -> Option<Option<i64>> {
    sent(input, field, |input, field| input.opt_number(field, 0, 100))
}

fn sent_kelvin(input: &mut RawInput, field: &str) -> Option<Option<i64>> {
    sent(input, field, |input, field| input.opt_number(field, KELVIN.0, KELVIN.1))
}

fn sent_tenths(input: &mut RawInput, field: &str) -> Option<Option<i64>> {
    sent(input, field, tenths)
}

fn sent_scents(input: &mut RawInput, field: &str) -> Option<Vec<String>> {
    sent(input, field, scents)
}

fn one_of(input: &mut RawInput, field: &str, known: &[(&str, &str)]) -> Option<String> {
    let word = input.opt_text_within(field, 40)?;
    if known.iter().any(|(name, _)| *name == word) {
        return Some(word);
    }
    input.add_error(field, format!("This must be one of {}.", names(known)));
    None
}

fn names(known: &[(&str, &str)]) -> String {
    known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Parses `22.5`, `22`, or a JSON number into tenths of a degree.
fn tenths(input: &mut RawInput, field: &str) -> Option<i64> {
    let text = input.opt_text_within(field, 10)?;
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let tenths = (is_plain(whole) && is_plain(part) && part.len() == 1 && whole.len() <= 3)
        .then(|| format!("{whole}{part}").parse::<i64>().ok())
        .flatten()
        .filter(|tenths| (TENTHS.0..=TENTHS.1).contains(tenths));
    if tenths.is_none() {
        input.add_error(field, "This must be degrees Celsius from 16.0 to 30.0, like 22.5.");
    }
    tenths
}

/// Parses a JSON list, or one or several values of a form.
fn scents(input: &mut RawInput, field: &str) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for one in input.many(field).iter().filter(|one| **one != "") {
        match one.as_str().filter(|word| SCENTS.iter().any(|(name, _)| name == word)) {
            Some(word) if !known.iter().any(|one| one == word) => known.push(word.to_owned()),
            Some(_) => {}
            None => input.add_error(field, format!("Choose from {}.", names(&SCENTS))),
        }
    }
    if known.len() > MOST_SCENTS {
        input.add_error(field, format!("Choose at most {MOST_SCENTS} scents."));
    }
    known
}

/// Returns the preferences of the actor.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn preferences(tx: &mut Tx<'_>, by: &Actor) -> Result<Preferences> {
    preferences_of(tx, by.person()?.id)
}

/// Returns the preferences of a person, for use by the club itself.
///
/// # Errors
/// Returns a fault if the database fails.
pub fn preferences_of(tx: &mut Tx<'_>, person: Id) -> Result<Preferences> {
    let stored = tx.one(
        sql!(concat!("SELECT ", preference_columns!(), " FROM preferences p WHERE p.person_id = $1")),
        args![person],
    )?;
    Ok(stored.unwrap_or_default())
}

/// Changes the preferences of the actor. Fields that the change does not contain stay unchanged.
///
/// # Errors
/// Returns `Error::Unauthorized` for a visitor.
pub fn change_preferences(tx: &mut Tx<'_>, by: &Actor, change: &PreferencesChange) -> Result<Preferences> {
    let person = by.person()?.id;
    hold(tx, person)?;
    let mut likes = preferences_of(tx, person)?;
    let PreferencesChange { scene, light_percent, light_kelvin, temperature, scents, music, volume_percent } =
        change.clone();
    likes.scene = scene.unwrap_or(likes.scene);
    likes.light_percent = light_percent.unwrap_or(likes.light_percent);
    likes.light_kelvin = light_kelvin.unwrap_or(likes.light_kelvin);
    likes.temperature = temperature.unwrap_or(likes.temperature);
    likes.scents = scents.unwrap_or(likes.scents);
    likes.music = music.unwrap_or(likes.music);
    likes.volume_percent = volume_percent.unwrap_or(likes.volume_percent);
    let now: Timestamp = tx.now();
    tx.run(
        sql!(concat!(
            insert_preferences!(),
            " ON CONFLICT (person_id) DO UPDATE SET scene = excluded.scene, light_percent = excluded.light_percent,
             light_kelvin = excluded.light_kelvin, temperature_tenths = excluded.temperature_tenths,
             scents = excluded.scents, music = excluded.music, volume_percent = excluded.volume_percent,
             changed_at = excluded.changed_at"
        )),
        [likes.values(), args![person, now].to_vec()].concat(),
    )?;
    Ok(likes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<PreferencesChange> {
        RawInput::from_json(body.as_bytes())?.parse()
    }

    #[test]
    fn only_supported_room_settings_are_accepted() {
        let change =
            read(r#"{"temperature": "22.5", "scents": ["rose", "rose", "mint"], "light_percent": 0}"#);
        let change = change.expect("a change");
        assert_eq!(change.temperature, Some(Some(225)));
        assert_eq!(change.scents, Some(vec!["rose".to_owned(), "mint".to_owned()]));
        assert_eq!((change.light_percent, change.scene), (Some(Some(0)), None));
        for (field, value) in [
            ("temperature", "\"15.9\""),
            ("temperature", "30.1"),
            ("temperature", "\"22.55\""),
            ("temperature", "-22"),
            ("temperature", "\"1e1\""),
            ("light_percent", "101"),
            ("light_kelvin", "100"),
            ("volume_percent", "-1"),
            ("scene", "\"<b>\""),
            ("music", "\"loud\""),
            ("scents", "[\"petrol\"]"),
            ("scents", "[\"rose\", \"mint\", \"cedar\", \"citrus\"]"),
            ("scents", "[[\"rose\"]]"),
        ] {
            assert!(read(&format!("{{\"{field}\": {value}}}")).is_err(), "{field}: {value}");
        }
        assert_eq!(read(r#"{"temperature": 22}"#).expect("a change").temperature, Some(Some(220)));
    }
}
