//! Payments and refunds at the front desk.

use kit::web::Paging;
use kit::{Cents, Error};
use ledger::Account::{
    BadDebts, Cash, Comps, Deposits, Receivable, RefundsOwed, RevenueFee, RevenueService, Terminal, Tips,
};
use money::{LineKind, NewPayment, OpenCharges, PaidPart, PaymentMethod, PaymentStatus, Tip};
use people::{Subject, SubjectKind};
use testing::{BEA, DORA, GUS, MAX, TestClub};

use crate::{
    SECOND, VISIT, agrees, all_due, balances, bill, bill_of, charge, code, current, is_invalid, open, pay,
    replace, run, status, take,
};

/// T17, T20: the front desk takes a payment; guests do not, and staff do not for themselves.
#[tokio::test]
async fn a_charge_is_due_until_the_front_desk_takes_its_payment() {
    let app = open().await;
    let made = charge(&app, &[15_000]).await;
    assert_eq!((made.due(), made.status), (Cents(15_000), PaymentStatus::Unpaid));
    for player in [GUS, BEA] {
        let payment = all_due(PaymentMethod::Cash, &[VISIT]);
        let refused = run(&app, player, move |tx, by| money::take(tx, by, &payment)).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{}", player.first_name);
    }
    let without_slip = NewPayment { slip: String::new(), ..all_due(PaymentMethod::Terminal, &[VISIT]) };
    assert!(is_invalid(&take(&app, without_slip).await));
    let payment = take(&app, all_due(PaymentMethod::Terminal, &[VISIT])).await.expect("a payment");
    assert_eq!((payment.number.as_deref(), payment.amount), (Some("RC-2026-000001"), Cents(15_000)));
    assert_eq!(status(&app).await, Some(PaymentStatus::Paid));
    assert_eq!(balances(&app, VISIT).await, [(Terminal, 15_000), (Deposits, 15_000)]);
    assert_eq!(code(take(&app, all_due(PaymentMethod::Cash, &[VISIT])).await), "already_paid");
    assert!(matches!(take(&app, all_due(PaymentMethod::Cash, &[SECOND])).await, Err(Error::NotFound)));
    agrees(&app).await;
}

#[tokio::test]
async fn a_free_charge_is_paid_at_once() {
    let app = open().await;
    let made = charge(&app, &[5_000, -5_000]).await;
    assert_eq!((made.net, made.status), (Cents::ZERO, PaymentStatus::Paid));
    assert_eq!(code(take(&app, all_due(PaymentMethod::Cash, &[VISIT])).await), "nothing_due");
}

/// T7: a visit of two services is paid once, in part, and not beyond what is due. T10: a tip is split in equal cents.
#[tokio::test]
async fn a_payment_has_parts_and_a_tip() {
    let app = open().await;
    charge(&app, &[10_000]).await;
    replace(&app, bill_of(&app, SECOND, LineKind::Service, &[4_000])).await.expect("a charge");
    for cents in [10_001, 0] {
        let mut wrong = all_due(PaymentMethod::Cash, &[VISIT]);
        wrong.parts[0].amount = Some(Cents(cents));
        assert!(is_invalid(&take(&app, wrong).await), "{cents}");
    }
    assert!(is_invalid(&take(&app, all_due(PaymentMethod::Cash, &[VISIT, VISIT])).await));
    pay(&app, 3_000).await;
    assert_eq!(current(&app).await.expect("a charge").due(), Cents(7_000));
    let mut both = all_due(PaymentMethod::Cash, &[SECOND, VISIT]);
    both.tip = Tip { amount: Cents(1_001), technicians: vec![kit::Id(8), kit::Id(5)] };
    let payment = take(&app, both).await.expect("a payment");
    assert_eq!((payment.amount, payment.tip), (Cents(11_000), Cents(1_001)));
    assert_eq!(balances(&app, VISIT).await, [(Cash, 11_001), (Deposits, 10_000)]);
    for (technician, cents) in [(5, 501), (8, 500)] {
        let subject = Subject { kind: SubjectKind::Technician, id: kit::Id(technician) };
        assert_eq!(balances(&app, subject).await, [(Tips, cents)]);
    }
    let receipt = run(&app, BEA, move |tx, by| money::receipt(tx, by, payment.id)).await.expect("hers");
    assert_eq!(receipt.parts.iter().map(|part| part.amount.0).collect::<Vec<_>>(), [7_000, 4_000]);
    let other = run(&app, GUS, move |tx, by| money::receipt(tx, by, payment.id)).await;
    assert!(matches!(other, Err(Error::NotFound)));
    agrees(&app).await;
}

