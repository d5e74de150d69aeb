//! The API reference is complete: it shows every operation of the description and every refusal.

use std::collections::BTreeSet;

use testing::TestClub;

use crate::whole::WholeProgram as _;
use crate::{document, guard};

const DOCS: &str = "/api/docs/";

#[tokio::test]
async fn the_reference_shows_every_operation_and_schema() {
    let app = TestClub::open().await;
    let described = app.visitor().get("/api/openapi.json").await.expect(200).body;
    let page = app.visitor().get(DOCS).await.expect(200).text();
    let operations = document::operations(&described);
    for (method, path, operation) in &operations {
        let line = format!("<span class=\"method\">{method}</span> <code>{path}</code>");
        assert!(page.contains(&line), "{method} {path}");
        let name = operation["operationId"].as_str().expect("a name");
        assert!(page.contains(&format!("id=\"op-{name}\"")), "{name} can't be linked to");
        assert!(page.contains(&format!("href=\"#op-{name}\"")), "{name} is not in the contents");
        for one in operation["parameters"].as_array().into_iter().flatten() {
            let name = one["name"].as_str().expect("a name");
            assert!(page.contains(&format!("<dt><code>{name}</code>")), "{path}: {name}");
        }
    }
    assert!(page.contains(&format!("{} operations", operations.len())));
    for (name, shape) in described["components"]["schemas"].as_object().expect("shapes") {
        assert!(page.contains(&format!("id=\"shape-{name}\"")), "{name}");
        for field in shape["properties"].as_object().into_iter().flatten().map(|(field, _)| field) {
            assert!(page.contains(&format!("<dt><code>{field}</code>")), "{name}.{field}");
        }
    }
}

#[tokio::test]
async fn every_anchor_link_on_the_page_has_a_target() {
    let app = TestClub::open().await;
    let page = app.visitor().get(DOCS).await.expect(200).text();
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id comes twice");
    for to in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(unique.contains(to), "#{to}");
    }
    for forbidden in ["<script>", " style=", "http-equiv"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[tokio::test]
async fn the_filter_shows_matching_operations() {
    let app = TestClub::open().await;
    let some = app.visitor().get(&format!("{DOCS}?q=cancel")).await.expect(200).text();
    assert!(some.contains("3 operations about “cancel”"));
    assert!(some.contains("id=\"op-cancel_booking\"") && !some.contains("id=\"op-login\""));
    assert!(some.contains("<details class=\"operation\" open"), "few are open");
    let none = app.visitor().get(&format!("{DOCS}?q=%3Cb%3Ezzz")).await.expect(200).text();
    assert!(none.contains("role=\"status\"") && !none.contains("<b>zzz"));
    let open = app.visitor().get(&format!("{DOCS}?open=1")).await.expect(200).text();
    assert!(!open.contains("<details class=\"operation\">"));
    app.visitor().get(&format!("{DOCS}?q={}", "z".repeat(101))).await.refused(400, "invalid");
    let home = app.visitor().get("/").await.expect(200).text();
    assert!(home.contains("href=\"/api/docs/\""), "the footer leads here");
}

/// A new refusal has to be added to the list in `docs/refusals.rs`.
#[tokio::test]
async fn every_refusal_in_the_code_is_in_the_table() {
    let app = TestClub::open().await;
    let page = app.visitor().get(DOCS).await.expect(200).text();
    let mut codes = BTreeSet::new();
    for (name, text) in guard::sources() {
        if name == "crates/kit/src/errors.rs" {
            continue;
        }
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for way in ["conflict(", "forbidden(", "bad_request(", "too_many("] {
            codes.extend(text.split(&format!("Refusal::{way}")).skip(1).filter_map(first_text));
        }
        codes.extend(text.split("Refusal {").skip(1).filter_map(|rest| {
            let literal = rest.split('}').next()?.split("code: ").nth(1)?;
            first_text(literal)
        }));
    }
    assert!(codes.len() >= 15, "{codes:?}");
    for code in codes {
        assert!(page.contains(&format!("<th scope=\"row\"><code>{code}</code></th>")), "{code}");
    }
    for code in [
        "invalid",
        "not_found",
        "not_signed_in",
        "not_allowed",
        "method_not_allowed",
        "cross_site",
        "unavailable",
        "fault",
        "request_timeout",
        "timeout",
        "too_large",
    ] {
        assert!(page.contains(&format!("<code>{code}</code></th>")), "{code}");
    }
}

fn first_text(rest: &str) -> Option<String> {
    let code = rest.trim_start().strip_prefix('"')?.split('"').next()?;
    Some(code.to_owned())
}
