//! The ledger for managers: the balances of all accounts at the end of a business day, the postings of one account, and
//! one entry. Nothing can be changed here.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use kit::web::{Input, Paging, Path, RawInput};
use kit::{AppState, Error, Id, Result, Tx};
use ledger::{Account, EntrySpan, EventSource, PostingSide};
use people::{Action, Actor, Caller, SubjectKind};
use ui::{
    FormPart, InputField, PageQuery, Part, QueryForm, StaffPage, Table, cell, csv, format, lenient_number,
    link, or_sign_in, rendered,
};

use crate::subjects::charge_path;

pub(crate) const HERE: &str = "/staff/money/ledger/";
/// The number of postings on a page.
const SIZE: usize = 100;
/// The most postings of a CSV file.
const MOST: usize = 10_000;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(HERE, get(balances))
        .route("/staff/money/ledger/{account}/", get(account))
        .route("/staff/money/entries/{id}/", get(entry))
}

/// Returns the words for an account.
pub(crate) fn account_word(account: Account) -> &'static str {
    match account {
        Account::Stripe => "Stripe balance",
        Account::Cash => "Cash",
        Account::Terminal => "Card terminal",
        Account::Bank => "Bank",
        Account::InTransit => "Payouts in transit",
        Account::Receivable => "Owed by guests",
        Account::Disputed => "Disputed payments",
        Account::Deposits => "Paid in advance",
        Account::DeferredDues => "Dues paid in advance",
        Account::GiftCards => "Gift cards",
        Account::Tax => "Sales tax",
        Account::Tips => "Tips owed",
        Account::RefundsOwed => "Refunds owed",
        Account::RevenueService => "Revenue: services",
        Account::RevenueAddon => "Revenue: add-ons",
        Account::RevenueGoods => "Revenue: goods",
        Account::RevenueConcierge => "Revenue: concierge",
        Account::RevenueDues => "Revenue: dues",
        Account::RevenueFee => "Revenue: fees",
        Account::Comps => "Comps",
        Account::StripeFees => "Stripe fees",
        Account::TerminalFees => "Card terminal fees",
        Account::DisputeFees => "Dispute fees",
        Account::DisputeLosses => "Dispute losses",
        Account::BadDebts => "Bad debts",
        Account::OverShort => "Cash over and short",
        Account::Opening => "Opening balance",
        Account::Unexplained => "Unexplained",
    }
}

/// Returns the words for what an entry records.
fn source_word(source: EventSource) -> &'static str {
    match source {
        EventSource::BalanceTransaction => "Stripe balance transaction",
        EventSource::StripeEvent => "Stripe event",
        EventSource::Payment => "Payment",
        EventSource::Refund => "Refund",
        EventSource::Charge => "Charge",
        EventSource::Dues => "Dues",
        EventSource::GiftCard => "Gift card",
        EventSource::Tips => "Tips",
        EventSource::Dispute => "Dispute",
        EventSource::Drawer => "Cash drawer",
        EventSource::TerminalBatch => "Card terminal batch",
        EventSource::Opening => "Opening balance",
        EventSource::Explanation => "Explanation",
        EventSource::Reversal => "Reversal",
    }
}

/// The days and the page of a list.
#[derive(Debug, Clone, Default)]
struct LedgerQuery {
    from: Option<Date>,
    to: Option<Date>,
    page: usize,
    csv: bool,
}

impl Input for LedgerQuery {
    fn parse(input: &mut RawInput) -> LedgerQuery {
        let page = lenient_number(input, "page").and_then(|page| usize::try_from(page).ok());
        LedgerQuery {
            from: input.opt_date("from"),
            to: input.opt_date("to"),
            page: page.filter(|page| (1..=100_000).contains(page)).unwrap_or(1),
            csv: PageQuery::parse(input).csv,
        }
    }
}

