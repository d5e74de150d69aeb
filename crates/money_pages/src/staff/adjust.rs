//! What a manager decides about a charge, each on a page of its own that says what it does: a refund, a comp, a write-off.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kit::web::{Input, Path, RawInput};
use kit::{AppState, Cents, Error, Fields, Id, Result, Tx};
use money::{Charge, PaymentMethod};
use people::{Action, Actor, Caller, Subject};
use ui::{
    FormOutcome, FormPart, InputField, Part, PostedForm, RawForm, StaffPage, format, handle_form, rendered,
    to_response,
};

use crate::staff::charge::{LONGEST_SLIP, MOST, about_refund_slip, subject_of};
use crate::staff::charge_page::slip_field;
use crate::staff::due;
use crate::subjects::{charge_path, describe, payer};

/// The longest reason.
const LONGEST_REASON: usize = 500;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/staff/money/{kind}/{id}/{decision}/", get(show).post(apply))
}

/// What a manager decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Refund,
    Comp,
    WriteOff,
}

impl Decision {
    fn read(name: &str) -> Option<Decision> {
        match name {
            "refund" => Some(Decision::Refund),
            "comp" => Some(Decision::Comp),
            "write-off" => Some(Decision::WriteOff),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Decision::Refund => "refund",
            Decision::Comp => "comp",
            Decision::WriteOff => "write-off",
        }
    }

    /// The name in the address of the page that confirms it.
    fn done(self) -> &'static str {
        match self {
            Decision::Refund => "refunded",
            Decision::Comp => "comp",
            Decision::WriteOff => "written-off",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Decision::Refund => "Refund",
            Decision::Comp => "Comp",
            Decision::WriteOff => "Write off",
        }
    }

    /// The text of the button.
    fn button(self) -> &'static str {
        match self {
            Decision::Refund => "Record refund",
            Decision::Comp => "Comp amount",
            Decision::WriteOff => "Write off",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Decision::Refund => {
                "Refund the guest the way they paid. This also lowers the price. With tax, the refund may be a cent less."
            }
            Decision::Comp => "The price doesn’t change; the club covers this amount.",
            Decision::WriteOff => "The club stops collecting this amount and records it as a loss.",
        }
    }

    /// Returns the largest amount for it.
    fn most(self, charge: &Charge) -> Cents {
        match self {
            Decision::Refund if charge.due() > Cents::ZERO => Cents::ZERO,
            Decision::Refund => charge.received() - charge.to_refund(),
            Decision::Comp => charge.due(),
            Decision::WriteOff if charge.earned_at.is_some() => charge.due(),
            Decision::WriteOff => Cents::ZERO,
        }
    }
}

/// Returns what the path names.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may adjust charges, and `Error::NotFound` if there is no such page.
fn named(by: &Actor, (kind, id, decision): &(String, Id, String)) -> Result<(Subject, Decision)> {
    by.need(Action::AdjustCharges)?;
    let decision = Decision::read(decision).ok_or(Error::NotFound)?;
    Ok((subject_of(by, &(kind.clone(), *id))?, decision))
}

fn here((kind, id, decision): &(String, Id, String)) -> String {
    format!("/staff/money/{kind}/{id}/{decision}/")
}

async fn show(caller: Caller, Path(path): Path<(String, Id, String)>) -> Result<Response> {
    let here = here(&path);
    let page = caller.view(move |tx, by| {
        let named = named(by, &path)?;
        draw(tx, by, named, &RawForm::default(), None)
    });
    rendered(page.await, &here)
}

