/**
 * Randomized schedules of replicated programs on a static binding while the network is cut for up to a minute, and
 * again whole; and what must hold at the end of each, whatever happened:
 *
 * - every call of every process that lives has ended, with an answer or an error;
 * - nothing is executed twice by one life of a member, and what was answered was executed by all who were not given up.
 *
 * A member of the root may crash meanwhile and begin again. A root, replicated or not, calls a troupe in the middle, if
 * there is one, which calls the servers. Members of a troupe do the same things in the same order, but each at its own
 * speed.
 */
import assert from "node:assert/strict";
import { firstCome, majority, unanimous } from "../../../protocols/call/collator.ts";
import type { Program } from "../../../protocols/program/program.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { checkExactlyOnce } from "../../../sim/checkers/exactly-once.ts";
import type { StagedTroupe } from "../../../sim/staged-troupe.ts";
import type { TraceListener } from "../../../sim/trace.ts";
import { Root, Scene } from "./scene.ts";

class Server {
  sum = 0;
  add(amount: number): number {
    return (this.sum += amount);
  }
  /** Executed on the first CALL that comes. */
  note(amount: number): number {
    this.sum += amount;
    return amount;
  }
  /** Executed on the CALLs of a majority of the caller. */
  vote(amount: number): number {
    this.sum += amount;
    return amount;
  }
}

class Middle {
  readonly #program: Program;
  constructor(program: Program) {
    this.#program = program;
  }
  /** In two branches at the same time, then once more. */
  async relay(amount: number): Promise<number> {
    const server = this.#program.import(Server, "server");
    await this.#program.parallel([
      async () => (await server.note(amount)) + (await server.note(1)),
      () => server.vote(amount),
    ]);
    return server.add(amount);
  }
}

/** Longer than a process is patient (7 s), up to this. */
const longestCut = 60_000;
const lastCut = 90_000;

export interface CutsReport {
  readonly problems: string[];
  /** Peers that were declared crashed: without any, a schedule tests nothing. */
  readonly givenUp: number;
}

export interface CutsOptions {
  /** Whether there is a troupe between root and servers. */
  readonly middle: boolean;
  readonly listener?: TraceListener;
}

export async function runCuts(seed: string, { middle, listener }: CutsOptions): Promise<CutsReport> {
  const scene = new Scene({ seed, network: { delay: exponential(3), loss: 0.05, duplication: 0.05 } });
  const { world, stage } = scene;
  if (listener !== undefined) world.listen(listener);
  const random = world.random.fork("schedule");
  const upTo = (most: number): number => 1 + Math.floor(random.next() * most);
  const servers = stage.troupe("server", () => new Server(), 1 + upTo(2), {
    collators: { note: firstCome, vote: majority },
  });
  const middles = middle ? stage.troupe("middle", (program) => new Middle(program), 1 + upTo(2)) : undefined;
  let begin: ((program: Program) => void) | undefined;
  const makeRoot = (program: Program): Root => {
    begin?.(program);
    return new Root();
  };
  const roots = stage.troupe("root", makeRoot, middle ? upTo(3) : 1 + upTo(2));
  const troupes: StagedTroupe<object>[] = [servers, roots];
  if (middles !== undefined) troupes.push(middles);

  const machines = troupes.flatMap(({ members }) => members.map(({ machine }) => machine.name));
  for (let cuts = upTo(4); cuts > 0; cuts--) {
    const one = machines[Math.floor(random.next() * machines.length)]!;
    const other = machines[Math.floor(random.next() * machines.length)]!;
    const begin = random.next() * lastCut * 0.3;
    const end = Math.min(lastCut, begin + random.next() * longestCut);
    const oneWay = random.next() < 0.3;
    const whole = one === other || random.next() < 0.3;
    world.at(begin, () => {
      const cut = world.partition(whole ? { between: [one], oneWay } : { between: [one], and: [other], oneWay });
      world.at(end, () => cut.heal());
    });
  }

  const steps = Array.from({ length: 4 + upTo(6) }, (_, i) => ({
    amount: i + 1,
    kind: upTo(4),
    pause: upTo(4) * 1500,
  }));
  const goesOn = random.next() < 0.5;
  const replicated = roots.members.length > 1;
  begin = (program) => {
    const speed = program.host.random.fork("speed");
    void program.thread(
      async () => {
        const stub = program.import(Server, "server", { collator: unanimous });
        const early = program.import(Server, "server", { collator: firstCome });
        const relay = program.import(Middle, middle ? "middle" : "server");
        for (const { amount, kind, pause } of steps) {
          await program.sleep(speed.next() * pause);
          try {
            if (middle) await relay.relay(amount);
            else if (kind === 1) await early.note(amount);
            else if (kind === 2) await stub.vote(amount);
            else await stub.add(amount);
          } catch (error) {
            if (!(error instanceof Error)) throw error;
            if (!goesOn) return;
          }
        }
      },
      replicated ? roots.troupe : undefined,
    );
  };
  for (const { program } of roots.members) begin(program);
  if (random.next() < 0.3) {
    const { machine } = roots.member(1);
    const time = random.next() * 30_000;
    world.at(time, () => machine.crash());
    world.at(time + random.next() * 10_000, () => machine.restart());
  }
  await world.run(1_500_000);

  const open = new Map<string, string>();
  for (const { time, machine, event } of scene.trace) {
    if (event.type === "end") for (const key of open.keys()) if (key.startsWith(`${machine} `)) open.delete(key);
    if (event.type !== "call" && event.type !== "call-done") continue;
    const key = `${machine} ${event.thread} ${event.path}`;
    if (event.type === "call-done") open.delete(key);
    else open.set(key, `${machine}'s call ${event.path} (${event.procedure}) of ${time.toFixed(0)} ms has not ended`);
  }
  const problems = [...open.values()];
  const members = new Map(troupes.map(({ troupe }) => [troupe.id, troupe.members.map(({ address }) => address)]));
  const violations = checkExactlyOnce(scene.trace, {
    seed,
    members: (id) => members.get(id)!,
    excuseSuspects: true,
  });
  problems.push(...violations.map(({ sentence }) => sentence));
  return { problems, givenUp: scene.events("peer-crashed").length };
}

/** The tests, with schedules of these numbers. */
export function describeCuts(first: number, last: number): void {
  describe(`replicated calls through cuts of up to a minute, schedules ${first} to ${last}`, function () {
    this.timeout(120_000);
    for (const middle of [false, true]) {
      it(`all end, ${middle ? "through a troupe in the middle" : "from troupe to troupe"}`, async () => {
        const failed: string[] = [];
        let givenUp = 0;
        for (let n = first; n <= last; n++) {
          const report = await runCuts(`cuts ${n}`, { middle });
          givenUp += report.givenUp;
          if (report.problems.length > 0) failed.push(`seed "cuts ${n}": ${report.problems.join("; ")}`);
        }
        assert.deepEqual(failed, []);
        assert.ok(givenUp > last - first, `${givenUp} given up`);
      });
    }
  });
}
