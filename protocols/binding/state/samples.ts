/**
 * Samples of a member's state, by which members find out that they have parted.
 *
 * Source: ours; the dissertation's model has deterministic modules. Members that have executed the same calls have the
 * same state. A sample is the digest of each field after a call. Its mark stands for the set of calls that the member
 * had executed in this epoch; samples with equal marks can be compared. The name of a call decides whether a sample
 * follows, so that all members take samples after the same calls, on average after one call in `512 + 2 * bytes`: a
 * call pays for a few bytes of state, whatever the length of the state is.
 */
import { externalizeState, StateWriter } from "../../call/module-state.ts";
import type { Export } from "../../call/server/export.ts";
import { describeCall } from "../../thread/context.ts";
import { headerBytes } from "../../wire/segment.ts";
import type { Call } from "../../wire/call.ts";
import type { TroupeId } from "../../troupe/troupe.ts";
import type { BindingProcess } from "../change/binding-process.ts";
import type { Sample } from "../change/change-data.ts";
import type { ProcessId } from "../register/register.ts";
import { digest } from "./pieces.ts";

/** Two members differ. */
export interface Difference {
  /** The first field that differs. */
  readonly field: string;
  /** The first call after which the states were seen to differ. */
  readonly call: string;
}

/** One call in so many: none follows. */
const never = 2 ** 30;

/** Samples that a member keeps. */
const kept = 16;
/**
 * Bytes of the longest state of which samples are taken: some 10 ms. A longer one is compared at changes of the
 * membership only.
 */
const longest = 2 ** 20;

export class Samples {
  readonly #exported: Export;
  #samples: Sample[] = [];
  /** How many calls were executed in this epoch, and the sum of the digests of their names. */
  #count = 0;
  #sum = 0;
  /** The call that was executed last, and its procedure. */
  #last: Call | undefined = undefined;
  #procedure = "";
  /**
   * One call in so many is followed by a sample. A power of two, so that rarer samples are among more frequent ones.
   */
  #every = 512;
  /** Called after each sample. */
  readonly #taken: () => void;

  constructor(exported: Export, taken: () => void) {
    this.#exported = exported;
    this.#taken = taken;
  }

  /** A new epoch begins, and all its members have executed the same calls. */
  begin(): void {
    this.#samples = [];
    this.#count = 0;
    this.#sum = 0;
    this.#last = undefined;
  }

  /** A procedure was executed. */
  executed(call: Call, procedure: string): void {
    const { message, pathEnd } = call;
    let name = 0;
    for (let i = headerBytes; i < pathEnd; i++) name = Math.imul(name ^ message[i]!, 0x9e3779b1);
    name ^= name >>> 15;
    this.#count++;
    this.#last = call;
    this.#procedure = procedure;
    this.#sum = (this.#sum + name) | 0;
    if ((name & (this.#every - 1)) !== 0 || !this.#exported.isIdle || this.#exported.ordering !== undefined) return;
    this.#take();
    this.#taken();
  }

  /** The call that was executed last, as a person knows it. */
  #described(): string {
    if (this.#last === undefined) return "a call that was executed before this membership";
    const { message, pathEnd } = this.#last;
    const { thread, path } = describeCall(message, headerBytes, pathEnd);
    return `call ${path} of thread ${thread}, ${this.#procedure}`;
  }

  /** The samples of this epoch, of which the last is taken now if `now` is true. */
  list(now: boolean): readonly Sample[] {
    if (now) this.#take();
    return this.#samples;
  }

  #take(): void {
    const { module, interface: type } = this.#exported;
    try {
      const state = new StateWriter(module, type.state);
      let isWhole = false;
      while (!isWhole && state.length <= longest) isWhole = state.step();
      if (state.length > longest) {
        this.#every = never;
        return;
      }
      const bytes = state.take();
      this.#every = 2 ** Math.ceil(Math.log2(512 + 2 * bytes.length));
      this.#samples.push({
        mark: (this.#count % 2 ** 20) * 2 ** 32 + (this.#sum >>> 0),
        call: this.#described(),
        state: digest(bytes),
        fields: digestsOfFields(module),
      });
      if (this.#samples.length > kept) this.#samples.shift();
    } catch (error) {
      // A state that cannot be externalized is refused when it is to be transferred.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}

/** The first difference between the samples of two members; undefined if no two of them can be told apart. */
export function differenceBetween(mine: readonly Sample[], theirs: readonly Sample[]): Difference | undefined {
  const byMark = new Map(theirs.map((sample) => [sample.mark, sample]));
  for (const { mark, call, state, fields } of mine) {
    const other = byMark.get(mark);
    if (other === undefined || other.state === state) continue;
    const digests = new Map(other.fields);
    const [field] = fields.find(([name, value]) => digests.get(name) !== value) ?? ["its state"];
    return { field, call };
  }
  return undefined;
}

/** Digests of the fields that can be externalized by themselves. */
function digestsOfFields(module: object): [string, number][] {
  return Object.entries(module).flatMap(([name, value]) => {
    try {
      return [[name, digest(externalizeState({ [name]: value as unknown }))] as [string, number]];
    } catch (error) {
      if (error instanceof TypeError) return [];
      throw error;
    }
  });
}

/** Reports that two members differ. */
export function reportDifference(
  { program: { host } }: BindingProcess,
  { name, troupe }: { readonly name: string; readonly troupe: TroupeId },
  { field, call }: Difference,
  [one, other]: readonly [ProcessId, ProcessId],
): void {
  if (!host.traced) return;
  host.trace({ type: "divergence", name, troupe, field, call, members: [one.address, other.address] });
}
