//! The options of select lists and checkbox groups in forms.

use catalogue::{Catalogue, Category, Service};

/// One option of a list.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The value that the form sends.
    pub value: String,
    /// The text that the page shows.
    pub label: String,
    /// Whether the option is selected.
    pub is_chosen: bool,
}

impl Choice {
    /// Creates an option with this value and label.
    pub fn new(value: impl ToString, label: impl Into<String>, is_chosen: bool) -> Choice {
        Choice { value: value.to_string(), label: label.into(), is_chosen }
    }
}

/// Returns one option per pair of value and label; the option whose value equals `chosen` is selected.
pub fn from_pairs<'w>(pairs: impl IntoIterator<Item = (&'w str, &'w str)>, chosen: &str) -> Vec<Choice> {
    pairs.into_iter().map(|(value, label)| Choice::new(value, label, value == chosen)).collect()
}

/// Returns the options of all offered services, grouped by category name. Categories without an offered service are
/// left out.
pub fn services_by_category(
    catalogue: &Catalogue,
    choice: impl Fn(&Service) -> Choice,
) -> Vec<(String, Vec<Choice>)> {
    let of_category = |category: &Category| {
        (category.name.clone(), offered(catalogue, category).map(&choice).collect::<Vec<_>>())
    };
    catalogue.categories.iter().map(of_category).filter(|(_, choices)| !choices.is_empty()).collect()
}

/// Returns the offered services of a category.
pub fn offered<'c>(catalogue: &'c Catalogue, category: &Category) -> impl Iterator<Item = &'c Service> {
    let category = category.id;
    catalogue.services.iter().filter(move |service| service.active && service.category == category)
}
