// What may go wrong on the way to the browser leaves a page that can be read: a chunk or a script that does not
// arrive, and words that try to be markup.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea } from "./lib/api.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept } from "./lib/concept.mjs";
import { openWorkspace } from "./lib/pages.mjs";
import { stage } from "./lib/stage.mjs";

let place;

stage(async () => {
  place = await openWorkspace();
  return place;
});

const path = () => place.pages.find((page) => page.name === "idea to write in").path;

/** Chunks that do not arrive are an error in the console, and nothing worse. */
const MISSING = /ERR_FAILED|Failed to fetch|did not load|dynamically imported/;

for (const [what, pattern] of [["the editor's chunk", /\/split_edit\.wasm$/], ["the editor's script", /\/editor\.js$/]]) {
  test(`without ${what} the page can be read and used, and says so`, scene(async (arrive) => {
    const person = await arrive(place.atelier, { caller: place.customer });
    await person.page.route(pattern, (route) => route.abort());
    person.allow(MISSING);
    await person.open(path());
    const concept = new Concept(person);
    await person.page.getByText("The editor did not load").waitFor();
    assert.match(await concept.reading("body"), /Many of us live alone/);
    await person.page.unroute(pattern);
    await person.page.getByRole("link", { name: "Reload the page" }).click();
    await concept.ready();
    await person.page.getByRole("link", { name: "Bread and mornings" }).first().click();
    await person.page.getByRole("heading", { name: "Bread and mornings", level: 1 }).waitFor();
  }));
}

test("a page whose chunk does not load stays as the server drew it, and says so", scene(async (arrive) => {
  const visitor = await arrive(place.atelier);
  const pattern = /\/split_read\.wasm$/;
  await visitor.page.route(pattern, (route) => route.abort());
  visitor.allow(MISSING);
  await visitor.page.goto(path());
  const alert = visitor.page.getByRole("alert");
  await alert.getByText("A part of this page did not load").waitFor();
  assert.match(await new Concept(visitor).reading("body"), /Many of us live alone/);
  await visitor.page.getByRole("link", { name: "Bread and mornings" }).first().click();
  await visitor.page.getByRole("heading", { name: "Bread and mornings", level: 1 }).waitFor();
  await visitor.page.goto(path());
  await alert.waitFor();
  await visitor.page.unroute(pattern);
  await alert.getByRole("link", { name: "Reload the page" }).click();
  await visitor.page.locator("html[data-awake]").waitFor();
  assert.equal(await alert.count(), 0, "nothing is missing now");
}));

test("a chunk that does not load when a link is followed is said, and the rest of the page works", scene(async (arrive) => {
  const visitor = await arrive(place.atelier);
  const pattern = /\/split_enter\.wasm$/;
  await visitor.page.route(pattern, (route) => route.abort());
  visitor.allow(MISSING);
  await visitor.open("/");
  await visitor.page.getByRole("link", { name: "Sign in" }).first().click();
  await visitor.page.getByRole("heading", { name: "This page did not load" }).waitFor();
  assert.equal(new URL(visitor.page.url()).pathname, "/sign-in");
  await visitor.page.getByRole("button", { name: /Appearance/ }).first().click();
  await visitor.page.getByRole("link", { name: "Back to the ideas" }).first().click();
  await visitor.page.getByRole("link", { name: "Bread and mornings" }).first().waitFor();
  await visitor.page.getByRole("link", { name: "Sign in" }).first().click();
  await visitor.page.getByRole("heading", { name: "This page did not load" }).waitFor();
  await visitor.page.unroute(pattern);
  await visitor.page.getByRole("link", { name: "Reload the page" }).click();
  await visitor.page.getByRole("button", { name: "Sign in" }).waitFor();
}));

test("without the wasm a visitor reads and follows links", scene(async (arrive) => {
  const visitor = await arrive(place.atelier);
  await visitor.page.route(/\.wasm$/, (route) => route.abort());
  visitor.allow(MISSING);
  await visitor.page.goto("/");
  await visitor.page.getByText("A part of this page did not load").waitFor();
  await visitor.page.getByRole("link", { name: "Bread and mornings" }).first().click();
  await visitor.page.getByRole("heading", { name: "Bread and mornings", level: 1 }).waitFor();
}));

test("words that try to be markup stay words", scene(async (arrive) => {
  const evil = `</title><script>window.pwned=1</script><img src=x onerror="window.pwned=1">`;
  const { path } = await boardWithIdea(place.owner, {
    title: `Board ${evil}`.slice(0, 80),
    idea: { title: evil, pitch: evil, body: `${evil}\n\n[press](javascript:window.pwned=1) <svg onload=window.pwned=1>` },
  });
  for (const caller of [null, place.customer]) {
    const person = await arrive(place.atelier, { caller });
    await person.open(path);
    if (caller) await new Concept(person).ready();
    assert.equal(await person.page.evaluate(() => window.pwned), undefined);
    assert.equal(await person.page.locator('a[href^="javascript:"]').count(), 0);
    assert.match(await person.page.title(), /<script>/, "the words themselves are shown");
  }
}));

test("pages are never cached for somebody else, files are kept forever", scene(async (arrive) => {
  const person = await arrive(place.atelier, { caller: place.customer });
  const files = [];
  person.page.on("response", (answer) => {
    if (new URL(answer.url()).pathname.startsWith("/pkg/")) files.push(answer);
  });
  const answer = await person.open(path());
  assert.match(answer.headers()["cache-control"], /no-store/);
  assert.match(answer.headers()["content-security-policy"], /script-src 'self'/);
  assert.doesNotMatch(answer.headers()["content-security-policy"], /'unsafe-inline'|'unsafe-eval'/);
  assert.ok(files.length > 3);
  for (const file of files) assert.match(file.headers()["cache-control"], /immutable/, file.url());
}));
