// What may be done on a canvas and what may not: whose a thing is, what is locked, and what becomes of words when a right goes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { join, signIn } from "./lib/api.mjs";
import { scene } from "./lib/browser.mjs";
import { Canvas, agreed, boardFor, control, lay, openHouse, together } from "./lib/canvas.mjs";
import { eventually } from "./lib/concept.mjs";
import { stage } from "./lib/stage.mjs";

const NOT_YOURS = "This note is somebody else’s: only they and moderators may change or remove it.";

let atelier, owner, ada, ben, cleo;

stage(async () => ({ atelier, owner, ada, ben, cleo } = await openHouse()));

/** The words that could not be put on the canvas, as they are shown. */
const kept = (canvas) => canvas.page.locator(".kept .kept-words");

/** What the notes of a board say, whoever asks. */
async function notesOf(board) {
  const { canvas } = await owner.call("GET", `/boards/${board.slug}/canvas`);
  return Object.values(canvas.notes).map(({ text }) => text).sort();
}

test("who may not move it is told why, and the note is back in place", scene(async (arrive) => {
  const board = await boardFor(owner, { editing: "staff" });
  const [staff, customer] = await together(arrive, atelier, board, cleo, ada);
  await staff.note("Not yours");
  await customer.item("Not yours").waitFor();
  const before = await customer.spot(customer.item("Not yours"));
  const moved = await staff.watches(staff.item("Not yours"));
  await customer.drag(customer.item("Not yours"), 150, 60);
  await customer.told(NOT_YOURS);
  await eventually(async () => assert.deepEqual(await customer.spot(customer.item("Not yours")), before));
  await customer.page.keyboard.press("Delete");
  await customer.item("Not yours").dblclick();
  assert.equal(await customer.page.locator(".canvas-field").count(), 0);
  // One's own one may.
  await customer.note("Mine");
  await staff.item("Mine").waitFor();
  await customer.drag(customer.item("Mine"), 100, 60);
  await customer.saved();
  await agreed(staff, customer);
  assert.deepEqual(await moved(), []);
}));

test("what a moderator locks stays where it is, until it is unlocked", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [tidy, customer] = await together(arrive, atelier, board, owner, ada);
  await customer.note("The question");
  await customer.saved();
  await tidy.item("The question").click();
  await tidy.bar.getByRole("button", { name: "Lock" }).click();
  await customer.page.locator(".canvas-lock").waitFor();
  const before = await customer.spot(customer.item("The question"));
  await customer.drag(customer.item("The question"), 150, 60);
  await customer.told("This note is locked: only moderators may change it.");
  await eventually(async () => assert.deepEqual(await customer.spot(customer.item("The question")), before));
  assert.equal(await customer.page.getByRole("button", { name: "Lock" }).count(), 0);
  await tidy.bar.getByRole("button", { name: "Unlock" }).click();
  await customer.page.locator(".canvas-lock").waitFor({ state: "detached" });
  await customer.drag(customer.item("The question"), 150, 60);
  await customer.saved();
  assert.notDeepEqual(await customer.spot(customer.item("The question")), before);
}));

