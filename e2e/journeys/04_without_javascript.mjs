// The flows that work without JavaScript, without it.

import assert from "node:assert/strict";
import * as site from "../site.mjs";
import { bookAndCancel, refusedBeyond } from "../booking.mjs";

async function withoutJavaScript(visits) {
  const page = await visits.person({ js: false, width: 390 });
  await site.searchServices(page, "massage");
  assert.ok((await site.serviceLinks(page).count()) > 0, "nothing was found");
  await site.signIn(page, site.ACCOUNTS.base.email);
  await bookAndCancel(page, site.ACCOUNTS.base.days);
  await refusedBeyond(page, site.ACCOUNTS.base.days);
}

export const journeys = {
  "a Base member searches, books and cancels on a phone without JavaScript": withoutJavaScript,
};
