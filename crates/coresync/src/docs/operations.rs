//! The operations of the API, read from its OpenAPI description and grouped by tag.

use kit::fold::fold;
use serde_json::Value;

use super::markup::{Bit, bits, text};
use super::shapes::{Field, Kind, Shape, kind, list};

/// The operations of one tag.
pub(super) struct Family {
    pub(super) tag: String,
    pub(super) operations: Vec<Operation>,
}

/// One operation, as the reference page shows it.
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) title: Vec<Bit>,
    pub(super) note: Vec<Bit>,
    /// A sentence that says who may send the request.
    pub(super) who: &'static str,
    pub(super) parameters: Vec<Parameter>,
    /// The request body: its shape and fields.
    pub(super) body: Option<Sent>,
    pub(super) answers: Vec<Documented>,
}

pub(super) struct Parameter {
    pub(super) field: Field,
    /// The location of the parameter: `path`, `query`, or `header`.
    pub(super) place: String,
}

pub(super) struct Sent {
    pub(super) kind: Kind,
    pub(super) fields: Vec<Field>,
}

pub(super) struct Documented {
    pub(super) status: String,
    pub(super) note: Vec<Bit>,
    /// The type of the body, or `None` for a response without a JSON body.
    pub(super) kind: Option<Kind>,
}

/// Returns all operations of the description by tag, with the tags in alphabetical order.
pub(super) fn families(document: &Value) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, methods) in paths.into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            if operation.get("responses").is_none() {
                continue;
            }
            let tag = list(operation, "tags").find_map(Value::as_str).unwrap_or("other");
            let one = Operation::of(document, path, method, operation);
            match families.iter_mut().find(|family| family.tag == tag) {
                Some(family) => family.operations.push(one),
                None => families.push(Family { tag: tag.to_owned(), operations: vec![one] }),
            }
        }
    }
    families.sort_by(|one, other| one.tag.cmp(&other.tag));
    families
}

impl Operation {
    fn of(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
        let title = text(operation, "summary");
        let note = text(operation, "description");
        Operation {
            name: text(operation, "operationId").to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            title: bits(title),
            note: if note == title { Vec::new() } else { bits(note) },
            who: who(operation),
            parameters: list(operation, "parameters").map(parameter).collect(),
            body: operation.get("requestBody").and_then(|body| sent(document, body)),
            answers: answers(operation),
        }
    }

    /// Returns whether each word of the filter occurs in the operation's tag, method, path, name, or title.
    pub(super) fn tells_of(&self, tag: &str, requested: &str) -> bool {
        let title: String = self.title.iter().map(|bit| bit.text.as_str()).collect();
        let whole = format!("{tag} {} {} {} {title}", self.method, self.path, self.name);
        let whole = fold(&whole);
        fold(requested).split_whitespace().all(|word| whole.contains(word))
    }
}

fn who(operation: &Value) -> &'static str {
    let ways: Vec<&Value> = list(operation, "security").collect();
    let is_free = ways.iter().any(|way| way.as_object().is_some_and(serde_json::Map::is_empty));
    match (ways.is_empty(), is_free) {
        (true, _) => "Public.",
        (_, true) => "Public; results are personalized when signed in.",
        _ => "Any signed-in user.",
    }
}

fn parameter(parameter: &Value) -> Parameter {
    let schema = parameter.get("schema").unwrap_or(&Value::Null);
    Parameter {
        field: Field {
            name: text(parameter, "name").to_owned(),
            kind: without_null(kind(schema)),
            is_needed: parameter.get("required") == Some(&Value::Bool(true)),
            note: bits(text(parameter, "description")),
        },
        place: text(parameter, "in").to_owned(),
    }
}

/// Removes `or null` from the type: an optional parameter may be missing, but it can't be null.
fn without_null(kind: Kind) -> Kind {
    Kind { after: kind.after.trim_end_matches(" or null").to_owned(), ..kind }
}

fn sent(document: &Value, body: &Value) -> Option<Sent> {
    let schema = body.pointer("/content/application~1json/schema")?;
    let kind = kind(schema);
    let whole = document.pointer(&format!("/components/schemas/{}", kind.shape)).unwrap_or(schema);
    Some(Sent { fields: Shape::of(&kind.shape, whole).fields, kind })
}

fn answers(operation: &Value) -> Vec<Documented> {
    let responses = operation.get("responses").and_then(Value::as_object);
    let documented = |(status, response): (&String, &Value)| {
        let content = response.get("content").and_then(Value::as_object);
        let schema = content.and_then(|kinds| kinds.values().next()).and_then(|kind| kind.get("schema"));
        Documented {
            status: status.clone(),
            note: bits(text(response, "description")),
            kind: schema.map(kind),
        }
    };
    responses.into_iter().flatten().map(documented).collect()
}
