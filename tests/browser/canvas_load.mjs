// How a canvas holds out: three people drag at once on one of 300 and of 1,000 things, each in a browser of their own.
// `cargo xtask bench canvas` runs it against the release binary:
//
//     ATELIER_BINARY=target/dist/atelier node tests/browser/canvas_load.mjs [COUNT…] [WORDS]
//
// It prints one figure a line: the median of several runs, each time of the person whose figures are the worst; and besides,
// for who looks for what took long, on what the longest tasks were spent. With WORDS, only the cases whose names hold them.
//
// Of what is dragged it is made sure that it moved, on the screen of who drags it and on those of the others, and that it
// lies in the same place on all of them in the end; otherwise this fails.
//
// The browsers, the server and this share the machine's processors, and there is no graphics card: what three browsers draw
// is drawn by two processors or so. A task's time by the clock is therefore given together with the time that it ran, which
// is what it takes where nobody else wants the processor; and some cases have one browser only, where the two others who
// drag are no more than sockets.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join as pathOf } from "node:path";
import { join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { DESK, launch } from "./lib/browser.mjs";
import { eventually } from "./lib/concept.mjs";
import { BAR, RADIUS, circle, follow, followed, mouse, places, reach, takeHold, unmoved, within } from "./lib/hands.mjs";
import { cardsAmong, fillCanvas, pointAbout } from "./lib/socket.mjs";
import { CATEGORIES, DRAG, DROP, END, SAMPLES, TAKE, everyone, judge, mark } from "./lib/trace.mjs";

const COUNTS = process.argv.slice(2).map(Number).filter((count) => count > 0);
const WORDS = process.argv.slice(2).filter((word) => !(Number(word) > 0)).join(" ");
const SECONDS = Number(process.env.ATELIER_BENCH_SECONDS ?? 4);
const RUNS = Number(process.env.ATELIER_BENCH_RUNS ?? 3);
/** Where the traces are kept, with samples of what runs, to be opened in Chromium's own tools. */
const TRACES = process.env.ATELIER_BENCH_TRACES;

const NAMES = ["Ada Lovelace", "Ben Okri", "Cléo Martin"];
/** Sockets beside the three browsers in a workshop of twenty. */
const OTHERS = 17;

const say = (words) => console.error(words);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const figure = (name, metric, value, unit, budget = null, better = "lower") =>
  console.log(JSON.stringify({ suite: "canvas", case: name, metric, value, unit, budget, better }));

/** Somebody before the canvas, in a browser of their own. */
async function open(atelier, caller, path, count) {
  const browser = await launch();
  const context = await browser.newContext({ baseURL: atelier.url, locale: "en", viewport: DESK });
  await context.addCookies([{ ...caller.cookie, url: atelier.url, httpOnly: true, sameSite: "Lax" }]);
  const page = await context.newPage();
  const tools = await context.newCDPSession(page);
  await tools.send("Network.enable");
  const bytes = { sent: 0, received: 0 };
  const size = ({ payloadData, opcode }) => (opcode === 1 ? payloadData.length : Math.floor((payloadData.length * 3) / 4));
  tools.on("Network.webSocketFrameSent", ({ response }) => (bytes.sent += size(response)));
  tools.on("Network.webSocketFrameReceived", ({ response }) => (bytes.received += size(response)));
  const began = Date.now();
  await page.goto(path);
  await page.locator(".canvas-stage").waitFor({ timeout: 60_000 });
  await page.waitForFunction((count) => document.querySelectorAll(".canvas-stage .canvas-item").length >= count, count, { timeout: 60_000 });
  const stage = Date.now() - began;
  await page.locator('.canvas .saving[data-state="saved"]').waitFor({ timeout: 60_000 });
  const alive = Date.now() - began;
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  return { name: caller.name, browser, page, tools, bytes, stage, alive, paint };
}

/** Nothing is selected, and everything in view. */
async function lookAtAll(people) {
  await everyone(people, async ({ page }) => {
    await page.locator(".canvas-stage").focus();
    for (const key of ["Escape", "Escape", "f"]) await page.keyboard.press(key);
  });
  await pause(600);
}

/** In its own size, with the head of this group so far below the middle that there is room for its notes and for others. */
async function lookAt(people, group) {
  await everyone(people, async ({ page }) => {
    await page.keyboard.press("0");
    await pause(200);
    const { clear } = await page.evaluate(reach, { bar: BAR });
    const box = await page.locator(`.canvas-stage [data-item="${group}"]`).boundingBox();
    await page.mouse.move((clear.left + clear.right) / 2, (clear.top + clear.bottom) / 2);
    await page.mouse.wheel(Math.round(box.x - clear.left - 260), Math.round(box.y - clear.bottom + RADIUS + 26));
  });
  await pause(600);
}

const firstOf = (things, count, what) => {
  assert.ok(things.length >= count, `no ${count} ${what} in the midst of all screens, but ${things.length}`);
  return things.slice(0, count);
};

/** Each of them takes a note. */
function notes(near) {
  return firstOf(near.filter(({ kind, roomy }) => kind === "notes" && roomy), NAMES.length, "notes").map((note) => ({ take: note, select: [note] }));
}

/** One takes a group with what is in it, one ten notes, one a note. */
function mixed(near, { group, members }) {
  const head = near.find(({ id, roomy }) => id === group && roomy);
  assert.ok(head, `the head of ${group} is not in the midst of all screens`);
  assert.ok(members.length >= 3, `only ${members.length} things are in ${group}`);
  const free = near.filter(({ id, kind }) => kind === "notes" && !members.includes(id));
  const [ten, one] = firstOf(free.filter(({ roomy }) => roomy), 2, "notes that are in no group");
  const more = firstOf(free.filter(({ id }) => id !== ten.id && id !== one.id), 9, "more notes");
  return [
    { take: head, select: [head], along: members },
    { take: ten, select: [ten, ...more] },
    { take: one, select: [one] },
  ];
}

/** What the processes hold in memory, in MB. */
function resident(pids) {
  const of = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_000;
  return Math.max(...pids.map(of));
}

/**
 * Each of these hands drags, all at once, and lets go; the first hand is the first person's. `carried` is what others drag by
 * their sockets. Makes sure that all of it moved everywhere, and answers what it took: a list for each, of the people in
 * their order.
 */
async function dragAtOnce(people, hands, { name, run, seconds, others = [], carried = [] }) {
  const ids = [...new Set([...hands.flatMap(({ select, along = [] }) => [...select.map(({ id }) => id), ...along]), ...carried])];
  await everyone(people, ({ page }) => page.evaluate(follow, ids));
  const categories = TRACES ? [...CATEGORIES, ...SAMPLES] : CATEGORIES;
  for (const { browser, page } of people) await browser.startTracing(page, { categories });
  const who = people.slice(0, hands.length);
  const spot = (at) => hands[at].take.on[at];
  await mark(people, TAKE);
  await everyone(who, (person, at) => takeHold(person, at, hands[at]));
  const began = performance.now();
  await everyone(who, (person, at) => circle(person, spot(at), began, 0.5));
  await mark(people, DRAG);
  for (const { bytes } of people) bytes.sent = bytes.received = 0;
  const [from, said] = [performance.now(), others.map((other) => other.said)];
  const moves = await everyone(who, (person, at) => circle(person, spot(at), began, seconds + 0.5));
  const passed = performance.now() - from;
  const words = others.map((other, at) => ((other.said - said[at]) / passed) * 1_000);
  // Bytes a millisecond are kilobytes a second.
  const bytes = people.map(({ bytes }) => ({ sent: bytes.sent / passed, received: bytes.received / passed }));
  await mark(people, DROP);
  // Near where it was, so that the next ones find it; here and there by turns, so that it does not wander off.
  const [dx, dy] = run % 2 === 0 ? [12, 8] : [-12, -8];
  await everyone(who, async (person, at) => {
    const { x, y } = spot(at);
    await mouse(person, "mouseMoved", { x: x + dx, y: y + dy }, { buttons: 1 });
    await mouse(person, "mouseReleased", { x: x + dx, y: y + dy });
  });
  await pause(1_000);
  await everyone(people, ({ page }) => page.locator('.canvas .saving[data-state="saved"]').waitFor({ timeout: 30_000 }));
  await mark(people, END);
  const traces = await everyone(people, ({ browser }) => browser.stopTracing());
  if (TRACES) traces.forEach((trace, at) => writeFileSync(pathOf(TRACES, `${name}, run ${run + 1}, ${people[at].name}.json`), trace));
  const moved = await everyone(people, followed);
  const still = (at, ids) => ids.filter((id) => moved[at].get(id) <= 3);
  hands.forEach(({ select, along = [], told = select }, hand) => {
    assert.deepEqual(still(hand, [...select.map(({ id }) => id), ...along]), [], `did not follow the hand of ${people[hand].name}`);
    for (const at of people.keys()) {
      if (at === hand) continue;
      assert.deepEqual(still(at, told.map(({ id }) => id)), [], `dragged by ${people[hand].name}, and not seen to move by ${people[at].name}`);
      const left = still(at, along).length;
      if (left > 0) say(`  ! ${people[at].name} saw ${left} of ${along.length} things stay behind in the group that ${people[hand].name} dragged`);
    }
  });
  for (const at of people.keys()) assert.deepEqual(still(at, carried), [], `dragged by a socket, and not seen to move by ${people[at].name}`);
  await eventually(async () => {
    const [first, ...rest] = await everyone(people, places);
    for (const other of rest) assert.deepEqual(other, first, "not the same on all screens");
  });
  const dropped = hands.flatMap(({ select, along = [] }) => [...select.map(({ id }) => id), ...along]);
  for (const ids of await everyone(people, unmoved)) {
    assert.deepEqual(ids.filter((id) => dropped.includes(id)), [], "dropped where it was taken up");
  }
  return { moves, bytes, words, judged: traces.map(judge) };
}

/** The figures of the longest of these tasks, by the clock and by what it ran: what is more it waited for a processor. */
const tasks = (words, all) => [
  [`longest task ${words}`, Math.max(...all.map(({ took }) => took)), "ms", 50],
  [`longest task ${words}, as it ran`, Math.max(...all.map(({ ran }) => ran)), "ms", 50],
];

/** Says what a run came to, and on what the tasks of each that ran longest were spent, in milliseconds. */
function tell(name, judged) {
  say(`  ${name} (load ${loadavg()[0]})`);
  judged.forEach(({ rate, dragged, dropped }, at) => {
    const words = ({ took, ran, parts }) => `${took.toFixed(1)}, ran ${ran.toFixed(1)} = ${parts}`;
    say(`    ${NAMES[at]}: ${rate.toFixed(1)} frames a second; dragging ${words(dragged)}; drop ${words(dropped)}`);
  });
}

/** Three drag at once: the figures of one run, with their budgets. */
async function three(people, hands, { name, run, others, carried }) {
  const { moves, bytes, words, judged } = await dragAtOnce(people, hands, { name, run, seconds: SECONDS, others, carried });
  assert.ok(others.every((other) => other.isThere()), "a socket was cut off");
  tell(name, judged);
  const received = Math.max(...bytes.map(({ received }) => received));
  const besides = people.length - 1 + others.length;
  return [
    ["frames a second while three drag", Math.min(...judged.map(({ rate }) => rate)), "1/s", 60, "higher"],
    ["frames later than 34 ms", Math.max(...judged.map(({ slow }) => slow)), "%"],
    ["the page's thread ran for a frame", Math.max(...judged.map(({ each }) => each)), "ms"],
    ...tasks("while three drag", judged.map(({ dragged }) => dragged)),
    ...tasks("at the drop", judged.map(({ dropped }) => dropped)),
    ["movements a second of each hand", Math.min(...moves), "1/s", null, "higher"],
    ["sent by who drags", Math.max(...bytes.map(({ sent }) => sent)), "kB/s", 5],
    ...(besides < NAMES.length ? [] : [["received", received, "kB/s"]]),
    [`received for each who ${besides < NAMES.length ? "drags" : "is there"}`, received / besides, "kB/s", 5],
    ...(words.length > 0 ? [["words a second of each socket", Math.min(...words), "1/s", null, "higher"]] : []),
    ["memory of the page's process", resident(judged.map(({ pid }) => pid)), "MB"],
  ];
}

/** One drags everything there is, and drops it once. */
async function everything(people, near, { name, run }) {
  const [first] = people;
  const [take] = notes(near).map(({ take }) => take);
  // Of what is selected the others are told the first hundred, and cards come first.
  const card = near.find(({ kind }) => kind === "cards");
  await first.page.locator(".canvas-stage").focus();
  await first.page.keyboard.press("Control+a");
  const [all, selected] = await first.page.evaluate(() => [".canvas-item", ".canvas-item.is-selected"].map((found) => document.querySelectorAll(`.canvas-stage ${found}`).length));
  assert.equal(selected, all, "not everything is selected");
  const { bytes, judged } = await dragAtOnce(people, [{ take, select: [take], along: [card.id], told: [card] }], { name, run, seconds: 2 });
  const [one, ...rest] = judged;
  tell(name, judged);
  return [
    ["frames a second while all is dragged", one.rate, "1/s", 60, "higher"],
    ...tasks("while all is dragged", [one.dragged]),
    ...tasks("at the drop", [one.dropped]),
    ...tasks("of who looks on, at the drop", rest.map(({ dropped }) => dropped)),
    ["sent by who drags", bytes[0].sent, "kB/s", 5],
  ];
}

/** Where something stands on the canvas, and how large it is shown. */
const standing = ({ page }, id) =>
  page.locator(`.canvas-stage [data-item="${id}"]`).evaluate((item) => {
    const [x, y] = item.style.transform.match(/-?[\d.]+/g).map(Number);
    return { x, y, zoom: parseFloat(item.closest(".canvas-world").style.getPropertyValue("--zoom")) };
  });

/** Others who come to the workshop, each with a note selected and their pointer on its way around it. */
async function workshop(atelier, callers, board, near, first) {
  const selected = near.filter(({ kind }) => kind === "notes").slice(NAMES.length);
  const come = callers.map(async (caller, at) => {
    const { id } = selected[at % selected.length];
    const { x, y } = await standing(first, id);
    const does = (ms) => ({ at: [x + 100 + Math.cos(ms / 400 + at) * 160, y + 60 + Math.sin(ms / 500 + at) * 90] });
    return pointAbout(atelier.url, caller.cookie, board.canvas, does, [id]);
  });
  return Promise.all(come);
}

/** Others who drag what these hands select in circles, and never let go. */
async function draggers(atelier, callers, board, hands, first) {
  const come = hands.map(async ({ take, select }, at) => {
    const { x, y, zoom } = await standing(first, take.id);
    const does = (ms) => {
      const drag = [Math.cos(ms / 250), Math.sin(ms / 250)].map((part) => (part * RADIUS) / zoom);
      return { at: [x + 20 + drag[0], y + 20 + drag[1]], drag };
    };
    return pointAbout(atelier.url, callers[at].cookie, board.canvas, does, select.map(({ id }) => id));
  });
  return Promise.all(come);
}

const MIXED = ", a group, ten notes and one";
const CASES = [
  { words: "", near: true, choose: notes },
  { words: ", all in view", near: false, choose: notes },
  { words: MIXED, near: true, choose: mixed },
  { words: `${MIXED}, all in view`, near: false, choose: mixed },
  { words: ", workshop of twenty", near: true, choose: notes, come: workshop },
  { words: ", all selected", near: false },
  // With one browser, so last.
  { words: ", two of them by socket", near: true, choose: notes, alone: true },
  { words: `${MIXED}, two of them by socket`, near: true, choose: mixed, alone: true },
  { words: `${MIXED}, two of them by socket, all in view`, near: false, choose: mixed, alone: true },
];

async function measure(atelier, owner, callers, count) {
  const title = `Canvas of ${count}`;
  const board = await owner.call("POST", "/boards", { title, purpose: "", audience: "members", editing: "everyone" });
  const ideas = [];
  for (let at = 0; at < cardsAmong(count); at += 1) {
    const idea = await owner.call("POST", `/boards/${board.slug}/ideas`, { title: `What somebody wishes for, ${at + 1}`, pitch: "It would help many." });
    ideas.push(idea.card.id);
  }
  const { secret } = await owner.call("POST", "/tokens", { name: `Filling ${count}` });
  const { stand, midst } = await fillCanvas(atelier.url, secret, board.canvas, count, ideas);
  const first = `${count} things`;
  const cases = CASES.map((one) => ({ ...one, name: `${first}${one.words}` })).filter(({ name }) => name.includes(WORDS));
  const asked = [];
  for (let turn = 0; turn < 40; turn += 1) {
    const began = performance.now();
    await owner.call("GET", `/boards/${board.slug}/canvas`);
    asked.push(performance.now() - began);
  }
  figure(first, "asked of the API for the first time", asked[0], "ms");
  figure(first, "asked of the API, p95", asked.slice(1).sort((a, b) => a - b)[Math.floor(39 * 0.95)], "ms", 50);
  const path = `/b/${board.slug}/canvas`;
  const people = [];
  try {
    for (const caller of callers.slice(0, NAMES.length)) people.push(await open(atelier, caller, path, stand));
    figure(first, "first contentful paint", people[0].paint, "ms");
    figure(first, "stage with everything on it", people[0].stage, "ms");
    figure(first, "alive", people[0].alive, "ms");
    for (const { name, near: isNear, choose, come, alone } of cases) {
      if (alone) await Promise.all(people.splice(1).map(({ browser }) => browser.close()));
      const runs = [];
      let others = [];
      for (let run = 0; run < RUNS; run += 1) {
        await lookAtAll(people);
        if (isNear) await lookAt(people, midst);
        const near = await within(people);
        if (!choose) {
          runs.push(await everything(people, near, { name, run }));
          continue;
        }
        if (come && run === 0) {
          others = await come(atelier, callers.slice(NAMES.length), board, near, people[0]);
          const cursors = people.length - 1 + others.length;
          await everyone(people, ({ page }) => page.waitForFunction((count) => document.querySelectorAll(".canvas-cursor:not([hidden])").length >= count, cursors));
        }
        const { canvas } = await owner.call("GET", `/boards/${board.slug}/canvas`);
        const inside = (kind) => Object.entries(canvas[kind]).filter(([, { group }]) => `groups/${group}` === midst).map(([id]) => `${kind}/${id}`);
        const hands = choose(near, { group: midst, members: [...inside("notes"), ...inside("cards")] });
        if (alone) {
          const rest = hands.splice(1);
          others = await draggers(atelier, callers.slice(1), board, rest, people[0]);
          const carried = rest.flatMap(({ select }) => select.map(({ id }) => id));
          runs.push(await three(people, hands, { name, run, others, carried }));
          others.forEach((other) => other.leave());
          // What they let go of goes back to where it stands.
          await pause(2_500);
        } else {
          runs.push(await three(people, hands, { name, run, others }));
        }
      }
      others.forEach((other) => other.leave());
      for (const [at, [metric, , ...rest]] of runs[0].entries()) figure(name, metric, median(runs.map((run) => run[at][1])), ...rest);
    }
  } finally {
    await Promise.all(people.map(({ browser }) => browser.close()));
  }
}

const atelier = await Atelier.start();
try {
  const owner = await setUp(atelier);
  const callers = [];
  for (const name of NAMES) callers.push(await join(owner, "researcher", name));
  for (let at = 0; at < OTHERS; at += 1) callers.push(await join(owner, "customer", `Guest ${at + 1}`));
  for (const count of COUNTS.length > 0 ? COUNTS : [300, 1_000]) await measure(atelier, owner, callers, count);
} finally {
  await atelier.stop();
}
process.exit(0);
