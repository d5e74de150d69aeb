//! The options of lists in forms.

use catalogue::{Catalogue, Category, Service};

/// One option of a list.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

impl Choice {
    /// An option of this value and label.
    pub fn new(value: impl ToString, label: impl Into<String>, is_chosen: bool) -> Choice {
        Choice { value: value.to_string(), label: label.into(), is_chosen }
    }
}

/// The options of pairs of value and label.
pub fn from_pairs<'w>(pairs: impl IntoIterator<Item = (&'w str, &'w str)>, chosen: &str) -> Vec<Choice> {
    pairs.into_iter().map(|(value, label)| Choice::new(value, label, value == chosen)).collect()
}

/// Every service that is offered, by category; categories that offer nothing are left out.
pub fn services_by_category(
    catalogue: &Catalogue,
    choice: impl Fn(&Service) -> Choice,
) -> Vec<(String, Vec<Choice>)> {
    let of_category = |category: &Category| {
        (category.name.clone(), offered(catalogue, category).map(&choice).collect::<Vec<_>>())
    };
    catalogue.categories.iter().map(of_category).filter(|(_, choices)| !choices.is_empty()).collect()
}

/// The services of a category that are offered.
pub fn offered<'c>(catalogue: &'c Catalogue, category: &Category) -> impl Iterator<Item = &'c Service> {
    let category = category.id;
    catalogue.services.iter().filter(move |service| service.active && service.category == category)
}
