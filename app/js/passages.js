// Passages that comments are about: a mark under them, and behind it how much is said. They move with the text.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

/** Marks these passages and no others: [{comment, from, to, count, label}]. */
export const showPassages = StateEffect.define();

class Count extends WidgetType {
  constructor(passage) {
    super();
    this.passage = passage;
  }
  eq({ passage }) {
    const { comment, count, label } = this.passage;
    return passage.comment === comment && passage.count === count && passage.label === label;
  }
  toDOM() {
    const { comment, count, label } = this.passage;
    const dom = document.createElement("button");
    dom.type = "button";
    dom.className = "passage-count";
    dom.dataset.count = count;
    dom.setAttribute("aria-label", label);
    dom.addEventListener("mousedown", (event) => event.preventDefault());
    dom.addEventListener("click", () => {
      const hash = `#c-${comment}`;
      // The page leads there whenever its address changes.
      if (location.hash === hash) window.dispatchEvent(new HashChangeEvent("hashchange"));
      else location.hash = hash;
    });
    return dom;
  }
  ignoreEvent() {
    return true;
  }
}

const mark = Decoration.mark({ class: "passage" });

const field = StateField.define({
  create: () => [],
  update(shown, transaction) {
    let list = shown;
    for (const effect of transaction.effects) {
      if (effect.is(showPassages)) list = effect.value;
    }
    if (list === shown) {
      if (!transaction.docChanged) return shown;
      // What is written at either end is not part of it.
      list = shown.map((passage) => ({
        ...passage,
        from: transaction.changes.mapPos(passage.from, 1),
        to: transaction.changes.mapPos(passage.to, -1),
      }));
    }
    return list.filter(({ from, to }) => from < to && to <= transaction.newDoc.length);
  },
  provide: (self) => EditorView.decorations.from(self, decorate),
});

function decorate(list) {
  const ranges = list.flatMap((passage) => [
    mark.range(passage.from, passage.to),
    Decoration.widget({ widget: new Count(passage), side: -1 }).range(passage.to),
  ]);
  return Decoration.set(ranges, true);
}

/** Leads to the passage that a comment is about. */
export function revealPassage(view, comment) {
  const passage = view.state.field(field).find((each) => each.comment === comment);
  if (!passage) return;
  view.focus();
  view.dispatch({
    selection: { anchor: passage.from, head: passage.to },
    effects: EditorView.scrollIntoView(passage.from, { y: "center" }),
  });
}

/** The extension that draws them. */
export function passages() {
  return field;
}
