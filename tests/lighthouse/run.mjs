// Lighthouse's scores of pages: `node run.mjs NAME=URL …`. It prints one figure a line, the median of RUNS (3) visits, each
// as a phone on a slow network, which is what Lighthouse takes unless told otherwise.

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const RUNS = Number(process.env.ATELIER_LIGHTHOUSE_RUNS ?? 3);
const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
/** What the score of performance is made of, shown beside it. */
const TIMES = { "first-contentful-paint": "ms", "largest-contentful-paint": "ms", "total-blocking-time": "ms" };

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function say(name, metric, value, unit, budget, better) {
  console.log(JSON.stringify({ suite: "portal", case: `${name}, Lighthouse`, metric, value, unit, budget, better }));
}

for (const target of process.argv.slice(2)) {
  const [name, url] = [target.slice(0, target.indexOf("=")), target.slice(target.indexOf("=") + 1)];
  const visits = [];
  for (let run = 0; run < RUNS; run++) {
    const chrome = await launch({ chromePath: process.env.CHROMIUM, chromeFlags: FLAGS });
    try {
      const { lhr } = await lighthouse(url, { port: chrome.port, onlyCategories: CATEGORIES, logLevel: "error" });
      if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
      visits.push(lhr);
    } finally {
      await chrome.kill();
    }
  }
  for (const category of CATEGORIES) {
    say(name, category, median(visits.map((visit) => visit.categories[category].score * 100)), "", 95, "higher");
  }
  for (const [audit, unit] of Object.entries(TIMES)) {
    say(name, audit.replaceAll("-", " "), median(visits.map((visit) => visit.audits[audit].numericValue)), unit, null, "lower");
  }
  // What is wrong, in words, for whoever looks at the terminal.
  for (const { id, title, score, scoreDisplayMode } of Object.values(visits[0].audits)) {
    if (scoreDisplayMode === "binary" && score < 1) console.error(`  ${name}: ${title} (${id})`);
  }
}
