// How a canvas holds out: three people drag at once on one of 300 and of 1,000 things, each in a browser of their own.
// `cargo xtask bench canvas` runs it against the release binary:
//
//     ATELIER_BINARY=target/dist/atelier node tests/browser/canvas_load.mjs [COUNT…]
//
// It prints one figure a line. Frames and tasks are those of the browser's own tracing, of the person whose figures are the
// worst; the three browsers and the server share this machine's processors, and there is no graphics card.

import { readFileSync } from "node:fs";
import { join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { DESK, launch } from "./lib/browser.mjs";
import { fillCanvas } from "./lib/socket.mjs";

const COUNTS = process.argv.slice(2).map(Number).filter((count) => count > 0);
const SECONDS = Number(process.env.ATELIER_BENCH_SECONDS ?? 6);
/** What is dragged at once. */
const EACH = 1;

const figure = (count, metric, value, unit, budget = null, better = "lower") =>
  console.log(JSON.stringify({ suite: "canvas", case: `${count} things`, metric, value, unit, budget, better }));

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
  return { browser, page, tools, bytes, stage, alive, paint };
}

/** The events of a trace that concern the page: its frames, and the tasks of its main thread, in milliseconds. */
function judge(trace) {
  const events = JSON.parse(trace.toString()).traceEvents;
  const threads = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const main = new Set(threads.map(({ pid, tid }) => `${pid}:${tid}`));
  const pids = new Set(threads.map(({ pid }) => pid));
  const tasks = events.filter(({ name, pid, tid, dur }) => name === "RunTask" && dur && main.has(`${pid}:${tid}`));
  const frames = events.filter(({ name, pid }) => name === "DrawFrame" && pids.has(pid));
  const longest = tasks.reduce((longest, { dur }) => Math.max(longest, dur), 0) / 1_000;
  const starts = frames.map(({ ts }) => ts).sort((a, b) => a - b);
  const gaps = starts.slice(1).map((ts, at) => (ts - starts[at]) / 1_000);
  return { longest, frames: frames.length, slow: gaps.filter((gap) => gap > 34).length, pids: [...pids] };
}

/** Drags something around in circles for a while, as often as a hand moves. */
async function drag({ page }, at) {
  const items = page.locator('.canvas-stage .canvas-item[data-kind="notes"]');
  const box = await items.nth(at).boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const began = Date.now();
  let moves = 0;
  while (Date.now() - began < SECONDS * 1_000) {
    const angle = (Date.now() - began) / 250;
    await page.mouse.move(x + Math.cos(angle) * 120, y + Math.sin(angle) * 90);
    moves += 1;
    const next = began + moves * 16 - Date.now();
    if (next > 0) await new Promise((done) => setTimeout(done, next));
  }
  await page.mouse.up();
  return moves;
}

/** What the processes hold in memory, in MB. */
function resident(pids) {
  const of = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_000;
  return Math.max(...pids.map(of));
}

async function measure(atelier, owner, people, count) {
  const board = await owner.call("POST", "/boards", { title: `Canvas of ${count}`, purpose: "", audience: "members", editing: "everyone" });
  const { secret } = await owner.call("POST", "/tokens", { name: `Filling ${count}` });
  await fillCanvas(atelier.url, secret, board.canvas, count);
  const asked = [];
  for (let turn = 0; turn < 40; turn += 1) {
    const began = performance.now();
    await owner.call("GET", `/boards/${board.slug}/canvas`);
    asked.push(performance.now() - began);
  }
  figure(count, "asked of the API for the first time", asked[0], "ms");
  figure(count, "asked of the API, p95", asked.slice(1).sort((a, b) => a - b)[Math.floor(39 * 0.95)], "ms", 50);
  const path = `/b/${board.slug}/canvas`;
  const opened = [];
  for (const caller of people) opened.push(await open(atelier, caller, path, count));
  try {
    const first = opened[0];
    figure(count, "first contentful paint", first.paint, "ms");
    figure(count, "stage with everything on it", first.stage, "ms");
    figure(count, "alive", first.alive, "ms");
    // Large enough on the screen to be taken hold of.
    for (const { page } of opened) {
      await page.locator(".canvas-stage").focus();
      await page.keyboard.press("0");
      await page.waitForTimeout(500);
    }
    for (const { bytes } of opened) bytes.sent = bytes.received = 0;
    for (const { browser, page } of opened) {
      await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline", "devtools.timeline.frame", "disabled-by-default-devtools.timeline.frame", "__metadata"] });
    }
    const moves = await Promise.all(opened.map((one, at) => drag(one, at * EACH + 3)));
    const traces = await Promise.all(opened.map(({ browser }) => browser.stopTracing()));
    const judged = traces.map(judge);
    const worst = (of) => of.sort((a, b) => b - a)[0];
    figure(count, "frames a second while three drag", Math.min(...judged.map(({ frames }) => frames / SECONDS)), "1/s", 60, "higher");
    figure(count, "frames later than 34 ms", worst(judged.map(({ slow, frames }) => (slow / Math.max(frames, 1)) * 100)), "%");
    figure(count, "longest task while three drag", worst(judged.map(({ longest }) => longest)), "ms", 50);
    figure(count, "movements a second of each hand", Math.min(...moves) / SECONDS, "1/s", null, "higher");
    figure(count, "sent by who drags", worst(opened.map(({ bytes }) => bytes.sent / SECONDS / 1_000)), "kB/s", 5);
    figure(count, "received for each who drags", worst(opened.map(({ bytes }) => bytes.received / 2 / SECONDS / 1_000)), "kB/s", 5);
    figure(count, "memory of the page's process", resident(judged.flatMap(({ pids }) => pids)), "MB");
  } finally {
    await Promise.all(opened.map(({ browser }) => browser.close()));
  }
}

const atelier = await Atelier.start();
try {
  const owner = await setUp(atelier);
  const people = [];
  for (const name of ["Ada Lovelace", "Ben Okri", "Cléo Martin"]) people.push(await join(owner, "researcher", name));
  for (const count of COUNTS.length > 0 ? COUNTS : [300, 1_000]) await measure(atelier, owner, people, count);
} finally {
  await atelier.stop();
}
process.exit(0);
