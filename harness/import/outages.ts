/**
 * Makes a recording from a log: applies inventory and window, and treats overlapping and unfinished outages. A summary
 * states the effect of each treatment on availability.
 */
import { stringify } from "csv-stringify/sync";
import type { Milliseconds } from "../../protocols/host.ts";
import { BadData } from "../../sim/bad-data.ts";
import { merged, ObservedOutages } from "../../sim/machine/outages.ts";
import { levels, parseRecording } from "../../sim/machine/recording.ts";
import { inYear } from "../../languages/durations.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { doubtsOf, downtimes } from "../observations.ts";
import type { Log, LoggedOutage, Nodes } from "./log.ts";
import { writeTime } from "./times.ts";

/** Facts besides the log. */
export interface Surroundings {
  /** All nodes of the system, by name or by number. Left out: unknown, unless the log names all nodes. */
  readonly inventory?: Nodes | number;
  readonly from?: Milliseconds;
  readonly until?: Milliseconds;
}

export interface Imported {
  /** The recording, in the form that `--trace` takes. */
  readonly csv: string;
  /** The summary of the recording, by lines. */
  readonly summary: readonly string[];
}

const year = 366 * 24 * 3_600_000;

/**
 * All nodes: those of the inventory, or else those that the log names.
 * @throws BadData if log and inventory contradict each other
 */
function nodesOf(log: Log, inventory: Surroundings["inventory"], file: string): { nodes: Nodes; isInventory: boolean } {
  const { nodes } = log;
  if (inventory === undefined) return { nodes, isInventory: log.isInventory };
  const named = nodes.all();
  if (typeof inventory === "number") {
    const systems = new Set(named.map(({ system }) => system));
    if (systems.size > 1) {
      const names = [...systems].join(", ");
      throw new BadData(
        `--nodes ${inventory}: ${file} has several systems (${names}); expected a table of their nodes.`,
      );
    }
    if (inventory < named.length) {
      throw new BadData(`--nodes ${inventory}: ${file} names ${named.length} nodes; expected at least as many.`);
    }
    const [system = ""] = systems;
    for (let i = 1, more = inventory - named.length; more > 0; i++) {
      if (nodes.has(system, `without outage ${i}`)) continue;
      nodes.add(system, `without outage ${i}`, `--nodes ${inventory}`);
      more--;
    }
    return { nodes, isInventory: true };
  }
  for (const { line, system, node } of log.outages) {
    if (inventory.has(system, node)) continue;
    const names = inventory.all().map((each) => each.node);
    const of = system === "" ? "" : ` of system "${system}"`;
    const elsewhere = inventory.all().find((each) => each.node === node);
    const hint =
      elsewhere === undefined
        ? didYouMean(node, names)
        : ` It has one of ${elsewhere.system === "" ? "no system" : `system "${elsewhere.system}"`}: --columns system=NAME says where the log names systems.`;
    throw new BadData(`${file}, line ${line}: node "${node}"${of} is not in the inventory.${hint}`);
  }
  for (const { system, node } of named) {
    inventory.add(system, node, file, (level) => nodes.place(system, node, level));
  }
  return { nodes: inventory, isInventory: true };
}

/** The outages that touch the observation. An outage without an end gets the end of the observation. */
function closed(log: Log, from: Milliseconds | undefined, until: Milliseconds | undefined, file: string) {
  const open = log.outages.find(({ repaired }) => repaired === undefined);
  if (open !== undefined && until === undefined) {
    throw new BadData(
      `${file}, line ${open.line}: the outage of node "${open.node}" has no end; --until says when the observation ended.`,
    );
  }
  const last = log.outages.reduce((most, { failed }) => Math.max(most, failed), -Infinity);
  const counts = { open: 0, cut: 0, outside: 0, empty: 0 };
  const kept: (LoggedOutage & { readonly repaired: Milliseconds })[] = [];
  for (const outage of log.outages) {
    const { failed, line } = outage;
    if (until === undefined && outage.repaired! > last + year) {
      throw new BadData(
        `${file}, line ${line}: the outage ends ${writeTime(outage.repaired!)}, more than a year after the last failure of the log. ` +
          "If it was not over, --until says when the observation ended.",
      );
    }
    if (failed > (until ?? Infinity) || (outage.repaired ?? Infinity) < (from ?? -Infinity)) {
      counts.outside++;
      continue;
    }
    const repaired = outage.repaired ?? until!;
    if (outage.repaired === undefined) counts.open++;
    else if (failed < (from ?? -Infinity) || repaired > (until ?? Infinity)) counts.cut++;
    if (repaired === failed) counts.empty++;
    kept.push({ ...outage, repaired });
  }
  return { kept, counts };
}

type Span = { readonly failed: Milliseconds; readonly repaired: Milliseconds; readonly cause: string };

/** The outages of one node in order. Outages that touch or overlap are merged, with the cause of the first. */
function spansOf(outages: readonly Span[]): Span[] {
  const inOrder = outages.toSorted((a, b) => a.failed - b.failed);
  return merged(inOrder.map(({ failed, repaired }) => ({ from: failed, to: repaired }))).map(({ from, to }) => {
    return { failed: from, repaired: to, cause: inOrder.find(({ failed }) => failed === from)!.cause };
  });
}

