// A board that is not open to somebody does not exist for them: not at its address, not in any list, not in a count, not
// in the preview of a link.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { stage } from "./lib/stage.mjs";

const SECRET = /zanzibar/i;

let atelier, outsider, employee, hidden, open;

stage(async () => {
  atelier = await Atelier.start();
  const owner = await setUp(atelier);
  outsider = await join(owner, "customer", "Olive Outside");
  employee = await join(owner, "employee", "Ed Inside");
  open = await boardWithIdea(owner, { title: "Open to all" });
  hidden = await boardWithIdea(owner, {
    title: "Zanzibar project", audience: "staff", idea: { title: "The zanzibar loaf", pitch: "Zanzibar spices." },
  });
  const number = hidden.idea.card.number;
  await employee.call("POST", `/ideas/${number}/comments`, { body: "Zanzibar is ready.", kind: "answer" });
  await owner.call("PUT", `/ideas/${number}/stage`, { stage: hidden.board.stages[2].id, reason: "Zanzibar calls." });
  return atelier;
});

/** Everything a page tells, to people and to machines. */
const everything = (person) => person.page.evaluate(() => `${document.head.innerHTML} ${document.body.innerHTML}`);

for (const [who, caller] of [["a visitor", () => null], ["a customer", () => outsider]]) {
  test(`to ${who}, it does not exist`, scene(async (arrive) => {
    const person = await arrive(atelier, { caller: caller() });
    person.allow(/status of 404/);
    for (const path of ["/", "/b", `/b/${open.board.slug}`, `/b/${open.board.slug}?sort=recent`]) {
      assert.equal((await person.open(path)).status(), 200);
      assert.doesNotMatch(await everything(person), SECRET, path);
    }
    const [nothing] = await Promise.all([(await person.open("/b/no-such-board")).text()]);
    for (const path of [`/b/${hidden.board.slug}`, `/b/${hidden.board.slug}/propose`, hidden.path]) {
      const answer = await person.open(path);
      assert.equal(answer.status(), 404, path);
      const page = await answer.text();
      // The address itself is the visitor's own word.
      assert.doesNotMatch(page.replaceAll(/zanzibar-project|the-zanzibar-loaf/g, ""), SECRET, path);
      assert.equal(page.match(/<title>.*?<\/title>/)?.[0], nothing.match(/<title>.*?<\/title>/)?.[0], path);
    }
  }));
}

test("to the company's people, it does", scene(async (arrive) => {
  const person = await arrive(atelier, { caller: employee });
  await person.open("/");
  await person.page.getByRole("link", { name: "The zanzibar loaf", exact: true }).first().waitFor();
  await person.page.getByText("Zanzibar calls.").waitFor();
  await person.open(hidden.path);
  await person.page.getByText("Zanzibar is ready.").first().waitFor();
}));
