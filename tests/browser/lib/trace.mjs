// What Chromium's tracing tells of a page in which things are dragged.

import assert from "node:assert/strict";

export const everyone = (people, act) => Promise.all(people.map(act));

export const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "disabled-by-default-devtools.timeline.frame", "blink.user_timing", "__metadata"];
export const SAMPLES = ["disabled-by-default-v8.cpu_profiler"];
export const [TAKE, DRAG, DROP, END] = ["take", "drag", "drop", "end"].map((word) => `bench ${word}`);
export const mark = (people, name) => everyone(people, ({ page }) => page.evaluate((name) => void performance.mark(name), name));

/** The figures of a trace: of the time while things are dragged, for tasks from when they are taken hold of on, and of what
 * follows the drop. */
export function judge(trace) {
  const all = JSON.parse(trace.toString()).traceEvents;
  const marks = Object.fromEntries(all.filter(({ cat, name }) => cat?.includes("blink.user_timing") && name.startsWith("bench ")).map((event) => [event.name, event]));
  // The marks are set by the page's own thread.
  const { pid, tid } = marks[DRAG];
  const main = all.filter((event) => event.pid === pid && event.tid === tid && event.ph === "X");
  const tasks = main.filter(({ name }) => name === "RunTask");
  const meets = (from, to) => tasks.filter(({ ts, dur }) => ts + dur > marks[from].ts && ts < marks[to].ts);
  const drag = meets(DRAG, DROP);
  const frames = presented(all.filter((event) => event.pid === pid && event.ts >= marks[DRAG].ts && event.ts <= marks[DROP].ts));
  assert.ok(frames.length > 0, "this Chromium does not tell of its frames as it used to");
  const gaps = frames.slice(1).map((ts, at) => (ts - frames[at]) / 1_000);
  const longest = (tasks) => {
    const { ts, dur, tdur = 0 } = tasks.reduce((longest, task) => ((task.tdur ?? 0) > (longest.tdur ?? 0) ? task : longest));
    const inside = main.filter((event) => event.ts >= ts && event.ts + event.dur <= ts + dur);
    return { took: Math.max(...tasks.map(({ dur }) => dur)) / 1_000, ran: tdur / 1_000, parts: parts(inside) };
  };
  return {
    pid,
    rate: frames.length / ((marks[DROP].ts - marks[DRAG].ts) / 1e6),
    slow: (gaps.filter((gap) => gap > 34).length / frames.length) * 100,
    each: drag.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1_000 / frames.length,
    dragged: longest(meets(TAKE, DROP)),
    dropped: longest(meets(DROP, END)),
  };
}

/**
 * When frames began that showed what the page's own thread made of them. `DrawFrame` would count too many: the compositor
 * draws besides, by itself, while that thread hangs, as long as anything glides, and what others carry does (a transition of
 * `transform`). Tried against a count of `requestAnimationFrame` in the page, in the same six seconds with three browsers on
 * two cores: 333, 339 and 325 by the page, 335, 340 and 327 by this, 347, 353 and 350 by `DrawFrame`.
 */
const presented = (events) =>
  events
    .filter(({ name, ph, args }) => name === "PipelineReporter" && ph === "b" && (args.frame_reporter ?? args.chrome_frame_reporter)?.state === "STATE_PRESENTED_ALL")
    .map(({ ts }) => ts)
    .sort((a, b) => a - b);

/** What a task was spent on: the events in it with the most time of their own, in words. */
function parts(events) {
  const open = [];
  const own = new Map();
  const add = (name, time) => own.set(name, (own.get(name) ?? 0) + time / 1_000);
  for (const { name, ts, dur, tdur = 0, args } of events.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    while (open.length > 0 && open.at(-1).end <= ts) open.pop();
    if (open.length > 0) add(open.at(-1).label, -tdur);
    const label = [name, args?.data?.type ?? args?.data?.functionName].filter((word) => word).join(" ");
    add(label, tdur);
    open.push({ label, end: ts + dur });
  }
  const most = [...own].sort(([, a], [, b]) => b - a).slice(0, 5);
  return most.map(([name, time]) => `${name} ${time.toFixed(1)}`).join(", ");
}
