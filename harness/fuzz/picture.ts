/** A failing schedule as a picture: the space-time diagram of its run, with the violating events marked. */
import { run } from "../../search/run.ts";
import type { CallName, Violation } from "../../search/judge.ts";
import type { Schedule } from "../../search/schedule.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import { spaceTimeSvg } from "../traces/space-time.ts";
import type { Mark } from "../traces/view.ts";

/** Violations that are marked. */
const most = 3;

function isOf({ event }: StampedEvent, { thread, path }: CallName): boolean {
  if (event.type !== "call" && event.type !== "execute") return false;
  return event.thread === thread && (event.path === path || event.path.startsWith(`${path}.`));
}

/** Where in the trace a violation shows: the calls that it is about, or what happened at its time. */
function markOf({ checker, time, sentence, calls }: Violation, trace: readonly StampedEvent[]): Mark {
  const marked = trace.flatMap((stamped, place) => (calls.some((call) => isOf(stamped, call)) ? [place] : []));
  const mark = { time, sentence: `${checker}: ${sentence}` };
  return marked.length === 0 ? mark : { ...mark, events: marked };
}

/** The diagram of the schedule's run, as SVG. */
export async function picture(schedule: Schedule, title: string): Promise<string> {
  const trace: StampedEvent[] = [];
  const { violations } = await run(schedule, (event) => trace.push(event));
  return spaceTimeSvg(
    trace,
    violations.slice(0, most).map((violation) => markOf(violation, trace)),
    title,
  );
}
