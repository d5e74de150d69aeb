//! The API reference page, rendered from the OpenAPI description. It shows everything that the description contains,
//! and nothing else.

mod markup;
mod operations;
mod refusals;
mod shapes;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use kit::config::Config;
use kit::web::{Input, Page, Query, RawInput};
use kit::{AppState, Result};
use people::Caller;
use serde_json::Value;
use ui::Frame;

use self::operations::{Family, Operation, families};
use self::refusals::Row;
use self::shapes::{Shape, shapes};

/// The maximum length of the filter in characters.
const LONGEST: usize = 100;
/// If at most this many operations match the filter, they are shown expanded.
const FEW: usize = 3;

/// Returns the route of the reference page for an OpenAPI description.
pub(crate) fn routes(document: &Value) -> Router<AppState> {
    let reference =
        Reference { families: families(document), shapes: shapes(document), refusals: refusals::rows() };
    let reference = Arc::new(reference);
    let drawn = move |caller, query| draw(reference.clone(), caller, query);
    Router::new().route("/api/docs/", get(drawn))
}

/// The parts of the description that the page shows, read once at start.
struct Reference {
    families: Vec<Family>,
    shapes: Vec<Shape>,
    refusals: Vec<Row>,
}

/// The filter of the reference page, and whether all operations are to be shown expanded.
struct QueryForm {
    filter: String,
    is_open: bool,
}

impl Input for QueryForm {
    fn parse(input: &mut RawInput) -> QueryForm {
        let filter = input.opt_text_within("q", LONGEST).unwrap_or_default();
        QueryForm { filter, is_open: input.yes("open") }
    }
}

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage<'r> {
    frame: Frame,
    /// The base URL of the club, for the examples.
    address: &'r str,
    filter: &'r str,
    is_open: bool,
    families: Vec<MatchingFamily<'r>>,
    /// The number of operations that are shown.
    count: usize,
    shapes: &'r [Shape],
    refusals: &'r [Row],
    limits: String,
}

/// The operations of one tag that match the filter.
struct MatchingFamily<'r> {
    tag: &'r str,
    operations: Vec<&'r Operation>,
}

/// Returns sentences that describe the configured rate limits.
fn limits(config: &Config) -> String {
    let limit = |a_minute: u32, whose: &str| match a_minute {
        0 => format!("{whose}: no limit."),
        some => format!("{whose}: {some} a minute."),
    };
    [
        limit(config.reads_per_minute, "Reads per account, or per IP address when signed out"),
        limit(config.writes_per_minute, "Writes per account"),
        limit(config.visitor_writes_per_minute, "Writes per IP address when signed out"),
    ]
    .join(" ")
}

async fn draw(
    reference: Arc<Reference>,
    caller: Caller,
    Query(QueryForm { filter, is_open }): Query<QueryForm>,
) -> Result<Page> {
    let families: Vec<MatchingFamily<'_>> = reference
        .families
        .iter()
        .map(|family| MatchingFamily {
            tag: &family.tag,
            operations: family.operations.iter().filter(|one| one.tells_of(&family.tag, &filter)).collect(),
        })
        .filter(|family| !family.operations.is_empty())
        .collect();
    let count = families.iter().map(|family| family.operations.len()).sum();
    let app = catalogue::for_own_website(caller.app()).await?;
    let config = &app.config;
    Page::of(&DocsPage {
        frame: Frame::anonymous("", "CoreSync API"),
        address: &config.public_url,
        filter: &filter,
        is_open: is_open || count <= FEW,
        families,
        count,
        shapes: &reference.shapes,
        refusals: &reference.refusals,
        limits: limits(config),
    })
}
