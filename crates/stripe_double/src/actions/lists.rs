//! Lists, newest first, page by page; and searches.

use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{Answer, ApiError};
use crate::model::{InjectedFault, Table};
use crate::params::Params;
use crate::render;

/// The parameters that every list takes.
pub(crate) const PAGING: [&str; 5] = ["limit", "starting_after", "ending_before", "created", "expand"];

/// The ids of objects, and when they were created.
pub(crate) type Found = Vec<(String, i64)>;

/// Returns the ids of the objects to keep, newest first.
pub(crate) fn pick<T>(table: &Table<T>, created: impl Fn(&T) -> i64, keep: impl Fn(&T) -> bool) -> Found {
    let listed = table.iter().rev().filter(|(_, one)| keep(one));
    listed.map(|(id, one)| (id.clone(), created(one))).collect()
}

/// Refuses parameters that are neither of paging nor of this list.
pub(crate) fn only(params: &Params, filters: &[&str]) -> Answer<()> {
    params.only(&[&PAGING[..], filters].concat())
}

fn limit(params: &Params) -> Answer<usize> {
    let limit = params.integer("limit")?.unwrap_or(10);
    let valid = usize::try_from(limit).ok().filter(|limit| (1..=100).contains(limit));
    valid.ok_or_else(|| {
        let message = "Invalid limit: must be between 1 and 100";
        ApiError::param("limit", "parameter_invalid_integer", message)
    })
}

/// Whether a time is in the span that the parameter `name` gives: a second, or bounds.
pub(crate) fn in_span(params: &Params, name: &str) -> Answer<impl Fn(i64) -> bool + use<>> {
    let is_exact = params.has(name) && params.text(name).is_ok();
    let exact = if is_exact { params.integer(name)? } else { None };
    let bounds = if is_exact { Params::default() } else { params.below(name)? };
    bounds.only(&["gt", "gte", "lt", "lte"])?;
    let (gt, gte) = (bounds.integer("gt")?, bounds.integer("gte")?);
    let (lt, lte) = (bounds.integer("lt")?, bounds.integer("lte")?);
    Ok(move |time| {
        exact.is_none_or(|exact| time == exact)
            && gt.is_none_or(|bound| time > bound)
            && gte.is_none_or(|bound| time >= bound)
            && lt.is_none_or(|bound| time < bound)
            && lte.is_none_or(|bound| time <= bound)
    })
}

/// Returns a page of a list.
pub(crate) fn page(context: &Context<'_>, params: &Params, url: &str, found: Found) -> Answer<Value> {
    let limit = limit(params)?;
    let is_in = in_span(params, "created")?;
    let mut ids: Vec<String> =
        found.into_iter().filter(|(_, created)| is_in(*created)).map(|(id, _)| id).collect();
    let (after, before) = (params.filled("starting_after")?, params.filled("ending_before")?);
    let has_more = match (after, before) {
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid("You can't use starting_after and ending_before together"));
        }
        (after, None) => {
            // Ids are in the order of creation, so the cursor may be an object that is not in the list.
            ids.retain(|id| after.as_ref().is_none_or(|after| id < after));
            let has_more = ids.len() > limit;
            ids.truncate(limit);
            has_more
        }
        (None, Some(before)) => {
            ids.retain(|id| *id > before);
            let has_more = ids.len() > limit;
            ids.drain(..ids.len().saturating_sub(limit));
            has_more
        }
    };
    let data: Vec<Value> = ids.iter().map(|id| shown(context, id)).collect();
    Ok(json!({"object": "list", "data": data, "has_more": has_more, "url": url}))
}

fn shown(context: &Context<'_>, id: &str) -> Value {
    match context.state.events.get(id) {
        Some(event) => render::event(event),
        None => render::of(context, id),
    }
}

/// One condition of a search.
struct Clause {
    field: String,
    operator: String,
    value: String,
    is_negated: bool,
}

/// Returns a page of a search in the given objects.
pub(crate) fn search(context: &mut Context<'_>, params: &Params, url: &str, found: Found) -> Answer<Value> {
    params.only(&["query", "limit", "page", "expand"])?;
    let limit = limit(params)?;
    let (clauses, is_any) = parse(&params.required("query")?)?;
    let lag = match context.take_fault(|fault| matches!(fault.kind, InjectedFault::SearchLate { .. })) {
        Some(InjectedFault::SearchLate { seconds }) => seconds,
        _ => i64::MIN,
    };
    let latest = context.now.saturating_sub(lag);
    let page = params.filled("page")?;
    let mut data = Vec::new();
    for (id, created) in found {
        let value = render::of(context, &id);
        let is_match = if is_any {
            clauses.iter().any(|clause| clause.holds(&value))
        } else {
            clauses.iter().all(|clause| clause.holds(&value))
        };
        if created <= latest && is_match && page.as_ref().is_none_or(|page| id < *page) {
            data.push((id, value));
        }
    }
    let has_more = data.len() > limit;
    data.truncate(limit);
    let next = if has_more { data.last().map(|(id, _)| id.clone()) } else { None };
    let data: Vec<Value> = data.into_iter().map(|(_, value)| value).collect();
    Ok(json!({"object": "search_result", "data": data, "has_more": has_more, "next_page": next, "url": url}))
}