/// T7, T8: what was paid stays with its subject. A lower price is refunded, and a higher one uses it before it is sent.
#[tokio::test]
async fn what_was_paid_stays_with_its_subject() {
    let app = open().await;
    charge(&app, &[10_000]).await;
    pay(&app, 10_000).await;
    replace(&app, bill(&app, &[7_000])).await.expect("a lower price");
    assert_eq!(balances(&app, VISIT).await, [(Cash, 10_000), (Deposits, 7_000), (RefundsOwed, 3_000)]);
    replace(&app, bill(&app, &[12_000])).await.expect("a higher price");
    assert_eq!(balances(&app, VISIT).await, [(Cash, 10_000), (Deposits, 10_000)]);
    assert_eq!(current(&app).await.expect("a charge").due(), Cents(2_000));
    // A free cancellation refunds all of it, at the desk.
    replace(&app, bill(&app, &[])).await.expect("something was paid");
    let open = open_charges(&app, OpenCharges::ToRefund).await;
    assert_eq!(open, (vec![(VISIT, Cents(10_000))], 1));
    let sent = run(&app, DORA, |tx, by| money::send_refund(tx, by, VISIT, "")).await;
    let refunds = sent.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!((refunds.len(), refunds[0].number.as_str()), (1, "RF-2026-000001"));
    agrees(&app).await;
    assert_eq!(balances(&app, VISIT).await, []);
    let again = run(&app, DORA, |tx, by| money::send_refund(tx, by, VISIT, "")).await;
    assert!(again.is_err(), "it is sent once");
}

/// T8: a refund goes back the way the money came, the last payment first.
#[tokio::test]
async fn the_last_payment_is_refunded_first() {
    let app = open().await;
    charge(&app, &[10_000]).await;
    pay(&app, 6_000).await;
    take(&app, all_due(PaymentMethod::Terminal, &[VISIT])).await.expect("the rest");
    replace(&app, bill(&app, &[5_000])).await.expect("a lower price");
    assert!(is_invalid(&run(&app, DORA, |tx, by| money::send_refund(tx, by, VISIT, "")).await), "no slip");
    let sent = run(&app, DORA, |tx, by| money::send_refund(tx, by, VISIT, "0043")).await.expect("sent");
    let sent: Vec<_> = sent.iter().map(|one| (one.method, one.amount.0, one.slip.as_str())).collect();
    assert_eq!(sent, [(PaymentMethod::Terminal, 4_000, "0043"), (PaymentMethod::Cash, 1_000, "")]);
    assert_eq!(status(&app).await, Some(PaymentStatus::PartlyRefunded));
    assert_eq!(balances(&app, VISIT).await, [(Cash, 5_000), (Deposits, 5_000)]);
    agrees(&app).await;
}

/// Example N with 300.00 paid: a fee of 150.00 is taken from it, and 150.00 is refunded (T9). D4: undoing it uses the
/// money again.
#[tokio::test]
async fn a_fee_is_taken_from_what_was_paid() {
    let app = open().await;
    let first = charge(&app, &[30_000]).await;
    pay(&app, 30_000).await;
    let fee = bill_of(&app, VISIT, LineKind::Fee, &[15_000]);
    replace(&app, fee.clone()).await.expect("a fee");
    let after = [(Cash, 30_000), (RefundsOwed, 15_000), (RevenueFee, 15_000)];
    assert_eq!(balances(&app, VISIT).await, after);
    let undone = app.db().tx(move |tx| money::reinstate(tx, VISIT, Some(first.id))).await;
    assert!(undone.expect("an answer"));
    assert_eq!(balances(&app, VISIT).await, [(Cash, 30_000), (Deposits, 30_000)]);
    replace(&app, fee).await.expect("a fee");
    run(&app, DORA, |tx, by| money::send_refund(tx, by, VISIT, "")).await.expect("sent");
    // Undone after the refund was sent, the visit is due for the rest.
    assert!(app.db().tx(|tx| money::reinstate(tx, VISIT, None)).await.expect("an answer"));
    assert_eq!(current(&app).await.expect("a charge").due(), Cents(15_000));
    agrees(&app).await;
}

