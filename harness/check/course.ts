/**
 * One simulated course of a troupe: calls one after the other over a network that loses and duplicates
 * datagrams, with members that crash and newcomers that get the state of the others in between.
 *
 * After each call, and after each join, the states of the members are compared. The course ends at the first trouble,
 * since nothing that follows would be trouble of its own. Large states are compared and transferred more rarely; a
 * course in which they are found to differ runs again, with more comparisons, to find the call.
 */
import { externalizeState, fieldsIn } from "../../protocols/call/module-state.ts";
import type { OrderingName } from "../../protocols/call/server/ordering.ts";
import type { ModuleClass } from "../../protocols/call/module.ts";
import { CallError, RemoteError } from "../../protocols/errors.ts";
import type { Program } from "../../protocols/program/program.ts";
import { differenceOf } from "../../sim/checkers/equal-state.ts";
import { exponential } from "../../sim/chance/lifetimes.ts";
import type { Stream } from "../../sim/chance/random.ts";
import { BoundTroupe } from "../../sim/troupes/bound-troupe.ts";
import { World } from "../../sim/world.ts";
import type { ArgumentsOf } from "./generated.ts";

export interface CourseOptions {
  readonly type: ModuleClass<object>;
  readonly make: () => object;
  readonly methods: readonly string[];
  readonly argumentsOf: ArgumentsOf;
  readonly seed: string;
  readonly calls: number;
  /** 1: the module alone, and nobody joins. */
  readonly members: number;
  /** The ordering of calls. */
  readonly ordering: OrderingName;
  /** The states are compared after one call in so many. */
  readonly every: number;
  /** From this call on they are compared after each. Default: never. */
  readonly closely?: number;
  /** Hears of each call before it begins. */
  readonly calling: (call: string, method: string, ordering: OrderingName) => void;
}

/** What went wrong, and the method whose call it came after; undefined if no call is to blame. */
export interface Trouble {
  /** The ordering under which it was found. */
  readonly ordering: OrderingName;
  readonly method: string | undefined;
  readonly sentence: string;
}

export interface Course {
  readonly trouble: Trouble | undefined;
  readonly calls: number;
  readonly joins: number;
  readonly crashes: number;
  /** Of each method, how many calls it answered, and the error that it raised last. */
  readonly outcomes: ReadonlyMap<string, { answered: number; raised: string }>;
}

/** Simulated ms after which a call without an answer is taken for a call that never ends. */
const patience = 60_000;
/** Simulated ms for the members that are behind the first to answer. */
const settling = 200;

/** Errors by which the runtime refuses what a module does, or a result that cannot travel. */
const refusals = ["Outside", "Unfinished", "Refusal"];

/** What a module is told whose state is not in its instances (call/server/common-state.ts). */
const commonState = /no newcomer receives it/;

/**
 * What a call is told whose effects cannot be undone, or whose marks are wrong (transaction/unseen.ts, transaction.ts).
 */
const transactional = /whose changes cannot be noted|marks the method .* mark it as writing/;

/** How a call reads: `deposit("a", 100)`. */
function shown(method: string, args: readonly unknown[]): string {
  const show = (value: unknown): string => {
    if (typeof value === "bigint") return `${value}n`;
    if (value instanceof Map || value instanceof Set) return `${value.constructor.name}(${show([...value])})`;
    return JSON.stringify(value) ?? String(value);
  };
  return `${method}(${args.map(show).join(", ")})`;
}

class Walk {
  readonly #options: CourseOptions;
  readonly #random: Stream;
  readonly #world: World;
  readonly #troupe: BoundTroupe;
  readonly #modules: object[] = [];
  /** Why a process could not join. */
  #failure: Error | undefined = undefined;
  readonly outcomes = new Map<string, { answered: number; raised: string }>();
  calls = 0;
  joins = 0;
  crashes = 0;
  trouble: Trouble | undefined = undefined;
  /** The number of calls after which the states were found equal last. */
  equalAfter = 0;

