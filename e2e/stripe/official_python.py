"""Drives the program `stripe-double` with Stripe's official Python client: pays, is declined, refunds, and lists.

Usage: python official_python.py PORT SECRET_KEY, with the package `stripe` installed.
"""

import sys

import stripe

port, key = sys.argv[1:]
stripe.api_base = f"http://127.0.0.1:{port}"
stripe.api_key = key
stripe.max_network_retries = 0

customer = stripe.Customer.create(name="Anna", metadata={"person": "7"})
card = stripe.PaymentMethod.attach("pm_card_visa", customer=customer.id)


def pay(amount, method, **options):
    return stripe.PaymentIntent.create(
        amount=amount,
        currency="usd",
        customer=customer.id,
        payment_method=method,
        payment_method_types=["card"],
        confirm=True,
        off_session=True,
        expand=["latest_charge.balance_transaction"],
        **options,
    )


paid = pay(15000, card.id, idempotency_key="python-1")
assert paid.status == "succeeded", paid
assert paid.latest_charge.balance_transaction.net == 14535
assert pay(15000, card.id, idempotency_key="python-1").id == paid.id
try:
    pay(16000, "pm_card_chargeDeclined")
    raise AssertionError("the card was not declined")
except stripe.CardError as error:
    assert error.code == "card_declined", error
    assert error.error.payment_intent.status == "requires_payment_method"
refund = stripe.Refund.create(payment_intent=paid.id)
assert refund.status == "succeeded"
assert stripe.Charge.retrieve(paid.latest_charge.id).refunded
assert len(list(stripe.Customer.list(limit=1).auto_paging_iter())) >= 1
print("The official Python client is content.")