fn draw(
    tx: &mut Tx<'_>,
    by: &Actor,
    (subject, decision): (Subject, Decision),
    entered: &RawForm,
    wrong: Option<&Fields>,
) -> Result<StaffPage> {
    let account = money::account(tx, by, subject)?;
    let catalogue = catalogue::current(tx)?;
    let described = describe(tx, by, &catalogue, subject)?;
    let guest = payer(tx, by, subject, account.charge.person)?;
    let most = decision.most(&account.charge);
    let page = StaffPage::new(by, due::HERE, format!("{}: {}", decision.title(), guest.name))
        .text(format!("{}.", described.whole()));
    let back = Part::Links(vec![("Back to the payment", charge_path(subject))]);
    if most == Cents::ZERO {
        let why = match decision {
            Decision::Refund => "There’s nothing to refund.",
            Decision::Comp => "Nothing is due.",
            Decision::WriteOff => "You can write off only a past visit or a fee.",
        };
        return Ok(page.text(why).with(back));
    }
    let amount = match entered.get("amount") {
        "" => most.to_string(),
        entered => entered.to_owned(),
    };
    let mut form = FormPart::post(format!("{}{}/", charge_path(subject), decision.name()), decision.button())
        .field(InputField::line("amount", "Amount", "text", amount))
        .field(InputField::line("reason", "Reason", "text", entered.get("reason")));
    let is_terminal = account.payments.iter().any(|payment| payment.method == PaymentMethod::Terminal);
    if decision == Decision::Refund && is_terminal {
        form = form.field(slip_field());
    }
    if !people::is_confirmed(tx, by)? {
        form = form.field(
            InputField::line("current_password", "Your password", "password", "")
                .hint("To confirm it’s you."),
        );
    }
    Ok(page
        .text(format!("{} Up to {}.", decision.sentence(), format::money(most)))
        .form(form.wrong(wrong))
        .with(back))
}

/// An amount with its reason, as it is entered.
#[derive(Debug, Clone)]
struct DecisionForm {
    amount: Cents,
    reason: String,
    slip: String,
    /// The password of the manager, if the page asked for it.
    password: Option<String>,
}

impl Input for DecisionForm {
    fn parse(input: &mut RawInput) -> DecisionForm {
        let amount = input.opt_cents("amount", MOST);
        if amount.is_none() {
            // The error of an amount that was entered is more exact.
            let is_empty = input
                .raw("amount")
                .and_then(|value| value.as_str())
                .is_none_or(|text| text.trim().is_empty());
            if is_empty {
                input.add_error("amount", "This field is required.");
            }
        }
        DecisionForm {
            amount: amount.unwrap_or_default(),
            reason: input.text("reason", LONGEST_REASON),
            slip: input.opt_text_within("refund_slip", LONGEST_SLIP).unwrap_or_default(),
            password: input.secret("current_password").filter(|password| !password.is_empty()),
        }
    }
}

async fn apply(
    caller: Caller,
    Path(path): Path<(String, Id, String)>,
    PostedForm(form): PostedForm<DecisionForm>,
) -> Result<Response> {
    let here = here(&path);
    let (raw_form, parsed) = (form.raw_form, form.parsed);
    let named_path = path.clone();
    let may = caller.view(move |_, by| named(by, &named_path).map(drop)).await;
    // Only a manager's password is checked here, and a wrong one is an error of its field.
    let confirmed = match (may, parsed.as_ref().ok().and_then(|form| form.password.clone())) {
        (Ok(()), Some(password)) => people::confirm_sign_in(&caller, password).await,
        (may, _) => may,
    };
    let wrong_password = match confirmed {
        Ok(()) => None,
        Err(Error::Invalid(fields)) => Some(fields),
        Err(Error::Refused(refusal, _)) => {
            let mut fields = Fields::new();
            fields.0.insert("current_password".to_owned(), refusal.sentence.to_owned());
            Some(fields)
        }
        Err(error) => return to_response(Err::<FormOutcome<StaffPage>, _>(error), &here),
    };
    let done = caller.tx(move |tx, by| {
        let (subject, decision) = named(by, &path)?;
        let operation = |tx: &mut Tx<'_>| {
            if let Some(fields) = &wrong_password {
                return Err(Error::Invalid(fields.clone()));
            }
            let DecisionForm { amount, reason, slip, .. } = parsed.clone().map_err(Error::Invalid)?;
            match decision {
                Decision::Refund => {
                    let refunded = money::refund(tx, by, subject, (amount, &reason), &slip);
                    refunded.map(drop).map_err(about_refund_slip)?;
                }
                Decision::Comp => money::comp(tx, by, subject, (Some(amount), &reason)).map(drop)?,
                Decision::WriteOff => money::write_off(tx, by, subject, (Some(amount), &reason)).map(drop)?,
            }
            Ok(format!("{}?done={}", charge_path(subject), decision.done()))
        };
        handle_form(tx, operation, |tx, wrong| draw(tx, by, (subject, decision), &raw_form, wrong))
    });
    to_response(done.await, &here)
}
