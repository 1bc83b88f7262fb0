// Chromium, and the people who sit before it. Whatever a page gets wrong while a person looks at it (an error in the
// console, a policy violation, a request to another origin) fails their test when they leave.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { randomInt } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const PHONE = { width: 390, height: 844 };
export const TABLET = { width: 820, height: 1180 };
export const DESK = { width: 1440, height: 900 };

const RESULTS = join(import.meta.dirname, "../results");

/** So many times slower than this machine is, the pages run: what depends on their speed shows. */
const SLOWNESS = Number(process.env.ATELIER_TEST_SLOW_BROWSER ?? 1);

/** How long a scene may take. Playwright waits without end for what a page's script answers. */
const SCENE_MS = 150_000 * SLOWNESS;

let browser;

/** Starts Chromium. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** Starts it once for this file of tests. */
export async function openBrowser() {
  browser ??= await launch();
  return browser;
}

/** Ends it. */
export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/**
 * A test with people in it: `run` gets a function by which they arrive. Those who have not left by the end leave then.
 * When it fails, what each of them had on the screen is kept in `results/`.
 */
export function scene(run) {
  return async (context) => {
    const people = [];
    const arrive = async (atelier, options) => {
      const person = await newPerson(atelier, options);
      people.push(person);
      return person;
    };
    try {
      await within(SCENE_MS, run(arrive, context));
      for (const person of people) await person.leave();
    } catch (error) {
      for (const [at, person] of people.entries()) await person.keepEvidence(`${context.name} ${at + 1}`);
      throw error;
    } finally {
      await Promise.allSettled(people.map((person) => person.context.close()));
    }
  };
}

/** People who come once and stay: answers who a caller is (`null`: a visitor), who arrives when asked for first. */
export function staying(arrive, atelier, options) {
  const people = new Map();
  return async (caller) => {
    if (!people.has(caller)) people.set(caller, await arrive(atelier, { ...options, caller }));
    return people.get(caller);
  };
}

/** What a promise brings, or an error when it takes too long. */
async function within(limit, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limit / 1_000} s`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Somebody with a browser of their own: a visitor, or the person an API caller is signed in as; `worker`: with ours. */
export async function newPerson(atelier, options = {}) {
  const { caller = null, locale = "en", viewport = DESK, theme = "light", javaScript = true, worker = false } = options;
  const context = await (await openBrowser()).newContext({
    baseURL: atelier.url,
    locale,
    viewport,
    colorScheme: theme,
    reducedMotion: "reduce",
    javaScriptEnabled: javaScript,
    // What tests do to requests does not reach those that a worker makes.
    serviceWorkers: worker ? "allow" : "block",
    extraHTTPHeaders: { "x-forwarded-for": caller?.address ?? `10.200.${randomInt(256)}.${randomInt(256)}` },
  });
  context.setDefaultTimeout(20_000 * SLOWNESS);
  if (caller?.cookie) await context.addCookies([{ ...caller.cookie, url: atelier.url, httpOnly: true, sameSite: "Lax" }]);
  const page = await context.newPage();
  if (SLOWNESS > 1) {
    const debugging = await context.newCDPSession(page);
    await debugging.send("Emulation.setCPUThrottlingRate", { rate: SLOWNESS });
  }
  return new Person(context, page, new URL(atelier.url).origin);
}

/** One person, one page. */
class Person {
  #problems = [];
  #allowed = [];
  #left = false;

  constructor(context, page, origin) {
    this.context = context;
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error") this.#problems.push(`console: ${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => this.#problems.push(`error: ${error.message}`));
    page.on("request", (request) => {
      const { origin: asked, protocol } = new URL(request.url());
      if (asked !== origin.replace(/^http/, protocol.startsWith("ws") ? "ws" : "http") && !/^(data|blob):/.test(protocol)) {
        this.#problems.push(`request to another origin: ${request.url()}`);
      }
    });
    page.on("websocket", (socket) => {
      if (new URL(socket.url()).host !== new URL(origin).host) this.#problems.push(`socket to another origin: ${socket.url()}`);
    });
  }

  /** What this person's test provokes on purpose. */
  allow(...patterns) {
    this.#allowed.push(...patterns);
  }

  /** Opens a page and waits until the browser has taken it over. */
  async open(path) {
    const answer = await this.page.goto(path);
    await this.hydrated();
    return answer;
  }

  /** Waits until the page answers to hands. */
  async hydrated() {
    await this.page.locator("html[data-awake]").waitFor({ state: "attached" });
  }

  /** What went wrong so far. */
  problems() {
    return this.#problems.filter((problem) => !this.#allowed.some((pattern) => pattern.test(problem)));
  }

  /** What went wrong since this was asked last: it does not count when they leave. */
  takeProblems() {
    const problems = this.problems();
    this.#problems = [];
    return problems;
  }

  /** Leaves; fails when the pages misbehaved. */
  async leave() {
    if (this.#left) return;
    this.#left = true;
    const problems = this.problems();
    await this.context.close();
    assert.deepEqual(problems, []);
  }

  /** Keeps what this person had before them, for whoever looks into a failure. */
  async keepEvidence(name) {
    if (this.#left || this.page.isClosed()) return;
    const file = join(RESULTS, name.replaceAll(/[^\p{L}\d]+/gu, "-"));
    mkdirSync(RESULTS, { recursive: true });
    const tree = await this.page.locator("body").ariaSnapshot({ timeout: 2_000 }).catch(String);
    writeFileSync(`${file}.txt`, [this.page.url(), ...this.problems(), tree, ""].join("\n"));
    await this.page.screenshot({ path: `${file}.png`, fullPage: true, timeout: 5_000 }).catch(() => {});
  }
}
