//! Tax by kind of sale, component, and day.

use kit::Cents;
use money::{LineKind, TaxComponent};

use crate::{VISIT, bill_of, open, replace};

/// T16: the rate of the day of the charge applies, and each component has its share.
#[tokio::test]
async fn the_rate_of_the_day_applies() {
    let app = open().await;
    let club = app.club();
    let component = |name: &str, rate_bp| {
        let (name, legal_basis) = (name.to_owned(), "A test.".to_owned());
        TaxComponent { name, rate_bp, legal_basis }
    };
    let later = [component("State", 400), component("City", 450)];
    let day = "2026-11-25".parse().expect("a date");
    let set = app.db().tx(move |tx| money::set_rate_from(tx, club, (LineKind::Goods, day), &later));
    set.await.expect("a rate");
    let bill = bill_of(&app, VISIT, LineKind::Goods, &[10_000]);
    let taxed = async || {
        let charge = replace(&app, bill.clone()).await.expect("a charge");
        let taxes = app.db().view(move |tx| money::taxes_of(tx, charge.id)).await.expect("an answer");
        let shares: Vec<_> = taxes.into_iter().map(|one| (one.component, one.amount)).collect();
        (charge.tax, shares)
    };
    assert_eq!(taxed().await, (Cents(800), vec![("Sales tax".to_owned(), Cents(800))]));
    app.set_time("2026-11-25T00:00:00-05:00");
    let shares = vec![("City".to_owned(), Cents(450)), ("State".to_owned(), Cents(400))];
    assert_eq!(taxed().await, (Cents(850), shares));
}
