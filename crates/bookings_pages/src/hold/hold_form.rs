//! The details of a held time: as stored, as typed, and as parsed.

use bookings::{AddonRequest, Benefit, Booking, Coverage, Extras, HeldNotes};
use catalogue::{Catalogue, Service};
use kit::web::{Input, RawInput};
use kit::{Fields, Id};
use membership::Entitlements;
use serde_json::json;
use ui::{Choice, RawForm, format, lenient_number};

/// The maximum quantity of one add-on that the page offers.
const MOST: i64 = 10;

/// The fields of the form with their labels, except for the quantities of add-ons.
pub(crate) const FIELDS: [(&str, &str); 10] = [
    ("addons", "Add-ons"),
    ("then", "Second service"),
    ("phone", "Phone"),
    ("companion_name", "Your companion’s name"),
    ("scene", "Room scene"),
    ("special_requests", "Special requests"),
    ("allergies_notes", "Allergies"),
    ("guest_name", "Guest’s name"),
    ("guest_phone", "Guest’s phone"),
    ("guest_email", "Guest’s email"),
];

/// What pays for the service, by the name in the form.
const PAYS: [(&str, Benefit); 4] = [
    ("nothing", Benefit::Nothing),
    ("credit", Benefit::Credit),
    ("pass", Benefit::Pass),
    ("birthday", Benefit::Birthday),
];

/// The parsed form without add-ons, whose fields depend on the service.
#[derive(Debug, Clone)]
pub(crate) struct HoldForm {
    pub(crate) extras: Extras,
    /// The phone number of the guest’s account, in its stored form.
    pub(crate) phone: Option<String>,
    /// The id of the service to add to the visit.
    pub(crate) then: Option<Id>,
    /// The price in cents that the page promised for the services of the visit, without add-ons and tax.
    pub(crate) promise: Option<i64>,
}

impl Input for HoldForm {
    fn parse(input: &mut RawInput) -> HoldForm {
        let scene = input.opt_text_within("scene", 100);
        if scene.as_deref().is_some_and(|scene| !people::SCENES.iter().any(|(_, name)| *name == scene)) {
            input.add_error("scene", "Choose one of these scenes.");
        }
        let pays = input.opt_text_within("pays", 20);
        let benefit =
            PAYS.into_iter().find(|(name, _)| Some(*name) == pays.as_deref()).map(|(_, benefit)| benefit);
        let extras = Extras {
            scene: scene.map(|name| json!({ "preset": name })),
            // A benefit that the form does not select is not used.
            benefit: Some(benefit.unwrap_or(Benefit::Nothing)),
            ..Extras::parse_texts(input)
        };
        HoldForm {
            extras,
            phone: people::opt_phone(input, "phone"),
            then: input.opt_id("then"),
            promise: lenient_number(input, "promise"),
        }
    }
}

/// The state of a form that was not accepted.
pub(crate) struct FormState<'s> {
    pub(crate) refusal: Option<String>,
    pub(crate) fields: Fields,
    pub(crate) raw_form: &'s RawForm,
    /// The current price in cents of the services of the visit, without add-ons and tax, if it is higher than promised.
    pub(crate) promise: Option<i64>,
}

/// Returns the name of the field for the quantity of an add-on.
fn quantity_field(id: Id) -> String {
    format!("addon-{id}")
}

/// Reads the quantities of the add-ons from the form. Errors are added to `fields`.
pub(crate) fn addons(
    catalogue: &Catalogue,
    service: &Service,
    raw_form: &RawForm,
    fields: &mut Fields,
) -> Vec<AddonRequest> {
    let mut chosen = Vec::new();
    for addon in catalogue.addons_of(service) {
        let text = raw_form.get(&quantity_field(addon.id)).trim();
        match text.parse::<i64>() {
            _ if text.is_empty() => {}
            Ok(0) => {}
            Ok(quantity) if (1..=MOST).contains(&quantity) => {
                chosen.push(AddonRequest { id: addon.id, quantity, notes: String::new() });
            }
            _ => fields.add("addons", format!("{}: choose up to {MOST}.", addon.name)),
        }
    }
    chosen
}

