// What every file of browser tests needs around its tests: something to look at, opened once, and the end of it.

import { after, before } from "node:test";
import { closeBrowser } from "./browser.mjs";

const OPENING_MS = 90_000;
const CLOSING_MS = 60_000;

/** Opens what `open` answers (a server, or a place with one) before the first test and ends it after the last. */
export function stage(open, close = async () => {}) {
  let opened;
  before(async () => {
    opened = await open();
  }, { timeout: OPENING_MS });
  after(async () => {
    await close();
    await closeBrowser();
    await (opened?.atelier ?? opened)?.stop();
  }, { timeout: CLOSING_MS });
}
