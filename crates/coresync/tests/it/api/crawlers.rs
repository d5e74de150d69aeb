//! Crawlers that follow every link come to an end.

use std::collections::{BTreeSet, VecDeque};

use testing::TestClub;

use crate::whole::WholeProgram as _;

fn links(page: &str) -> Vec<String> {
    let found = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    found
        .map(|path| path.replace("&amp;", "&").replace("&#38;", "&"))
        .filter(|path| path.starts_with("/book/"))
        .collect()
}

/// From any date, however far, the calendar links only into the days that can be shown.
#[tokio::test]
async fn the_booking_calendar_links_to_a_finite_range_of_days() {
    let app = TestClub::open().await;
    let mut waiting: VecDeque<String> =
        ["/book/?service=massage&date=2190-01-01", "/book/?service=massage&date=2001-01-01"]
            .map(str::to_owned)
            .into();
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    while let Some(path) = waiting.pop_front() {
        if path.starts_with("/book/wait/") {
            continue;
        }
        let answer = app.visitor().get(&path).await;
        let page = answer.text();
        assert!(page.contains("name=\"robots\" content=\"noindex\"") || !path.contains("date="), "{path}");
        for link in links(&page) {
            let date = link.split("date=").nth(1).map(|rest| rest.chars().take(10).collect::<String>());
            if let Some(date) = &date {
                assert!(("2026-11-24"..="2027-02-22").contains(&date.as_str()), "{path} leads to {link}");
                let tag = page
                    .split("<a ")
                    .find(|tag| tag.contains(&format!("date={date}")) && tag.contains("/book/"));
                assert!(tag.is_some_and(|tag| tag.contains("rel=\"nofollow\"")), "{path}: {link}");
            }
            // Other services and therapists have days of their own, so only the first choice is walked.
            let is_same_choice = link.contains("service=massage") && !link.contains("technician=");
            if is_same_choice && seen.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
        assert!(seen.len() < 400, "no end: {seen:?}");
    }
    assert!(seen.len() > 60, "the whole window can be walked: {}", seen.len());
    let robots = app.visitor().get("/robots.txt").await.expect(200).text();
    for line in ["Disallow: /book/?", "Disallow: /signup/check/", "Disallow: /verify/"] {
        assert!(robots.lines().any(|one| one == line), "{line}: {robots}");
    }
    assert!(!app.visitor().get("/book/").await.expect(200).text().contains("content=\"noindex\""));
}

/// Returns the links of a staff page to files in CSV.
fn csv_links(page: &str) -> Vec<String> {
    let found = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    found
        .filter(|path| path.contains("format=csv") || path.contains(".csv"))
        .map(|path| path.replace("&amp;", "&").replace("&#38;", "&"))
        .collect()
}

/// Every CSV file is UTF-8 with a byte order mark: those that a staff page links to, and what any other page of the back
/// office answers for `?format=csv`.
#[tokio::test]
async fn every_csv_file_is_marked_as_utf_8() {
    let app = TestClub::open().await;
    let owner = app.browser(testing::OLA);
    let uma = app.person(testing::UMA).to_string();
    let (mut files, mut from) = (BTreeSet::new(), BTreeSet::new());
    for route in crate::permissions::pages() {
        let Some(path) = route.strip_prefix("GET ").filter(|path| path.starts_with("/staff/")) else {
            continue;
        };
        let path = path.replace("{id}", &uma).replace("{slug}", "base").replace("{name}", "hold_minutes");
        let page = owner.get(&path).await;
        let links = if page.header("content-type").starts_with("text/html") {
            csv_links(&page.text())
        } else {
            Vec::new()
        };
        let csv_path = format!("{path}?format=csv");
        for file in links.iter().chain([&csv_path]) {
            let answer = owner.get(file).await;
            let is_csv = answer.header("content-type").starts_with("text/csv");
            if !is_csv {
                assert!(!links.contains(file), "{path} leads to {file}: {}", answer.header("content-type"));
                continue;
            }
            assert_eq!(answer.status, 200, "{file}");
            assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8", "{file}");
            assert!(answer.bytes.starts_with(&[0xef, 0xbb, 0xbf]), "{file}");
            assert_eq!(answer.text().matches('\u{feff}').count(), 1, "{file}");
            files.insert(file.clone());
            from.insert(path.clone());
        }
    }
    // A list of the back office that offers no file would be a fault too.
    for path in ["audit/audit.csv", "blocks/", "day/", "members/", "numbers/", "plans/", "rules/", "times/"] {
        assert!(from.contains(&format!("/staff/{path}")), "{path} is not in {from:?}");
    }
    assert!(files.iter().any(|file| file.starts_with(&format!("/staff/members/{uma}/"))), "{files:?}");
}
