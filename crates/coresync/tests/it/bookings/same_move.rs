//! Rescheduling (C6): to the booking's own start it changes nothing, a repeated request takes effect once, the room and
//! the technician are kept if possible, and the preview equals the result. By example, and in random histories compared
//! with a model.

use kit::{Result, Tx, args, sql};
use serde_json::{Value, json};
use testing::{Answer, BEA, DORA, GUS, PIA, Player, TestClub, UMA, Xorshift};

use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, cents, request_body};

async fn reschedule(app: &TestClub, by: Player, id: i64, body: Value) -> Answer {
    app.as_(by).post(&format!("/api/bookings/{id}/reschedule/"), body).await
}

async fn shown(app: &TestClub, by: Player, id: i64) -> Answer {
    app.as_(by).get(&format!("/api/bookings/{id}/")).await.expect(200)
}

/// Returns how often a booking was rescheduled according to its events, and how many notifications say so.
async fn notification_counts(app: &TestClub, id: i64) -> (i64, i64) {
    let count = move |tx: &mut Tx<'_>| -> Result<(i64, i64)> {
        let events: Option<(i64,)> = tx.one(
            sql!("SELECT COUNT(*) FROM booking_events WHERE booking_id = $1 AND what = 'rescheduled'"),
            args![id],
        )?;
        let news: Option<(i64,)> =
            tx.one(sql!("SELECT COUNT(*) FROM notifications WHERE kind = 'bookings.moved'"), args![])?;
        Ok((events.map_or(0, |(n,)| n), news.map_or(0, |(n,)| n)))
    };
    app.db().view(count).await.expect("the tables")
}

fn utc(moment: &str) -> String {
    moment.parse::<jiff::Timestamp>().expect("a moment").to_string()
}

/// Every way to say Friday, November 27, 7:00 PM in New York.
fn formats(local_time: &str) -> Vec<Value> {
    let utc = utc(&format!("2026-11-27T{local_time}:00-05:00"));
    vec![
        json!({"date": "2026-11-27", "start_time": local_time}),
        json!({"date": "2026-11-27", "start_time": format!("{local_time}:00")}),
        json!({"starts_at": format!("2026-11-27T{local_time}:00-05:00")}),
        json!({"starts_at": format!("2026-11-27T{local_time}-05:00")}),
        json!({"starts_at": utc}),
    ]
}

#[tokio::test]
async fn the_same_reschedule_in_any_format_counts_once() {
    let app = TestClub::open().await;
    let id = book(&app, BEA, "suite", "2026-11-27", "18:00").await.number("id");
    app.run_jobs().await;
    // Rescheduling to the current start changes nothing, in every format.
    for way in formats("18:00") {
        let same = reschedule(&app, BEA, id, way.clone()).await.expect(200);
        assert_eq!((&same["changes"], &same["difference"]), (&json!([]), &json!("0.00")), "{way}");
    }
    let form = format!("to={}", utc("2026-11-27T18:00:00-05:00"));
    app.browser(BEA).submit(&format!("/dashboard/bookings/{id}/move/"), &form).await.expect(303);
    assert_eq!(notification_counts(&app, id).await, (0, 0), "nothing is told of what is no move");
    assert_eq!(shown(&app, BEA, id).await.number("moves"), 0);
    for way in formats("19:00").into_iter().chain(formats("19:00")) {
        let moved = reschedule(&app, BEA, id, way.clone()).await.expect(200);
        assert_eq!(moved["booking"]["moves"], 1, "{way}");
        assert_eq!(moved["booking"]["rescheduled_from"], "2026-11-27T18:00:00-05:00", "{way}");
    }
    let form = format!("to={}", utc("2026-11-27T19:00:00-05:00"));
    app.browser(BEA).submit(&format!("/dashboard/bookings/{id}/move/"), &form).await.expect(303);
    assert_eq!(notification_counts(&app, id).await, (1, 1), "one move is told once");
    // A time without an offset is not a moment.
    let vague = json!({"starts_at": "2026-11-27T20:00:00"});
    reschedule(&app, BEA, id, vague).await.refused(400, "invalid");
    // One reschedule is left, and a real one uses it. A third is refused, and a repeated second one still counts once.
    let second = json!({"date": "2026-11-27", "start_time": "14:00"});
    reschedule(&app, BEA, id, second.clone()).await.expect(200);
    reschedule(&app, BEA, id, json!({"date": "2026-11-27", "start_time": "16:00"}))
        .await
        .refused(409, "too_many_moves");
    let again = reschedule(&app, BEA, id, second.clone()).await.expect(200);
    assert_eq!(
        (&again["booking"]["moves"], &again["booking"]["rescheduled_from"]),
        (&json!(2), &json!("2026-11-27T19:00:00-05:00"))
    );
    // A booking that was canceled since can't be rescheduled.
    crate::cancel(&app, BEA, id).await.expect(200);
    reschedule(&app, BEA, id, second).await.refused(409, "wrong_state");
}

