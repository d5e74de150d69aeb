// Bad input: each case gets a page with a message, never a server error.

import assert from "node:assert/strict";
import * as site from "../site.mjs";

const LONG = "x".repeat(4000);

const ODD_PATHS = [
  ...["2026-02-30", "2026-13-01", "0000-00-00", "9999-99-99", "-1", "1e9", "tomorrow", "", "🌿", "2026-11-23", LONG].map(
    (date) => site.bookPath(site.SERVICE.slug, date),
  ),
  ...["no-such-service", "", "🌿", "../../etc/passwd", "' OR 1=1 --", LONG].map((slug) => site.bookPath(slug, site.day(1))),
  "/book/?service=signature-massage&date=2026-11-25%00",
  "/book/?service=%ff%fe&date=%ff",
  "/book/?date=2026-11-25&date=2026-11-26&service=a&service=b",
  "/services/?q=%F0%9F%8C%BF",
  "/services/?q=%00",
  "/services/?q=%25_%25",
  "/services/?category=no-such-category&page=-1",
  "/services/?page=99999999999999999999",
  "/services/%F0%9F%8C%BF/",
  "/services/%00/",
  "/services/%ff/",
  "/login/?next=%00%F0%9F%8C%BF",
];

const ODD_MEMBER_PATHS = [
  "/dashboard/bookings/0/",
  "/dashboard/bookings/-1/",
  "/dashboard/bookings/abc/",
  "/dashboard/bookings/%F0%9F%8C%BF/",
  "/dashboard/bookings/99999999999999999999999999/",
  "/dashboard/bookings/99999999999999999999999999/cancel/",
  "/book/review/",
  "/book/review/?service=signature-massage",
  "/book/held/0/",
  "/book/held/abc/",
  "/book/wait/?service=%F0%9F%8C%BF",
  "/book/?service=signature-massage&at=25:99",
  "/book/?service=signature-massage&at=%00",
  "/dashboard/bookings/?state=%F0%9F%8C%BF&service=none&page=-1",
  "/dashboard/bookings/99999999999999999999999999/move/",
  "/dashboard/bookings/0/repeat/",
  "/book/review/?service=%F0%9F%8C%BF&date=2026-02-30&time=25:99&start=-1&starts_at=99999999999999999999&room=-1",
];

async function visit(page, path) {
  const response = await page.goto(path);
  await site.answersInText(page, response, path.slice(0, 120));
}

async function oddAddresses(visits) {
  const page = await visits.person();
  for (const path of ODD_PATHS) await visit(page, path);
  await site.signIn(page, site.ACCOUNTS.base.email);
  for (const path of ODD_MEMBER_PATHS) await visit(page, path);
}

/** Sends the page's form as it is, without the browser's validation. */
async function sends(page, fill, request) {
  await page.evaluate(() => {
    for (const form of document.forms) form.noValidate = true;
  });
  const answer = page.waitForResponse((one) => one.request().method() === "POST");
  await fill();
  const status = (await answer).status();
  assert.ok(status < 500, `${request}: ${status}`);
  await page.waitForLoadState();
  assert.match(await site.pageText(page), site.SENTENCE, `${request}: no sentence on the page`);
  return status;
}

