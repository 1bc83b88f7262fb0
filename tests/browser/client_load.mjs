// How the browser's half holds out on long ideas: opening one, from the network and from what the device keeps, and typing in
// it while two others type. `cargo xtask bench client` runs it against the release binary:
//
//     ATELIER_BINARY=target/dist/atelier node tests/browser/client_load.mjs [CHANGES…]
//
// It prints one figure a line, the median of several visits. The browsers, the server and this share the machine's
// processors.
//
// Keystroke to frame is the time from the key event until the frame that shows its letter is made: its scripts have run, style and
// layout are done. It holds the wait for the screen's next tick (17 ms at 60 Hz) and, without a graphics card, for the frame
// before to be painted by the processor. *Work* is what the page's own thread does of it, as the browser's trace has it: what
// remains where frames cost nothing. That is what the aim is about.

import * as Automerge from "@automerge/automerge";
import { readFileSync } from "node:fs";
import { join, setUp } from "./lib/api.mjs";
import { Atelier } from "./lib/atelier.mjs";
import { DESK, launch } from "./lib/browser.mjs";
import { eventually } from "./lib/concept.mjs";
import { Script } from "./lib/socket.mjs";

const COUNTS = process.argv.slice(2).map(Number).filter((count) => count > 0);
const RUNS = Number(process.env.ATELIER_BENCH_RUNS ?? 5);
/** Letters typed for one figure. */
const LETTERS = 200;
/** Between two of them: a quick typist's pace. */
const KEY_MS = 110;
/** Steps through a history, in each direction. */
const STEPS = 60;
/** Between two changes of each of the two others. */
const OTHERS_MS = 200;

const say = (words) => console.error(words);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const sorted = (values) => values.toSorted((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];
const p95 = (values) => sorted(values)[Math.floor(values.length * 0.95)];

const figure = (name, metric, value, unit, budget = null) =>
  console.log(JSON.stringify({ suite: "client", case: name, metric, value, unit, budget, better: "lower" }));

/** A body that grew in so many changes, a few letters each, here and there, some taken out again. */
async function grow(script, count) {
  const words = "du pain pour demain matin avec des graines et du sel ".split("");
  let seed = 7;
  const random = (below) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
  const batch = 500;
  for (let made = 0; made < count; made += batch) {
    await script.change(Math.min(batch, count - made), (draft, n) => {
      const length = draft.body.length;
      const at = n % 40 === 0 ? random(length + 1) : length;
      if (n % 11 === 0 && length > 40) Automerge.splice(draft, ["body"], random(length - 4), 3);
      else Automerge.splice(draft, ["body"], at, 0, n % 60 === 0 ? "\n\n" : Array.from({ length: 3 }, (_, k) => words[(n * 3 + k) % words.length]).join(""));
    });
  }
}

/** Runs in the page from its first moment: notes when somebody may write, and every long task. */
function watch() {
  window.bench = { tasks: [], frames: [] };
  new PerformanceObserver((list) => window.bench.tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ startTime, duration })))).observe({ entryTypes: ["longtask"] });
  document.addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => window.bench.frames.push(performance.now() - timeStamp))), { capture: true });
  const look = () => {
    const text = document.querySelector(".concept-body.concept-editor .cm-content");
    if (!window.bench.shown && text && document.querySelector(".concept.is-editing")) window.bench.shown = performance.now();
    if (!window.bench.saved && window.bench.shown && document.querySelector(".saving[data-state=saved]")) window.bench.saved = performance.now();
  };
  new MutationObserver(look).observe(document, { attributes: true, childList: true, subtree: true });
}

async function visit(page, path) {
  await page.goto(path);
  await page.waitForFunction(() => window.bench?.saved, undefined, { timeout: 120_000 });
  return page.evaluate(() => ({
    ...window.bench,
    // The page's own work begins once its program runs.
    awake: performance.getEntriesByName("atelier-edit")[0]?.startTime,
    longest: Math.max(0, ...window.bench.tasks.map(({ duration }) => duration)),
  }));
}