impl LedgerQuery {
    /// Returns the last day: the given one, or today.
    fn until(&self, tx: &mut Tx<'_>) -> Result<Date> {
        let today = catalogue::current(tx)?.business_day_at(tx.now());
        Ok(self.to.unwrap_or(today))
    }
}

async fn balances(caller: Caller, QueryForm(form): QueryForm<LedgerQuery>) -> Result<Response> {
    let query = form.parsed.unwrap_or_default();
    if query.csv {
        let table = caller.view(move |tx, by| balance_table(tx, by, &query)).await;
        return or_sign_in(table.map(|table| csv("trial-balance", &table)), HERE);
    }
    let page = caller.view(move |tx, by| {
        let table = balance_table(tx, by, &query)?;
        let (day, today) = (query.until(tx)?, catalogue::today(tx)?);
        let form =
            FormPart::get(HERE, "Show balances").quiet().field(InputField::line("to", "Date", "date", day));
        Ok(StaffPage::new(by, HERE, "Ledger")
            .text(format!("Every account at the end of the business day {}.", format::day(day, today)))
            .with(Part::Form(form))
            .table(table, "No entries yet. The first payment makes one."))
    });
    rendered(page.await, HERE)
}

fn balance_table(tx: &mut Tx<'_>, by: &Actor, query: &LedgerQuery) -> Result<Table> {
    by.need(Action::CloseDays)?;
    let day = query.until(tx)?;
    let trial = ledger::trial_balance(tx, day)?;
    let money = format::exact_money;
    let mut rows: Vec<_> = trial
        .accounts
        .iter()
        .map(|one| {
            vec![
                link(account_word(one.account), format!("{HERE}{}/?to={day}", one.account.as_str())),
                cell(money(one.debits)),
                cell(money(one.credits)),
                cell(money(one.balance())),
            ]
        })
        .collect();
    let (debits, credits) = trial.totals();
    if !rows.is_empty() {
        rows.push(vec![cell("Total"), cell(money(debits)), cell(money(credits)), cell("")]);
    }
    Ok(Table {
        caption: "Accounts",
        head: vec!["Account", "Debits", "Credits", "Balance"],
        rows,
        csv: Some(format!("{HERE}?to={day}&format=csv")),
    })
}

async fn account(
    caller: Caller,
    Path(name): Path<String>,
    QueryForm(form): QueryForm<LedgerQuery>,
) -> Result<Response> {
    let here = format!("{HERE}{name}/");
    let query = form.parsed.unwrap_or_default();
    let is_csv = query.csv;
    if is_csv {
        let paging = Paging { page: 1, size: MOST };
        let table = caller.view(move |tx, by| statement(tx, by, (&name, &query), paging)).await;
        return or_sign_in(table.map(|(_, table, _)| csv("ledger", &table)), &here);
    }
    let page = caller.view(move |tx, by| {
        let (account, table, total) =
            statement(tx, by, (&name, &query), Paging { page: query.page, size: SIZE })?;
        let (from, to) = span(tx, &query)?;
        let here = format!("{HERE}{name}/");
        let form = FormPart::get(&here, "Show postings")
            .quiet()
            .field(InputField::line("from", "From", "date", from))
            .field(InputField::line("to", "To", "date", to));
        let mut page = StaffPage::new(by, HERE, account_word(account))
            .with(Part::Links(vec![("All accounts", format!("{HERE}?to={to}"))]))
            .with(Part::Form(form))
            .table(table, "No postings on these days.");
        let turn = |page: usize| format!("{here}?from={from}&to={to}&page={page}");
        let mut pages = Vec::new();
        if query.page > 1 {
            pages.push(("Earlier postings", turn(query.page - 1)));
        }
        if query.page * SIZE < total {
            pages.push(("Later postings", turn(query.page + 1)));
        }
        if !pages.is_empty() {
            page = page.with(Part::Links(pages));
        }
        Ok(page)
    });
    rendered(page.await, &here)
}

