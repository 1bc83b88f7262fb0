// How a canvas holds out: three people drag at once on one of 300 and of 1,000 things, each in a browser of their own.
// `cargo xtask bench canvas` runs it against the release binary:
//
//     ATELIER_BINARY=target/dist/atelier node tests/browser/canvas_load.mjs [COUNT…] [WORDS]
//
// It prints one figure a line: the median of several runs, each time of the person whose figures are the worst. Of what is
// dragged it is made sure that it moved, on the screen of who drags it and on those of the two others, and that it lies in
// the same place on all three in the end; otherwise this fails. The three browsers, the server and this share the machine's
// processors, and there is no graphics card.
//
// Frames and tasks are those of the browser's own tracing, between marks that are set in the page: what is idle before and
// after does not count. A frame counts when the page's own thread had a part in it (see `presented`).

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join as at } from "node:path";
import { join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { DESK, launch } from "./lib/browser.mjs";
import { eventually } from "./lib/concept.mjs";
import { cardsAmong, fillCanvas, pointAbout } from "./lib/socket.mjs";

const COUNTS = process.argv.slice(2).map(Number).filter((count) => count > 0);
const WORDS = process.argv.slice(2).filter((word) => !(Number(word) > 0)).join(" ");
const SECONDS = Number(process.env.ATELIER_BENCH_SECONDS ?? 6);
const RUNS = Number(process.env.ATELIER_BENCH_RUNS ?? 3);
/** Where the traces are kept, with samples of what runs, to be opened in Chromium's own tools. */
const TRACES = process.env.ATELIER_BENCH_TRACES;

const NAMES = ["Ada Lovelace", "Ben Okri", "Cléo Martin"];
/** Sockets beside the three browsers in a workshop of twenty. */
const OTHERS = 17;
/** The circles that are dragged, in pixels of the screen. */
const RADIUS = 100;
/** Between two movements of a hand, in milliseconds: those of a usual mouse. */
const MOVE_MS = 8;
/** How near the edge the canvas moves on under what is dragged: not what is measured. */
const EDGE = 40;
/** What the bar of what is selected may take at the foot of the stage. */
const BAR = 120;

const say = (words) => console.error(words);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const figure = (name, metric, value, unit, budget = null, better = "lower") =>
  console.log(JSON.stringify({ suite: "canvas", case: name, metric, value, unit, budget, better }));

/** Somebody before the canvas, in a browser of their own. */
async function open(atelier, caller, path, standing) {
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
  await page.waitForFunction((count) => document.querySelectorAll(".canvas-stage .canvas-item").length >= count, standing, { timeout: 60_000 });
  const stage = Date.now() - began;
  await page.locator('.canvas .saving[data-state="saved"]').waitFor({ timeout: 60_000 });
  const alive = Date.now() - began;
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  return { name: caller.name, browser, page, tools, bytes, stage, alive, paint };
}

/** Runs in the page: what can be taken hold of on the stage, and where; `whole` says that nothing lies over any of it. */
function reach({ bar }) {
  const stage = document.querySelector(".canvas-stage");
  const box = (element) => element.getBoundingClientRect();
  const around = box(stage);
  const bars = [...document.querySelectorAll(".canvas-tools, .canvas-looks, .canvas-bar, .canvas-map")].map(box).filter(({ width }) => width > 0);
  const left = Math.max(...[...document.querySelectorAll(".canvas-tools")].map((tools) => box(tools).right), around.left);
  const clear = { left, right: around.right, top: Math.max(around.top, 0), bottom: Math.min(around.bottom, innerHeight) - bar };
  const zoom = parseFloat(stage.querySelector(".canvas-world").style.getPropertyValue("--zoom"));
  const holds = (x, y) => x > clear.left && x < clear.right && y > clear.top && y < clear.bottom;
  const found = [];
  for (const item of stage.querySelectorAll(".canvas-item")) {
    const one = box(item);
    const group = item.dataset.kind === "groups";
    // A group is taken at its head, anything else in its middle.
    const [x, y] = group ? [one.left + 40 * zoom, one.top + 22 * zoom] : [one.left + one.width / 2, one.top + one.height / 2];
    const hit = holds(x, y) && document.elementFromPoint(x, y);
    if (!hit || hit.closest("[data-item]") !== item || hit.closest("button, a, textarea, input, select, [data-handle]")) continue;
    const under = bars.some((bar) => one.left < bar.right && bar.left < one.right && one.top < bar.bottom && bar.top < one.bottom);
    const whole = group || (!under && holds(one.left, one.top) && holds(one.right, one.bottom));
    found.push({ id: item.dataset.item, kind: item.dataset.kind, x, y, whole });
  }
  return { found, clear };
}

/** Runs in the page: follows where these things are shown from now on. */
function follow(ids) {
  const element = (id) => document.querySelector(`.canvas-stage [data-item="${id}"]`);
  window.followed = new Map(ids.map((id) => [id, { before: element(id).style.transform, places: new Set() }]));
  window.follower?.disconnect();
  window.follower = new MutationObserver((changes) => {
    for (const { target } of changes) window.followed.get(target.dataset.item).places.add(target.style.transform);
  });
  for (const id of ids) window.follower.observe(element(id), { attributes: true, attributeFilter: ["style"] });
}

/** In the page: at how many other places each of them was shown since. */
const followed = ({ page }) =>
  page.evaluate(() => [...window.followed].map(([id, { before, places }]) => [id, [...places].filter((place) => place !== before).length]));

/** Where everything on the stage is, in words. */
const places = ({ page }) =>
  page.locator(".canvas-stage .canvas-item").evaluateAll((items) => items.map((item) => `${item.dataset.item} ${item.style.transform}`).sort());

const everyone = (people, act) => Promise.all(people.map(act));

/** What everyone can take hold of, those nearest the middle first, with where it is on the screen of each. */
async function within(people) {
  const [first, ...rest] = await everyone(people, ({ page }) => page.evaluate(reach, { bar: BAR }));
  const { clear } = first;
  const middle = [(clear.left + clear.right) / 2, (clear.top + clear.bottom) / 2];
  const roomy = ({ x, y }, { left, right, top, bottom }) => {
    const room = RADIUS + EDGE;
    return x - left > room && right - x > room && y - top > room && bottom - y > room - EDGE;
  };
  return first.found
    .map((thing) => {
      const on = [thing, ...rest.map(({ found }) => found.find(({ id }) => id === thing.id))];
      if (on.includes(undefined)) return null;
      const whole = on.every((one) => one.whole);
      return { id: thing.id, kind: thing.kind, on, whole, roomy: whole && on.every((one) => roomy(one, clear)) };
    })
    .filter((thing) => thing)
    .sort(({ on: [a] }, { on: [b] }) => Math.hypot(a.x - middle[0], a.y - middle[1]) - Math.hypot(b.x - middle[0], b.y - middle[1]));
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
    await page.mouse.wheel(Math.round(box.x - clear.left - 260), Math.round(box.y - clear.bottom + RADIUS + 50));
  });
  await pause(600);
}