/// T12: income is earned by delivery, and again after it was undone. Savings count once they are earned.
#[tokio::test]
async fn income_is_earned_by_delivery() {
    let app = open().await;
    charge(&app, &[20_000, -5_000]).await;
    pay(&app, 4_000).await;
    let person = app.person(BEA);
    let saved = async || app.db().view(move |tx| money::saved(tx, person)).await.expect("a sum");
    for _ in 0..2 {
        assert_eq!(saved().await, Cents::ZERO);
        assert!(app.db().tx(|tx| money::earn(tx, VISIT)).await.expect("earned"));
        assert_eq!(saved().await, Cents(5_000));
        let after = [(Cash, 4_000), (Receivable, 11_000), (RevenueService, 15_000)];
        assert_eq!(balances(&app, VISIT).await, after);
        assert!(app.db().tx(|tx| money::revert_earn(tx, VISIT)).await.expect("not earned"));
        assert_eq!(balances(&app, VISIT).await, [(Cash, 4_000), (Deposits, 4_000)]);
    }
    app.db().tx(|tx| money::earn(tx, VISIT)).await.expect("earned");
    take(&app, all_due(PaymentMethod::Cash, &[VISIT])).await.expect("the rest");
    assert_eq!(balances(&app, VISIT).await, [(Cash, 15_000), (RevenueService, 15_000)]);
    agrees(&app).await;
}

/// T8, T18, T20: a manager refunds what was earned, with a reason, and not more than was paid.
#[tokio::test]
async fn a_manager_refunds_what_was_paid() {
    let app = open().await;
    charge(&app, &[15_000]).await;
    let refund = async |by, cents| {
        run(&app, by, move |tx, by| money::refund(tx, by, VISIT, (Cents(cents), "too cold"), "")).await
    };
    assert_eq!(code(refund(MAX, 1).await), "refund_too_large");
    pay(&app, 15_000).await;
    app.db().tx(|tx| money::earn(tx, VISIT)).await.expect("earned");
    assert!(matches!(refund(DORA, 5_000).await, Err(Error::Forbidden)));
    assert_eq!(code(refund(MAX, 15_001).await), "refund_too_large");
    assert!(is_invalid(&refund(MAX, 0).await));
    assert_eq!(refund(MAX, 5_000).await.expect("refunded")[0].amount, Cents(5_000));
    assert_eq!(status(&app).await, Some(PaymentStatus::PartlyRefunded));
    assert_eq!(balances(&app, VISIT).await, [(Cash, 10_000), (RevenueService, 10_000)]);
    refund(MAX, 10_000).await.expect("refunded");
    assert_eq!(status(&app).await, Some(PaymentStatus::Refunded));
    assert_eq!(code(refund(MAX, 1).await), "refund_too_large");
    agrees(&app).await;
}

