//! What the pages of all crates share: the page frame with its navigation, form parsing and form responses, back office
//! pages composed of parts, tables and CSV files, error pages, the formats of days and amounts, and the embedded
//! styles, scripts, fonts, and artwork.

pub mod assets;
mod choices;
mod csv;
mod error_page;
mod form;
mod form_outcome;
pub mod format;
mod frame;
mod navigation;
mod opening_hours;
mod response;
mod staff_page;
mod table;

pub use choices::{Choice, from_pairs, offered, services_by_category};
pub use csv::{csv, csv_file, escape_formula};
pub use error_page::{VISIT_PATH, back_office_error_page, error_page};
pub use form::{
    Done, FieldError, FieldErrors, FormInput, FormRejection, PostedForm, QueryForm, RawForm, lenient_id,
    lenient_number, on_page,
};
pub use form_outcome::{FormFailure, FormOutcome, run_form, to_response};
pub use frame::{Frame, SAME_FOR_VISITORS, Viewer};
pub use navigation::{BackOfficeEntry, BackOfficeGroup, Link, Navigation};
pub use opening_hours::opening_hours;
pub use response::{local_path, login_path, or_sign_in, sign_in_path, unreferred, with_cookie};
pub use staff_page::{FormPart, InputField, PageQuery, Part, StaffPage, handle_form, rendered};
pub use table::{Table, TableCell, Tone, cell, link};
