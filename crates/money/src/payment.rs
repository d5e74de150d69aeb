//! Payments at the front desk (T17): money received, in parts by subject.

use jiff::Timestamp;
use kit::{Cents, Error, Fields, Id, Result, Tx, args, counters, row, sql};
use ledger::{BusinessEvent, Entry, EventKey, EventSource, Means, SubjectAmount, events};
use people::{Action, Actor, AuditEvent, Subject, SubjectKind};
use serde_json::json;

use crate::model::{Bill, Charge};
use crate::refusals::{ALREADY_PAID, DUE_CHANGED, NEW_TOTAL, NOTHING_DUE};
use crate::store::{current_unless_void, update};
use crate::{books, charge};

/// How money came in, and how it goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentMethod {
    /// In cash.
    Cash,
    /// On an external card terminal, with a slip number (T17).
    Terminal,
    /// Before payments were recorded. It goes back in cash.
    Earlier,
}

impl PaymentMethod {
    /// Every method.
    pub const ALL: [PaymentMethod; 3] =
        [PaymentMethod::Cash, PaymentMethod::Terminal, PaymentMethod::Earlier];

    /// The name of the method in the tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            PaymentMethod::Cash => "cash",
            PaymentMethod::Terminal => "terminal",
            PaymentMethod::Earlier => "earlier",
        }
    }

    /// Returns the method that has a name; `None` for any other text.
    pub fn read(text: String) -> Option<PaymentMethod> {
        PaymentMethod::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// Returns where the money is in the ledger.
    pub(crate) fn means(self) -> Means {
        match self {
            PaymentMethod::Cash | PaymentMethod::Earlier => Means::Cash,
            PaymentMethod::Terminal => Means::Terminal,
        }
    }
}

kit::column_as!(PaymentMethod, String, PaymentMethod::read, |method| method.as_str().to_owned());

/// What a payment pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidPart {
    /// What is paid for.
    pub subject: Subject,
    /// The amount in cents; `None` for all that is due.
    pub amount: Option<Cents>,
    /// The amount in cents that was shown as due. If it is another one by now, nothing is paid.
    pub shown: Option<Cents>,
}

impl PaidPart {
    /// Returns the part that pays all that is due for a subject, whatever was shown.
    pub fn whole(subject: Subject) -> PaidPart {
        PaidPart { subject, amount: None, shown: None }
    }
}

/// A tip that comes with a payment (T10).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tip {
    /// The amount in cents.
    pub amount: Cents,
    /// The technicians who share it. A tip needs at least one.
    pub technicians: Vec<Id>,
}

/// A payment to take at the front desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// What it pays for, each subject once.
    pub parts: Vec<PaidPart>,
    /// How it was made.
    pub method: PaymentMethod,
    /// The number of the slip of the terminal, or an empty text.
    pub slip: String,
    /// A tip in addition.
    pub tip: Tip,
}

/// A payment that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The id of the payment.
    pub id: Id,
    /// The receipt number (RC-); `None` for money that was received before payments were recorded (T13).
    pub number: Option<String>,
    /// The person who owed the amount; `None` for a guest without an account.
    pub person: Option<Id>,
    /// How it was made.
    pub method: PaymentMethod,
    /// The amount in cents, without the tip.
    pub amount: Cents,
    /// The tip in cents.
    pub tip: Cents,
    /// The number of the slip of the terminal, or an empty text.
    pub slip: String,
    /// Who took it.
    pub taken_by: Option<Id>,
    /// When it was received.
    pub received_at: Timestamp,
}

row!(Payment { id, number, person, method, amount, tip, slip, taken_by, received_at });

