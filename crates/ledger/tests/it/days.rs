//! Business days (T14): their bounds, across changes of the clock and of the setting.

use jiff::SignedDuration;
use ledger::BusinessDay;
use testing::{MAX, TestClub};

use crate::{actor, close, date, entry, open, prepaid, problems, record, record_new, time};

async fn day_of(app: &TestClub, at: &str) -> BusinessDay {
    let at = time(at);
    app.db().tx(move |tx| ledger::business_day(tx, at)).await.expect("a day")
}

async fn set_hour(app: &TestClub, hour: i64) {
    let (club, max) = (app.club(), app.person(MAX));
    let changed = app.db().tx(move |tx| {
        let by = actor(tx, max)?;
        catalogue::set_setting(tx, &by, club, catalogue::BUSINESS_DAY_HOUR, hour)
    });
    changed.await.expect("the setting is changed");
}

async fn all_days(app: &TestClub) -> Vec<BusinessDay> {
    let (from, to) = (date("2000-01-01"), date("2100-01-01"));
    app.db().view(move |tx| ledger::business_days(tx, from, to)).await.expect("days")
}

fn assert_contiguous(days: &[BusinessDay]) {
    for pair in days.windows(2) {
        assert_eq!(pair[0].ends_at, pair[1].begins_at, "{} and {}", pair[0].day, pair[1].day);
        assert_eq!(pair[0].day.tomorrow().expect("a date"), pair[1].day);
    }
}

#[tokio::test]
async fn a_business_day_runs_from_four_to_four() {
    let app = open().await;
    for (at, day) in [
        ("2026-11-24T04:00:00-05:00", "2026-11-24"),
        ("2026-11-24T03:59:59.999-05:00", "2026-11-23"),
        ("2026-11-25T03:59:59.999-05:00", "2026-11-24"),
        ("2026-11-25T04:00:00-05:00", "2026-11-25"),
    ] {
        assert_eq!(day_of(&app, at).await.day, date(day), "{at}");
    }
    assert_contiguous(&all_days(&app).await);
}

/// The clock of New York goes forward on March 14, 2027, and back on November 7.
#[tokio::test]
async fn the_days_of_a_changing_clock_have_23_and_25_hours() {
    let app = open().await;
    for (at, hours) in [
        ("2027-03-12T12:00:00-05:00", 24),
        ("2027-03-13T12:00:00-05:00", 23),
        ("2027-03-14T12:00:00-04:00", 24),
        ("2027-11-05T12:00:00-04:00", 24),
        ("2027-11-06T12:00:00-04:00", 25),
        ("2027-11-07T12:00:00-05:00", 24),
    ] {
        let day = day_of(&app, at).await;
        assert_eq!(day.ends_at.duration_since(day.begins_at), SignedDuration::from_hours(hours), "{at}");
    }
    assert_contiguous(&all_days(&app).await);
}

/// On March 14, 2027, the clock skips from 2:00 to 3:00. On November 7, it shows 1:00 twice.
#[tokio::test]
async fn a_day_can_begin_at_an_hour_that_the_clock_skips_or_repeats() {
    for (hour, at, begins_at) in [
        (2, "2027-03-14T12:00:00-04:00", "2027-03-14T03:00:00-04:00"),
        (1, "2027-11-07T12:00:00-05:00", "2027-11-07T01:00:00-04:00"),
    ] {
        let app = open().await;
        set_hour(&app, hour).await;
        let day = day_of(&app, at).await;
        assert_eq!((day.day.to_string(), day.begins_at), (at[..10].to_owned(), time(begins_at)));
        day_of(&app, "2027-12-01T12:00:00-05:00").await;
        assert_contiguous(&all_days(&app).await);
    }
}

