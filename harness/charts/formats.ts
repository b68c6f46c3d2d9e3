/** The forms in which a chart is written. */
import type { Chart } from "../chart.ts";
import type { Experiment } from "../experiment.ts";
import type { CellSummary } from "../results/summary.ts";

/** The endings of the files, by the name of the form. */
export const endings = { spec: "vl.json", svg: "svg", png: "png", pdf: "pdf" } as const;
export type Format = keyof typeof endings;

export const formats = Object.keys(endings) as Format[];
/** What a run writes unless told otherwise. */
export const standardFormats: readonly Format[] = ["spec", "svg", "png"];

/** The contents of a chart's files. */
export async function drawn(
  experiment: Experiment,
  chart: Chart,
  cells: readonly CellSummary[],
  wanted: readonly Format[],
): Promise<Map<Format, string | Uint8Array>> {
  // Vega takes a third of a second to load, so that it is loaded only for drawing.
  const { specificationOf } = await import("./specification.ts");
  const { toPng, toSvg } = await import("./render.ts");
  const specification = specificationOf(experiment, chart, cells);
  const svg = wanted.some((format) => format !== "spec") ? await toSvg(specification) : "";
  const makers: Record<Format, () => string | Uint8Array | Promise<Uint8Array>> = {
    spec: () => `${JSON.stringify(specification, null, 2)}\n`,
    svg: () => svg,
    png: () => toPng(svg),
    pdf: async () => (await import("./pdf.ts")).toPdf(svg, chart.title ?? experiment.question),
  };
  const files = new Map<Format, string | Uint8Array>();
  for (const format of wanted) files.set(format, await makers[format]());
  return files;
}
