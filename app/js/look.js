// Markdown looks like what it means. Its marks are out of sight except in what the person's caret stands in: there they
// are part of what is written, and quiet. They never leave the text.

import { syntaxTree } from "@codemirror/language";
import { StateEffect } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin } from "@codemirror/view";
import { caretsIn } from "./carets.js";
import { table } from "./tables.js";
import { ADDRESS } from "./upload.js";
import { Bullet, Rule, checkbox, picture, way } from "./widgets.js";
import { words } from "./words.js";

/** The class of the lines of a block. */
const BLOCKS = {
  ATXHeading1: "md-h md-h1",
  ATXHeading2: "md-h md-h2",
  ATXHeading3: "md-h md-h3",
  ATXHeading4: "md-h md-h4",
  ATXHeading5: "md-h md-h4",
  ATXHeading6: "md-h md-h4",
  SetextHeading1: "md-h md-h1",
  SetextHeading2: "md-h md-h2",
  Blockquote: "md-quote",
  FencedCode: "md-block",
  CodeBlock: "md-block",
};

/** Lists are drawn as deep as this. */
const DEEPEST = 5;

const hidden = Decoration.replace({});
const lead = Decoration.mark({ class: "md-lead" });
const linked = Decoration.mark({ class: "md-link" });

/** Looks again, after something that is no change of the text. */
const again = StateEffect.define();

class Look {
  constructor(view) {
    this.state = view.state;
    this.doc = view.state.doc;
    this.mine = view.hasFocus ? view.state.selection.ranges : [];
    this.theirs = caretsIn(view.state);
    this.found = [];
    this.lines = new Map();
    for (const { from, to } of view.visibleRanges) {
      syntaxTree(view.state).iterate({ from, to, enter: (node) => this.enter(node, from, to) });
    }
    for (const [at, names] of this.lines) {
      this.put(at, at, Decoration.line({ class: [...new Set(names.split(" ").filter(Boolean))].join(" ") }));
    }
  }

  put(from, to, value) {
    this.found.push(value.range(from, to));
  }

  /** Hides a mark, unless somebody else's caret stands within. Where it goes over lines, their ends stay. */
  hide(from, to, value = hidden) {
    if (this.theirs.some(({ head }) => head > from && head < to)) return;
    while (from < to) {
      const end = this.doc.lineAt(from).to;
      if (from < Math.min(to, end)) this.put(from, Math.min(to, end), value);
      from = end + 1;
    }
  }

  /** Whether the person's selection touches a passage. */
  touched(from, to) {
    return this.mine.some((range) => range.from <= to && range.to >= from);
  }

  touchesLine(at) {
    const line = this.doc.lineAt(at);
    return this.touched(line.from, line.to);
  }

  line(at, names) {
    this.lines.set(at, `${this.lines.get(at) ?? ""} ${names}`);
  }

  block(node, from, to, names) {
    let line = this.doc.lineAt(Math.max(node.from, from));
    while (line.from <= node.to && line.from <= to) {
      this.line(line.from, names);
      if (line.to >= this.doc.length) break;
      line = this.doc.line(line.number + 1);
    }
  }

  /** The end of the blanks after a place, on its line. */
  past(at, most = Infinity) {
    const { text, from } = this.doc.lineAt(at);
    let end = at;
    while (end - at < most && /[ \t]/.test(text[end - from] ?? "")) end++;
    return end;
  }

  enter({ name, from, to, node }, first, last) {
    if (BLOCKS[name]) this.block(node, first, last, BLOCKS[name]);
    switch (name) {
      case "ListItem":
        return this.block(node, first, last, `md-item md-d${Math.min(depth(node), DEEPEST)}`);
      case "ListMark":
        return this.listMark(node);
      case "HeaderMark":
        if (/^ATX/.test(node.parent.name) && !this.touchesLine(from)) this.hide(from, this.past(to));
        return;
      case "QuoteMark":
        if (!this.touchesLine(from)) this.hide(from, this.past(to, 1));
        return;
      case "HorizontalRule":
        if (!this.touched(from, to)) this.hide(from, to, Decoration.replace({ widget: new Rule() }));
        return;
      case "EmphasisMark":
      case "StrikethroughMark":
        return this.conceal(node.parent, from, to);
      case "CodeMark":
        return node.parent.name === "InlineCode" ? this.conceal(node.parent, from, to) : undefined;
      case "Escape":
        return this.conceal(node, from, from + 1);
      case "Link":
        return this.link(node);
      case "Image":
        return this.picture(node);
      case "Autolink":
        return this.autolink(node);
      case "Table":
        table(this.doc, node, this.line.bind(this), this.put.bind(this));
        // Its columns stand by what is typed.
        return false;
      default:
    }
  }

  conceal(construct, from, to) {
    if (!this.touched(construct.from, construct.to)) this.hide(from, to);
  }

