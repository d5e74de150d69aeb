//! Parameters of a request: a form with nested keys, read by name and type.

use std::collections::BTreeMap;

use crate::error::{Answer, ApiError};

/// The depth at which nested keys end. Everything deeper is refused.
const DEEPEST: usize = 8;

/// A parameter: a text, or parameters by name. The names in a list are numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Param {
    Text(String),
    Map(BTreeMap<String, Param>),
}

/// The parameters of a request, or those below one of its keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Params {
    /// The key that these are below; empty at the top.
    path: String,
    fields: BTreeMap<String, Param>,
}

impl Params {
    /// Reads a form. Names without a closing bracket are taken as they are.
    pub(crate) fn parse(form: &str) -> Answer<Params> {
        let mut fields = BTreeMap::new();
        for pair in form.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let path = path_of(&unescape(name));
            if path.len() > DEEPEST {
                return Err(ApiError::invalid("Invalid request: nested too deeply"));
            }
            insert(&mut fields, &path, unescape(value))?;
        }
        Ok(Params { path: String::new(), fields })
    }

    fn name(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}[{name}]", self.path) }
    }

    /// Refuses a parameter that an endpoint does not know.
    pub(crate) fn only(&self, known: &[&str]) -> Answer<()> {
        match self.fields.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let name = self.name(name);
                Err(ApiError::param(
                    &name,
                    "parameter_unknown",
                    format!("Received unknown parameter: {name}"),
                ))
            }
        }
    }

    /// Returns a text. It may be empty, which unsets a value.
    pub(crate) fn text(&self, name: &str) -> Answer<Option<String>> {
        match self.fields.get(name) {
            None => Ok(None),
            Some(Param::Text(text)) => Ok(Some(text.clone())),
            Some(Param::Map(_)) => {
                let name = self.name(name);
                let message = format!("Invalid string: {name} must be a string");
                Err(ApiError::invalid(message).of_param(&name))
            }
        }
    }

    /// Returns a text that is not empty.
    pub(crate) fn filled(&self, name: &str) -> Answer<Option<String>> {
        match self.text(name)? {
            Some(text) if text.is_empty() => {
                let name = self.name(name);
                let message = format!(
                    "You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter"
                );
                Err(ApiError::param(&name, "parameter_invalid_empty", message))
            }
            text => Ok(text),
        }
    }

    pub(crate) fn required(&self, name: &str) -> Answer<String> {
        self.filled(name)?.ok_or_else(|| {
            let name = self.name(name);
            ApiError::param(&name, "parameter_missing", format!("Missing required param: {name}."))
        })
    }

    pub(crate) fn integer(&self, name: &str) -> Answer<Option<i64>> {
        let Some(text) = self.filled(name)? else { return Ok(None) };
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_integer.then(|| text.parse().ok()).flatten();
        number.map(Some).ok_or_else(|| {
            let message = format!("Invalid integer: {text}");
            ApiError::param(&self.name(name), "parameter_invalid_integer", message)
        })
    }

    pub(crate) fn boolean(&self, name: &str) -> Answer<Option<bool>> {
        match self.filled(name)?.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(text) => {
                Err(ApiError::invalid(format!("Invalid boolean: {text}")).of_param(&self.name(name)))
            }
        }
    }

    /// Returns one of several texts.
    pub(crate) fn choice(&self, name: &str, choices: &[&str]) -> Answer<Option<String>> {
        let Some(text) = self.filled(name)? else { return Ok(None) };
        if choices.contains(&text.as_str()) {
            return Ok(Some(text));
        }
        let name = self.name(name);
        Err(ApiError::invalid(format!("Invalid {name}: must be one of {}", choices.join(", ")))
            .of_param(&name))
    }

    /// Returns the parameters below a key.
    pub(crate) fn below(&self, name: &str) -> Answer<Params> {
        match self.fields.get(name) {
            None => Ok(Params { path: self.name(name), fields: BTreeMap::new() }),
            Some(Param::Map(fields)) => Ok(Params { path: self.name(name), fields: fields.clone() }),
            Some(Param::Text(text)) if text.is_empty() => {
                Ok(Params { path: self.name(name), fields: BTreeMap::new() })
            }
            Some(Param::Text(_)) => Err(ApiError::invalid("Invalid object").of_param(&self.name(name))),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Returns the texts of a list.
    pub(crate) fn texts(&self, name: &str) -> Answer<Vec<String>> {
        let list = self.below(name)?;
        list.indices()?.iter().map(|index| list.required(index)).collect()
    }

    /// Returns the entries of a list that are objects.
    pub(crate) fn entries(&self, name: &str) -> Answer<Vec<Params>> {
        let list = self.below(name)?;
        list.indices()?.iter().map(|index| list.below(index)).collect()
    }

    /// Returns the names of a list's entries, in the order of their numbers.
    fn indices(&self) -> Answer<Vec<String>> {
        let mut indices: Vec<(u32, String)> = Vec::new();
        for name in self.fields.keys() {
            let index = name.parse().map_err(|_| {
                ApiError::invalid(format!("Invalid array: {}", self.path)).of_param(&self.path)
            })?;
            indices.push((index, name.clone()));
        }
        indices.sort();
        Ok(indices.into_iter().map(|(_, name)| name).collect())
    }

    /// Returns the texts of an object by name, such as metadata. An empty text unsets one.
    pub(crate) fn pairs(&self, name: &str) -> Answer<BTreeMap<String, String>> {
        let map = self.below(name)?;
        map.fields.keys().map(|key| Ok((key.clone(), map.text(key)?.unwrap_or_default()))).collect()
    }
}

/// Splits `a[b][c]` into its names.
fn path_of(name: &str) -> Vec<String> {
    let Some((first, rest)) = name.split_once('[') else { return vec![name.to_owned()] };
    let mut path = vec![first.to_owned()];
    path.extend(rest.split('[').map(|part| part.strip_suffix(']').unwrap_or(part).to_owned()));
    path
}

fn insert(fields: &mut BTreeMap<String, Param>, path: &[String], value: String) -> Answer<()> {
    let Some((name, rest)) = path.split_first() else { return Ok(()) };
    // `a[]` means the next entry of the list.
    let name = if name.is_empty() { fields.len().to_string() } else { name.clone() };
    if rest.is_empty() {
        fields.insert(name, Param::Text(value));
        return Ok(());
    }
    match fields.entry(name.clone()).or_insert_with(|| Param::Map(BTreeMap::new())) {
        Param::Map(below) => insert(below, rest, value),
        Param::Text(_) => {
            Err(ApiError::invalid(format!("Invalid request: {name} is a string and an object")))
        }
    }
}

/// Decodes percent signs and plus signs. What is not valid is taken as it is.
fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digit =
            |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match byte {
            b'+' => out.push(b' '),
            b'%' => match (digit(ahead.next()), digit(ahead.next())) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    bytes = ahead;
                }
                _ => out.push(b'%'),
            },
            byte => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(form: &str) -> Params {
        Params::parse(form).expect("a form")
    }

    #[test]
    fn nested_keys_become_nested_parameters() {
        let params = read(
            "amount=7&line_items[0][price_data][currency]=usd&expand[]=a&expand[]=b.c&metadata[x%20y]=1%262",
        );
        assert_eq!(params.integer("amount"), Ok(Some(7)));
        assert_eq!(params.texts("expand"), Ok(vec!["a".to_owned(), "b.c".to_owned()]));
        let items = params.entries("line_items").expect("a list");
        assert_eq!(
            items[0].below("price_data").expect("an object").required("currency").as_deref(),
            Ok("usd")
        );
        assert_eq!(params.pairs("metadata"), Ok([("x y".to_owned(), "1&2".to_owned())].into()));
    }

    #[test]
    fn wrong_values_name_their_parameter() {
        let params = read("amount=1e3&price[unit]=x&confirm=yes&empty=");
        let of = |error: Result<Option<i64>, Box<ApiError>>| error.expect_err("an error");
        assert_eq!(of(params.integer("amount")).code.as_deref(), Some("parameter_invalid_integer"));
        let below = params.below("price").expect("an object");
        assert_eq!(of(below.integer("unit")).param.as_deref(), Some("price[unit]"));
        assert!(params.boolean("confirm").is_err() && params.filled("empty").is_err());
        let unknown = params.only(&["amount", "price", "confirm"]).expect_err("unknown");
        assert_eq!(unknown.message, "Received unknown parameter: empty");
        assert!(Params::parse("a=1&a[b]=2").is_err());
        assert!(Params::parse("a[b][c][d][e][f][g][h][i]=2").is_err());
    }

    proptest! {
        #[test]
        fn any_form_is_read_or_refused(form in ".{0,200}") {
            let _ = Params::parse(&form);
        }

        #[test]
        fn any_bytes_are_read_or_refused(form in "[a-c%+=&\\[\\]0-9]{0,80}") {
            if let Ok(params) = Params::parse(&form) {
                let _ = (params.texts("a"), params.entries("b"), params.pairs("c"), params.integer("a"));
            }
        }
    }
}
