// Saves every page of a small workspace and of the demo, in both languages and both themes, on a phone and at a desk,
// for people to look at:
//
//     node tests/browser/screenshots.mjs [FOLDER] [PATTERN]
//
// FOLDER is target/screenshots unless said otherwise; PATTERN, a regular expression, chooses among the files' names.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { signIn } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { closeBrowser, DESK, newPerson, PHONE } from "./lib/browser.mjs";
import { Concept } from "./lib/concept.mjs";
import { openWorkspace } from "./lib/pages.mjs";

const folder = process.argv[2] ?? join(import.meta.dirname, "../../target/screenshots");
const pattern = new RegExp(process.argv[3] ?? "");
mkdirSync(folder, { recursive: true });

const small = await openWorkspace();
const demo = await Atelier.start({ demo: true });
let taken = 0;
try {
  const pages = [
    ...small.pages.map((page) => [small.atelier, "small", page]),
    ...(await demoPages()).map((page) => [demo, "demo", page]),
  ];
  const people = new Set(pages.map(([, , { as }]) => as).filter(Boolean));
  for (const locale of ["fr-FR", "en-GB"]) {
    for (const person of people) await person.call("PATCH", "/me", { locale: locale.slice(0, 2) });
    for (const theme of ["light", "dark"]) {
      for (const viewport of [PHONE, DESK]) {
        const look = { locale, theme, viewport };
        for (const [atelier, workspace, page] of pages) await take(atelier, workspace, page, look);
      }
    }
  }
  console.log(`${taken} pictures in ${folder}`);
} finally {
  await closeBrowser();
  await small.atelier.stop();
  await demo.stop();
}

async function take(atelier, workspace, { name, path, as, writes }, look) {
  const { locale, theme, viewport } = look;
  const file = `${workspace} ${name} ${viewport.width} ${theme} ${locale.slice(0, 2)}.png`.replaceAll(" ", "-");
  if (!pattern.test(file)) return;
  const person = await newPerson(atelier, { ...look, caller: as });
  try {
    await person.open(path);
    if (writes) await new Concept(person).ready();
    await person.page.evaluate(() => document.fonts.ready);
    await person.page.screenshot({ path: join(folder, file), fullPage: true });
    taken++;
  } catch (error) {
    console.error(`${file}: ${error.message}`);
    process.exitCode = 1;
  } finally {
    await person.context.close();
  }
}

/** What there is to see in the demo. */
async function demoPages() {
  const accounts = demo.accounts();
  const owner = await signIn(demo, accounts.owner);
  const customer = await signIn(demo, accounts.customer);
  const boards = await owner.call("GET", "/boards");
  const { items: ideas } = await owner.call("GET", "/ideas?limit=12");
  const open = boards.find(({ audience }) => audience === "public");
  const idea = ideas.find((card) => card.board === open.slug);
  return [
    { name: "home", path: "/", as: null },
    { name: "home signed in", path: "/", as: customer },
    ...boards.map(({ slug }) => ({ name: `board ${slug}`, path: `/b/${slug}`, as: owner })),
    { name: "boards", path: "/b", as: owner },
    { name: "propose", path: `/b/${open.slug}/propose`, as: customer },
    { name: "idea read", path: `/i/${idea.number}/${idea.slug}`, as: null },
    ...ideas.slice(0, 3).map(({ number, slug }) => ({ name: `idea ${number}`, path: `/i/${number}/${slug}`, as: owner, writes: true })),
    { name: "settings", path: "/settings", as: owner },
    { name: "workspace", path: "/admin", as: owner },
    { name: "people", path: "/admin/people", as: owner },
    { name: "boards to manage", path: "/admin/boards", as: owner },
    { name: "board settings", path: `/b/${open.slug}/settings`, as: owner },
  ];
}
