/** The clients of a schedule: what each called, and what it was answered. */
import { CallError, RemoteError } from "../protocols/errors.ts";
import type { Milliseconds } from "../protocols/host.ts";
import type { Program } from "../protocols/program/program.ts";
import type { Troupe } from "../protocols/troupe/troupe.ts";
import { collators } from "./collators.ts";
import { Ledger } from "./ledger.ts";
import type { ScheduledCall, ScheduledClient } from "./schedule.ts";

export interface Entry {
  readonly writer: string;
  /** Numbers the calls of a writer, from 1. */
  readonly number: number;
  readonly procedure: ScheduledCall["procedure"];
  readonly begun: Milliseconds;
  /** Infinite while it is under way. */
  done: Milliseconds;
  /** Undefined while it is under way. */
  outcome: "answered" | "failed" | undefined;
  /** Of a failed call: the kind of its error. */
  kind: string;
  /** Of an answered write: how many entries its writer had. */
  count: number;
  /** Of an answered write at an ordered troupe: how many entries the ledger had. */
  place: number | undefined;
}

/** What one life of one member of a client did. */
export class Diary {
  readonly client: ScheduledClient;
  readonly machine: string;
  readonly incarnation: number;
  /** When each call was made, in the order in which they were. */
  readonly entries: Entry[] = [];
  /** What should never happen. */
  readonly problems: string[] = [];
  /** When the machine crashed, which ended the life; infinite if it lives. */
  ended: Milliseconds = Infinity;
  /** Threads that have made all their calls. */
  finished = 0;

  constructor(client: ScheduledClient, machine: string, incarnation: number) {
    this.client = client;
    this.machine = machine;
    this.incarnation = incarnation;
  }

  /** Whether a later life of a replicated client: its calls are refused, since they are those of its first life. */
  get isRefused(): boolean {
    return this.incarnation > 1 && this.client.members.length > 1;
  }

  get name(): string {
    return this.incarnation > 1 ? `${this.machine}, life ${this.incarnation},` : this.machine;
  }
}

function documentOf(number: number, bytes: number): Uint8Array {
  const document = new Uint8Array(bytes);
  for (let i = 0; i < bytes; i++) document[i] = ((i + number) * 7919) >> 3;
  return document;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The kind of an error of a call, also of a call that the callee made in turn; undefined for what is no such error. */
function kindOf(error: unknown): string | undefined {
  if (error instanceof CallError) return error.kind;
  return error instanceof RemoteError && error.name === "CallError" ? `nested: ${error.message}` : undefined;
}

/** Begins the threads of one life of a client's member. `as`: the troupe of a replicated client. */
export function begin(program: Program, client: ScheduledClient, diary: Diary, as?: Troupe): void {
  client.threads.forEach((calls, thread) => {
    const life = diary.incarnation > 1 && as === undefined ? ` life ${diary.incarnation}` : "";
    const writer = `${client.name}.${thread + 1}${life}`;
    program
      .thread(() => work(program, client, diary, writer, calls), as)
      .then(
        () => diary.finished++,
        (error: unknown) => diary.problems.push(`${diary.name} stopped: ${String(error)}`),
      );
  });
}

async function work(
  program: Program,
  client: ScheduledClient,
  diary: Diary,
  writer: string,
  calls: readonly ScheduledCall[],
): Promise<void> {
  const ledger = await bound(program, client);
  for (const [place, { rest, procedure, work, bytes }] of calls.entries()) {
    if (rest > 0) await program.sleep(rest);
    const number = place + 1;
    const document = documentOf(number, bytes);
    const begun = program.host.now();
    const entry: Entry = {
      writer,
      number,
      procedure,
      begun,
      done: Infinity,
      outcome: undefined,
      kind: "",
      count: 0,
      place: undefined,
    };
    diary.entries.push(entry);
    try {
      const receipt = await ledger[procedure](writer, number, work, document);
      entry.outcome = "answered";
      entry.count = receipt.count;
      entry.place = receipt.place;
      if (!isSame(receipt.document, document)) diary.problems.push(`${diary.name} got a damaged document back`);
    } catch (error) {
      entry.outcome = "failed";
      const kind = kindOf(error);
      if (kind === undefined) throw error;
      entry.kind = kind;
    }
    entry.done = program.host.now();
  }
}

/** The stub of the client's callee. Who comes back in the middle of trouble may have to ask again. */
async function bound(program: Program, client: ScheduledClient) {
  for (;;) {
    try {
      return await program.bind(Ledger, client.calls, { collator: collators[client.collator] });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      await program.sleep(300);
    }
  }
}
