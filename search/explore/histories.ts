/**
 * The histories of processes: what each has gone through, and what it then did.
 *
 * A process is deterministic. Its state is a function of its history, that is, of what has happened to it, in order.
 * The state of the code (promises, closures, private fields) cannot be copied. Therefore a history stands for the
 * state, each history is played once, on the real code, and all runs in which a process has this history share it.
 */
import { Player, type Stimulus, type View } from "./player.ts";
import type { SmallWorld } from "./small-world.ts";

/** A datagram that was sent. */
export interface Sent {
  /** The place of the destination. */
  readonly to: number;
  readonly bytes: Uint8Array;
  /** Equal for datagrams of equal bytes. */
  readonly content: number;
}

/** The history of one process. */
export interface History {
  /** Unique among all processes. */
  readonly id: number;
  readonly place: number;
  readonly before: History | undefined;
  /** Undefined before anything has happened. */
  readonly last: Stimulus | undefined;
  /** By the key of what happens next. */
  readonly next: Map<string, History>;
  /** What was sent at the last stimulus, and the number of datagrams that were sent before. */
  readonly sent: readonly Sent[];
  readonly sentBefore: number;
  readonly clock: number;
  /** The deadline of the next timer; infinite if there is none. */
  readonly due: number;
  readonly view: View;
}

/** Processes that are kept in the state of a history, so that the next stimulus needs no replay. */
const kept = 4000;

export class Histories {
  readonly #world: SmallWorld;
  readonly #contents = new Map<string, number>();
  readonly #players = new Map<History, Player>();
  #count = 0;
  /** Stimuli that were played on the code, replays included. */
  played = 0;

  constructor(world: SmallWorld) {
    this.#world = world;
  }

  /** The number of histories. */
  get count(): number {
    return this.#count;
  }

  /** The history of a process to which nothing has happened. */
  begin(place: number): History {
    return this.#add(undefined, undefined, new Player(this.#world, place), place);
  }

  /** Plays what happens next in a history that has not gone on so before. */
  async play(history: History, key: string, stimulus: Stimulus): Promise<void> {
    const player = this.#players.get(history) ?? (await this.#replay(history));
    this.#players.delete(history);
    await player.apply(stimulus);
    this.played++;
    history.next.set(key, this.#add(history, stimulus, player, history.place));
  }

  async #replay(history: History): Promise<Player> {
    const past: History[] = [];
    for (let at = history; at.before !== undefined; at = at.before) past.push(at);
    const player = new Player(this.#world, history.place);
    for (const { last, sent } of past.reverse()) {
      await player.apply(last!);
      const again = player.door.outbox.map(({ bytes }) => this.#contentOf(bytes));
      if (again.join() !== sent.map(({ content }) => content).join())
        throw new Error(`process ${history.place} is not deterministic: replayed, it sends other datagrams`);
      player.door.outbox = [];
      this.played++;
    }
    return player;
  }

  #add(before: History | undefined, last: Stimulus | undefined, player: Player, place: number): History {
    const sent = player.door.outbox.map(({ to, bytes }) => ({ to: to - 1, bytes, content: this.#contentOf(bytes) }));
    player.door.outbox = [];
    const history: History = {
      id: ++this.#count,
      place,
      before,
      last,
      next: new Map(),
      sent,
      sentBefore: before === undefined ? 0 : before.sentBefore + before.sent.length,
      clock: player.door.now(),
      due: player.door.due,
      view: player.view,
    };
    this.#players.set(history, player);
    if (this.#players.size > kept) this.#players.delete(this.#players.keys().next().value!);
    return history;
  }

  #contentOf(bytes: Uint8Array): number {
    const key = Buffer.from(bytes).toString("latin1");
    const known = this.#contents.get(key);
    if (known !== undefined) return known;
    this.#contents.set(key, this.#contents.size + 1);
    return this.#contents.size;
  }
}
