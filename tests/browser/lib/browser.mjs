// Chromium, and the people who sit before it. Whatever a page gets wrong while a person looks at it (an error in the
// console, a policy violation, a request to another origin) fails their test when they leave.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { randomInt } from "node:crypto";

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

let browser;

/** Starts Chromium once for this file of tests. */
export async function openBrowser() {
  browser ??= await chromium.launch({
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
  return browser;
}

/** Ends it. */
export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/** Somebody with a browser of their own: a visitor, or the person an API caller is signed in as. */
export async function newPerson(atelier, options = {}) {
  const { caller = null, locale = "en", viewport = DESK, theme = "light", javaScript = true } = options;
  const context = await (await openBrowser()).newContext({
    baseURL: atelier.url,
    locale,
    viewport,
    colorScheme: theme,
    reducedMotion: "reduce",
    javaScriptEnabled: javaScript,
    extraHTTPHeaders: { "x-forwarded-for": caller?.address ?? `10.200.${randomInt(256)}.${randomInt(256)}` },
  });
  context.setDefaultTimeout(20_000);
  if (caller?.cookie) await context.addCookies([{ ...caller.cookie, url: atelier.url, httpOnly: true, sameSite: "Lax" }]);
  return new Person(context, await context.newPage(), new URL(atelier.url).origin);
}

/** One person, one page. */
class Person {
  #problems = [];
  #allowed = [];

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
    await this.page.waitForSelector("body[data-awake], html[data-awake]", { state: "attached" });
  }

  /** What went wrong so far. */
  problems() {
    return this.#problems.filter((problem) => !this.#allowed.some((pattern) => pattern.test(problem)));
  }

  /** Leaves; fails when the pages misbehaved. */
  async leave() {
    const problems = this.problems();
    await this.context.close();
    assert.deepEqual(problems, []);
  }
}
