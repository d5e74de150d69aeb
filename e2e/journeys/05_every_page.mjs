// Every page on a phone, a tablet and a desk: nothing sticks out, nobody is shut out, the HTML is sound.

import { AxeBuilder } from "@axe-core/playwright";
import { HtmlValidate } from "html-validate";
import * as site from "../site.mjs";
import { HEIGHTS, WIDTHS } from "../visit.mjs";

const html = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
  rules: { "no-inline-style": "error", "script-type": "error" },
});

async function sound(page, path, faults) {
  const response = await page.goto(path);
  const at = (what) => faults.push(`${path} ${what}`);
  if (response.status() >= 500) at(`answers ${response.status()}`);
  const report = await html.validateString(await response.text());
  for (const { line, message, ruleId } of report.results.flatMap((result) => result.messages)) {
    at(`line ${line}: ${message} (${ruleId})`);
  }
  for (const found of await page.evaluate(inline)) at(`has ${found}`);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHTS[width] });
    for (const found of await page.evaluate(sticksOut)) at(`at ${width}: ${found} sticks out`);
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, help, nodes } of violations) at(`at ${width}: ${id}: ${help}: ${nodes[0].html}`);
  }
}

/** In the page: inline styles, scripts and handlers, which the security policy forbids. */
function inline() {
  const found = [];
  for (const one of document.querySelectorAll("style, [style]")) found.push(`a style inside: <${one.localName}>`);
  for (const one of document.scripts) {
    const data = /json/.test(one.type);
    if (!one.src && !data) found.push("a script inside");
  }
  for (const one of document.querySelectorAll("*")) {
    for (const { name } of one.attributes) if (name.startsWith("on")) found.push(`${name} on <${one.localName}>`);
  }
  return found;
}

/** In the page: what makes it scroll sideways. */
function sticksOut() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > width + 1);
  const name = (one) => `<${one.localName} class="${one.className}">`;
  return wide.length > 0 ? wide.slice(0, 3).map(name) : ["the page"];
}

function none(faults) {
  if (faults.length > 0) throw new Error(`${faults.length} faults\n${faults.join("\n")}`);
}

async function publicPages(visits) {
  const page = await visits.person();
  const faults = [];
  for (const [, path] of site.PAGES) await sound(page, path, faults);
  none(faults);
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

/** What is held: kept for longer, booked; another let go. */
async function heldPages(visits) {
  const page = await visits.person();
  const faults = [];
  await site.signIn(page, site.ACCOUNTS.unlimited.email);
  const held = await site.hold(page, site.SERVICE.slug, site.day(11));
  await sound(page, "/dashboard/", faults);
  await sound(page, held, faults);
  await site.press(page, "Ten more minutes");
  await site.says(page, "nobody else can have it");
  await sound(page, held, faults);
  await site.press(page, "Book it");
  await page.waitForURL(/\/dashboard\/bookings\/\d+\/$/);
  await site.askToCancel(page);
  await site.cancel(page);

  const other = await site.hold(page, site.SERVICE.slug, site.day(12));
  await page.goto(other);
  await site.press(page, "Let it go");
  await page.waitForURL(/\/dashboard\/$/);
  await sound(page, other, faults);
  await site.says(page, "no longer held");
  none(faults);
}

export const journeys = {
  "every public page at three widths": publicPages,
  "every member's page at three widths": memberPages,
  "the page of what is held at three widths": heldPages,
};
