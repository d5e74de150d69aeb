//! The page of a charge: the amounts, the forms for a payment and for a refund that is owed, and all that was recorded.

use catalogue::Catalogue;
use kit::{Cents, Fields, Id, Result, Tx};
use money::{AdjustmentKind, Charge, PaymentMethod, PaymentStatus, SubjectAccount};
use people::{Action, Actor, Subject, SubjectKind};
use ui::{Choice, FormPart, InputField, Part, RawForm, StaffPage, Table, cell, format, from_pairs, link};

use crate::staff::due;
use crate::subjects::{charge_path, describe, method_word, payer, receipt_path};

/// Creates the page of a charge.
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may take payments, and `Error::NotFound` if nothing was ever charged for the
/// subject.
pub(crate) fn draw(
    tx: &mut Tx<'_>,
    by: &Actor,
    subject: Subject,
    entered: &RawForm,
    wrong: Option<&Fields>,
) -> Result<StaffPage> {
    let account = money::account(tx, by, subject)?;
    let catalogue = catalogue::current(tx)?;
    let charge = &account.charge;
    let described = describe(tx, by, &catalogue, subject)?;
    let guest = payer(tx, by, subject, charge.person)?;
    let mut page = StaffPage::new(by, due::HERE, format!("Payment: {}", guest.name));
    page = page.text(format!("{}.", described.whole()));
    let visit = described.path.map(|path| ("Open visit", path));
    let member = charge.person.filter(|_| subject.kind == SubjectKind::Membership);
    let member = member.map(|person| ("Open member", format!("/staff/members/{person}/")));
    page = page
        .with(Part::Links(visit.into_iter().chain(member).collect()))
        .with(Part::Facts(facts(charge, described.reference)));
    let is_own = charge.person.is_some() && charge.person == by.id();
    if is_own {
        page = page.text("This is your own. Ask a colleague to take the payment.");
    } else {
        if charge.due() > Cents::ZERO {
            let form = payment_form(tx, by, (subject, charge), entered)?;
            page = page.heading("take", "Take a payment").form(form.wrong(wrong));
        }
        if charge.to_refund() > Cents::ZERO {
            page = refund_form(page, subject, &account, wrong);
        }
        page = page.with(Part::Links(adjustments(by, subject, charge)));
    }
    page = page.heading("price", "Price").table(price(&account), "Nothing is charged.");
    recorded(tx, page, &catalogue, &account)
}

/// Returns the words for a payment status.
fn status_word(charge: &Charge) -> &'static str {
    match charge.status {
        PaymentStatus::Unpaid if charge.received() > Cents::ZERO => "Partly paid",
        PaymentStatus::Unpaid => "Unpaid",
        PaymentStatus::Paid => "Paid",
        PaymentStatus::PartlyRefunded => "Partly refunded",
        PaymentStatus::Refunded => "Refunded",
        PaymentStatus::Void => "Nothing to pay",
    }
}

/// Returns the facts about a charge, and the confirmation number of its visit.
fn facts(charge: &Charge, reference: Option<String>) -> Vec<(&'static str, String)> {
    let money = format::exact_money;
    let mut facts: Vec<_> = reference.into_iter().map(|reference| ("Confirmation", reference)).collect();
    facts.extend([("Status", status_word(charge).to_owned()), ("Total", money(charge.total()))]);
    for (label, amount) in [
        ("Comped", charge.comp),
        ("Written off", charge.written_off),
        ("Paid", charge.paid),
        ("Refunded", charge.refunded),
        ("Refund owed", charge.to_refund()),
    ] {
        if amount > Cents::ZERO {
            facts.push((label, money(amount)));
        }
    }
    facts.push(("Due", money(charge.due())));
    facts
}

/// Returns the entered value of a field, or its default.
fn value(entered: &RawForm, name: &str, default: String) -> String {
    let entered = entered.get(name);
    if entered.is_empty() { default } else { entered.to_owned() }
}

fn payment_form(
    tx: &mut Tx<'_>,
    by: &Actor,
    (subject, charge): (Subject, &Charge),
    entered: &RawForm,
) -> Result<FormPart> {
    let due = charge.due();
    let methods = [("", "Choose"), ("cash", "Cash"), ("terminal", "Card terminal")];
    let amount = value(entered, "amount", due.to_string());
    let mut form = FormPart::post(charge_path(subject), "Record payment")
        .hidden("shown", due)
        .field(InputField::line("amount", "Amount", "text", amount))
        .field(InputField::select("method", "Paid with", from_pairs(methods, entered.get("method"))))
        .field(
            InputField::line("slip", "Slip number", "text", entered.get("slip"))
                .hint("Only for the card terminal.")
                .only_with("method", "terminal"),
        );
    let technicians = match subject.kind {
        SubjectKind::Booking => bookings::read(tx, subject.id)?.technicians,
        _ => Vec::new(),
    };
    if !technicians.is_empty() {
        form = form.field(
            InputField::line("tip", "Tip", "text", entered.get("tip")).hint("In addition to the amount."),
        );
    }
    match technicians.as_slice() {
        [] => {}
        [(only, _)] => form = form.hidden("tip_for", only),
        several => {
            let is_chosen =
                |id: &Id| entered.get("amount").is_empty() || entered.has("tip_for", &id.to_string());
            let choices = several.iter().map(|(id, name)| Choice::new(id, name, is_chosen(id))).collect();
            form = form.field(InputField::ticks("tip_for", "The tip is for", choices));
        }
    }
    let also = also_due(tx, by, (subject, charge.person), entered)?;
    if !also.is_empty() {
        form = form.field(InputField::ticks("also", "Also pays for", also));
    }
    Ok(form)
}

