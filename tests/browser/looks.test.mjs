// Pages hold what people put into them: the longest names and titles, also without a place to break.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boardWithIdea, join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { DESK, PHONE, scene } from "./lib/browser.mjs";
import { Concept } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

let atelier, owner, ada, board, path;

stage(async () => {
  atelier = await Atelier.start();
  owner = await setUp(atelier, "N".repeat(60));
  ada = await join(owner, "moderator", "Bartholomäus Wolfeschlegelsteinhausenbergerdorff");
  const body = `${"B".repeat(300)}\n\n| ${"c".repeat(90)} | d |\n|---|---|\n| e | f |\n\n\`\`\`\n${"x".repeat(200)}\n\`\`\`\n`;
  const idea = { title: "W".repeat(150), pitch: "M".repeat(300), body };
  ({ board, path } = await boardWithIdea(owner, { title: "T".repeat(70), idea }));
  await owner.call("PATCH", `/boards/${board.slug}`, { purpose: "P".repeat(200) });
  return atelier;
});

for (const viewport of [PHONE, DESK]) {
  test(`nothing is wider than a screen of ${viewport.width} px`, scene(async (arrive) => {
    const person = await arrive(atelier, { caller: ada, viewport });
    const wide = [];
    for (const page of ["/", `/b/${board.slug}`, `/b/${board.slug}/pipeline`, `/b/${board.slug}/canvas`, `/b/${board.slug}/settings`, `/b/${board.slug}/propose`, path, "/admin/people", "/settings"]) {
      await person.open(page);
      if (page === path) await new Concept(person).ready();
      const over = await person.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (over > 0) wide.push(`${page}: ${over} px`);
    }
    const reader = await arrive(atelier, { viewport });
    await reader.open(path);
    const over = await reader.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) wide.push(`read: ${over} px`);
    assert.deepEqual(wide, []);
  }));
}
