// Everything that can be done with a time: hold it, complete it, book it, reschedule it, repeat it, and wait for it.

import assert from "node:assert/strict";
import * as site from "../site.mjs";
import { none, sound } from "../sound.mjs";

/** A visitor holds a time, fills in the form, signs up, and books it: nothing is lost. */
function comesAlong(person, look) {
  return async (visits, app) => {
    const page = await visits.person(look);
    await page.goto(site.bookPath(site.SERVICE.slug, site.day(2)));
    await site.review(page);
    const held = page.url();
    await site.says(page, "Held for you until");
    await site.unfold(page, "Notes");
    await site.main(page).getByLabel("Special requests").fill("Slowly, please.");
    await site.main(page).getByLabel("Allergies").fill("Almond oil");
    await site.press(page, "Create an account");
    await page.waitForURL(/\/signup\//);
    await site.fillSignUp(page, person);
    await page.waitForURL(/\/signup\/check\//);
    await site.says(page, "stays held for you until");
    await site.confirmSignUp(page, app, person.email);
    await page.waitForURL(held);
    assert.equal(await site.main(page).getByLabel("Special requests").inputValue(), "Slowly, please.");
    assert.equal(await site.main(page).getByLabel("Allergies").inputValue(), "Almond oil");
    await page.reload();
    await site.says(page, "Held for you until");
    const price = await site.total(page);
    await site.confirm(page);
    for (const words of ["Slowly, please.", "Almond oil", price, "What happens next"]) await site.says(page, words);
    await site.askToCancel(page);
    await site.cancel(page);
  };
}

/** Reaches a control with the Tab key only. */
async function tabTo(page, control) {
  for (let step = 0; step < 200; step += 1) {
    if (await control.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("not reached with the keyboard");
}

async function byKeyboard(visits) {
  const page = await visits.person();
  await site.signIn(page, site.ACCOUNTS.premium.email);
  await page.goto(site.bookPath(site.SERVICE.slug, site.day(8)));
  await tabTo(page, site.times(page).first());
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/book\/held\/\d+\/$/);
  await tabTo(page, site.main(page).locator("summary", { hasText: "Notes" }));
  await page.keyboard.press("Enter");
  await tabTo(page, site.main(page).getByLabel("Special requests"));
  await page.keyboard.type("Quiet, please.");
  await tabTo(page, site.main(page).getByRole("button", { name: "Confirm booking" }));
  await page.keyboard.press("Space");
  await page.waitForURL(/\/dashboard\/bookings\/\d+\/$/);
  await site.says(page, "Quiet, please.");
  const path = new URL(page.url()).pathname;

  await tabTo(page, site.main(page).getByRole("link", { name: "Reschedule" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/move\/$/);
  await tabTo(page, site.times(page).first());
  await page.keyboard.press("Enter");
  await page.waitForURL(/[?&]to=/);
  await tabTo(page, site.main(page).getByRole("button", { name: "Confirm new time" }));
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === path);
  await site.says(page, "Rescheduled from");

  await tabTo(page, site.main(page).getByRole("link", { name: "Cancel visit" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/cancel\/$/);
  await tabTo(page, site.main(page).getByRole("button", { name: "Cancel visit" }));
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === path);
}

/** Returns a function that checks a page. Without JavaScript, axe can't run. */
function lookingAt(page, look, faults) {
  return async (path) => {
    if (look?.js !== false) await sound(page, path, faults);
  };
}

/** Add-ons change the price, a second service is added and removed again, and then the hold is released. */
function completes(look) {
  return async (visits) => {
    const page = await visits.person(look);
    const faults = [];
    const looks = lookingAt(page, look, faults);
    await site.signIn(page, site.ACCOUNTS.base.email);
    await page.goto(site.bookPath(site.SERVICE.slug, site.day(9)));
    const before = await site.review(page);
    await site.unfold(page, "Add-ons");
    const addon = site.main(page).getByRole("group", { name: "Add-ons" }).getByRole("checkbox").first();
    await addon.check();
    // With JavaScript the total follows by itself.
    const button = site.main(page).getByRole("button", { name: "Update total" }).filter({ visible: true });
    if ((await button.count()) > 0) await button.first().click();
    await site.main(page).locator("[data-part=total]", { hasNotText: before }).waitFor();
    assert.notEqual(await site.total(page), before, "an add-on costs nothing");
    await site.unfold(page, "Add-ons");
    assert.ok(await addon.isChecked(), "the add-on is not kept");
    const then = site.main(page).getByLabel("Add a second service");
    await then.selectOption({ index: 1 });
    const name = (await then.locator("option:checked").innerText()).replace(/, [^,]*$/, "");
    await site.press(page, "Add this service");
    await site.says(page, /Grand total|not|taken|closed/);
    if ((await site.pageText(page)).includes("Grand total")) {
      await looks(page.url());
      await site.unfold(page, "Add-ons");
      await site.press(page, `Remove ${name}`);
    }
    await site.press(page, "Release this time");
    await page.waitForURL(/\/book\/\?service=.*&done=released$/);
    await site.says(page, "The time was released.");
    none(faults);
  };
}

async function repeats(visits) {
  const page = await visits.person();
  const faults = [];
  await site.signIn(page, site.ACCOUNTS.unlimited.email);
  const { path } = await site.book(page, site.SERVICE.slug, site.day(13));
  await sound(page, `${path}repeat/`, faults);
  await site.main(page).getByLabel("Number of additional visits").fill("2");
  await site.press(page, "Preview dates");
  await page.getByRole("heading", { name: "Dates" }).waitFor();
  const choose = site.main(page).getByRole("button", { name: "Review visits" });
  if ((await choose.count()) > 0) await choose.click();
  await site.press(page, "Book all");
  await page.waitForURL(/\/dashboard\/bookings\/#upcoming$/);
  await sound(page, "/dashboard/bookings/", faults);
  await sound(page, `${path}move/`, faults);
  await site.choose(page);
  await page.waitForURL(/[?&]to=/);
  await sound(page, page.url(), faults);
  const file = await page.request.get(`${path}visit.ics`);
  assert.match(await file.text(), /BEGIN:VCALENDAR[\s\S]*END:VCALENDAR/);
  none(faults);
}

/** A time that is not available has a reason. A person joins the waitlist, sees their place, and leaves it. */
function waits(look) {
  return async (visits) => {
    const page = await visits.person(look);
    const faults = [];
    const looks = lookingAt(page, look, faults);
    await site.signIn(page, site.ACCOUNTS.guest.email);
    await page.goto(site.bookPath(site.SERVICE.slug, site.day(2)));
    await site.main(page).getByLabel("Time", { exact: true }).fill("05:00");
    await site.press(page, "Check this time");
    await site.says(page, "We’re closed then.");
    await looks(page.url());

    await page.goto(site.bookPath(site.SERVICE.slug, site.day(10)));
    await looks(page.url());
    await site.press(page, "Notify me when it opens");
    await page.waitForURL(/\/dashboard\/bookings\/#waits$/);
    await site.says(page, "We’ll let you know when it opens.");

    await page.goto(`/book/wait/?service=${site.SINGLE.slug}&date=${site.day(3)}`);
    await looks(page.url());
    await site.main(page).getByLabel("From", { exact: true }).fill(site.day(3));
    await site.main(page).getByLabel("To", { exact: true }).fill(site.day(3));
    await site.press(page, "Join the waitlist");
    // Some times are open on that day: they are listed and can be booked.
    await page.waitForURL(/\/dashboard\/waits\/\d+\/$/);
    await site.says(page, "You’re on the waitlist");
    await looks(page.url());
    await page.goto("/dashboard/bookings/");
    await looks("/dashboard/bookings/");
    const stops = site.main(page).getByRole("button", { name: /leave the waitlist|stop notification/i });
    for (let left = await stops.count(); left > 0; left -= 1) {
      await stops.first().click();
      await page.waitForURL(/#waits$/);
      await page.waitForLoadState();
      assert.equal(await stops.count(), left - 1);
    }
    none(faults);
  };
}

async function visitorsPages(visits) {
  const page = await visits.person();
  const faults = [];
  await page.goto(site.bookPath(site.SERVICE.slug, site.day(1)));
  await site.review(page);
  const held = page.url();
  await sound(page, held, faults);
  // On another computer, the same page belongs to no one.
  const other = await visits.person();
  await other.goto(held);
  await other.waitForURL(/\/login\//);
  await site.press(page, "Release this time");
  await page.waitForURL(/\/book\/\?/);
  await sound(page, held, faults);
  none(faults);
}

/** What the front desk enters of a new guest stays while another day is chosen, and is gone for the next guest. */
async function callerStays(visits) {
  const page = await visits.person();
  await site.signIn(page, "desk@demo.coresync.test");
  const path = (days) => `${site.bookPath(site.SERVICE.slug, site.day(days))}&for=0`;
  const entries = () => Promise.all(["Name", "Phone"].map((label) => site.main(page).getByLabel(label, { exact: true }).inputValue()));
  await page.goto(path(1));
  await site.main(page).getByLabel("Name", { exact: true }).fill("Cora Vale");
  await site.main(page).getByLabel("Phone", { exact: true }).fill("(212) 555-0177");
  await site.main(page).locator(`.days a[href*="date=${site.day(2)}"]`).click();
  await page.waitForURL(new RegExp(`date=${site.day(2)}`));
  assert.deepEqual(await entries(), ["Cora Vale", "(212) 555-0177"]);
  await page.goto("/staff/book/");
  await page.goto(path(2));
  assert.deepEqual(await entries(), ["", ""]);
}

const one = { first: "Ida", last: "Wren", email: "ida.wren@demo.coresync.test", password: "a door left ajar" };
const other = { first: "Nils", last: "Berg", email: "nils.berg@demo.coresync.test", password: "snow on the sill" };
const PHONE = { js: false, width: 390 };

export const journeys = {
  "a visitor's hold comes along to a new account": comesAlong(one),
  "a visitor's hold comes along without JavaScript, on a phone": comesAlong(other, PHONE),
  "with the keyboard alone: booked, moved, cancelled": byKeyboard,
  "what is held is completed": completes(),
  "what is held is completed without JavaScript, on a phone": completes(PHONE),
  "a visit repeats, moves, goes into a calendar": repeats,
  "somebody asks why, waits and stops waiting": waits(),
  "somebody asks why and waits without JavaScript, on a phone": waits(PHONE),
  "a visitor's pages of what is held": visitorsPages,
  "a new guest's name and phone stay while the day changes": callerStays,
};
