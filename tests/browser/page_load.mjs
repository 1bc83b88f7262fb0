// How long the first page takes, cold: until something can be read, until the page answers to hands, until somebody may
// write in an idea; and how many bytes travel until then. `cargo xtask bench page` runs it against the release binary:
//
//     ATELIER_BINARY=target/dist/atelier node tests/browser/page_load.mjs [RUNS]
//
// It prints one figure a line, the median of RUNS (5 unless said otherwise) visits, each with a new profile.

import { closeBrowser, openBrowser } from "./lib/browser.mjs";
import { openWorkspace } from "./lib/pages.mjs";

const RUNS = Number(process.argv[2] ?? 5);

/** Nothing in between, and a phone as Lighthouse takes it: 1.6 Mbit/s, 150 ms, a quarter of this processor. */
const NETWORKS = [
  { name: "loopback", slower: 1 },
  { name: "slow 4G, CPU ÷ 4", slower: 4, latency: 150, downloadThroughput: 204_800, uploadThroughput: 96_000, offline: false },
];

/** Runs in the page from its first moment: notes when the marks of progress appear. */
function watch() {
  const marks = (window.progress = {});
  const look = () => {
    if (!marks.awake && document.documentElement?.hasAttribute("data-awake")) marks.awake = performance.now();
    if (!marks.writes && document.querySelector(".concept.is-editing") && document.querySelector(".saving[data-state=saved]")) {
      marks.writes = performance.now();
    }
  };
  new MutationObserver(look).observe(document, { attributes: true, childList: true, subtree: true });
}

/** What the page had received at that moment, with headers, in kB. */
const receivedAt = (page, moment) =>
  page.evaluate((moment) => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return entries.filter(({ responseEnd }) => responseEnd <= moment).reduce((sum, { transferSize }) => sum + transferSize, 0) / 1_000;
  }, moment);

/** One visit with an empty cache: its figures by metric. */
async function visit(atelier, { path, as, writes }, { slower, ...network }) {
  const context = await (await openBrowser()).newContext({ baseURL: atelier.url, locale: "en" });
  try {
    if (as?.cookie) await context.addCookies([{ ...as.cookie, url: atelier.url, httpOnly: true, sameSite: "Lax" }]);
    const page = await context.newPage();
    const tools = await context.newCDPSession(page);
    if (network.latency) {
      await tools.send("Network.enable");
      await tools.send("Network.emulateNetworkConditions", { offline: false, ...network, name: undefined });
    }
    await tools.send("Emulation.setCPUThrottlingRate", { rate: slower });
    await page.addInitScript(watch);
    await page.goto(path, { timeout: 120_000 });
    const last = writes ? "writes" : "awake";
    await page.waitForFunction((last) => window.progress[last], last, { timeout: 120_000 });
    const progress = await page.evaluate(() => window.progress);
    const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
    return {
      "first contentful paint": [paint, "ms"],
      "answers to hands": [progress.awake, "ms"],
      "received until then": [await receivedAt(page, progress.awake), "kB"],
      ...(writes && {
        "editors ready": [progress.writes, "ms"],
        "received until editors are ready": [await receivedAt(page, progress.writes), "kB"],
      }),
    };
  } finally {
    await context.close();
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const { atelier, pages } = await openWorkspace();
try {
  for (const network of NETWORKS) {
    for (const page of pages.filter(({ name }) => ["home", "sign in", "idea", "idea to write in"].includes(name))) {
      await visit(atelier, page, network); // The server's own first time is not what is measured.
      const visits = [];
      for (let run = 0; run < RUNS; run++) visits.push(await visit(atelier, page, network));
      for (const [metric, [, unit]] of Object.entries(visits[0])) {
        const value = median(visits.map((figures) => figures[metric][0]));
        console.log(JSON.stringify({ suite: "page", case: `${page.name}, ${network.name}`, metric, value, unit, budget: null, better: "lower" }));
      }
    }
  }
} finally {
  await closeBrowser();
  await atelier.stop();
}