#[tokio::test]
async fn rescheduling_keeps_the_technician_and_room_if_free() {
    let app = TestClub::open().await;
    let (ada, tom) = (app.technician("ada").await, app.technician("tom").await);
    let (duet, stone) = (app.room("duet").await, app.room("stone").await);
    let named = json!({"technician_id": ada, "room_id": duet});
    let body = and(request_body(&app, "massage", "2026-11-27", "10:00").await, named);
    let id = app.as_(BEA).post(CREATE, body).await.expect(201).number("id");
    // Ada is busier on Saturday, so that others would be preferred, and the other room costs less.
    for time in ["09:00", "12:00"] {
        let busy = and(
            request_body(&app, "massage", "2026-11-28", time).await,
            json!({"technician_id": ada, "room_id": stone, "guest_name": "Ann"}),
        );
        app.as_(DORA).post(CREATE, busy).await.expect(201);
    }
    let moved =
        reschedule(&app, BEA, id, json!({"date": "2026-11-28", "start_time": "15:00"})).await.expect(200);
    assert_eq!(moved["technicians"][0]["id"], json!(ada), "{}", moved.text());
    assert_eq!((&moved["room"]["id"], &moved["changes"]), (&json!(duet), &json!(["start"])));
    // She is not free at noon: the preview shows another technician, and only the previewed change is made.
    let noon = json!({"date": "2026-11-28", "start_time": "12:15"});
    let preview = reschedule(&app, BEA, id, and(noon.clone(), json!({"preview": true}))).await.expect(200);
    assert_eq!(preview["technicians"][0]["id"], json!(tom), "{}", preview.text());
    assert_eq!(preview["changes"], json!(["start", "technician"]));
    let page = app
        .browser(BEA)
        .get(&format!("/dashboard/bookings/{id}/move/?to={}", utc("2026-11-28T12:15:00-05:00")))
        .await
        .expect(200)
        .text();
    assert!(page.contains("With Tom instead of Ada."), "{page}");
    assert!(page.contains(&format!("name=\"shown_with\" value=\"{tom}\"")), "{page}");
    // A client that shows nothing of it gets no other technician: the refusal says what it would be (C6).
    for unseen in
        [json!({}), json!({"expected_total": preview["new_total"]}), json!({"expected_room_id": duet})]
    {
        let refused = reschedule(&app, BEA, id, and(noon.clone(), unseen)).await.refused(409, "move_changed");
        assert_eq!((&refused["technician_ids"], &refused["total"]), (&json!([tom]), &preview["new_total"]));
        assert_eq!(shown(&app, BEA, id).await["start_time"], "15:00", "a refusal changes nothing");
    }
    let form = format!("to={}", utc("2026-11-28T12:15:00-05:00"));
    let confirmation =
        app.browser(BEA).submit(&format!("/dashboard/bookings/{id}/move/"), &form).await.expect(409);
    assert!(confirmation.text().contains("With Tom instead of Ada."), "{}", confirmation.text());
    assert_eq!(shown(&app, BEA, id).await["start_time"], "15:00", "a refusal changes nothing");
    let other = and(noon.clone(), json!({"expected_technician_ids": [ada]}));
    let refused = reschedule(&app, BEA, id, other).await.refused(409, "move_changed");
    assert_eq!((&refused["technician_ids"], &refused["room_id"]), (&json!([tom]), &json!(duet)));
    let other = and(noon.clone(), json!({"expected_total": "1.00", "expected_technician_ids": [tom]}));
    let refused = reschedule(&app, BEA, id, other).await.refused(409, "price_changed");
    assert_eq!(refused["total"], preview["new_total"]);
    assert_eq!(shown(&app, BEA, id).await["start_time"], "15:00", "a refusal changes nothing");
    let expected = json!({"expected_technician_ids": [tom], "expected_room_id": duet,
        "expected_total": preview["new_total"]});
    reschedule(&app, BEA, id, and(noon, expected)).await.expect(200);
    // Another technician at the same time is not a reschedule (D1): it is not counted and freezes no fee.
    let ida = book(&app, UMA, "massage", "2026-11-25", "10:00").await;
    let (uma, served) = (ida.number("id"), ida.list("technicians")[0]["id"].clone());
    let other = if served == json!(ada) { tom } else { ada };
    let there = json!({"date": "2026-11-25", "start_time": "10:00", "technician_id": other});
    let swapped = reschedule(&app, UMA, uma, there).await.expect(200);
    assert_eq!(swapped["changes"], json!(["technician"]));
    let after = shown(&app, UMA, uma).await;
    assert_eq!((after.number("moves"), &after["rescheduled_from"]), (0, &Value::Null));
}

