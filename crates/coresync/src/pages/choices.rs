//! What can be chosen from a list of a form.

use catalogue::{Catalogue, Category, Service};

/// One option of a list.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

impl Choice {
    /// Something to choose.
    pub(super) fn new(value: impl ToString, label: impl Into<String>, is_chosen: bool) -> Choice {
        Choice { value: value.to_string(), label: label.into(), is_chosen }
    }
}

/// The options of pairs of value and word.
pub(super) fn of_pairs<'w>(pairs: impl IntoIterator<Item = (&'w str, &'w str)>, chosen: &str) -> Vec<Choice> {
    pairs.into_iter().map(|(value, word)| Choice::new(value, word, value == chosen)).collect()
}

/// Every service that is offered, by family; families of which nothing is offered are left out.
pub(super) fn by_family(
    catalogue: &Catalogue,
    choice: impl Fn(&Service) -> Choice,
) -> Vec<(String, Vec<Choice>)> {
    let family = |category: &Category| {
        (category.name.clone(), offered(catalogue, category).map(&choice).collect::<Vec<_>>())
    };
    catalogue.categories.iter().map(family).filter(|(_, choices)| !choices.is_empty()).collect()
}

/// The services of a family that are offered.
pub(super) fn offered<'c>(
    catalogue: &'c Catalogue,
    category: &Category,
) -> impl Iterator<Item = &'c Service> {
    let family = category.id;
    catalogue.services.iter().filter(move |service| service.active && service.category == family)
}
