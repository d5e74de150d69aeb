//! No type that holds a secret can be printed.

use std::fmt::Debug;
use std::marker::PhantomData;

use stripe::{
    CheckoutSession, NextAction, PaymentIntent, RedirectToUrl, SetupIntent, StripeClient, StripeConfig,
    StripeEvent, StripeEventData, StripeRefund, WebhookSecrets,
};
use stripe_double::{Double, DoubleConfig, WebhookTarget};

/// Whether a type implements `Debug`: the constant of the type itself comes before the one of the trait.
#[allow(dead_code, reason = "only its constant is used")]
struct Is<T>(PhantomData<T>);

trait Otherwise {
    const PRINTABLE: bool = false;
}

impl<T> Otherwise for T {}

impl<T: Debug> Is<T> {
    const PRINTABLE: bool = true;
}

#[test]
fn types_with_secrets_have_no_debug() {
    let printable = [
        ("StripeClient", Is::<StripeClient>::PRINTABLE),
        ("StripeConfig", Is::<StripeConfig>::PRINTABLE),
        ("WebhookSecrets", Is::<WebhookSecrets>::PRINTABLE),
        ("PaymentIntent", Is::<PaymentIntent>::PRINTABLE),
        ("SetupIntent", Is::<SetupIntent>::PRINTABLE),
        ("CheckoutSession", Is::<CheckoutSession>::PRINTABLE),
        ("NextAction", Is::<NextAction>::PRINTABLE),
        ("RedirectToUrl", Is::<RedirectToUrl>::PRINTABLE),
        ("StripeEvent", Is::<StripeEvent>::PRINTABLE),
        ("StripeEventData", Is::<StripeEventData>::PRINTABLE),
        ("Double", Is::<Double>::PRINTABLE),
        ("DoubleConfig", Is::<DoubleConfig>::PRINTABLE),
        ("WebhookTarget", Is::<WebhookTarget>::PRINTABLE),
    ];
    for (name, is_printable) in printable {
        assert!(!is_printable, "{name} implements Debug");
    }
    const { assert!(Is::<StripeRefund>::PRINTABLE, "the check finds Debug where it is") }
}
