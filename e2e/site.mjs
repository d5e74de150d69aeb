// How the journeys find things on the site: all labels, addresses, and sentences that they rely on are here.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { TODAY } from "./app.mjs";

export const PASSWORD = "coresync-demo";

/** The guests of the demonstration club, and how many days ahead each may book. */
export const ACCOUNTS = {
  guest: { email: "guest@demo.coresync.test", days: 3 },
  base: { email: "base@demo.coresync.test", days: 30 },
  premium: { email: "premium@demo.coresync.test", days: 60 },
  unlimited: { email: "unlimited@demo.coresync.test", days: 90 },
};

/** A service that everyone may book, and one that only a single room serves. */
export const SERVICE = { slug: "signature-massage", name: "Signature Massage" };
export const SINGLE = { slug: "the-cut", name: "The Cut" };

export const TIME = /\d{1,2}:\d{2} [AP]M/;
export const PART_OF_DAY = /^(Morning|Afternoon|Evening)/;
export const NUMBER = /CS-\d{4}-\d{6,}/;
export const MONEY = /\$[\d,]+(\.\d{2})?/;
export const FREE = /\bfree\b|\bnothing\b|no (charge|cost|fee)|\$0(?![\d.])/i;
export const SENTENCE = /\w{2,}[^.!?]*[.!?]/;
export const TAKEN = /taken/i;

export const PAGES = [
  ["home", "/"],
  ["menssuite", "/menssuite/"],
  ["private", "/private/"],
  ["about", "/about/"],
  ["technologies", "/technologies/"],
  ["contacts", "/contacts/"],
  ["offline", "/offline/"],
  ["services", "/services/"],
  ["services-search", "/services/?q=massage"],
  ["services-none", "/services/?q=zzzz"],
  ["service", `/services/${SERVICE.slug}/`],
  ["book", "/book/"],
  ["book-day", bookPath(SERVICE.slug, day(1))],
  ["book-outside", bookPath(SERVICE.slug, day(40))],
  ["api", "/api/docs/"],
  ["api-open", "/api/docs/?open=1"],
  ["api-none", "/api/docs/?q=zzzz"],
  ["login", "/login/"],
  ["signup", "/signup/"],
  ["signup-check", "/signup/check/"],
  ["missing", "/no-such-page/"],
];

/** The pages of a person's account. */
export const OWN_PAGES = ["bookings", "membership", "payments", "profile", "preferences", "sessions", "privacy"].map((name) => [
  name,
  `/dashboard/${name}/`,
]);

/**
 * Returns every page of the back office that the menu of the signed-in person links to, the page of a member, and the
 * style guide, which no menu links to.
 */
export async function officePages(page) {
  await page.goto("/staff/members/?q=base");
  const menu = await page.locator('nav a[href^="/staff/"]').evaluateAll((ways) => ways.map((way) => way.pathname));
  const member = await page.locator('td a[href^="/staff/members/"], th a[href^="/staff/members/"]').first();
  const paths = new Set([...menu, new URL(await member.getAttribute("href"), page.url()).pathname, "/staff/", "/staff/style/"]);
  if (paths.size < 10) throw new Error(`the menu has only ${[...paths].join(" ")}`);
  return [...paths].map((path) => [path.split("/").filter(Boolean).slice(1).join("-") || "front", path]);
}

// ---- days ----

/** Returns the day a number of days after the program's current day, as YYYY-MM-DD. */
export function day(ahead) {
  return new Date(Date.parse(`${TODAY}T00:00:00Z`) + ahead * 86_400_000).toISOString().slice(0, 10);
}

/** Returns a pattern for a day in words: "25 November" or "November 25". */
export function spoken(date) {
  const number = Number(date.slice(8));
  const month = new Date(`${date}T00:00:00Z`).toLocaleString("en-US", { month: "long", timeZone: "UTC" });
  return new RegExp(`\\b${number} ${month}\\b|\\b${month} ${number}\\b`);
}

// ---- content of a page ----

