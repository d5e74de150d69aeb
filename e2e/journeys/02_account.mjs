// An account: signing up, using it, signing out, and signing in again.

import assert from "node:assert/strict";
import * as site from "../site.mjs";

const person = {
  first: "Zoë",
  last: "O’Neill 🌿",
  email: "zoe.oneill@demo.coresync.test",
  password: "a long walk in november",
};

async function signUp(visits, app) {
  const page = await visits.person();
  await page.goto("/signup/");
  await site.fillSignUp(page, person);
  await site.confirmSignUp(page, app, person.email);
  await page.waitForURL(/\/dashboard\/$/);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.getByRole("heading", { name: "Membership" }).waitFor();
  const session = (await page.context().cookies()).find((cookie) => cookie.httpOnly);
  assert.ok(session?.secure && session.sameSite !== "None", "the session's cookie is not protected");

  await site.signOut(page);
  await page.goto("/dashboard/");
  await page.waitForURL(/\/login\//);

  await page.goto("/login/");
  await site.fillSignIn(page, person.email, person.password);
  await page.waitForURL(/\/dashboard\/$/);
}

async function comesBack(visits) {
  const page = await visits.person();
  await page.goto("/login/?next=https%3A%2F%2Fexample.org%2F");
  await site.fillSignIn(page, site.ACCOUNTS.guest.email);
  await page.waitForURL(/\/dashboard\/$/);
}

export const journeys = {
  "somebody signs up, signs out and comes back": signUp,
  "signing in never leads to another's site": comesBack,
};
