/**
 * A page of a trace, in one file that needs no network: a space-time diagram with filters, and the state of machines at
 * a moment. The page draws by the same modules as Node does (client/panel.ts is the page's own program).
 */
import { bundled } from "./bundle.ts";
import { panel, panelStyle, readingOf } from "./panel.ts";
import { escaped } from "./texts.ts";
import type { Mark, TraceView } from "./view.ts";

const style = `
* { box-sizing: border-box }
body { font: 14px/1.45 "DejaVu Sans", Verdana, sans-serif; color: #222; background: #fff; margin: 0; display: grid; height: 100vh; grid-template: auto minmax(0, 1fr) / 1fr }
header { padding: 0.5em 1em; border-bottom: 1px solid #ccc }
h1 { font-size: 1.15em; margin: 0 } header p { margin: 0; color: #555; font-size: 0.85em }
.trace { grid-template-rows: minmax(0, 1fr) }
${panelStyle}`;

/** JSON within an element: nothing in it ends the element. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** `remark` is a sentence about the trace. */
export async function tracePage(view: TraceView, marks: readonly Mark[], title: string, remark = ""): Promise<string> {
  const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p>${readingOf(view)}${remark === "" ? "" : ` <strong>${escaped(remark)}</strong>`}</p>
</header>
<main class="trace">
${panel(title)}
</main>
<script type="application/json" id="data">${json({ view, marks })}</script>
<script>${await bundled(new URL("./client/page.js", import.meta.url))}</script>
</body>
</html>
`;
}