export const main = (page) => page.getByRole("main");
export const pageText = (page) => main(page).innerText();

/** Waits until the main part of the page contains the text. */
export async function says(page, text) {
  await main(page).getByText(text).filter({ visible: true }).first().waitFor();
}

/**
 * Checks that the response is a page of the program, whatever was requested, with a sentence on it if it is a refusal.
 */
export async function answersInText(page, response, request) {
  assert.ok(response, `${request}: no answer`);
  assert.ok(response.status() < 500, `${request}: ${response.status()}`);
  assert.match(response.headers()["content-type"] ?? "", /^text\/html/, `${request}: not a page`);
  const wanted = response.status() < 400 ? /\S/ : SENTENCE;
  assert.match(await pageText(page), wanted, `${request}: no sentence on the page`);
}

// ---- accounts ----

export async function fillSignIn(page, email, password = PASSWORD) {
  await main(page).getByLabel("Email").fill(email);
  await main(page).getByLabel("Password", { exact: true }).fill(password);
  await press(page, "Sign in");
}

/** Signs in. Guests begin with their visits, the front desk and managers with the day, technicians with their own. */
export async function signIn(page, email) {
  await page.goto("/login/");
  await fillSignIn(page, email);
  await page.waitForURL(/\/(dashboard|staff\/day|staff\/my-day)\/$/);
}

export async function fillSignUp(page, { first, last, email, password }) {
  await main(page).getByLabel("First name").fill(first);
  await main(page).getByLabel("Last name").fill(last);
  await main(page).getByLabel("Email").fill(email);
  await main(page).getByLabel("Password", { exact: true }).fill(password);
  await press(page, "Create account");
}

/** Returns the last link that confirms an address, from the emails that the program stores in its data folder. */
export async function confirmLink(app, email) {
  const folder = join(app.folder, "data", "mail");
  for (let tries = 0; tries < 300; tries += 1) {
    const names = (await readdir(folder).catch(() => [])).sort().reverse();
    for (const name of names) {
      const text = (await readFile(join(folder, name), "utf8")).replaceAll("=\r\n", "").replaceAll("=3D", "=");
      const link = text.includes(`To: ${email}`) && /\/verify\/\?token=[0-9a-f]{64}/.exec(text);
      if (link) return link[0];
    }
    await pause(100);
  }
  throw new Error(`no email to ${email} with a link`);
}

