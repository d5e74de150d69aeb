// A payment at the front desk: the guest pays in cash with a tip, has a receipt, and gets a part back from a manager.

import assert from "node:assert/strict";
import * as site from "../site.mjs";
import { none, sound } from "../sound.mjs";

/** Books a visit for a member of the demonstration club, and returns its id. */
async function booked(visits, who, days) {
  const page = await visits.person();
  await site.signIn(page, site.ACCOUNTS[who].email);
  await page.goto(site.bookPath(site.SERVICE.slug, site.day(days)));
  await site.review(page);
  await site.confirm(page);
  return { page, id: new URL(page.url()).pathname.split("/")[3] };
}

function paid(who, days, look) {
  return async (visits) => {
    const guest = await booked(visits, who, days);
    const faults = [];
    // The checks of a page run scripts in it.
    const check = look?.js === false ? (page, path) => page.goto(path) : sound;
    const desk = await visits.person(look);
    await site.signIn(desk, "desk@demo.coresync.test");
    await desk.goto(`/dashboard/bookings/${guest.id}/`);
    await site.main(desk).getByRole("link", { name: "Payments for this visit" }).click();
    await desk.waitForURL(/\/staff\/money\/booking\/\d+\/$/);
    const path = new URL(desk.url()).pathname;
    const amount = await site.main(desk).getByLabel("Amount").inputValue();
    const left = await desk.context().newPage();
    await left.goto(path);
    await site.main(left).getByLabel("Paid with").selectOption("Cash");
    // A card terminal needs the number of its slip; the other fields stay as they were entered.
    await site.main(desk).getByLabel("Paid with").selectOption("Card terminal");
    await site.main(desk).getByLabel("Tip", { exact: true }).fill("20");
    await site.press(desk, "Record payment");
    await site.says(desk, "Enter the number of the slip.");
    assert.equal(await site.main(desk).getByLabel("Tip", { exact: true }).inputValue(), "20");
    await site.main(desk).getByLabel("Paid with").selectOption("Cash");
    await site.press(desk, "Record payment");
    await site.says(desk, "Payment recorded.");
    const number = await site.main(desk).getByRole("link", { name: /^RC-\d{4}-\d{6,}$/ }).innerText();
    // The same form in another tab, which was left open, takes nothing more.
    await site.press(left, "Record payment");
    await site.says(left, "This has already been paid.");
    await check(desk, path, faults);
    await check(desk, "/staff/money/", faults);
    await site.says(desk, number);
    // The guest has the receipt.
    await guest.page.goto("/dashboard/payments/");
    await site.main(guest.page).getByRole("link", { name: `View receipt ${number}` }).click();
    await guest.page.waitForURL(/\/dashboard\/payments\/\d+\/$/);
    for (const text of [number, "$20.00", "Total"]) await site.says(guest.page, text);
    await check(guest.page, new URL(guest.page.url()).pathname, faults);
    // A manager gives a part back, with a reason and their password.
    const manager = await visits.person(look);
    await site.signIn(manager, "manager@demo.coresync.test");
    await manager.goto(path);
    await site.main(manager).getByRole("link", { name: "Refund", exact: true }).click();
    await site.main(manager).getByLabel("Amount").fill("10");
    await site.main(manager).getByLabel("Reason").fill("The room was too cold.");
    await site.press(manager, "Record refund");
    await site.says(manager, "Confirm that it’s you");
    await site.main(manager).getByLabel("Your password").fill(site.PASSWORD);
    await site.press(manager, "Record refund");
    await site.says(manager, "Refund recorded.");
    await site.says(manager, "The room was too cold.");
    await check(manager, path, faults);
    await check(manager, `${path}refund/`, faults);
    await guest.page.reload();
    for (const text of [/RF-\d{4}-\d{6,}/, "$10.00"]) await site.says(guest.page, text);
    assert.match(amount, /^\d+\.\d{2}$/);
    none(faults);
  };
}

export const journeys = {
  "a guest pays, has a receipt, and gets a part back": paid("guest", 2),
  "a guest pays without JavaScript, on a phone": paid("base", 9, { js: false, width: 390 }),
};
