//! The functions of `ledger::events` against the table of docs/ledger.md: each row has exactly the debits and credits
//! that its functions post.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kit::{Cents, Id};
use ledger::events::{self, Delivery, DuesDay, JoinRefund, RefundedLines, TerminalBatch, Waiver};
use ledger::{Account, AccountKind, Entry, Means, RevenueKind, SubjectAmount};
use people::{Subject, SubjectKind};
use proptest::prelude::*;

use crate::{booking, date, payment};

const DOCUMENT: &str = include_str!("../../../../docs/ledger.md");

type Pairs = BTreeSet<(String, String)>;

/// Returns the cases of a cell: one account for each, and six for `revenue_{kind}`.
fn cases(cell: &str) -> Vec<String> {
    cell.split('/')
        .map(str::trim)
        .flat_map(|case| match case {
            "none" => Vec::new(),
            "revenue_{kind}" => {
                RevenueKind::ALL.into_iter().map(|kind| kind.account().as_str().to_owned()).collect()
            }
            account => vec![account.to_owned()],
        })
        .collect()
}

/// Returns the pairs of debit and credit of each row of the document.
fn document() -> BTreeMap<u32, Pairs> {
    let mut rows = BTreeMap::new();
    for line in DOCUMENT.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, number, _, debit, credit, _, _] = cells[..] else { continue };
        let Ok(number) = number.parse::<u32>() else { continue };
        let (debits, credits) = (cases(debit), cases(credit));
        let pairs: Pairs = if debits.len() == credits.len() {
            debits.into_iter().zip(credits).collect()
        } else {
            let with_each =
                |debit: &String| credits.iter().map(|credit| (debit.clone(), credit.clone())).collect();
            debits.iter().flat_map::<Vec<(String, String)>, _>(with_each).collect()
        };
        assert!(rows.insert(number, pairs).is_none(), "row {number} occurs twice");
    }
    rows
}

fn pairs(entries: &[Entry]) -> Pairs {
    let postings = entries.iter().flat_map(|entry| &entry.postings);
    postings
        .map(|one| (one.debit.account.as_str().to_owned(), one.credit.account.as_str().to_owned()))
        .collect()
}

fn event() -> ledger::BusinessEvent {
    payment("a", Timestamp::UNIX_EPOCH)
}

const CARD: Means = Means::GiftCard(Id(3));
const ALL_MEANS: [Means; 4] = [Means::Card, Means::Cash, Means::Terminal, CARD];

fn of(kind: SubjectKind, cents: i64) -> SubjectAmount {
    SubjectAmount { subject: Subject { kind, id: Id(3) }, person: Some(Id(5)), amount: Cents(cents) }
}

fn all_lines() -> Vec<(RevenueKind, Cents)> {
    RevenueKind::ALL.into_iter().map(|kind| (kind, Cents(100))).collect()
}

/// Rows 2 to 12: payments and delivery.
fn payments_and_delivery() -> Vec<(u32, Vec<Entry>)> {
    let part = booking(17, 100);
    vec![
        (1, vec![]),
        (2, vec![events::prepaid_by_card(event(), &[part])]),
        (3, vec![events::stripe_fee(event(), Cents(33))]),
        (
            4,
            [Means::Cash, Means::Terminal, CARD]
                .map(|means| events::prepaid(event(), means, &[part]))
                .to_vec(),
        ),
        (5, vec![events::revenue_earned(event(), part, &all_lines())]),
        (6, vec![events::tax_charged(event(), part, &[Cents(4), Cents(4)])]),
        (7, vec![events::prepaid_applied(event(), part, Cents(60))]),
        (8, vec![events::comped(event(), part)]),
        (9, ALL_MEANS.map(|means| events::paid_after_delivery(event(), means, &[part])).to_vec()),
        (10, vec![events::fee_charged(event(), part)]),
        (11, vec![events::fee_taken_from_prepaid(event(), part)]),
        (12, vec![events::rest_to_be_refunded(event(), part)]),
    ]
}

/// Rows 13 to 20, 40, and 42 to 45: refunds, waivers, dues, and what is undone.
fn refunds_and_dues() -> Vec<(u32, Vec<Entry>)> {
    let part = booking(17, 100);
    let dues = of(SubjectKind::Membership, 37_500);
    let (subject, person) = (part.subject, part.person);
    let refund = RefundedLines { subject, person, lines: all_lines(), tax: vec![Cents(8)] };
    let waiver = Waiver { subject, person, fee: Cents(100), tax: Cents(8), unpaid: Cents::ZERO };
    let unpaid = Waiver { unpaid: Cents(108), ..waiver };
    let undone = Delivery {
        subject,
        person,
        lines: all_lines(),
        tax: vec![Cents(8)],
        comp: Cents(5),
        prepaid: Cents(50),
    };
    let join = JoinRefund {
        subject: dues.subject,
        person: dues.person,
        unearned: Cents(900),
        earned: Cents(100),
        tax: Cents(80),
    };
    vec![
        (13, vec![events::refund_owed(event(), &refund)]),
        (
            14,
            [Means::Card, Means::Cash, CARD]
                .map(|means| events::refund_sent(event(), means, &[part]))
                .to_vec(),
        ),
        (15, vec![events::refund_failed(event(), &[part])]),
        (16, vec![events::fee_waived(event(), &waiver), events::fee_waived(event(), &unpaid)]),
        (17, vec![events::written_off(event(), part)]),
        (18, ALL_MEANS.map(|means| events::dues_paid(event(), means, dues, Cents(3_000))).to_vec()),
        (19, vec![events::dues_earned(event(), dues, DuesDay { number: 1, days: 31 })]),
        (20, vec![events::join_cancelled(event(), &join)]),
        (40, vec![events::dues_refunded(event(), dues)]),
        (42, vec![events::refund_sent_to_terminal(event(), &[part])]),
        (43, [false, true].map(|delivered| events::refund_not_needed(event(), part, delivered)).to_vec()),
        (44, vec![events::income_undone(event(), &undone)]),
        (45, vec![events::settlement_undone(event(), &undone, Cents(1))]),
    ]
}

