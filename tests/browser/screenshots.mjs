// Saves every page of a small workspace, of the demo and of an overfull board (and, where ATELIER_IDEAS names the folder of
// the real ideas, of theirs), in both languages and both themes, on a phone, a tablet and at a desk, for people to look at:
//
//     node tests/browser/screenshots.mjs [FOLDER] [PATTERN]
//
// FOLDER is target/screenshots unless said otherwise; PATTERN, a regular expression, chooses among the files' names.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { join as arrives, setUp, signIn } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { closeBrowser, DESK, newPerson, PHONE, TABLET } from "./lib/browser.mjs";
import { openWorkspace, ready } from "./lib/pages.mjs";

const folder = process.argv[2] ?? join(import.meta.dirname, "../../target/screenshots");
const pattern = new RegExp(process.argv[3] ?? "");
mkdirSync(folder, { recursive: true });

const small = await openWorkspace();
const demo = await Atelier.start({ demo: true });
const full = await Atelier.start();
let taken = 0;
try {
  const pages = [
    ...small.pages.map((page) => [small.atelier, "small", page]),
    ...(await demoPages()).map((page) => [demo, "demo", page]),
    ...(await fullPages()).map((page) => [full, "full", page]),
  ];
  const people = new Set(pages.map(([, , { as }]) => as).filter(Boolean));
  for (const locale of ["fr-FR", "en-GB"]) {
    for (const person of people) await person.call("PATCH", "/me", { locale: locale.slice(0, 2) });
    for (const theme of ["light", "dark"]) {
      for (const viewport of [PHONE, TABLET, DESK]) {
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
  await full.stop();
}

async function take(atelier, workspace, { name, path, as, writes, canvas }, look) {
  const { locale, theme, viewport } = look;
  const file = `${workspace} ${name} ${viewport.width} ${theme} ${locale.slice(0, 2)}.png`.replaceAll(" ", "-");
  if (!pattern.test(file)) return;
  const person = await newPerson(atelier, { ...look, caller: as });
  try {
    await person.open(path);
    await ready(person, { writes, canvas });
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
  const { items: told } = await owner.call("GET", "/ideas?sort=wanted&limit=100");
  const about = (name, words) => {
    const { number, slug } = told.find(({ title }) => title.includes(words));
    return { name, path: `/i/${number}/${slug}`, as: customer };
  };
  return [
    about("progress lunch", "poche du manteau"),
    about("progress rye", "colle pas au couteau"),
    about("progress frozen", "Commander la veille"),
    about("question", "quiet hour"),
    { name: "desk", path: "/desk", as: owner },
    { name: "home", path: "/", as: null },
    { name: "home signed in", path: "/", as: customer },
    ...boards.map(({ slug }) => ({ name: `board ${slug}`, path: `/b/${slug}`, as: owner })),
    { name: "canvas", path: `/b/${open.slug}/canvas`, as: owner, canvas: true },
    { name: "canvas read", path: `/b/${open.slug}/canvas`, as: null, canvas: true },
    ...boards.map(({ slug }) => ({ name: `pipeline ${slug}`, path: `/b/${slug}/pipeline`, as: owner })),
    { name: "pipeline read", path: `/b/${open.slug}/pipeline`, as: null },
    { name: "boards", path: "/b", as: owner },
    { name: "roadmap", path: "/roadmap", as: null },
    { name: "roadmap signed in", path: "/roadmap", as: owner },
    { name: "news", path: "/news", as: null },
    { name: "declined news", path: "/news?what=declined", as: null },
    { name: "propose", path: `/b/${open.slug}/propose`, as: customer },
    { name: "idea read", path: `/i/${idea.number}/${idea.slug}`, as: null },
    ...ideas.slice(0, 3).map(({ number, slug }) => ({ name: `idea ${number}`, path: `/i/${number}/${slug}`, as: owner, writes: true })),
    { name: "recognition", path: "/recognition?since=ever", as: null },
    { name: "recognition own", path: "/recognition/mine", as: customer },
    { name: "recognise", path: about("", "Commander la veille").path + "/recognise", as: owner },
    { name: "recognition person", path: "/people/karim", as: null },
    { name: "recognition to manage", path: "/admin/recognition", as: owner },
    { name: "recognition told", path: "/news", as: await thanked(owner) },
    { name: "settings", path: "/settings", as: owner },
    { name: "workspace", path: "/admin", as: owner },
    { name: "people", path: "/admin/people", as: owner },
    { name: "boards to manage", path: "/admin/boards", as: owner },
    { name: "board settings", path: `/b/${open.slug}/settings`, as: owner },
  ];
}

/** Somebody who was just recognised, and is told so on whatever page they open. */
async function thanked(owner) {
  const person = await arrives(owner, "customer", "Zoé Martin");
  const { person: { id } } = await person.call("GET", "/me");
  const [{ id: badge }] = await owner.call("GET", "/badges");
  const words = "Votre première idée a mis tout le fournil au travail. Merci, et à mardi pour la dégustation.";
  await owner.call("POST", "/recognition", { board: "au-comptoir", words, thanks: true, badge, to: [{ person: id, points: 20 }] });
  return person;
}

/** Boards with more than most will ever have: the longest texts, thousands of votes, long talk, and real ideas. */
async function fullPages() {
  const owner = await setUp(full, "Bartholomäus Wolfeschlegelsteinhausen");
  const person = await arrives(owner, "customer", "Anne-Sophie de la Rochefoucauld-Montmorency");
  const open = async (title, csv) => {
    const board = await owner.call("POST", "/boards", { title, purpose: title, audience: "public", editing: "everyone" });
    const headers = { origin: full.url, cookie: `${owner.cookie.name}=${owner.cookie.value}`, "content-type": "text/csv" };
    const path = `/api/v1/boards/${board.slug}/imports?name=ideas.csv`;
    const begun = await fetch(full.url + path, { method: "POST", headers, body: csv });
    assert.equal(begun.status, 202, await begun.clone().text());
    const { id } = await begun.json();
    while ((await owner.call("GET", `/imports/${id}`)).state === "running") await new Promise((later) => setTimeout(later, 200));
    return board;
  };
  const title = "Une boulangerie qui reste ouverte le dimanche après-midi, avec des tables dehors, du pain encore chaud et quelqu’un qui sait dire d’où vient la farine, même quand il pleut et que tout le quartier dort encore".slice(0, 200);
  const rows = Array.from({ length: 60 }, (_, n) => `"${title.slice(0, 200 - 3 * n)}","${"Un texte long. ".repeat(40)}",Zoé ${n},2024-01-${10 + (n % 20)},${n ? n * 37 : 5000},,,Thème ${n % 7}`);
  const board = await open("Tout ce que l’on peut mettre dans le titre d’un tableau avant qu’il ne déborde", `title,body,author,created_at,votes,comments,status,category\n${rows.join("\n")}\n`);
  const { items: [idea] } = await owner.call("GET", `/ideas?board=${board.slug}&sort=wanted&limit=1`);
  const said = "Je suis d’accord, et voici pourquoi. **Le pain** d’hier n’est pas celui de demain.\n\n- l’un\n- l’autre\n";
  let parent = null;
  for (let n = 0; n < 80; n++) {
    const reply = n % 3 ? { parent } : {};
    const { id } = await (n % 2 ? owner : person).call("POST", `/ideas/${idea.number}/comments`, { body: said.repeat(1 + (n % 4)), kind: n === 9 ? "answer" : "comment", ...reply });
    if (n % 3 === 0) parent = id;
  }
  const pages = [
    { name: "home", path: "/", as: null },
    { name: "home signed in", path: "/", as: person },
    { name: "board", path: `/b/${board.slug}`, as: person },
    { name: "pipeline", path: `/b/${board.slug}/pipeline`, as: owner },
    { name: "idea", path: `/i/${idea.number}/${idea.slug}`, as: null },
    { name: "idea to the team", path: `/i/${idea.number}/${idea.slug}`, as: owner, writes: true },
    { name: "board settings", path: `/b/${board.slug}/settings`, as: owner },
    { name: "inbox", path: "/inbox", as: person },
    { name: "people", path: `/people/${(await person.call("GET", "/me")).person.handle}?show=comments`, as: owner },
  ];
  const folder = process.env.ATELIER_IDEAS;
  if (!folder) return pages;
  for (const [slug, file] of [["maison", "en-smart-home.csv"], ["republique", "fr-republique-numerique.csv"]]) {
    const { slug: real } = await open(slug, readFileSync(join(folder, file)));
    const { items } = await owner.call("GET", `/ideas?board=${real}&sort=wanted&limit=5`);
    pages.push({ name: `real ${slug}`, path: `/b/${real}`, as: person });
    pages.push({ name: `real idea ${slug}`, path: `/i/${items[0].number}/${items[0].slug}`, as: null });
  }
  pages.push({ name: "real search", path: "/search?q=numerique+donnees", as: person }, { name: "import", path: "/admin/import", as: owner });
  return pages;
}