impl Clause {
    fn holds(&self, object: &Value) -> bool {
        let found = match self.field.strip_prefix("metadata.") {
            Some(name) => &object["metadata"][name],
            None => &object[&self.field],
        };
        let holds = match (found, self.operator.as_str()) {
            (Value::String(text), ":") => text.eq_ignore_ascii_case(&self.value),
            (Value::String(text), "~") => text.to_lowercase().contains(&self.value.to_lowercase()),
            (Value::Number(number), operator) => {
                match (number.as_i64(), self.value.parse::<i64>(), operator) {
                    (Some(number), Ok(value), ":") => number == value,
                    (Some(number), Ok(value), ">") => number > value,
                    (Some(number), Ok(value), ">=") => number >= value,
                    (Some(number), Ok(value), "<") => number < value,
                    (Some(number), Ok(value), "<=") => number <= value,
                    _ => false,
                }
            }
            (Value::Null, ":") => self.value == "null",
            _ => false,
        };
        holds != self.is_negated
    }
}

/// Reads a query: clauses such as `metadata['attempt']:'7'` with `AND` or `OR` between them, not both. The second value
/// says whether one clause is enough.
fn parse(query: &str) -> Answer<(Vec<Clause>, bool)> {
    let refused = || ApiError::invalid("We were unable to parse your search query.").of_param("query");
    let mut tokens = Tokens(query);
    let (mut clauses, mut is_any) = (Vec::new(), None);
    loop {
        clauses.push(tokens.clause().ok_or_else(refused)?);
        let rest = tokens.0.trim_start();
        let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let this_any = match word.to_ascii_uppercase().as_str() {
            "" => return Ok((clauses, is_any.unwrap_or(false))),
            "AND" => false,
            "OR" => true,
            _ => return Err(refused()),
        };
        if is_any.is_some_and(|is_any| is_any != this_any) {
            return Err(ApiError::invalid("You can't combine AND and OR in a query.").of_param("query"));
        }
        is_any = Some(this_any);
        tokens.0 = rest;
    }
}

struct Tokens<'a>(&'a str);

impl Tokens<'_> {
    fn clause(&mut self) -> Option<Clause> {
        self.0 = self.0.trim_start();
        let is_negated = self.eat("-");
        let end = self.0.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        let (name, rest) = self.0.split_at_checked(end)?;
        let mut field = name.to_owned();
        (!field.is_empty()).then_some(())?;
        self.0 = rest;
        if self.eat("[") {
            field = format!("{field}.{}", self.value()?);
            self.eat("]").then_some(())?;
        }
        let operator = [":", "~", ">=", "<=", ">", "<"].into_iter().find(|one| self.eat(one))?;
        let value = self.value()?;
        Some(Clause { field, operator: operator.to_owned(), value, is_negated })
    }

    fn eat(&mut self, text: &str) -> bool {
        let Some(rest) = self.0.strip_prefix(text) else { return false };
        self.0 = rest;
        true
    }

    /// Reads a text in quotes, or a word without.
    fn value(&mut self) -> Option<String> {
        let quote = self.0.chars().next().filter(|c| matches!(c, '\'' | '"'));
        let Some(quote) = quote else {
            let end = self.0.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.0.len());
            let (word, rest) = self.0.split_at_checked(end)?;
            self.0 = rest;
            return (!word.is_empty()).then(|| word.to_owned());
        };
        let mut chars = self.0.char_indices().skip(1);
        let mut text = String::new();
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.0 = self.0.get(at + 1..)?;
                return Some(text);
            }
            text.push(if c == '\\' { chars.next()?.1 } else { c });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(query: &str) -> bool {
        let object =
            json!({"amount": 700, "status": "succeeded", "metadata": {"it's": "a \\ b"}, "customer": null});
        let (clauses, is_any) = parse(query).expect("a query");
        let mut holds = clauses.iter().map(|clause| clause.holds(&object));
        if is_any { holds.any(|one| one) } else { holds.all(|one| one) }
    }

    #[test]
    fn a_query_compares_fields_and_metadata() {
        assert!(holds(r"metadata['it\'s']:'a \\ b'"));
        assert!(holds("amount>=700 AND status:\"Succeeded\""));
        assert!(!holds("amount>700 AND status:'succeeded'"));
        assert!(holds("amount>700 OR status~'succ'"));
        assert!(holds("-status:'failed' and customer:null"));
    }

    #[test]
    fn a_query_that_cannot_be_read_is_refused() {
        for query in
            ["", "status", "status:", "status:'x", "a:'b' AND", "a:'b' c:'d'", "a:1 AND b:2 OR c:3", "[x]:1"]
        {
            assert!(parse(query).is_err(), "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused(query in "[a-b'\"\\\\:\\[\\]<>~ 0-9é-]{0,40}") {
            let _ = parse(&query);
        }
    }
}
