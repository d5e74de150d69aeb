// How much a booking asks of a guest on a phone. A tap is every press that a person has to make: on a link, a button, a
// picture, or a time, and also the one on the link in the email that confirms the address. A field is every one that a
// person has to type into; a field that may stay empty, such as the phone number, is not counted. Scrolling and opening
// the email program are not counted.

import assert from "node:assert/strict";
import * as site from "../site.mjs";

const PHONE = { width: 390 };

/** Counts what a person does on a page. */
class Counter {
  taps = 0;
  fields = 0;

  constructor(page) {
    this.page = page;
  }

  async tap(control) {
    await control.waitFor();
    this.taps += 1;
    await control.click();
  }

  async type(label, text) {
    this.fields += 1;
    await site.main(this.page).getByLabel(label, { exact: true }).fill(text);
  }

  /** Opens a link that is not on a page, such as that of an email. */
  async follow(url) {
    this.taps += 1;
    await this.page.goto(url, { waitUntil: "commit" });
  }
}

/** Checks that a control is on the screen and not covered, before anything is scrolled. */
async function isAtHand(page, control) {
  await control.waitFor();
  assert.equal(await page.evaluate(() => scrollY), 0, "the page is scrolled");
  const isSeen = await control.evaluate((one) => {
    const { top, bottom, left, right, height } = one.getBoundingClientRect();
    const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return top >= 0 && bottom <= innerHeight && height >= 44 && one.contains(seen);
  });
  assert.ok(isSeen, `${await control.innerText()}: not at hand at ${page.url()}`);
}

const button = (page, name) => site.main(page).getByRole("button", { name, exact: true });

async function newGuest(visits, app) {
  const page = await visits.person(PHONE);
  const count = new Counter(page);
  const email = "mara.lind@demo.coresync.test";
  await page.goto("/");
  await count.tap(page.getByRole("link", { name: `See times for ${site.SERVICE.name}` }));
  await page.waitForURL(/\/book\/\?service=/);
  await isAtHand(page, site.times(page).first());
  await count.tap(site.times(page).first());
  await page.waitForURL(/\/book\/held\/\d+\/$/);
  const held = page.url();
  await isAtHand(page, button(page, "Create an account"));
  await count.tap(button(page, "Create an account"));
  await page.waitForURL(/\/signup\//);
  await count.type("First name", "Mara");
  await count.type("Last name", "Lind");
  await count.type("Email", email);
  await count.type("Password", "the tide comes in");
  await count.tap(button(page, "Create account"));
  await page.waitForURL(/\/signup\/check\//);
  await count.follow(await site.confirmLink(app, email));
  // In the browser that signed up, the page goes on by itself to the time that is held.
  await page.waitForURL(held);
  await isAtHand(page, button(page, "Confirm booking"));
  await count.tap(button(page, "Confirm booking"));
  await page.waitForURL(/\/dashboard\/bookings\/\d+\/$/);
  await page.getByRole("heading", { level: 1, name: "You’re booked." }).waitFor();
  assert.match(await site.pageText(page), site.NUMBER);
  assert.ok(count.taps <= 6, `a new guest needs ${count.taps} taps`);
  assert.ok(count.fields <= 4, `a new guest fills in ${count.fields} fields`);
  await site.askToCancel(page);
  await site.cancel(page);
}

async function member(visits) {
  const page = await visits.person(PHONE);
  await site.signIn(page, site.ACCOUNTS.base.email);
  const count = new Counter(page);
  await page.goto("/");
  await count.tap(site.main(page).getByRole("link", { name: "Find a time" }).first());
  await page.waitForURL(/\/book\/$/);
  await count.tap(site.main(page).locator(`a[href="/book/?service=${site.SERVICE.slug}"]`));
  await page.waitForURL(/\/book\/\?service=/);
  await isAtHand(page, site.times(page).first());
  await count.tap(site.times(page).first());
  await page.waitForURL(/\/book\/held\/\d+\/$/);
  await isAtHand(page, button(page, "Confirm booking"));
  await count.tap(button(page, "Confirm booking"));
  await page.waitForURL(/\/dashboard\/bookings\/\d+\/$/);
  await page.getByRole("heading", { level: 1, name: "You’re booked." }).waitFor();
  assert.ok(count.taps <= 4, `a member needs ${count.taps} taps`);
  await site.askToCancel(page);
  await site.cancel(page);
}

/** Wherever the button is, it is on the screen: as it was held, after a choice, and after the hold was extended. */
async function alwaysAtHand(visits) {
  const page = await visits.person(PHONE);
  await site.signIn(page, site.ACCOUNTS.unlimited.email);
  await page.goto(site.bookPath(site.SERVICE.slug, site.day(3)));
  await site.review(page);
  const confirm = button(page, "Confirm booking");
  await isAtHand(page, confirm);
  await site.unfold(page, "Notes");
  await page.evaluate(() => scrollTo(0, 0));
  await isAtHand(page, confirm);
  await site.press(page, "Hold 10 more minutes");
  await page.waitForLoadState();
  await page.evaluate(() => scrollTo(0, 0));
  await isAtHand(page, confirm);
  await site.press(page, "Release this time");
  await page.waitForURL(/done=released$/);
}

/** The row of days begins at the chosen day, however far ahead it is. */
async function chosenDay(visits) {
  const page = await visits.person(PHONE);
  await site.signIn(page, site.ACCOUNTS.premium.email);
  for (const ahead of [0, 6, 13]) {
    await page.goto(site.bookPath(site.SERVICE.slug, site.day(ahead)));
    await isAtHand(page, site.main(page).locator('.days [aria-current="date"]'));
    await isAtHand(page, site.times(page).first());
  }
}

export const journeys = {
  "a new guest books on a phone in six taps and four fields": newGuest,
  "a member books on a phone in four taps": member,
  "the button that books is always at hand": alwaysAtHand,
  "the chosen day and its first time are at hand": chosenDay,
};
