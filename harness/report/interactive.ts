/**
 * Charts for a page: a picture without a program, and a Vega specification whose lines can be picked out and whose
 * points tell their figures. Both are made of the Vega-Lite specification in a run's directory.
 */
import { compile, type TopLevelSpec } from "vega-lite";
import { toSvg } from "../charts/render.ts";

interface Mark {
  readonly type: string;
  readonly opacity?: number;
  readonly filled?: boolean;
  readonly size?: number;
}

/** A Vega-Lite specification or a part of one, as far as it matters here. */
interface Part {
  readonly title?: string | { readonly text?: string | readonly string[] };
  readonly data?: { readonly values?: readonly Readonly<Record<string, unknown>>[] };
  readonly spec?: Part;
  readonly hconcat?: readonly Part[];
  readonly layer?: readonly Part[];
  readonly transform?: readonly object[];
  readonly mark?: string | Mark;
  readonly encoding?: Readonly<Record<string, unknown>>;
}

export interface PageChart {
  /** The name of its files, without an ending. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
  /** The Vega specification; its signal `chosen` has the names of the lines that are picked out, or none. */
  readonly vega: object;
  /** The names of the lines, if there are several. */
  readonly series: readonly string[];
}

/** True for what belongs to a line that is picked out, and for everything while none is. */
const isChosen = "!length(chosen) || indexof(chosen, datum.series) >= 0";
/** How much of a line is seen while others are picked out. */
const faint = 0.1;

function typeOf({ mark }: Part): string | undefined {
  return typeof mark === "string" ? mark : mark?.type;
}

/** A layer whose marks become faint unless they are picked out. */
function pickable(layer: Part): Part {
  const opacity = (typeof layer.mark === "object" ? layer.mark.opacity : undefined) ?? 1;
  const encoding = { ...layer.encoding, opacity: { condition: { test: isChosen, value: opacity }, value: faint } };
  return { ...layer, encoding };
}

function axisTitle(encoding: Part["encoding"], channel: string): string {
  const { title, axis } = (encoding?.[channel] ?? {}) as { title?: unknown; axis?: { title?: unknown } };
  const found = axis?.title ?? title;
  return typeof found === "string" && found !== "" ? found : channel;
}

/** An unseen layer above the points, that is large enough for a hand, and tells what lies below. */
function telling(points: Part, encoding: Part["encoding"], isNumber: boolean): Part {
  const number = (value: string): string => `format(${value}, '.4~g')`;
  const interval = `isValid(datum.low) ? ${number("datum.low")} + ' to ' + ${number("datum.high")} : 'none'`;
  const { transform = [] } = points;
  const told = [
    { field: "series", title: "line" },
    isNumber
      ? { field: "x", title: axisTitle(encoding, "x"), type: "quantitative", format: ".6~g" }
      : { field: "x", title: axisTitle(encoding, "x") },
    { field: "y", title: axisTitle(encoding, "y"), type: "quantitative", format: ".4~g" },
    { field: "interval", title: "95% interval" },
    { field: "figure", title: "figure" },
  ];
  return {
    transform: [...transform, { calculate: interval, as: "interval" }],
    mark: { type: "point", filled: true, opacity: 0, size: 250 },
    encoding: { tooltip: told },
  };
}

/** A part with its panels, or beside its legends. */
function alive(part: Part, isNumber: boolean): Part {
  const { hconcat, spec, layer: layers = [] } = part;
  if (hconcat !== undefined) {
    const [chart, ...legends] = hconcat;
    return { ...part, hconcat: [alive(chart!, isNumber), ...legends] };
  }
  if (spec !== undefined) return { ...part, spec: alive(spec, isNumber) };
  const points = layers.find((layer) => typeOf(layer) === "point");
  const layer = [...layers.map(pickable), ...(points === undefined ? [] : [telling(points, part.encoding, isNumber)])];
  return { ...part, layer };
}

function interactive(whole: Part): TopLevelSpec {
  const isNumber = (whole.data?.values ?? []).every(({ x }) => typeof x === "number");
  return { ...alive(whole, isNumber), params: [{ name: "chosen", value: [] }] } as unknown as TopLevelSpec;
}

function titleOf({ title }: Part): string {
  const text = typeof title === "string" ? title : title?.text;
  return text === undefined ? "" : [text].flat().join(" ");
}

/** What readers of the picture do not see: roles and classes, and digits beyond a hundredth of a pixel. */
function slimmed(svg: string): string {
  return svg
    .replace(/ (?:aria-[a-z]+|role|class|pointer-events)="[^"]*"/g, "")
    .replace(/ (?:d|transform|[xy][12]?)="[^"]*"/g, (attribute) =>
      attribute.replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
    )
    .trimEnd();
}

/** The chart of a specification's text. */
export async function pageChart(name: string, text: string): Promise<PageChart> {
  const specification = JSON.parse(text) as Part;
  const series = [...new Set((specification.data?.values ?? []).map((value) => value["series"]))];
  const { spec } = compile(interactive(specification));
  return {
    name,
    title: titleOf(specification),
    svg: slimmed(await toSvg(specification as unknown as TopLevelSpec)),
    vega: spec,
    series: series.length > 1 ? series.filter((each) => typeof each === "string") : [],
  };
}
