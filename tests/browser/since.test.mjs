// What came to an idea since somebody who supports it last looked at it, at the top of its page.

import assert from "node:assert/strict";
import { splice } from "@automerge/automerge";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { PHONE, scene } from "./lib/browser.mjs";
import { eventually } from "./lib/concept.mjs";
import { writeByHand } from "./lib/socket.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben, secret;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  ({ secret } = await ben.call("POST", "/tokens", { name: "By hand" }));
  return atelier;
});

/** An idea that Ada voted for; then Ben wrote in it and commented, and it moved and was told of. */
async function supported() {
  const { board, idea, path } = await boardWithIdea(owner, { idea: { title: "Warm bread", body: "Warm bread at six." } });
  const { number } = idea.card;
  await ada.call("PUT", `/ideas/${number}/vote`);
  const { kind } = await writeByHand(atelier.url, secret, idea.document, (draft) => splice(draft, ["body"], 10, 7, " and rolls at five"));
  assert.equal(kind, "stored");
  await eventually(async () => assert.match((await owner.call("GET", `/ideas/${number}`)).body, /rolls/));
  await ben.call("POST", `/ideas/${number}/comments`, { body: "With seeds?" });
  await ben.call("PUT", `/ideas/${number}/vote`);
  await owner.call("PUT", `/ideas/${number}/stage`, { stage: board.stages[3].id, reason: "The dough holds." });
  await owner.call("POST", `/ideas/${number}/updates`, { body: "The first forty are baked.", percent: 40 });
  return { number, path };
}

const glance = ({ page }) => page.locator(".since");
const said = async (person) => (await glance(person).innerText()).replaceAll(/\s+/g, " ");

test("who voted sees in one glance what came since, and goes on from there", scene(async (arrive) => {
  const { path, number } = await supported();
  const person = await arrive(atelier, { caller: ada });
  await person.open(path);
  await glance(person).getByRole("heading", { name: /^Since you voted, / }).waitFor();
  await eventually(async () => assert.match(await said(person), /Ben Okri changed the text/));
  for (const words of [/Moved to Prototyping/, /Update 40%/, /1 new comment/, /1 more vote/]) assert.match(await said(person), words);
  // What came and went is little, and shown at once.
  await eventually(async () => assert.equal((await glance(person).locator("ins").allInnerTexts()).join("|"), "and rolls |five."));
  assert.equal(await glance(person).locator("del").innerText(), "six.");
  assert.match(await said(person), /words added: 3, .*words removed: 1/);
  await glance(person).getByRole("link", { name: "1 new comment" }).click();
  await eventually(async () => assert.match(person.page.url(), /#talk$/));
  await eventually(async () => {
    const top = await person.page.locator("#talk").evaluate((place) => place.getBoundingClientRect().top);
    assert.ok(top < 400, `${top}`);
  });

  // The visit goes on, also where the page is loaded anew.
  await eventually(async () => assert.equal((await ada.call("GET", `/ideas/${number}/since`)).moment.what, "vote"));
  await person.page.reload();
  await glance(person).getByRole("link", { name: "Walk through the history" }).click();
  await person.page.waitForURL(/\/history\?changes&from=\d+$/);
  await person.page.locator(".history-part[data-field=body] ins").waitFor();
}));

test("whoever does not support it is told nothing, and where nothing came nothing stands", scene(async (arrive) => {
  const { path } = await supported();
  const { path: quiet, idea } = await boardWithIdea(owner, { idea: { title: "Quiet" } });
  await ada.call("PUT", `/ideas/${idea.card.number}/vote`);
  for (const [caller, where] of [[null, path], [owner, path], [ada, quiet]]) {
    const person = await arrive(atelier, { caller });
    await person.open(where);
    await person.page.locator("#talk").waitFor();
    assert.equal(await glance(person).count(), 0, `${where}`);
  }
}));

test("it is whole without JavaScript, in French, on a phone", scene(async (arrive) => {
  const { path } = await supported();
  const person = await arrive(atelier, { caller: ada, javaScript: false, locale: "fr", viewport: PHONE });
  await person.page.goto(path);
  await glance(person).getByRole("heading", { name: /^Depuis votre vote, / }).waitFor();
  assert.match(await said(person), /Ben Okri a changé le texte/);
  assert.match(await said(person), /1 nouveau commentaire/);
  await glance(person).locator("summary").click();
  await glance(person).getByRole("link", { name: "Parcourir l’historique" }).click();
  await person.page.waitForURL(/\/history/);
}));