/// The other rows: gift cards, tips, Stripe, the drawer, and the first day.
fn the_rest() -> Vec<(u32, Vec<Entry>)> {
    let (card, dispute) = (of(SubjectKind::GiftCard, 400), of(SubjectKind::Dispute, 10_000));
    let sold = [Means::Card, Means::Cash, Means::Terminal];
    let tip = booking(17, 1_000);
    let paid = [(Id(1), Cents(500))];
    let payout = Id(9);
    let batch = TerminalBatch { credited: Cents(9_000), fees: Cents(200), missing: Cents(50) };
    vec![
        (21, sold.map(|means| events::gift_card_sold(event(), means, card)).to_vec()),
        (22, vec![events::gift_card_given(event(), card)]),
        (23, vec![events::gift_card_paid_out(event(), card)]),
        (24, vec![events::gift_card_returned(event(), card)]),
        (25, sold.map(|means| events::tip_received(event(), means, tip, &[Id(2), Id(1)])).to_vec()),
        (26, vec![events::tips_paid_by_bank(event(), &paid), events::tips_paid_in_cash(event(), &paid)]),
        (27, vec![events::payout_created(event(), payout, Cents(5))]),
        (28, vec![events::payout_paid(event(), payout, Cents(5))]),
        (29, [false, true].map(|paid| events::payout_failed(event(), payout, Cents(5), paid)).to_vec()),
        (30, vec![events::dispute_opened(event(), dispute, Cents(1_500))]),
        (31, vec![events::dispute_won(event(), dispute, Cents(1_500))]),
        (32, vec![events::dispute_lost(event(), dispute)]),
        (33, vec![events::stripe_charged(event(), Cents(5)), events::stripe_topped_up(event(), Cents(5))]),
        (34, [5, -5].map(|cents| events::unmatched(event(), Cents(cents))).to_vec()),
        (35, vec![events::stripe_before(event(), Cents(5))]),
        (
            36,
            vec![
                events::float_added(event(), Cents(5)),
                events::drawer_banked(event(), Cents(5)),
                events::drawer_counted(event(), Cents(5)),
                events::drawer_counted(event(), Cents(-5)),
            ],
        ),
        (
            37,
            [50, -50]
                .map(|missing| {
                    events::terminal_credited(event(), TerminalBatch { missing: Cents(missing), ..batch })
                })
                .to_vec(),
        ),
        (38, vec![events::cash_before(event(), Cents(5))]),
        (39, vec![events::receivable_before(event(), &[tip]), events::dues_before(event(), &[tip])]),
        (41, vec![events::gift_card_expired(event(), card)]),
    ]
}

#[test]
fn every_row_of_the_document_is_what_its_functions_post() {
    let document = document();
    let all = [payments_and_delivery(), refunds_and_dues(), the_rest()].concat();
    let functions: BTreeMap<u32, Pairs> = all.iter().map(|(row, entries)| (*row, pairs(entries))).collect();
    assert_eq!(functions.keys().copied().collect::<Vec<_>>(), (1..=45).collect::<Vec<_>>());
    assert_eq!(document.keys().collect::<Vec<_>>(), functions.keys().collect::<Vec<_>>());
    for (row, expected) in &document {
        assert_eq!(&functions[row], expected, "row {row}");
    }
    let posted = all.iter().flat_map(|(_, entries)| entries).flat_map(|entry| &entry.postings);
    let used: BTreeSet<Account> = posted.flat_map(|one| [one.debit.account, one.credit.account]).collect();
    assert_eq!(used, Account::ALL.into_iter().collect(), "every account is used");
}

