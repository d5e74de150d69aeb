//! The payments and refunds of a business day.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use catalogue::Catalogue;
use jiff::civil::Date;
use kit::web::{Input, Paging, RawInput, see_other};
use kit::{AppState, Cents, Result, Tx};
use money::{Payment, PaymentMethod, Refund};
use people::{Actor, Caller, Subject};
use ui::{
    FormPart, InputField, PageQuery, Part, QueryForm, StaffPage, Table, cell, csv, format, lenient_number,
    link, or_sign_in, rendered,
};

use crate::subjects::{charge_path, describe, method_word, payer, receipt_path};

pub(crate) const HERE: &str = "/staff/money/";
/// The number of payments on a page.
const SIZE: usize = 100;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HERE, get(show))
}

/// The query of the page: a day and a page of its payments, or the number of a receipt to open.
#[derive(Debug, Clone, Default)]
struct DayQuery {
    date: Option<Date>,
    number: Option<String>,
    page: usize,
    csv: bool,
    /// Whether the refunds are requested as CSV instead of the payments.
    refunds: bool,
}

impl Input for DayQuery {
    fn parse(input: &mut RawInput) -> DayQuery {
        let page = lenient_number(input, "page").and_then(|page| usize::try_from(page).ok());
        DayQuery {
            date: input.opt_date("date"),
            number: input.opt_text_within("number", 40),
            page: page.filter(|page| (1..=1_000).contains(page)).unwrap_or(1),
            csv: PageQuery::parse(input).csv,
            refunds: input.opt_text_within("table", 20).as_deref() == Some("refunds"),
        }
    }
}

async fn show(caller: Caller, QueryForm(form): QueryForm<DayQuery>) -> Result<Response> {
    let wrong = form.parsed.as_ref().err().cloned();
    let query = form.parsed.unwrap_or_default();
    if query.csv {
        let name = if query.refunds { "refunds" } else { "payments" };
        let table = caller.view(move |tx, by| {
            let catalogue = catalogue::current(tx)?;
            let day = Day::of(tx, &catalogue, query.date);
            match query.refunds {
                true => day.refunds(tx, by, &catalogue),
                false => day.payments(tx, by, &catalogue, None),
            }
        });
        return or_sign_in(table.await.map(|table| csv(name, &table)), HERE);
    }
    if let Some(number) = query.number.clone() {
        let found = caller.view(move |tx, by| money::payment_by_number(tx, by, &number)).await;
        match found {
            Ok(Some(payment)) => return Ok(see_other(&receipt_path(payment))),
            Ok(None) => {}
            Err(error) => return or_sign_in(Err::<Response, _>(error), HERE),
        }
    }
    let page = caller.view(move |tx, by| {
        let mut page = draw(tx, by, &query)?;
        page.refusal = match (&wrong, &query.number) {
            (Some(_), _) => Some("Choose a date.".to_owned()),
            (None, Some(number)) => Some(format!("No receipt has the number {number}.")),
            (None, None) => None,
        };
        Ok(page)
    });
    rendered(page.await, HERE)
}

/// A business day and the day before which the page is opened.
struct Day {
    date: Date,
    today: Date,
}

impl Day {
    fn of(tx: &Tx<'_>, catalogue: &Catalogue, date: Option<Date>) -> Day {
        let today = catalogue.business_day_at(tx.now());
        Day { date: date.unwrap_or(today), today }
    }

    fn path(&self, date: Date) -> String {
        format!("{HERE}?date={date}")
    }

    /// Returns the table of the payments, or of one page of them.
    fn payments(
        &self,
        tx: &mut Tx<'_>,
        by: &Actor,
        catalogue: &Catalogue,
        page: Option<Paging>,
    ) -> Result<Table> {
        let span = catalogue.business_day(self.date);
        let payments = money::payments(tx, by, span)?;
        let parts = money::parts(tx, by, span)?;
        let payments = match page {
            Some(page) => page.cut(payments),
            None => payments,
        };
        let clerks = people::names(tx, payments.iter().filter_map(|payment| payment.taken_by))?;
        let mut rows = Vec::new();
        for payment in payments {
            let subjects: Vec<Subject> =
                parts.get(&payment.id).into_iter().flatten().map(money::PaymentPart::subject).collect();
            let mut paid_for = Vec::new();
            for subject in &subjects {
                paid_for.push(describe(tx, by, catalogue, *subject)?.short());
            }
            let guest = match subjects.first() {
                Some(subject) => payer(tx, by, *subject, payment.person)?.name,
                None => String::new(),
            };
            let amount =
                |cents: Cents| if cents == Cents::ZERO { String::new() } else { format::exact_money(cents) };
            rows.push(vec![
                cell(format::clock(&catalogue.club.zone, payment.received_at)),
                link(payment.number.clone().unwrap_or_default(), receipt_path(payment.id)),
                subjects.first().map_or_else(|| cell(""), |subject| link(guest, charge_path(*subject))),
                cell(paid_for.join("; ")),
                cell(with_slip(method_word(payment.method), &payment.slip)),
                cell(amount(payment.amount)),
                cell(amount(payment.tip)),
                cell(payment.taken_by.and_then(|id| clerks.get(&id).cloned()).unwrap_or_default()),
            ]);
        }
        Ok(Table {
            caption: "Payments",
            head: vec!["Time", "Receipt", "Guest", "For", "Paid with", "Amount", "Tip", "Taken by"],
            rows,
            csv: Some(format!("{}&format=csv", self.path(self.date))),
        })
    }

