import assert from "node:assert/strict";
import { bar, course, line, tradeOff, type Chart } from "../../../harness/chart.ts";
import { fontFiles, measure } from "../../../harness/charts/font.ts";
import { pointsOf } from "../../../harness/charts/points.ts";
import { toPng, toSvg } from "../../../harness/charts/render.ts";
import { specificationOf } from "../../../harness/charts/specification.ts";
import { subtitleOf } from "../../../harness/charts/subtitle.ts";
import { modelOf } from "../../../harness/experiment.ts";
import { count } from "../../../harness/parameters.ts";
import type { CellSummary, MeasureSummary } from "../../../harness/results/summary.ts";
import { chartNames, chartsOf } from "../../../harness/charts/chosen.ts";
import { cellsOf, settingGrid } from "../../../harness/plan/grid.ts";
import { nothing } from "../../../harness/statistics/intervals.ts";
import machines from "../fixtures/machines.ts";
import roundTrips from "../fixtures/round-trips.ts";

/** Summaries of cells with made-up figures: ten percent above the model, intervals of a fifth. */
function summaries(
  experiment: typeof machines | typeof roundTrips,
  setting: object,
  change: (cell: CellSummary) => Partial<MeasureSummary> = () => ({}),
): CellSummary[] {
  const cells = cellsOf(experiment, [settingGrid(experiment.parameters, setting as Record<string, unknown>)]);
  return cells.map((parameters) => {
    const bare = { parameters, replications: 10, converged: true, measures: {}, series: {}, notes: [], warnings: [] };
    const measures = Object.keys(experiment.measures).map((name) => {
      const model = modelOf(experiment, name, parameters)?.value ?? null;
      const mean = (model ?? 50) * 1.1;
      const figures = { mean, low: mean * 0.9, high: mean * 1.1, model, outside: null, ratio: nothing };
      const summary = { ...figures, converged: true, ...change(bare) };
      return [name, summary] as const;
    });
    return { ...bare, measures: Object.fromEntries(measures) };
  });
}

const defaults = Object.fromEntries(Object.entries(machines.parameters).map(([name, each]) => [name, each.default]));

interface Specification {
  readonly data: { readonly values: readonly Record<string, unknown>[] };
  readonly encoding: Record<
    "x" | "y",
    { readonly type: string; readonly axis: { readonly title: string }; readonly scale: Record<string, unknown> }
  >;
}

interface Titled {
  readonly title: { readonly subtitle: string[] };
}

interface Coloured {
  readonly data: { readonly values: readonly { readonly series: string }[] };
  readonly layer: readonly {
    readonly encoding: { readonly color: { readonly legend: { readonly title: string | null } } };
  }[];
}

function specification(...given: Parameters<typeof specificationOf>): Specification {
  return specificationOf(...given) as unknown as Specification;
}

const byCollator = line({ x: "members", y: "latency", by: "collator" });