/// T18: a comp is given before or after delivery, a write-off after it. Both have accounts of their own.
#[tokio::test]
async fn a_manager_gives_for_free_and_writes_off() {
    let app = open().await;
    charge(&app, &[10_000]).await;
    let comp = async |by, cents: i64| {
        run(&app, by, move |tx, by| money::comp(tx, by, VISIT, (Some(Cents(cents)), "late"))).await
    };
    let write_off =
        async || run(&app, MAX, |tx, by| money::write_off(tx, by, VISIT, (None, "moved away"))).await;
    assert!(matches!(comp(DORA, 1).await, Err(Error::Forbidden)));
    assert!(is_invalid(&comp(MAX, 10_001).await));
    assert_eq!(code(write_off().await), "wrong_state");
    assert_eq!(comp(MAX, 4_000).await.expect("given").due(), Cents(6_000));
    assert_eq!(balances(&app, VISIT).await, []);
    app.db().tx(|tx| money::earn(tx, VISIT)).await.expect("earned");
    comp(MAX, 1_000).await.expect("given");
    assert_eq!(write_off().await.expect("written off").status, PaymentStatus::Paid);
    assert_eq!(code(comp(MAX, 1).await), "nothing_due");
    let after = [(RevenueService, 10_000), (Comps, 5_000), (BadDebts, 5_000)];
    let mut held = balances(&app, VISIT).await;
    held.sort();
    let mut expected = after.to_vec();
    expected.sort();
    assert_eq!(held, expected);
    assert!(app.db().tx(|tx| money::revert_earn(tx, VISIT)).await.expect("not earned"));
    assert_eq!(balances(&app, VISIT).await, []);
    agrees(&app).await;
}

/// T18: nothing is written off before delivery, so undoing the delivery makes the amount due again.
#[tokio::test]
async fn a_write_off_ends_when_the_delivery_is_undone() {
    let app = open().await;
    charge(&app, &[30_000]).await;
    pay(&app, 20_000).await;
    let fee = bill_of(&app, VISIT, LineKind::Fee, &[30_000]);
    for _ in 0..2 {
        replace(&app, fee.clone()).await.expect("a fee");
        assert_eq!(current(&app).await.expect("a charge").due(), Cents(10_000));
        let written_off =
            run(&app, MAX, |tx, by| money::write_off(tx, by, VISIT, (None, "moved away"))).await;
        assert_eq!(written_off.expect("written off").due(), Cents::ZERO);
        assert!(app.db().tx(|tx| money::reinstate(tx, VISIT, None)).await.expect("an answer"));
        assert_eq!(current(&app).await.expect("a charge").due(), Cents(10_000));
        assert_eq!(balances(&app, VISIT).await, [(Cash, 20_000), (Deposits, 20_000)]);
        agrees(&app).await;
    }
}

/// T8: what a manager refunded stays refunded when the price of the visit changes.
#[tokio::test]
async fn a_refund_stays_when_the_price_changes() {
    let app = open().await;
    charge(&app, &[30_000]).await;
    pay(&app, 30_000).await;
    let refund = |tx: &mut kit::Tx<'_>, by: &people::Actor| {
        money::refund(tx, by, VISIT, (Cents(10_000), "no dome"), "")
    };
    run(&app, MAX, refund).await.expect("refunded");
    for (price, due) in [(30_000, 0), (35_000, 5_000), (8_000, 0)] {
        let charge = replace(&app, bill(&app, &[price])).await.expect("a charge");
        assert_eq!((charge.due(), charge.total()), (Cents(due), Cents((price - 10_000).max(0))), "{price}");
        agrees(&app).await;
    }
}

/// A charge that is void costs nothing, whatever it cost before.
#[tokio::test]
async fn nothing_is_due_for_a_void_charge() {
    let app = open().await;
    charge(&app, &[30_000]).await;
    assert_eq!(replace(&app, bill(&app, &[])).await, None);
    let account = run(&app, DORA, |tx, by| money::account(tx, by, VISIT)).await.expect("an account");
    assert_eq!((account.charge.due(), account.charge.status), (Cents::ZERO, PaymentStatus::Void));
}

/// T10, T18: a tip belongs to someone, an adjustment has a reason, and no new payment is one of the past.
#[tokio::test]
async fn incomplete_payments_and_adjustments_are_refused() {
    let app = open().await;
    charge(&app, &[10_000]).await;
    assert!(is_invalid(&take(&app, all_due(PaymentMethod::Earlier, &[VISIT])).await));
    for (cents, technicians) in [(-1, vec![kit::Id(5)]), (500, Vec::new())] {
        let tip = Tip { amount: Cents(cents), technicians };
        let payment = NewPayment { tip, ..all_due(PaymentMethod::Cash, &[VISIT]) };
        assert!(is_invalid(&take(&app, payment).await), "{cents}");
    }
    assert!(is_invalid(&run(&app, MAX, |tx, by| money::comp(tx, by, VISIT, (None, " "))).await));
    pay(&app, 10_000).await;
    let refund = |tx: &mut kit::Tx<'_>, by: &people::Actor| money::refund(tx, by, VISIT, (Cents(1), ""), "");
    assert!(is_invalid(&run(&app, MAX, refund).await));
}