/// Takes a payment at the front desk: records it, its entry in the ledger, and its receipt number (T13).
///
/// # Errors
/// Returns `Error::Forbidden` unless `by` may take payments, `own_account` if a subject is their own,
/// `Error::NotFound` if nothing is charged for a subject, `already_paid` or `nothing_due` if nothing is due,
/// `price_changed` with `total` if another amount is due than was shown, and `Error::Invalid` if an amount is more than
/// what is due, if the slip number of a terminal is missing, or if a tip is negative or for nobody.
pub fn take(tx: &mut Tx<'_>, by: &Actor, new: &NewPayment) -> Result<Payment> {
    by.need(Action::TakePayments)?;
    if new.parts.is_empty() {
        return Err(Fields::one("parts", "Choose what is paid for."));
    }
    let is_visit = new.parts.iter().any(|part| part.subject.kind != SubjectKind::Membership);
    if is_visit && new.method == PaymentMethod::Terminal && new.slip.is_empty() {
        return Err(Fields::one("slip", "Enter the number of the slip."));
    }
    if new.method == PaymentMethod::Earlier {
        return Err(Fields::one("method", "Choose how the payment was made."));
    }
    if new.tip.amount < Cents::ZERO {
        return Err(Fields::one("tip", "Enter a tip of at least 0."));
    }
    if new.tip.amount > Cents::ZERO && new.tip.technicians.is_empty() {
        return Err(Fields::one("tip", "Choose who gets the tip."));
    }
    let mut parts = new.parts.clone();
    // Charges are locked in ascending order, so that two payments never wait for each other.
    parts.sort_by_key(|part| (part.subject.id, part.subject.kind));
    if parts.windows(2).any(|pair| matches!(pair, [one, next] if one.subject == next.subject)) {
        return Err(Fields::one("parts", "List each thing that is paid for once."));
    }
    let (id, now) = (tx.new_id()?, tx.now());
    let event = BusinessEvent::new(EventKey::new(EventSource::Payment, id, ""), now);
    let mut entry = Entry::of(event.clone());
    let (mut amounts, mut changes, mut person) = (Vec::new(), Vec::new(), None);
    for part in &parts {
        let charge = payable(tx, by, part.subject)?;
        let amount = amount_of(part, &charge)?;
        entry = entry.and(part_entry(&event, new.method.means(), (part.subject, &charge), amount));
        let paid = Charge { paid: charge.paid + amount, ..charge.clone() }.with_status();
        update(tx, &paid)?;
        person = person.or(paid.person);
        amounts.push((part.subject, amount));
        changes.push((charge, paid));
    }
    if let Some((subject, _)) = amounts.first().filter(|_| new.tip.amount > Cents::ZERO) {
        let tip = SubjectAmount { subject: *subject, person, amount: new.tip.amount };
        entry = entry.and(events::tip_received(event, new.method.means(), tip, &new.tip.technicians));
    }
    ledger::record(tx, &entry.by(by, ""))?;
    let amount: Cents = amounts.iter().map(|(_, amount)| *amount).sum();
    for ((subject, amount), (before, after)) in amounts.iter().zip(&changes) {
        let more = [("amount", json!(amount)), ("method", json!(new.method.as_str()))];
        books::note(tx, by, AuditEvent::PaymentTaken, *subject, (before, after, &more))?;
    }
    // The receipt number comes last, because its counter is locked until the commit.
    let payment = Payment {
        id,
        number: Some(number(tx, "RC")?),
        person,
        method: new.method,
        amount,
        tip: new.tip.amount,
        slip: new.slip.clone(),
        taken_by: by.id(),
        received_at: now,
    };
    insert(tx, &payment, &amounts)?;
    Ok(payment)
}

/// Returns the charge of a subject for which `by` may take a payment, if something is due.
fn payable(tx: &mut Tx<'_>, by: &Actor, subject: Subject) -> Result<Charge> {
    let charge = existing(tx, by, (subject, Action::TakePayments))?;
    match charge.due() {
        Cents::ZERO if charge.paid > Cents::ZERO => Err(Error::refused(&ALREADY_PAID)),
        Cents::ZERO => Err(Error::refused(&NOTHING_DUE)),
        _ => books::open(tx, subject, charge),
    }
}

/// Returns the charge of a subject, unless it is void, if `by` may perform an action on it: staff do not do this for
/// themselves.
pub(crate) fn existing(tx: &mut Tx<'_>, by: &Actor, (subject, action): (Subject, Action)) -> Result<Charge> {
    by.need(action)?;
    let charge = current_unless_void(tx, subject)?.ok_or(Error::NotFound)?;
    charge.person.map_or(Ok(()), |person| by.need_for(action, person))?;
    Ok(charge)
}

