// Takes pictures of the main pages: `node e2e/screens.mjs [part of a page's name]...`
// They are stored as screens/WHO-PAGE-WIDTH.png. Those that the README shows are also stored in docs/screens/, cut to
// one screen.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startApp } from "./app.mjs";
import * as site from "./site.mjs";
import { HEIGHTS, openBrowser, Visits, WIDTHS } from "./visit.mjs";

const folder = join(import.meta.dirname, "../screens");
const gallery = join(import.meta.dirname, "../docs/screens");
const wanted = process.argv.slice(2);

/** The pictures that the README shows. */
const SHOWN = [
  "visitor-home-390",
  "visitor-home-1440",
  "visitor-private-1440",
  "visitor-services-1440",
  "visitor-service-390",
  "premium-book-day-390",
  "premium-dashboard-390",
  "manager-front-1440",
];
/** The maximum size of one of them in bytes. */
const MOST = 150_000;

let count = 0;

/** Runs in the page: resolves once its fonts and its pictures, including those further down, are loaded. */
async function everythingIsThere() {
  await document.fonts.ready;
  const pictures = [...document.images];
  for (const one of pictures) one.loading = "eager";
  const come = (one) => new Promise((done) => ["load", "error"].forEach((end) => one.addEventListener(end, done, { once: true })));
  await Promise.all(pictures.filter((one) => !one.complete).map(come));
  await Promise.all(pictures.map((one) => one.decode().catch(() => null)));
  // Wait for two more frames, so that decoded pictures are visible.
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}

async function picture(page, who, name) {
  const full = `${who}-${name}`;
  if (wanted.length > 0 && !wanted.some((part) => full.includes(part))) return;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHTS[width] });
    await page.evaluate(everythingIsThere);
    await page.screenshot({ path: join(folder, `${full}-${width}.png`), fullPage: true });
    if (SHOWN.includes(`${full}-${width}`)) await show(page, `${full}-${width}`);
    count += 1;
  }
}

/** Stores the first screen as WebP, which the library can't write but the browser can. */
async function show(page, name) {
  await page.evaluate(() => scrollTo(0, 0));
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 80 });
  await session.detach();
  const bytes = Buffer.from(data, "base64");
  if (bytes.length > MOST) throw new Error(`${name} weighs ${bytes.length} bytes: README shows at most ${MOST}`);
  await writeFile(join(gallery, `${name}.webp`), bytes);
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
  await site.press(page, "Preview dates");
  await picture(page, who, "repeat");
  await page.goto(`${pathname}move/`);
  await site.choose(page);
  await picture(page, who, "move");
  for (const [name, path] of site.OWN_PAGES) {
    await page.goto(path);
    await picture(page, who, name);
  }
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

async function asManager(visits) {
  const page = await visits.person();
  await site.signIn(page, "manager@demo.coresync.test");
  for (const [name, path] of await site.officePages(page)) {
    await page.goto(path);
    await picture(page, "manager", name);
  }
}

await rm(folder, { recursive: true, force: true });
for (const one of [folder, gallery]) await mkdir(one, { recursive: true });
const app = await startApp();
const browser = await openBrowser();
try {
  const visits = new Visits(browser, app.url);
  await asVisitor(visits);
  for (const who of ["guest", "premium"]) await asMember(visits, who);
  await asManager(visits);
  await visits.close();
  for (const trouble of visits.troubles) console.log(trouble);
} finally {
  await browser.close();
  await app.close();
}
console.log(`${count} pictures in screens/`);
