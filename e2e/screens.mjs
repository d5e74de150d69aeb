// Pictures of the main pages: `node e2e/screens.mjs [part of a page's name]...`
// They go to screens/WHO-PAGE-WIDTH.png.

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openHouse } from "./house.mjs";
import * as site from "./site.mjs";
import { HEIGHTS, openBrowser, Visits, WIDTHS } from "./visit.mjs";

const folder = join(import.meta.dirname, "../screens");
const wanted = process.argv.slice(2);
let count = 0;

/** In the page: once its fonts are there, and its pictures, also those further down. */
async function everythingIsThere() {
  await document.fonts.ready;
  const pictures = [...document.images];
  for (const one of pictures) one.loading = "eager";
  await Promise.all(pictures.map((one) => one.decode().catch(() => null)));
}

async function picture(page, who, name) {
  const full = `${who}-${name}`;
  if (wanted.length > 0 && !wanted.some((part) => full.includes(part))) return;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHTS[width] });
    await page.evaluate(everythingIsThere);
    await page.screenshot({ path: join(folder, `${full}-${width}.png`), fullPage: true });
    count += 1;
  }
}

async function asVisitor(visits) {
  const page = await visits.person();
  for (const [name, path] of site.PAGES) {
    await page.goto(path);
    await picture(page, "visitor", name);
  }
}

async function asMember(visits, who) {
  const page = await visits.person();
  await site.signIn(page, site.ACCOUNTS[who].email);
  await picture(page, who, "dashboard");
  await page.goto(site.bookPath(site.SERVICE.slug, site.day(2)));
  await picture(page, who, "book-day");
  await site.review(page);
  await picture(page, who, "held");
  await site.confirm(page);
  await picture(page, who, "booking");
  const { pathname } = new URL(page.url());
  await page.goto(`${pathname}repeat/`);
  await site.press(page, "See the days");
  await picture(page, who, "repeat");
  await page.goto(`${pathname}move/`);
  await site.choose(page);
  await picture(page, who, "move");
  await page.goto("/dashboard/bookings/");
  await picture(page, who, "visits");
  await page.goto(`/book/wait/?service=${site.SERVICE.slug}&date=${site.day(2)}`);
  await picture(page, who, "wait");
  await page.goto(`${site.bookPath(site.SERVICE.slug, site.day(2))}&at=05:00`);
  await picture(page, who, "why");
  await page.goto(pathname);
  await site.askToCancel(page);
  await picture(page, who, "cancel");
  await site.cancel(page);
  await picture(page, who, "cancelled");
  await page.goto(site.bookPath(site.SERVICE.slug, site.day(site.ACCOUNTS[who].days + 1)));
  await picture(page, who, "book-outside");
}

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const house = await openHouse();
const browser = await openBrowser();
try {
  const visits = new Visits(browser, house.url);
  await asVisitor(visits);
  for (const who of ["guest", "premium"]) await asMember(visits, who);
  await visits.close();
  for (const trouble of visits.troubles) console.log(trouble);
} finally {
  await browser.close();
  await house.close();
}
console.log(`${count} pictures in screens/`);
