/**
 * A page of a trace, in one file that needs no network: a space-time diagram with filters, and the state of machines at
 * a moment. The page draws by the same modules as Node does (client/page.ts is the page's own program).
 */
import { readFileSync } from "node:fs";
import { escaped } from "./texts.ts";
import type { Mark, TraceView } from "./view.ts";

/** The compiled modules of the page. */
const modules = ["texts", "canvas", "heights", "select", "diagram", "divergence", "state"];

const style = `
* { box-sizing: border-box }
body { font: 14px/1.45 "DejaVu Sans", Verdana, sans-serif; color: #222; margin: 0; display: grid; height: 100vh;
  grid-template: auto 1fr / 17em 1fr 22em }
header { grid-column: 1 / -1; padding: 0.5em 1em; border-bottom: 1px solid #ccc }
h1 { font-size: 1.15em; margin: 0 } header p { margin: 0; color: #555; font-size: 0.85em }
form, aside { padding: 0.8em 1em; overflow: auto } form { border-right: 1px solid #ccc } aside { border-left: 1px solid #ccc }
fieldset { border: 1px solid #ccc; margin: 0 0 1em; padding: 0.3em 0.7em } fieldset label { display: block }
select, input[type="range"] { width: 100% } form p { margin: 0 0 0.9em }
button { font: inherit; padding: 0.15em 0.6em } #marks button { display: block; width: 100%; text-align: left; margin-bottom: 0.5em;
  color: #b00020; background: #fff; border: 1px solid #b00020; border-radius: 3px; font-size: 0.85em }
#scroller { overflow: auto; position: relative } #drawing { cursor: crosshair }
#names { position: sticky; top: 0; height: 1.7em; background: #fff; border-bottom: 1px solid #ccc; z-index: 1 }
#names span { position: absolute; transform: translateX(-50%); font-weight: bold; font-size: 0.85em; white-space: nowrap; top: 0.2em }
#page { position: relative } #cursor { position: absolute; left: 0; right: 0; border-top: 1px solid #0b5394; pointer-events: none }
h2 { font-size: 1em; margin: 0 } dt { font-weight: bold; margin-top: 0.7em } dd { margin: 0 } dd p { margin: 0; overflow-wrap: anywhere }
dt.down, dt.paused { color: #b00020 } #event { color: #555; font-size: 0.85em; margin: 0; overflow-wrap: anywhere }
:focus-visible { outline: 3px solid #0b5394; outline-offset: -2px }
`;

/** A compiled module as an address: what it imports is found by bare names. */
function address(path: string): string {
  const code = readFileSync(new URL(`./${path}.js`, import.meta.url), "utf8");
  const named = code
    .replaceAll(/from "\.\.?\/([a-z-]+)\.js"/g, 'from "troupe/$1"')
    .replace(/^\/\/# sourceMappingURL=.*$/m, "");
  return `data:text/javascript;base64,${Buffer.from(named).toString("base64")}`;
}

/** JSON within an element: nothing in it ends the element. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** `remark` is a sentence about the trace. */
export function tracePage(view: TraceView, marks: readonly Mark[], title: string, remark = ""): string {
  const imports = Object.fromEntries(modules.map((name) => [`troupe/${name}`, address(name)]));
  const policy = "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data:";
  const until = view.items.at(-1)?.time ?? 0;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)}</title>
<style>${style}</style>
<script type="importmap">${json({ imports })}</script>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p>${view.items.length} events until ${until} ms. Solid arrows are CALLs, broken ones RETURNs, with one colour for each thread; bars are executions; ✕ is a loss or a crash.${remark === "" ? "" : ` <strong>${escaped(remark)}</strong>`}</p>
</header>
<form aria-label="What is shown">
<div id="marks"></div>
<p><span id="range" role="status"></span><br>
<button type="button" id="earlier">Earlier</button> <button type="button" id="later">Later</button></p>
<p><label>Position<br><input type="range" id="position" min="0" value="0"></label></p>
<p>Zoom <button type="button" id="smaller" aria-label="Smaller">−</button> <button type="button" id="larger" aria-label="Larger">+</button></p>
<p><label>Thread<br><select id="threads"><option value="">all threads</option></select></label></p>
<p><label><input type="checkbox" id="all"> acknowledgements, probes and repetitions</label></p>
<fieldset id="machines"><legend>Machines</legend></fieldset>
</form>
<div id="scroller" tabindex="0" role="region" aria-label="Space-time diagram: arrow keys go from event to event, + and - zoom">
<div id="names" aria-hidden="true"></div>
<div id="page"><div id="drawing"></div><div id="cursor" hidden></div></div>
</div>
<aside aria-live="polite">
<h2 id="when"></h2>
<p id="event"></p>
<dl id="states"></dl>
</aside>
<script type="application/json" id="data">${json({ view, marks })}</script>
<script type="module">import "${address("client/page")}";</script>
</body>
</html>
`;
}