/// Returns the days of a statement: thirty, unless others are given.
fn span(tx: &mut Tx<'_>, query: &LedgerQuery) -> Result<(Date, Date)> {
    let to = query.until(tx)?;
    let from = query.from.unwrap_or_else(|| to.saturating_sub(jiff::Span::new().days(29)));
    Ok((from.min(to), to))
}

/// Returns the account of this name, one page of its postings, and how many there are.
fn statement(
    tx: &mut Tx<'_>,
    by: &Actor,
    (name, query): (&str, &LedgerQuery),
    paging: Paging,
) -> Result<(Account, Table, usize)> {
    by.need(Action::CloseDays)?;
    let account = Account::ALL.into_iter().find(|one| one.as_str() == name).ok_or(Error::NotFound)?;
    let (from, to) = span(tx, query)?;
    let today = catalogue::today(tx)?;
    let statement = ledger::statement(tx, account, EntrySpan { from, to }, paging)?;
    let money = format::exact_money;
    let rows = statement.lines.iter().map(|line| {
        let is_debit = line.posting.debit.account == account;
        let other = if is_debit { line.posting.credit } else { line.posting.debit };
        let amount = money(line.posting.amount);
        let (debit, credit) = if is_debit { (amount, String::new()) } else { (String::new(), amount) };
        vec![
            link(format::day(line.day, today), format!("/staff/money/entries/{}/", line.entry)),
            cell(source_word(line.key.source)),
            cell(account_word(other.account)),
            cell(debit),
            cell(credit),
            cell(money(line.balance)),
        ]
    });
    let table = Table {
        caption: "Postings",
        head: vec!["Day", "Entry", "Other account", "Debit", "Credit", "Balance"],
        rows: rows.collect(),
        csv: Some(format!("{HERE}{name}/?from={from}&to={to}&format=csv")),
    };
    Ok((account, table, usize::try_from(statement.total).unwrap_or_default()))
}

async fn entry(caller: Caller, Path(id): Path<Id>) -> Result<Response> {
    let page = caller.view(move |tx, by| {
        by.need(Action::CloseDays)?;
        let found = ledger::entry(tx, id)?.ok_or(Error::NotFound)?;
        let catalogue = catalogue::current(tx)?;
        let (zone, now, today) = (&catalogue.club.zone, tx.now(), catalogue::today(tx)?);
        let by_whom = people::names(tx, found.by)?.into_values().next();
        let mut facts = vec![
            ("Entry", source_word(found.event.key.source).to_owned()),
            ("Business day", format::day(found.day, today)),
            ("Happened", format::moment(zone, found.event.at, now)),
            ("Recorded", format::moment(zone, found.recorded_at, now)),
        ];
        facts.extend(found.concerns.map(|day| ("Concerns", format::day(day, today))));
        facts.extend(by_whom.map(|name| ("By", name)));
        facts.extend(Some(found.memo).filter(|memo| !memo.is_empty()).map(|memo| ("Reason", memo)));
        let side = |side: PostingSide| account_word(side.account).to_owned();
        let rows = found.postings.iter().map(|posting| {
            let subject = posting.debit.subject.or(posting.credit.subject);
            let about = match subject {
                Some(subject) if matches!(subject.kind, SubjectKind::Booking | SubjectKind::Membership) => {
                    link("Open payment", charge_path(subject))
                }
                _ => cell(""),
            };
            let amount = cell(format::exact_money(posting.amount));
            vec![cell(side(posting.debit)), cell(side(posting.credit)), amount, about]
        });
        let table = Table {
            caption: "Postings",
            head: vec!["Debit", "Credit", "Amount", "Payment"],
            rows: rows.collect(),
            csv: None,
        };
        Ok(StaffPage::new(by, HERE, "Ledger entry")
            .with(Part::Facts(facts))
            .table(table, "")
            .with(Part::Links(vec![("All accounts", HERE.to_owned())])))
    });
    rendered(page.await, &format!("/staff/money/entries/{id}/"))
}
