// Talking under an idea: live between two people, answers of the company, notes of the team, and keys alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "employee", "Ben Okri");
  return atelier;
});

const number = (path) => path.match(/^\/i\/(\d+)/)[1];
const said = (page, text) => page.locator(".said", { hasText: text });

async function ready(person, path) {
  await person.open(path);
  await person.page.locator(".talk-write button[type=submit]:enabled").waitFor();
}

test("what one says the other sees at once, and replies to", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Live talk" });
  const one = await arrive(atelier, { caller: ada });
  const two = await arrive(atelier, { caller: ben });
  await ready(one, path);
  await ready(two, path);
  await one.page.getByLabel("Your comment").fill("With **seeds**, please.");
  await one.page.getByRole("button", { name: "Comment", exact: true }).click();
  await said(two.page, "With seeds").waitFor({ timeout: 2000 });
  assert.equal(await two.page.locator(".said strong").innerText(), "seeds");
  assert.equal(await one.page.getByLabel("Your comment").inputValue(), "");
  await two.page.getByRole("button", { name: "Reply" }).click();
  await two.page.getByLabel("Your reply").fill("Which ones?");
  await two.page.getByLabel("Your reply").press("Control+Enter");
  await one.page.locator(".talk-replies .said", { hasText: "Which ones?" }).waitFor({ timeout: 2000 });
  await two.page.getByRole("button", { name: "React" }).first().click();
  await two.page.getByRole("button", { name: "Love it: 0" }).first().click();
  await one.page.getByRole("button", { name: "Love it: 1" }).waitFor({ timeout: 2000 });
}));

test("what was said while a page came to life is on it", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Between two glances" });
  const reader = await arrive(atelier, { caller: ben });
  let go;
  const spoken = new Promise((resolve) => (go = resolve));
  await reader.page.route(/\/split_read\.wasm$/, (route) => spoken.then(() => route.continue()));
  await reader.page.goto(path);
  await reader.page.getByRole("heading", { name: "Discussion" }).waitFor();
  await ada.call("POST", `/ideas/${number(path)}/comments`, { body: "Said just now." });
  assert.equal(await said(reader.page, "Said just now.").count(), 0);
  go();
  await said(reader.page, "Said just now.").waitFor();
}));

test("an answer of the company stands first, and a note only before the team", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Official" });
  const talk = `/ideas/${number(path)}/comments`;
  await ada.call("POST", talk, { body: "Any news?" });
  const customer = await arrive(atelier, { caller: ada });
  const staff = await arrive(atelier, { caller: ben });
  await ready(customer, path);
  await ready(staff, path);
  await staff.page.locator(".talk-voice", { hasText: "Staff note" }).click();
  await staff.page.getByLabel("Your note to the team").fill("The oven is too small.");
  await staff.page.getByRole("button", { name: "Keep the note" }).click();
  await said(staff.page, "Only the team sees this").waitFor();
  await staff.page.locator(".talk-voice", { hasText: "Answer" }).click();
  await staff.page.getByLabel("Your answer, in the company’s name").fill("From March on.");
  await staff.page.getByRole("button", { name: "Answer" }).click();
  const answer = customer.page.locator(".talk-thread.is-pinned");
  await answer.waitFor({ timeout: 2000 });
  assert.match(await customer.page.locator(".talk-thread").first().innerText(), /Official answer .*From March on\./s);
  assert.equal(await said(customer.page, "oven").count(), 0);
  await customer.page.reload();
  assert.equal(await said(customer.page, "oven").count(), 0);
  assert.doesNotMatch(await customer.page.content(), /oven is too small/);
}));

test("an edit shows what was said before, a deletion leaves a trace, with keys alone", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Second thoughts" });
  const talk = `/ideas/${number(path)}/comments`;
  const first = await ada.call("POST", talk, { body: "First words" });
  await ben.call("POST", talk, { body: "A reply", parent: first.id });
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await ready(person, `${path}#c-${first.id}`);
  await page.getByRole("button", { name: "Edit" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Change what you said").waitFor();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("Second words");
  await page.keyboard.press("Control+Enter");
  await said(page, "Second words").waitFor();
  await page.getByRole("button", { name: "edited" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]", { hasText: "First words" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Delete" }).focus();
  await page.keyboard.press("Enter");
  const sure = page.locator("dialog[open]");
  await sure.getByRole("button", { name: "Delete" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Deleted by its author").waitFor();
  assert.ok(await said(page, "A reply").isVisible());
}));

test("words not sent stay, and visitors read and are asked in", scene(async (arrive) => {
  const { path } = await boardWithIdea(owner, { title: "Kept words" });
  await ada.call("POST", `/ideas/${number(path)}/comments`, { body: "<script>alert(1)</script> hello" });
  const person = await arrive(atelier, { caller: ada });
  await ready(person, path);
  await person.page.getByLabel("Your comment").fill("Half a thought");
  await person.page.reload();
  await person.page.waitForFunction(() => document.querySelector(".talk-write textarea")?.value === "Half a thought");
  const visitor = await arrive(atelier);
  await visitor.open(path);
  await said(visitor.page, "hello").waitFor();
  await visitor.page.getByRole("link", { name: "Sign in to answer" }).waitFor();
  assert.equal(await visitor.page.locator(".talk-write").count(), 0);
}));
