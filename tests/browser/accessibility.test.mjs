// axe finds nothing on any page at a desk: in both languages and both themes.

import { DESK } from "./lib/browser.mjs";
import { nothingInTheWay } from "./lib/way.mjs";

nothingInTheWay([
  { locale: "en-GB", theme: "light", viewport: DESK },
  { locale: "fr-FR", theme: "dark", viewport: DESK },
]);