#[test]
fn the_accounts_of_the_document_are_those_of_the_code() {
    let kinds = [
        ("Assets", AccountKind::Asset),
        ("Liabilities", AccountKind::Liability),
        ("Revenue", AccountKind::Revenue),
        ("Contra-revenue", AccountKind::ContraRevenue),
        ("Expenses", AccountKind::Expense),
        ("Equity", AccountKind::Equity),
        ("Unexplained", AccountKind::Unexplained),
    ];
    let mut listed = BTreeSet::new();
    for (title, kind) in kinds {
        let line = DOCUMENT.lines().find_map(|line| line.strip_prefix(&format!("- {title}: ")));
        let names = line.unwrap_or_else(|| panic!("no line of {title}")).split('`').skip(1).step_by(2);
        for name in names {
            let account = Account::ALL.into_iter().find(|account| account.as_str() == name);
            let account = account.unwrap_or_else(|| panic!("no account {name}"));
            assert_eq!(account.kind(), kind, "{name}");
            listed.insert(account);
        }
    }
    assert_eq!(listed, Account::ALL.into_iter().collect());
}

/// Returns the amounts of an entry by debit and credit.
fn amounts(entry: &Entry) -> Vec<(&'static str, &'static str, i64)> {
    let of = |one: &ledger::Posting| (one.debit.account.as_str(), one.credit.account.as_str(), one.amount.0);
    entry.postings.iter().map(of).collect()
}

#[test]
fn a_delivery_earns_charges_gives_and_applies_at_most_what_is_due() {
    let delivery = Delivery {
        subject: booking(17, 0).subject,
        person: None,
        lines: vec![(RevenueKind::Service, Cents(20_000)), (RevenueKind::Goods, Cents(1_000))],
        tax: vec![Cents(80)],
        comp: Cents(5_000),
        prepaid: Cents(30_000),
    };
    assert_eq!(
        amounts(&events::delivered(event(), &delivery)),
        [
            ("receivable", "revenue_service", 20_000),
            ("receivable", "revenue_goods", 1_000),
            ("receivable", "tax", 80),
            ("comps", "receivable", 5_000),
            ("deposits", "receivable", 16_080),
        ]
    );
    let unpaid = Delivery { comp: Cents::ZERO, prepaid: Cents(7), ..delivery };
    assert_eq!(amounts(&events::delivered(event(), &unpaid)).last(), Some(&("deposits", "receivable", 7)));
}

#[test]
fn a_partly_paid_fee_is_waived_where_it_is_owed_first() {
    let (subject, person) = (booking(17, 0).subject, None);
    let waived = |unpaid: i64| {
        let waiver = Waiver { subject, person, fee: Cents(100), tax: Cents(8), unpaid: Cents(unpaid) };
        amounts(&events::fee_waived(event(), &waiver))
    };
    assert_eq!(
        waived(30),
        [("revenue_fee", "receivable", 30), ("revenue_fee", "refunds_owed", 70), ("tax", "refunds_owed", 8)]
    );
    assert_eq!(
        waived(103),
        [("revenue_fee", "receivable", 100), ("tax", "receivable", 3), ("tax", "refunds_owed", 5)]
    );
}

#[test]
fn a_tip_is_split_in_equal_cents_and_the_first_gets_the_remainder() {
    let tip = |cents: i64, technicians: &[i64]| {
        let technicians: Vec<Id> = technicians.iter().map(|id| Id(*id)).collect();
        let entry = events::tip_received(event(), Means::Card, booking(17, cents), &technicians);
        entry
            .postings
            .iter()
            .map(|one| (one.credit.subject.expect("a subject").id.0, one.amount.0))
            .collect::<Vec<_>>()
    };
    assert_eq!(tip(1_000, &[9, 4, 7]), [(4, 334), (7, 333), (9, 333)]);
    assert_eq!(tip(2, &[9, 4, 7]), [(4, 2)]);
    assert_eq!(tip(1_000, &[]), [(17, 1_000)], "without technicians, for the visit");
}

#[test]
fn the_days_of_a_paid_month_are_numbered() {
    let day = |day: &str| DuesDay::of(date(day), date("2026-10-31"), date("2026-11-30"));
    assert_eq!(day("2026-10-31"), Some(DuesDay { number: 1, days: 30 }));
    assert_eq!(day("2026-11-29"), Some(DuesDay { number: 30, days: 30 }));
    assert_eq!((day("2026-10-30"), day("2026-11-30")), (None, None));
}

proptest! {
    /// Row 19: the shares of the days add up to the dues, and no two differ by more than a cent.
    #[test]
    fn the_shares_of_the_days_add_up(net in 0_i64..10_000_000, days in 1_i64..=366) {
        let share = |number| events::share_of_day(Cents(net), DuesDay { number, days });
        let shares: Vec<Cents> = (1..=days).map(share).collect();
        prop_assert_eq!(shares.iter().copied().sum::<Cents>(), Cents(net));
        let even = net / days;
        prop_assert!(shares.iter().all(|share| (even..=even + 1).contains(&share.0)), "{:?}", shares);
    }

    /// Row 25: the shares of the technicians add up to the tip.
    #[test]
    fn the_shares_of_a_tip_add_up(cents in 1_i64..1_000_000, technicians in prop::collection::btree_set(1_i64..50, 0..6)) {
        let technicians: Vec<Id> = technicians.into_iter().map(Id).collect();
        let entry = events::tip_received(event(), Means::Cash, booking(17, cents), &technicians);
        prop_assert_eq!(entry.postings.iter().map(|one| one.amount).sum::<Cents>(), Cents(cents));
    }
}
