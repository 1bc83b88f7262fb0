// Every page there is, and who looks at it: for what must hold on all of them.

import { boardWithIdea, join, setUp } from "./api.mjs";
import { Atelier } from "./atelier.mjs";
import { alive } from "./canvas.mjs";
import { Concept } from "./concept.mjs";
import { linked } from "./mail.mjs";
import { writeByHand } from "./socket.mjs";
import * as Automerge from "@automerge/automerge";

/** Waits until what lives on a page is alive: its editors, its canvas. */
export async function ready(person, { writes, canvas }) {
  if (writes) await new Concept(person).ready();
  if (canvas) await alive(person.page);
}

const initials = (name) => name.split(" ").map((word) => word[0]).join("").slice(0, 2).toUpperCase();

/**
 * A small workspace with something on every page. Answers the server, its owner, a customer, `pages`: for each a
 * name, a path, and the person who sees it (`null`: a visitor), and `words`: what its people wrote that stands on them.
 */
export async function openWorkspace() {
  const atelier = await Atelier.start({ mails: true });
  const waiting = `/setup/${atelier.setupToken()}`;
  const owner = await setUp(atelier);
  const customer = await join(owner, "customer", "Ada Lovelace");
  const { board, path } = await boardWithIdea(owner, { title: "Bread and mornings" });
  const staff = await boardWithIdea(owner, { title: "Behind the counter", editing: "staff" });
  const empty = await owner.call("POST", "/boards", { title: "Waiting", purpose: "", audience: "members", editing: "coauthors" });
  const { path: invite } = await owner.call("POST", "/invites", { role: "customer" });
  await owner.call("POST", "/tokens", { name: "The till" });
  const own = await customer.call("POST", `/boards/${board.slug}/ideas`, { title: "Rye on Mondays", pitch: "One day a week." });
  const declined = { stage: board.stages[6].id, reason: "No rye grows here. We ask again in spring." };
  await owner.call("PUT", `/ideas/${own.card.number}/stage`, { stage: board.stages[2].id });
  await owner.call("PUT", `/ideas/${own.card.number}/stage`, declined);
  const talk = `/ideas/${path.match(/^\/i\/(\d+)/)[1]}/comments`;
  const asked = await customer.call("POST", talk, { body: "With **seeds**, please." });
  await owner.call("POST", talk, { body: "Which ones?", parent: asked.id });
  await owner.call("PUT", `/comments/${asked.id}/helpful`);
  await owner.call("POST", talk, { body: "From March on.", kind: "answer" });
  await owner.call("POST", talk, { body: "The oven is free at five.", kind: "note" });
  const number = path.match(/^\/i\/(\d+)/)[1];
  await owner.call("PUT", `/ideas/${number}/stage`, { stage: board.stages[3].id, reason: "The dough holds." });
  await owner.call("POST", `/ideas/${number}/updates`, { body: "The first **forty** are baked.", percent: 40 });
  await owner.call("POST", `/ideas/${number}/milestones`, { title: "A week without leftovers", due_on: "2031-03-31" });
  const { secret } = await owner.call("POST", "/tokens", { name: "The wall" });
  const noted = ["Half loaves at noon", "Who bakes on Sundays?", "Rye keeps until Monday"];
  await writeByHand(atelier.url, secret, board.canvas, arrange(noted, own.card.id));
  await customer.call("PUT", `/boards/${board.slug}/canvas/notes/n0/reactions/love`);
  await owner.call("POST", `/boards/${board.slug}/canvas/notes/n2/promote`);
  const dots = await owner.call("POST", `/boards/${board.slug}/canvas/dot-votes`, { question: "What first?", dots: 3 });
  await customer.call("PUT", `/boards/${board.slug}/canvas/dot-votes/${dots.id}/dots`, { item: "notes/n1", dots: 2 });
  await owner.call("PUT", `/boards/${board.slug}/canvas/timer`, { act: "start", seconds: 600 });
  await owner.call("PUT", `/boards/${board.slug}/canvas/timer`, { act: "pause" });
  const promised = await openPromised(owner, customer);
  const given = await recognise(owner, customer, board, own);
  const left = await openLeft(owner, board);
  const mails = await openMails(atelier, owner, customer, own);
  const pages = [
    { name: "home", path: "/", as: null },
    { name: "home signed in", path: "/", as: customer },
    { name: "boards", path: "/b", as: customer },
    { name: "board", path: `/b/${board.slug}`, as: null },
    { name: "pipeline", path: `/b/${board.slug}/pipeline`, as: null },
    { name: "pipeline to move in", path: `/b/${board.slug}/pipeline`, as: owner },
    { name: "empty pipeline", path: `/b/${empty.slug}/pipeline`, as: customer },
    { name: "canvas", path: `/b/${board.slug}/canvas`, as: null, canvas: true },
    { name: "canvas to write on", path: `/b/${board.slug}/canvas`, as: customer, canvas: true },
    { name: "canvas to lead on", path: `/b/${board.slug}/canvas`, as: owner, canvas: true },
    { name: "empty canvas", path: `/b/${empty.slug}/canvas`, as: customer, canvas: true },
    { name: "empty board", path: `/b/${empty.slug}`, as: customer },
    { name: "propose", path: `/b/${board.slug}/propose`, as: customer },
    { name: "propose as visitor", path: `/b/${board.slug}/propose`, as: null },
    { name: "idea", path, as: null },
    { name: "idea to write in", path, as: customer, writes: true },
    { name: "idea to the team", path, as: owner, writes: true },
    { name: "history", path: `${path}/history`, as: null },
    { name: "history to go back in", path: `${path}/history?changes`, as: customer },
    { name: "history of the canvas", path: `/b/${board.slug}/canvas/history`, as: null },
    { name: "history of an empty canvas", path: `/b/${empty.slug}/canvas/history`, as: customer },
    { name: "idea to follow", path: staff.path, as: customer },
    { name: "idea with progress", path: promised.path, as: null },
    { name: "idea to publish on", path: promised.path, as: owner, writes: true },
    { name: "promised board", path: `/b/${promised.board.slug}?sort=due`, as: customer },
    { name: "new board", path: "/b/new", as: owner },
    { name: "board settings", path: `/b/${board.slug}/settings`, as: owner },
    { name: "sign in", path: "/sign-in", as: null },
    { name: "sign up", path: "/sign-up", as: null },
    { name: "invitation", path: invite, as: null },
    { name: "used set-up link", path: waiting, as: null, status: 410 },
    { name: "person", path: `/people/${(await customer.call("GET", "/me")).person.handle}`, as: owner },
    { name: "settings", path: "/settings", as: owner },
    { name: "settings of a customer", path: "/settings", as: customer },
    { name: "own data", path: "/settings/data", as: customer },
    { name: "what is kept", path: "/privacy", as: null },
    { name: "idea of somebody who left", path: left.path, as: null },
    { name: "somebody who left", path: `/people/${left.id}`, as: null, status: 410 },
    ...mails,
    { name: "inbox", path: "/inbox", as: customer },
    { name: "empty inbox", path: "/inbox", as: owner },
    { name: "idea not now", path: `/i/${own.card.number}/${own.card.slug}`, as: owner, writes: true },
    { name: "filtered board", path: `/b/${board.slug}?show-me=voted`, as: customer },
    { name: "roadmap", path: "/roadmap", as: null },
    { name: "roadmap signed in", path: "/roadmap", as: customer },
    { name: "one heading of the roadmap", path: "/roadmap?phase=built", as: null },
    { name: "empty roadmap", path: `/roadmap?board=${empty.slug}`, as: customer },
    { name: "news", path: "/news", as: null },
    { name: "declined news", path: "/news?what=declined", as: customer },
    { name: "no news", path: "/news?what=launched", as: null },
    { name: "desk", path: "/desk", as: owner },
    { name: "desk to answer at", path: "/desk", as: await join(owner, "employee", "Eve Employee") },
    { name: "workspace", path: "/admin", as: owner },
    { name: "people", path: "/admin/people", as: owner },
    { name: "boards to manage", path: "/admin/boards", as: owner },
    { name: "import", path: "/admin/import", as: owner },
    { name: "outbox", path: "/admin/outbox", as: owner },
    { name: "manage recognition", path: "/admin/recognition", as: owner },
    { name: "recognition", path: "/recognition", as: null },
    { name: "recognition by what helped", path: "/recognition?by=helpfulness&since=ever", as: customer },
    { name: "what one was given", path: "/recognition/mine", as: customer },
    { name: "nothing given yet", path: "/recognition/mine", as: owner },
    { name: "recognise", path: `/i/${own.card.number}/${own.card.slug}/recognise`, as: owner },
    { name: "recognise nobody", path: `${path}/recognise`, as: owner },
    { name: "recognised idea", path: `/i/${own.card.number}/${own.card.slug}`, as: null },
    { name: "audit", path: "/admin/audit", as: owner },
    { name: "credit", path: "/credit", as: null },
    { name: "credit to settle", path: "/credit", as: owner },
    { name: "search", path: "/search?q=bread", as: customer },
    { name: "nothing found", path: "/search?q=helicopter", as: null },
    { name: "not found", path: "/nowhere", as: null, status: 404 },
  ];
  const people = [owner, customer];
  const words = [
    "Four & Co", "Atelier", "Bread and mornings", "What to bake next", "Behind the counter", "Waiting", "A loaf for two", "Rye on Mondays",
    "One day a week.", declined.reason, "The till", "Half the size, the same crust.",
    "With **seeds**, please.", "With seeds, please.", "Bread", "bread", "and mornings", "helicopter", "Many of us live alone.", "fresh", "small", "With", "seeds", ", please.", "Which ones?", "From March on.", "The oven is free at five.",
    ...promised.words, ...given, ...left.words,
    "The dough holds.", "The first", "forty", "are baked.", "The first forty are baked.", "A week without leftovers",
    ...noted, "On the wall", "What first?", "The wall",
    ...board.stages.map(({ fr }) => fr),
    ...people.flatMap(({ name }) => [name, name.split(" ")[0], initials(name), name.toLowerCase().replace(" ", "-")]),
  ];
  return { atelier, owner, customer, board, pages, words };
}

