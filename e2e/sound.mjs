// Checks of a page: its HTML, its layout at all widths, accessibility (axe), and the content security policy.

import { AxeBuilder } from "@axe-core/playwright";
import { HtmlValidate } from "html-validate";
import { HEIGHTS, WIDTHS } from "./visit.mjs";

// A table that a narrow screen shows as blocks (`.stacks`) names its roles, because a browser may drop the roles of a
// table whose `display` has changed.
const TABLE_ROLES = ["table", "rowgroup", "row", "columnheader", "rowheader", "cell"];

const html = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
  rules: {
    "no-inline-style": "error",
    "no-redundant-role": ["error", { exclude: TABLE_ROLES }],
    "script-type": "error",
  },
});

/** Checks a page at every width, or at the given ones, and adds its problems to `faults`. */
export async function sound(page, path, faults, widths = WIDTHS) {
  const response = await page.goto(path);
  const at = (what) => faults.push(`${path} ${what}`);
  if (response.status() >= 500) at(`answers ${response.status()}`);
  const report = await html.validateString(await response.text());
  for (const { line, message, ruleId } of report.results.flatMap((result) => result.messages)) {
    at(`line ${line}: ${message} (${ruleId})`);
  }
  for (const found of await page.evaluate(inline)) at(`has ${found}`);
  for (const width of widths) {
    await page.setViewportSize({ width, height: HEIGHTS[width] });
    for (const found of await page.evaluate(sticksOut)) at(`at ${width}: ${found} sticks out`);
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, help, nodes } of violations) at(`at ${width}: ${id}: ${help}: ${nodes[0].html}`);
  }
}

/** Runs in the page: returns inline styles, scripts, and handlers, which the security policy forbids. */
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

/** Runs in the page: returns the elements that make it scroll sideways. */
function sticksOut() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > width + 1);
  const name = (one) => `<${one.localName} class="${one.className}">`;
  return wide.length > 0 ? wide.slice(0, 3).map(name) : ["the page"];
}

export function none(faults) {
  if (faults.length > 0) throw new Error(`${faults.length} faults\n${faults.join("\n")}`);
}
