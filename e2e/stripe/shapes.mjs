// Writes every shape that the program `stripe-double` sends into a TypeScript file with the types of Stripe's official
// Node client. Usage: node shapes.mjs PORT SECRET_KEY shapes.ts && tsc --strict --noEmit --module nodenext shapes.ts
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';

const [port, key, file] = process.argv.slice(2);
const base = `http://127.0.0.1:${port}`;
const headers = { authorization: `Bearer ${key}` };

const get = async (path) => (await fetch(base + path, { headers })).json();
const post = async (path, fields) => {
  const response = await fetch(base + path, { method: 'POST', headers, body: new URLSearchParams(fields) });
  return response.json();
};

const shapes = [];
const add = (type, value) => {
  assert(value && !value.error, `${type}: ${JSON.stringify(value)}`);
  shapes.push(`const shape${shapes.length}: ${type} = ${JSON.stringify(value, null, 1)};`);
};
const pay = (method, fields = {}) =>
  post('/v1/payment_intents', { amount: '5000', currency: 'usd', payment_method: method, confirm: 'true', ...fields });

const customer = await post('/v1/customers', { name: 'Anna', email: 'anna@example.com' });
add('Stripe.Customer', customer);
const card = await post('/v1/payment_methods/pm_card_visa/attach', { customer: customer.id });
add('Stripe.PaymentMethod', card);
const paid = await pay(card.id, { customer: customer.id, off_session: 'true' });
add('Stripe.PaymentIntent', paid);
const declined = (await pay('pm_card_chargeDeclined')).error;
add('Stripe.PaymentIntent', declined.payment_intent);
add('Stripe.PaymentIntent', await pay('pm_card_authenticationRequired', { return_url: 'https://club.example/' }));
add('Stripe.Charge', await get(`/v1/charges/${paid.latest_charge}`));
add('Stripe.Charge', await get(`/v1/charges/${declined.charge}`));
const refund = await post('/v1/refunds', { payment_intent: paid.id, amount: '100' });
add('Stripe.Refund', refund);
add('Stripe.BalanceTransaction', await get(`/v1/balance_transactions/${refund.balance_transaction}`));
add('Stripe.BalanceTransaction', (await get('/v1/balance_transactions?type=charge')).data[0]);
add('Stripe.SetupIntent', await post('/v1/setup_intents', { payment_method: 'pm_card_visa', confirm: 'true' }));
const session = await post('/v1/checkout/sessions', {
  mode: 'payment',
  success_url: 'https://club.example/',
  'line_items[0][quantity]': '1',
  'line_items[0][price_data][currency]': 'usd',
  'line_items[0][price_data][unit_amount]': '900',
  'line_items[0][price_data][product_data][name]': 'Massage',
});
add('Stripe.Checkout.Session', await get(`/v1/checkout/sessions/${session.id}?expand[]=line_items`));
const setup = { mode: 'setup', customer: customer.id, currency: 'usd', success_url: 'https://club.example/' };
add('Stripe.Checkout.Session', await post('/v1/checkout/sessions', setup));
await pay('pm_card_createDispute');
add('Stripe.Dispute', (await get('/v1/disputes')).data[0]);
const later = await post('/v1/refunds', { payment_intent: (await pay('pm_card_refundFail')).id });
await fetch(`${base}/_double/clock`, { method: 'POST', headers, body: '{"advance":300000}' });
add('Stripe.Refund', await get(`/v1/refunds/${later.id}`));
add('Stripe.Payout', (await get('/v1/payouts')).data[0]);
add('Stripe.Balance', await get('/v1/balance'));
add('Stripe.EventBase', (await get('/v1/events')).data[0]);
writeFileSync(file, `import Stripe from 'stripe';\n${shapes.join('\n')}\nexport {};\n`);
console.log(`${shapes.length} shapes`);
