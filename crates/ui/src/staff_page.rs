//! Back office pages composed of parts: texts, facts, tables, and forms. One template renders all of them.

use askama::Template;
use axum::response::Response;
use kit::web::{Page, RawInput};
use kit::{Fields, Result, Tx};
use people::Actor;

use crate::choices::Choice;
use crate::form::{FieldErrors, RawForm, on_page};
use crate::form_outcome::{FormFailure, FormOutcome, run_form};
use crate::frame::Frame;
use crate::response::or_sign_in;
use crate::table::Table;

/// A page of the back office.
#[derive(Template)]
#[template(path = "staff/page.html")]
pub struct StaffPage {
    frame: Frame,
    title: String,
    /// The sentence that confirms an operation that has just succeeded.
    done: Option<&'static str>,
    /// The sentence of a refusal, shown at the top of the page.
    pub refusal: Option<String>,
    errors: FieldErrors,
    parts: Vec<Part>,
}

impl StaffPage {
    /// Creates an empty page. `here` is the path of the page in the back office.
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

    /// Shows a confirmation sentence if `is_done` is true, which is the case when the URL has the `done` parameter.
    pub fn done(self, is_done: bool, sentence: &'static str) -> StaffPage {
        StaffPage { done: is_done.then_some(sentence), ..self }
    }

    /// Appends a part at the end of the page.
    pub fn with(mut self, part: Part) -> StaffPage {
        self.parts.push(part);
        self
    }

    /// Appends a heading with an HTML id.
    pub fn heading(self, id: &'static str, text: impl Into<String>) -> StaffPage {
        self.with(Part::Heading(id, text.into()))
    }

    /// Appends a paragraph at the end of the page.
    pub fn text(self, text: impl Into<String>) -> StaffPage {
        self.with(Part::Text(text.into()))
    }

    /// Appends a table, or the sentence `empty` if the table has no rows.
    pub fn table(self, table: Table, empty: &str) -> StaffPage {
        if table.rows.is_empty() { self.text(empty) } else { self.with(Part::Table(table)) }
    }

