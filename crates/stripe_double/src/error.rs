//! Errors in the shape of Stripe's API.

use serde_json::{Value, json};

/// What an action returns.
pub(crate) type Answer<T> = Result<T, Box<ApiError>>;

/// An error that a client sees.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) code: Option<String>,
    pub(crate) decline_code: Option<String>,
    pub(crate) message: String,
    pub(crate) param: Option<String>,
    pub(crate) charge: Option<String>,
    pub(crate) payment_intent: Option<Value>,
    pub(crate) setup_intent: Option<Value>,
    pub(crate) payment_method: Option<Value>,
}

impl ApiError {
    /// An invalid request (400).
    pub(crate) fn invalid(message: impl Into<String>) -> Box<ApiError> {
        Box::new(ApiError {
            status: 400,
            kind: "invalid_request_error",
            message: message.into(),
            ..ApiError::default()
        })
    }

    /// An invalid request because of one parameter.
    pub(crate) fn param(param: &str, code: &str, message: impl Into<String>) -> Box<ApiError> {
        ApiError::invalid(message).code(code).of_param(param)
    }

    /// No object has the id that a parameter names.
    pub(crate) fn missing(what: &str, param: &str, id: &str) -> Box<ApiError> {
        ApiError::param(param, "resource_missing", format!("No such {what}: '{id}'"))
    }

    pub(crate) fn code(mut self: Box<Self>, code: &str) -> Box<ApiError> {
        self.code = Some(code.to_owned());
        self
    }

    pub(crate) fn of_param(mut self: Box<Self>, param: &str) -> Box<ApiError> {
        self.param = Some(param.to_owned());
        self
    }

    pub(crate) fn status(mut self: Box<Self>, status: u16) -> Box<ApiError> {
        self.status = status;
        self
    }

    /// Whether the outcome is stored under the idempotency key. Requests that fail validation are not.
    pub(crate) fn is_stored(&self) -> bool {
        self.status == 402 || self.status >= 500
    }

    pub(crate) fn body(&self) -> Value {
        let mut error = json!({"type": self.kind, "message": self.message});
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                error[name] = value;
            }
        };
        add("code", self.code.clone().map(Value::from));
        add("decline_code", self.decline_code.clone().map(Value::from));
        add("param", self.param.clone().map(Value::from));
        add("charge", self.charge.clone().map(Value::from));
        add("payment_intent", self.payment_intent.clone());
        add("setup_intent", self.setup_intent.clone());
        add("payment_method", self.payment_method.clone());
        if let Some(code) = &self.code {
            add(
                "doc_url",
                Some(format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")).into()),
            );
        }
        json!({"error": error})
    }
}