async function oddSignIns(visits) {
  const page = await visits.person();
  for (const [email, password] of [
    ["", ""],
    ["🌿", "🌿"],
    ["nobody@demo.coresync.test", "coresync-demo"],
    ["guest@demo.coresync.test", "wrong"],
    ["guest@demo.coresync.test", LONG],
    [`${LONG}@example.org`, "x"],
  ]) {
    await page.goto("/login/");
    await sends(page, () => site.fillSignIn(page, email, password), `signing in as ${email.slice(0, 40)}`);
    assert.match(page.url(), /\/login\//, `${email.slice(0, 40)} was let in`);
  }
  await page.goto("/login/");
  await sends(page, () => site.fillSignIn(page, "someone@example.org", "wrong"), "a wrong password");
  const shown = await site.main(page).getByLabel("Email").inputValue();
  assert.equal(shown, "someone@example.org", "what was typed is lost");
}

async function oddSignUps(visits) {
  const page = await visits.person();
  const good = { first: "Ada", last: "Moss", email: "ada.moss@demo.coresync.test", password: "rain on the roof" };
  for (const change of [
    { first: "", last: "" },
    { email: "not an address" },
    { email: "🌿@🌿" },
    { password: "1" },
    { first: LONG },
  ]) {
    await page.goto("/signup/");
    await sends(page, () => site.fillSignUp(page, { ...good, ...change }), `signing up with ${Object.keys(change)}`);
    assert.match(page.url(), /\/signup\//, `an account was made with ${JSON.stringify(change).slice(0, 60)}`);
  }
}

/**
 * The response does not tell whose address it is: the page is the same for everyone, and the existing account is
 * unchanged.
 */
async function takenAddress(visits) {
  const { email } = site.ACCOUNTS.guest;
  const page = await visits.person();
  await page.goto("/signup/");
  await site.fillSignUp(page, { first: "Ada", last: "Moss", email, password: "rain on the roof" });
  await page.waitForURL(/\/signup\/check\/$/);
  await site.says(page, "Open the link we sent you");
  await page.goto("/dashboard/");
  await page.waitForURL(/\/login\//);
  const owner = await visits.person();
  await site.signIn(owner, email);
  const text = await site.main(owner).innerText();
  assert.ok(!text.includes("Ada"), "the owner's account was changed");
}

async function takenMeanwhile(visits) {
  const quick = await visits.person();
  const slow = await visits.person();
  await site.signIn(quick, site.ACCOUNTS.premium.email);
  await site.signIn(slow, site.ACCOUNTS.guest.email);
  for (const page of [quick, slow]) await page.goto(site.bookPath(site.SINGLE.slug, site.day(2)));
  await site.review(quick);
  // A time that one person holds is no longer available to the other.
  await sends(slow, () => site.choose(slow), "a time held meanwhile");
  assert.match(await site.pageText(slow), site.TAKEN);
  await site.main(slow).getByRole("heading", { name: "Open nearby times" }).waitFor();
  await site.confirm(quick);
  await site.askToCancel(quick);
  await site.cancel(quick);
}

async function sentTwice(visits) {
  const first = await visits.person();
  await site.signIn(first, site.ACCOUNTS.premium.email);
  await first.goto(site.bookPath(site.SERVICE.slug, site.day(5)));
  await site.review(first);
  const second = await first.context().newPage();
  visits.watch(second);
  visits.pages.push(second);
  await second.goto(first.url());
  const number = await site.confirm(first);
  await first.goto("/dashboard/bookings/");
  const before = await numbers(first);
  await sends(second, () => site.press(second, "Confirm booking"), "the same form a second time");
  await first.goto("/dashboard/bookings/");
  assert.deepEqual(await numbers(first), before, "the same form booked twice");
  await site.main(first).getByText(number).first().waitFor();
}

async function numbers(page) {
  return [...(await site.pageText(page)).matchAll(new RegExp(site.NUMBER, "g"))].map(([number]) => number).sort();
}

async function signedOutMeanwhile(visits) {
  const page = await visits.person();
  await site.signIn(page, site.ACCOUNTS.unlimited.email);
  await page.goto(site.bookPath(site.SERVICE.slug, site.day(6)));
  await site.review(page);
  await page.context().clearCookies();
  await sends(page, () => site.press(page, "Confirm booking"), "a form of somebody who is signed out");
  assert.match(await site.pageText(page), /sign in/i);
}

async function anothersBooking(visits) {
  const owner = await visits.person();
  const other = await visits.person();
  await site.signIn(owner, site.ACCOUNTS.unlimited.email);
  await site.signIn(other, site.ACCOUNTS.base.email);
  const { path, number } = await site.book(owner, site.SERVICE.slug, site.day(7));
  for (const address of [path, `${path}cancel/`]) {
    const response = await other.goto(address);
    assert.equal(response.status(), 404, address);
    assert.ok(!(await other.content()).includes(number), "another's booking is shown");
  }
  await owner.goto(path);
  await site.askToCancel(owner);
  await site.cancel(owner);
}

async function tenMegabytes(visits, app) {
  const page = await visits.person();
  await page.goto("/login/");
  const answer = await page.request.post("/login/", {
    headers: { origin: app.url },
    form: { email: "x".repeat(10_000_000), password: "x" },
    maxRedirects: 0,
  });
  assert.ok(answer.status() >= 400 && answer.status() < 500, `ten megabytes: ${answer.status()}`);
}

export const journeys = {
  "odd addresses get a page with a sentence": oddAddresses,
  "odd sign-ins are refused and what was typed stays": oddSignIns,
  "odd sign-ups are refused": oddSignUps,
  "the owner of an address is not revealed": takenAddress,
  "a time taken meanwhile is refused in words": takenMeanwhile,
  "the same form sent twice books once": sentTwice,
  "a form sent after signing out asks to sign in": signedOutMeanwhile,
  "another's booking is not found": anothersBooking,
  "ten megabytes are refused": tenMegabytes,
};
