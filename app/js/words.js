// The texts of an editor, in the language of the page. They change with it.

import { Facet } from "@codemirror/state";

/** name in the labels of the client: text */
export const words = Facet.define({ combine: (all) => all[0] ?? {} });