/** Finds the email of a sign-up, and confirms the address in this browser, which signed up. */
export async function confirmSignUp(page, app, email) {
  await page.waitForURL(/\/signup\/check\//);
  await page.getByRole("heading", { name: "Check your email" }).waitFor();
  const runsScripts = await page.evaluate(() => matchMedia("(scripting: enabled)").matches);
  await page.goto(await confirmLink(app, email), { waitUntil: "commit" });
  // With JavaScript, the page sends itself in the browser that signed up.
  if (runsScripts) await page.waitForURL((url) => url.pathname !== "/verify/");
  else await main(page).getByRole("button", { name: "Confirm my email", exact: true }).click();
}

export async function signOut(page) {
  const button = page.getByRole("button", { name: "Sign out" });
  await button.or(page.getByRole("link", { name: "Sign out" })).first().click();
  await page.getByRole("link", { name: "Sign in" }).first().waitFor();
}

export const press = (page, name) => main(page).getByRole("button", { name, exact: true }).click();

// ---- services ----

export async function searchServices(page, text) {
  await page.goto("/services/");
  await main(page).getByRole("searchbox").fill(text);
  await main(page).getByRole("searchbox").press("Enter");
  await page.waitForURL(/[?&]q=/);
}

/** Selects the second item of the filter, and returns the name of the chosen item. */
export async function filterServices(page) {
  await page.goto("/services/");
  const filter = main(page).getByLabel("Category");
  const chosen = filter.getByRole("option").nth(1);
  const name = (await chosen.innerText()).trim();
  await filter.selectOption(await chosen.getAttribute("value"));
  await main(page).getByRole("search").getByRole("button").first().click();
  await page.waitForURL(/\?/);
  return name;
}

export const serviceLinks = (page) => main(page).locator('a[href^="/services/"]').filter({ visible: true });

// ---- booking ----

export function bookPath(service, date) {
  return `/book/?${new URLSearchParams({ service, date })}`;
}

/** Opens a folded part of the page, if it is not open yet. */
export async function unfold(page, name) {
  const fold = main(page).locator("details").filter({ has: page.locator("summary", { hasText: name }) }).first();
  if (!(await fold.evaluate((one) => one.open))) await fold.locator("summary").click();
}

/** Chooses a service from the pictures and searches the times of a day, as a person does. */
export async function askForTimes(page, service, date) {
  await page.goto("/book/");
  await main(page).locator(`a[href="/book/?service=${service}"]`).click();
  await page.waitForURL(/[?&]service=/);
  await unfold(page, /date/i);
  await main(page).getByLabel("Date", { exact: true }).fill(date);
  await press(page, "Show times");
  await page.waitForURL(new RegExp(`date=${date}`));
}

/** Returns the times of a day: buttons that hold one, or links when a visit is rescheduled. */
export function times(page) {
  const cells = main(page).locator("button.time, a.time");
  return cells.filter({ hasText: TIME, visible: true });
}

/** Chooses one of the displayed times (0 is the first, -1 the last). */
export async function choose(page, which = 0) {
  await times(page).nth(which).click();
}

/** Goes from the times of a day to the page of the held time, and returns its price. */
export async function review(page, which = 0) {
  await choose(page, which);
  await page.waitForURL(/\/book\/held\/\d+\/$/);
  return total(page);
}

/** Returns the total that the page shows. */
export async function total(page) {
  const found = /Total[^$]*(\$[\d,]+(?:\.\d{2})?)/i.exec(await pageText(page));
  assert.ok(found, "the page says no total");
  return found[1];
}

/** Confirms the booking, and returns its number. */
export async function confirm(page) {
  await press(page, "Confirm booking");
  await page.waitForURL(/\/dashboard\/bookings\/\d+\//);
  const found = NUMBER.exec(await pageText(page));
  assert.ok(found, "the booking's page says no number");
  return found[0];
}

/** Holds the first time of a day over the API as the signed-in person, and returns the path of the hold's page. */
export async function hold(page, slug, date) {
  const id = await page.evaluate(async ([slug, date]) => {
    const ask = async (path, body) => {
      const words = body && { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      return (await fetch(path, words)).json();
    };
    const service_id = (await ask(`/api/services/${slug}/`)).id;
    const day = await ask(`/api/bookings/availability/?service_id=${service_id}&date=${date}`);
    return (await ask("/api/bookings/hold/", { service_id, starts_at: day.available_slots[0].starts_at })).id;
  }, [slug, date]);
  assert.ok(id, `nothing is held on ${date}`);
  return `/book/held/${id}/`;
}

/** Books the chosen time of a day for the person who is signed in already, and returns its number and price. */
export async function book(page, service, date, which = 0) {
  await page.goto(bookPath(service, date));
  const price = await review(page, which);
  const number = await confirm(page);
  return { number, price, path: new URL(page.url()).pathname };
}

// ---- my bookings ----

/** Returns a booking in one of the lists of visits: "Upcoming" or "Past". */
export function listed(page, heading, number) {
  const list = main(page).locator("section").filter({ has: page.getByRole("heading", { name: heading }) });
  return list.getByText(number);
}

/** Goes from a booking's page to the cancellation page, and returns its text. */
export async function askToCancel(page) {
  await main(page).getByRole("link", { name: "Cancel visit" }).click();
  await page.waitForURL(/\/cancel\/$/);
  return pageText(page);
}

export async function cancel(page) {
  await press(page, "Cancel visit");
  await page.waitForURL((url) => !url.pathname.endsWith("/cancel/"));
}
