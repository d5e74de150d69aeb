//! What pages of the back office are made of: sentences, facts, tables, forms. One template draws them all.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kit::web::{Page, Words, see_other};
use kit::{Error, Fields, Result, Tx};
use people::Actor;

pub(super) use crate::pages::choices::Choice;
use crate::pages::frame::{Frame, or_sign_in};
use crate::pages::sheet::Complaints;

/// A page of the back office.
#[derive(Template)]
#[template(path = "staff/page.html")]
pub(super) struct DeskPage {
    frame: Frame,
    title: String,
    /// What was done a moment ago.
    done: Option<&'static str>,
    pub(super) refusal: Option<String>,
    errors: Complaints,
    parts: Vec<Part>,
}

impl DeskPage {
    /// A page with nothing on it, in the room of that address.
    pub(super) fn new(by: &Actor, here: &'static str, title: impl Into<String>) -> DeskPage {
        let title = title.into();
        DeskPage {
            frame: Frame::new(by, here, format!("{title} · CoreSync")),
            title,
            done: None,
            refusal: None,
            errors: Complaints::default(),
            parts: Vec::new(),
        }
    }

    /// Says what was done, if the address says that something was.
    pub(super) fn done(self, is_done: bool, sentence: &'static str) -> DeskPage {
        DeskPage { done: is_done.then_some(sentence), ..self }
    }

    /// Adds a part.
    pub(super) fn with(mut self, part: Part) -> DeskPage {
        self.parts.push(part);
        self
    }

    /// Adds a heading.
    pub(super) fn heading(self, id: &'static str, text: impl Into<String>) -> DeskPage {
        self.with(Part::Heading(id, text.into()))
    }

    /// Adds a sentence.
    pub(super) fn text(self, text: impl Into<String>) -> DeskPage {
        self.with(Part::Text(text.into()))
    }

    /// Adds a table, or, if it is empty, a sentence.
    pub(super) fn table(self, table: Table, empty: &str) -> DeskPage {
        if table.rows.is_empty() { self.text(empty) } else { self.with(Part::Table(table)) }
    }

    /// Adds a form; what is wrong with its fields stands at the top too.
    pub(super) fn form(mut self, form: Form) -> DeskPage {
        for field in &form.fields {
            if let Some(why) = &field.complaint {
                self.errors.add(field.name, field.label, why);
            }
        }
        self.with(Part::Form(form))
    }
}

