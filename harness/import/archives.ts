/** Logs in the forms of two public archives. */
import type { Milliseconds } from "../../protocols/host.ts";
import { BadData } from "../../sim/bad-data.ts";
import { readRecords, Row, type TableRecord } from "../../sim/csv.ts";
import { Nodes, type Log, type LoggedOutage } from "./log.ts";

const ftaColumns = [
  "event_id",
  "component_id",
  "node_id",
  "platform_id",
  "node_name",
  "event_type",
  "event_start_time",
  "event_stop_time",
  "event_end_reason",
];

/** Whether the first line shows an `event_trace.tab` of the Failure Trace Archive. */
export function isFta(text: string): boolean {
  const [first = ""] = text.split(/\r?\n/, 1);
  const names = first.replace(/^#/, "").trim().split(/\s+/);
  return ["node_id", "event_type", "event_start_time", "event_stop_time"].every((name) => names.includes(name));
}

/** Fields are separated by tabs. In copies that are padded for reading, any white space separates fields. */
function ftaRecords(text: string, file: string): TableRecord[] {
  const byTabs = readRecords(text.replace(/^#\s*/, ""), file, "\t");
  if (byTabs[0]?.fields.length === ftaColumns.length) return byTabs;
  const lines = text.replace(/^#/, "").split(/\r?\n/);
  return lines.flatMap((content, i) =>
    content.trim() === "" ? [] : [{ line: i + 1, fields: content.trim().split(/\s+/) }],
  );
}

/**
 * Reads an `event_trace.tab` of the Failure Trace Archive (D. Kondo, B. Javadi, A. Iosup, D. Epema, CCGrid 2010): tabs,
 * seconds since 1970. Events of type 0 are outages. Events of type 1 are times up. The reason of a time up is the cause
 * of the next outage. The key of a node is its number, since names are not unique.
 */
export function readFta(text: string, file: string): Log {
  const records = ftaRecords(text, file);
  const first = records[0]?.fields ?? [];
  const isNamed = first.includes("event_type");
  const columns = isNamed ? first : ftaColumns;
  const nodes = new Nodes();
  const outages: (Omit<LoggedOutage, "cause"> & { readonly row: Row })[] = [];
  const reasons = new Map<string, string>();
  let [others, uptimes] = [0, 0];
  for (const { line, fields } of records.slice(isNamed ? 1 : 0)) {
    if (fields[0]?.startsWith("#") === true) continue;
    if (fields.length !== columns.length) {
      throw new BadData(
        `${file}, line ${line}: ${fields.length} fields; expected ${columns.length}, ${columns.join(", ")}.`,
      );
    }
    const row = new Row(file, line, columns, fields);
    const node = row.read("node_id", "the number of a node", (id) => (id === "" ? undefined : id));
    const system = row.text("platform_id");
    nodes.add(system, node, `${file}, line ${line}`);
    const type = row.read("event_type", "a type of event, 0 (down) or 1 (up)", (digits) =>
      /^\d+$/.test(digits) ? digits : undefined,
    );
    const failed = row.read("event_start_time", "a number of seconds", secondsOf);
    const stop = row.text("event_stop_time");
    const repaired = /^(null|)$/i.test(stop)
      ? undefined
      : row.read("event_stop_time", "a number of seconds", secondsOf);
    if (repaired !== undefined && repaired < failed) {
      throw row.bad(
        "event_stop_time",
        `${stop} is before ${row.text("event_start_time")}; expected it to be no earlier`,
      );
    }
    if (type === "1") {
      uptimes++;
      reasons.set(JSON.stringify([system, node, repaired]), row.text("event_end_reason"));
    } else if (type === "0") outages.push({ system, node, failed, repaired, line, row });
    else others++;
  }
  const remarks = [`${uptimes} times up only tell causes.`];
  if (others > 0)
    remarks.push(`${others} events are neither outages (type 0) nor times up (type 1), and are left out.`);
  const systems = new Set(nodes.all().map(({ system }) => system));
  const name = systems.size === 1 ? (): string => "" : (system: string): string => system;
  const named = new Nodes();
  for (const { system, node } of nodes.all()) named.add(name(system), node, file);
  return {
    form: "Failure Trace Archive, event_trace.tab",
    outages: outages.map(({ system, node, failed, repaired, line }) => {
      const cause = reasons.get(JSON.stringify([system, node, failed])) ?? "";
      return { system: name(system), node, cause: /^null$/i.test(cause) ? "" : cause, failed, repaired, line };
    }),
    nodes: named,
    isInventory: false,
    remarks,
  };
}

function secondsOf(text: string): Milliseconds | undefined {
  return /^[+-]?\d+(\.\d+)?(e\+?\d+)?$/i.test(text) ? Math.round(Number(text) * 1000) : undefined;
}

/**
 * Reads an availability trace of the "avt" kind (P. B. Godfrey's Repository of Availability Traces). The line of a node
 * has its name, the number of times up, and the beginning and end of each, in seconds. The trace names all nodes. It
 * lasts from its first to its last event, and a node is down when it is not up. Nodes that were never up do not belong
 * to the trace, as in the archive's own tools.
 */
export function readAvt(text: string, file: string): Log {
  const nodes = new Nodes();
  const lines: { readonly node: string; readonly events: readonly Milliseconds[]; readonly line: number }[] = [];
  let neverUp = 0;
  for (const [i, content] of text.split(/\r?\n/).entries()) {
    const line = i + 1;
    if (/^\s*(#|$)/.test(content)) continue;
    const where = `${file}, line ${line}`;
    const [node = "", count = "", ...numbers] = content.trim().split(/\s+/);
    if (!/^\d+$/.test(count)) throw new BadData(`${where}: "${count}" is not how many times "${node}" was up.`);
    if (numbers.length !== 2 * Number(count)) {
      throw new BadData(
        `${where}: ${numbers.length} times; expected ${2 * Number(count)}, beginnings and ends of ${count} times up.`,
      );
    }
    const events = numbers.map((number) => {
      const time = secondsOf(number);
      if (time === undefined) throw new BadData(`${where}: "${number}" is not a number of seconds.`);
      return time;
    });
    const back = events.findIndex((time, at) => at > 0 && time < events[at - 1]!);
    if (back >= 0)
      throw new BadData(`${where}: ${numbers[back]!} comes after ${numbers[back - 1]!}; expected times in order.`);
    if (nodes.has("", node))
      throw new BadData(`${where}: node "${node}" has a line already; expected one for each node.`);
    if (events.every((time, at) => at % 2 === 0 || time === events[at - 1])) {
      neverUp++;
      continue;
    }
    nodes.add("", node, where);
    lines.push({ node, events, line });
  }
  const from = lines.reduce((least, { events }) => Math.min(least, events[0]!), Infinity);
  const until = lines.reduce((most, { events }) => Math.max(most, events.at(-1)!), -Infinity);
  const outages = lines.flatMap(({ node, events, line }) => {
    const bounds = [from, ...events, until];
    const downs: LoggedOutage[] = [];
    for (let at = 0; at < bounds.length; at += 2) {
      const [failed, repaired] = [bounds[at]!, bounds[at + 1]!];
      if (repaired > failed) downs.push({ system: "", node, cause: "", failed, repaired, line });
    }
    return downs;
  });
  const remarks = neverUp > 0 ? [`${neverUp} nodes that never were up are left out.`] : [];
  return { form: "availability trace (avt)", outages, nodes, isInventory: true, window: { from, until }, remarks };
}
