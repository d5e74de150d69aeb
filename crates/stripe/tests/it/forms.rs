//! The encoder of nested parameters, against a decoder that this file writes by itself.

use proptest::prelude::*;
use reqwest::Url;
use serde_json::{Map, Value, json};

/// Decodes a form into the parameters that it stands for. Numbers and booleans are texts in a form.
fn decode(form: &str) -> Value {
    let url = Url::parse(&format!("http://x/?{form}")).expect("an address");
    let mut root = Value::Object(Map::new());
    for (name, text) in url.query_pairs() {
        let path: Vec<&str> = name.split(['[', ']']).filter(|part| !part.is_empty()).collect();
        let mut at = &mut root;
        for part in path {
            at = at.as_object_mut().expect("an object").entry(part).or_insert(json!({}));
        }
        *at = json!(text);
    }
    root
}

/// Returns parameters as a form can say them: texts only, lists by number, nothing empty.
fn plain(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Bool(_) | Value::Number(_) => Some(json!(value.to_string())),
        Value::String(text) => Some(json!(text)),
        Value::Array(values) => {
            let fields: Map<String, Value> = values
                .iter()
                .enumerate()
                .filter_map(|(at, one)| Some((at.to_string(), plain(one)?)))
                .collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        Value::Object(fields) => {
            let fields: Map<String, Value> =
                fields.iter().filter_map(|(name, one)| Some((name.clone(), plain(one)?))).collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
    }
}

/// Any parameters, up to four levels deep.
fn any_parameters() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "[&=+%\\[\\]# é\0]{0,8}".prop_map(Value::from),
    ];
    let inner = leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_&=%+ é]{1,8}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("[a-z_]{1,8}", inner, 0..5)
        .prop_map(|fields| Value::Object(fields.into_iter().collect()))
}

proptest! {
    #[test]
    fn a_form_says_what_was_encoded(parameters in any_parameters()) {
        let form = stripe::encode(&parameters).expect("no brackets");
        prop_assert!(form.bytes().all(|byte| byte.is_ascii_graphic()), "{}", form);
        prop_assert_eq!(decode(&form), plain(&parameters).unwrap_or(json!({})));
    }

    #[test]
    fn a_name_with_a_bracket_is_refused_wherever_it_is(name in "[a-z]{0,3}[\\[\\]][a-z\\[\\]]{0,3}") {
        let in_object = stripe::encode(&json!({"metadata": {name.clone(): "x"}}));
        let in_list = stripe::encode(&json!({"list": [{name: 1}]}));
        prop_assert!(in_object.is_err() && in_list.is_err());
    }
}
