//! Pages of the back office, made of parts: sentences, facts, tables, forms. One template renders all of them.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kit::web::{Page, RawInput, see_other};
use kit::{Error, Fields, Result, Tx};
use people::Actor;

use crate::choices::Choice;
use crate::form::FieldErrors;
use crate::frame::Frame;
use crate::response::or_sign_in;
use crate::table::Table;

/// A page of the back office.
#[derive(Template)]
#[template(path = "staff/page.html")]
pub struct StaffPage {
    frame: Frame,
    title: String,
    /// What was done a moment ago.
    done: Option<&'static str>,
    /// Why the form was refused.
    pub refusal: Option<String>,
    errors: FieldErrors,
    parts: Vec<Part>,
}

impl StaffPage {
    /// A page with nothing on it, at that path of the back office.
    pub fn new(by: &Actor, here: &'static str, title: impl Into<String>) -> StaffPage {
        let title = title.into();
        StaffPage {
            frame: Frame::new(by, here, format!("{title} · CoreSync")),
            title,
            done: None,
            refusal: None,
            errors: FieldErrors::default(),
            parts: Vec::new(),
        }
    }

    /// Says what was done, if the address says that something was.
    pub fn done(self, is_done: bool, sentence: &'static str) -> StaffPage {
        StaffPage { done: is_done.then_some(sentence), ..self }
    }

    /// Adds a part.
    pub fn with(mut self, part: Part) -> StaffPage {
        self.parts.push(part);
        self
    }

    /// Adds a heading.
    pub fn heading(self, id: &'static str, text: impl Into<String>) -> StaffPage {
        self.with(Part::Heading(id, text.into()))
    }

    /// Adds a sentence.
    pub fn text(self, text: impl Into<String>) -> StaffPage {
        self.with(Part::Text(text.into()))
    }

    /// Adds a table, or, if it is empty, a sentence.
    pub fn table(self, table: Table, empty: &str) -> StaffPage {
        if table.rows.is_empty() { self.text(empty) } else { self.with(Part::Table(table)) }
    }

    /// Adds a form; what is wrong with its fields stands at the top too.
    pub fn form(mut self, form: FormPart) -> StaffPage {
        for field in &form.fields {
            if let Some(why) = &field.error {
                self.errors.add(field.name, field.label, why);
            }
        }
        self.with(Part::Form(form))
    }
}

