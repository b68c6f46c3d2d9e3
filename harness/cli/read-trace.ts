/**
 * Reads what `troupe trace` and `troupe report --trace` show: a trace in a file, or a replication that is run again.
 */
import { statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { BadData } from "../../sim/bad-data.ts";
import { parseTrace } from "../../sim/trace-file.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import { thrownOf } from "../plan/failure.ts";
import { plural } from "../report/elements.ts";
import { replay } from "../run/replay.ts";
import { readNamed, systemReason } from "../store/directory.ts";
import { readFinished } from "../store/finished.ts";
import { Collection, mostEvents, type Window } from "../traces/collect.ts";
import { readTrace } from "../traces/read.ts";
import type { Mark, TraceView } from "../traces/view.ts";
import { failedIn, whichOf } from "./replay.ts";
import { ended } from "./run.ts";
import { textOf, type Words } from "./words.ts";

export interface Traced {
  readonly events: readonly StampedEvent[];
  readonly view: TraceView;
  /** Why the replication failed, at the end of the trace, if it did. */
  readonly failure: Mark | undefined;
  /** What the trace is of, for people. */
  readonly name: string;
  /** The path of its views, without an ending. */
  readonly base: string;
  /** What of the run the trace does not tell, in sentences. */
  readonly remarks: readonly string[];
}

interface Collected extends Pick<Traced, "name" | "base"> {
  /** Why the replication failed, if it did. */
  readonly failed?: string;
  readonly isCut?: boolean;
}

/** @throws BadData if the file cannot be read or is no trace. */
function collectFile(path: string, collection: Collection): Collected {
  const { events, isWhole } = parseTrace(readNamed(path), path);
  for (const event of events) collection.listener(event);
  return { name: path, base: join(dirname(path), basename(path, extname(path))), isCut: !isWhole };
}

/** Runs the replication again that the words choose. One that fails is shown all the more. */
async function collectReplay(directory: string, words: Words, { listener }: Collection): Promise<Collected> {
  const finished = await readFinished(directory);
  const which = whichOf(words, finished);
  const of = {
    name: `replication ${which.replication} of cell ${which.cell} of ${directory}`,
    base: join(directory, `trace-${which.cell}-${which.replication}`),
  };
  try {
    await ended(replay(finished, which, listener), failedIn(finished, which));
    return of;
  } catch (error) {
    return { ...of, failed: thrownOf(error).message.split("\n")[0]! };
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new BadData(
      `${path}: ${systemReason(error)?.replace("directory", "file or directory") ?? "it cannot be read"}.`,
    );
  }
}

/** Where a trace ends that ends with a failure. */
function failureMark({ items }: TraceView, message: string): Mark {
  const { time, event } = items.findLast(({ text }) => text !== "") ?? items.at(-1)!;
  return { time, sentence: `The replication fails: ${message}.`, events: [event] };
}

/**
 * Reads a trace. `--cell` and `--replication` among the words choose a replication of a directory; without them it is
 * the first that failed, or else the first.
 *
 * @throws BadData if there is nothing to show.
 */
export async function readTraced(path: string, words: Words, window: Window): Promise<Traced> {
  const collection = new Collection(window);
  const ofRun = isDirectory(path);
  for (const name of ["cell", "replication"]) {
    if (!ofRun && textOf(words, name) !== undefined)
      throw new BadData(`--${name} goes with the directory of a run, not with ${path}.`);
  }
  const collected = ofRun ? await collectReplay(path, words, collection) : collectFile(path, collection);
  const { events, worlds, isFull } = collection;
  if (events.length === 0) {
    const why = worlds <= window.world ? `it has ${plural(worlds, "world", "worlds")}` : "nothing happens by then";
    throw new BadData(`${path}: there is nothing to show: ${why}.`);
  }
  const view = readTrace(events);
  const { name, base, failed, isCut = false } = collected;
  const cut = `${basename(path)} has no last line: it was cut, or its process was killed. More may have happened.`;
  return {
    events,
    view,
    name,
    base,
    failure: failed === undefined ? undefined : failureMark(view, failed),
    remarks: [
      ...(isCut ? [cut] : []),
      ...(isFull ? [`Only the first ${mostEvents} events are taken.`] : []),
      ...(worlds > 1 ? [`This is world ${window.world} of ${worlds}, counted from 0.`] : []),
    ],
  };
}
