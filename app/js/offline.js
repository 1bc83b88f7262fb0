// What a page does so that it opens again without a network: starts the service worker, and tells it what to keep.

/** Seconds that somebody stays on a page before it is kept. */
const STAYS_MS = 2_000;

/** What this page loaded of its build. */
const files = () => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => new URL(name).pathname.startsWith("/pkg/"));

/** Whether it is one that people come back to. */
const isKept = () => /^\/(i\/\d+(\/[^/]*)?|b\/[^/]+(\/(canvas|pipeline))?)?$/.test(location.pathname);

/** Starts; `signedIn` says whether pages are somebody's. */
export function start(signedIn) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  // Without a network the worker that is there is the one there is.
  if (navigator.onLine) workers.register("/sw.js").catch(() => {});
  if (!signedIn) return;
  let timer;
  // What a worker fetched itself is kept already.
  let kept = workers.controller ? location.href : undefined;
  const keep = async () => {
    if (!isKept() || !navigator.onLine) return;
    const { active } = await workers.ready;
    const page = kept === location.href ? undefined : location.href;
    kept = location.href;
    active?.postMessage({ keep: page, files: files() });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, STAYS_MS);
  };
  // The worker saw neither what led here, if it was not there yet, nor where the page went by itself.
  const { pushState, replaceState } = history;
  history.pushState = (...all) => (pushState.apply(history, all), soon());
  history.replaceState = (...all) => (replaceState.apply(history, all), soon());
  addEventListener("popstate", soon);
  soon();
  addEventListener("click", lead, { capture: true });
}

/** Without a network, links lead to pages that are kept, which are fetched whole. */
function lead(event) {
  if (navigator.onLine || !navigator.serviceWorker.controller || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!link || link.target || link.origin !== location.origin || link.hasAttribute("download")) return;
  if (link.pathname === location.pathname && link.hash) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  location.assign(link.href);
}
