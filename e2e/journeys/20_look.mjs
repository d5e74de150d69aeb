// The appearance of pages, as far as a test can check it: pictures load without shifting the layout, the menu opens,
// and reduced motion is respected.

import assert from "node:assert/strict";
import * as site from "../site.mjs";
import { HEIGHTS, WIDTHS } from "../visit.mjs";

const SEEN = ["/", "/menssuite/", "/private/", "/services/", `/services/${site.SERVICE.slug}/`, "/about/", "/technologies/", "/contacts/"];
/** The maximum layout shift while a page loads. */
const MOST_SHIFT = 0.02;

async function pictures(visits) {
  const page = await visits.person();
  for (const path of SEEN) {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHTS[width] });
      await page.goto(path, { waitUntil: "load" });
      const shift = await page.evaluate(shifted);
      assert.ok(shift <= MOST_SHIFT, `${path} at ${width}: moves by ${shift}`);
    }
    const broken = await page.evaluate(brokenPictures);
    assert.deepEqual(broken, [], `${path}: pictures that do not load or have no alternative text`);
  }
}

/** Runs in the page: returns the sum of its layout shifts. */
function shifted() {
  return new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
    }).observe({ type: "layout-shift", buffered: true });
    document.fonts.ready.then(() => setTimeout(() => done(sum), 100));
  });
}

/** Runs in the page: returns pictures that do not load, have no size before they load, or have no alternative text. */
async function brokenPictures() {
  const found = [];
  for (const one of document.querySelectorAll("picture img")) {
    one.loading = "eager";
    await one.decode().catch(() => {});
    if (one.naturalWidth === 0 || !one.getAttribute("width") || !one.alt) found.push(one.currentSrc || one.src);
  }
  return found;
}

/** People who prefer reduced motion get neither animated pictures nor the script that animates them. */
async function stillness(visits) {
  const page = await visits.person();
  const requested = [];
  page.on("request", (request) => requested.push(request.url()));
  await page.goto("/", { waitUntil: "networkidle" });
  assert.equal(await page.locator("light-study").count(), 1);
  assert.equal(await page.locator("light-study canvas").count(), 0);
  assert.ok(!requested.some((url) => url.includes("/living-")), "the living picture was requested");
}

async function menu(visits) {
  const page = await visits.person({ js: false, width: 390 });
  await page.goto("/");
  await page.locator("summary", { hasText: "Menu" }).click();
  await page.getByRole("navigation", { name: "Menu" }).getByRole("link", { name: "Private" }).click();
  await page.waitForURL(/\/private\/$/);
  await page.getByRole("heading", { level: 1, name: "Coresync Private" }).waitFor();
}

async function menuByKey(visits) {
  const page = await visits.person({ width: 390 });
  await page.goto("/");
  await page.locator("summary", { hasText: "Menu" }).press("Enter");
  const menu = page.getByRole("navigation", { name: "Menu" });
  await menu.waitFor();
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "hidden" });
}

/** On a phone the menu of the back office is a panel that opens and closes without JavaScript. */
async function deskMenu(visits) {
  const page = await visits.person({ js: false, width: 390 });
  await site.signIn(page, "manager@demo.coresync.test");
  const menu = page.getByRole("navigation", { name: "Back office" });
  assert.equal(await menu.isVisible(), false);
  await page.getByRole("button", { name: "Menu" }).click();
  assert.equal(await menu.getByRole("link", { name: "Day", exact: true }).getAttribute("aria-current"), "page");
  await menu.getByRole("button", { name: "Close" }).click();
  await menu.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Menu" }).click();
  await menu.getByRole("link", { name: "Plans" }).click();
  await page.waitForURL(/\/staff\/plans\/$/);
  await page.setViewportSize({ width: 1440, height: HEIGHTS[1440] });
  await menu.getByRole("group", { name: "Plans and rules" }).waitFor();
}

/** The tabs of an account stand at the same place on all of its pages, and the current one is on the screen. */
async function tabs(visits) {
  const page = await visits.person();
  await site.signIn(page, site.ACCOUNTS.base.email);
  const strip = page.getByRole("navigation", { name: "Your account" });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHTS[width] });
    const places = new Set();
    for (const [name, path] of [["dashboard", "/dashboard/"], ...site.OWN_PAGES]) {
      await page.goto(path);
      const { x, y } = await strip.boundingBox();
      places.add(`${x} ${y}`);
      const current = await strip.locator("[aria-current]").boundingBox();
      const isSeen = current.x >= 0 && current.x + current.width <= width;
      assert.ok(isSeen, `${name} at ${width}: its tab is at ${current.x}`);
    }
    assert.equal(places.size, 1, `at ${width}: ${[...places].join(", ")}`);
  }
}

async function robots(visits) {
  const page = await visits.person();
  const rules = await (await page.request.get("/robots.txt")).text();
  const map = /Sitemap: (\S+)/.exec(rules)?.[1];
  assert.ok(map, "robots.txt names no sitemap");
  const places = [...(await (await page.request.get(map)).text()).matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, place]) => place);
  assert.ok(places.length > 20, `${places.length} pages in the sitemap`);
  for (const place of places) {
    await page.goto(place);
    assert.equal(await page.locator('link[rel="canonical"]').getAttribute("href"), place);
    assert.equal(await page.locator('meta[name="robots"]').count(), 0, `${place} says that it is not to be found`);
  }
}

export const journeys = {
  "pictures come, have words, and nothing moves while they come": pictures,
  "a person who prefers reduced motion gets still pictures": stillness,
  "the menu of a phone opens without JavaScript": menu,
  "the menu closes by Escape": menuByKey,
  "the menu of the back office opens on a phone without JavaScript": deskMenu,
  "the tabs of an account stay where they are": tabs,
  "every page of the sitemap is meant to be found": robots,
};