async function memory(browser) {
  const tools = await browser.newBrowserCDPSession();
  const { processInfo } = await tools.send("SystemInfo.getProcessInfo");
  const of = ({ id }) => {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0) / 1_000;
    } catch {
      return 0;
    }
  };
  return Math.max(...processInfo.filter(({ type }) => type === "renderer").map(of));
}

async function measure(atelier, owner, caller, others, count) {
  const name = `an idea of ${count.toLocaleString("en")} changes`;
  const board = await owner.call("POST", "/boards", { title: `Long ${count}`, purpose: "Measured", audience: "public", editing: "everyone" });
  const idea = await owner.call("POST", `/boards/${board.slug}/ideas`, { title: "A long one", pitch: "Grown over a year.", body: "It begins." });
  const card = idea.card ?? idea;
  const path = `/i/${card.number}/${card.slug}`;
  const { document } = await owner.call("GET", `/ideas/${card.number}`);
  say(`${name}: it grows`);
  const script = await Script.join(atelier.url, (await owner.call("POST", "/tokens", { name: "bench" })).secret, document);
  await grow(script, count);
  await script.leave();
  await pause(3_000);

  const browser = await launch();
  try {
    const fresh = [];
    const again = [];
    for (let run = 0; run < RUNS; run += 1) {
      const context = await browser.newContext({ baseURL: atelier.url, locale: "en", viewport: DESK });
      await context.addCookies([{ ...caller.cookie, url: atelier.url, httpOnly: true, sameSite: "Lax" }]);
      const page = await context.newPage();
      await page.addInitScript(watch);
      const tools = await context.newCDPSession(page);
      await tools.send("Network.enable");
      let bytes = 0;
      tools.on("Network.webSocketFrameReceived", ({ response: { payloadData, opcode } }) => (bytes += opcode === 1 ? payloadData.length : Math.floor((payloadData.length * 3) / 4)));
      // The program and the page are in the browser's cache from here on: what differs is where the document comes from.
      await page.goto("/");
      await pause(1_500);
      const first = await visit(page, path);
      fresh.push({ ...first, bytes });
      await eventually(async () => {
        const kept = await page.evaluate(async () => {
          const [found] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("atelier."));
          const db = await new Promise((done) => (indexedDB.open(found.name).onsuccess = ({ target }) => done(target.result)));
          const keys = await new Promise((done) => (db.transaction("chunk").objectStore("chunk").getAllKeys().onsuccess = ({ target }) => done(target.result)));
          db.close();
          return keys.some(([, kind]) => kind === "part");
        });
        if (!kept) throw new Error("nothing is kept yet");
      });
      await page.goto("/");
      await pause(500);
      bytes = 0;
      const second = await visit(page, path);
      again.push({ ...second, bytes });
      if (run === RUNS - 1) {
        say(`${name}: somebody types`);
        await typing(atelier, page, name, others, document);
        figure(name, "memory of the page's process", await memory(browser), "MB");
        say(`${name}: somebody goes through its history`);
        await scrubbing(page, `${path}/history`, name);
      }
      await context.close();
    }
    const budget = count <= 5_000 ? 300 : null;
    figure(name, "from the network, until one may write", median(fresh.map(({ saved, awake = 0 }) => saved - awake)), "ms");
    figure(name, "from the network, longest task", median(fresh.map(({ longest }) => longest)), "ms");
    figure(name, "from the network, by the socket", median(fresh.map(({ bytes }) => bytes)) / 1_000, "kB");
    figure(name, "from the device, until one may write", median(again.map(({ shown, awake = 0 }) => shown - awake)), "ms", budget);
    figure(name, "from the device, longest task", median(again.map(({ longest }) => longest)), "ms");
    figure(name, "from the device, by the socket", median(again.map(({ bytes }) => bytes)) / 1_000, "kB");
  } finally {
    await browser.close();
  }
}