/// The form does what its page showed. If the technician was taken meanwhile, the new state is shown instead.
#[tokio::test]
async fn a_reschedule_form_applies_its_preview_or_shows_the_change() {
    let app = TestClub::open().await;
    let (ada, tom) = (app.technician("ada").await, app.technician("tom").await);
    let body = and(request_body(&app, "massage", "2026-11-27", "10:00").await, json!({"technician_id": ada}));
    let id = app.as_(BEA).post(CREATE, body).await.expect(201).number("id");
    let (path, to) = (format!("/dashboard/bookings/{id}/move/"), utc("2026-11-27T14:00:00-05:00"));
    let page = app.browser(BEA).get(&format!("{path}?to={to}")).await.expect(200).text();
    let form = fields(&page);
    assert!(form.contains(&format!("shown_with={ada}")), "{form}");
    let taken = and(
        request_body(&app, "massage", "2026-11-27", "14:00").await,
        json!({"technician_id": ada, "guest_name": "Ann"}),
    );
    app.as_(DORA).post(CREATE, taken).await.expect(201);
    let refused = app.browser(BEA).submit(&path, &form).await.expect(409).text();
    assert!(refused.contains("has changed") && refused.contains("With Tom instead of Ada."), "{refused}");
    assert_eq!(shown(&app, BEA, id).await["start_time"], "10:00");
    // The new state is confirmed. Sent twice, it takes effect once.
    let form = fields(&refused);
    assert!(form.contains(&format!("shown_with={tom}")), "{form}");
    app.browser(BEA).submit(&path, &form).await.expect(303);
    app.browser(BEA).submit(&path, &form).await.expect(303);
    let after = shown(&app, BEA, id).await;
    assert_eq!((after.number("moves"), &after["start_time"]), (1, &json!("14:00")));
}

/// Returns the hidden fields of the form that confirms a reschedule.
fn fields(page: &str) -> String {
    let (_, form) = page.split_once("<form class=\"ways\"").unwrap_or_else(|| panic!("no form: {page}"));
    let form = form.split("</form>").next().unwrap_or_default();
    let mut pairs = Vec::new();
    for field in form.split("<input type=\"hidden\" name=\"").skip(1) {
        let (name, rest) = field.split_once("\" value=\"").expect("a value");
        pairs.push(format!("{name}={}", rest.split('"').next().unwrap_or_default().replace(':', "%3A")));
    }
    pairs.join("&")
}

/// The grid, the preview, and the reschedule have the same price: with add-ons, in the same room, with the same means
/// of payment.
#[tokio::test]
async fn the_reschedule_grid_shows_the_final_price() {
    let app = TestClub::open().await;
    let (target, duet) = (app.addon("led").await, app.room("duet").await);
    for (by, more) in [
        (BEA, json!({"addons": [{"id": target, "quantity": 2}], "room_id": duet})),
        (PIA, json!({"addons": [{"id": target}], "use_credit": true})),
        (UMA, json!({"addons": [{"id": target}]})),
        (GUS, json!({"addons": [{"id": target}]})),
    ] {
        let body = and(request_body(&app, "massage", "2026-11-25", "10:00").await, more);
        let id = app.as_(by).post(CREATE, body).await.expect(201).number("id");
        let service = app.service("massage").await;
        // The front desk sees the guest's price, not its own.
        for caller in [by, DORA] {
            let path = format!(
                "/api/bookings/availability/?service_id={service}&from=2026-11-26&to=2026-11-26&slots=1&moving={id}"
            );
            let grid = app.as_(caller).get(&path).await.expect(200);
            let slots = grid.list("available_slots");
            assert!(slots.len() > 5);
            let least = slots.iter().map(|slot| cents(&slot["price"])).min();
            assert_eq!(least, Some(cents(&grid["days"][0]["from_price"])), "the day's price is its least");
            for slot in slots.iter().step_by(7) {
                assert_eq!(cents(&slot["price"]), crate::sum(&slot["why"]), "P7");
                let to = json!({"starts_at": slot["starts_at"], "preview": true});
                let preview = reschedule(&app, caller, id, to).await.expect(200);
                assert_eq!(preview["new_total"], slot["price"], "{} {}", by.first_name, slot["starts_at"]);
                assert_eq!(preview["room"]["id"], slot["room_id"]);
                assert_eq!(preview["technicians"][0]["id"], slot["technicians"][0]["id"]);
            }
        }
        crate::cancel(&app, by, id).await.expect(200);
    }
}

