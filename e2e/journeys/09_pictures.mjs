// A manager uploads pictures: one that is too small is refused at once and says why, a good one shows how far the
// upload is, and is published.

import assert from "node:assert/strict";
import * as site from "../site.mjs";

const MANAGER = "manager@demo.coresync.test";
const SLOT = "home-hero";
const ALT = "Stones in a row, in evening light.";
/** Bytes per second at which this browser uploads, so that the progress can be watched. */
const SLOW = 100_000;

/** Returns a JPEG of this size with a pattern that does not compress well, drawn by the browser. */
async function jpeg(page, width, height) {
  const drawn = await page.evaluate(
    ([width, height]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const context = canvas.getContext("2d");
      const image = context.createImageData(width, height);
      let state = 7;
      for (let at = 0; at < image.data.length; at += 1) {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        image.data[at] = at % 4 === 3 ? 255 : 60 + (state % 90);
      }
      context.putImageData(image, 0, 0);
      return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
    },
    [width, height],
  );
  return Buffer.from(drawn, "base64");
}

/** Fills in the form of a place for pictures, and sends it. */
async function upload(place, buffer) {
  await place.getByLabel("Photo or video").setInputFiles({ name: "sent.jpg", mimeType: "image/jpeg", buffer });
  await place.getByLabel("Alt text").first().fill(ALT);
  await place.getByRole("button", { name: "Upload" }).click();
}

async function uploads(visits) {
  const page = await visits.person();
  await site.signIn(page, MANAGER);
  await page.goto("/staff/pictures/");
  const place = page.locator(`#${SLOT}`);
  await place.locator("summary").click();

  await upload(place, await jpeg(page, 479, 300));
  const toast = page.getByRole("status").filter({ hasText: "479 × 300 pixels" });
  await toast.getByText("at least 480 pixels wide").waitFor();
  assert.equal(new URL(page.url()).pathname, "/staff/pictures/", "the page stays");
  assert.equal(await place.getByLabel("Alt text").first().inputValue(), ALT, "what was entered stays");
  assert.equal(await page.locator("progress").count(), 0, "the progress bar is gone");
  assert.ok(await place.getByRole("button", { name: "Upload" }).isEnabled(), "another picture can be sent");
  assert.equal(await place.locator("img.photograph").count(), 0, "nothing is published");
  // The watch over this page reports every script's request that is refused. This one is meant to be.
  const [refused, ...others] = visits.troubles.splice(0);
  assert.match(refused ?? "nothing", /^\/staff\/pictures\/: 400 for /);
  assert.deepEqual(others, []);

  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const speed = { offline: false, latency: 0, downloadThroughput: -1 };
  await network.send("Network.emulateNetworkConditions", { ...speed, uploadThroughput: SLOW });
  const good = await jpeg(page, 900, 600);
  assert.ok(good.length > 2 * SLOW, `${good.length} bytes take too little time to be watched`);
  await upload(place, good);
  const bar = place.getByRole("progressbar", { name: "Uploading the picture" });
  await bar.waitFor();
  assert.ok(await place.getByRole("button", { name: "Upload" }).isDisabled(), "a second press sends nothing");
  await page.waitForFunction(() => {
    const bar = document.querySelector("progress");
    return bar && bar.value > 0 && bar.value < 1;
  });
  await page.waitForURL(/\/staff\/pictures\/\d+\/$/);
  await network.send("Network.emulateNetworkConditions", { ...speed, uploadThroughput: -1 });
  // The page reloads until the picture is processed, and then leads back to its place.
  await page.waitForURL(/\/staff\/pictures\/#home-hero$/, { timeout: 120_000 });
  await place.getByRole("img", { name: ALT }).waitFor();

  const visitor = await visits.person();
  await visitor.goto("/");
  await site.main(visitor).getByRole("img", { name: ALT }).first().waitFor();

  await place.locator("summary").click();
  await place.getByRole("button", { name: "Remove picture" }).click();
  await page.waitForLoadState();
  assert.equal(await page.locator(`#${SLOT} img.photograph`).count(), 0, "the illustration is back");
}

export const journeys = {
  "a manager uploads a picture and sees how far it is": uploads,
};
