// The service worker: pages that were open lately open again without a network, each person's only for that person.
//
// It answers for nothing but pages and the files of a build. A page comes from the network whenever there is one; the server
// says in `atelier-person` whose it is, and a page is kept with those of that person. What was typed is none of its business:
// that is in the person's database (disk.js).

const FILES = "atelier.files";
const PAGES = "atelier.pages.";
const META = "atelier.meta";
const WHO = "/atelier-person";
/** Pages kept of one person. */
const MANY = 60;
/** Builds whose files are kept. */
const BUILDS = 2;
/** How long the network may think about a page that is kept, in milliseconds. */
const PATIENCE = 6_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/pkg/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && isPage(url)) event.respondWith(page(event, url));
});

self.addEventListener("message", (event) => {
  const { keep, files } = event.data ?? {};
  if (files) event.waitUntil(keepFiles(files));
  if (keep) event.waitUntil(keepPage(keep));
});

const isPage = ({ pathname }) => !/^\/(api|live|pictures|mail|guest|workspace|setup|join|healthz|readyz|metrics)(\/|$)|\.\w+$/.test(pathname);

/** A file of a build never changes. */
async function file(request) {
  const files = await caches.open(FILES);
  const kept = await files.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await files.put(request.url, answer.clone()).catch(() => {});
  return answer;
}

async function page(event, url) {
  const known = await lookUp(url);
  const network = fetch(event.request).then((answer) => {
    event.waitUntil(note(url, answer.clone()).catch(() => {}));
    return answer;
  });
  try {
    if (!known) return await network;
    network.catch(() => {});
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    return (await Promise.race([network, late])) ?? known;
  } catch {
    return known ?? nothingKept();
  }
}

/** Who was here last, as far as the server said. */
async function who() {
  const meta = await caches.open(META);
  const known = await meta.match(WHO);
  return known ? known.text() : "";
}

/** The page of that address, or of the same idea under another title, of who was here last. */
async function lookUp(url) {
  const person = await who();
  if (!person) return undefined;
  const pages = await caches.open(PAGES + person);
  const exact = (await pages.match(url.href)) ?? (await pages.match(url.href, { ignoreSearch: true }));
  const idea = /^\/i\/(\d+)(\/[^/]*)?$/.exec(url.pathname);
  if (exact || !idea) return exact;
  const same = (await pages.keys()).find(({ url: other }) => new RegExp(`^/i/${idea[1]}(/[^/]*)?$`).test(new URL(other).pathname));
  return same && pages.match(same);
}

/** Keeps a page with those of the person it is for. */
async function note(url, answer) {
  const person = answer.headers.get("atelier-person");
  if (person === null) return;
  const meta = await caches.open(META);
  if ((await who()) !== person) await meta.put(WHO, new Response(person));
  // Visitors keep nothing: the device may be anybody's.
  if (!person || !answer.ok || answer.redirected || url.pathname.startsWith("/sign-")) return;
  const pages = await caches.open(PAGES + person);
  const text = await answer.text();
  const headers = new Headers(answer.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  // Put anew, it stands behind those that were open longer ago.
  await pages.delete(url.href);
  await pages.put(url.href, new Response(text, { status: answer.status, headers }));
  const kept = await pages.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MANY))) await pages.delete(old);
  await tidy(/\/pkg\/([^/"']+)\//.exec(text)?.[1]);
}

/** Forgets the files of builds before the last ones, and the pages that were made for them. */
async function tidy(build) {
  if (!build) return;
  const meta = await caches.open(META);
  const known = (await (await meta.match("/builds"))?.json()) ?? [];
  if (known.at(-1) === build) return;
  const builds = [...known.filter((one) => one !== build), build].slice(-BUILDS);
  await meta.put("/builds", Response.json(builds));
  const files = await caches.open(FILES);
  for (const request of await files.keys()) {
    const of = new URL(request.url).pathname.split("/")[2];
    if (!builds.includes(of)) await files.delete(request);
  }
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const pages = await caches.open(name);
    for (const request of await pages.keys()) {
      const text = await (await pages.match(request))?.text();
      if (text && !builds.some((one) => text.includes(`/pkg/${one}/`))) await pages.delete(request);
    }
  }
}

/** What a page had loaded before this worker was there. */
async function keepFiles(addresses) {
  const ours = addresses.map((address) => new URL(address)).filter((url) => url.origin === location.origin && url.pathname.startsWith("/pkg/"));
  await Promise.allSettled(ours.map((url) => file(new Request(url))));
}

/** A page that was not fetched whole, because another led to it or this worker was not there yet. */
async function keepPage(address) {
  const url = new URL(address);
  if (url.origin !== location.origin || !isPage(url)) return;
  await note(url, await fetch(url.href, { headers: { accept: "text/html" } }));
}

/** Says that there is no network, and leads to what is kept. */
async function nothingKept() {
  const french = /^fr\b/.test(self.navigator.language ?? "");
  const person = await who();
  const items = [];
  if (person) {
    const pages = await caches.open(PAGES + person);
    for (const request of (await pages.keys()).reverse()) {
      const text = await (await pages.match(request))?.text();
      const title = /<title>([^<]*)<\/title>/.exec(text ?? "")?.[1];
      if (title) items.push(`<li><a href="${new URL(request.url).pathname}">${title}</a></li>`);
    }
  }
  const said = french
    ? ["Hors ligne", "Cette page n’est pas gardée sur cet appareil. Elle s’ouvrira au retour de la connexion.", "Pages gardées ici", "Réessayer"]
    : ["Offline", "This page is not kept on this device. It opens once the connection is back.", "Pages kept here", "Try again"];
  const list = items.length ? `<h2>${said[2]}</h2><ul>${items.join("")}</ul>` : "";
  const html = `<!DOCTYPE html><html lang="${french ? "fr" : "en"}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${said[0]} – Atelier</title>
<style nonce="offline">body{font:1.0625rem/1.55 system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0 1.25rem;background:light-dark(#fbf5ea,#1b1815);color:light-dark(#2a2622,#efe9e1)}
h1{font-size:1.9rem;line-height:1.2}h2{font-size:1.1rem;margin-top:2.5rem}li{margin:.6rem 0}a{color:inherit}
.again{display:inline-block;margin-top:.5rem;padding:.6rem 1rem;border:1px solid;border-radius:10px;text-decoration:none}</style></head>
<body><main><h1>${said[0]}</h1><p>${said[1]}</p><p><a class="again" href="">${said[3]}</a></p>${list}</main></body></html>`;
  const policy = "default-src 'none'; style-src 'nonce-offline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return new Response(html, {
    status: 503,
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
  });
}
