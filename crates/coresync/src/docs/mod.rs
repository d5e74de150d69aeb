//! The reference of the API, drawn from its own description: what is not described is not there, and what is
//! there is described.

mod operations;
mod refusals;
mod shapes;
mod words;

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

/// The longest filter, in characters.
const LONGEST: usize = 100;
/// So few operations are shown open at once.
const FEW: usize = 3;

/// The address of the reference of a description.
pub(crate) fn routes(document: &Value) -> Router<AppState> {
    let reference =
        Reference { families: families(document), shapes: shapes(document), refusals: refusals::rows() };
    let reference = Arc::new(reference);
    let drawn = move |caller, query| draw(reference.clone(), caller, query);
    Router::new().route("/api/docs/", get(drawn))
}

/// What is read of the description once.
struct Reference {
    families: Vec<Family>,
    shapes: Vec<Shape>,
    refusals: Vec<Row>,
}

/// What somebody looks for.
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
    /// The address of the club, for the examples.
    address: &'r str,
    filter: &'r str,
    is_open: bool,
    families: Vec<Shown<'r>>,
    /// How many operations are shown.
    count: usize,
    shapes: &'r [Shape],
    refusals: &'r [Row],
    limits: String,
}

/// What is shown of one tag.
struct Shown<'r> {
    tag: &'r str,
    operations: Vec<&'r Operation>,
}

/// How often one may ask here, in sentences.
fn limits(config: &Config) -> String {
    let message = |a_minute: u32, whose: &str| match a_minute {
        0 => format!("{whose} have no limit."),
        some => format!("{whose}: {some} a minute."),
    };
    [
        message(config.reads_per_minute, "Reads of an account, or of the visitors of one network"),
        message(config.writes_per_minute, "Writes of an account"),
        message(config.visitor_writes_per_minute, "Writes of the visitors of one network"),
    ]
    .join(" ")
}

async fn draw(
    reference: Arc<Reference>,
    caller: Caller,
    Query(QueryForm { filter, is_open }): Query<QueryForm>,
) -> Result<Page> {
    let families: Vec<Shown<'_>> = reference
        .families
        .iter()
        .map(|family| Shown {
            tag: &family.tag,
            operations: family.operations.iter().filter(|one| one.tells_of(&family.tag, &filter)).collect(),
        })
        .filter(|family| !family.operations.is_empty())
        .collect();
    let count = families.iter().map(|family| family.operations.len()).sum();
    let app = catalogue::at_home(caller.app()).await?;
    let config = &app.config;
    Page::of(&DocsPage {
        frame: Frame::anonymous("", "The API of CoreSync"),
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
