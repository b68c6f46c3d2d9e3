/** `troupe trace FILE|DIR`: views of one run, for people and for the tools of the field. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Argv } from "yargs";
import { didYouMean } from "../../languages/nearest.ts";
import { parseDuration } from "../../languages/durations.ts";
import { BadData } from "../../sim/bad-data.ts";
import { firstDifference } from "../../sim/trace-file.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import { packageRoot } from "../package-root.ts";
import { makeDirectory, writeWhole } from "../store/directory.ts";
import { chromeTrace } from "../traces/chrome.ts";
import { firstDivergence } from "../traces/divergence.ts";
import { tracePage } from "../traces/page.ts";
import { pcapngOf } from "../traces/pcapng.ts";
import { around, rowsFrom, selected, writtenItems, type Filter } from "../traces/select.ts";
import { shivizLog } from "../traces/shiviz.ts";
import { drawn } from "../traces/space-time.ts";
import { timeText } from "../traces/texts.ts";
import type { Mark, TraceView } from "../traces/view.ts";
import { readTraced } from "./read-trace.ts";
import { whichOptions } from "./replay.ts";
import { quoted } from "../report/quoted.ts";
import { isGiven, numberOf, refuseUnknown, textOf, textsOf, type Words } from "./words.ts";

const endings = {
  html: ".html",
  svg: ".svg",
  perfetto: ".perfetto.json",
  shiviz: ".shiviz.log",
  pcapng: ".pcapng",
} as const;

/** More rows make no picture, but a wall. */
const mostRows = 600;

type Form = keyof typeof endings;
const forms = Object.keys(endings) as Form[];

const options = {
  as: {
    type: "string",
    describe: `what to make, a list: ${forms.join(", ")}`,
    defaultDescription: "html",
  },
  machine: { type: "string", describe: "svg, shiviz: only this machine; may be given several times" },
  thread: { type: "string", describe: "svg, shiviz: only this thread (769.1.1); may be given several times" },
  from: { type: "string", describe: "svg, shiviz: from this simulated time on: 12ms, 1h" },
  until: { type: "string", describe: "up to this simulated time" },
  all: { type: "boolean", describe: "svg, shiviz: acknowledgements, probes and repetitions too" },
  world: {
    type: "string",
    describe: "of a replication that makes several worlds, which (from 0)",
    defaultDescription: "0",
  },
  ...whichOptions,
  against: { type: "string", describe: "html, svg: another trace; the first event that differs is marked" },
  divergence: { type: "boolean", describe: "svg: mark the first place where members of a troupe differ" },
  out: { type: "string", describe: "directory to write into", defaultDescription: "that of the trace" },
  overwrite: { type: "boolean", describe: "write views that are there already" },
} as const;

export function declareTrace(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 trace FILE|DIR\n\nMakes views of a trace: of a file that --events or troupe replay --trace has written, or of a replication of the run in a directory, which is run again. docs/traces.md tells about the views.",
    )
    .positional("trace", { describe: "a trace, or the directory of a run", type: "string" })
    .options(options)
    .example("$0 trace run.jsonl", "run.html, a space-time diagram that one can search")
    .example("$0 trace run.jsonl --as svg --from 100ms --until 200ms", "a picture of a part")
    .example("$0 trace run.jsonl --as perfetto,pcapng", "for https://ui.perfetto.dev, and for Wireshark")
    .example("$0 trace out/availability --cell 1 --replication 7", "of a replication of a run");
}

function formsOf(words: Words): Form[] {
  const names = (textOf(words, "as") ?? "html").split(",").map((name) => name.trim());
  return names.map((name) => {
    const form = forms.find((each) => each === name);
    if (form !== undefined) return form;
    throw new BadData(`--as takes a list of ${forms.join(", ")}, not "${name}".${didYouMean(name, forms)}`);
  });
}

/** A time from the beginning, in ms. */
function timeOf(words: Words, name: string): number | undefined {
  const text = textOf(words, name);
  if (text === undefined) return undefined;
  const time = parseDuration(text);
  if (time !== undefined) return time;
  throw new BadData(`--${name} takes a time from the beginning, such as 0s, 250ms or 1h, not "${text}".`);
}