  constructor(options: CourseOptions) {
    this.#options = options;
    const world = new World({
      seed: options.seed,
      network: { delay: exponential(1), loss: 0.05, duplication: 0.05 },
    });
    this.#world = world;
    this.#random = world.random.fork("course");
    this.#troupe = new BoundTroupe(world, {
      name: "member",
      members: options.members,
      ringmasters: 1,
      ordering: options.ordering,
      binding: { probeInterval: 500, lease: 3000, suspicion: 4500, pollInterval: 100 },
      messages: { retransmitInterval: 50, longestInterval: 400 },
      make: () => {
        const module = options.make();
        this.#modules.push(module);
        return module;
      },
      changed: () => undefined,
      failed: (error) => (this.#failure ??= error as Error),
    });
  }

  async run(): Promise<void> {
    const { type, methods, argumentsOf, calls, members, every, closely = Infinity } = this.#options;
    const random = this.#random;
    const program = this.#troupe.client("client");
    const walking = program.thread(async () => {
      const formed = await this.#waitFor(() => this.#troupe.living >= members, program);
      if (!formed) return;
      const stub = (await program.bind(type, "member", { timeout: patience })) as Readonly<
        Record<string, (...args: unknown[]) => Promise<unknown>>
      >;
      while (this.calls < calls && this.trouble === undefined) {
        // Every method is called before chance decides.
        const method = methods[this.calls < methods.length ? this.calls : Math.floor(random.next() * methods.length)]!;
        const args = argumentsOf(method, random);
        const call = `call ${++this.calls}, ${shown(method, args)}`;
        await this.#call(stub[method]!, method, args, call);
        await program.sleep(settling);
        const isLast = this.calls === calls;
        if (this.calls % every === 0 || isLast || this.calls >= closely) this.trouble ??= this.#compare(call, method);
        if (this.trouble !== undefined || members === 1) continue;
        const joins = random.next() < 0.2 / every || (isLast && this.joins === 0);
        if (!joins) continue;
        await this.#replace(program);
        this.trouble ??= this.#compare(`the join after ${call}`, undefined);
      }
    });
    const ended = walking.finally(() => this.#world.stop());
    await this.#world.run();
    await ended;
  }

  async #call(
    procedure: (...args: unknown[]) => Promise<unknown>,
    method: string,
    args: readonly unknown[],
    call: string,
  ): Promise<void> {
    this.#options.calling(call, method, this.#options.ordering);
    const outcome = this.outcomes.get(method) ?? { answered: 0, raised: "" };
    this.outcomes.set(method, outcome);
    try {
      await procedure(...args);
      outcome.answered++;
    } catch (error) {
      if (error instanceof RemoteError) {
        outcome.raised = `${error.name}: ${error.message}`;
        if (refusals.includes(error.name) || commonState.test(error.message) || transactional.test(error.message))
          this.trouble = this.#trouble(method, `${call}: ${error.message}`);
      } else if (!(error instanceof CallError)) throw error;
      else if (error.kind === "timed-out") this.trouble = this.#trouble(method, `${call}: it never ends`);
      // Members that answer differently may have one state.
      else if (error.kind === "disagreement") {
        this.trouble = this.#compare(call, method) ?? this.#trouble(method, `${call}: members gave different answers`);
      } else this.trouble = this.#trouble(method, error.message);
    }
  }

  /** A newcomer joins; now and then a member has crashed before. */
  async #replace(program: Program): Promise<void> {
    const { places } = this.#troupe;
    if (this.#random.next() < 0.5 && this.#troupe.living > 2) {
      const living = places.filter(({ joined }) => joined);
      living[Math.floor(this.#random.next() * living.length)]!.machine.crash();
      this.crashes++;
    }
    const newcomer = this.#troupe.grow();
    if (await this.#waitFor(() => newcomer.joined, program)) this.joins++;
  }

  #trouble(method: string | undefined, sentence: string): Trouble {
    return { ordering: this.#options.ordering, method, sentence };
  }

  /** Waits for members to join. False, and trouble, if they cannot. */
  async #waitFor(joined: () => boolean, program: Program): Promise<boolean> {
    for (const begun = this.#world.now; !joined(); await program.sleep(settling)) {
      if (this.#failure === undefined && this.#world.now - begun < patience) continue;
      const why = this.#failure === undefined ? "" : `: ${this.#failure.message}`;
      this.trouble = this.#trouble(undefined, `a newcomer does not get the state of the members${why}`);
      return false;
    }
    return true;
  }

  /** The first difference between the states of the members, or why a state can be given to no newcomer. */
  #compare(after: string, method: string | undefined): Trouble | undefined {
    try {
      return this.#difference(after, method);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return this.#trouble(method, `after ${after}: ${error.message}`);
    }
  }

  #difference(after: string, method: string | undefined): Trouble | undefined {
    const members = this.#troupe.places.flatMap(({ joined, machine }, index) => {
      return joined ? [{ name: machine.name, bytes: externalizeState(this.#modules[index]!) }] : [];
    });
    const [first, ...others] = members;
    for (const other of others) {
      if (Buffer.compare(first!.bytes, other.bytes) === 0) continue;
      const [one, two] = [first!, other].map(({ bytes }) => fieldsIn(this.#modules[0]!, bytes));
      const difference = differenceOf(one, two) ?? "the order of entries, or a private field within";
      return this.#trouble(method, `after ${after}: ${first!.name} and ${other.name} differ in ${difference}`);
    }
    this.equalAfter = this.calls;
    return undefined;
  }
}

/** Runs a course. Throws what is wrong with the check itself. */
export async function course(options: CourseOptions): Promise<Course> {
  const walk = new Walk(options);
  await walk.run();
  const closely = walk.equalAfter + 1;
  if (walk.trouble === undefined || walk.calls === closely || options.closely !== undefined) return walk;
  return course({ ...options, closely });
}
