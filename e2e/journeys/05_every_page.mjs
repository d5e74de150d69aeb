// Every page at the widths of a phone, a tablet, and a desktop: nothing overflows, axe finds no problem, and the HTML
// is valid.

import * as site from "../site.mjs";
import { none, sound } from "../sound.mjs";
import { WIDTHS } from "../visit.mjs";

/**
 * Pages on which axe needs more than a minute per width. They are checked on a phone only, where things stick out
 * first; the same page with its operations closed is checked at every width.
 */
const LARGE = ["api-open"];

/** Returns a journey for one page. All pages in one journey would exceed the time limit on a slow machine. */
function publicPage([name, path]) {
  const journey = async (visits) => {
    const page = await visits.person();
    const faults = [];
    await sound(page, path, faults, LARGE.includes(name) ? [WIDTHS[0]] : WIDTHS);
    none(faults);
  };
  return [`the public page ${name} is sound`, journey];
}

async function memberPages(visits) {
  const page = await visits.person();
  const faults = [];
  await site.signIn(page, site.ACCOUNTS.premium.email);
  await sound(page, "/dashboard/", faults);
  const times = site.bookPath(site.SERVICE.slug, site.day(10));
  await sound(page, times, faults);
  await page.goto(times);
  await site.review(page);
  await sound(page, page.url(), faults);
  await site.confirm(page);
  const { pathname } = new URL(page.url());
  await sound(page, pathname, faults);
  await sound(page, `${pathname}cancel/`, faults);
  await site.cancel(page);
  await sound(page, pathname, faults);
  await sound(page, "/dashboard/", faults);
  none(faults);
}

/** The pages of a hold: extended, booked, and another one released. */
async function heldPages(visits) {
  const page = await visits.person();
  const faults = [];
  await site.signIn(page, site.ACCOUNTS.unlimited.email);
  const held = await site.hold(page, site.SERVICE.slug, site.day(11));
  await sound(page, "/dashboard/", faults);
  await sound(page, held, faults);
  await site.press(page, "Hold 10 more minutes");
  await site.says(page, "Held for you until");
  await sound(page, held, faults);
  await site.press(page, "Confirm booking");
  await page.waitForURL(/\/dashboard\/bookings\/\d+\/$/);
  await site.askToCancel(page);
  await site.cancel(page);

  const other = await site.hold(page, site.SERVICE.slug, site.day(12));
  await page.goto(other);
  await site.press(page, "Release this time");
  await page.waitForURL(/\/book\/\?service=.*&done=released$/);
  await sound(page, other, faults);
  await site.says(page, "no longer held");
  none(faults);
}

/** The pages of a person's account. */
async function ownPages(visits) {
  const page = await visits.person();
  const faults = [];
  await sound(page, "/password-reset/", faults);
  await site.signIn(page, site.ACCOUNTS.premium.email);
  for (const [, path] of site.OWN_PAGES) await sound(page, path, faults);
  none(faults);
}

/** The back office, as the owner sees it. */
async function deskPages(visits) {
  const page = await visits.person();
  const faults = [];
  await site.signIn(page, "owner@demo.coresync.test");
  for (const [, path] of await site.officePages(page)) await sound(page, path, faults);
  none(faults);
}

export const journeys = {
  ...Object.fromEntries(site.PAGES.map(publicPage)),
  "every member's page at three widths": memberPages,
  "the page of what is held at three widths": heldPages,
  "what one keeps and sees of oneself at three widths": ownPages,
  "the back office at three widths": deskPages,
};
