// Where the others are: a coloured caret with a name, and a tint over what they selected.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

/** Shows these carets and no others: [{peer, name, colour, anchor, head}]. */
export const showCarets = StateEffect.define();

class Caret extends WidgetType {
  constructor(caret) {
    super();
    this.caret = caret;
  }
  // A caret that moved is drawn anew, which shows its flag again.
  eq({ caret }) {
    return caret.peer === this.caret.peer && caret.name === this.caret.name && caret.moves === this.caret.moves;
  }
  toDOM() {
    const dom = document.createElement("span");
    dom.className = "peer-caret";
    dom.dataset.colour = this.caret.colour;
    dom.setAttribute("aria-hidden", "true");
    const flag = document.createElement("span");
    flag.className = "peer-flag";
    flag.textContent = this.caret.name;
    // A word joiner keeps the caret from breaking the line.
    dom.append("\u2060", flag, "\u2060");
    return dom;
  }
  ignoreEvent() {
    return true;
  }
}

const field = StateField.define({
  create: () => [],
  update(shown, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(showCarets)) return renewed(shown, effect.value, transaction.newDoc.length);
    }
    if (!transaction.docChanged) return shown;
    return shown.map((caret) => ({
      ...caret,
      anchor: transaction.changes.mapPos(caret.anchor, -1),
      head: transaction.changes.mapPos(caret.head, -1),
    }));
  },
  provide: (self) => EditorView.decorations.from(self, decorate),
});

function renewed(shown, list, length) {
  return list.map((caret) => {
    const before = shown.find(({ peer }) => peer === caret.peer);
    const anchor = Math.min(caret.anchor, length);
    const head = Math.min(caret.head, length);
    const stayed = before && before.head === head && before.anchor === anchor;
    return { ...caret, anchor, head, moves: stayed ? before.moves : (before?.moves ?? 0) + 1 };
  });
}

function selection(colour) {
  return Decoration.mark({ class: "peer-selection", attributes: { "data-colour": colour } });
}

function decorate(list) {
  const ranges = [];
  for (const caret of list) {
    const [from, to] = [Math.min(caret.anchor, caret.head), Math.max(caret.anchor, caret.head)];
    if (from < to) ranges.push(selection(caret.colour).range(from, to));
    ranges.push(Decoration.widget({ widget: new Caret(caret), side: 1 }).range(caret.head));
  }
  return Decoration.set(ranges, true);
}

/** Where they are: [{anchor, head, …}]. */
export const caretsIn = (state) => state.field(field, false) ?? [];

/** Names that would end beyond the screen stand on the other side of their caret. */
const fitting = {
  key: field,
  read(view) {
    const edge = document.documentElement.clientWidth - 4;
    return [...view.dom.querySelectorAll(".peer-flag")].map((flag) => {
      const over = flag.parentElement.getBoundingClientRect().left + flag.offsetWidth > edge;
      return [flag, over];
    });
  },
  write(flags) {
    for (const [flag, over] of flags) flag.classList.toggle("is-left", over);
  },
};

/** The extension that draws them. */
export function carets() {
  const fit = EditorView.updateListener.of((update) => {
    if (update.state.field(field).length > 0) update.view.requestMeasure(fitting);
  });
  return [field, fit];
}
