//! Types in the API reference: what a JSON schema says, in words that fit on one line.

use serde_json::Value;

use super::markup::{Bit, bits, text};

/// The prefix of references to schemas.
const SCHEMAS: &str = "#/components/schemas/";

/// The type of a value in words: `before`, a link to `shape`, and `after`, as in `list of ` `Slot` ` or null`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) before: String,
    /// The name of a shape that the page describes.
    pub(super) shape: String,
    pub(super) after: String,
}

/// One field of a shape.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) is_needed: bool,
    pub(super) note: Vec<Bit>,
}

/// A schema of the OpenAPI description.
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) note: Vec<Bit>,
    /// The type of the shape, for one without fields.
    pub(super) kind: Kind,
    /// The names of shapes whose fields it includes.
    pub(super) parents: Vec<String>,
    pub(super) fields: Vec<Field>,
}

/// Returns every shape of a description, by name.
pub(super) fn shapes(document: &Value) -> Vec<Shape> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    schemas.into_iter().flatten().map(|(name, schema)| Shape::of(name, schema)).collect()
}

impl Shape {
    pub(super) fn of(name: &str, schema: &Value) -> Shape {
        let mut shape = Shape {
            name: name.to_owned(),
            note: bits(text(schema, "description")),
            kind: kind(schema),
            parents: Vec::new(),
            fields: fields(schema),
        };
        for part in list(schema, "allOf") {
            shape.parents.extend(named(part).map(str::to_owned));
            shape.fields.extend(fields(part));
        }
        shape
    }
}

/// Returns the fields of a schema, required ones first.
fn fields(schema: &Value) -> Vec<Field> {
    let needed: Vec<&str> = list(schema, "required").filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let field = |(name, schema): (&String, &Value)| Field {
        kind: kind(schema),
        is_needed: needed.contains(&name.as_str()),
        note: note(schema),
        name: name.clone(),
    };
    let mut fields: Vec<Field> = properties.into_iter().flatten().map(field).collect();
    fields.sort_by_key(|field| !field.is_needed);
    fields
}

/// Returns the description of a value. For an optional reference it stands inside `oneOf`, beside the reference.
fn note(schema: &Value) -> Vec<Bit> {
    let inner = list(schema, "oneOf").map(|part| text(part, "description")).find(|text| !text.is_empty());
    let own_text = text(schema, "description");
    bits(if own_text.is_empty() { inner.unwrap_or_default() } else { own_text })
}

/// Returns the type of value that a schema describes.
pub(super) fn kind(schema: &Value) -> Kind {
    if let Some(name) = named(schema) {
        return Kind { shape: name.to_owned(), ..Kind::default() };
    }
    let choices: Vec<&Value> = list(schema, "oneOf").filter(|part| text(part, "type") != "null").collect();
    if let [one] = choices[..] {
        return or_null(kind(one));
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(only)) => vec![only],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let plain = match types.iter().find(|one| **one != "null") {
        Some(&"array") => in_list(kind(schema.get("items").unwrap_or(&Value::Null))),
        Some(&one) => Kind { before: word(one, schema), ..Kind::default() },
        None => Kind { before: "object".to_owned(), ..Kind::default() },
    };
    if types.contains(&"null") { or_null(plain) } else { plain }
}

fn word(kind: &str, schema: &Value) -> String {
    let values: Vec<&str> = list(schema, "enum").filter_map(Value::as_str).collect();
    match (kind, text(schema, "format")) {
        _ if !values.is_empty() => format!("one of {}", values.join(", ")),
        ("string", "date") => "date, 2026-11-24".to_owned(),
        ("string", "date-time") => "timestamp with offset".to_owned(),
        ("string", _) if schema.get("pattern").is_some() => {
            format!("string like {}", list(schema, "examples").find_map(Value::as_str).unwrap_or("this"))
        }
        ("string", _) => "string".to_owned(),
        ("integer", _) => "integer".to_owned(),
        ("boolean", _) => "boolean".to_owned(),
        (other, _) => other.to_owned(),
    }
}

fn in_list(kind: Kind) -> Kind {
    Kind { before: format!("list of {}", kind.before), ..kind }
}

fn or_null(kind: Kind) -> Kind {
    Kind { after: format!("{} or null", kind.after), ..kind }
}

/// Returns the name of the shape that a schema refers to.
fn named(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)
}

pub(super) fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_type_is_described_in_plain_text() {
        let shown = |schema: Value| {
            let Kind { before, shape, after } = kind(&schema);
            format!("{before}{shape}{after}")
        };
        let slot = json!({"$ref": "#/components/schemas/Slot"});
        assert_eq!(shown(slot.clone()), "Slot");
        assert_eq!(shown(json!({"type": "array", "items": slot})), "list of Slot");
        assert_eq!(shown(json!({"oneOf": [slot, {"type": "null"}]})), "Slot or null");
        assert_eq!(
            shown(json!({"type": ["array", "null"], "items": {"type": "string"}})),
            "list of string or null"
        );
        assert_eq!(shown(json!({"type": "string", "enum": ["a", "b"]})), "one of a, b");
    }

    #[test]
    fn a_shape_lists_its_own_fields_and_its_parents() {
        let schema = json!({"allOf": [{"$ref": "#/components/schemas/User"},
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}]});
        let shape = Shape::of("Profile", &schema);
        assert_eq!(shape.parents, ["User"]);
        let fields: Vec<_> =
            shape.fields.iter().map(|field| (field.name.as_str(), field.is_needed)).collect();
        assert_eq!(fields, [("a", true), ("b", false)]);
    }
}
