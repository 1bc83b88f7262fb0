// Importing: a moderator sees what a file would bring, has it come in, and says who a name is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, marie, ada;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  marie = await join(owner, "moderator", "Marie Moderator");
  ada = await join(owner, "customer", "Ada Lovelace");
  await owner.call("POST", "/boards", { title: "Bread", purpose: "", audience: "public", editing: "everyone" });
  await owner.call("POST", "/boards", { title: "Pains", purpose: "", audience: "public", editing: "everyone" });
  return atelier;
});

const csv = (rows, header = "title,body,author,created_at,votes,comments,status,category") =>
  ({ name: "wishes.csv", mimeType: "text/csv", buffer: Buffer.from(`${header}\n${rows}\n`) });

/** A row as it stands on the screen, its words apart from each other. */
const count = (page, label) => page.locator(".import-counts div", { hasText: label }).locator("dd").innerText();

test("a file is looked at, comes in, and its bad rows are named", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: marie });
  const { page } = person;
  await person.open("/admin/import");
  await page.getByLabel("Board").selectOption({ label: "Bread" });
  await page.getByRole("button", { name: "See what would come in" }).click();
  await page.getByText("Choose a file first.").waitFor();
  const many = Array.from({ length: 500 }, (_, n) => `Wish ${n},,Zoé D.,2015-12-25,${n % 9},51,${n % 2 ? "Piloting" : "odd"},Baking`);
  await page.getByLabel("CSV file").setInputFiles(csv([...many, "Late,,,tomorrow,x,,,", ",only a text,,,,,,"].join("\n")));
  await page.getByRole("button", { name: "See what would come in" }).click();
  await page.getByText("What this file holds").waitFor();
  assert.equal(await count(page, "New ideas"), "500");
  assert.equal(await count(page, "Rows left out"), "2");
  const problems = page.locator("table", { hasText: "Rows that cannot come in" });
  const lines = (await problems.locator("tbody tr").allInnerTexts()).map((line) => line.replace(/\s+/g, " ").trim());
  assert.deepEqual(lines, [
    "502 created_at is no date such as 2015-12-25",
    "502 votes is no whole number",
    "503 title is needed",
  ]);
  await page.getByRole("row", { name: /odd 250 no stage of this name/ }).waitFor();
  await page.getByRole("row", { name: /Piloting 250 Piloting/ }).waitFor();
  await page.getByText("New tags: Baking.").waitFor();
  assert.equal((await owner.call("GET", "/boards/bread")).ideas, 0, "it was a look, no more");

  await page.getByRole("button", { name: "Bring in 500 ideas" }).click();
  await page.getByRole("status").filter({ hasText: /ideas are in…|Done/ }).first().waitFor();
  await page.getByText("Done: 500 ideas came in.").waitFor();
  assert.equal((await owner.call("GET", "/boards/bread")).ideas, 500);
  await page.locator(".import-name", { hasText: "wishes.csv" }).waitFor();

  // The same file again: there is nothing to bring in.
  await page.getByLabel("CSV file").setInputFiles(csv(many.join("\n")));
  await page.getByRole("button", { name: "See what would come in" }).click();
  await page.getByText("What this file holds").waitFor();
  assert.equal(await count(page, "Here already"), "500");
  assert.equal(await page.getByRole("button", { name: /Bring in/ }).count(), 0);

  await page.getByRole("link", { name: "Bread" }).first().click();
  await page.locator(".card").first().waitFor();
}));

test("a name is matched to who it is, and given back", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: marie });
  const { page } = person;
  person.allow(/status of 422/);
  await person.open("/admin/import");
  const line = page.locator(".name-line", { hasText: "Zoé D." });
  await line.getByLabel("Who Zoé D. is").fill("@nobody");
  await line.getByRole("button", { name: "Match" }).click();
  await page.getByText("Nobody here has this handle.").waitFor();
  await line.getByLabel("Who Zoé D. is").fill("ada-lovelace");
  await line.getByRole("button", { name: "Match" }).click();
  await line.getByText("is Ada Lovelace").waitFor();
  assert.equal((await ada.call("GET", "/ideas?involved=mine&limit=1")).items[0].author.name, "Ada Lovelace");
  await line.getByRole("button", { name: "Undo that Zoé D. is somebody here" }).click();
  await line.getByLabel("Who Zoé D. is").waitFor();
  assert.deepEqual((await ada.call("GET", "/ideas?involved=mine")).items, []);

  // Whoever reads sees that nobody of this name is here, and what the idea had where it comes from.
  const reader = await arrive(atelier, { locale: "en" });
  await reader.open("/i/1/x");
  await reader.page.getByText("not here yet").first().waitFor();
  await reader.page.getByText("51 comments").first().waitFor();
}));

test("a file that is none is refused in French, on a phone", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: marie, locale: "fr", viewport: PHONE });
  const { page } = person;
  person.allow(/status of 422/);
  await person.open("/admin/import");
  await page.getByLabel("Tableau", { exact: true }).selectOption({ label: "Pains" });
  const choose = page.getByLabel("Fichier CSV");
  await choose.setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from([0xff, 0xfe, 0x74, 0x00]) });
  await page.getByRole("button", { name: "Voir ce qui entrerait" }).click();
  await page.getByText("Ce n’est pas un texte en UTF-8 ou Windows-1252").waitFor();
  await choose.setInputFiles(csv("x", "body"));
  await page.getByRole("button", { name: "Voir ce qui entrerait" }).click();
  await page.getByText("Sa première ligne ne nomme pas ses colonnes").waitFor();
  await choose.setInputFiles(csv("Flan;12/2015;Lancé", "title;created_at;status"));
  await page.getByRole("button", { name: "Voir ce qui entrerait" }).click();
  await page.getByText("n’est pas une date comme 2015-12-25").waitFor();
  await choose.setInputFiles(csv("Flan;2015-12-25;lance\nÉclair;;", "title;created_at;status"));
  await page.getByRole("button", { name: "Voir ce qui entrerait" }).click();
  await page.getByRole("button", { name: /Faire entrer/ }).click();
  await page.getByText(/Terminé.: 2 idées/).waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, "nothing stands out of the page");
}));