  /** Its words, and the way to where it points. */
  link(node) {
    const [opens, closes] = node.getChildren("LinkMark");
    const url = node.getChild("URL");
    if (!url || !closes || closes.from <= opens.to || this.touched(node.from, node.to)) return;
    this.hide(opens.from, opens.to);
    this.hide(closes.from, node.to);
    this.way(url, node.to);
  }

  /** A picture of ours, whole: its words are changed beside it. Any other is the address it is, as for who reads. */
  picture(node) {
    const [opens, closes] = node.getChildren("LinkMark");
    const url = node.getChild("URL");
    const address = url && this.doc.sliceString(url.from, url.to);
    if (!address || !ADDRESS.test(address) || node.to > this.doc.lineAt(node.from).to) return undefined;
    const widget = picture(this.state, address, this.doc.sliceString(opens.to, closes.from));
    if (this.theirs.some(({ head }) => head > node.from && head < node.to)) {
      this.put(node.to, node.to, Decoration.widget({ widget, side: 1 }));
      return undefined;
    }
    this.put(node.from, node.to, Decoration.replace({ widget }));
    return false;
  }

  autolink(node) {
    const url = node.getChild("URL");
    if (!url || this.touched(node.from, node.to)) return;
    this.put(url.from, url.to, linked);
    this.hide(node.from, url.from);
    this.hide(url.to, node.to);
    this.way(url, node.to);
  }

  way(url, at) {
    const widget = way(this.state, this.doc.sliceString(url.from, url.to));
    if (widget) this.put(at, at, Decoration.widget({ widget, side: 1 }));
  }

  /** What an item begins with hangs before its words, whatever it is made of. */
  listMark(node) {
    const line = this.doc.lineAt(node.from);
    let from = node.from;
    while (from > line.from && /[ \t]/.test(line.text[from - line.from - 1])) from--;
    const sibling = node.nextSibling;
    const task = sibling?.name === "Task" && sibling.from <= line.to ? sibling.getChild("TaskMarker") : null;
    const to = this.past((task ?? node).to);
    this.line(line.from, "md-hangs");
    const held = this.mine.some(({ head }) => head >= from && head < to);
    const met = this.theirs.some(({ head }) => head > from && head < to);
    if (held || met) return this.put(from, to, lead);
    if (task) {
      const checked = /x/i.test(this.doc.sliceString(task.from, task.to));
      const widget = checkbox(this.state, checked, task.from - from);
      if (checked) this.line(line.from, "md-done");
      return this.put(from, to, Decoration.replace({ widget }));
    }
    if (node.to - node.from === 1) return this.put(from, to, Decoration.replace({ widget: new Bullet() }));
    this.hide(from, node.from);
    this.put(node.from, to, lead);
  }

  decorations() {
    return Decoration.set(this.found, true);
  }
}

function depth(item) {
  let deep = 0;
  for (let node = item; node; node = node.parent) if (node.name === "ListItem") deep++;
  return deep;
}

/** The extension that gives Markdown its look. */
export const look = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.view = view;
      this.pressed = false;
      this.renew(view);
      this.released = () => {
        if (!this.pressed) return;
        this.pressed = false;
        this.later();
      };
      for (const event of ["mouseup", "dragend", "blur"]) window.addEventListener(event, this.released);
    }
    renew(view) {
      this.tree = syntaxTree(view.state);
      this.decorations = new Look(view).decorations();
    }
    later() {
      setTimeout(() => {
        if (this.view.dom.isConnected) this.view.dispatch({ effects: again.of(null) });
      }, 0);
    }
    update(update) {
      // Nothing may move under a hand that selects, nor under an input method that composes.
      if (this.pressed || update.view.composing) {
        const inLine = (from, to) => to <= update.state.doc.lineAt(from).to;
        this.decorations = this.decorations.map(update.changes).update({ filter: inLine });
        return;
      }
      const told = update.transactions.some((transaction) => transaction.effects.length > 0);
      const moved = update.docChanged || update.selectionSet || update.focusChanged || update.viewportChanged;
      const worded = update.startState.facet(words) !== update.state.facet(words);
      if (told || moved || worded || syntaxTree(update.state) !== this.tree) this.renew(update.view);
    }
    destroy() {
      for (const event of ["mouseup", "dragend", "blur"]) window.removeEventListener(event, this.released);
    }
  },
  {
    decorations: (plugin) => plugin.decorations,
    // The caret steps over what an item begins with as over one character.
    provide: (plugin) => EditorView.atomicRanges.of((view) => view.plugin(plugin)?.decorations.update({ filter: atomic }) ?? Decoration.none),
    eventHandlers: {
      mousedown() {
        this.pressed = true;
      },
      compositionend() {
        this.later();
      },
    },
  },
);

const atomic = (from, to, value) => from < to && value.spec.widget !== undefined;
