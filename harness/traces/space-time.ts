/** The space-time diagram of a trace, as an SVG file. */
import { fontFiles, measure as measureIn } from "../charts/font.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import { Diagram } from "./diagram.ts";
import type { Selection } from "./heights.ts";
import { readTrace } from "./read.ts";
import { around } from "./select.ts";
import type { Measure } from "./texts.ts";
import type { Mark, TraceView } from "./view.ts";

const [regular, bold] = fontFiles.map(measureIn) as [ReturnType<typeof measureIn>, ReturnType<typeof measureIn>];
const measure: Measure = (text, size, isBold = false) => (isBold ? bold : regular)(text, size);

/** What is not drawn, in a sentence; "" if everything is drawn. */
function leftOut(view: TraceView, { items }: Selection): string {
  const drawn = new Set(items);
  const lacking = view.items.filter(({ text }, at) => text !== "" && !drawn.has(at)).length;
  return lacking === 0 ? "" : `${lacking} further events of the trace are not drawn.`;
}

/** Draws part of a view. `remark` is a sentence about the trace. */
export function drawn(
  view: TraceView,
  selection: Selection,
  marks: readonly Mark[],
  title: string,
  remark = "",
): string {
  const key =
    "Time runs downward; ⋮ is time cut short. Solid arrows are CALLs, broken ones RETURNs, with one colour for each thread; " +
    "a bar is a procedure's execution; ✕ is a message that did not arrive, or a crash.";
  return new Diagram(view, selection, marks, title, measure).svg(
    [key, leftOut(view, selection), remark].filter((sentence) => sentence !== "").join(" "),
  );
}

/**
 * A space-time diagram that shows how the marked events came about, such as the violations of a checker. Without marks
 * it shows the whole trace, which should be short.
 */
export function spaceTimeSvg(trace: readonly StampedEvent[], marks: readonly Mark[] = [], title = ""): string {
  const view = readTrace(trace);
  return drawn(view, around(view, marks), marks, title);
}
