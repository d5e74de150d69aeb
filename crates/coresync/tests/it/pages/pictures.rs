//! Photographs that a club publishes: re-encoded, shown at once, and published only by those who may.

use std::io::Cursor;

use axum::http::Method;
use image::{DynamicImage, ImageFormat, RgbImage};
use testing::{Answer, BEA, DORA, MAX, OLA, TestClub};

use crate::whole::WholeProgram as _;

const HERE: &str = "/staff/pictures/";

/// Returns a photograph of a sunset, with hidden text that must not be published.
pub(crate) fn photograph(width: u32, height: u32) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        let (x, y) = (x * 255 / width, y * 255 / height);
        image::Rgb([255 - u8::try_from(y).unwrap_or(0), u8::try_from(x).unwrap_or(0), 80])
    };
    let image = DynamicImage::from(RgbImage::from_fn(width, height, pixel));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Jpeg).expect("a JPEG");
    let mut bytes = bytes.into_inner();
    // A comment right after the beginning, like the location that cameras add.
    let hidden = b"GPS 40.7128 N 74.0060 W";
    let length = u16::try_from(hidden.len() + 2).expect("short").to_be_bytes();
    let comment = [&[0xff, 0xfe], length.as_slice(), hidden.as_slice()].concat();
    bytes.splice(2..2, comment);
    bytes
}

pub(crate) fn form(slot: &str, alt: &str, picture: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in [("slot", slot), ("alt", alt), ("focus", "top-left")] {
        let part = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"../../x.php\"\r\nContent-Type: text/html\r\n\r\n";
    body.extend(head.as_bytes());
    body.extend(picture);
    body.extend(b"\r\n--b--\r\n");
    body
}

/// Returns a PNG whose header claims an enormous size.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend(&header);
    bytes.extend(crc(&header).to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT");
    bytes.extend(crc(b"IDAT").to_be_bytes());
    bytes
}

/// Returns the checksum of a PNG chunk.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    };
    !bytes.iter().fold(u32::MAX, step)
}

async fn send(app: &TestClub, who: testing::Player, slot: &str, alt: &str, picture: &[u8]) -> Answer {
    let kind = Some("multipart/form-data; boundary=b");
    app.as_(who).send(Method::POST, HERE, kind, form(slot, alt, picture)).await
}

