//! Customers: whom payment methods belong to.

use serde::{Deserialize, Serialize};

use super::search::MetadataSearch;
use super::shared::{Metadata, listed, optional_id, or_default};
use crate::client::{AttemptKey, StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::{CreatedRange, Listing};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Customer {
    /// The id (`cus_…`).
    pub id: String,
    /// Whether the customer was removed. Then everything else is empty.
    #[serde(default)]
    pub deleted: bool,
    /// When the customer was created, in unix seconds.
    #[serde(default)]
    pub created: i64,
    /// The email address.
    #[serde(default)]
    pub email: Option<String>,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The phone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// The default payment method.
    #[serde(default, deserialize_with = "or_default")]
    pub invoice_settings: InvoiceSettings,
    /// Whether the customer exists in live mode.
    #[serde(default)]
    pub livemode: bool,
    /// The caller's texts.
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
}

/// The settings of a customer that name the default payment method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct InvoiceSettings {
    /// The payment method to use by default.
    #[serde(default, deserialize_with = "optional_id")]
    pub default_payment_method: Option<String>,
}

listed!(Customer);

/// What removing a customer returns.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DeletedCustomer {
    /// The id.
    pub id: String,
    /// Whether the customer is removed.
    #[serde(default)]
    pub deleted: bool,
}

/// What to store about a customer. A field without a value stays as it is; an empty text removes a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerParams {
    /// The email address.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// The payment method to use by default.
    pub default_payment_method: Option<String>,
    /// The caller's texts.
    pub metadata: Metadata,
}

#[derive(Serialize)]
struct Wire<'a> {
    email: &'a Option<String>,
    name: &'a Option<String>,
    phone: &'a Option<String>,
    invoice_settings: WireSettings<'a>,
    metadata: &'a Metadata,
}

#[derive(Serialize)]
struct WireSettings<'a> {
    default_payment_method: &'a Option<String>,
}

impl CustomerParams {
    fn wire(&self) -> Wire<'_> {
        Wire {
            email: &self.email,
            name: &self.name,
            phone: &self.phone,
            invoice_settings: WireSettings { default_payment_method: &self.default_payment_method },
            metadata: &self.metadata,
        }
    }
}

/// Which customers to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CustomerFilter {
    /// Customers with exactly this email address.
    pub email: Option<String>,
    /// Customers created in this span.
    pub created: Option<CreatedRange>,
}

impl StripeClient {
    /// Creates a customer.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn create_customer(&self, key: &AttemptKey, params: &CustomerParams) -> Outcome<Customer> {
        self.post(key, "/v1/customers", &params.wire()).await
    }

    /// Changes a customer.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn update_customer(
        &self,
        key: &AttemptKey,
        id: &str,
        params: &CustomerParams,
    ) -> Outcome<Customer> {
        self.post(key, &object_path("customers", id, "")?, &params.wire()).await
    }

    /// Returns a customer. One that was removed has `deleted`.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn customer(&self, id: &str) -> Outcome<Customer> {
        self.get(&object_path("customers", id, "")?, &()).await
    }

    /// Removes a customer with all payment methods.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn delete_customer(&self, key: &AttemptKey, id: &str) -> Outcome<DeletedCustomer> {
        self.delete(key, &object_path("customers", id, "")?).await
    }

    /// Lists customers.
    pub fn customers(&self, filter: &CustomerFilter) -> Listing<Customer> {
        Listing::new(self, "/v1/customers", filter)
    }

    /// Searches customers.
    pub fn search_customers(&self, search: &MetadataSearch) -> Listing<Customer> {
        Listing::new(self, "/v1/customers/search", search)
    }
}
