//! Every template is rendered with samples. A file counts as rendered if a response or an email contains a text that
//! occurs in no other template. So partials count where they are included, and the program needs no hook. The test
//! prints how many of all texts occurred. The others are in branches that these samples do not reach.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use testing::{Answer, BEA, DORA, GUS, Guest, MAX, OLA, PIA, TOM, TestClub, UMA};

use crate::accounts::{PASSWORD, RESET, VERIFY, mails_to, plain, register, token, zoe};
use crate::choosing::{cookie, hold, redirect_of, utc};
use crate::guard::files;
use crate::whole::WholeProgram as _;
use crate::{CREATE, and, book, permissions, pictures, request_body};

/// The length of the shortest text by which templates are distinguished, in characters.
const SHORTEST: usize = 8;
/// The number of pages that one reader opens among those that differ only in numbers and query values.
const ALIKE: usize = 2;
/// The percentage of texts that must occur at least.
const PERCENT_READ: usize = 60;

/// Replaces each run of white space by one space, because rendering removes white space.
fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the fixed texts of a template, which are the parts between its tags, expressions, and comments.
fn texts(template: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = template;
    loop {
        let next = ["{{", "{%", "{#"].iter().filter_map(|open| rest.find(open)).min();
        let text = collapsed(&rest[..next.unwrap_or(rest.len())]);
        if text.chars().count() >= SHORTEST {
            found.push(text);
        }
        let Some(at) = next else { return found };
        let close = match &rest[at..at + 2] {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        let Some(end) = rest[at..].find(close) else { return found };
        rest = &rest[at + end + 2..];
    }
}

/// The texts of every response and email that was read.
#[derive(Default)]
struct Read(Vec<String>);

impl Read {
    fn text(&mut self, text: &str) {
        self.0.push(collapsed(text));
    }

    fn answer(&mut self, answer: Answer) -> String {
        assert!(answer.status < 500, "{}", answer.text());
        let text = answer.text();
        self.text(&text);
        text
    }

    /// Reads a page. Any status is accepted except a fault.
    async fn page(&mut self, guest: &Guest<'_>, path: &str) -> String {
        self.answer(guest.get(path).await)
    }

    /// Submits a form, reads the response, and follows its redirect if it has one.
    async fn form(&mut self, guest: &Guest<'_>, path: &str, form: &str) -> String {
        let answer = guest.submit(path, form).await;
        let onward = answer.header("location").to_owned();
        self.answer(answer);
        if !onward.is_empty() {
            self.page(guest, &onward).await;
        }
        onward
    }

    /// Reads some pages and follows every link from them.
    async fn follow(&mut self, guest: &Guest<'_>, starts: &[String]) {
        let mut ahead = starts.to_vec();
        let mut opened = BTreeSet::new();
        let mut alike: BTreeMap<String, usize> = BTreeMap::new();
        while let Some(path) = ahead.pop() {
            let count = alike.entry(pattern(&path)).or_default();
            if *count >= ALIKE || !opened.insert(path.clone()) {
                continue;
            }
            *count += 1;
            let answer = guest.get(&path).await;
            assert!(answer.status < 500, "{path}: {}", answer.text());
            if answer.header("content-type").starts_with("text/html") {
                let page = self.answer(answer);
                ahead.extend(links(&page));
            }
        }
    }
}

/// Returns a path without the parts in which similar pages differ: digits and query values.
fn pattern(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let path: String = path.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{path}?{}", names.join("&"))
}

/// Returns the paths of the links of a page within the site.
fn links(page: &str) -> Vec<String> {
    let paths = page.split(" href=\"").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
    paths
        .filter(|path| path.starts_with('/') && !path.starts_with("//"))
        .filter(|path| !["/assets/", "/pictures/"].iter().any(|folder| path.starts_with(folder)))
        .map(|path| path.replace("&amp;", "&").replace("&#38;", "&"))
        .collect()
}

/// All template files.
struct Templates {
    names: Vec<String>,
    sources: Vec<String>,
    texts: Vec<Vec<String>>,
}

impl Templates {
    fn read() -> Templates {
        let (names, files): (Vec<String>, Vec<String>) =
            files("crates", "html").into_iter().filter(|(name, _)| name.contains("/templates/")).unzip();
        assert!(names.len() > 50, "{} templates", names.len());
        let texts = files.iter().map(|text| texts(text)).collect();
        Templates { names, sources: files.iter().map(|text| collapsed(text)).collect(), texts }
    }

    /// Returns the texts of a file that occur in no other file.
    fn own(&self, place: usize) -> Vec<&String> {
        let is_elsewhere = |text: &str| {
            self.sources.iter().enumerate().any(|(other, source)| other != place && source.contains(text))
        };
        self.texts[place].iter().filter(|text| !is_elsewhere(text)).collect()
    }

    /// Returns whether a file was rendered. A file without a text of its own counts as rendered if a response contains
    /// its longest text together with an own text of a file that includes it.
    fn is_rendered(&self, place: usize, answers: &[String]) -> bool {
        let own = self.own(place);
        if !own.is_empty() {
            return answers.iter().any(|answer| own.iter().any(|text| answer.contains(*text)));
        }
        let name = self.names[place].split("/templates/").nth(1).unwrap_or_default();
        let quoted = format!("\"{name}\"");
        let users = (0..self.names.len()).filter(|user| self.sources[*user].contains(&quoted));
        let texts: Vec<&String> = users.flat_map(|user| self.own(user)).collect();
        let longest = self.texts[place].iter().max_by_key(|text| text.len());
        longest.is_some_and(|longest| {
            let is_it = |answer: &&String| answer.contains(longest.as_str());
            answers.iter().filter(is_it).any(|answer| texts.iter().any(|text| answer.contains(*text)))
        })
    }
}

/// Reads the pages of holds and of the waitlist.
async fn holds_and_waits(app: &TestClub, read: &mut Read) {
    let (bea, gus, visitor) = (app.browser(BEA), app.browser(GUS), app.visitor());
    let held = hold(&bea, "massage", "2026-11-27T14:00:00-05:00").await;
    read.page(&bea, &held).await;
    read.answer(bea.submit(&held, "action=add").await);
    read.answer(visitor.submit(&held, "guest_name=Ann&action=book").await.expect(401));
    let form = |local: &str| format!("service=pod&starts_at={}", utc(local));
    let first = visitor.submit("/book/hold/", &form("2026-11-27T12:00:00-05:00")).await;
    let known = app.visitor().with("cookie", &cookie(&first));
    let second = known.submit("/book/hold/", &form("2026-11-27T15:00:00-05:00")).await;
    let known = app.visitor().with("cookie", &cookie(&second));
    read.page(&known, &redirect_of(first)).await;
    read.page(&known, &redirect_of(second)).await;

    // This booking makes some times of the suite unavailable.
    book(app, UMA, "suite", "2026-11-27", "18:00").await;
    let suite = app.service("suite").await;
    read.page(&gus, "/book/wait/?service=suite&date=2026-11-27").await;
    let form = format!("service_id={suite}&from=2026-11-27&to=2026-11-27&after=12:00&before=");
    read.form(&gus, "/book/wait/", &form).await;
    let waits = app.as_(GUS).get("/api/bookings/waitlist/").await.expect(200);
    for wait in waits.list("") {
        read.page(&gus, &format!("/dashboard/waits/{}/", wait["id"])).await;
    }
}

/// Reads the pages of visits: a person's own visits, a series, and a guest's visit.
async fn visits(app: &TestClub, read: &mut Read) {
    let (bea, pia, visitor) = (app.browser(BEA), app.browser(PIA), app.visitor());
    let id = book(app, BEA, "massage", "2026-11-28", "14:00").await.number("id");
    let visit = format!("/dashboard/bookings/{id}/");
    let to = utc("2026-11-29T15:00:00-05:00");
    for page in ["", "move/", "cancel/", "repeat/", &format!("move/?to={to}")] {
        read.page(&bea, &format!("{visit}{page}")).await;
    }
    let id = book(app, PIA, "pod", "2026-11-25", "12:00").await.number("id");
    let repeat = format!("/dashboard/bookings/{id}/repeat/");
    read.form(&pia, &repeat, "every_weeks=1&times=2&action=preview").await;
    read.form(&pia, &repeat, "every_weeks=1&times=2&action=book").await;
    let page = read.page(&pia, &format!("/dashboard/bookings/{id}/")).await;
    let series = links(&page).into_iter().find(|path| path.ends_with("/cancel-series/"));
    read.page(&pia, &series.expect("the series can be canceled")).await;

    let caller = json!({"guest_name": "Cal", "guest_phone": "+12125550142"});
    let request = and(request_body(app, "pod", "2026-11-26", "16:00").await, caller);
    let id = app.as_(DORA).post(CREATE, request).await.expect(201).number("id");
    read.page(&app.browser(DORA), &format!("/dashboard/bookings/{id}/cancel/")).await;

    let guest = json!({"guest_name": "Ann", "guest_email": "ann@example.com"});
    let request = and(request_body(app, "pod", "2026-11-27", "16:00").await, guest);
    app.as_(DORA).post(CREATE, request).await.expect(201);
    let mails = mails_to(app, "ann@example.com").await;
    let secret = mails[0].split("/visit/").nth(1).and_then(|rest| rest.split('/').next());
    let path = format!("/visit/{}/", secret.expect("a link"));
    read.page(&visitor, &path).await;
    read.page(&visitor, &format!("{path}stop/")).await;
    read.form(&visitor, &format!("{path}stop/"), "").await;
}

/// Reads the pages of a payment with a tip, part of which is refunded.
async fn payments(app: &TestClub, read: &mut Read) {
    let (dora, max) = (app.browser(DORA), app.browser(MAX));
    let id = book(app, BEA, "massage", "2026-11-30", "14:00").await.number("id");
    let path = format!("/staff/money/booking/{id}/");
    let page = read.page(&dora, &path).await;
    let technician = page.split("name=\"tip_for\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let form = format!("amount=150&method=cash&tip=20&tip_for={}", technician.expect("a technician"));
    read.form(&dora, &path, &form).await;
    app.confirm(MAX).await;
    read.form(&max, &format!("{path}refund/"), "amount=20&reason=x").await;
    let page = read.page(&app.browser(BEA), "/dashboard/payments/").await;
    let receipt =
        links(&page).into_iter().find(|path| path.starts_with("/dashboard/payments/") && path.len() > 25);
    read.page(&app.browser(BEA), &receipt.expect("a receipt")).await;
}

/// Reads the pages of an account, from sign-up to erasure.
async fn account(app: &TestClub, read: &mut Read) {
    let visitor = app.visitor();
    let form = "first_name=Ida&last_name=Lind&email=ida%40example.com&password=a-long-password";
    read.form(&visitor, "/signup/", form).await;
    let link = token(app, "ida@example.com", VERIFY).await;
    read.page(&visitor, &format!("{VERIFY}{link}")).await;
    register(app, zoe()).await;
    let link = token(app, "zoe@example.com", VERIFY).await;
    read.form(&visitor, "/verify/", &format!("token={link}&password=wrong-guess")).await;
    read.form(&visitor, "/verify/", &format!("token={link}&password={PASSWORD}")).await;
    read.form(&visitor, "/password-reset/", "email=zoe%40example.com").await;
    let link = token(app, "zoe@example.com", RESET).await;
    read.page(&visitor, &format!("{RESET}{link}")).await;
    let form = format!("email=zoe%40example.com&password={PASSWORD}");
    read.form(&visitor, "/login/", &form.replace(PASSWORD, "wrong-guess")).await;
    let entered = visitor.submit("/login/", &form).await;
    let zoe = app.visitor().with("cookie", &cookie(&entered));
    read.page(&zoe, "/logout/").await;
    let form = format!("current_password={PASSWORD}&sure=yes");
    read.form(&zoe, "/dashboard/privacy/erase/", &form).await;
}

/// Reads the pages of the back office that change something, and the page to unsubscribe from a notification.
async fn back_office(app: &TestClub, read: &mut Read) {
    let max = app.browser(MAX);
    let form = pictures::form("home/hero", "A lake", &pictures::photograph(640, 480));
    let kind = Some("multipart/form-data; boundary=b");
    let sent = app.as_(MAX).send(axum::http::Method::POST, "/staff/pictures/", kind, form).await;
    let onward = redirect_of(sent);
    let page = read.page(&max, "/staff/pictures/").await;
    for path in links(&page).iter().chain([&onward]).filter(|path| path.starts_with("/staff/pictures/")) {
        read.page(&max, path).await;
    }
    book(app, GUS, "massage", "2026-11-27", "14:00").await;
    app.set_time("2026-11-26T16:00:00-05:00");
    app.db().tx(bookings::run_maintenance).await.expect("maintenance runs");
    let mails = mails_to(app, "gus@cast.test").await;
    let head = mails.iter().find_map(|mail| {
        mail.replace("\n ", "").split("List-Unsubscribe: <").nth(1)?.split('>').next().map(str::to_owned)
    });
    let head = head.expect("a reminder");
    let at = head.find("/unsubscribe/").expect("its page");
    read.page(&app.visitor(), &head[at..].replace("= ", "")).await;
}

#[tokio::test]
async fn every_template_is_rendered_with_samples() {
    let app = TestClub::open().await;
    let mut read = Read::default();
    holds_and_waits(&app, &mut read).await;
    visits(&app, &mut read).await;
    payments(&app, &mut read).await;
    let starts: Vec<String> = permissions::pages()
        .iter()
        .filter_map(|route| route.strip_prefix("GET ").filter(|path| !path.contains('{')))
        .chain(["/book/?service=massage&date=2026-11-27", "/services/massage/", "/nowhere/"])
        .map(str::to_owned)
        .collect();
    read.follow(&app.visitor(), &starts).await;
    for player in [GUS, BEA, PIA, TOM, DORA, OLA] {
        read.follow(&app.browser(player), &starts).await;
    }
    account(&app, &mut read).await;
    back_office(&app, &mut read).await;
    app.run_jobs().await;
    for mail in app.mails() {
        read.text(&plain(&mail));
    }

    let templates = Templates::read();
    let (mut all, mut shown) = (0, 0);
    for texts in &templates.texts {
        all += texts.len();
        shown += texts.iter().filter(|text| read.0.iter().any(|answer| answer.contains(*text))).count();
    }
    let percent = shown * 100 / all;
    println!("{shown} of {all} texts of {} templates were read: {percent} %", templates.names.len());
    let missing = (0..templates.names.len()).filter(|place| !templates.is_rendered(*place, &read.0));
    let missing: Vec<&str> = missing.map(|place| templates.names[place].as_str()).collect();
    assert!(missing.is_empty(), "no sample renders these files:\n{}", missing.join("\n"));
    assert!(
        percent >= PERCENT_READ,
        "only {percent} % of the texts were read; at least {PERCENT_READ} % are required"
    );
}

#[test]
fn template_texts_are_separated_from_tags() {
    let template = "{# no #}<p class=\"x\">\n  {{ one }} and some more{% if two %}short{% endif %}</section>";
    assert_eq!(texts(template), ["<p class=\"x\">", "and some more", "</section>"]);
    assert_eq!(
        links("<a href=\"/a/?b=1&amp;c=2#d\"> <a href=\"//x/\"> <a href=\"/assets/x\">"),
        ["/a/?b=1&c=2"]
    );
    assert_eq!(pattern("/a/12/?b=1&c=2"), pattern("/a/34/?b=3&c="));
}