/** The first event that is not as in another trace, as a mark. */
function differenceMark(
  events: readonly StampedEvent[],
  others: readonly StampedEvent[],
  view: TraceView,
  other: string,
): Mark {
  const difference = firstDifference(events, others);
  if (difference === undefined) throw new BadData(`--against ${other}: there is no difference.`);
  const { index, second } = difference;
  const told = (event: StampedEvent): string =>
    `${event.event.type} of ${event.machine || "the network"} at ${timeText(event.time)}`;
  const event = Math.min(index, events.length - 1);
  const here = index < events.length ? `Event ${index} is the first that differs` : `All ${index} events are as`;
  const there = second === undefined ? "ends there" : `has ${told(second)}`;
  const sentence =
    index < events.length
      ? `${here}: ${told(events[index]!)}, where ${other} ${there}.`
      : `${here} in ${other}, which then ${there}.`;
  return { time: view.items[event]!.time, sentence, events: [event] };
}

/** @throws BadData for a name that the trace does not have. */
function known(words: Words, name: string, names: readonly string[]): string[] | undefined {
  const given = textsOf(words, name);
  for (const text of given) {
    if (names.includes(text)) continue;
    const hint =
      didYouMean(text, names) || ` It has ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", ..." : ""}.`;
    throw new BadData(`--${name} ${text}: the trace has no such ${name}.${hint}`);
  }
  return given.length === 0 ? undefined : given;
}

function filterOf(words: Words, view: TraceView): Filter {
  const machines = known(words, "machine", view.machines);
  const threads = known(words, "thread", Object.keys(view.threads));
  const [from, until] = [timeOf(words, "from"), timeOf(words, "until")];
  if (from !== undefined && from >= (until ?? Infinity))
    throw new BadData(`--from ${textOf(words, "from")} is not before --until ${textOf(words, "until")}.`);
  const last = view.items.at(-1)?.time ?? 0;
  if (from !== undefined && from > last)
    throw new BadData(`--from ${textOf(words, "from")}: the trace ends at ${timeText(last)}.`);
  return {
    ...(machines === undefined ? {} : { machines }),
    ...(threads === undefined ? {} : { threads }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    all: isGiven(words, "all"),
  };
}

export async function traceCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, ["trace", ...Object.keys(options), "help", "version"]);
  const path = textOf(words, "trace");
  if (path === undefined) throw new BadData("name a trace: troupe trace FILE, or the directory of a run.");
  const wanted = formsOf(words);
  const window = { world: numberOf(words, "world", 0) ?? 0, until: timeOf(words, "until") ?? Infinity };
  const { events, view, base, failure, remarks } = await readTraced(path, words, window);
  const against = textOf(words, "against");
  const marks = [
    ...(failure === undefined ? [] : [failure]),
    ...(against === undefined
      ? []
      : [differenceMark(events, (await readTraced(against, {}, window)).events, view, against)]),
  ];
  const divergence = firstDivergence(view);
  const pointed = isGiven(words, "divergence") && divergence !== undefined ? [...marks, divergence] : marks;
  const wholeSelection = selected(view, filterOf(words, view));
  const isWhole = writtenItems(view, wholeSelection).length <= mostRows;
  const selection = rowsFrom(view, wholeSelection, 0, mostRows);
  const directory = textOf(words, "out") ?? dirname(base);
  const name = basename(base);
  const remark = remarks.join(" ");
  const makers: Record<Form, () => string | Uint8Array | Promise<string>> = {
    html: () => tracePage(view, marks, name, remark),
    svg: () => drawn(view, pointed.length > 0 ? around(view, pointed) : selection, pointed, name, remark),
    perfetto: () => chromeTrace(view),
    shiviz: () => shivizLog(view, selection),
    pcapng: () => pcapngOf(events, path),
  };
  const files = new Map<string, string | Uint8Array>();
  for (const form of wanted) {
    const file = `${name}${endings[form]}`;
    if (!isGiven(words, "overwrite") && existsSync(join(directory, file)))
      throw new BadData(`${join(directory, file)} is there already: --overwrite writes it anew, --out elsewhere.`);
    files.set(file, await makers[form]());
  }
  makeDirectory(directory);
  for (const [file, content] of files) writeWhole(directory, file, content);
  const notes = [
    ...remarks,
    ...marks.map(({ sentence }) => sentence),
    ...(divergence === undefined ? [] : [divergence.sentence]),
    ...(isWhole || pointed.length > 0 || !wanted.includes("svg")
      ? []
      : ["The diagram has only the beginning: --from, --until, --thread and --machine choose."]),
    `Written to ${directory}: ${[...files.keys()].join(", ")}`,
  ];
  if (wanted.includes("pcapng")) {
    const capture = quoted(join(directory, `${name}${endings.pcapng}`));
    notes.push(`To see the messages: wireshark -X lua_script:${quoted(dissector)} ${capture}`);
  }
  process.stdout.write(`${notes.join("\n")}\n`);
}

const dissector = `${packageRoot}harness/traces/troupe.lua`;
