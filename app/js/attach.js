// Pictures in a plain field of text: pasted, dropped or chosen. They stand in the text as Markdown; a row below shows them,
// and asks what they show.

import { ADDRESS, Job, altField, choose, dropped, drags, escaped, image, pasted, unescaped } from "./upload.js";

const PICTURE = /!\[((?:[^\]\\]|\\.)*)\]\((\/pictures\/[0-9a-f-]{36}\/\d{1,4}x\d{1,4})\)/g;

/**
 * Lets a field take pictures.
 *
 * options: board, largest, words (see ui::attach in the client); busy(sending) is called when that changes.
 */
export function attach(area, row, add, options) {
  let { words } = options;
  const jobs = new Set();
  const shown = new Map();

  const told = () => options.busy(jobs.size > 0);

  /** Says of the text that it changed, as typing does. */
  const changed = () => area.dispatchEvent(new Event("input", { bubbles: true }));

  function put({ path }) {
    const at = area.selectionEnd;
    const before = area.value.slice(0, at);
    const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    const insert = `${gap}![](${path})\n`;
    if (area.maxLength > 0 && area.value.length + insert.length > area.maxLength) return "no_room";
    area.setRangeText(insert, at, at, "end");
    changed();
    shown.get(path)?.querySelector("input").focus();
    return null;
  }

  function take(files) {
    for (const file of files) {
      const job = new Job(file, options, () => words, {
        arrived: put,
        gone: () => {
          jobs.delete(job);
          job.dom.remove();
          told();
        },
      });
      jobs.add(job);
      row.append(job.dom);
    }
    told();
  }

  function rewrite(path, with_) {
    area.value = area.value.replace(PICTURE, (whole, alt, address) => (address === path ? with_(alt) : whole));
    changed();
  }

  function show(path, alt) {
    const dom = document.createElement("div");
    dom.className = "attached";
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button-plain";
    remove.textContent = words.remove;
    remove.addEventListener("click", () => {
      rewrite(path, () => "");
      area.focus();
    });
    dom.append(image(path, ""), altField(words, alt, (said) => rewrite(path, () => `![${escaped(said)}](${path})`)), remove);
    shown.set(path, dom);
    row.append(dom);
  }

  /** Shows the pictures that the text holds, and no others. */
  function sync() {
    const found = new Map([...area.value.matchAll(PICTURE)].map(([, alt, path]) => [path, unescaped(alt)]));
    for (const [path, dom] of shown) {
      if (!found.has(path)) {
        dom.remove();
        shown.delete(path);
      }
    }
    for (const [path, alt] of found) {
      const input = shown.get(path)?.querySelector("input");
      if (!shown.has(path) && ADDRESS.test(path)) show(path, alt);
      else if (input && input !== document.activeElement) input.value = alt;
    }
  }

  const over = (event) => {
    if (!drags(event)) return;
    event.preventDefault();
    area.classList.add("is-over");
  };
  const left = () => area.classList.remove("is-over");
  const listeners = {
    input: sync,
    dragenter: over,
    dragover: over,
    dragleave: left,
    drop(event) {
      left();
      const files = dropped(event);
      if (files.length === 0) return;
      event.preventDefault();
      take(files);
    },
    paste(event) {
      const files = pasted(event);
      if (files.length === 0) return;
      event.preventDefault();
      take(files);
    },
  };
  const chosen = () => choose(take);
  for (const [name, listener] of Object.entries(listeners)) area.addEventListener(name, listener);
  add.addEventListener("click", chosen);
  sync();

  return {
    sync,
    /** Speaks another language from now on. */
    setWords(said) {
      words = said;
      for (const dom of shown.values()) dom.remove();
      shown.clear();
      sync();
    },
    destroy() {
      for (const [name, listener] of Object.entries(listeners)) area.removeEventListener(name, listener);
      add.removeEventListener("click", chosen);
    },
  };
}