/// A part of a page.
pub enum Part {
    /// A heading: its id and text.
    Heading(&'static str, String),
    /// A paragraph.
    Text(String),
    /// Links: their texts and paths.
    Links(Vec<(&'static str, String)>),
    /// Facts: their labels and values.
    Facts(Vec<(&'static str, String)>),
    /// A numbered list.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// A form.
    Form(FormPart),
}

/// A form.
pub struct FormPart {
    action: String,
    method: &'static str,
    hidden: Vec<(&'static str, String)>,
    /// Its fields.
    pub fields: Vec<InputField>,
    button: &'static str,
    /// Another button: its name and word.
    second: Option<(&'static str, &'static str)>,
    quiet: bool,
}

impl FormPart {
    /// A form that changes something.
    pub fn post(action: impl Into<String>, button: &'static str) -> FormPart {
        let (hidden, fields) = (Vec::new(), Vec::new());
        FormPart { action: action.into(), method: "post", hidden, fields, button, second: None, quiet: false }
    }

    /// A form that asks for something.
    pub fn get(action: impl Into<String>, button: &'static str) -> FormPart {
        FormPart { method: "get", ..FormPart::post(action, button) }
    }

    /// The same with a button that does not ask to be pressed.
    pub fn quiet(self) -> FormPart {
        FormPart { quiet: true, ..self }
    }

    /// With another button, which says so by its name.
    pub fn or(self, name: &'static str, word: &'static str) -> FormPart {
        FormPart { second: Some((name, word)), ..self }
    }

    /// With a value that is sent along.
    pub fn hidden(mut self, name: &'static str, value: impl ToString) -> FormPart {
        self.hidden.push((name, value.to_string()));
        self
    }

    /// With a field.
    pub fn field(mut self, field: InputField) -> FormPart {
        self.fields.push(field);
        self
    }

    /// With what is wrong said at its fields.
    pub fn wrong(mut self, fields: Option<&Fields>) -> FormPart {
        for field in &mut self.fields {
            field.error = fields.and_then(|wrong| wrong.0.get(field.name).cloned());
        }
        self
    }
}

/// A field of a form.
pub struct InputField {
    /// Its name.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    hint: &'static str,
    error: Option<String>,
    kind: Kind,
}

enum Kind {
    Line { kind: &'static str, value: String },
    Area { value: String },
    Select { options: Vec<Choice> },
    Ticks { options: Vec<Choice> },
    Tick { checked: bool },
}

impl InputField {
    fn of(name: &'static str, label: &'static str, kind: Kind) -> InputField {
        InputField { name, label, hint: "", error: None, kind }
    }

    /// One line of this kind of input.
    pub fn line(
        name: &'static str,
        label: &'static str,
        kind: &'static str,
        value: impl ToString,
    ) -> InputField {
        InputField::of(name, label, Kind::Line { kind, value: value.to_string() })
    }

    /// Several lines.
    pub fn area(name: &'static str, label: &'static str, value: String) -> InputField {
        InputField::of(name, label, Kind::Area { value })
    }

    /// One of several.
    pub fn select(name: &'static str, label: &'static str, options: Vec<Choice>) -> InputField {
        InputField::of(name, label, Kind::Select { options })
    }

    /// Some of several.
    pub fn ticks(name: &'static str, label: &'static str, options: Vec<Choice>) -> InputField {
        InputField::of(name, label, Kind::Ticks { options })
    }

    /// Yes or no.
    pub fn tick(name: &'static str, label: &'static str, checked: bool) -> InputField {
        InputField::of(name, label, Kind::Tick { checked })
    }

    /// With what helps.
    pub fn hint(self, hint: &'static str) -> InputField {
        InputField { hint, ..self }
    }
}

/// What came of a form, for a page of the type `P`.
pub enum FormOutcome<P = StaffPage> {
    /// It was done: the browser goes there.
    Redirect(String),
    /// It was not: the page again, saying why.
    Rendered(StatusCode, Box<P>),
}

impl<P: Template> FormOutcome<P> {
    /// The response to the form.
    ///
    /// # Errors
    /// A fault if the page can't be rendered.
    pub fn respond(self) -> Result<Response> {
        match self {
            FormOutcome::Redirect(path) => Ok(see_other(&path)),
            FormOutcome::Rendered(status, page) => Ok((status, Page::of(&*page)?).into_response()),
        }
    }
}

/// Does what a form asks for. What is wrong with its fields, or a refusal, is said on the page that `render` makes; what was done is
/// undone then.
///
/// # Errors
/// What `operation` or `render` answer besides.
pub fn handle_form(
    tx: &mut Tx<'_>,
    operation: impl FnOnce(&mut Tx<'_>) -> Result<String>,
    render: impl FnOnce(&mut Tx<'_>, Option<&Fields>) -> Result<StaffPage>,
) -> Result<FormOutcome> {
    let mut failed = None;
    let redirect = tx.attempt(|tx| match operation(tx) {
        Err(error @ (Error::Refused(..) | Error::Invalid(_))) => {
            failed = Some(error);
            Ok(None)
        }
        other => other.map(Some),
    })?;
    if let Some(path) = redirect {
        return Ok(FormOutcome::Redirect(path));
    }
    match failed {
        Some(Error::Invalid(fields)) => {
            let page = render(tx, Some(&fields))?;
            Ok(FormOutcome::Rendered(StatusCode::BAD_REQUEST, Box::new(page)))
        }
        Some(Error::Refused(refusal, _)) => {
            let page = StaffPage { refusal: Some(refusal.sentence.to_owned()), ..render(tx, None)? };
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::CONFLICT);
            Ok(FormOutcome::Rendered(status, Box::new(page)))
        }
        _ => Err(Error::NotFound),
    }
}

/// The response to a form; whoever has to sign in is redirected, and comes back to `here` afterwards.
///
/// # Errors
/// Every other error of `outcome`.
pub fn to_response<P: Template>(outcome: Result<FormOutcome<P>>, here: &str) -> Result<Response> {
    or_sign_in(outcome.and_then(FormOutcome::respond), here)
}

/// The response to a request for a page of the back office; whoever has to sign in comes back to `here` afterwards.
///
/// # Errors
/// Every other error of `page`.
pub fn rendered(page: Result<StaffPage>, here: &str) -> Result<Response> {
    or_sign_in(page.and_then(|page| Page::of(&page)), here)
}

/// Whether the address says that something was done, and whether it asks for CSV.
pub struct PageQuery {
    /// Whether something was done a moment ago.
    pub done: bool,
    /// Whether the table is wanted as CSV.
    pub csv: bool,
}

impl kit::web::Input for PageQuery {
    fn parse(input: &mut RawInput) -> PageQuery {
        let text = |input: &RawInput, name: &str| {
            input.raw(name).and_then(serde_json::Value::as_str).map(str::to_owned)
        };
        PageQuery {
            done: text(input, "done").is_some(),
            csv: text(input, "format").as_deref() == Some("csv"),
        }
    }
}