describe("the points of a chart", () => {
  it("are simulated figures with intervals, and the model's beside them", () => {
    const points = pointsOf(
      roundTrips,
      byCollator,
      summaries(roundTrips, { members: "1..3", collator: "unanimous,majority" }),
    );
    const simulated = points.filter(({ figure }) => figure === "simulated, 95% interval");
    const model = points.filter(({ figure }) => figure === "closed form");
    assert.equal(simulated.length, 6);
    assert.equal(model.length, 6);
    assert.deepEqual([...new Set(points.map(({ series }) => series))], ["unanimous", "majority"]);
    assert(simulated.every(({ y, low, high }) => low! < y && y < high!));
    assert.equal(model.find(({ x, series }) => x === 2 && series === "unanimous")!.y, 15);
  });

  it("draw the closed form as a curve between the cells, of whole numbers only for counts", () => {
    const cells = summaries(machines, { replacement: "1m,1h" });
    const points = pointsOf(machines, line({ x: "replacement", y: "unavailability" }), cells);
    assert.equal(points.filter(({ figure, marked }) => figure === "closed form" && !marked).length, 61);
    const counts = pointsOf(
      machines,
      line({ x: "members", y: "unavailability" }),
      summaries(machines, { members: "1,4" }),
    );
    assert.deepEqual(
      counts.filter(({ figure }) => figure === "closed form").map(({ x }) => x),
      [1, 2, 3, 4],
    );
  });

  it("never mix cells that differ in something else into one line", () => {
    const cells = summaries(roundTrips, { members: "1..2", collator: "unanimous,majority", loss: "0,0.1" });
    const points = pointsOf(roundTrips, byCollator, cells);
    assert.deepEqual(
      [...new Set(points.map(({ series }) => series))],
      ["unanimous, loss 0", "unanimous, loss 0.1", "majority, loss 0", "majority, loss 0.1"],
    );
    for (const series of new Set(points.map((point) => point.series))) {
      const xs = points
        .filter((point) => point.series === series && point.figure === "simulated, 95% interval")
        .map(({ x }) => x);
      assert.equal(new Set(xs).size, xs.length);
    }
  });

  it("name a line by no more than tells it from others", () => {
    const cells = [
      ...summaries(roundTrips, { members: "1..2", collator: "unanimous", loss: 0 }),
      ...summaries(roundTrips, { members: "1..2", collator: "majority", loss: 0.1 }),
    ];
    const series = new Set(pointsOf(roundTrips, byCollator, cells).map((point) => point.series));
    assert.deepEqual([...series], ["unanimous", "majority"]);
  });

  it("lie on a trade-off at the figure of each axis, the model's curve too, along one parameter", () => {
    const chart = tradeOff({ x: "failures", y: "unavailability", through: "replacement", by: "members" });
    const points = pointsOf(machines, chart, summaries(machines, { replacement: "1m,1h", members: "1,2" }));
    assert.deepEqual([...new Set(points.map(({ series }) => series))], ["1", "2"]);
    for (const replacement of [60_000, 3_600_000]) {
      const p = { ...defaults, members: 2, replacement };
      const [x, y] = [modelOf(machines, "failures", p)!.value, modelOf(machines, "unavailability", p)!.value];
      const on = points.filter(({ series, figure }) => series === "2" && figure === "closed form");
      assert(on.some((point) => point.x === x && point.y === y));
      const simulated = points.filter(({ series, figure }) => series === "2" && figure === "simulated, 95% interval");
      assert(simulated.some((point) => point.x === x * 1.1 && point.y === y * 1.1));
    }
  });

  it("lie on a series at each of its places, those of one cell on one line", () => {
    const along = { name: "time", unit: "s", at: [0, 2.5] };
    const timed = { ...roundTrips, series: { course: { help: "", unit: "ms", along } } };
    const places = [
      { mean: 1, low: 0, high: 2 },
      { mean: null, low: null, high: null },
    ];
    const cells = summaries(roundTrips, { members: "1,2" }).map((cell) => ({ ...cell, series: { course: places } }));
    const { data, encoding } = specification(timed, course({ y: "course", by: "members" }), cells);
    const shown = data.values.map(({ x, y, low, high, series }) => [x, y, low, high, series]);
    assert.deepEqual(shown, [
      [0, 1, 0, 2, "1"],
      [0, 1, 0, 2, "2"],
    ]);
    assert.equal(encoding.x.axis.title, "time (s)");
    assert.equal(encoding.y.axis.title, "course (ms)");
  });

  it("tell a cell that has not converged, and a limit where nothing was seen, from a figure", () => {
    const cells = summaries(machines, { members: "1..4" }, ({ parameters }) => {
      if (parameters["members"] === 2) return { converged: false };
      if (parameters["members"] === 4) return { mean: null, low: 0.5, high: null, converged: false };
      return parameters["members"] === 3 ? { mean: 0, low: 0, high: 0.001, converged: false } : {};
    });
    const points = pointsOf(machines, line({ x: "members", y: "unavailability" }), cells);
    const figures = points.filter(({ low }) => low !== undefined).map(({ figure }) => figure);
    assert.deepEqual(figures, ["simulated, 95% interval", "not converged", "none seen: upper limit"]);
    assert.equal(points.find(({ figure }) => figure === "none seen: upper limit")!.y, 0.001);
    assert.equal(points.find(({ figure }) => figure === "none seen: lower limit")!.y, 0.5);
  });
});

