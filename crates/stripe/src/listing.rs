//! Lists that are read page by page.

use std::collections::VecDeque;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::client::StripeClient;
use crate::error::{Outcome, StripeError, UnknownCause};
use crate::objects::Listed;

/// The number of objects that a page has at most.
const PAGE: u64 = 100;

/// A span of time in which the objects of a list were created, in unix seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CreatedRange {
    /// The first second.
    pub gte: Option<i64>,
    /// The second after the last.
    pub lt: Option<i64>,
}

impl CreatedRange {
    /// Returns the span that begins at a second and does not end.
    pub fn since(second: i64) -> CreatedRange {
        CreatedRange { gte: Some(second), lt: None }
    }
}

/// The objects that a list or a search finds, newest first. Pages are fetched when they are needed.
pub struct Listing<T> {
    client: StripeClient,
    path: String,
    parameters: Map<String, Value>,
    page: VecDeque<Value>,
    has_more: bool,
    of: PhantomData<fn() -> T>,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Value>,
    #[serde(default)]
    has_more: bool,
    /// What a search continues with. A list continues after the last id instead.
    #[serde(default)]
    next_page: Option<String>,
}

impl<T: Listed> Listing<T> {
    pub(crate) fn new(client: &StripeClient, path: &str, parameters: &impl Serialize) -> Listing<T> {
        let mut parameters = match serde_json::to_value(parameters) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        parameters.insert("limit".to_owned(), PAGE.into());
        Listing {
            client: client.clone(),
            path: path.to_owned(),
            parameters,
            page: VecDeque::new(),
            has_more: true,
            of: PhantomData,
        }
    }

    /// Returns the next object, or `None` at the end of the list.
    ///
    /// # Errors
    /// As [`StripeError`]. The listing can be continued after an error.
    pub async fn next(&mut self) -> Outcome<Option<T>> {
        if self.page.is_empty() && self.has_more {
            self.fetch().await?;
        }
        let Some(value) = self.page.pop_front() else { return Ok(None) };
        T::deserialize(value).map(Some).map_err(|_| StripeError::Unknown(UnknownCause::Unreadable(200)))
    }

    /// Returns the objects up to a number.
    ///
    /// # Errors
    /// As [`StripeError`].
    pub async fn take(mut self, most: usize) -> Outcome<Vec<T>> {
        let mut all = Vec::new();
        while all.len() < most
            && let Some(one) = self.next().await?
        {
            all.push(one);
        }
        Ok(all)
    }

    /// Returns all objects.
    ///
    /// # Errors
    /// As [`StripeError`].
    pub async fn all(self) -> Outcome<Vec<T>> {
        self.take(usize::MAX).await
    }

    async fn fetch(&mut self) -> Outcome<()> {
        let page: Page = self.client.get(&self.path, &self.parameters).await?;
        let last = page.data.last().and_then(|one| one.get("id")).cloned();
        self.has_more = page.has_more && last.is_some();
        match page.next_page {
            Some(token) => drop(self.parameters.insert("page".to_owned(), json!(token))),
            None => drop(self.parameters.insert("starting_after".to_owned(), last.unwrap_or_default())),
        }
        self.page = page.data.into();
        Ok(())
    }
}
