/** The style of a report: light, dark, narrow, and on paper. Text has a contrast of at least 4.5 to 1. */
const light = `--ink: #1f2328; --dim: #57606a; --line: #d0d7de; --paper: #fff; --panel: #f6f8fa;
  --link: #0550ae; --good: #116329; --bad: #a40e26; --doubt: #7d4e00`;

const dark = `
:root { --ink: #e6edf3; --dim: #a5afba; --line: #3d444d; --paper: #0d1117; --panel: #161b22; --link: #79b8ff;
  --good: #56d364; --bad: #ff8b81; --doubt: #e3b341 }
`;

export const style = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { ${dark} }
* { box-sizing: border-box }
html { scroll-padding-top: 1em }
body { font: 15px/1.5 "DejaVu Sans", Verdana, sans-serif; color: var(--ink); background: var(--paper); max-width: 78em; margin: 0 auto;
  padding: 1em 1.2em 4em }
[hidden] { display: none !important }
.skip { position: absolute; left: -100em } .skip:focus { position: static }
a { color: var(--link) } :focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
h1 { font-size: 1.6em; line-height: 1.25; margin: 0.4em 0 } h2 { font-size: 1.3em; line-height: 1.3; margin: 0 0 0.2em }
h3 { font-size: 1.02em; margin: 1.6em 0 0.4em } p, ul { margin: 0.5em 0; max-width: 62em } ul { padding-left: 1.3em }
.small, figcaption, caption, .lines { color: var(--dim); font-size: 0.87em }
code { font: 0.9em/1.4 "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; background: var(--panel); padding: 0.1em 0.3em; border-radius: 3px }
main > section { border-top: 1px solid var(--line); margin-top: 3em; padding-top: 1.5em; content-visibility: auto; contain-intrinsic-size: auto 1800px }
.scroll { overflow: auto; max-height: 32em; border: 1px solid var(--line); border-radius: 4px; margin: 0.6em 0 }
table { border-collapse: collapse; font-size: 0.85em; width: 100% } caption { text-align: left; padding: 0.4em 0.8em }
th, td { text-align: left; vertical-align: top; padding: 0.25em 0.8em; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; min-width: 5em }
th { position: sticky; top: 0; background: var(--panel); font-weight: normal; color: var(--dim) }
tbody tr:hover { background: var(--panel) } .failed td:last-child { color: var(--bad); font-weight: bold } .doubtful td:last-child { color: var(--doubt) }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 1em; padding: 0 0.6em; font-size: 0.82em; white-space: nowrap; color: var(--dim) }
.badge.agrees, .badge.reproduced { color: var(--good) } .badge.differs { color: var(--bad); font-weight: bold }
.badge.outside, .badge.scant, .badge.undecided { color: var(--doubt) }
.whole { max-height: none }
figure { margin: 1.2em 0 } .drawing { width: fit-content; max-width: 100%; background: #fff; color: #222; color-scheme: light; max-height: none } .drawing img, .drawing svg { display: block }
.series { font-size: 0.85em } button, input, select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--dim); border-radius: 4px;
  padding: 0.1em 0.5em; margin: 0.1em; max-width: 100% } button[aria-pressed="true"] { background: var(--link); color: var(--paper) }
#filter { display: flex; flex-wrap: wrap; gap: 0.4em 1.2em; align-items: center; background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: 0.5em 0.8em }
.traced .trace { ${light}; height: 44em; grid-template: minmax(0, 1fr) auto / 15em minmax(0, 1fr); font-size: 0.87em; border: 1px solid var(--line) }
.traced .controls { grid-row: 1 / 3 } .traced .state { grid-area: 2 / 2; border: 0; border-top: 1px solid #ccc; max-height: 15em }
.traced[data-live] .picture { display: none }
@media (max-width: 45em) { .traced .trace { grid-template: 12em minmax(0, 1fr) auto / minmax(0, 1fr) }
  .traced .controls { grid-row: 1; border: 0; border-bottom: 1px solid #ccc } .traced .state { grid-area: 3 / 1 } }
td ul { margin: 0; padding-left: 1.1em; min-width: 18em }
#vg-tooltip-element { font: 13px "DejaVu Sans", Verdana, sans-serif !important }
@media print { body { max-width: none; font-size: 11px } .scroll { max-height: none; border: 0; overflow: visible } #filter, .lines, .series, .skip { display: none !important }
  main > section { content-visibility: visible; break-before: page } th { position: static } .drawing img, .drawing svg { max-width: 100%; height: auto }
  .traced .trace { display: none } .traced[data-live] .picture { display: block } }
`;
