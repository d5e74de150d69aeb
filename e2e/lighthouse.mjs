// Runs Lighthouse on the pages: `node e2e/lighthouse.mjs [--long]`.
// Accessibility and best practices must be perfect, and so must SEO on pages that search engines are to index.
// With --long: every public page five times, and the pages of a member, a technician, and a missing page.
// Performance depends on how busy the machine is: it is printed with the largest paint and the layout shift.

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { startApp } from "./app.mjs";
import * as site from "./site.mjs";
import { FLAGS, openBrowser, Visits } from "./visit.mjs";

const isLong = process.argv.includes("--long");
const times = isLong ? 5 : 1;
const daily = new Set(["home", "services", "book-day"]);
/**
 * Pages that are not to be indexed: search results, sign-in and own pages, missing pages, the offline page, and the API
 * reference.
 */
const hidden = /search|none|open|login|signup|missing|offline|book-|own-|^api$/;

const pages = site.PAGES.filter(([name]) => isLong || daily.has(name));

/** Returns the name, the path, and the cookies of pages for which someone has to sign in. */
async function ownPages(app) {
  const browser = await openBrowser();
  const visits = new Visits(browser, app.url);
  const signedIn = async (email) => {
    const page = await visits.person();
    await site.signIn(page, email);
    return page;
  };
  const cookies = async (page) => {
    const all = await page.context().cookies();
    return all.map(({ name, value }) => `${name}=${value}`).join("; ");
  };
  try {
    const member = await signedIn(site.ACCOUNTS.premium.email);
    const { path: visit } = await site.book(member, site.SERVICE.slug, site.day(2));
    // A hold ends after ten minutes, so its page is first.
    const paths = [
      ["own-held", await site.hold(member, site.SERVICE.slug, site.day(3))],
      ["own-visit", visit],
      ["own-move", `${visit}move/`],
      ["own-visits", "/dashboard/"],
      ...site.OWN_PAGES.map(([name, path]) => [`own-${name}`, path]),
    ];
    const technician = await signedIn("technician@demo.coresync.test");
    const [own, theirs] = [await cookies(member), await cookies(technician)];
    return [...paths.map(([name, path]) => [name, path, own]), ["own-my-day", "/staff/my-day/", theirs]];
  } finally {
    await visits.close();
    await browser.close();
  }
}

/** If the browser failed to record, it is tried again: that says nothing about the page. */
async function judge(url, port, { cookie, isMissing }, tries = 3) {
  const flags = { port, output: "json", logLevel: "silent" };
  const settings = {
    onlyCategories: ["performance", "accessibility", "best-practices", "seo"],
    extraHeaders: cookie ? { Cookie: cookie } : null,
    // Otherwise a page with an error status is not judged.
    ignoreStatusCode: isMissing,
  };
  const { lhr } = await lighthouse(url, flags, { extends: "lighthouse:default", settings });
  const shown = lhr.finalDisplayedUrl;
  if (!lhr.runtimeError && cookie && shown !== url) throw new Error(`${url} leads to ${shown}: nobody is signed in`);
  if (!lhr.runtimeError) return lhr;
  if (tries > 1) return judge(url, port, { cookie, isMissing }, tries - 1);
  throw new Error(`${url}: ${lhr.runtimeError.message}`);
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Returns in words what is less than perfect in a category. */
function faults(lhr, category) {
  const { auditRefs, score } = lhr.categories[category];
  if (score === 1) return [];
  const failed = auditRefs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 1);
  return failed.map(({ id }) => `${category}: ${lhr.audits[id].title} (${id})`);
}

const app = await startApp();
const browser = await launch({
  chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromeFlags: ["--headless=new", ...FLAGS],
  logLevel: "silent",
});
let failed = 0;
try {
  console.log("      speed  paint ms  moved   page");
  const own = isLong ? await ownPages(app) : [];
  for (const [name, path, cookie] of [...own, ...pages]) {
    const runs = [];
    const isMissing = name === "missing";
    for (let run = 0; run < times; run += 1) {
      runs.push(await judge(app.url + path, browser.port, { cookie, isMissing }));
    }
    const of = (pick) => median(runs.map(pick));
    const speed = Math.round(100 * of((lhr) => lhr.categories.performance.score));
    const paint = Math.round(of((lhr) => lhr.audits["largest-contentful-paint"].numericValue));
    const moved = of((lhr) => lhr.audits["cumulative-layout-shift"].numericValue).toFixed(3);
    // The browser reports the status of a missing page as an error, which costs it best practices.
    const must = ["accessibility", ...(isMissing ? [] : ["best-practices"]), ...(hidden.test(name) ? [] : ["seo"])];
    const wrong = must.flatMap((category) => faults(runs[0], category));
    failed += wrong.length;
    const line = [String(speed).padStart(5), String(paint).padStart(8), moved.padStart(6)].join("  ");
    console.log(`${wrong.length === 0 ? "ok  " : "FAIL"}  ${line}  ${path}`);
    for (const one of wrong) console.log(`      ${one}`);
  }
} finally {
  await browser.kill();
  await app.close();
}
process.exitCode = failed === 0 ? 0 : 1;