test("a group that is locked is neither moved nor made larger nor renamed by who made it", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(ada, board, {
    groups: { g: { title: "Breads", x: 0, y: 0, w: 480, h: 240 } },
    notes: { rye: { text: "Rye", x: 20, y: 60, group: "g" } },
  });
  const [tidy, customer] = await together(arrive, atelier, board, owner, ada);
  const group = customer.named("groups", "Breads");
  await tidy.named("groups", "Breads").click({ position: { x: 20, y: 14 } });
  await tidy.page.keyboard.press("x");
  await group.locator(".canvas-lock").waitFor();
  const before = await customer.all();
  await customer.drag(group, 150, 60);
  await customer.told("This group is locked: only moderators may change it.");
  await eventually(async () => assert.deepEqual(await customer.all(), before));
  const size = await group.boundingBox();
  await customer.page.keyboard.press("]");
  await customer.drag(group.locator(".canvas-handle"), 60, 60);
  await eventually(async () => assert.deepEqual(await group.boundingBox(), size));
  await group.dblclick({ position: { x: 20, y: 14 } });
  assert.equal(await customer.page.locator(".canvas-field").count(), 0);
  const { canvas } = await owner.call("GET", `/boards/${board.slug}/canvas`);
  assert.deepEqual([canvas.groups.g.w, canvas.groups.g.h, canvas.groups.g.spot.x], [480, 240, 0]);
  await tidy.page.keyboard.press("x");
  await group.locator(".canvas-lock").waitFor({ state: "detached" });
  await customer.drag(group, 90, 60);
  await customer.saved();
  await agreed(tidy, customer);
  assert.notDeepEqual(await customer.all(), before);
}));

test("a right that goes takes its hand from the canvas at once", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(cleo, board, { notes: { theirs: { text: "Theirs", x: 0, y: 0 } } });
  const [one, two] = await together(arrive, atelier, board, ada, cleo);
  const before = await one.spot(one.item("Theirs"));
  await one.drag(one.item("Theirs"), 60, 40);
  await one.saved();
  await eventually(async () => assert.notDeepEqual(await two.spot(two.item("Theirs")), before));
  const now = await agreed(one, two);
  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "staff" });
  await eventually(async () => {
    await one.drag(one.item("Theirs"), 120, 40);
    await one.page.locator(".toast", { hasText: NOT_YOURS }).waitFor({ timeout: 1_000 });
  });
  const later = await agreed(one, two);
  assert.deepEqual(Object.keys(later), Object.keys(now));
  assert.ok(!(await one.item("Theirs").getAttribute("class")).includes("is-held"));
}));

test("what the server refuses goes back in place with a sentence, and never moved for the others", scene(async (arrive) => {
  const board = await boardFor(owner);
  await lay(cleo, board, { notes: { theirs: { text: "Theirs", x: 0, y: 0 }, held: { text: "Held", x: 300, y: 0 } } });
  const person = await arrive(atelier, { caller: ada });
  const wire = await control(person);
  const customer = new Canvas(person);
  await customer.open(board.slug);
  const [staff] = await together(arrive, atelier, board, cleo);
  const before = await customer.spot(customer.item("Theirs"));
  const moved = await staff.watches(staff.item("Theirs"));
  // Nothing reaches this browser: it believes that it may.
  wire.hold("down");
  await owner.call("PATCH", `/boards/${board.slug}`, { editing: "staff" });
  await customer.drag(customer.item("Theirs"), 150, 60);
  assert.notDeepEqual(await customer.spot(customer.item("Theirs")), before);
  await wire.holds("down");
  await staff.note("Seen meanwhile");
  wire.letGo("down");
  await customer.told(NOT_YOURS);
  await eventually(async () => assert.deepEqual(await customer.spot(customer.item("Theirs")), before));
  await customer.saved();
  await agreed(staff, customer);
  assert.deepEqual(await moved(), []);
}));