/// Returns the other amounts that the same guest owes by the end of the business day, as choices.
fn also_due(
    tx: &mut Tx<'_>,
    by: &Actor,
    (subject, person): (Subject, Option<Id>),
    entered: &RawForm,
) -> Result<Vec<Choice>> {
    let Some(person) = person else { return Ok(Vec::new()) };
    let catalogue = catalogue::current(tx)?;
    let (_, end_of_today) = catalogue.business_day(catalogue.business_day_at(tx.now()));
    let mut choices = Vec::new();
    for one in money::due_of_person(tx, by, person, subject)? {
        let described = describe(tx, by, &catalogue, one.subject())?;
        if described.starts_at.is_some_and(|starts_at| starts_at >= end_of_today) {
            continue;
        }
        let what = described.short();
        let value = format!("{}:{}:{}", one.subject_kind.as_str(), one.subject_id, one.amount.0);
        let is_chosen = entered.has("also", &value);
        choices.push(Choice::new(value, format!("{what}: {}", format::money(one.amount)), is_chosen));
    }
    Ok(choices)
}

/// Adds the form with which a refund that is owed is handed back.
fn refund_form(
    page: StaffPage,
    subject: Subject,
    account: &SubjectAccount,
    wrong: Option<&Fields>,
) -> StaffPage {
    let mut form = FormPart::post(format!("{}send-refund/", charge_path(subject)), "Record refund");
    if account.payments.iter().any(|payment| payment.method == PaymentMethod::Terminal) {
        form = form.field(slip_field());
    }
    let back = format::money(account.charge.to_refund());
    page.heading("hand-back", "Refund owed")
        .text(format!("Refund {back} the way it was paid, the latest payment first."))
        .form(form.wrong(wrong))
}

/// Returns the field for the number of a refund slip.
pub(crate) fn slip_field() -> InputField {
    InputField::line("refund_slip", "Refund slip number", "text", "").hint("Only for the card terminal.")
}

/// Returns the links to what a manager may do with the charge.
fn adjustments(by: &Actor, subject: Subject, charge: &Charge) -> Vec<(&'static str, String)> {
    let path = charge_path(subject);
    let mut links = Vec::new();
    if !by.may(Action::AdjustCharges) {
        return links;
    }
    if charge.due() > Cents::ZERO {
        links.push(("Comp", format!("{path}comp/")));
        if charge.earned_at.is_some() {
            links.push(("Write off", format!("{path}write-off/")));
        }
    } else if charge.received() > charge.to_refund() && subject.kind != SubjectKind::Membership {
        links.push(("Refund", format!("{path}refund/")));
    }
    links
}

fn price(account: &SubjectAccount) -> Table {
    let lines = account.lines.iter().map(|line| (line.label.clone(), line.amount));
    let taxes = account.taxes.iter().map(|tax| (tax.component.clone(), tax.amount));
    let row = |(label, amount): (String, Cents)| vec![cell(label), cell(format::exact_money(amount))];
    let rows = lines.chain(taxes).map(row).collect();
    Table { caption: "Price", head: vec!["Item", "Amount"], rows, csv: None }
}

/// Adds the tables of the payments, refunds, and adjustments.
fn recorded(
    tx: &mut Tx<'_>,
    page: StaffPage,
    catalogue: &Catalogue,
    account: &SubjectAccount,
) -> Result<StaffPage> {
    let (zone, now) = (&catalogue.club.zone, tx.now());
    let staff = account.payments.iter().filter_map(|one| one.taken_by);
    let staff = staff.chain(account.refunds.iter().filter_map(|one| one.sent_by));
    let staff: Vec<Id> = staff.chain(account.adjustments.iter().filter_map(|one| one.made_by)).collect();
    let names = people::names(tx, staff)?;
    let name = |id: Option<Id>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    let payments = account.payments.iter().map(|one| {
        vec![
            link(one.number.clone().unwrap_or_else(|| "Receipt".to_owned()), receipt_path(one.id)),
            cell(format::moment(zone, one.received_at, now)),
            cell(method_word(one.method)),
            cell(format::exact_money(one.amount)),
            cell(format::exact_money(one.tip)),
            cell(name(one.taken_by)),
        ]
    });
    let head = vec!["Receipt", "Received", "Paid with", "Amount", "Tip", "Taken by"];
    let payments = Table { caption: "Payments", head, rows: payments.collect(), csv: None };
    let mut page = page.heading("payments", "Payments").table(payments, "No payments yet.");
    if !account.refunds.is_empty() {
        let refunds = account.refunds.iter().map(|one| {
            vec![
                link(one.number.clone(), receipt_path(one.payment)),
                cell(format::moment(zone, one.sent_at, now)),
                cell(method_word(one.method)),
                cell(format::exact_money(one.amount)),
                cell(name(one.sent_by)),
            ]
        });
        let head = vec!["Receipt", "Sent", "Method", "Amount", "Refunded by"];
        let refunds = Table { caption: "Refunds", head, rows: refunds.collect(), csv: None };
        page = page.heading("refunds", "Refunds").table(refunds, "");
    }
    if !account.adjustments.is_empty() {
        let adjustments = account.adjustments.iter().map(|one| {
            let kind = match one.kind {
                AdjustmentKind::Comp => "Comped",
                AdjustmentKind::WriteOff => "Written off",
                AdjustmentKind::Refund => "Refund approved",
            };
            vec![
                cell(kind),
                cell(format::exact_money(one.amount)),
                cell(one.reason.clone()),
                cell(name(one.made_by)),
                cell(format::moment(zone, one.made_at, now)),
            ]
        });
        let head = vec!["Decision", "Amount", "Reason", "By", "When"];
        let adjustments = Table { caption: "Decisions", head, rows: adjustments.collect(), csv: None };
        page = page.heading("decisions", "Decisions").table(adjustments, "");
    }
    Ok(page)
}
