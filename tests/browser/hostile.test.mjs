// No text of anybody runs a script in anybody's browser, whatever field it was put into and whoever looks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { scene } from "./lib/browser.mjs";
import { PAYLOADS } from "./lib/payloads.mjs";
import { stage } from "./lib/stage.mjs";

/** How many of those who look open at once what each role sees. */
const NAMED = 40;

let atelier, owner, marie, ada, board, talked, ideas;
/** How many payloads each field took; what it refuses, it never shows. */
const taken = {};

stage(async () => {
  atelier = await Atelier.start({ env: { ATELIER_WRITE_LIMITS: "10000" } });
  owner = await setUp(atelier);
  marie = await join(owner, "moderator", "Marie Curie");
  ada = await join(owner, "customer", "Ada Lovelace");
  board = await owner.call("POST", "/boards", { title: PAYLOADS[0], purpose: PAYLOADS[8], audience: "public", editing: "everyone" });
  talked = await ada.call("POST", `/boards/${board.slug}/ideas`, { title: "Talked about", pitch: PAYLOADS[9], body: PAYLOADS.join("\n\n") });
  ideas = [];
  for (const text of PAYLOADS) await plant(text);
  for (const text of PAYLOADS.slice(0, NAMED)) await name(text);
  return atelier;
});

/** Puts a text into a field, and answers what it became; nothing where it is refused. */
async function put(field, person, method, path, body) {
  const answer = await person.ask(method, path, body);
  const text = await answer.text();
  assert.ok(answer.ok || answer.status === 422, `${field}: ${answer.status} ${text}`);
  if (!answer.ok) return null;
  taken[field] = (taken[field] ?? 0) + 1;
  return text ? JSON.parse(text) : {};
}

async function plant(text) {
  const idea = await put("idea", ada, "POST", `/boards/${board.slug}/ideas`, { title: text.slice(0, 200), pitch: text, body: text });
  if (idea) {
    ideas.push(`/i/${idea.card.number}/${idea.card.slug}`);
    await put("reason", owner, "PUT", `/ideas/${idea.card.number}/stage`, { stage: board.stages[6].id, reason: text });
    await put("report", marie, "POST", "/reports", { subject: { kind: "idea", id: idea.card.id }, reason: "other", words: text });
  }
  await put("comment", ada, "POST", `/ideas/${talked.card.number}/comments`, { body: text });
}

async function name(text) {
  await put("token", owner, "POST", "/tokens", { name: text });
  await put("tag", owner, "POST", `/boards/${board.slug}/tags`, { name: text, colour: "leaf" });
  await put("board", owner, "POST", "/boards", { title: text, purpose: text, audience: "public", editing: "everyone" });
  const person = await join(owner, "customer", "Somebody");
  if (await put("person", person, "PATCH", "/me", { name: text })) {
    await put("note", person, "POST", `/ideas/${talked.card.number}/comments`, { body: "I was here." });
  }
}

/** Opens a page, stirs everything on it, and says what is wrong. */
async function look(person, path) {
  const { page } = person;
  const answer = await page.goto(path, { waitUntil: "load" });
  const policy = answer.headers()["content-security-policy"] ?? "";
  const wrong = [];
  if (!policy.includes("script-src") || /script-src[^;]*'unsafe-inline'|style-src[^;]*'unsafe-inline'/.test(policy)) wrong.push(`policy ${policy}`);
  const found = await page.evaluate(() => {
    for (const element of document.querySelectorAll("body *")) {
      for (const kind of ["mouseover", "pointerover", "mouseenter", "focus", "toggle", "animationstart"]) element.dispatchEvent(new Event(kind));
    }
    const bad = [];
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (name.startsWith("on") || (/^(href|src|action|formaction|data|xlink:href|srcdoc)$/.test(name) && /^[\s\u0000-\u0020]*(javascript|vbscript|data:text)/i.test(value))) {
          bad.push(`${element.localName} ${name}=${value}`);
        }
      }
    }
    return { ran: window.ran, bad };
  });
  if (found.ran) wrong.push(`${found.ran} scripts ran`);
  return [...wrong, ...found.bad].map((what) => `${path}: ${what}`);
}

async function watched(arrive, caller) {
  const person = await arrive(atelier, { caller });
  await person.context.addInitScript(() => {
    window.ran = 0;
    window.hit = () => (window.ran += 1);
  });
  person.dialogs = [];
  person.page.on("dialog", async (dialog) => {
    person.dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  // Pictures that are nowhere are not found, and what the policy refuses it says.
  person.allow(/status of 404/, /Content Security Policy/);
  return person;
}

test("every field took what it takes", () => {
  assert.ok(PAYLOADS.length >= 100 && new Set(PAYLOADS).size === PAYLOADS.length);
  for (const field of ["idea", "reason", "report", "comment"]) assert.ok(taken[field] >= 100, `${field}: ${taken[field]}`);
  for (const field of ["token", "tag", "board", "person"]) assert.ok(taken[field] >= 20, `${field}: ${taken[field]}`);
});

test("a visitor reads every idea, and nothing runs", scene(async (arrive) => {
  const person = await watched(arrive, null);
  const wrong = [];
  for (const path of ideas) wrong.push(...(await look(person, path)));
  assert.deepEqual([wrong, person.dialogs, person.problems()], [[], [], []]);
}));

for (const [role, caller, more] of [
  ["a visitor", () => null, []],
  ["a customer", () => ada, ["/inbox", "/settings"]],
  ["a moderator", () => marie, ["/inbox", "/desk", "/admin/people", "/admin/boards", "/admin/import"]],
  ["an owner", () => owner, ["/inbox", "/desk", "/settings", "/admin", "/admin/people", "/admin/audit", "/admin/boards"]],
]) {
  test(`${role} opens the pages that show it all, and nothing runs`, scene(async (arrive) => {
    const person = await watched(arrive, caller());
    const common = ["/", "/boards", `/b/${board.slug}`, `/b/${board.slug}?sort=recent`, `/i/${talked.card.number}/${talked.card.slug}`, "/search?q=script", "/people/ada-lovelace"];
    const settings = more.includes("/desk") ? [`/b/${board.slug}/settings`] : [];
    const wrong = [];
    for (const path of [...common, ...more, ...settings]) wrong.push(...(await look(person, path)));
    assert.deepEqual([wrong, person.dialogs, person.problems()], [[], [], []]);
  }));
}