/// The setting changes on Tuesday at noon. Tuesday ends as before, and Wednesday is longer or shorter.
#[tokio::test]
async fn a_change_of_the_hour_takes_effect_with_the_next_day_that_begins() {
    for (hour, hours) in [(6, 26), (0, 20), (12, 32)] {
        // The days are the same whether they are stored before the change, soon after it, or long after it.
        for stored_before in [true, false] {
            let app = open().await;
            if stored_before {
                day_of(&app, "2026-11-24T10:00:00-05:00").await;
            }
            app.set_time("2026-11-24T12:00:00-05:00");
            set_hour(&app, hour).await;
            app.set_time("2026-11-28T12:00:00-05:00");
            let tuesday = day_of(&app, "2026-11-24T23:00:00-05:00").await;
            assert_eq!(tuesday.begins_at, time("2026-11-24T04:00:00-05:00"));
            assert_eq!(tuesday.ends_at, time("2026-11-25T04:00:00-05:00"));
            let wednesday = day_of(&app, "2026-11-25T04:00:00-05:00").await;
            let length = wednesday.ends_at.duration_since(wednesday.begins_at);
            assert_eq!(
                (wednesday.day, length),
                (date("2026-11-25"), SignedDuration::from_hours(hours)),
                "{hour}"
            );
            let thursday = day_of(&app, "2026-11-26T15:00:00-05:00").await;
            let length = thursday.ends_at.duration_since(thursday.begins_at);
            assert_eq!(
                (thursday.day, length),
                (date("2026-11-26"), SignedDuration::from_hours(24)),
                "{hour}"
            );
            assert_contiguous(&all_days(&app).await);
        }
    }
}

#[tokio::test]
async fn an_earlier_event_begins_the_ledger_earlier_while_its_first_day_is_open() {
    let app = open().await;
    record_new(&app, &prepaid("a", "2026-11-24T09:00:00-05:00", 1)).await;
    let earlier = entry(&app, record_new(&app, &prepaid("b", "2026-11-20T02:00:00-05:00", 1)).await).await;
    assert_eq!((earlier.day, earlier.concerns), (date("2026-11-19"), None));
    let days = all_days(&app).await;
    assert_eq!((days.len(), days[0].day, days[5].day), (6, date("2026-11-19"), date("2026-11-24")));
    assert_contiguous(&days);
    // Much earlier events, and all once the first day is closed, are posted to the first open day.
    let ancient = entry(&app, record_new(&app, &prepaid("c", "2020-01-05T09:00:00-05:00", 1)).await).await;
    assert_eq!((ancient.day, ancient.concerns), (date("2026-11-19"), Some(date("2020-01-05"))));
    close(&app, "2026-11-19").await.expect("closed");
    let before = entry(&app, record_new(&app, &prepaid("d", "2026-11-18T09:00:00-05:00", 1)).await).await;
    assert_eq!((before.day, before.concerns), (date("2026-11-20"), Some(date("2026-11-18"))));
    assert_eq!(all_days(&app).await.len(), 6);
    assert_eq!(problems(&app).await, []);
}

#[tokio::test]
async fn a_clock_that_is_set_back_loses_no_entry() {
    let app = open().await;
    record_new(&app, &prepaid("a", "2026-11-24T09:00:00-05:00", 1)).await;
    app.set_time("2026-11-25T09:00:00-05:00");
    close(&app, "2026-11-24").await.expect("closed");
    app.set_time("2026-11-24T11:00:00-05:00");
    let at = "2026-11-24T11:00:00-05:00";
    let late = entry(&app, record_new(&app, &prepaid("b", at, 1)).await).await;
    assert_eq!((late.day, late.concerns), (date("2026-11-25"), Some(date("2026-11-24"))));
    // An event that another clock dates ahead of ours.
    let ahead = entry(&app, record_new(&app, &prepaid("c", "2026-11-29T05:00:00-05:00", 1)).await).await;
    assert_eq!((ahead.day, ahead.concerns), (date("2026-11-29"), None));
    assert!(
        record(&app, &prepaid("d", "2099-01-01T00:00:00-05:00", 1)).await.is_err(),
        "far beyond all days"
    );
    assert_contiguous(&all_days(&app).await);
    assert_eq!(problems(&app).await, []);
}

#[tokio::test]
async fn a_view_finds_a_day_without_storing_it() {
    let app = open().await;
    let find = async |at: &str| {
        let at = time(at);
        app.db().view(move |tx| ledger::business_day(tx, at)).await.expect("a day").day
    };
    assert_eq!(find("2026-11-24T03:00:00-05:00").await, date("2026-11-23"));
    assert_eq!(all_days(&app).await, []);
    day_of(&app, "2026-11-24T10:00:00-05:00").await;
    assert_eq!(find("2026-11-30T10:00:00-05:00").await, date("2026-11-30"));
    assert_eq!(find("2026-11-20T10:00:00-05:00").await, date("2026-11-20"));
    assert_eq!(all_days(&app).await.len(), 1);
}