/// Row 18: dues are deferred until their days pass.
#[tokio::test]
async fn dues_are_deferred() {
    let app = open().await;
    let dues = Subject { kind: SubjectKind::Membership, id: kit::Id(40) };
    replace(&app, bill_of(&app, dues, LineKind::Dues, &[37_500])).await.expect("a charge");
    let mut part = all_due(PaymentMethod::Cash, &[dues]);
    part.parts[0].amount = Some(Cents(100));
    assert!(is_invalid(&take(&app, part).await), "dues are paid in full");
    take(&app, all_due(PaymentMethod::Cash, &[dues])).await.expect("a payment");
    assert_eq!(balances(&app, dues).await, [(Cash, 37_500), (ledger::Account::DeferredDues, 37_500)]);
    agrees(&app).await;
}

/// Rows 38 and 39: what another system settled has no entry, and what was due before the ledger is owed from then on.
#[tokio::test]
async fn earlier_charges_enter_the_ledger_once() {
    let app = open().await;
    let earlier = bill(&app, &[9_000]);
    app.db().tx(move |tx| money::import_paid(tx, &earlier)).await.expect("imported");
    assert_eq!((status(&app).await, balances(&app, VISIT).await), (Some(PaymentStatus::Paid), vec![]));
    replace(&app, bill_of(&app, SECOND, LineKind::Fee, &[2_000])).await.expect("a fee");
    assert_eq!(open_charges(&app, OpenCharges::Due).await, (vec![(SECOND, Cents(2_000))], 1));
    // A refund of earlier money goes back in cash and is in the ledger.
    let refund = |tx: &mut kit::Tx<'_>, by: &people::Actor| {
        money::refund(tx, by, VISIT, (Cents(1_000), "too cold"), "")
    };
    run(&app, MAX, refund).await.expect("refunded");
    assert_eq!(balances(&app, VISIT).await, [(Cash, -1_000), (RevenueService, -1_000)]);
    assert_eq!(app.db().tx(|tx| money::record_openings(tx, 10)).await.expect("an answer"), 0);
}

/// Row 39: what was delivered and due before the ledger is owed from then on, recorded once by a job or by a payment.
#[tokio::test]
async fn what_was_due_before_the_ledger_is_opened() {
    let app = open().await;
    charge(&app, &[9_000]).await;
    replace(&app, bill_of(&app, SECOND, LineKind::Service, &[2_000])).await.expect("a charge");
    let earlier = |tx: &mut kit::Tx<'_>| {
        tx.run(kit::sql!("UPDATE charges SET earned_at = 1, needs_opening = TRUE"), kit::args![])
    };
    app.db().tx(earlier).await.expect("earlier charges");
    take(&app, all_due(PaymentMethod::Cash, &[SECOND])).await.expect("a payment");
    assert_eq!(balances(&app, SECOND).await, [(Cash, 2_000)]);
    for opened in [1, 0] {
        assert_eq!(app.db().tx(|tx| money::record_openings(tx, 10)).await.expect("an answer"), opened);
        assert_eq!(balances(&app, VISIT).await, [(Receivable, 9_000)]);
    }
    agrees(&app).await;
}

