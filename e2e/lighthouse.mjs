// Runs Lighthouse on the pages: `node e2e/lighthouse.mjs [--long]`.
// Accessibility and best practices must be perfect, and so must SEO on pages that search engines are to index.
// Performance depends on how busy the machine is: it is printed with the largest paint and the layout shift.

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { openHouse } from "./house.mjs";
import * as site from "./site.mjs";
import { FLAGS } from "./visit.mjs";

const isLong = process.argv.includes("--long");
const times = isLong ? 5 : 1;
const daily = new Set(["home", "services", "book-day"]);
/** Pages that are not to be indexed: search results, sign-in pages, missing pages, and the offline page. */
const hidden = /search|none|open|login|signup|missing|offline|book-/;

const pages = site.PAGES.filter(([name]) => name !== "missing" && (isLong || daily.has(name)));

/** If the browser failed to record, it is tried again: that says nothing about the page. */
async function judge(url, port, tries = 3) {
  const flags = { port, output: "json", logLevel: "silent" };
  const settings = { onlyCategories: ["performance", "accessibility", "best-practices", "seo"] };
  const { lhr } = await lighthouse(url, flags, { extends: "lighthouse:default", settings });
  if (!lhr.runtimeError) return lhr;
  if (tries > 1) return judge(url, port, tries - 1);
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

const house = await openHouse();
const browser = await launch({
  chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromeFlags: ["--headless=new", ...FLAGS],
  logLevel: "silent",
});
let failed = 0;
try {
  console.log("      speed  paint ms  moved   page");
  for (const [name, path] of pages) {
    const runs = [];
    for (let run = 0; run < times; run += 1) runs.push(await judge(house.url + path, browser.port));
    const of = (pick) => median(runs.map(pick));
    const speed = Math.round(100 * of((lhr) => lhr.categories.performance.score));
    const paint = Math.round(of((lhr) => lhr.audits["largest-contentful-paint"].numericValue));
    const moved = of((lhr) => lhr.audits["cumulative-layout-shift"].numericValue).toFixed(3);
    const must = ["accessibility", "best-practices", ...(hidden.test(name) ? [] : ["seo"])];
    const wrong = must.flatMap((category) => faults(runs[0], category));
    failed += wrong.length;
    const line = [String(speed).padStart(5), String(paint).padStart(8), moved.padStart(6)].join("  ");
    console.log(`${wrong.length === 0 ? "ok  " : "FAIL"}  ${line}  ${path}`);
    for (const one of wrong) console.log(`      ${one}`);
  }
} finally {
  await browser.kill();
  await house.close();
}
process.exitCode = failed === 0 ? 0 : 1;
