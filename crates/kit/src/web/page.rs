//! Pages: a template becomes an answer.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::errors::{Fault, Result};

/// A rendered page.
pub struct Page(pub String);

impl Page {
    /// Renders a template.
    ///
    /// # Errors
    /// A fault if it can't be rendered.
    pub fn of(template: &impl Template) -> Result<Page> {
        template.render().map(Page).map_err(Fault::because)
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        ([(header::CONTENT_TYPE, kind)], self.0).into_response()
    }
}

/// Sends the browser on to a page of ours (303), so that a reload sends no form twice.
pub fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(place) => (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response(),
        Err(_) => StatusCode::SEE_OTHER.into_response(),
    }
}