/// An add-on and its quantity.
pub(crate) struct AddonLine {
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) sentence: String,
    pub(crate) price: String,
    /// Whether the add-on is chosen once, which a check box shows.
    pub(crate) is_chosen: bool,
    /// The quantities to choose from; empty if one is all that makes sense, so that a check box is enough.
    pub(crate) quantities: Vec<Choice>,
}

/// The values that the form shows.
#[derive(Default)]
pub(crate) struct HoldFormFields {
    pub(crate) addons: Vec<AddonLine>,
    pub(crate) pays: Vec<Choice>,
    pub(crate) scenes: Vec<Choice>,
    pub(crate) phone: String,
    pub(crate) guest_name: String,
    pub(crate) guest_phone: String,
    pub(crate) guest_email: String,
    pub(crate) companion_name: String,
    pub(crate) special_requests: String,
    pub(crate) allergies: String,
}

impl HoldFormFields {
    /// Returns the names of the chosen add-ons; empty if there are none.
    pub(crate) fn chosen_addons(&self) -> String {
        let is_chosen = |line: &&AddonLine| {
            line.is_chosen || line.quantities.iter().skip(1).any(|quantity| quantity.is_chosen)
        };
        let names: Vec<&str> = self.addons.iter().filter(is_chosen).map(|line| line.name.as_str()).collect();
        names.join(", ")
    }

    /// Returns the chosen payment in few words.
    pub(crate) fn payment(&self) -> &'static str {
        match self.pays.iter().find(|pay| pay.is_chosen).map(|pay| pay.value.as_str()) {
            Some("credit") => "Service credit",
            Some("pass") => "Guest pass",
            Some("birthday") => "Birthday gift",
            _ => "At the front desk",
        }
    }

    /// Returns whether notes were entered. The name of the guest is one of them, unless the front desk enters it in a
    /// part of its own (`names_guest`).
    pub(crate) fn has_notes(&self, names_guest: &bool) -> bool {
        let notes = [&self.companion_name, &self.special_requests, &self.allergies];
        notes.iter().any(|note| !note.is_empty()) || (!names_guest && !self.guest_name.is_empty())
    }
}

