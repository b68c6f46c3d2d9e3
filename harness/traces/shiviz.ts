/**
 * Part of a trace as a log for ShiViz (https://bestchai.bitbucket.io/shiviz/): two lines for each event, what it is and
 * then its machine with its vector clock, as ShiViz's own expression expects: (?<event>.*)\n(?<host>\S*)
 * (?<clock>{.*}). ShiViz takes the first two lines of a file for expressions, of which blank ones mean its own.
 *
 * The clocks are those of what is drawn alone: ShiViz takes no log in which a machine's clock does not begin at 1, or
 * names a machine without events. ShiViz draws an arrow where the receiver learns of something new, so that an
 * overtaken message has none.
 */
import type { Selection } from "./heights.ts";
import type { TraceView } from "./view.ts";

/** Names without blanks. */
function hostNames(machines: readonly string[]): string[] {
  const names: string[] = [];
  for (const machine of machines) {
    const plain = machine.replaceAll(/\s+/g, "_");
    let name = plain;
    for (let i = 2; names.includes(name); i++) name = `${plain}_${i}`;
    names.push(name);
  }
  return names;
}

export function shivizLog(view: TraceView, { items, arrows }: Selection): string {
  const hosts = hostNames(view.machines);
  const sender = new Map(arrows.filter(({ lost }) => lost === undefined).map(({ from, to }) => [to, from]));
  const told = new Map<number, string>();
  for (const { from, text, machine, lost } of arrows) {
    const what = `sends ${text} to ${view.machines[machine] ?? "nobody"}${lost === undefined ? "" : " (lost)"}`;
    told.set(from, told.has(from) ? `${told.get(from)}; ${what}` : what);
  }
  const lost = new Set(arrows.filter((arrow) => arrow.lost !== undefined).map(({ to }) => to));
  const now: Record<string, number>[] = hosts.map(() => ({}));
  const clocks = new Map<number, Record<string, number>>();
  const lines: string[] = [];
  for (const at of items) {
    const { machine, text, type } = view.items[at]!;
    // A loss happens at no machine, and a partition at all of them.
    if (machine < 0 || lost.has(at)) continue;
    const host = hosts[machine]!;
    const clock = now[machine]!;
    clock[host] = (clock[host] ?? 0) + 1;
    const from = sender.get(at);
    for (const [other, count] of Object.entries((from === undefined ? undefined : clocks.get(from)) ?? {})) {
      clock[other] = Math.max(clock[other] ?? 0, count);
    }
    clocks.set(at, { ...clock });
    const what = [text, told.get(at)].filter((part) => part !== undefined && part !== "").join("; ");
    lines.push((what || type).replaceAll(/\s+/g, " "), `${host} ${JSON.stringify(clock)}`);
  }
  return `\n\n${lines.join("\n")}\n`;
}
