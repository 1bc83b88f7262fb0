// What stands in the text in place of marks, or beside it, without being part of it.

import { WidgetType } from "@codemirror/view";
import { altField, escaped, image, unescaped } from "./upload.js";
import { words } from "./words.js";

/** The dot of a list, in place of its dash. */
export class Bullet extends WidgetType {
  eq() {
    return true;
  }
  toDOM() {
    const dom = document.createElement("span");
    dom.className = "md-lead md-bullet";
    dom.textContent = "•";
    return dom;
  }
  ignoreEvent() {
    return false;
  }
}

function tick(view, dom) {
  if (view.state.readOnly) return;
  const from = view.posAtDOM(dom) + Number(dom.dataset.at) + 1;
  const insert = view.state.sliceDoc(from, from + 1) === " " ? "x" : " ";
  view.dispatch({ changes: { from, to: from + 1, insert }, userEvent: "input" });
}

/** The box of something to do, which can be ticked. `at` tells how far its mark is from where the widget begins. */
export class Checkbox extends WidgetType {
  constructor(checked, at, label) {
    super();
    this.checked = checked;
    this.at = at;
    this.label = label;
  }
  eq(other) {
    return other.checked === this.checked && other.at === this.at && other.label === this.label;
  }
  toDOM(view) {
    const dom = document.createElement("span");
    dom.className = "md-lead md-tick";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.className = "md-box";
    dom.append(box);
    this.updateDOM(dom);
    // As wide and high as its room: a box alone is small for a finger.
    dom.addEventListener("mousedown", (event) => event.preventDefault());
    dom.addEventListener("click", (event) => {
      event.preventDefault();
      // Once the browser is done with the click, or it would put back what it showed before.
      setTimeout(() => dom.isConnected && tick(view, dom), 0);
    });
    return dom;
  }
  /** The same box, so that the focus stays on it. */
  updateDOM(dom) {
    const box = dom.firstChild;
    if (box?.type !== "checkbox") return false;
    box.checked = this.checked;
    box.setAttribute("aria-label", this.label);
    dom.dataset.at = String(this.at);
    return true;
  }
  ignoreEvent() {
    return true;
  }
}

/** What leads where a link in the text points to. */
export class Way extends WidgetType {
  constructor(address, label) {
    super();
    this.address = address;
    this.label = label;
  }
  eq(other) {
    return other.address === this.address && other.label === this.label;
  }
  toDOM() {
    const dom = document.createElement("a");
    dom.className = "md-way";
    dom.href = this.address;
    dom.target = "_blank";
    dom.rel = "nofollow ugc noopener";
    dom.title = this.address;
    dom.setAttribute("aria-label", this.label);
    dom.textContent = "\u2060↗";
    return dom;
  }
  ignoreEvent() {
    return true;
  }
}

const BEFORE_ADDRESS = /^!\[((?:[^\]\\]|\\.)*)\]\(/;

/** Says what a picture shows, in the text. */
function describe(view, dom, words) {
  if (view.state.readOnly) return;
  const from = view.posAtDOM(dom) + 2;
  const said = BEFORE_ADDRESS.exec(view.state.sliceDoc(from - 2, view.state.doc.lineAt(from).to));
  const insert = escaped(words);
  if (!said || said[1] === insert) return;
  view.dispatch({ changes: { from, to: from + said[1].length, insert }, userEvent: "input" });
}

/** A picture, in place of its address; where one writes, with a field for what it shows. */
export class Picture extends WidgetType {
  constructor(address, alt, said, readOnly) {
    super();
    this.address = address;
    this.alt = unescaped(alt);
    this.said = said;
    this.readOnly = readOnly;
  }
  eq(other) {
    const same = other.address === this.address && other.alt === this.alt;
    return same && other.said === this.said && other.readOnly === this.readOnly;
  }
  toDOM(view) {
    const dom = document.createElement("span");
    dom.className = "md-picture";
    dom.append(image(this.address, this.alt));
    if (this.readOnly) return dom;
    const field = altField(this.said, this.alt, (words) => describe(view, dom, words));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      describe(view, dom, field.value);
      view.focus();
    });
    dom.append(field);
    return dom;
  }
  /** The same picture, so that the focus stays in its field. */
  updateDOM(dom, view) {
    const [shown, field] = dom.children;
    if (shown?.tagName !== "IMG" || !shown.src.includes(this.address)) return false;
    if (this.readOnly === Boolean(field) || (field && field.placeholder !== this.said.alt)) return false;
    shown.alt = this.alt;
    if (field && field !== view.root.activeElement) field.value = this.alt;
    return true;
  }
  ignoreEvent() {
    return true;
  }
}

/** A line across the page. */
export class Rule extends WidgetType {
  eq() {
    return true;
  }
  toDOM() {
    const dom = document.createElement("span");
    dom.className = "md-rule";
    return dom;
  }
  ignoreEvent() {
    return false;
  }
}

/** What a cell lacks to be as wide as its column. */
export class Filling extends WidgetType {
  constructor(text) {
    super();
    this.text = text;
  }
  eq(other) {
    return other.text === this.text;
  }
  toDOM() {
    const dom = document.createElement("span");
    dom.className = "md-filling";
    dom.setAttribute("aria-hidden", "true");
    dom.textContent = this.text;
    return dom;
  }
  ignoreEvent() {
    return false;
  }
}

/** The box of a task, in the language of the moment. */
export const checkbox = (state, checked, at) => new Checkbox(checked, at, state.facet(words).done);

/** The picture at an address of ours. */
export const picture = (state, address, alt) => new Picture(address, alt, state.facet(words), state.readOnly);

/** The way to where a link points, if that may be opened from here. */
export function way(state, address) {
  const safe = /^(https?:|mailto:|tel:)/i.test(address) || /^\/[^/\\]/.test(address);
  return safe ? new Way(address, state.facet(words).follow) : null;
}
