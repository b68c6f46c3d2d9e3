/** A trace within a report: a picture, and the parts that the page's program makes a searchable diagram of. */
import { firstDivergence } from "../traces/divergence.ts";
import { panel, readingOf } from "../traces/panel.ts";
import { around, rowsAtAGlance, rowsFrom, selected } from "../traces/select.ts";
import { drawn } from "../traces/space-time.ts";
import type { Mark, TraceView } from "../traces/view.ts";
import { escaped, listOf, packed, paragraph, pictureAddress } from "./elements.ts";

export interface ReportedTrace {
  /** What the trace is of: its file, or a replication of a run. */
  readonly name: string;
  readonly view: TraceView;
  /** What is pointed out, other than the first divergence. */
  readonly marks: readonly Mark[];
  /** Sentences about the trace as such, as that it was cut. */
  readonly remarks: readonly string[];
}

/** What shows how the marked events came about; without any, the beginning. */
function picture({ name, view }: ReportedTrace, pointed: readonly Mark[]): string {
  const part = pointed.length > 0 ? around(view, pointed) : rowsFrom(view, selected(view), 0, rowsAtAGlance);
  const address = pictureAddress(drawn(view, part, pointed, name));
  return [
    `<div class="scroll drawing picture" tabindex="0" role="group" aria-label="${escaped(`Picture of ${name}`)}">`,
    `<img alt="${escaped(`Space-time diagram of ${name}`)}" loading="lazy" src="${address}"></div>`,
  ].join("");
}

export function traceSection(trace: ReportedTrace, id: string): string {
  const { name, view, marks, remarks } = trace;
  const divergence = firstDivergence(view);
  const pointed = divergence === undefined ? marks : [...marks, divergence];
  return [
    `<section class="traced" id="${id}" aria-labelledby="${id}-title">`,
    `<h2 id="${id}-title">${escaped(`Trace of ${name}`)}</h2>`,
    paragraph(readingOf(view)),
    ...remarks.map(paragraph),
    listOf(pointed.map(({ sentence }) => sentence)),
    picture(trace, pointed),
    `<div class="trace" hidden>${panel(name)}</div>`,
    `<script type="text/plain">${packed({ view, marks })}</script>`,
    "</section>",
  ].join("\n");
}