describe("a specification", () => {
  it("joins by a line only converged neighbours, and only where no model is drawn", () => {
    const cells = summaries(roundTrips, { members: "1..5", loss: 0.1 }, ({ parameters }) => ({
      converged: parameters["members"] !== 3,
    }));
    const { data } = specification(roundTrips, byCollator, cells);
    const joined = data.values.filter((value) => value["joined"] === true).map(({ x, run }) => [x, run]);
    assert.deepEqual(joined, [
      [1, 0],
      [2, 0],
      [4, 1],
      [5, 1],
    ]);
    const modelled = specification(roundTrips, byCollator, summaries(roundTrips, { members: "1..5" }));
    assert(modelled.data.values.every((value) => value["joined"] === false));
  });

  it("lets a model's line leave no figure out, and joins the figures if it would", () => {
    const cells = summaries(roundTrips, { members: "1..3", loss: "0,0.1" });
    const byLoss = specification(roundTrips, line({ x: "loss", y: "latency", by: "members" }), cells).data.values;
    assert.deepEqual([...new Set(byLoss.map(({ joined, figure }) => `${String(figure)} ${String(joined)}`))].sort(), [
      "closed form false",
      "simulated, 95% interval true",
    ]);
    assert.ok(byLoss.every(({ complete }) => complete === false));
    const byMembers = specification(roundTrips, line({ x: "members", y: "latency", by: "loss" }), cells).data.values;
    assert.deepEqual(
      [...new Set(byMembers.map(({ series, joined, complete }) => JSON.stringify([series, joined, complete])))].sort(),
      ['["0",false,true]', '["0.1",true,false]'],
    );
    const bought = tradeOff({ x: "failures", y: "unavailability", through: "members" });
    const traded = specification(machines, bought, summaries(machines, { members: "1..4" })).data.values;
    assert.ok(traded.length > 4 && traded.every(({ joined, complete }) => joined === false && complete === true));
  });

  it("titles an axis of several measures with what their names have in common", () => {
    const chart = bar({ x: "collator", y: ["latency"] });
    const cells = summaries(roundTrips, { collator: "unanimous,majority" });
    const heading = (names: readonly string[], unit = "ms"): string => {
      const measures = Object.fromEntries(names.map((name) => [name, { ...roundTrips.measures.latency, unit }]));
      const figures = cells.map((cell) => ({
        ...cell,
        measures: Object.fromEntries(names.map((name) => [name, cell.measures["latency"]!])),
      }));
      const experiment = { ...roundTrips, measures, model: {} } as unknown as typeof roundTrips;
      return specification(experiment, { ...chart, y: names as ["latency"] }, figures).encoding.y.axis.title;
    };
    assert.equal(heading(["callLatency"]), "call latency (ms)");
    assert.equal(heading(["blackoutMinority", "blackoutMajority"]), "blackout (ms)");
    assert.equal(heading(["realTime", "cpuTime"]), "time (ms)");
    assert.equal(heading(["median", "throughput"]), "ms");
    assert.equal(heading(["answeredFirst", "answeredLast"], ""), "answered");
  });

  it("titles axes with units, and durations in a unit of their size", () => {
    const cells = summaries(machines, { replacement: "5m,10m,1h" });
    const { encoding, data } = specification(machines, line({ x: "replacement", y: "failures" }), cells);
    assert.equal(encoding.x.axis.title, "replacement (min)");
    assert.equal(encoding.y.axis.title, "failures (1/h)");
    assert.equal(data.values[2]!["x"], 60);
    const words = specification(
      roundTrips,
      line({ x: "collator", y: "latency" }),
      summaries(roundTrips, { collator: "unanimous,majority" }),
    );
    assert.equal(words.encoding.x.type, "nominal");
  });

  it("says under the title what was held fixed: what is not as by default, and as many defaults as a line takes", () => {
    const subtitle = (setting: object): string[] =>
      (specificationOf(roundTrips, byCollator, summaries(roundTrips, setting)) as unknown as Titled).title.subtitle;
    assert.deepEqual(subtitle({ members: "1,2" }), ["collator unanimous · round trip 10ms"]);
    assert.deepEqual(subtitle({ members: "1,2", roundTrip: 0, loss: 0.1 }), [
      "collator unanimous · round trip 0s · loss 0.1",
    ]);
    const ruled = { ...roundTrips, matters: { roundTrip: (p: { readonly loss: number }) => p.loss > 0 } };
    const settings = (setting: object): string[] => subtitleOf(ruled, summaries(ruled, setting));
    assert.deepEqual(settings({ members: "1,2", roundTrip: 7 }), ["collator unanimous"]);
    assert.deepEqual(settings({ members: "1,2", roundTrip: 7, loss: "0,0.1" }), [
      "collator unanimous · round trip 7ms",
    ]);
    const many = { ...machines.parameters };
    for (let i = 1; i < 20; i++) Object.assign(many, { [`quantity${i}`]: count(i, "of something", { unit: "kg" }) });
    const wide = { ...machines, parameters: many } as typeof machines;
    const under = (setting: object): string[] => subtitleOf(wide, summaries(wide, { members: "1,2", ...setting }));
    const [line, ...more] = under({ quantity17: 3 });
    assert.deepEqual(more, []);
    assert.match(line!, /^lifetime 1h · replacement 10m · transitions 400 · quantity1 1 kg · .* · quantity17 3 kg$/);
    assert.ok(line!.length <= 100 && line!.length > 80, line);
    const changed = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`quantity${i + 1}`, 100 + i]));
    assert.deepEqual(under(changed).join(" · ").split(" · "), Object.keys(changed).map((name) => `${name} ${changed[name]} kg`)); // prettier-ignore
  });

  it("names lines by what varies only", () => {
    const cells = summaries(machines, { members: "1,2", lifetime: "1h,2h" });
    const { data, layer } = specificationOf(machines, machines.charts![0]!, cells) as unknown as Coloured;
    assert.deepEqual([...new Set(data.values.map(({ series }) => series))], ["lifetime 1h", "lifetime 2h"]);
    assert.equal(layer[0]!.encoding.color.legend.title, null);
    const both = specificationOf(machines, machines.charts![0]!, summaries(machines, { members: "1,2", replacement: "5m,10m" })); // prettier-ignore
    assert.equal((both as unknown as Coloured).layer[0]!.encoding.color.legend.title, "replacement");
  });

  it("labels a horizontal axis with its values, whatever their distance", () => {
    const cells = summaries(machines, { replacement: "5m,15m,25m" });
    const { axis } = specification(machines, line({ x: "replacement", y: "failures" }), cells).encoding.x;
    const expected = {
      labelExpr: "format(datum.value, '~r')",
      labelOverlap: "greedy",
      labelSeparation: 6,
      values: [5, 15, 25],
    };
    assert.deepEqual(axis, { title: "replacement (min)", ...expected });
  });

  it("labels bytes as thousands and millions", () => {
    const pieces = {
      ...roundTrips,
      parameters: { ...roundTrips.parameters, members: count(1, "", { unit: "bytes" }) },
    };
    const cells = summaries(roundTrips, { members: "2,3" });
    const { axis } = specification(pieces, line({ x: "members", y: "latency" }), cells).encoding.x;
    assert.equal((axis as unknown as { labelExpr: string }).labelExpr, "format(datum.value, '~s')");
  });

  it("keeps the order of the cells where the first has no figure", () => {
    const cells = summaries(roundTrips, { collator: "unanimous,majority", members: "2,3" }, ({ parameters }) =>
      parameters["collator"] === "unanimous" && parameters["members"] === 2
        ? { mean: null, low: null, high: null }
        : {},
    );
    const model = { latency: () => null };
    const chart = bar({ x: "collator", y: "latency", by: "members", facet: "members" });
    const { facet, spec } = specificationOf({ ...roundTrips, model }, chart, cells) as unknown as {
      readonly facet: { readonly sort: readonly string[] };
      readonly spec: { readonly encoding: { readonly xOffset: { readonly sort: readonly string[] } } };
    };
    assert.deepEqual(facet.sort, ["members 2", "members 3"]);
    assert.deepEqual(spec.encoding.xOffset.sort, ["2", "3"]);
  });

  it("sets bars side by side, each with its interval and its model", () => {
    const cells = summaries(roundTrips, { collator: "unanimous,majority", members: "2,3" });
    const chart = bar({ x: "collator", y: "latency", by: "members" });
    const { encoding, layer, data } = specificationOf(roundTrips, chart, cells) as unknown as {
      readonly encoding: { readonly xOffset: object };
      readonly layer: readonly { readonly mark: { readonly type: string } }[];
      readonly data: { readonly values: readonly { readonly figure: string }[] };
    };
    assert.deepEqual(encoding.xOffset, { field: "series", sort: ["2", "3"] });
    assert.equal(layer[0]!.mark.type, "bar");
    assert.equal(data.values.filter(({ figure }) => figure === "closed form").length, 4);
    const asLine = specificationOf(roundTrips, { ...chart, type: "line" }, cells) as unknown as { encoding: object };
    assert.ok(!("xOffset" in asLine.encoding));
  });

  it("has logarithmic axes where asked for, that hold every figure above zero", () => {
    const cells = summaries(machines, { members: "1..4" }, ({ parameters }) =>
      parameters["members"] === 4 ? { mean: 0, low: 0, high: 0 } : {},
    );
    const chart: Chart = line({ x: "members", y: "unavailability", log: "y" });
    const { encoding, data } = specification(machines, chart, cells);
    assert.equal(encoding.y.scale["type"], "log");
    const [bottom, top] = encoding.y.scale["domain"] as [number, number];
    for (const { y, low, high } of data.values) {
      assert(bottom <= (y as number) && (y as number) <= top);
      if (low !== undefined) assert(bottom <= (low as number) && (high as number) <= top);
    }
    assert.equal(specification(machines, { ...chart, log: "xy" }, cells).encoding.x.scale["type"], "log");
  });
});