/// The source of the values that the form shows.
#[derive(Clone, Copy)]
pub(crate) enum FilledFrom<'f> {
    /// The stored details of the hold.
    Stored(&'f HeldNotes),
    /// The values of a submitted form, as they were entered.
    Raw(&'f RawForm),
}

impl HoldFormFields {
    /// Creates the values. `liked` is the guest's preferred scene, which is selected unless the hold has another one.
    pub(crate) fn of(
        catalogue: &Catalogue,
        held: &Booking,
        entitlements: &Entitlements,
        from: FilledFrom<'_>,
        liked: Option<&str>,
    ) -> HoldFormFields {
        let text = |name: &str, row: Option<&String>| match from {
            FilledFrom::Raw(raw_form) => raw_form.get(name).to_owned(),
            FilledFrom::Stored(..) => row.cloned().unwrap_or_default(),
        };
        let notes = match from {
            FilledFrom::Stored(notes) => Some(notes),
            FilledFrom::Raw(_) => None,
        };
        let scene = match from {
            FilledFrom::Raw(raw_form) => raw_form.get("scene").to_owned(),
            FilledFrom::Stored(notes) => {
                let preset = notes.scene.as_ref().and_then(|scene| scene.get("preset")?.as_str());
                let liked =
                    || people::SCENES.iter().find(|(scene, _)| Some(*scene) == liked).map(|(_, name)| *name);
                preset.or_else(liked).unwrap_or_default().to_owned()
            }
        };
        let has_scenes = catalogue.room(held.room).is_some_and(|room| room.has_iot);
        let scene_choice = |(_, name): &(&str, &str)| Choice::new(name, *name, *name == scene);
        let service = catalogue.service(held.service);
        let addons = service
            .map(|service| addon_lines(catalogue, service, held.party.people, from))
            .unwrap_or_default();
        HoldFormFields {
            addons,
            pays: pays(held, entitlements, from),
            scenes: if has_scenes { people::SCENES.iter().map(scene_choice).collect() } else { Vec::new() },
            // A stored number is not asked for again.
            phone: text("phone", None),
            guest_name: text("guest_name", held.party.guest_name.as_ref()),
            guest_phone: text("guest_phone", notes.and_then(|notes| notes.guest_phone.as_ref())),
            guest_email: text("guest_email", held.party.guest_email.as_ref()),
            companion_name: text("companion_name", held.party.companion_name.as_ref()),
            special_requests: text("special_requests", held.party.special_requests.as_ref()),
            allergies: text("allergies_notes", notes.and_then(|notes| notes.allergies.as_ref())),
        }
    }
}

fn addon_lines(catalogue: &Catalogue, service: &Service, party: i64, from: FilledFrom<'_>) -> Vec<AddonLine> {
    let line = |addon: &catalogue::Addon| {
        let field = quantity_field(addon.id);
        let chosen = match from {
            FilledFrom::Raw(raw_form) => raw_form.get(&field).trim().parse().unwrap_or(0),
            FilledFrom::Stored(notes) => {
                notes.addons.iter().find(|sold| sold.id == addon.id).map_or(0, |sold| sold.quantity)
            }
        };
        let quantity = |count: i64| {
            Choice::new(
                count,
                if count == 0 { "None".to_owned() } else { count.to_string() },
                count == chosen,
            )
        };
        // One for each guest makes sense, and so does what was chosen elsewhere.
        let most = party.max(chosen).min(MOST);
        AddonLine {
            name: addon.name.clone(),
            sentence: addon.description.clone(),
            price: format::money(addon.cents),
            is_chosen: chosen == 1,
            quantities: if most > 1 { (0..=most).map(quantity).collect() } else { Vec::new() },
            field,
        }
    };
    catalogue.addons_of(service).map(line).collect()
}

/// Returns the options to pay for the service; empty if no benefit can pay.
fn pays(held: &Booking, entitlements: &Entitlements, from: FilledFrom<'_>) -> Vec<Choice> {
    let coverage = held.price.coverage();
    if coverage == Coverage::Unlimited {
        return Vec::new();
    }
    let (uses_credit, uses_pass, uses_gift) = (
        coverage == Coverage::Credit,
        matches!(coverage, Coverage::Pass(_)),
        matches!(coverage, Coverage::Birthday(_)),
    );
    // The benefit that this hold uses is not included in what is left.
    let credits = entitlements.credits_left(held.day).unwrap_or(0) + i64::from(uses_credit);
    let passes = entitlements.passes_left(held.day) + i64::from(uses_pass);
    let has_gift = entitlements.has_birthday(held.day) || uses_gift;
    let chosen = match from {
        FilledFrom::Raw(raw_form) => raw_form.get("pays").to_owned(),
        FilledFrom::Stored(..) => match coverage {
            Coverage::Credit => "credit".to_owned(),
            Coverage::Pass(_) => "pass".to_owned(),
            Coverage::Birthday(_) => "birthday".to_owned(),
            _ => "nothing".to_owned(),
        },
    };
    let mut choices: Vec<(&str, String)> = Vec::new();
    if credits > 0 {
        choices.push(("credit", format!("Use a service credit ({credits} left this month)")));
    }
    if passes > 0 && held.party.people > 1 {
        choices.push(("pass", format!("Use a guest pass for your companion ({passes} left this month)")));
    }
    if has_gift {
        choices.push(("birthday", "Use your birthday gift".to_owned()));
    }
    if choices.is_empty() {
        return Vec::new();
    }
    choices.insert(0, ("nothing", "Pay at the front desk".to_owned()));
    let choice = |(value, label): (&str, String)| {
        Choice::new(value, label, value == chosen || (value == "nothing" && chosen.is_empty()))
    };
    choices.into_iter().map(choice).collect()
}
