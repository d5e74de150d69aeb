// Drives the program `stripe-double` with Stripe's official Node client: pays, is declined, refunds, lists, searches,
// and verifies a signature. Usage: node official_node.mjs PORT SECRET_KEY, with the package `stripe` (23.1) installed.
import assert from 'node:assert/strict';
import Stripe from 'stripe';

const [port, key] = process.argv.slice(2);
const stripe = new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 });

const customer = await stripe.customers.create({ name: 'Anna', email: 'anna@example.com', metadata: { person: '7' } });
assert.match(customer.id, /^cus_/);
const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
assert.equal(card.card.last4, '4242');

const pay = (amount, method, options) =>
  stripe.paymentIntents.create(
    {
      amount,
      currency: 'usd',
      customer: customer.id,
      payment_method: method,
      payment_method_types: ['card'],
      confirm: true,
      off_session: true,
      capture_method: 'automatic',
      metadata: { attempt: String(amount) },
      expand: ['latest_charge.balance_transaction'],
    },
    options,
  );
const paid = await pay(15000, card.id, { idempotencyKey: 'node-1' });
assert.equal(paid.status, 'succeeded');
assert.equal(paid.latest_charge.balance_transaction.fee, 465);
assert.equal((await pay(15000, card.id, { idempotencyKey: 'node-1' })).id, paid.id);
await assert.rejects(pay(16000, card.id, { idempotencyKey: 'node-1' }), Stripe.errors.StripeIdempotencyError);
await assert.rejects(pay(17000, 'pm_card_chargeDeclinedInsufficientFunds', {}), (error) => {
  assert(error instanceof Stripe.errors.StripeCardError);
  assert.equal(error.decline_code, 'insufficient_funds');
  assert.equal(error.payment_intent.status, 'requires_payment_method');
  return true;
});
await assert.rejects(stripe.refunds.retrieve('re_none'), Stripe.errors.StripeInvalidRequestError);

const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 5000 });
assert.equal(refund.status, 'succeeded');
const found = await stripe.paymentIntents.search({ query: "metadata['attempt']:'15000'" });
assert.deepEqual(found.data.map((one) => one.id), [paid.id]);
for (let number = 0; number < 12; number += 1) await stripe.customers.create({ name: `Guest ${number}` });
let count = 0;
for await (const one of stripe.customers.list({ limit: 5 })) count += one.object === 'customer' ? 1 : 0;
assert.equal(count, 13);

const session = await stripe.checkout.sessions.create({
  mode: 'payment',
  success_url: 'https://club.example/paid/',
  line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 2500, product_data: { name: 'Massage' } } }],
});
assert.equal(session.status, 'open');
assert.equal((await stripe.checkout.sessions.expire(session.id)).status, 'expired');
const setup = await stripe.setupIntents.create({
  customer: customer.id,
  payment_method: 'pm_card_authenticationRequired',
  payment_method_types: ['card'],
  confirm: true,
  return_url: 'https://club.example/back/',
});
assert.equal(setup.next_action.type, 'redirect_to_url');
const events = await stripe.events.list({ type: 'charge.succeeded' });
assert.equal(events.data[0].api_version, '2026-10-28.endive');
assert.equal((await stripe.balance.retrieve()).pending[0].currency, 'usd');
assert.equal((await stripe.balanceTransactions.list({ type: 'refund' })).data[0].amount, -5000);
console.log('The official Node client is content.');
