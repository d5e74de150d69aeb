//! Uploaded photographs: who may upload them, and how they are processed.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};
use kit::jobs::Handlers;
use kit::{Error, Id};
use people::Actor;
use pictures::{Develop, Focus, Upload};
use testing::{BEA, DORA, MAX, NOW, Player, Program, TestClub};

/// Opens the small test club with the routes and the job of this crate.
async fn open() -> TestClub {
    let program = |app: &kit::AppState| {
        let develop = |db, job: Develop| pictures::develop_job(db, job.picture);
        Program::of_routes(app, pictures::routes(), Handlers::default().on(develop))
    };
    TestClub::open_around(NOW, |config| config, program).await
}

/// Creates a JPEG photograph with a color gradient.
fn photograph(width: u32, height: u32) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        let (x, y) = (x * 255 / width, y * 255 / height);
        image::Rgb([255 - u8::try_from(y).unwrap_or(0), u8::try_from(x).unwrap_or(0), 80])
    };
    let image = DynamicImage::from(RgbImage::from_fn(width, height, pixel));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Jpeg).expect("a JPEG");
    bytes.into_inner()
}

async fn upload(app: &TestClub, who: Player, slot: &str, bytes: Vec<u8>) -> kit::Result<Id> {
    let (person, alt) = (app.person(who), format!("Seen at {slot}"));
    let described = Upload { slot: slot.to_owned(), alt, focus: Focus::default() };
    let take = move |tx: &mut kit::Tx<'_>| {
        let by = Actor::of(people::person(tx, person)?);
        pictures::upload(tx, &by, &described, &bytes)
    };
    app.db().tx(take).await
}

#[tokio::test]
async fn only_managers_upload_pictures_and_the_files_are_served() {
    let app = open().await;
    for who in [BEA, DORA] {
        let refused = upload(&app, who, "home/hero", photograph(600, 400)).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{}", who.first_name);
    }
    let picture = upload(&app, MAX, "home/hero", photograph(600, 400)).await.expect("it is taken");
    app.visitor().get(&format!("/pictures/{picture}-480.jpg")).await.expect(404);
    app.run_jobs().await;
    for (ending, kind) in [("avif", "image/avif"), ("webp", "image/webp"), ("jpg", "image/jpeg")] {
        let file = app.visitor().get(&format!("/pictures/{picture}-480.{ending}")).await.expect(200);
        assert_eq!(file.header("content-type"), kind);
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
    }
    app.visitor().get(&format!("/pictures/{picture}-0.source")).await.expect(404);
}

/// A photograph is postponed while another one is processed, and each is processed once.
#[tokio::test]
async fn photographs_are_processed_one_at_a_time() {
    let app = open().await;
    let slots = ["home/hero", "half/private", "half/mensuite", "room/lawn", "room/stone", "service/laser"];
    for slot in slots {
        upload(&app, MAX, slot, photograph(700, 500)).await.expect("it is taken");
    }
    // Run all jobs at once, as a job runner does with up to eight jobs.
    let ids: Vec<(kit::Id,)> = app
        .db()
        .view(|tx| tx.all(kit::sql!("SELECT id FROM pictures ORDER BY id"), kit::args![]))
        .await
        .expect("the table");
    let inner = app.inner().clone();
    let mut all = tokio::task::JoinSet::new();
    for (id,) in ids {
        all.spawn(pictures::develop_job(inner.db.clone(), id));
    }
    while let Some(done) = all.join_next().await {
        done.expect("no panic").expect("each is made or put off");
    }
    let ready = || {
        app.db().view(|tx| {
            tx.one::<(i64,)>(kit::sql!("SELECT COUNT(*) FROM pictures WHERE state = 'ready'"), kit::args![])
        })
    };
    let at_once = ready().await.expect("the table").map_or(0, |(n,)| n);
    assert!((1..6).contains(&at_once), "{at_once} were made at once");
    for minute in 1..4 {
        app.set_time(&format!("2026-11-24T10:0{minute}:00-05:00"));
        app.run_jobs().await;
    }
    assert_eq!(ready().await.expect("the table"), Some((6,)), "all are made");
}
