// Hands on a canvas: what they can take hold of, taking hold of it, and moving it about.

import assert from "node:assert/strict";
import { everyone } from "./trace.mjs";

/** The circles that are dragged, in pixels of the screen. */
export const RADIUS = 100;
/** Between two movements of a hand, in milliseconds: those of a usual mouse. */
const MOVE_MS = 8;
/** How near the edge the canvas moves on under what is dragged: not what is measured. */
const EDGE = 40;
/** What the bar of what is selected may take at the foot of the stage. */
export const BAR = 120;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Runs in the page: what can be taken hold of on the stage, and where; `whole` says that nothing lies over any of it. */
export function reach({ bar }) {
  const stage = document.querySelector(".canvas-stage");
  const box = (element) => element.getBoundingClientRect();
  const around = box(stage);
  const bars = [...document.querySelectorAll(".canvas-tools, .canvas-looks, .canvas-bar, .canvas-map")].map(box).filter(({ width }) => width > 0);
  const left = Math.max(...[...document.querySelectorAll(".canvas-tools")].map((tools) => box(tools).right), around.left);
  const clear = { left, right: around.right, top: Math.max(around.top, 0), bottom: Math.min(around.bottom, innerHeight) - bar };
  const zoom = parseFloat(stage.querySelector(".canvas-world").style.getPropertyValue("--zoom"));
  const holds = (x, y) => x > clear.left && x < clear.right && y > clear.top && y < clear.bottom;
  const found = [];
  for (const item of stage.querySelectorAll(".canvas-item")) {
    const one = box(item);
    const group = item.dataset.kind === "groups";
    // A group is taken at its head, anything else in its middle.
    const [x, y] = group ? [one.left + 40 * zoom, one.top + 22 * zoom] : [one.left + one.width / 2, one.top + one.height / 2];
    const hit = holds(x, y) && document.elementFromPoint(x, y);
    if (!hit || hit.closest("[data-item]") !== item || hit.closest("button, a, textarea, input, select, [data-handle]")) continue;
    const under = bars.some((bar) => one.left < bar.right && bar.left < one.right && one.top < bar.bottom && bar.top < one.bottom);
    const whole = group || (!under && holds(one.left, one.top) && holds(one.right, one.bottom));
    found.push({ id: item.dataset.item, kind: item.dataset.kind, x, y, whole });
  }
  return { found, clear };
}

/** Runs in the page: follows where these things are shown from now on. */
export function follow(ids) {
  const element = (id) => document.querySelector(`.canvas-stage [data-item="${id}"]`);
  window.followed = new Map(ids.map((id) => [id, { before: element(id).style.transform, places: new Set() }]));
  window.follower?.disconnect();
  window.follower = new MutationObserver((changes) => {
    for (const { target } of changes) window.followed.get(target.dataset.item).places.add(target.style.transform);
  });
  for (const id of ids) window.follower.observe(element(id), { attributes: true, attributeFilter: ["style"] });
}

/** At how many other places each of them was shown since. */
export const followed = async ({ page }) =>
  new Map(await page.evaluate(() => [...window.followed].map(([id, { before, places }]) => [id, [...places].filter((place) => place !== before).length])));

/** Those of them that are where they were before. */
export const unmoved = ({ page }) =>
  page.evaluate(() => [...window.followed].filter(([id, { before }]) => document.querySelector(`.canvas-stage [data-item="${id}"]`).style.transform === before).map(([id]) => id));

/** Where everything on the stage is, in words. */
export const places = ({ page }) =>
  page.locator(".canvas-stage .canvas-item").evaluateAll((items) => items.map((item) => `${item.dataset.item} ${item.style.transform}`).sort());

/** What everyone can take hold of, those nearest the middle first, with where it is on the screen of each. */
export async function within(people) {
  const [first, ...rest] = await everyone(people, ({ page }) => page.evaluate(reach, { bar: BAR }));
  const { clear } = first;
  const middle = [(clear.left + clear.right) / 2, (clear.top + clear.bottom) / 2];
  const roomy = ({ x, y }, { left, right, top, bottom }) => {
    const room = RADIUS + EDGE;
    return x - left > room && right - x > room && y - top > room && bottom - y > room - EDGE;
  };
  return first.found
    .map((thing) => {
      const on = [thing, ...rest.map(({ found }) => found.find(({ id }) => id === thing.id))];
      if (on.includes(undefined)) return null;
      const whole = on.every((one) => one.whole);
      return { id: thing.id, kind: thing.kind, on, whole, roomy: whole && on.every((one) => roomy(one, clear)) };
    })
    .filter((thing) => thing)
    .sort(({ on: [a] }, { on: [b] }) => Math.hypot(a.x - middle[0], a.y - middle[1]) - Math.hypot(b.x - middle[0], b.y - middle[1]));
}

export const mouse = ({ tools }, type, { x, y }, { buttons = 0, modifiers = 0 } = {}) =>
  tools.send("Input.dispatchMouseEvent", { type, x, y, buttons, modifiers, button: type === "mouseMoved" && buttons === 0 ? "none" : "left", clickCount: type === "mouseMoved" ? 0 : 1 });

const SHIFT = 8;

/** Selects what a hand is to drag, where that is more than what it takes hold of, and takes hold of that. */
export async function takeHold(person, at, { take, select }) {
  const spot = (thing) => thing.on[at];
  for (const thing of select.length > 1 ? select : []) {
    await mouse(person, "mousePressed", spot(thing), { buttons: 1, modifiers: SHIFT });
    await mouse(person, "mouseReleased", spot(thing), { modifiers: SHIFT });
  }
  const { x, y } = spot(take);
  const under = await person.page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.closest("[data-item]")?.dataset.item, [x, y]);
  assert.equal(under, take.id, `${person.name} does not reach ${take.id}`);
  await mouse(person, "mouseMoved", { x, y });
  await mouse(person, "mousePressed", { x, y }, { buttons: 1 });
}

/** Moves what is held in circles until so many seconds have passed, as often as a hand does, whether the page keeps up or not. */
export async function circle(person, { x, y }, began, seconds) {
  const pending = new Set();
  const start = performance.now();
  let [moves, turns] = [0, 0];
  while (performance.now() - began < seconds * 1_000) {
    const passed = performance.now() - began;
    const radius = RADIUS * Math.min(passed / 400, 1);
    // A browser joins the movements that its page has not looked at; a page that hangs need not be sent more of them.
    if (pending.size < 16) {
      moves += 1;
      const move = mouse(person, "mouseMoved", { x: x + Math.cos(passed / 250) * radius, y: y + Math.sin(passed / 250) * radius }, { buttons: 1 });
      pending.add(move);
      move.finally(() => pending.delete(move));
    }
    turns += 1;
    await pause(Math.max(start + turns * MOVE_MS - performance.now(), 0));
  }
  await Promise.all(pending);
  return moves / ((performance.now() - start) / 1_000);
}
