// People's pages: who somebody is, what they did, and what of it each may see.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben, path;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "employee", "Ben Okri");
  const { board, path: first } = await boardWithIdea(owner, { title: "Open" });
  path = first;
  for (let count = 0; count < 30; count++) {
    await ada.call("POST", `/boards/${board.slug}/ideas`, { title: `Idea ${count} of Ada` });
  }
  const hidden = await boardWithIdea(owner, { title: "Closed", audience: "staff" });
  const talk = (where) => `/ideas/${where.match(/^\/i\/(\d+)/)[1]}/comments`;
  await ben.call("POST", talk(path), { body: "A **word** in public" });
  await ben.call("POST", talk(path), { body: "The company says yes", kind: "answer" });
  await ben.call("POST", talk(path), { body: "Between us", kind: "note" });
  await ben.call("POST", talk(hidden.path), { body: "Behind the counter" });
  return atelier;
});

const handle = async (caller) => (await caller.call("GET", "/me")).person.handle;

test("a person writes about themself, and finds their page from their name", scene(async (arrive) => {
  const one = await arrive(atelier, { caller: ada });
  await one.open("/settings");
  const about = one.page.getByLabel("About you");
  await about.fill("x".repeat(301));
  one.allow(/422/);
  await one.page.getByRole("button", { name: "Save" }).first().click();
  await one.page.getByText("300").last().waitFor();
  await about.fill("I bake on Sundays.");
  await one.page.getByRole("button", { name: "Save" }).first().click();
  await one.page.locator(".toast").waitFor();
  await one.page.getByRole("link", { name: `@${await handle(ada)}` }).click();
  await one.page.getByRole("heading", { name: "Ada Lovelace", level: 1 }).waitFor();
  await one.page.getByText("I bake on Sundays.").waitFor();
  await one.page.getByRole("link", { name: "Change your profile" }).waitFor();
  await one.page.getByRole("link", { name: "Proposed 30" }).waitFor();
  assert.equal(await one.page.locator(".idea").count(), 24);
  await one.page.getByRole("link", { name: "Show more" }).click();
  await one.page.locator(".idea").nth(29).waitFor();
}));

test("a page is complete without scripts and shows what each may see", scene(async (arrive) => {
  const visitor = await arrive(atelier, { javaScript: false, viewport: PHONE });
  const page = `/people/${await handle(ben)}`;
  await visitor.page.goto(page);
  assert.equal(await visitor.page.locator("h1").innerText(), "Ben Okri");
  await visitor.page.getByText("Employee").waitFor();
  assert.match(await visitor.page.locator('meta[name="description"]').getAttribute("content"), /Ben Okri/);
  await visitor.page.getByRole("link", { name: "Said 2" }).click();
  const words = await visitor.page.locator(".said-words").allInnerTexts();
  assert.deepEqual(words, ["The company says yes", "A word in public"]);
  await visitor.page.getByRole("link", { name: "A loaf for two" }).first().click();
  assert.match(visitor.page.url(), /#c-/);
  const colleague = await arrive(atelier, { caller: owner });
  await colleague.open(`${page}?show=comments`);
  await colleague.page.getByText("Behind the counter").waitFor();
  assert.equal(await colleague.page.getByText("Between us").count(), 0);
  visitor.allow(/404/);
  const nobody = await visitor.page.goto("/people/nobody-of-this-name");
  assert.equal(nobody.status(), 404);
}));

test("a person is reported from their page, by others and not by themself", scene(async (arrive) => {
  const one = await arrive(atelier, { caller: ada });
  await one.open(`/people/${await handle(ada)}`);
  await one.page.getByRole("link", { name: "Change your profile" }).waitFor();
  assert.equal(await one.page.getByRole("button", { name: "Report", exact: true }).count(), 0);
  await one.open(`/people/${await handle(ben)}`);
  await one.page.getByRole("button", { name: "Report" }).click();
  await one.page.getByLabel("Something else").check();
  await one.page.getByLabel("In your words").fill("Writes to everybody at night.");
  await one.page.getByRole("button", { name: "Send the report" }).click();
  await one.page.getByText("Thank you. The moderators will look at it").waitFor();
  const keeper = await arrive(atelier, { caller: owner });
  await keeper.open("/desk");
  await keeper.page.locator(".case", { hasText: "Writes to everybody at night." }).waitFor();
}));

test("faces and names lead to people, without a link in a link", scene(async (arrive) => {
  const one = await arrive(atelier, { caller: ben });
  await one.open(path);
  await one.page.locator(".said-head a.person", { hasText: "Ben Okri" }).first().click();
  await one.page.waitForURL(`**/people/${await handle(ben)}`);
  await one.open("/");
  assert.equal(await one.page.locator("a a").count(), 0);
  await one.page.locator(".idea .face-link").first().click();
  await one.page.waitForURL("**/people/*");
}));
