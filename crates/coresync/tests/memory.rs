//! The memory that photographs take which are processed at the same time: one at a time fits the budget, two do not. It
//! is a separate process because the peak is measured for the process. With `CORESYNC_LONG` set, six photographs of forty
//! megapixels, otherwise two of six.

mod whole;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};
use kit::{Id, args, sql};
use testing::{MAX, TestClub};

use crate::whole::WholeProgram as _;

/// How many photographs of which size are processed, and how much memory in MiB the process may use at its peak beyond
/// what it used before: more than one of them needs, and less than two.
struct Scale {
    size: (u32, u32),
    slots: &'static [&'static str],
    budget: u64,
}

const SHORT: Scale = Scale { size: (3_000, 2_000), slots: &["room/lawn", "room/stone"], budget: 340 };
const LONG: Scale = Scale {
    size: (7_304, 5_478),
    slots: &["home/hero", "half/private", "half/mensuite", "room/lawn", "room/stone", "service/laser"],
    budget: 512,
};

#[allow(clippy::disallowed_methods, reason = "the tests' own configuration")]
fn is_long() -> bool {
    std::env::var("CORESYNC_LONG").is_ok_and(|value| !value.is_empty())
}

/// Returns a JPEG of this size with a pattern.
fn photograph((width, height): (u32, u32)) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        let value = |n: u32| u8::try_from(n % 256).unwrap_or(0);
        image::Rgb([value(x / 9 + y / 31), value((x ^ y) / 16), value(y / 13)])
    };
    let image = DynamicImage::from(RgbImage::from_fn(width, height, pixel));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Jpeg).expect("a JPEG");
    bytes.into_inner()
}

/// Returns the current memory use of the process and the peak since the last reset, in MiB (Linux).
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1_024
    };
    (of("VmRSS:"), of("VmHWM:"))
}

fn form(slot: &str, picture: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in [("slot", slot), ("alt", "A sheet"), ("focus", "centre")] {
        let part = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    body.extend(b"--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"x.jpg\"\r\n\r\n");
    body.extend(picture);
    body.extend(b"\r\n--b--\r\n");
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_large_photographs_stay_within_the_memory_budget() {
    let app = TestClub::open().await;
    let Scale { size, slots, budget } = if is_long() { LONG } else { SHORT };
    let source = photograph(size);
    for slot in slots {
        let kind = Some("multipart/form-data; boundary=b");
        let manager = app.as_(MAX);
        let sent = manager.send(axum::http::Method::POST, "/staff/pictures/", kind, form(slot, &source));
        sent.await.expect(303);
    }
    drop(source);
    let ids = app.db().view(|tx| tx.all::<(Id,)>(sql!("SELECT id FROM pictures ORDER BY id"), args![]));
    let ids = ids.await.expect("the table");
    // Reset the peak.
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux");
    let before = memory().0;
    // All are processed at once, repeatedly, as by a runner with eight jobs.
    let inner = app.inner().clone();
    let mut all = tokio::task::JoinSet::new();
    for (id,) in ids {
        let inner = inner.clone();
        all.spawn(async move {
            let is_made = move |tx: &mut kit::Tx<'_>| {
                tx.one::<(Id,)>(sql!("SELECT id FROM pictures WHERE id = $1 AND state = 'ready'"), args![id])
            };
            while inner.db.view(is_made).await.expect("the table").is_none() {
                pictures::develop_job(inner.db.clone(), id).await.expect("it is made or put off");
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        });
    }
    while let Some(done) = all.join_next().await {
        done.expect("no panic");
    }
    let peak = memory().1;
    let megapixels = size.0 * size.1 / 1_000_000;
    let seen = format!(
        "{} photographs of {megapixels} megapixels: {before} MiB before, {peak} MiB at the peak, {budget} MiB are allowed",
        slots.len()
    );
    println!("{seen}");
    assert!(peak < before + budget, "{seen}");
}
