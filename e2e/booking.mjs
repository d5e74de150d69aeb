// The steps of a booking, from the search to the cancellation, with and without JavaScript.

import assert from "node:assert/strict";
import * as site from "./site.mjs";

/**
 * For a signed-in person: books a number of days ahead, finds the booking in the list, and cancels it without a fee.
 */
export async function bookAndCancel(page, days) {
  const date = site.day(days);
  await site.askForTimes(page, site.SERVICE.slug, date);
  assert.ok((await site.times(page).count()) > 0, `no time on ${date}`);
  const price = await site.review(page);
  await site.says(page, site.SERVICE.name);
  await site.says(page, site.spoken(date));
  await site.unfold(page, "Notes");
  await site.main(page).getByLabel("Special requests").fill("A quiet session, please. 🌿");
  await site.main(page).getByLabel("Allergies").fill("Almond oil");
  const number = await site.confirm(page);
  const { pathname } = new URL(page.url());
  assert.ok((await site.pageText(page)).includes(price), `the booking does not cost ${price} as promised`);

  await page.goto("/dashboard/bookings/");
  await site.listed(page, "Upcoming", number).first().waitFor();

  await page.goto(pathname);
  assert.match(await site.askToCancel(page), site.FREE, "the page does not say that canceling is free");
  await site.cancel(page);
  await page.goto(pathname);
  await site.says(page, /canceled/i);
  assert.equal(await site.main(page).getByRole("link", { name: "Cancel visit" }).count(), 0);

  await page.goto("/dashboard/bookings/");
  await site.listed(page, "Past", number).first().waitFor();
  assert.equal(await site.listed(page, "Upcoming", number).count(), 0);
}

/** For a signed-in person: the day after the window shows no times, but a sentence and the day when it opens. */
export async function refusedBeyond(page, days) {
  await page.goto(site.bookPath(site.SERVICE.slug, site.day(days + 1)));
  assert.equal(await site.times(page).count(), 0, "a time beyond the window is offered");
  await site.says(page, site.spoken(site.day(1)));
  assert.match(await site.pageText(page), /opens?|from/i);
}