/// When the clock shows a time twice, only `starts_at` says which one is meant.
#[tokio::test]
async fn rescheduling_to_an_ambiguous_local_time_needs_an_offset() {
    let app = TestClub::open_at("2026-10-30T12:00:00-04:00").await;
    let suite = app.room("suite").await;
    let set = app.db().tx(move |tx| {
        tx.run(sql!("UPDATE weekly_hours SET closes = 1680 WHERE resource_id = $1"), args![suite])?;
        kit::versions::bump(tx, catalogue::VERSION)
    });
    set.await.expect("open until four");
    let id = book(&app, BEA, "suite", "2026-10-31", "18:00").await.number("id");
    let twice = json!({"date": "2026-10-31", "start_time": "01:30"});
    let refused = reschedule(&app, BEA, id, twice).await.refused(400, "invalid");
    assert!(refused["errors"]["start_time"].as_str().is_some_and(|text| text.contains("starts_at")));
    let first = json!({"starts_at": "2026-11-01T01:30:00-04:00"});
    let moved = reschedule(&app, BEA, id, first.clone()).await.expect(200);
    assert_eq!(moved["starts_at"], "2026-11-01T01:30:00-04:00");
    let again = reschedule(&app, BEA, id, first).await.expect(200);
    assert_eq!(again["booking"]["moves"], 1);
    // The other 01:30 is another moment, an hour later.
    let second =
        reschedule(&app, BEA, id, json!({"starts_at": "2026-11-01T01:30:00-05:00"})).await.expect(200);
    assert_eq!(second["booking"]["moves"], 2);
    assert_eq!(second["booking"]["rescheduled_from"], "2026-11-01T01:30:00-04:00");
}

/// What the model knows about a booking: its place and time, and how often it was rescheduled.
#[derive(Debug, Clone, PartialEq)]
struct Model {
    start: String,
    room: Value,
    technician: Value,
    total: Value,
    moves: i64,
    from: Value,
    events: i64,
}

impl Model {
    async fn of(app: &TestClub, by: Player, id: i64) -> Model {
        let now = shown(app, by, id).await;
        Model {
            start: now["starts_at"].as_str().expect("a start").to_owned(),
            room: now["room"]["id"].clone(),
            technician: now["technicians"][0]["id"].clone(),
            total: now["pricing"]["final_total"].clone(),
            moves: now.number("moves"),
            from: now["rescheduled_from"].clone(),
            events: notification_counts(app, id).await.0,
        }
    }
}