/// Returns the picture slots of the staff page: the name of each, and the pages on which it says that the slot is
/// visible.
fn listed_slots(page: &str) -> Vec<(String, Vec<String>)> {
    let between = |text: &str, from: &str| {
        let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let promise = |part: &str| {
        let (_, seen) = part.split_once("Shown on ").expect("where it is seen");
        let seen = seen.split("</p>").next().expect("a paragraph");
        let pages = seen.split("<a ").skip(1).map(|link| between(link, "href=\"")).collect();
        (between(part, "name=\"slot\" value=\""), pages)
    };
    page.split("<li class=\"slot\"").skip(1).map(promise).collect()
}

/// Returns the picture that a page names for link previews.
fn preview_picture(page: &str) -> &str {
    let (_, rest) = page.split_once("\"og:image\" content=\"").expect("a picture to pass on");
    rest.split('"').next().unwrap_or_default()
}

/// Returns whether a page shows the picture with this alternative text: its files in three formats, and a tiny
/// placeholder.
fn shows_picture(page: &str, alt: &str) -> bool {
    let pictures = page.split("<div class=\"picture\">").skip(1);
    let mut pictures = pictures.map(|part| part.split("</div>").next().unwrap_or_default());
    pictures.any(|part| {
        part.contains(&format!("alt=\"{alt}\""))
            && ["-480.avif 480w", "-480.webp 480w", "-480.jpg 480w", "src=\"data:image/"]
                .iter()
                .all(|one| part.contains(one))
    })
}

/// Returns the first address on a page that ends with a text.
fn address(page: &str, ending: &str) -> String {
    let found =
        page.split(['"', ' ', ',']).find(|part| part.starts_with("/pictures/") && part.ends_with(ending));
    found.unwrap_or_else(|| panic!("nothing ends in {ending} on {page}")).to_owned()
}

#[tokio::test]
async fn photographs_are_re_encoded_without_metadata() {
    let app = TestClub::open().await;
    let source = photograph(1_200, 800);
    send(&app, MAX, "home/hero", "A lake in the evening", &source).await.expect(303);
    let before = app.as_(MAX).get(HERE).await.expect(200);
    assert!(before.text().contains("Your upload is processing."));
    app.run_jobs().await;
    let page = app.as_(MAX).get(HERE).await.expect(200);
    assert!(page.text().contains("A lake in the evening") && page.text().contains("focus-top-left"));
    assert!(page.text().contains(" selected>Top left</option>"));
    for (ending, kind, head) in [
        ("-960.jpg", "image/jpeg", &[0xff, 0xd8][..]),
        ("-960.webp", "image/webp", b"RIFF"),
        ("-480.avif", "image/avif", &[0, 0, 0]),
    ] {
        let file = app.visitor().get(&address(&page.text(), ending)).await.expect(200);
        assert_eq!(file.header("content-type"), kind);
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(file.bytes.starts_with(head), "{ending}");
        assert!(!file.bytes.windows(3).any(|part| part == b"GPS"), "{ending} tells where it was taken");
    }
    assert!(!page.text().contains("-1600."), "nothing is made larger than it came");
    let jpeg = app.visitor().get(&address(&page.text(), "-960.jpg")).await;
    let read = image::load_from_memory(&jpeg.bytes).expect("a picture");
    assert_eq!((read.width(), read.height()), (960, 640));

    app.as_(MAX).submit("/staff/pictures/unpublish/", "slot=home%2Fhero").await.expect(303);
    app.visitor().get(&address(&page.text(), "-960.jpg")).await.expect(404);
}

/// A new picture replaces the old one, which stays visible until the new one has been processed.
#[tokio::test]
async fn the_old_picture_stays_until_the_new_one_is_processed() {
    let app = TestClub::open().await;
    send(&app, OLA, "half/private", "First", &photograph(600, 400)).await.expect(303);
    app.run_jobs().await;
    let first = address(&app.as_(OLA).get(HERE).await.text(), "-480.jpg");
    send(&app, OLA, "half/private", "Second", &photograph(700, 400)).await.expect(303);
    app.visitor().get(&first).await.expect(200);
    app.run_jobs().await;
    app.visitor().get(&first).await.expect(404);
    let page = app.as_(OLA).get(HERE).await;
    assert_ne!(address(&page.text(), "-480.jpg"), first);
}

#[tokio::test]
async fn files_that_are_not_photographs_are_refused_with_a_reason() {
    let app = TestClub::open().await;
    let good = photograph(600, 400);
    for (slot, alt, picture, says) in [
        ("home/hero", "", good.as_slice(), "Describe the picture"),
        ("home/none", "A", good.as_slice(), "find that place"),
        ("home/hero", "A", b"".as_slice(), "Choose a photo"),
    ] {
        let answer = send(&app, MAX, slot, alt, picture).await.expect(400);
        assert!(answer.text().contains(says), "{says}: {}", answer.text());
    }
    // The format and size are checked at once from the header, and the message says what is allowed.
    for (bytes, says) in [
        (b"<script>alert(1)</script>".to_vec(), "read this file as a picture"),
        (vec![7; 3 << 20], "read this file as a picture"),
        (
            photograph(200, 300),
            "This picture is 200 × 300 pixels. It must be at least 480 pixels wide and 200 high.",
        ),
        (photograph(600, 150), "This picture is 600 × 150 pixels."),
        (good[..60].to_vec(), "read this file as a picture"),
        (bomb(60_000, 60_000), "65 million in total"),
        (bomb(11_000, 11_000), "65 million in total"),
    ] {
        let answer = send(&app, MAX, "home/hero", "A", &bytes).await.expect(400);
        assert!(answer.text().contains(says), "{says}: {}", answer.text());
    }
    let count =
        app.db().view(|tx| tx.one::<(i64,)>(kit::sql!("SELECT COUNT(*) FROM pictures"), kit::args![]));
    assert_eq!(count.await.expect("the table"), Some((0,)), "nothing of it is kept");
    // Errors that only show during processing are displayed on the page of the upload and on the overview.
    let broken = good[..good.len() / 2].to_vec();
    let onward = send(&app, MAX, "home/hero", "A", &broken).await.expect(303).header("location").to_owned();
    let waiting = app.as_(MAX).get(&onward).await.expect(200);
    assert!(waiting.text().contains("Processing your picture"), "{}", waiting.text());
    assert_eq!(waiting.header("refresh"), "2");
    app.run_jobs().await;
    // Some decoders show a truncated JPEG as far as it goes. Ours either uses it or rejects it with a message.
    let after = app.as_(MAX).get(&onward).await;
    if after.status == 200 {
        assert!(after.text().contains("use this picture"), "{}", after.text());
        assert!(app.as_(MAX).get(HERE).await.text().contains("read this file as a picture"));
    } else {
        assert_eq!(after.expect(303).header("location"), "/staff/pictures/#home-hero");
    }
    app.visitor().get("/pictures/1-480.jpg").await.expect(404);
    app.visitor().get("/pictures/1-0.source").await.expect(404);
}

#[tokio::test]
async fn only_managers_can_publish_pictures() {
    let app = TestClub::open().await;
    for who in [BEA, DORA] {
        app.as_(who).get(HERE).await.expect(403);
        send(&app, who, "home/hero", "A", &photograph(600, 400)).await.expect(403);
        app.as_(who).submit("/staff/pictures/unpublish/", "slot=home%2Fhero").await.expect(403);
        app.as_(who).submit("/staff/pictures/describe/", "slot=home%2Fhero&alt=A").await.expect(403);
    }
    app.visitor().get(HERE).await.expect(303);
}

#[tokio::test]
async fn videos_are_served_in_ranges() {
    let app = TestClub::open().await;
    let mut film = b"\0\0\0\x20ftypisom".to_vec();
    film.resize((1 << 20) + 500, 7);
    send(&app, MAX, "home/hero", "Steam over water", &film).await.expect(303);
    let page = app.as_(MAX).get(HERE).await;
    let path = address(&page.text(), ".mp4");
    let first = app.visitor().get(&path).await.expect(206);
    assert_eq!(first.header("content-range"), "bytes 0-1048575/1049076");
    let rest = app.visitor().with("range", "bytes=1048576-").get(&path).await.expect(206);
    assert_eq!((rest.bytes.len(), rest.header("content-type")), (500, "video/mp4"));
    app.visitor().with("range", "bytes=2000000-").get(&path).await.expect(416);
    // The film is the first thing on the home page. Elsewhere, and in link previews, the light study stays.
    let first = app.visitor().get("/").await.expect(200).text();
    assert!(first.contains(&format!("<video class=\"photograph\" src=\"{path}\"")));
    assert!(preview_picture(&first).contains("/assets/the-house-"));
    assert!(!app.visitor().get("/about/").await.expect(200).text().contains(".mp4"));
    // A film is allowed only in slots for films.
    let refused = send(&app, MAX, "half/private", "Steam", &film).await.expect(400);
    assert!(refused.text().contains("read this file as a picture"), "{}", refused.text());
}

/// Every picture is visible on the pages that the staff page names: when it is published alone, and once every slot has
/// one.
#[tokio::test]
async fn every_picture_slot_is_visible_on_its_listed_pages() {
    let app = TestClub::open().await;
    let slots = listed_slots(&app.as_(MAX).get(HERE).await.expect(200).text());
    let names: Vec<&str> = slots.iter().map(|(slot, _)| slot.as_str()).collect();
    for slot in ["home/hero", "half/private", "scene/ocean-waves", "room/lawn", "family/quiet", "service/pod"]
    {
        assert!(names.contains(&slot), "{slot} is none of {names:?}");
    }
    let small = photograph(480, 320);
    let alt = |slot: &str| format!("Seen at {slot}");
    for (slot, pages) in &slots {
        send(&app, MAX, slot, &alt(slot), &small).await.expect(303);
        app.run_jobs().await;
        assert!(!pages.is_empty(), "{slot}");
        for path in pages {
            let page = app.visitor().get(path).await.expect(200);
            assert!(shows_picture(&page.text(), &alt(slot)), "{slot} is not seen on {path}");
        }
    }
    let all = || slots.iter().flat_map(|(slot, pages)| pages.iter().map(move |path| (slot, path)));
    for (slot, path) in all() {
        let page = app.visitor().get(path).await.expect(200);
        assert!(shows_picture(&page.text(), &alt(slot)), "{slot} is not seen on {path} among all the others");
    }
    for (slot, _) in &slots {
        let form = format!("slot={}", slot.replace('/', "%2F"));
        app.as_(MAX).submit("/staff/pictures/unpublish/", &form).await.expect(303);
    }
    for (slot, path) in all() {
        let page = app.visitor().get(path).await.expect(200);
        assert!(!page.text().contains("Seen at"), "{slot} still hangs on {path}");
    }
}

/// Without its own photograph, a thing shows the photograph that replaces the light study it borrows. So do pages about
/// the club.
#[tokio::test]
async fn a_photograph_replaces_its_light_study_on_every_page() {
    let app = TestClub::open().await;
    let study = app.visitor().get("/").await.expect(200);
    assert!(preview_picture(&study.text()).contains("/assets/the-house-"));
    let small = photograph(480, 320);
    for slot in ["home/hero", "half/private", "room/lawn", "service/laser", "scene/swiss-alps"] {
        send(&app, MAX, slot, &format!("Seen at {slot}"), &small).await.expect(303);
    }
    app.run_jobs().await;
    for (path, slot, stands_for_it) in [
        ("/", "home/hero", true),
        ("/about/", "home/hero", true),
        ("/about/", "room/lawn", false),
        ("/contacts/", "home/hero", true),
        ("/technologies/", "service/laser", false),
        ("/technologies/", "scene/swiss-alps", false),
        ("/private/", "half/private", true),
        ("/services/laser/", "service/laser", true),
    ] {
        let page = app.visitor().get(path).await.expect(200).text();
        let alt = format!("Seen at {slot}");
        assert!(shows_picture(&page, &alt), "{slot} is not seen on {path}");
        let is_passed_on = page.contains(&format!("\"og:image:alt\" content=\"{alt}\""));
        assert_eq!(is_passed_on, stands_for_it, "{slot} {path}");
        assert!(!stands_for_it || preview_picture(&page).ends_with("-480.jpg"), "{path}");
    }
}

/// The picture of a category is visible in the list of services, even if each service has its own picture.
#[tokio::test]
async fn a_category_picture_is_visible_in_the_service_list() {
    let app = TestClub::open().await;
    let small = photograph(480, 320);
    for slot in ["family/private", "service/suite", "family/bodywork", "service/couples"] {
        send(&app, MAX, slot, &format!("Seen at {slot}"), &small).await.expect(303);
        app.run_jobs().await;
        let list = app.visitor().get("/services/").await.expect(200);
        assert!(shows_picture(&list.text(), &format!("Seen at {slot}")), "{slot}");
    }
    let list = app.visitor().get("/services/").await.expect(200).text();
    let at = |words: &str| list.find(words).unwrap_or_else(|| panic!("no {words}"));
    assert!(at("Seen at family/private") < at("Seen at service/suite"));
}

/// Returns an image of one color.
fn plain_picture(color: [u8; 3]) -> Vec<u8> {
    let image = DynamicImage::from(RgbImage::from_pixel(960, 640, image::Rgb(color)));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Jpeg).expect("a JPEG");
    bytes.into_inner()
}