/// Returns the charge of a subject for a decision of a manager, which needs step-up (D10) and a reason (T18).
pub(crate) fn to_decide(tx: &mut Tx<'_>, by: &Actor, subject: Subject, reason: &str) -> Result<Charge> {
    let charge = existing(tx, by, (subject, Action::AdjustCharges))?;
    people::need_confirmation(tx, by)?;
    if reason.trim().is_empty() { Err(Fields::one("reason", "Enter a reason.")) } else { Ok(charge) }
}

fn amount_of(part: &PaidPart, charge: &Charge) -> Result<Cents> {
    let due = charge.due();
    if part.shown.is_some_and(|shown| shown != due) {
        return Err(Error::refused(&DUE_CHANGED).with(NEW_TOTAL, due.to_string()));
    }
    match part.amount {
        None => Ok(due),
        Some(amount) if amount == due => Ok(due),
        Some(_) if part.subject.kind == SubjectKind::Membership => {
            Err(Fields::one("amount", format!("Dues are paid in full: ${due}.")))
        }
        Some(amount) if amount > Cents::ZERO && amount < due => Ok(amount),
        Some(Cents(0)) => Err(Fields::one("amount", "Enter an amount above 0.")),
        Some(_) => Err(Fields::one("amount", format!("Only ${due} is due."))),
    }
}

/// Returns the entry of a part: row 18 for dues, row 9 after delivery, and row 4 before it.
fn part_entry(
    event: &BusinessEvent,
    means: Means,
    (subject, charge): (Subject, &Charge),
    amount: Cents,
) -> Entry {
    let part = SubjectAmount { subject, person: charge.person, amount };
    match (subject.kind, charge.earned_at) {
        (SubjectKind::Membership, _) => {
            events::dues_paid(event.clone(), means, part.with(amount - charge.tax), charge.tax)
        }
        (_, Some(_)) => events::paid_after_delivery(event.clone(), means, &[part]),
        (_, None) => events::prepaid(event.clone(), means, &[part]),
    }
}

/// Returns the next number of receipts (RC) or refund receipts (RF) in this year of the club's time (T13).
pub(crate) fn number(tx: &mut Tx<'_>, kind: &str) -> Result<String> {
    let (club, year) = (tx.club()?, catalogue::today(tx)?.year());
    counters::next(tx, kind, club, year)
}

fn insert(tx: &mut Tx<'_>, payment: &Payment, parts: &[(Subject, Cents)]) -> Result<()> {
    let club = tx.club()?;
    tx.run(
        sql!(
            "INSERT INTO payments (id, club_id, number, person_id, method, cents, tip_cents, slip, taken_by, received_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        args![
            payment.id,
            club,
            payment.number.clone(),
            payment.person,
            payment.method,
            payment.amount,
            payment.tip,
            &payment.slip,
            payment.taken_by,
            payment.received_at
        ],
    )?;
    for (position, (subject, amount)) in (0_i64..).zip(parts) {
        tx.run(
            sql!(
                "INSERT INTO payment_parts (payment_id, position, club_id, subject_kind, subject_id, cents)
                 VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            args![payment.id, position, club, subject.kind, subject.id, *amount],
        )?;
    }
    Ok(())
}

/// Records a charge that was delivered and paid in another system, for imported records. Neither the payment nor the
/// income is in the ledger (row 38).
///
/// # Errors
/// Returns a fault if the subject has a charge, or if the database fails.
pub fn import_paid(tx: &mut Tx<'_>, bill: &Bill) -> Result<()> {
    let charge = charge::import(tx, bill)?;
    if charge.paid == Cents::ZERO {
        return Ok(());
    }
    let payment = Payment {
        id: tx.new_id()?,
        number: None,
        person: charge.person,
        method: PaymentMethod::Earlier,
        amount: charge.paid,
        tip: Cents::ZERO,
        slip: String::new(),
        taken_by: None,
        received_at: tx.now(),
    };
    insert(tx, &payment, &[(bill.subject, charge.paid)])
}
