// Runs the journeys in order against one program: `node e2e/run.mjs [part of a file's or a journey's name]...`
// Prints one line for each journey. For a failed one, the page and its picture are stored in e2e/results/.

import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startApp } from "./app.mjs";
import { openBrowser, Visits } from "./visit.mjs";

const here = import.meta.dirname;
const results = join(here, "results");
const SECONDS_A_JOURNEY = 400;

const wanted = process.argv.slice(2);
const files = (await readdir(join(here, "journeys")))
  .filter((name) => name.endsWith(".mjs"))
  .sort();

const isWanted = (name) => wanted.length === 0 || wanted.some((part) => name.includes(part));

let passed = 0;
let failed = 0;

async function run(name, journey, browser, app) {
  const visits = new Visits(browser, app.url);
  const began = performance.now();
  try {
    const late = pause(SECONDS_A_JOURNEY * 1000, "late", { ref: false });
    const end = await Promise.race([journey(visits, app), late]);
    if (end === "late") throw new Error(`not done after ${SECONDS_A_JOURNEY} seconds`);
    if (app.ended !== null) throw new Error(`the program has ended: ${app.ended}`);
    if (visits.troubles.length > 0) throw new Error(visits.troubles.join("\n"));
    passed += 1;
    line("ok  ", name, began);
  } catch (error) {
    failed += 1;
    line("FAIL", name, began);
    console.log(indent(`${error.stack ?? error}\n${visits.troubles.join("\n")}`));
    await keep(name, visits).catch((why) => console.log(indent(`nothing stored: ${why.message}`)));
  } finally {
    await visits.close().catch(() => {});
  }
}

function line(outcome, name, began) {
  console.log(`${outcome}  ${name}  (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}

function indent(text) {
  return text.trim().replace(/^/gm, "      ");
}

async function keep(name, visits) {
  const stem = name.replace(/[^a-z0-9]+/gi, "-").slice(0, 60);
  for (const [index, page] of visits.pages.entries()) {
    const path = join(results, `${stem}-${index + 1}`);
    await writeFile(`${path}.html`, `<!-- ${page.url()} -->\n${await page.content()}`);
    await page.screenshot({ path: `${path}.png`, fullPage: true });
    console.log(indent(`at ${page.url()}, stored as ${path}.png and .html`));
  }
}

await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });
let app;
let browser;
try {
  app = await startApp();
  browser = await openBrowser();
  for (const file of files) {
    const { journeys } = await import(join(here, "journeys", file));
    for (const [title, journey] of Object.entries(journeys)) {
      if (isWanted(`${file} ${title}`)) await run(`${file.slice(0, 2)} ${title}`, journey, browser, app);
    }
  }
  if (failed > 0) console.log(`\nThe program's last lines:\n${indent(await app.tail())}`);
} catch (error) {
  failed += 1;
  console.log(`FAIL  ${error.message}`);
} finally {
  await browser?.close();
  const end = await app?.close();
  if (end && end !== "exit 0") {
    failed += 1;
    console.log(`FAIL  the program did not stop by itself when asked: ${end}`);
  }
}
if (passed + failed === 0) {
  failed = 1;
  console.log(`No journey is called ${wanted.join(", ")}.`);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
