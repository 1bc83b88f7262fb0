// axe finds nothing on any page on a phone: in both languages and both themes.

import { PHONE } from "./lib/browser.mjs";
import { nothingInTheWay } from "./lib/way.mjs";

nothingInTheWay([
  { locale: "fr-FR", theme: "light", viewport: PHONE },
  { locale: "en-GB", theme: "dark", viewport: PHONE },
]);
