//! Pages: rendered templates as responses.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::errors::{Fault, Result};

/// A rendered HTML page, as a response.
pub struct Page(pub String);

impl Page {
    /// Renders a template.
    ///
    /// # Errors
    /// Returns a fault if the template cannot be rendered.
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

/// Redirects the browser to one of our pages (303), so that a reload does not send a form twice.
pub fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(place) => (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response(),
        Err(_) => StatusCode::SEE_OTHER.into_response(),
    }
}