describe("figures that say little or have no place", () => {
  const chart: Chart = line({ x: "members", y: "unavailability", log: "y" });
  const changed = (members: number, figures: Partial<MeasureSummary>): CellSummary[] =>
    summaries(machines, { members: "1..4" }, ({ parameters }) => (parameters["members"] === members ? figures : {}));
  const drawn = (wanted: Chart, cells: readonly CellSummary[], x: number): Record<string, unknown> =>
    specification(machines, wanted, cells).data.values.find(
      (value) => value["x"] === x && value["figure"] !== "closed form",
    )!;

  it("have no interval if the whole range of a share is theirs", () => {
    const scant = { low: 0, high: 1, events: 1.5, converged: false };
    const point = drawn(chart, changed(3, scant), 3);
    assert.equal(point["figure"], "not enough data");
    assert.ok(!("low" in point) && !("high" in point));
    const some = drawn(chart, changed(3, { ...scant, high: 0.5 }), 3);
    assert.deepEqual([some["figure"], some["high"]], ["not enough data", 0.5]);
    const enough = drawn(chart, changed(3, { events: 7, converged: false }), 3);
    assert.equal(enough["figure"], "not converged");
    const { encoding } = specification(machines, chart, changed(3, scant));
    assert.ok((encoding.y.scale["domain"] as number[])[1]! < 1, "such a cell does not stretch the axis");
  });

  it("are shown at the edge of a logarithmic axis that has no place for 0", () => {
    for (const [figures, high] of [
      [{ mean: 0, low: 0, high: 0 }, undefined],
      [{ mean: 0, low: -1, high: 0.3 }, 0.3],
    ] as const) {
      const cells = changed(4, figures);
      const point = drawn(chart, cells, 4);
      const [bottom] = specification(machines, chart, cells).encoding.y.scale["domain"] as [number];
      assert.deepEqual([point["figure"], point["y"], point["high"]], ["0, below the axis", bottom, high]);
    }
  });

  it("make the axis linear if they are negative", () => {
    const { encoding } = specification(machines, chart, changed(4, { mean: -1, low: -2, high: 0 }));
    assert.equal(encoding.y.scale["type"], undefined);
  });

  it("have a place of their own on a logarithmic axis of a parameter that may be 0", () => {
    const cells = summaries(roundTrips, { members: 2, loss: "0,0.01,0.1" });
    const { encoding } = specification(roundTrips, line({ x: "loss", y: "latency", log: "x" }), cells);
    assert.equal(encoding.x.scale["type"], "symlog");
    assert.equal(encoding.x.scale["constant"], 0.01);
    assert.equal(encoding.x.axis.title, "loss, logarithmic but for 0");
  });
});

