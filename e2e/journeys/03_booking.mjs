// Each kind of guest books on the last day of their window, sees the booking, and cancels it. The day after is refused.

import * as site from "../site.mjs";
import { bookAndCancel, refusedBeyond } from "../booking.mjs";
import assert from "node:assert/strict";

function onTheLastDay(who) {
  return async (visits) => {
    const page = await visits.person();
    await site.signIn(page, site.ACCOUNTS[who].email);
    await bookAndCancel(page, site.ACCOUNTS[who].days);
  };
}

function beyondIt(who) {
  return async (visits) => {
    const page = await visits.person();
    await site.signIn(page, site.ACCOUNTS[who].email);
    await refusedBeyond(page, site.ACCOUNTS[who].days);
  };
}

async function lateIsNotFree(visits) {
  const page = await visits.person();
  await site.signIn(page, site.ACCOUNTS.guest.email);
  const { price } = await site.book(page, site.SERVICE.slug, site.day(0), -1);
  const question = await site.askToCancel(page);
  assert.ok(question.includes(price), `under 12 hours before, canceling costs ${price}; the page does not say so`);
  await site.cancel(page);
}

export const journeys = {
  ...Object.fromEntries(
    Object.entries(site.ACCOUNTS).flatMap(([who, { days }]) => [
      [`${who} books ${days} days ahead and cancels`, onTheLastDay(who)],
      [`${who} is refused ${days + 1} days ahead and told when it opens`, beyondIt(who)],
    ]),
  ),
  "a late cancellation says what it costs": lateIsNotFree,
};