/**
 * Makes a recording of a log. `file` is for messages.
 * @throws BadData naming the line
 */
export function importOutages(log: Log, { inventory, ...given }: Surroundings, file: string): Imported {
  const from = given.from ?? log.window?.from;
  const until = given.until ?? log.window?.until;
  if (from !== undefined && until !== undefined && from >= until) {
    throw new BadData(`the observation begins ${writeTime(from)} and ends ${writeTime(until)}; expected a later end.`);
  }
  const { nodes, isInventory } = nodesOf(log, inventory, file);
  const { kept, counts } = closed(log, from, until, file);
  if (kept.length === 0)
    throw new BadData(`${file}: there is no outage in the time of the observation; expected some.`);
  const byNode = new Map<string, Span[]>();
  for (const outage of kept) {
    const key = JSON.stringify([outage.system, outage.node]);
    const spans = byNode.get(key);
    if (spans === undefined) byNode.set(key, [outage]);
    else spans.push(outage);
  }
  const systems = [...new Set(nodes.all().map(({ system }) => system))];
  const records: Record<string, string>[] = [];
  let mergedAway = 0;
  for (const { system, node } of nodes.all()) {
    const known = {
      system,
      node,
      ...Object.fromEntries(levels.map((level) => [level, nodes.place(system, node, level)])),
      observed_from: from === undefined ? "" : writeTime(from),
      observed_until: until === undefined ? "" : writeTime(until),
    };
    const outages = byNode.get(JSON.stringify([system, node])) ?? [];
    const spans = spansOf(outages);
    mergedAway += outages.length - spans.length;
    if (isInventory) records.push({ ...known, failed: "", repaired: "", cause: "" });
    for (const { failed, repaired, cause } of spans) {
      records.push({ ...known, failed: writeTime(failed), repaired: writeTime(repaired), cause });
    }
  }
  const columns = [
    "system",
    "node",
    ...levels,
    "observed_from",
    "observed_until",
    "failed",
    "repaired",
    "cause",
  ].filter(
    (column) => ["node", "failed", "repaired"].includes(column) || records.some((record) => record[column] !== ""),
  );
  const csv = stringify(records, { header: true, columns });
  const rows = [
    `outages         ${log.outages.length} in the log, ${kept.length - mergedAway} in the recording`,
    ...(counts.outside > 0 ? [`                ${counts.outside} outside the observation, left out`] : []),
    ...(mergedAway > 0 ? [`                ${mergedAway} touch or overlap one before, and are merged with it`] : []),
    ...(counts.empty > 0 ? [`                ${counts.empty} of length zero`] : []),
    ...(counts.open > 0
      ? [`                ${counts.open} not over: censored, their end is that of the observation`]
      : []),
    ...(counts.cut > 0
      ? [`                ${counts.cut} reach beyond the observation, which sees a part of them`]
      : []),
  ];
  const recording = parseRecording(csv, file);
  const summary = [`form            ${log.form}`, ...log.remarks.map((remark) => `                ${remark}`), ...rows];
  for (const system of systems) {
    const failed = recording.outages.some((outage) => outage.system === system);
    if (system !== "") summary.push(`system          ${system}`);
    if (failed) for (const line of summaryOf(new ObservedOutages(recording, { system }))) summary.push(line);
    else summary.push("                no outages");
  }
  return { csv, summary };
}

/** Lines on the nodes, time and unavailability of a system, and on unknown facts. */
function summaryOf(observed: ObservedOutages): string[] {
  const { nodes, duration } = observed;
  const failed = nodes.filter((node) => observed.downtimes(node).length > 0).length;
  const { fraction, outage } = downtimes(observed);
  const days = Number((duration / 86_400_000).toPrecision(4));
  const never = observed.isInventoryKnown
    ? `${nodes.length - failed} never failed`
    : "those that never failed are not known";
  const places = levels.flatMap((level) => {
    const { size } = observed.places(level);
    return size === 0 ? [] : [`${size} ${level}${size === 1 ? "" : "s"}`];
  });
  const share = (value: number): string => Number(value.toPrecision(3)).toString();
  const lines = [
    `nodes           ${failed} failed, ${never}${places.length === 0 ? "" : `; in ${places.join(", ")}`}`,
    `observed        ${days} days${observed.isWindowKnown ? "" : ", from the first failure to the last repair"}`,
    `unavailability  ${share(fraction)} of a node, ${inYear(fraction)} in a year; mean outage ${share(outage / 3_600_000)} h`,
  ];
  if (observed.isInventoryKnown && failed < nodes.length) {
    const times = share(nodes.length / failed);
    lines.push(
      `                ${share((fraction * nodes.length) / failed)} of the nodes that failed alone, ${times} times as much`,
    );
  }
  return [...lines, ...doubtsOf(observed, "none").map((doubt) => `doubt: ${doubt}`)];
}