    /// Returns the table of the refunds.
    fn refunds(&self, tx: &mut Tx<'_>, by: &Actor, catalogue: &Catalogue) -> Result<Table> {
        let refunds = money::refunds(tx, by, catalogue.business_day(self.date))?;
        let clerks = people::names(tx, refunds.iter().filter_map(|refund| refund.sent_by))?;
        let mut rows = Vec::new();
        for refund in refunds {
            let subject = Subject { kind: refund.subject_kind, id: refund.subject_id };
            rows.push(vec![
                cell(format::clock(&catalogue.club.zone, refund.sent_at)),
                link(refund.number.clone(), receipt_path(refund.payment)),
                link(payer(tx, by, subject, None)?.name, charge_path(subject)),
                cell(describe(tx, by, catalogue, subject)?.short()),
                cell(with_slip(refund_word(refund.method), &refund.slip)),
                cell(format::exact_money(refund.amount)),
                cell(refund.sent_by.and_then(|id| clerks.get(&id).cloned()).unwrap_or_default()),
            ]);
        }
        Ok(Table {
            caption: "Refunds",
            head: vec!["Time", "Receipt", "Guest", "For", "Refunded with", "Amount", "Refunded by"],
            rows,
            csv: Some(format!("{}&format=csv&table=refunds", self.path(self.date))),
        })
    }
}

/// Returns a method with the number of its slip, if it has one.
fn with_slip(method: &str, slip: &str) -> String {
    if slip.is_empty() { method.to_owned() } else { format!("{method}, slip {slip}") }
}

/// Returns how money went back.
fn refund_word(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Cash | PaymentMethod::Earlier => "Cash",
        PaymentMethod::Terminal => "Card terminal",
    }
}

fn draw(tx: &mut Tx<'_>, by: &Actor, query: &DayQuery) -> Result<StaffPage> {
    let catalogue = catalogue::current(tx)?;
    let day = Day::of(tx, &catalogue, query.date);
    let span = catalogue.business_day(day.date);
    let (payments, refunds) = (money::payments(tx, by, span)?, money::refunds(tx, by, span)?);
    let total = payments.len();
    let paging = Paging { page: query.page.max(1), size: SIZE };
    let mut days = vec![("Previous day", day.path(day.date.yesterday().unwrap_or(day.date)))];
    if day.date != day.today {
        days.push(("Today", HERE.to_owned()));
    }
    days.push(("Next day", day.path(day.date.tomorrow().unwrap_or(day.date))));
    let search =
        FormPart::get(HERE, "Show day").quiet().field(InputField::line("date", "Date", "date", day.date));
    let receipt = FormPart::get(HERE, "Open receipt").quiet().field(InputField::line(
        "number",
        "Receipt number",
        "search",
        query.number.clone().unwrap_or_default(),
    ));
    let hours = format::span(&catalogue.club.zone, span.0, span.1);
    let mut page = StaffPage::new(by, HERE, format!("Payments: {}", format::day(day.date, day.today)))
        .with(Part::Links(days))
        .with(Part::Form(search))
        .with(Part::Form(receipt))
        .text(format!("Business day: {hours}."))
        .with(Part::Facts(totals(&payments, &refunds)))
        .heading("payments", "Payments");
    let table = day.payments(tx, by, &catalogue, Some(paging))?;
    page = page.table(table, "No payments on this day.");
    let turn = |page: usize| format!("{}&page={page}", day.path(day.date));
    let mut pages = Vec::new();
    if paging.page > 1 {
        pages.push(("Later payments", turn(paging.page - 1)));
    }
    if paging.page * SIZE < total {
        pages.push(("Earlier payments", turn(paging.page + 1)));
    }
    if !pages.is_empty() {
        page = page.with(Part::Links(pages));
    }
    page = page.heading("refunds", "Refunds");
    let table = day.refunds(tx, by, &catalogue)?;
    Ok(page.table(table, "No refunds on this day."))
}

/// Returns what came in and went back on a day, by method. Tips are in addition to the amounts.
fn totals(payments: &[Payment], refunds: &[Refund]) -> Vec<(&'static str, String)> {
    let received = |method: PaymentMethod| -> Cents {
        payments.iter().filter(|one| one.method == method).map(|one| one.amount + one.tip).sum()
    };
    let tips: Cents = payments.iter().map(|one| one.tip).sum();
    let sent = |is_cash: bool| -> Cents {
        let is_it = |one: &&Refund| (one.method == PaymentMethod::Terminal) != is_cash;
        refunds.iter().filter(is_it).map(|one| one.amount).sum()
    };
    vec![
        ("Cash received", format::exact_money(received(PaymentMethod::Cash))),
        ("Card terminal", format::exact_money(received(PaymentMethod::Terminal))),
        ("Tips included", format::exact_money(tips)),
        ("Refunded in cash", format::exact_money(sent(true))),
        ("Refunded to cards", format::exact_money(sent(false))),
    ]
}