/** An idea whose proposer left with their words, and of which somebody said something. */
async function openLeft(owner, board) {
  const gone = await join(owner, "customer", "Quentin Lebref");
  const { card } = await gone.call("POST", `/boards/${board.slug}/ideas`, { title: "Bread by the slice", pitch: "One at a time." });
  await owner.call("POST", `/ideas/${card.number}/comments`, { body: "Who cuts it?" });
  const { person } = await gone.call("GET", "/me");
  await owner.call("POST", `/people/${person.id}/erasure`, { reason: "asked", comments: "remove", texts: "remove" });
  for (let n = 0; n < 200 && (await owner.call("GET", `/ideas/${card.number}`)).card.title === card.title; n++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  return { path: `/i/${card.number}`, id: person.id, words: ["Who cuts it?", "Idea", `Idea ${card.number}`, `Idée ${card.number}`] };
}

/** Puts a group with two of these notes on a canvas, a third beside it, a link between them, and an idea. */
function arrange(notes, idea) {
  const word = (text) => new Automerge.ImmutableString(text);
  return (draft) => {
    draft.groups.g = { title: "On the wall", x: 0, y: 0, w: 480, h: 220, colour: word("sky") };
    notes.forEach((text, at) => {
      const inside = at < 2 ? { group: word("g") } : {};
      draft.notes[`n${at}`] = { text, x: 20 + at * 230 + (at > 1 ? 60 : 0), y: 60, colour: word(["amber", "rose", "leaf"][at]), ...inside };
    });
    draft.cards[idea] = { x: 20, y: 260 };
    draft.links.l = { from: word("notes/n1"), to: word("notes/n2") };
  };
}

/** Where the links in mails lead: before and after they are followed, and when nothing is behind them. */
async function openMails(atelier, owner, customer, idea) {
  const confirmation = "Confirm your address";
  const address = linked(await atelier.mails.to(owner, confirmation), "/mail/confirm/");
  const confirmed = linked(await atelier.mails.to(customer, confirmation), "/mail/confirm/");
  await fetch(atelier.url + confirmed, { method: "POST" });
  const off = linked(await atelier.mails.to(customer, idea.card.title), "/mail/off/");
  return [
    { name: "link to confirm an address", path: address, as: null },
    { name: "confirmed address", path: confirmed, as: null },
    { name: "link to end mails", path: off, as: null },
    { name: "old link of a mail", path: "/mail/off/nothing-is-here", as: null, status: 410 },
  ];
}

/** A board that promises an answer, with an idea of which something became, one that waits, and one whose author is asked. */
async function openPromised(owner, customer) {
  const { board, path, idea } = await boardWithIdea(owner, { title: "Answered in a week" });
  await owner.call("PATCH", `/boards/${board.slug}`, { promise_days: 7 });
  const progress = (kind, body) => owner.call("POST", `/ideas/${idea.card.number}/${kind}`, body);
  await progress("updates", { body: "The **small tins** are here.", percent: 40 });
  await progress("updates", { body: "They cost more than we said.", staff: true });
  await progress("milestones", { title: "Tins that do not stick", done: true });
  await progress("milestones", { title: "Half loaves all day", due_on: "2031-03-31" });
  const beliefs = { hypothesis: "A half loaf keeps as long as a whole one.", trial: "Thirty of each, for a week.", measure: "How many are dry on day three." };
  for (const outcome of ["reverted", "kept"]) {
    const { id } = await progress("experiments", beliefs);
    await owner.call("PUT", `/experiments/${id}/conclusion`, { outcome, result: "Nine of thirty were dry.", reason: "Nobody minds, or everybody does." });
  }
  await progress("experiments", beliefs);
  await owner.call("PUT", `/ideas/${idea.card.number}/freeze`, { words: "The oven is built for this." });
  await owner.call("PUT", `/ideas/${idea.card.number}/stage`, { stage: board.stages[3].id, reason: "The tins are bought." });
  await owner.call("POST", `/ideas/${idea.card.number}/comments`, { body: "From March on.", kind: "answer" });
  const propose = (title) => customer.call("POST", `/boards/${board.slug}/ideas`, { title, pitch: "One day a week." });
  await propose("Buns in the rain");
  const { card } = await propose("Soup in a bowl");
  await owner.call("POST", `/ideas/${card.number}/comments`, { body: "Which ones?", kind: "question" });
  const words = [
    "Answered in a week", "The", "small tins", "are here.", "The small tins are here.", "They cost more than we said.", "Tins that do not stick", "Half loaves all day",
    ...Object.values(beliefs), "Nine of thirty were dry.", "Nobody minds, or everybody does.", "The oven is built for this.",
    "The tins are bought.", "Buns in the rain", "Soup in a bowl", "Eve Employee", "EE", "eve-employee",
  ];
  return { board, path, words };
}

/** Somebody who was recognised, perks to be had, one that was, and something that stands out. Answers the words of it. */
async function recognise(owner, customer, board, idea) {
  const { person } = await customer.call("GET", "/me");
  const badges = await owner.call("GET", "/badges");
  await owner.call("PUT", `/recognition/budgets/${board.slug}`, { monthly: 100 });
  const perk = (kind, fr, en, rest) => owner.call("POST", "/perks", { kind, fr, en, about_fr: `${fr}.`, about_en: `${en}.`, ...rest });
  const coded = await perk("discount", "Dix pour cent", "Ten percent", { price: 30, coded: true });
  await owner.call("POST", `/perks/${coded.id}/codes`, { codes: "TEN-1\nTEN-2" });
  await perk("coffee", "Un espresso", "An espresso", { price: 90, stock: 3 });
  await perk("seat", "Une chaise", "A chair", { stock: 1 });
  const words = "You asked until we listened.";
  await owner.call("POST", "/recognition", {
    idea: idea.card.number, words, thanks: true, badge: badges[4].id, to: [{ person: person.id, points: 60 }],
  });
  await customer.call("POST", `/perks/${coded.id}/claims`);
  // What is told at once is told by a test of its own; here it would lie over every page.
  await customer.call("POST", "/me/recognition/seen", { at: Date.now() + 60_000 });
  return [
    words, "TEN-1", "Dix pour cent", "Ten percent", "Un espresso", "An espresso", "Une chaise", "A chair", "Dix pour cent.", "Ten percent.", "Un espresso.", "An espresso.", "Une chaise.", "A chair.",
    ...badges.flatMap(({ fr, en, meaning_fr, meaning_en }) => [fr, en, meaning_fr, meaning_en]),
  ];
}
