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
async fn the_calendar_of_free_times_has_an_end() {
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

/// Every CSV file is UTF-8 with a byte order mark.
#[tokio::test]
async fn every_csv_file_says_that_it_is_utf_8() {
    let app = TestClub::open().await;
    let mut count = 0;
    for path in [
        "/staff/audit/audit.csv",
        "/staff/numbers/?format=csv",
        "/staff/rules/?format=csv",
        "/staff/plans/?format=csv",
        "/staff/times/?format=csv",
        "/staff/members/?format=csv",
    ] {
        let answer = app.browser(testing::OLA).get(path).await.expect(200);
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8", "{path}");
        assert!(answer.bytes.starts_with(&[0xef, 0xbb, 0xbf]), "{path}");
        assert_eq!(answer.text().matches('\u{feff}').count(), 1, "{path}");
        count += 1;
    }
    assert_eq!(count, 6);
}
