/**
 * The parts of a page in which one can search a trace, for client/panel.ts: controls, a diagram, the state of machines.
 */
import { escaped, timeText } from "./texts.ts";
import type { TraceView } from "./view.ts";

export const panelStyle = `
.trace { display: grid; grid-template: auto 1fr / 17em 1fr 20em; color: #222; background: #fff; color-scheme: light }
.trace .controls, .trace .state { padding: 0.8em 1em; overflow: auto } .trace .controls { border-right: 1px solid #ccc } .trace .state { border-left: 1px solid #ccc }
.trace fieldset { border: 1px solid #ccc; margin: 0 0 1em; padding: 0.3em 0.7em } .trace fieldset label { display: block }
.trace select, .trace input[type="range"] { width: 100% } .trace .controls p { margin: 0 0 0.9em }
.trace button { font: inherit; color: inherit; background: #f6f8fa; border: 1px solid #57606a; border-radius: 3px; padding: 0.15em 0.6em }
.trace button:disabled { color: #6e7781; border-color: #ccc }
.trace .marks button { display: block; width: 100%; text-align: left; margin-bottom: 0.5em; color: #b00020; background: #fff; border-color: #b00020; font-size: 0.85em }
.trace .scroller { overflow: auto; position: relative; min-width: 0 } .trace .drawing { cursor: crosshair }
.trace .names { position: sticky; top: 0; height: 1.7em; background: #fff; border-bottom: 1px solid #ccc; z-index: 1 }
.trace .names span { position: absolute; transform: translateX(-50%); font-weight: bold; font-size: 0.85em; white-space: nowrap; top: 0.2em }
.trace .whole { position: relative } .trace .cursor { position: absolute; left: 0; right: 0; border-top: 1px solid #0b5394; pointer-events: none }
.trace .when { font-weight: bold; margin: 0 } .trace dt { font-weight: bold; margin-top: 0.7em } .trace dd { margin: 0 }
.trace dd p { margin: 0; overflow-wrap: anywhere } .trace dt.down, .trace dt.paused { color: #b00020 }
.trace .event { color: #555; font-size: 0.85em; margin: 0; overflow-wrap: anywhere }
.trace :focus-visible { outline: 3px solid #0b5394; outline-offset: -2px }
`;

/** How the diagram is read, with the length of the trace. */
export function readingOf(view: TraceView): string {
  const until = timeText(view.items.at(-1)?.time ?? 0);
  return (
    `${view.items.length} events until ${until}. Solid arrows are CALLs, broken ones RETURNs, with one colour for each thread; ` +
    "bars are executions; ✕ is a loss or a crash."
  );
}

/** The parts. `name` tells them from those of another trace in the same page. */
export function panel(name: string): string {
  return `<div class="controls" role="group" aria-label="${escaped(`What is shown of ${name}`)}">
<div class="marks"></div>
<p><span class="range" role="status"></span><br>
<button type="button" class="earlier">Earlier</button> <button type="button" class="later">Later</button></p>
<p><label>Position<br><input type="range" class="position" min="0" value="0"></label></p>
<p>Zoom <button type="button" class="smaller" aria-label="Smaller">−</button> <button type="button" class="larger" aria-label="Larger">+</button></p>
<p><label>Thread<br><select class="threads"><option value="">all threads</option></select></label></p>
<p><label><input type="checkbox" class="all"> acknowledgements, probes and repetitions</label></p>
<fieldset class="machines"><legend>Machines</legend></fieldset>
</div>
<div class="scroller" tabindex="0" role="group" aria-label="${escaped(`Space-time diagram of ${name}: arrow keys go from event to event, + and - zoom`)}">
<div class="names" aria-hidden="true"></div>
<div class="whole"><div class="drawing"></div><div class="cursor" hidden></div></div>
</div>
<div class="state" role="group" tabindex="0" aria-live="polite" aria-label="${escaped(`State of the machines of ${name}`)}">
<p class="when"></p>
<p class="event"></p>
<dl class="states"></dl>
</div>`;
}
