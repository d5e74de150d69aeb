// People with a browser, each with their own cookies, and a list of the errors that their browser reports.

import { chromium } from "playwright-core";

export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const WIDTHS = [390, 820, 1440];
export const HEIGHTS = { 390: 844, 820: 1180, 1440: 900 };

export function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** The people of one journey. */
export class Visits {
  /** Descriptions of errors that no page may ever cause. */
  troubles = [];
  pages = [];

  constructor(browser, url) {
    this.browser = browser;
    this.url = url;
  }

  /** Opens a new browser context with an empty page, for a new person. */
  async person({ js = true, width = 1440 } = {}) {
    const context = await this.browser.newContext({
      baseURL: this.url,
      javaScriptEnabled: js,
      locale: "en-US",
      reducedMotion: "reduce",
      timezoneId: "America/New_York",
      viewport: { width, height: HEIGHTS[width] },
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    this.watch(page);
    this.pages.push(page);
    return page;
  }

  watch(page) {
    const trouble = (text) => this.troubles.push(`${new URL(page.url(), this.url).pathname}: ${text}`);
    page.on("pageerror", (error) => trouble(`script failed: ${error.message}`));
    page.on("console", (message) => {
      // A refused page is known by its status, and the browser reports it again here.
      const isReported = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isReported) trouble(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== this.url) trouble(`asks ${origin} for ${request.url()}`);
    });
    page.on("response", (response) => {
      const status = response.status();
      const document = response.request().resourceType() === "document";
      if (status >= (document ? 500 : 400)) trouble(`${status} for ${response.url()}`);
    });
  }

  async close() {
    for (const page of this.pages) await page.context().close();
  }
}
