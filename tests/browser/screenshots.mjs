// Saves every page of the demo in both languages and both themes, on a phone and at a desk, for people to look at:
// node tests/browser/screenshots.mjs [FOLDER] (default: target/screenshots)

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { signIn } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { closeBrowser, DESK, newPerson, PHONE } from "./lib/browser.mjs";
import { Concept } from "./lib/concept.mjs";

const folder = process.argv[2] ?? join(import.meta.dirname, "../../target/screenshots");
mkdirSync(folder, { recursive: true });

const atelier = await Atelier.start({ demo: true });
try {
  const accounts = atelier.accounts();
  const owner = await signIn(atelier, accounts.owner);
  const customer = await signIn(atelier, accounts.customer);
  const boards = await owner.call("GET", "/boards");
  const { items: ideas } = await owner.call("GET", "/ideas?limit=12");
  const board = (boards.items ?? boards).find(({ audience }) => audience === "public");
  const idea = ideas.find((card) => card.board === board.slug) ?? ideas[0];
  const pages = [
    ["home", "/", null],
    ["board", `/b/${board.slug}`, customer],
    ["propose", `/b/${board.slug}/propose`, customer],
    ["idea-read", `/i/${idea.number}/${idea.slug}`, null],
    ["idea-write", `/i/${idea.number}/${idea.slug}`, owner],
    ["sign-in", "/sign-in", null],
    ["sign-up", "/sign-up", null],
    ["settings", "/settings", owner],
    ["people", "/admin", owner],
    ["board-new", "/b/new", owner],
    ["board-settings", `/b/${board.slug}/settings`, owner],
    ["not-found", "/nowhere", null],
  ];
  for (const locale of ["fr-FR", "en-GB"]) {
    for (const theme of ["light", "dark"]) {
      for (const viewport of [PHONE, DESK]) {
        for (const [name, path, caller] of pages) {
          const person = await newPerson(atelier, { caller, locale, theme, viewport });
          await person.open(path);
          if (name === "idea-write") await new Concept(person).ready();
          const file = `${name}-${viewport.width}-${theme}-${locale.slice(0, 2)}.png`;
          await person.page.screenshot({ path: join(folder, file), fullPage: true });
          await person.context.close();
        }
      }
    }
  }
  console.log(`${pages.length * 8} pictures in ${folder}`);
} finally {
  await closeBrowser();
  await atelier.stop();
}
