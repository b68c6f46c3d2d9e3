/** The subtitle of a chart: the parameters that do not vary in it. */
import type { Experiment } from "../experiment.ts";
import { matters } from "../matters.ts";
import type { Plain } from "../parameters.ts";
import type { CellSummary } from "../results/summary.ts";
import { inWords, shown, varyingAmong } from "./points.ts";

/** The greatest length of a line, in characters. */
const lineLength = 100;

interface Held {
  readonly text: string;
  readonly isChanged: boolean;
}

/** Whether the value means absence: no trace, no loss, a duration of 0 s, across none. */
function isNothing(value: Plain): boolean {
  return value === "" || value === 0 || value === false || value === "none";
}

function linesOf(held: readonly Held[]): string[] {
  const lines: string[] = [];
  for (const { text } of held) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + text.length + 3 <= lineLength)
      lines[lines.length - 1] = `${line} · ${text}`;
    else lines.push(text);
  }
  return lines;
}

/**
 * The lines under the title, of parameters that have an effect: all that differ from their defaults; and, in the
 * experiment's order, as many defaults as fit into one line, without values that mean absence. The manifest has all
 * parameters. A chart that leaves out some of `all` cells says so.
 */
export function subtitleOf(experiment: Experiment, cells: readonly CellSummary[], all = cells.length): string[] {
  const varied = varyingAmong(experiment, cells);
  const { parameters } = cells[0]!;
  const part: Held[] = cells.length === all ? [] : [{ text: `${cells.length} of ${all} cells`, isChanged: true }];
  const fixed = Object.entries(experiment.parameters).flatMap(([name, parameter]): Held[] => {
    const value = parameters[name]!;
    const isChanged = value !== parameter.default;
    if (varied.includes(name) || (!isChanged && isNothing(value)) || !matters(experiment, name, cells)) return [];
    return [{ text: `${inWords(name)} ${shown(parameter, value)}`, isChanged }];
  });
  const held = [...fixed, ...part];
  let said = held.filter(({ isChanged }) => isChanged);
  for (const one of held) {
    const more = held.filter((each) => each === one || said.includes(each));
    if (linesOf(more).length > 1) break;
    said = more;
  }
  return linesOf(said);
}