test("words typed while the right to write goes are kept through a reload, and a note again once it is back", scene(async (arrive) => {
  const board = await boardFor(owner);
  const { path } = await owner.call("POST", `/boards/${board.slug}/canvas/guests`, { hours: 2 });
  // Who follows by a link still sees the canvas when the board is no longer theirs.
  const person = await arrive(atelier, { caller: ada });
  const wire = await control(person);
  await person.page.goto(path);
  await person.page.waitForURL(/\/canvas$/);
  await person.hydrated();
  const one = new Canvas(person);
  await one.saved();
  const [two] = await together(arrive, atelier, board, cleo);
  await one.note("Half loaves");
  await two.item("Half loaves").waitFor();

  const write = async (words) => {
    await one.item("Half loaves").dblclick();
    await one.page.keyboard.press("End");
    await one.page.keyboard.type(words);
  };
  wire.hold("up");
  await write(" at noon, for who lives alone");
  await wire.holds("up");
  await owner.call("PATCH", `/boards/${board.slug}`, { audience: "staff" });
  await one.page.locator(".concept-notice", { hasText: "you may no longer add anything here" }).waitFor();
  assert.equal(await one.page.locator(".canvas-field").count(), 0);
  wire.letGo("up");
  await eventually(async () => assert.deepEqual(await kept(one).allInnerTexts(), ["Half loaves at noon, for who lives alone"]));
  await one.told("You may not write here");
  await eventually(async () => assert.match(await one.item("Half loaves").innerText(), /^Half loaves\s/));
  assert.deepEqual(await notesOf(board), ["Half loaves"]);

  await one.page.reload();
  await one.stage.waitFor();
  assert.deepEqual(await kept(one).allInnerTexts(), ["Half loaves at noon, for who lives alone"]);
  assert.equal(await one.page.getByRole("button", { name: "Make a note of them" }).count(), 0);

  await owner.call("PATCH", `/boards/${board.slug}`, { audience: "members" });
  await one.page.getByRole("button", { name: "Make a note of them" }).click();
  await two.item("for who lives alone").waitFor();
  await kept(one).waitFor({ state: "detached" });
  await one.saved();
  assert.deepEqual(await notesOf(board), ["Half loaves", "Half loaves at noon, for who lives alone"]);
  await one.page.reload();
  await one.stage.waitFor();
  await one.saved();
  assert.equal(await kept(one).count(), 0);
}));

test("whatever is typed in the moment a right goes stands on the canvas or is kept", scene(async (arrive) => {
  const board = await boardFor(owner);
  const { path } = await owner.call("POST", `/boards/${board.slug}/canvas/guests`, { hours: 2 });
  const person = await arrive(atelier, { caller: ada });
  await person.page.goto(path);
  await person.page.waitForURL(/\/canvas$/);
  await person.hydrated();
  const one = new Canvas(person);
  await one.saved();
  await one.page.evaluate(() => document.addEventListener("input", ({ target }) => (globalThis.typed = target.value)));
  const typed = () => one.page.evaluate(() => globalThis.typed ?? "");
  await one.stage.focus();
  await one.page.keyboard.press("n");
  await one.page.locator(".canvas-field").waitFor();
  const typing = one.page.keyboard.type("1234567890 ".repeat(9), { delay: 40 });
  await eventually(async () => assert.ok((await typed()).length > 8));
  await owner.call("PATCH", `/boards/${board.slug}`, { audience: "staff" });
  await typing;
  await one.page.locator(".concept-notice", { hasText: "you may no longer add anything here" }).waitFor();
  const words = (await typed()).trim();
  await eventually(async () => {
    const [stands] = await notesOf(board);
    const all = await kept(one).allInnerTexts();
    assert.ok(stands?.trim() === words || all.some((one) => one.trim() === words), JSON.stringify({ words, stands, all }));
  });
}));

test("the note one types in is removed by a moderator: the words are kept, for a note again or to let go", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [one, tidy] = await together(arrive, atelier, board, ada, owner);
  const removed = async (words) => {
    await one.page.keyboard.type(words);
    await tidy.item(words).click();
    await tidy.page.keyboard.press("Delete");
    await one.page.locator(".canvas-field").waitFor({ state: "detached" });
  };
  const begin = async () => {
    await one.page.keyboard.press("n");
    await one.page.locator(".canvas-field").waitFor();
  };
  await begin();
  await removed("A loaf that keeps");
  await eventually(async () => assert.deepEqual(await kept(one).allInnerTexts(), ["A loaf that keeps"]));
  await begin();
  await removed("Another that does not");
  await eventually(async () => assert.deepEqual(await kept(one).allInnerTexts(), ["A loaf that keeps", "Another that does not"]));
  await one.page.reload();
  await one.stage.waitFor();
  await one.saved();
  assert.deepEqual(await kept(one).allInnerTexts(), ["A loaf that keeps", "Another that does not"]);
  await one.page.getByRole("button", { name: "Make a note of them" }).first().click();
  await tidy.item("A loaf that keeps").waitFor();
  await eventually(async () => assert.deepEqual(await kept(one).allInnerTexts(), ["Another that does not"]));
  await one.page.getByRole("button", { name: "Discard" }).click();
  await kept(one).waitFor({ state: "detached" });
  await one.page.reload();
  await one.stage.waitFor();
  await one.saved();
  assert.equal(await kept(one).count(), 0);
  assert.deepEqual(await notesOf(board), ["A loaf that keeps"]);
}));

