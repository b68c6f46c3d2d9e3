/** A world with troupes on it, whose trace is kept: the scene of the tests of replicated calls. */
import type { Program } from "../../../protocols/program/program.ts";
import type { MessageOptions } from "../../../protocols/message/options.ts";
import type { TraceEvent } from "../../../protocols/trace.ts";
import type { NetworkOptions } from "../../../sim/network/links.ts";
import { Stage } from "../../../sim/stage.ts";
import type { StagedTroupe } from "../../../sim/staged-troupe.ts";
import type { StampedEvent, WorldEvent } from "../../../sim/trace.ts";
import { World } from "../../../sim/world.ts";

type EventOf<K> = Extract<TraceEvent | WorldEvent, { type: K }>;

export interface SceneOptions {
  readonly seed?: string;
  readonly network?: NetworkOptions;
  readonly messages?: Partial<MessageOptions>;
}

export class Scene {
  readonly world: World;
  readonly stage: Stage;
  readonly trace: StampedEvent[] = [];

  constructor({ seed = "scene", network = {}, messages = {} }: SceneOptions = {}) {
    this.world = new World({ seed, network });
    this.stage = new Stage(this.world, messages);
    this.world.listen((event) => this.trace.push(event));
  }

  get now(): number {
    return this.world.now;
  }

  /** Events of one type, of one machine if it is named. */
  events<K extends (TraceEvent | WorldEvent)["type"]>(
    type: K,
    machine?: string,
  ): (EventOf<K> & { time: number; machine: string })[] {
    return this.trace
      .filter((stamped) => stamped.event.type === type && (machine === undefined || stamped.machine === machine))
      .map((stamped) => ({ ...(stamped.event as EventOf<K>), time: stamped.time, machine: stamped.machine }));
  }

  /** What each member of a troupe executed: `thread path procedure`, in order. */
  executions(troupe: StagedTroupe<object>): string[][] {
    return troupe.members.map(({ machine }) =>
      this.events("execute", machine.name).map((e) => `${e.thread} ${e.path} ${e.procedure}`),
    );
  }

  /** Runs `main` as the thread of a client of its own, to the end or until `until`; answers its result. */
  async run<R>(main: (client: Program) => R | Promise<R>, until?: number): Promise<R> {
    const client = this.stage.client(`client ${this.world.machines.length}`);
    let outcome: { ok: true; value: R } | { ok: false; error: unknown } | undefined;
    client
      .thread(() => main(client))
      .then(
        (value) => (outcome = { ok: true, value }),
        (error: unknown) => (outcome = { ok: false, error }),
      );
    await this.world.run(until);
    if (outcome === undefined) throw new Error(`the thread had not ended at ${this.now} ms`);
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  }
}

/** Starts the same thread at every member of a replicated root; what each member's thread came to, once it has. */
export function rootThreads<T extends object, R>(
  troupe: StagedTroupe<T>,
  main: (program: Program, member: T, index: number) => R | Promise<R>,
): (R | Error | undefined)[] {
  const results: (R | Error | undefined)[] = troupe.members.map(() => undefined);
  troupe.members.forEach(({ program, module }, index) => {
    program
      .thread(() => main(program, module, index), troupe.troupe)
      .then(
        (value) => (results[index] = value),
        (error: Error) => (results[index] = error),
      );
  });
  return results;
}

/** A root that exports nothing of interest. */
export class Root {
  ping(): string {
    return "pong";
  }
}
