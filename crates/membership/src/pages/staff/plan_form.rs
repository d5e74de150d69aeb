//! The form for a new version of a plan.

use jiff::civil::Date;
use ui::{FormPart, InputField, RawForm};

use crate::Version;

/// Adds the fields of a plan to a form, with the typed values or those of the newest version.
pub(super) fn fields(form: FormPart, newest: &Version, today: Date, raw_form: Option<&RawForm>) -> FormPart {
    let plan = &newest.plan;
    let shown = |name: &str, now: String| raw_form.map_or(now, |raw_form| raw_form.get(name).to_owned());
    let ticked = |name: &str, now: bool| raw_form.map_or(now, |raw_form| !raw_form.get(name).is_empty());
    let number = |name: &'static str, label: &'static str, now: i64| {
        InputField::line(name, label, "number", shown(name, now.to_string()))
    };
    form.hidden("version", shown("version", newest.n.to_string()))
        .group("Price and date")
        .field(
            InputField::line("price", "Price per month ($)", "text", shown("price", plan.price.to_string()))
                .hint("For example, 375.00.")
                .half_width(),
        )
        .field(
            InputField::line(
                "effective_on",
                "Effective date",
                "date",
                shown("effective_on", today.to_string()),
            )
            .hint("Today or later.")
            .half_width(),
        )
        .group("Description")
        .field(InputField::line(
            "short_description",
            "Short description",
            "text",
            shown("short_description", plan.short_description.clone()),
        ))
        .field(
            InputField::area("benefits", "Benefits", shown("benefits", plan.benefits.join("\n")))
                .hint("One per line."),
        )
        .group("What it includes")
        .field(
            number("discount_percentage", "Discount off guest price (%)", plan.discount_bp / 100)
                .half_width(),
        )
        .field(number("max_advance_days", "Booking window (days)", plan.max_advance_days).half_width())
        .field(
            number("monthly_service_credits", "Service credits per month", plan.monthly_credits.unwrap_or(0))
                .half_width(),
        )
        .field(number("guest_passes", "Guest passes per month", plan.guest_passes).half_width())
        .field(InputField::tick(
            "unlimited_credits",
            "Every service is included",
            ticked("unlimited_credits", plan.monthly_credits.is_none()),
        ))
        .group("Access")
        .field(InputField::tick(
            "mensuite_access",
            "Mensuite",
            ticked("mensuite_access", plan.mensuite_access),
        ))
        .field(InputField::tick(
            "coresync_private_access",
            "Coresync Private",
            ticked("coresync_private_access", plan.coresync_private_access),
        ))
        .field(InputField::tick(
            "iot_control_access",
            "Room control",
            ticked("iot_control_access", plan.iot_control_access),
        ))
        .field(InputField::tick("concierge", "Concierge", ticked("concierge", plan.concierge)))
        .field(InputField::tick(
            "priority_booking",
            "First access to reserved times",
            ticked("priority_booking", plan.priority_booking),
        ))
}