test("who is suspended while they write finds the words again when they are let back", scene(async (arrive) => {
  const board = await boardFor(owner, { audience: "public" });
  const dora = await join(owner, "customer", "Dora Maar");
  const { person: { id } } = await dora.call("GET", "/me");
  const person = await arrive(atelier, { caller: dora });
  person.allow(/status of 40[134]/, /WebSocket/);
  const wire = await control(person);
  const one = new Canvas(person);
  await one.open(board.slug);
  await one.note("Half loaves");
  await one.saved();
  wire.hold("up");
  await one.item("Half loaves").dblclick();
  await one.page.keyboard.press("End");
  await one.page.keyboard.type(" at noon");
  await wire.holds("up");
  await owner.call("PUT", `/people/${id}/suspension`, { words: "A day off." });
  wire.letGo("up");
  await one.page.getByText("You are signed out").waitFor();
  // Who is away looks on: what was typed is still before them, and nowhere else.
  assert.equal(await one.page.locator(".canvas-field").inputValue(), "Half loaves at noon");
  assert.deepEqual(await notesOf(board), ["Half loaves"]);
  await owner.call("DELETE", `/people/${id}/suspension`);
  const again = await signIn(atelier, dora);
  await person.context.addCookies([{ ...again.cookie, url: atelier.url, httpOnly: true, sameSite: "Lax" }]);
  await one.page.reload();
  await one.stage.waitFor();
  await one.saved();
  await one.item("Half loaves at noon").waitFor();
  await eventually(async () => assert.deepEqual(await notesOf(board), ["Half loaves at noon"]));
}));

test("a note that a moderator removes and puts back is still that of who wrote it", scene(async (arrive) => {
  const board = await boardFor(owner);
  const [author, tidy] = await together(arrive, atelier, board, ada, owner);
  await author.note("Smaller loaves");
  await tidy.item("Smaller loaves").click();
  await tidy.page.keyboard.press("Delete");
  await author.item("Smaller loaves").waitFor({ state: "detached" });
  await tidy.page.keyboard.press("Control+z");
  for (const canvas of [author, tidy]) {
    await canvas.item("Smaller loaves").waitFor();
    await eventually(async () => assert.equal(await canvas.item("Smaller loaves").locator(".canvas-by").innerText(), "Ada Lovelace"));
  }
  await author.item("Smaller loaves").dblclick();
  await author.page.keyboard.press("End");
  await author.page.keyboard.type(", every day");
  await author.page.keyboard.press("Escape");
  await tidy.item("Smaller loaves, every day").waitFor();
  await author.drag(author.item("Smaller loaves"), 90, 60);
  await author.saved();
  await agreed(author, tidy);
  await tidy.item("Smaller loaves").click();
  await tidy.bar.getByRole("button", { name: "Make it an idea" }).click();
  await author.item("Smaller loaves").locator(".canvas-promoted").waitFor();
  const { items: [idea] } = await owner.call("GET", `/boards/${board.slug}/ideas`);
  assert.deepEqual([idea.title, idea.author.name], ["Smaller loaves, every day", "Ada Lovelace"]);
}));
