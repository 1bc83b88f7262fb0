// Finding: the dialog by keyboard alone, the page without a script, and the idea that is there already, found while its
// title is typed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, PASSWORD, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { violations } from "./lib/axe.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, board, path;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ({ board, path } = await boardWithIdea(owner, {
    title: "Maison",
    idea: { title: "Éclairages doux le soir", pitch: "Une lumière qui ne réveille personne.", body: "" },
  }));
  for (const title of ["Lights that turn off by themselves", "Un rabais pour les étudiants"]) {
    await owner.call("POST", `/boards/${board.slug}/ideas`, { title });
  }
  const number = path.match(/^\/i\/(\d+)/)[1];
  await ada.call("POST", `/ideas/${number}/comments`, { body: "Et dans l’escalier, une veilleuse ?" });
  await owner.call("POST", `/ideas/${number}/comments`, { body: "La veilleuse coûte 12 €", kind: "note" });
  const hidden = await owner.call("POST", "/boards", { title: "Atelier secret", purpose: "", audience: "staff", editing: "staff" });
  await owner.call("POST", `/boards/${hidden.slug}/ideas`, { title: "Éclairages secrets" });
  await eventually(async () => {
    const { ideas } = await owner.call("GET", "/search?q=eclairage");
    assert.equal(ideas.items.length, 2);
  });
  return atelier;
});

const field = (page) => page.getByRole("combobox");
const options = (page) => page.getByRole("option");

test("by keyboard alone one finds an idea and is there", scene(async (arrive) => {
  const person = await arrive(atelier);
  const { page } = person;
  await person.open(`/b/${board.slug}`);
  await page.keyboard.press("Control+k");
  await field(page).waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "combobox");
  await page.keyboard.type("eclairage");
  await options(page).filter({ hasText: "Éclairages doux le soir" }).waitFor();
  assert.equal(await options(page).filter({ hasText: "secrets" }).count(), 0, "what a visitor does not see is not found");
  assert.equal(await page.locator(".finder mark").first().innerText(), "Éclairages");
  await page.locator(".finder [role=status]", { hasText: "1 thing found" }).waitFor({ state: "attached" });
  await page.keyboard.press("ArrowDown");
  assert.deepEqual(await violations(page), []);
  const active = await field(page).getAttribute("aria-activedescendant");
  assert.equal(await page.locator(`#${active}`).getAttribute("aria-selected"), "true");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**${path}`);
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await field(page).waitFor();
  await options(page).filter({ hasText: "eclairage" }).waitFor();
  await page.keyboard.press("Escape");
  await field(page).waitFor({ state: "detached" });
}));

test("what is not there is said, and Enter leads to the page of all that is found", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await person.open("/");
  await page.getByRole("link", { name: "Search" }).click();
  await field(page).fill("hélicoptère");
  await page.getByText("Nothing found for “hélicoptère”").waitFor();
  await field(page).fill("veilleuse");
  await options(page).filter({ hasText: "dans l’escalier" }).waitFor();
  assert.equal(await options(page).filter({ hasText: "12 €" }).count(), 0, "notes are for the staff");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=veilleuse");
  await page.getByRole("heading", { name: "Comments" }).waitFor();
  await page.getByRole("navigation", { name: "Show" }).getByRole("link", { name: "Ideas" }).click();
  await page.getByText("Nothing found", { exact: true }).waitFor();
}));

test("the page of search works without a script, in French, and on a phone", scene(async (arrive) => {
  const person = await arrive(atelier, { javaScript: false, locale: "fr-FR", viewport: PHONE });
  const { page } = person;
  await page.goto("/");
  await page.getByRole("link", { name: "Rechercher" }).click();
  await page.getByRole("searchbox").fill("lumire");
  await page.getByRole("button", { name: "Rechercher" }).click();
  await page.getByRole("link", { name: /Éclairages doux le soir/ }).click();
  await page.getByRole("heading", { level: 1, name: "Éclairages doux le soir" }).waitFor();
}));

test("keys lead through the cards, and are letters while one writes", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await person.open(`/b/${board.slug}`);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  const titles = await page.locator(".card .card-link").allInnerTexts();
  await page.keyboard.press("j");
  assert.equal(await focused(), titles[0]);
  await page.keyboard.press("j");
  assert.equal(await focused(), titles[1]);
  await page.keyboard.press("k");
  assert.equal(await focused(), titles[0]);
  await page.keyboard.press("v");
  await page.locator(".idea .vote[aria-pressed=true]").waitFor();
  await page.keyboard.press("v");
  await page.locator(".idea .vote[aria-pressed=true]").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("Next card").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");

  await person.open(`/b/${board.slug}/propose`);
  await page.getByLabel("Your idea in one line").pressSequentially("jk/?v");
  assert.equal(await page.getByLabel("Your idea in one line").inputValue(), "jk/?v");
  assert.equal(await page.locator("dialog[open]").count(), 0);
}));

test("the twin is found while the title is typed, and voted for in place", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await person.open(`/b/${board.slug}/propose`);
  await page.getByLabel("Your idea in one line").pressSequentially("Light");
  await page.getByLabel("Your idea in one line").pressSequentially(" turning off by itself");
  const twin = page.locator(".similar-idea", { hasText: "Lights that turn off by themselves" });
  await twin.waitFor();
  await page.getByText("1 similar idea is shown below the title").waitFor({ state: "attached" });
  assert.deepEqual(await violations(page), []);
  await twin.locator(".vote").click();
  await page.locator(".similar-idea .vote[aria-pressed=true]").waitFor();
  const { items } = await owner.call("GET", `/boards/${board.slug}/ideas?sort=wanted`);
  await eventually(async () => {
    const [first] = (await owner.call("GET", `/boards/${board.slug}/ideas?sort=wanted`)).items;
    assert.deepEqual([first.title, first.votes], ["Lights that turn off by themselves", 1]);
  });
  assert.ok(items.length >= 3);
  await page.getByLabel("Your idea in one line").fill("A quieter washing machine");
  await twin.waitFor({ state: "detached" });
}));

test("a visitor finds it too, signs in to vote, and their draft is still there", scene(async (arrive) => {
  const person = await arrive(atelier, { locale: "fr-FR" });
  const { page } = person;
  await person.open(`/b/${board.slug}/propose`);
  await page.getByLabel("Votre idée en une ligne").pressSequentially("Des eclairages doux pour le soir");
  await page.getByLabel("Pourquoi est-ce important").fill("On dort mieux.");
  const twin = page.locator(".similar-idea", { hasText: "Éclairages doux le soir" });
  await twin.waitFor();
  await page.getByText("Est-ce l’une de celles-ci").waitFor();
  await twin.locator(".vote").click();
  await page.waitForURL(/\/sign-in\?next=/);
  await page.getByLabel("Adresse e-mail").fill(ada.email);
  await page.getByLabel("Mot de passe", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Se connecter" }).click();
  await page.waitForURL(`**/b/${board.slug}/propose`);
  await person.hydrated();
  const title = page.getByLabel(/Votre idée en une ligne|Your idea in one line/);
  await eventually(async () => assert.equal(await title.inputValue(), "Des eclairages doux pour le soir"));
  await page.locator(".similar-idea .vote[aria-pressed=false]").first().waitFor();
}));

test("where a draft cannot be kept, it is said", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: ada });
  const { page } = person;
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await person.open(`/b/${board.slug}/propose`);
  await page.getByLabel("Your idea in one line").fill("Une idée de plus");
  await page.getByText("no room to keep a draft").waitFor();
}));