const take = (things, count, what) => {
  assert.ok(things.length >= count, `no ${count} ${what} in the midst of all three screens, but ${things.length}`);
  return things.slice(0, count);
};

/** Each of them takes a note. */
function notes(near) {
  return take(near.filter(({ kind, roomy }) => kind === "notes" && roomy), NAMES.length, "notes").map((note) => ({ take: note, select: [note] }));
}

/** One takes a group with what is in it, one ten notes, one a note. */
function mixed(near, { group, members }) {
  const head = near.find(({ id, roomy }) => id === group && roomy);
  assert.ok(head, `the head of ${group} is not in the midst of all three screens`);
  assert.ok(members.length >= 3, `only ${members.length} things are in ${group}`);
  const free = near.filter(({ id, kind }) => kind === "notes" && !members.includes(id));
  const [ten, one] = take(free.filter(({ roomy }) => roomy), 2, "notes that are in no group");
  const more = take(free.filter(({ id }) => id !== ten.id && id !== one.id), 9, "more notes");
  return [
    { take: head, select: [head], along: members },
    { take: ten, select: [ten, ...more] },
    { take: one, select: [one] },
  ];
}

const mouse = ({ tools }, type, { x, y }, buttons) =>
  tools.send("Input.dispatchMouseEvent", { type, x, y, button: type === "mouseMoved" && !buttons ? "none" : "left", buttons, clickCount: type === "mouseMoved" ? 0 : 1 });

/** Moves a thing that is held in circles for a while, as often as a hand does, whether the page keeps up or not. */
async function circle(person, { x, y }, seconds) {
  const began = performance.now();
  const under = [];
  let [moves, turns, failed] = [0, 0, null];
  while (performance.now() - began < seconds * 1_000 && !failed) {
    const passed = performance.now() - began;
    const radius = RADIUS * Math.min(passed / 500, 1);
    // The page that is far behind gets fewer; as with a real mouse, they are joined until it looks.
    if (moves - under.length < 16) {
      moves += 1;
      const move = mouse(person, "mouseMoved", { x: x + Math.cos(passed / 250) * radius, y: y + Math.sin(passed / 250) * radius }, 1);
      move.then(() => under.push(true), (error) => (failed = error));
    }
    turns += 1;
    await pause(Math.max(began + turns * MOVE_MS - performance.now(), 0));
  }
  if (failed) throw failed;
  await eventually(async () => assert.equal(under.length, moves));
  return moves;
}

const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "devtools.timeline.frame", "disabled-by-default-devtools.timeline.frame", "blink.user_timing", "cc,benchmark", "__metadata"];
const SAMPLES = ["disabled-by-default-v8.cpu_profiler", "v8.execute"];
const TAKE = "bench take";
const DRAG = "bench drag";
const DROP = "bench drop";
const END = "bench end";
const mark = (people, name) => everyone(people, ({ page }) => page.evaluate((name) => void performance.mark(name), name));

/** The events of a trace that concern the page, with the moments of its marks. */
function read(trace) {
  const events = JSON.parse(trace.toString()).traceEvents;
  const marks = Object.fromEntries(events.filter(({ cat, name }) => cat?.includes("blink.user_timing") && name.startsWith("bench ")).map((event) => [event.name, event]));
  const { pid } = marks[DRAG];
  return { events: events.filter((event) => event.pid === pid), marks, pid };
}

function judge(trace) {
  const { events, marks, pid } = read(trace);
  const { tid } = events.find(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const tasks = events.filter((event) => event.name === "RunTask" && event.tid === tid && event.dur);
  const longest = (from, to) => tasks.filter(({ ts, dur }) => ts + dur > marks[from].ts && ts < marks[to].ts).reduce((longest, { dur }) => Math.max(longest, dur), 0) / 1_000;
  return { pid, events, marks, tid, dragged: longest(TAKE, DROP), dropped: longest(DROP, END) };
}
