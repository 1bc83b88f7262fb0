// Two people write one idea: both at once, cut off and back, over a refresh and over a crash of the server.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { Concept, converged, eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, ben;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier);
  ada = await join(owner, "customer", "Ada Lovelace");
  ben = await join(owner, "customer", "Ben Okri");
  return atelier;
});

/** Two people before the same new idea. */
async function twoAtOneIdea(arrive) {
  const { path, idea } = await boardWithIdea(owner);
  const people = [await arrive(atelier, { caller: ada }), await arrive(atelier, { caller: ben })];
  const concepts = people.map((person) => new Concept(person));
  await Promise.all(people.map((person) => person.open(path)));
  await Promise.all(concepts.map((concept) => concept.ready()));
  return { people, concepts, path, number: (idea.card ?? idea).number };
}

test("both type at once in every text, see each other's caret, and hold the same words", scene(async (arrive) => {
  const { people, concepts, path, number } = await twoAtOneIdea(arrive);
  const [one, two] = concepts;
  for (const text of ["title", "pitch", "body"]) {
    await Promise.all([one.append(text, ` ${text} by Ada`), two.append(text, ` ${text} by Ben`)]);
    await Promise.all([one.seesCaretOf("Ben Okri", text), two.seesCaretOf("Ada Lovelace", text)]);
  }
  await Promise.all([one.saved(), two.saved()]);
  const whole = await converged(one, two);
  for (const text of ["title", "pitch", "body"]) {
    // Interleaved perhaps, yet every letter of both is there.
    const letters = (words) => [...words.replaceAll(/\s/g, "")].sort().join("");
    const original = { title: "A loaf for two", pitch: "Half the size, the same crust.", body: "Many of us live alone.\n\n- fresh\n- small\n" };
    assert.equal(letters(whole[text]), letters(`${original[text]} ${text} by Ada ${text} by Ben`), text);
  }
  await eventually(async () => {
    const stored = await owner.call("GET", `/ideas/${number}`);
    assert.equal(stored.card.title, whole.title);
    assert.equal(stored.card.pitch, whole.pitch);
    assert.equal(stored.body, whole.body);
  });
  await people[0].open(path);
  await one.ready();
  assert.deepEqual(await converged(one, two), whole);
}));

test("each sees who else is here, and where, and no longer once they have left", scene(async (arrive) => {
  const { people, concepts } = await twoAtOneIdea(arrive);
  const here = people[0].page.locator(".here-faces");
  await here.locator("li[title='Ben Okri']").waitFor();
  await concepts[1].append("body", `${"\n\nAnother line.".repeat(60)} Here I am.`, { delay: 0 });
  await concepts[1].saved();
  await people[0].page.evaluate(() => window.scrollTo(0, 0));
  await here.getByRole("button", { name: "Ben Okri writes in the description" }).click();
  await eventually(async () => assert.ok(await people[0].page.evaluate(() => window.scrollY > 300), "it leads to where he writes"));
  await concepts[0].seesCaretOf("Ben Okri", "body");
  await concepts[1].append("title", "!");
  await here.getByRole("button", { name: "Ben Okri writes in the title" }).waitFor();
  await people[1].leave();
  await concepts[0].page.locator(".here-faces", { hasText: "Ben Okri" }).waitFor({ state: "detached" });
  await people[0].leave();
}));

test("words written offline are kept, said to be, and arrive when back", scene(async (arrive) => {
  const { people, concepts } = await twoAtOneIdea(arrive);
  const [one, two] = concepts;
  people[0].allow(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
  await people[0].context.setOffline(true);
  await one.append("body", "from the train. ");
  await one.state("offline");
  await two.append("body", "from the shop. ");
  await two.saved();
  await people[0].context.setOffline(false);
  await one.saved();
  const { body } = await converged(one, two);
  assert.match(body.replaceAll(/\s+/g, " "), /from the train\./);
  assert.match(body.replaceAll(/\s+/g, " "), /from the shop\./);
}));

test("nothing said to be saved is lost when the server dies", scene(async (arrive) => {
  const { people, concepts, path } = await twoAtOneIdea(arrive);
  const [one, two] = concepts;
  people.forEach((person) => person.allow(/ERR_CONNECTION_(REFUSED|RESET)|WebSocket connection/));
  await one.append("body", "kept before the crash. ");
  await one.saved();
  await atelier.crash();
  await two.append("body", "written after it. ");
  await two.saved();
  const whole = await converged(one, two);
  assert.match(whole.body, /kept before the crash\./);
  assert.match(whole.body, /written after it\./);
  await people[1].open(path);
  await two.ready();
  assert.deepEqual(await converged(one, two), whole);
}));

test("who looks at a board sees who is in which idea, and on the canvas", scene(async (arrive) => {
  const { people, path } = await twoAtOneIdea(arrive);
  const { board } = (await owner.call("GET", `/ideas/${path.match(/^\/i\/(\d+)/)[1]}`)).card;
  await people[1].page.goto(`/b/${board}/canvas`);
  const viewer = await arrive(atelier, { caller: owner });
  await viewer.open(`/b/${board}`);
  const card = viewer.page.locator(".idea").first();
  await card.locator(".here-now", { hasText: "Ada Lovelace" }).waitFor();
  assert.ok(!(await card.innerText()).includes("Ben Okri"));
  await viewer.page.locator(".views .here-now", { hasText: "Ben Okri" }).waitFor();
  // Oneself is no news, and nobody is told to a visitor.
  const stranger = await arrive(atelier, {});
  await stranger.open(`/b/${board}`);
  await people[0].page.goto(`/b/${board}`);
  await viewer.page.locator(".idea .here-now").waitFor({ state: "detached" });
  await people[0].page.locator(".views .here-now", { hasText: "Ben Okri" }).waitFor();
  assert.equal(await stranger.page.locator(".here-now").count(), 0);
  for (const person of people) await person.leave();
}));