/// A part of a page.
pub(super) enum Part {
    Heading(&'static str, String),
    Text(String),
    Links(Vec<(&'static str, String)>),
    Facts(Vec<(&'static str, String)>),
    List(Vec<String>),
    Table(Table),
    Form(Form),
}

/// A table; the first cell of each row names it.
pub(super) struct Table {
    pub(super) caption: &'static str,
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// Where it is as CSV.
    pub(super) csv: Option<String>,
}

/// A cell.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) path: Option<String>,
}

impl Cell {
    /// Whether it is a sentence, which may stand on several lines.
    fn is_long(&self) -> bool {
        self.text.chars().count() > 48
    }
}

/// A cell of plain text.
pub(super) fn cell(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), path: None }
}

/// A cell that leads on.
pub(super) fn link(text: impl Into<String>, path: impl Into<String>) -> Cell {
    Cell { text: text.into(), path: Some(path.into()) }
}

/// A form.
pub(super) struct Form {
    action: String,
    method: &'static str,
    hidden: Vec<(&'static str, String)>,
    pub(super) fields: Vec<Field>,
    button: &'static str,
    /// Another button: its name and word.
    second: Option<(&'static str, &'static str)>,
    quiet: bool,
}

impl Form {
    /// A form that changes something.
    pub(super) fn post(action: impl Into<String>, button: &'static str) -> Form {
        let (hidden, fields) = (Vec::new(), Vec::new());
        Form { action: action.into(), method: "post", hidden, fields, button, second: None, quiet: false }
    }

    /// A form that asks for something.
    pub(super) fn get(action: impl Into<String>, button: &'static str) -> Form {
        Form { method: "get", ..Form::post(action, button) }
    }

    /// The same with a button that does not ask to be pressed.
    pub(super) fn quiet(self) -> Form {
        Form { quiet: true, ..self }
    }

    /// With another button, which says so by its name.
    pub(super) fn or(self, name: &'static str, word: &'static str) -> Form {
        Form { second: Some((name, word)), ..self }
    }

    /// With a value that is sent along.
    pub(super) fn hidden(mut self, name: &'static str, value: impl ToString) -> Form {
        self.hidden.push((name, value.to_string()));
        self
    }

    /// With a field.
    pub(super) fn field(mut self, field: Field) -> Form {
        self.fields.push(field);
        self
    }

    /// With what is wrong said at its fields.
    pub(super) fn wrong(mut self, fields: Option<&Fields>) -> Form {
        for field in &mut self.fields {
            field.complaint = fields.and_then(|wrong| wrong.0.get(field.name).cloned());
        }
        self
    }
}

/// A field of a form.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    hint: &'static str,
    complaint: Option<String>,
    kind: Kind,
}

enum Kind {
    Line { kind: &'static str, value: String },
    Area { value: String },
    Select { options: Vec<Choice> },
    Ticks { options: Vec<Choice> },
    Tick { checked: bool },
}

impl Field {
    fn of(name: &'static str, label: &'static str, kind: Kind) -> Field {
        Field { name, label, hint: "", complaint: None, kind }
    }

    /// One line of this kind of input.
    pub(super) fn line(
        name: &'static str,
        label: &'static str,
        kind: &'static str,
        value: impl ToString,
    ) -> Field {
        Field::of(name, label, Kind::Line { kind, value: value.to_string() })
    }

    /// Several lines.
    pub(super) fn area(name: &'static str, label: &'static str, value: String) -> Field {
        Field::of(name, label, Kind::Area { value })
    }

    /// One of several.
    pub(super) fn select(name: &'static str, label: &'static str, options: Vec<Choice>) -> Field {
        Field::of(name, label, Kind::Select { options })
    }

    /// Some of several.
    pub(super) fn ticks(name: &'static str, label: &'static str, options: Vec<Choice>) -> Field {
        Field::of(name, label, Kind::Ticks { options })
    }

    /// Yes or no.
    pub(super) fn tick(name: &'static str, label: &'static str, checked: bool) -> Field {
        Field::of(name, label, Kind::Tick { checked })
    }

    /// With what helps.
    pub(super) fn hint(self, hint: &'static str) -> Field {
        Field { hint, ..self }
    }
}

/// What came of a form.
pub(super) enum Outcome {
    /// It was done: go there.
    Done(String),
    /// It was not: the page again, saying why.
    Again(StatusCode, Box<DeskPage>),
}

/// Does what a form asks for. What is wrong with its fields, or a refusal, is said on the page that `draw` makes; what was done is
/// undone then.
///
/// # Errors
/// What `deed` or `draw` answer besides.
pub(super) fn attend(
    tx: &mut Tx<'_>,
    deed: impl FnOnce(&mut Tx<'_>) -> Result<String>,
    draw: impl FnOnce(&mut Tx<'_>, Option<&Fields>) -> Result<DeskPage>,
) -> Result<Outcome> {
    let mut failed = None;
    let led = tx.attempt(|tx| match deed(tx) {
        Err(error @ (Error::Refused(..) | Error::Invalid(_))) => {
            failed = Some(error);
            Ok(None)
        }
        other => other.map(Some),
    })?;
    if let Some(path) = led {
        return Ok(Outcome::Done(path));
    }
    match failed {
        Some(Error::Invalid(fields)) => {
            let page = draw(tx, Some(&fields))?;
            Ok(Outcome::Again(StatusCode::BAD_REQUEST, Box::new(page)))
        }
        Some(Error::Refused(refusal, _)) => {
            let page = DeskPage { refusal: Some(refusal.sentence.to_owned()), ..draw(tx, None)? };
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::CONFLICT);
            Ok(Outcome::Again(status, Box::new(page)))
        }
        _ => Err(Error::NotFound),
    }
}

/// The answer to a form.
///
/// # Errors
/// A fault.
pub(super) fn answer(outcome: Result<Outcome>, here: &str) -> Result<Response> {
    let answered = outcome.and_then(|outcome| match outcome {
        Outcome::Done(path) => Ok(see_other(&path)),
        Outcome::Again(status, page) => Ok((status, Page::of(&*page)?).into_response()),
    });
    or_sign_in(answered, here)
}

/// The answer to who wants to see a page.
///
/// # Errors
/// A fault.
pub(super) fn shown(page: Result<DeskPage>, here: &str) -> Result<Response> {
    or_sign_in(page.and_then(|page| Page::of(&page)), here)
}

/// Whether the address says that something was done, and whether it asks for CSV.
pub(super) struct Look {
    pub(super) done: bool,
    pub(super) csv: bool,
}

impl kit::web::Input for Look {
    fn parse(words: &mut Words) -> Look {
        let said = |words: &Words, name: &str| {
            words.raw(name).and_then(serde_json::Value::as_str).map(str::to_owned)
        };
        Look { done: said(words, "done").is_some(), csv: said(words, "format").as_deref() == Some("csv") }
    }
}