describe("a chart in grey", () => {
  it("has no colours, and a shape and a dash for each series", async () => {
    const cells = summaries(roundTrips, { members: "1..3", collator: "unanimous,first-come,majority" });
    const svg = await toSvg(specificationOf(roundTrips, { ...byCollator, grey: true }, cells));
    const colours = new Set([...svg.matchAll(/#[0-9a-f]{3,6}\b|rgb\([^)]*\)/gi)].map(([colour]) => colour));
    for (const colour of colours) {
      const parts = colour.startsWith("#")
        ? colour.slice(1).match(colour.length === 4 ? /./g : /../g)!
        : colour.match(/\d+/g)!;
      assert.equal(new Set(parts).size, 1, colour);
    }
    const dashes = new Set([...svg.matchAll(/stroke-dasharray="([^"]*)"/g)].map(([, dash]) => dash));
    assert.equal(dashes.size, 3);
    assert.equal(svg.match(/>unanimous</g)!.length, 1, "one legend");
    const inColour = await toSvg(specificationOf(roundTrips, byCollator, cells));
    assert.ok(/#0072B2/i.test(inColour) && !/#0072B2/i.test(svg));
  });
});

describe("which charts are drawn", () => {
  const names = (experiment: typeof machines | typeof roundTrips, setting: object): unknown[] =>
    chartsOf(experiment, summaries(experiment, setting)).map((chart) => {
      return chart.type === "line" ? [chart.x, chart.y, chart.by, chart.log] : [];
    });

  it("those whose horizontal axis varies, or all where nothing varies", () => {
    assert.deepEqual(names(machines, { members: "1..3", replacement: "1m,2m" }), [
      ["members", "unavailability", "replacement", "y"],
    ]);
    assert.deepEqual(names(machines, {}), [["members", "unavailability", "replacement", "y"]]);
  });

  it("of one name, those whose lines and panels take the most of what varies", () => {
    const [byLoss, byCollator, byTrip] = (["loss", "collator", "roundTrip"] as const).map((facet) =>
      line({ x: "members", y: "latency", by: "collator", ...(facet === "collator" ? {} : { facet }) }),
    );
    const own = { ...roundTrips, charts: [byCollator!, byTrip!, byLoss!] };
    const of = (setting: object) => chartsOf(own, summaries(own, { members: "1,2", ...setting }));
    assert.deepEqual(of({ collator: "unanimous,majority" }), [byCollator]);
    assert.deepEqual(of({}), [byCollator]);
    assert.deepEqual(of({ loss: "0,0.1" }), [byLoss]);
    assert.deepEqual(of({ loss: "0,0.1", roundTrip: "5ms,6ms" }), [byTrip, byLoss]);
    assert.deepEqual(chartNames([byTrip!, byLoss!]), ["latency-by-members", "latency-by-members-2"]);
  });

  it("else the same measures against what varies", () => {
    assert.deepEqual(names(machines, { lifetime: "1h,2h" }), [["lifetime", "unavailability", undefined, "y"]]);
    assert.deepEqual(names(roundTrips, { collator: "unanimous,majority", loss: "0,0.1" }), [
      ["loss", "latency", "collator", undefined],
    ]);
    assert.deepEqual(names({ ...machines, charts: [] }, { lifetime: "1h,2h" }), [
      ["lifetime", "unavailability", undefined, undefined],
      ["lifetime", "failures", undefined, undefined],
    ]);
  });
});

describe("drawing", () => {
  const spec = () =>
    specificationOf(roundTrips, byCollator, summaries(roundTrips, { members: "1..3", collator: "unanimous,majority" }));

  it("gives the same bytes each time, with title and axes", async () => {
    const [first, second] = [await toSvg(spec()), await toSvg(spec())];
    assert.equal(first, second);
    for (const text of [
      "What does waiting for all replies cost?",
      "latency (ms)",
      "members",
      "closed form",
      "majority",
    ]) {
      assert(first.includes(text), text);
    }
    assert(Buffer.from(await toPng(first)).equals(Buffer.from(await toPng(second))));
  });

  it("has its text in the PNG too", async () => {
    const svg = await toSvg(spec());
    const [withText, without] = await Promise.all([toPng(svg), toPng(svg.replaceAll(/>[^<>]+<\/text>/g, "></text>"))]);
    assert.deepEqual([...withText.subarray(1, 4)], [...Buffer.from("PNG")]);
    assert(withText.length > without.length * 1.2, `${withText.length} against ${without.length} bytes`);
  });
});

describe("the width of text", () => {
  it("comes from the font", () => {
    const [regular, bold] = fontFiles.map(measure);
    // Advance widths of DejaVu Sans in units of 1/2048 em: i 569, W 2025, space 651, middle dot 651; bold i 702.
    assert.equal(regular!("i", 2048), 569);
    assert.equal(regular!("W i", 2048), 2025 + 651 + 569);
    assert.equal(regular!("·", 2048), 651);
    assert.equal(bold!("i", 2048), 702);
    assert.equal(regular!("\u{10FFFF}", 2048), regular!("\u{10FFFE}", 2048));
    assert.equal(regular!("", 12), 0);
  });
});