    /// Appends a form. The errors of its fields are also listed at the top of the page.
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
    /// A heading: its HTML id and its text.
    Heading(&'static str, String),
    /// A paragraph of plain text.
    Text(String),
    /// The main action of the page: its text and path.
    Button(&'static str, &'static str),
    /// Links: pairs of text and path.
    Links(Vec<(&'static str, String)>),
    /// Facts: pairs of label and value.
    Facts(Vec<(&'static str, String)>),
    /// A numbered list.
    List(Vec<String>),
    /// A table, which can also be downloaded as CSV.
    Table(Table),
    /// A form with its fields and its button.
    Form(FormPart),
}

/// A form on a back office page.
pub struct FormPart {
    action: String,
    method: &'static str,
    hidden: Vec<(&'static str, String)>,
    /// The fields of the form.
    pub fields: Vec<InputField>,
    /// The legend of each group, and the position of its first field.
    groups: Vec<(&'static str, usize)>,
    button: &'static str,
    /// The second submit button: its name and its text.
    second: Option<(&'static str, &'static str)>,
    quiet: bool,
}

impl FormPart {
    /// Creates a form that is sent by POST to the path `action`. `button` is the text of the submit button.
    pub fn post(action: impl Into<String>, button: &'static str) -> FormPart {
        FormPart {
            action: action.into(),
            method: "post",
            hidden: Vec::new(),
            fields: Vec::new(),
            groups: Vec::new(),
            button,
            second: None,
            quiet: false,
        }
    }

    /// Creates a form that is sent by GET: a search or a filter.
    pub fn get(action: impl Into<String>, button: &'static str) -> FormPart {
        FormPart { method: "get", ..FormPart::post(action, button) }
    }

    /// Gives the submit button the less prominent style.
    pub fn quiet(self) -> FormPart {
        FormPart { quiet: true, ..self }
    }

    /// Adds a second submit button. If it is pressed, the form sends the field `name` with the value `1`.
    pub fn or(self, name: &'static str, word: &'static str) -> FormPart {
        FormPart { second: Some((name, word)), ..self }
    }

    /// Adds a hidden field.
    pub fn hidden(mut self, name: &'static str, value: impl ToString) -> FormPart {
        self.hidden.push((name, value.to_string()));
        self
    }

    /// Begins a group of fields. The fields that are appended from now on belong to it.
    pub fn group(mut self, legend: &'static str) -> FormPart {
        self.groups.push((legend, self.fields.len()));
        self
    }

    /// Returns the fields in groups. Fields before the first group have an empty legend.
    fn grouped(&self) -> Vec<FieldGroup<'_>> {
        let starts = std::iter::once(("", 0)).chain(self.groups.iter().copied());
        let ends = self.groups.iter().map(|(_, start)| *start).chain([self.fields.len()]);
        let group = |((legend, start), end)| {
            let fields: &[InputField] = self.fields.get(start..end).unwrap_or_default();
            FieldGroup { legend, fields, is_wide: fields.iter().any(InputField::is_large) }
        };
        starts.zip(ends).map(group).filter(|group| !group.fields.is_empty()).collect()
    }

    /// Appends a field at the end of the form.
    pub fn field(mut self, field: InputField) -> FormPart {
        self.fields.push(field);
        self
    }

    /// Turns the fields into hidden ones with the entered values, so that a page that asks for a confirmation sends the
    /// same form again.
    pub fn sending_again(mut self, entered: &RawForm) -> FormPart {
        for field in std::mem::take(&mut self.fields) {
            self.hidden.extend(entered.all(field.name).into_iter().map(|value| (field.name, value)));
        }
        self.groups.clear();
        self
    }

    /// Sets the error of every field from `fields`. It has to be called after all fields were added.
    pub fn wrong(mut self, fields: Option<&Fields>) -> FormPart {
        for field in &mut self.fields {
            field.error = fields.and_then(|wrong| wrong.0.get(field.name)).map(|sentence| on_page(sentence));
        }
        self
    }
}

/// A group of fields as the template renders it.
struct FieldGroup<'f> {
    legend: &'static str,
    fields: &'f [InputField],
    /// Whether a field of the group has so many options that it needs the width of the page.
    is_wide: bool,
}

/// A field of a form.
pub struct InputField {
    /// The name of the field.
    pub name: &'static str,
    /// The label of the field.
    pub label: &'static str,
    hint: &'static str,
    error: Option<String>,
    /// Whether the field shares its row with another one.
    is_half_width: bool,
    /// The list and the option with which the field is shown. Without a script, it is always shown.
    only_with: Option<(&'static str, &'static str)>,
    kind: Kind,
}

/// A group of more checkboxes than this needs more room.
const LARGE: usize = 12;
/// An option with a longer label, in characters, stands on a line of its own.
const LONG: usize = 32;

enum Kind {
    Line { kind: &'static str, value: String },
    Area { value: String },
    Select { options: Vec<Choice> },
    Ticks { options: Vec<Choice> },
    Tick { checked: bool },
}

impl InputField {
    fn of(name: &'static str, label: &'static str, kind: Kind) -> InputField {
        InputField { name, label, hint: "", error: None, is_half_width: false, only_with: None, kind }
    }

    /// Creates a single-line input. `kind` is the HTML input type, such as `text` or `date`.
    pub fn line(
        name: &'static str,
        label: &'static str,
        kind: &'static str,
        value: impl ToString,
    ) -> InputField {
        InputField::of(name, label, Kind::Line { kind, value: value.to_string() })
    }

    /// Creates a text area.
    pub fn area(name: &'static str, label: &'static str, value: String) -> InputField {
        InputField::of(name, label, Kind::Area { value })
    }

    /// Creates a list from which one option is selected.
    pub fn select(name: &'static str, label: &'static str, options: Vec<Choice>) -> InputField {
        InputField::of(name, label, Kind::Select { options })
    }

    /// Creates a group of checkboxes.
    pub fn ticks(name: &'static str, label: &'static str, options: Vec<Choice>) -> InputField {
        InputField::of(name, label, Kind::Ticks { options })
    }

    /// Creates a single checkbox.
    pub fn tick(name: &'static str, label: &'static str, checked: bool) -> InputField {
        InputField::of(name, label, Kind::Tick { checked })
    }

    /// Makes the field share its row with another one, where the form is wide enough.
    pub fn half_width(self) -> InputField {
        InputField { is_half_width: true, ..self }
    }

    /// Shows the field only while this option of a list is selected. Its label or hint must say so too, for browsers
    /// without scripts.
    pub fn only_with(self, list: &'static str, option: &'static str) -> InputField {
        InputField { only_with: Some((list, option)), ..self }
    }

    /// Returns whether the field has so many options that its group needs more room.
    fn is_large(&self) -> bool {
        matches!(&self.kind, Kind::Ticks { options } if options.len() > LARGE)
    }

    /// Returns whether an option is too long to stand beside another one.
    fn has_long_options(&self) -> bool {
        matches!(&self.kind, Kind::Ticks { options } if options.iter().any(|one| one.label.chars().count() > LONG))
    }

    /// Adds a hint, which is shown with the label.
    pub fn hint(self, hint: &'static str) -> InputField {
        InputField { hint, ..self }
    }
}

/// Runs the operation of a form of a back office page ([`run_form`]). The page that `render` creates shows the errors of
/// the fields, or the refusal.
///
/// # Errors
/// Returns the errors of [`run_form`].
pub fn handle_form(
    tx: &mut Tx<'_>,
    operation: impl FnOnce(&mut Tx<'_>) -> Result<String>,
    render: impl FnOnce(&mut Tx<'_>, Option<&Fields>) -> Result<StaffPage>,
) -> Result<FormOutcome<StaffPage>> {
    run_form(tx, operation, |tx, failure| match failure {
        FormFailure::Invalid(fields) => render(tx, Some(&fields)),
        FormFailure::Refused(refusal, _) => {
            Ok(StaffPage { refusal: Some(refusal.sentence.to_owned()), ..render(tx, None)? })
        }
    })
}

/// Returns the response to a request for a back office page. If the caller has to sign in, it redirects to the sign-in
/// page, which leads back to `here`.
///
/// # Errors
/// Returns every other error of `page`, and a fault if the page cannot be rendered.
pub fn rendered(page: Result<StaffPage>, here: &str) -> Result<Response> {
    or_sign_in(page.and_then(|page| Page::of(&page)), here)
}

/// The query parameters that back office pages share.
pub struct PageQuery {
    /// Whether an operation has just succeeded (`done` is present).
    pub done: bool,
    /// Whether the table is requested as CSV (`format=csv`).
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