/// Random reschedules, each sent several times in different formats. The grid says what is free, and the model says
/// what is kept, counted, and charged.
#[tokio::test]
async fn random_reschedules_match_the_model() {
    let mut unseen = 0;
    for seed in [3_u64, 1_999, 77_777] {
        let app = TestClub::open().await;
        let mut rng = Xorshift::new(seed);
        let service = app.service("massage").await;
        let people = [BEA, PIA, GUS];
        let mut ids = Vec::new();
        for (by, time) in people.into_iter().zip(["09:00", "11:00", "13:30"]) {
            ids.push((by, book(&app, by, "massage", "2026-11-26", time).await.number("id")));
        }
        for _ in 0..30 {
            let (by, id) = ids[rng.below(ids.len())];
            let before = Model::of(&app, by, id).await;
            let mut others = Vec::new();
            for (whose, other) in ids.iter().filter(|(_, other)| *other != id) {
                others.push(Model::of(&app, *whose, *other).await);
            }
            let day = ["2026-11-25", "2026-11-26", "2026-11-27"][rng.below(3)];
            let path = format!(
                "/api/bookings/availability/?service_id={service}&from={day}&to={day}&slots=1&moving={id}"
            );
            let grid = app.as_(by).get(&path).await.expect(200);
            let slots = grid.list("available_slots");
            // One of the free times, the current start, or a start that may be taken.
            let slot = (!slots.is_empty() && rng.below(4) > 0).then(|| slots[rng.below(slots.len())].clone());
            let (time, start) = match &slot {
                Some(slot) => (
                    slot["start_time"].as_str().expect("a time").to_owned(),
                    slot["starts_at"].as_str().expect("a start").to_owned(),
                ),
                None if rng.below(2) == 0 => (String::new(), before.start.clone()),
                None => {
                    let time = format!("{:02}:{:02}", 9 + rng.below(12), 15 * rng.below(4));
                    (time.clone(), format!("{day}T{time}:00-05:00"))
                }
            };
            let utc = utc(&start);
            let mut changed = None;
            for round in 0..=rng.below(3) {
                let way = match rng.below(4) {
                    0 if !time.is_empty() => json!({"date": day, "start_time": time}),
                    1 if !time.is_empty() => json!({"date": day, "start_time": format!("{time}:00")}),
                    2 => json!({"starts_at": utc}),
                    _ => json!({"starts_at": start}),
                };
                // What the grid shows is accepted, except that a third of the requests leave out whom and where.
                let seen = slot.as_ref().filter(|_| rng.below(3) > 0);
                let answer = if rng.below(4) == 0 {
                    let mut form = format!("to={}", utc.replace(':', "%3A"));
                    if let Some(slot) = seen {
                        let with = &slot["technicians"][0]["id"];
                        form += &format!("&shown_room={}&shown_with={with}", slot["room_id"]);
                    }
                    app.browser(by).submit(&format!("/dashboard/bookings/{id}/move/"), &form).await
                } else {
                    let with = seen.map(|slot| slot["technicians"][0]["id"].clone());
                    let expected = json!({"expected_room_id": seen.map(|slot| &slot["room_id"]),
                        "expected_technician_ids": with.map(|with| vec![with])});
                    reschedule(&app, by, id, if seen.is_some() { and(way, expected) } else { way }).await
                };
                assert!(answer.status < 500, "{}", answer.text());
                let after = Model::of(&app, by, id).await;
                let changes = |slot: &&Value| {
                    slot["room_id"] != before.room || slot["technicians"][0]["id"] != before.technician
                };
                let is_unseen = seen.is_none() && slot.as_ref().is_some_and(|slot| changes(&slot));
                if is_unseen && answer.status == 409 && changed.is_none() {
                    assert_eq!(after, before, "seed {seed}: another room or technician was not accepted");
                    unseen += 1;
                    continue;
                }
                let expected = expected(&before, &others, &start, slot.as_ref(), answer.status);
                match expected {
                    Some(expected) => {
                        assert_eq!(after, expected, "seed {seed} round {round}: {}", answer.text())
                    }
                    // A start off the grid may or may not be possible: it counts at most once.
                    None => {
                        let moved = after.start != before.start;
                        assert_eq!(after.moves, before.moves + i64::from(moved), "seed {seed}");
                        assert_eq!(after.events, before.events + i64::from(moved), "seed {seed}");
                    }
                }
                if let Some(first) = &changed {
                    assert_eq!(&after, first, "seed {seed}: sent again it changes nothing more");
                }
                changed = Some(after);
            }
        }
    }
    assert!(unseen > 0, "no request left out a change");
}

/// Returns what the model expects of a reschedule, given these other bookings.
fn expected(
    before: &Model,
    others: &[Model],
    start: &str,
    slot: Option<&Value>,
    status: u16,
) -> Option<Model> {
    if start == before.start {
        return Some(before.clone());
    }
    if before.moves >= 2 {
        assert_eq!(status, 409, "a third move");
        return Some(before.clone());
    }
    let slot = slot?;
    assert!(status == 200 || status == 303, "what the grid offers can be had: {status}");
    // The room and the technician are kept if no other booking overlaps, including set-up, turnover, and pad.
    let at = |moment: &str| moment.parse::<jiff::Timestamp>().expect("a moment").as_second() / 60;
    let begins = at(start);
    let is_free = |same: &dyn Fn(&Model) -> bool, (lead, tail): (i64, i64)| {
        others.iter().filter(|other| same(other)).all(|other| {
            let theirs = at(&other.start);
            begins + 60 + tail <= theirs - lead || theirs + 60 + tail <= begins - lead
        })
    };
    if is_free(&|other: &Model| other.room == before.room, (10, 15)) {
        assert_eq!(slot["room_id"], before.room, "the room is kept");
    }
    let ends = start.get(11..13).and_then(|hour| hour.parse::<i64>().ok()).expect("an hour") + 1;
    // The technician who works until 17:00 can be kept only until then.
    if ends < 17 && is_free(&|other: &Model| other.technician == before.technician, (0, 10)) {
        assert_eq!(slot["technicians"][0]["id"], before.technician, "the technician is kept");
    }
    Some(Model {
        start: start.to_owned(),
        room: slot["room_id"].clone(),
        technician: slot["technicians"][0]["id"].clone(),
        total: slot["price"].clone(),
        moves: before.moves + 1,
        from: json!(before.start),
        events: before.events + 1,
    })
}