/** How long, in milliseconds, the page's thread works from each key event until its frame is handed on. */
function workOfKeys(events) {
  const isKey = ({ name, args }) => name === "EventDispatch" && args.data?.type === "keydown";
  const { pid, tid } = events.find(isKey);
  const own = events.filter((event) => event.ph === "X" && event.pid === pid && event.tid === tid).toSorted((a, b) => a.ts - b.ts);
  const end = ({ ts, dur = 0 }) => ts + dur;
  const tasks = own.filter(({ name }) => name === "RunTask");
  const commits = own.filter(({ name }) => name === "Commit");
  return own.filter(isKey).flatMap((key) => {
    const commit = commits.find(({ ts }) => ts > key.ts);
    if (!commit) return [];
    const within = tasks.filter((task) => end(task) > key.ts && task.ts < end(commit));
    return [within.reduce((sum, task) => sum + Math.min(end(task), end(commit)) - Math.max(task.ts, key.ts), 0) / 1_000];
  });
}

/** Somebody types while two others do. */
async function typing(atelier, page, name, others, document) {
  const scripts = await Promise.all(others.map(({ secret }) => Script.join(atelier.url, secret, document)));
  const typists = scripts.map((script) =>
    setInterval(() => script.write((draft) => Automerge.splice(draft, ["body"], Math.min(40, draft.body.length), 0, "x")), OTHERS_MS),
  );
  await page.locator(".concept-body.concept-editor .cm-content").click();
  await page.keyboard.press("Control+End");
  await page.evaluate(() => Object.assign(window.bench, { frames: [], tasks: [] }));
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline"] });
  for (let n = 0; n < LETTERS; n += 1) {
    // A space at the end of a line paints nothing.
    await page.keyboard.press(n % 6 === 5 ? "." : "abcdefgh"[n % 8]);
    await pause(KEY_MS);
  }
  await pause(500);
  const work = workOfKeys(JSON.parse((await browser.stopTracing()).toString("utf8")).traceEvents);
  typists.forEach(clearInterval);
  await Promise.all(scripts.map((script) => script.leave()));
  const { frames, tasks } = await page.evaluate(() => window.bench);
  figure(name, "keystroke to frame, work, p95, two others type", p95(work), "ms", 16);
  figure(name, "keystroke to frame, work, median, two others type", median(work), "ms");
  figure(name, "keystroke to frame, p95, two others type", p95(frames), "ms");
  figure(name, "typing, longest task", Math.max(0, ...tasks.map(({ duration }) => duration)), "ms", 50);
}

/** Somebody opens the history and goes through it, step by step and from end to end. */
async function scrubbing(page, path, name) {
  const longest = async () => Math.max(0, ...(await page.evaluate(() => window.bench.tasks)).map(({ duration }) => duration));
  await page.goto(path);
  await page.waitForFunction(() => document.querySelector(".history-part[data-field=body]")?.innerText.length > 100 && document.documentElement.dataset.awake !== undefined, undefined, { timeout: 120_000 });
  await pause(2_000);
  figure(name, "history, opening, longest task", await longest(), "ms", 50);
  await page.getByRole("slider").focus();
  await page.evaluate(() => Object.assign(window.bench, { frames: [], tasks: [] }));
  for (const [key, times] of [["ArrowLeft", STEPS], ["Home", 1], ["ArrowRight", STEPS], ["End", 1], ["PageDown", 10], ["PageUp", 10]]) {
    for (let n = 0; n < times; n += 1) {
      await page.keyboard.press(key);
      await pause(KEY_MS);
    }
  }
  await pause(1_000);
  figure(name, "history, scrub to frame, p95", p95(await page.evaluate(() => window.bench.frames)), "ms");
  figure(name, "history, scrub, longest task", await longest(), "ms", 50);
}

const atelier = await Atelier.start({ env: { ATELIER_WRITE_LIMITS: "1000" } });
try {
  const owner = await setUp(atelier);
  const ada = await join(owner, "employee", "Ada Measures");
  const others = await Promise.all(["Ben Types", "Cléo Types"].map(async (who) => {
    const caller = await join(owner, "employee", who);
    return caller.call("POST", "/tokens", { name: "bench" });
  }));
  for (const count of COUNTS.length ? COUNTS : [5_000, 20_000]) await measure(atelier, owner, ada, others, count);
} finally {
  await atelier.stop();
}