/// A19: text on the hero has a contrast of at least 4.5:1 with the published pixels, whatever the picture is.
// The pixels are compared on this thread, while another one renews the lease of the node number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_on_the_hero_is_readable_on_any_photograph() {
    let app = TestClub::open().await;
    for (name, bytes, expected) in [
        ("white", plain_picture([255, 255, 255]), 5),
        ("black", plain_picture([0, 0, 0]), 1),
        ("sand", plain_picture([200, 180, 150]), 4),
        // The sun in the picture is yellow.
        ("sunset", photograph(960, 640), 5),
    ] {
        send(&app, MAX, "home/hero", "A sheet", &bytes).await.expect(303);
        app.run_jobs().await;
        let page = app.visitor().get("/").await.expect(200).text();
        let (_, rest) = page.split_once("class=\"hero scrim-").unwrap_or_else(|| panic!("{page}"));
        let level: i64 = rest.get(..1).and_then(|digit| digit.parse().ok()).expect("a level");
        let jpeg = app.visitor().get(&address(&page, "-960.jpg")).await.expect(200);
        let shown = image::load_from_memory(&jpeg.bytes).expect("a picture").into_rgb8();
        let least = shown.pixels().map(|pixel| pictures::contrast(level, pixel.0)).fold(f64::MAX, f64::min);
        // The published file was compressed again: a difference of one shade is not visible.
        assert!(least >= pictures::LEAST_CONTRAST - 0.1, "{name} at level {level}: {least}");
        assert_eq!(level, expected, "{name}");
    }
    // The stylesheet has the same opacities.
    let css = crate::guard::files("web/styles", "css")
        .into_iter()
        .find(|(name, _)| name.ends_with("pages-site.css"));
    let (_, css) = css.expect("the stylesheet of the pages");
    for (level, percent) in (1..).zip(pictures::SCRIMS) {
        let rule = format!(".scrim-{level} {{\n    --scrim: 0.{percent};");
        assert!(css.contains(&rule), "{rule}");
    }
}

/// The same for our own light studies, on every page with text on one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_on_light_studies_is_readable() {
    let app = TestClub::open().await;
    for path in ["/", "/about/", "/technologies/", "/private/", "/menssuite/"] {
        let page = app.visitor().get(path).await.expect(200).text();
        for part in page.split(" scrim-").skip(1) {
            let level: i64 = part.get(..1).and_then(|digit| digit.parse().ok()).expect("a level");
            let (_, picture) = part.split_once("<img src=\"/assets/").expect("a study");
            let file = format!("/assets/{}", picture.split('"').next().unwrap_or_default());
            let jpeg = app.visitor().get(&file).await.expect(200);
            let shown = image::load_from_memory(&jpeg.bytes).expect("a picture").into_rgb8();
            let needed = pictures::scrim(&shown);
            assert!(level >= needed, "{path}: {file} needs {needed}, has {level}");
        }
    }
}
