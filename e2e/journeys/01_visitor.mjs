// A new visitor reads, searches, and looks for a time.

import assert from "node:assert/strict";
import * as site from "../site.mjs";

async function reads(visits) {
  const page = await visits.person();
  await page.goto("/");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.getByRole("link", { name: /services/i }).first().click();
  await page.waitForURL(/\/services\/$/);
  assert.ok((await site.serviceLinks(page).count()) >= 16, "fewer than 16 services are shown");

  await site.serviceLinks(page).filter({ hasText: site.SERVICE.name }).first().click();
  await page.waitForURL(new RegExp(`/services/${site.SERVICE.slug}/$`));
  await page.getByRole("heading", { level: 1, name: site.SERVICE.name }).waitFor();
  assert.match(await site.pageText(page), site.MONEY);
  await site.main(page).getByRole("link", { name: /book/i }).first().click();
  await page.waitForURL(/\/book\/\?.*service=/);
}

async function searches(visits) {
  const page = await visits.person();
  await site.searchServices(page, "facial");
  const found = await site.serviceLinks(page).allInnerTexts();
  assert.ok(found.length > 0, "no facial was found");
  assert.ok(!found.some((text) => text.includes("The Cut")), "the search shows what it was not asked for");
  await site.searchServices(page, "zzzz");
  assert.equal(await site.serviceLinks(page).count(), 0);
  assert.match(await site.pageText(page), /\w+[.!?]/, "an empty result says nothing");
}

async function filters(visits) {
  const page = await visits.person();
  await page.goto("/services/");
  const all = await site.serviceLinks(page).count();
  const name = await site.filterServices(page);
  const some = await site.serviceLinks(page).count();
  assert.ok(some > 0 && some < all, `the filter ${name} shows ${some} of ${all}`);
}

async function looksForATime(visits) {
  const page = await visits.person();
  await page.goto(site.bookPath(site.SERVICE.slug, site.day(1)));
  assert.ok((await site.times(page).count()) > 0, "no time tomorrow");
  await page.getByRole("heading", { name: site.PART_OF_DAY }).first().waitFor();
  await site.choose(page);
  await page.getByRole("link", { name: "Sign in" }).or(page.getByRole("button", { name: "Sign in" })).first().waitFor();
  await site.says(page, /sign in/i);
  assert.equal(await site.main(page).getByRole("button", { name: "Confirm booking" }).count(), 0);
}

export const journeys = {
  "a visitor reads home, services and a service": reads,
  "a visitor searches the services": searches,
  "a visitor filters the services": filters,
  "a visitor sees times and is asked to sign in": looksForATime,
};
