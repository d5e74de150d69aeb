//! Guards that look at everything of a kind: templates, shapes of the API, parsers, migrations, functions.

mod functions;
mod migrations;
mod old_schema;
mod templates;
