//! Guards that look at everything of a kind: templates, shapes of the API, parsers, migrations, functions.

mod api_shapes;
mod functions;
mod migrations;
mod old_schema;
mod output;
mod parsers;
mod requests;
mod shape_file;
mod templates;
