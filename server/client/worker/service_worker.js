/**
 * The service worker. Pages always come from the server, so that a client is never older than the server it was loaded
 * from; without a connection, a page of our own says so. It keeps no answer of the API and no page of a player.
 */

/** @type {any} */
const worker = self;
/** The build writes both in front of this script. @type {{BUILD: string, SHELL: string[]}} */
const { BUILD, SHELL } = worker;
const CACHE = `croupier-${BUILD}`;
const OFFLINE = "/offline.html";

worker.addEventListener("install", (/** @type {any} */ event) => {
  const kept = caches.open(CACHE).then((cache) => cache.addAll([OFFLINE, ...SHELL]));
  event.waitUntil(kept.then(() => worker.skipWaiting()));
});

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  // The browser asks the server for a page while this worker still starts.
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));

/** Bring our page to the front when a notification is tapped. */
async function toFront() {
  const [page] = await worker.clients.matchAll({ type: "window" });
  await (page ? page.focus() : worker.clients.openWindow("/"));
}

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(toFront());
});

/** @param {any} event */
async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

/** @param {Request} request */
const kept = async (request) => (await caches.match(request)) ?? fetch(request);

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  if (event.request.mode === "navigate") event.respondWith(page(event));
  else if (SHELL.includes(new URL(event.request.url).pathname)) event.respondWith(kept(event.request));
});