/// All that concerns the money of a visit, for staff and for the person who pays, and the lists of a day.
#[tokio::test]
async fn what_was_paid_and_refunded_can_be_read() {
    let app = open().await;
    charge(&app, &[10_000]).await;
    assert_eq!(app.db().view(|tx| money::paid_at(tx, VISIT)).await.expect("an answer"), None);
    let payment = pay(&app, 10_000).await;
    let refund = |tx: &mut kit::Tx<'_>, by: &people::Actor| {
        money::refund(tx, by, VISIT, (Cents(2_500), "too cold"), "")
    };
    let refunded = run(&app, MAX, refund).await.expect("refunded");
    let paid_at = app.db().view(|tx| money::paid_at(tx, VISIT)).await.expect("an answer");
    assert_eq!(paid_at, Some(payment.received_at));
    assert_eq!(app.db().view(|tx| money::due(tx, VISIT)).await.expect("an answer"), Cents::ZERO);
    for player in [BEA, DORA] {
        let account = run(&app, player, |tx, by| money::account(tx, by, VISIT)).await.expect("an account");
        assert_eq!(account.charge.total(), Cents(7_500));
        assert_eq!(account.lines.iter().map(|line| line.amount.0).collect::<Vec<_>>(), [10_000, -2_500]);
        assert_eq!((&account.payments, &account.refunds), (&vec![payment.clone()], &refunded));
        assert_eq!(
            account.adjustments.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>(),
            ["too cold"]
        );
        assert!(account.taxes.is_empty());
    }
    let other = run(&app, GUS, |tx, by| money::account(tx, by, VISIT)).await;
    assert!(matches!(other, Err(Error::NotFound)));
    let own = run(&app, BEA, money::my_payments).await.expect("a list");
    assert_eq!(own, std::slice::from_ref(&payment));
    assert_eq!(run(&app, GUS, money::my_payments).await.expect("a list"), []);
    let (from, to) = (payment.received_at, payment.received_at + jiff::SignedDuration::from_hours(1));
    let taken = run(&app, DORA, move |tx, by| money::payments(tx, by, (from, to))).await;
    assert_eq!(taken.expect("a list"), std::slice::from_ref(&payment));
    let parts = run(&app, DORA, move |tx, by| money::parts(tx, by, (from, to))).await.expect("parts");
    let parts: Vec<_> =
        parts[&payment.id].iter().map(|one| (one.subject(), one.amount, one.refunded)).collect();
    assert_eq!(parts, [(VISIT, Cents(10_000), Cents(2_500))]);
    for (number, found) in [
        (" rc-2026-000001", Some(payment.id)),
        ("RF-2026-000001", Some(payment.id)),
        ("RC-2026-000002", None),
    ] {
        let payment = run(&app, DORA, move |tx, by| money::payment_by_number(tx, by, number)).await;
        assert_eq!(payment.expect("an answer"), found, "{number}");
    }
    let sent = run(&app, DORA, move |tx, by| money::refunds(tx, by, (from, to))).await;
    assert_eq!(sent.expect("a list"), refunded);
    let before = run(&app, DORA, move |tx, by| money::payments(tx, by, (from - (to - from), from))).await;
    assert_eq!(before.expect("a list"), []);
    let refused = run(&app, BEA, move |tx, by| money::payments(tx, by, (from, to))).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
}

/// The list of open charges in pages, and how many there are in all.
async fn open_charges(app: &TestClub, which: OpenCharges) -> (Vec<(Subject, Cents)>, usize) {
    let paging = Paging { page: 1, size: 10 };
    let open = run(app, DORA, move |tx, by| money::open_charges(tx, by, which, paging)).await;
    let (open, total) = open.expect("a list");
    (open.into_iter().map(|one| (one.subject(), one.amount)).collect(), total)
}

#[tokio::test]
async fn a_payment_of_another_amount_than_was_shown_is_refused() {
    let app = open().await;
    charge(&app, &[10_000]).await;
    replace(&app, bill(&app, &[12_000])).await.expect("a higher price");
    let paying = |shown| {
        let part = PaidPart { subject: VISIT, amount: None, shown: Some(Cents(shown)) };
        let (method, slip) = (PaymentMethod::Cash, String::new());
        NewPayment { parts: vec![part], method, slip, tip: Tip::default() }
    };
    match take(&app, paying(10_000)).await {
        Err(Error::Refused(refusal, details)) => {
            assert_eq!(refusal.code, "price_changed");
            assert_eq!(details.get(money::NEW_TOTAL).map(String::as_str), Some("120.00"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(take(&app, paying(12_000)).await.expect("a payment").amount, Cents(12_000));
    assert_eq!(open_charges(&app, OpenCharges::Ahead).await, (vec![], 0));
}
