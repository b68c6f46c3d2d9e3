/**
 * A state of 100 MB joins in pieces, while it is called: the donor is lost in the middle, and another goes on without
 * fetching what has come; the newcomer is lost in the middle, and begins again.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import { constant } from "../../sim/chance/distribution.ts";
import { checkEqualState } from "../../sim/checkers/equal-state.ts";
import { Town, type Inhabitant } from "../protocols/binding/town.ts";

const volumes = 1000;
const volumeBytes = 100_000;
const megabyte = 1e6;

/** Volumes of bytes; each call changes one of them. */
class Archive {
  volumes: Uint8Array[] = [];
  changes = 0;

  fill(): void {
    // The same in every run, and no two stretches alike.
    let state = 1;
    for (let volume = 0; volume < volumes; volume++) {
      const bytes = new Uint8Array(volumeBytes);
      for (let i = 0; i < bytes.length; i++) {
        state = (Math.imul(state, 1103515245) + 12345) | 0;
        bytes[i] = state >>> 16;
      }
      this.volumes.push(bytes);
    }
  }

  /** Answers how many changes there have been. */
  change(volume: number, value: number): number {
    this.volumes[volume % this.volumes.length]![value % volumeBytes]! += value;
    return ++this.changes;
  }
}

/** Answers how many things went wrong, and says which. */
export async function transferLargeState(): Promise<number> {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const problems: string[] = [];
  const town = new Town("large state", {
    network: { delay: constant(0.1), bandwidth: { bitsPerSecond: 1e9, of: "sender" } },
    binding: { pieceBytes: 64 * 1024 },
  });
  const { world } = town;
  let peak = 0;
  const received = new Map<string, number>();
  world.listen(({ machine, event }) => {
    if (event.type === "datagram-delivered") received.set(machine, (received.get(machine) ?? 0) + event.bytes);
  });
  const join = (full = false): Inhabitant<Archive> =>
    town.member("archive", () => {
      const archive = new Archive();
      if (full) archive.fill();
      return archive;
    });
  const megabytes = (inhabitant: Inhabitant<Archive>): number =>
    (received.get(inhabitant.machine.name) ?? 0) / megabyte;
  /** Runs until it is so, in steps of simulated time; answers how long that took, in ms. */
  const until = async (what: string, is: () => boolean): Promise<Milliseconds> => {
    const from = world.now;
    while (!is()) {
      if (world.now - from > 60_000) throw new Error(`${what}: not after a minute`);
      await world.run(world.now + 5);
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    return world.now - from;
  };
  const joined = (inhabitant: Inhabitant<Archive>): boolean => inhabitant.membership?.state === "member";
  /** How long a call had to wait since this was asked last; after the present one has been answered. */
  const standstill = async (): Promise<string> => {
    const { made } = calls;
    await until("an answer", () => calls.made > made + 1);
    return `callers stood still ${calls.longest()} ms`;
  };
  const say = (sentence: string): void => console.log(`  ${sentence}`);

  await world.run(500);
  const first = join(true);
  await until("the first", () => joined(first));
  const calls = new Caller(town);

  const second = join();
  const plain = await until("a join", () => joined(second));
  say(`join: ${plain.toFixed(0)} ms, ${megabytes(second).toFixed(1)} MB, ${await standstill()}`);

  const third = join();
  await until("half of the state", () => megabytes(third) > 50);
  first.machine.crash();
  const despite = await until("a join without its first donor", () => joined(third));
  const again = megabytes(third);
  say(`donor lost in the middle: ${despite.toFixed(0)} ms more, ${again.toFixed(1)} MB in all, ${await standstill()}`);
  if (again > 115) problems.push(`${again.toFixed(1)} MB were received for a state of 100 MB whose donor was lost`);

  const fourth = join();
  await until("half of the state", () => megabytes(fourth) > 50);
  fourth.machine.crash();
  await world.run(world.now + 300);
  received.delete(fourth.machine.name);
  fourth.machine.restart();
  const restarted = await until("a join from the beginning", () => joined(fourth));
  say(`newcomer lost in the middle: again in ${restarted.toFixed(0)} ms, ${await standstill()}`);

  calls.end();
  await world.run(world.now + 1000);
  problems.push(...calls.problems);
  const states = [second, third, fourth].map(({ machine, module }) => ({
    name: machine.name,
    state: { changes: module.changes, volumes: module.volumes.map((bytes) => Buffer.from(bytes).toString("latin1")) },
  }));
  problems.push(...checkEqualState(states, { seed: "large state", time: world.now }).map(({ sentence }) => sentence));
  if (second.module.changes !== calls.made) problems.push(`${calls.made} calls, ${second.module.changes} changes`);
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1000;
  say(
    `four processes of 100 MB in one: ${(peak / megabyte).toFixed(0)} MB at most, ${(used.user / 1e6).toFixed(1)} s of CPU time`,
  );
  console.log(`state: ${calls.made} calls, ${problems.length} problems, ${seconds.toFixed(0)} s`);
  for (const problem of problems) console.log(`FAILED state: ${problem}`);
  return problems.length;
}

/** Calls every few ms, one call after the other. */
class Caller {
  made = 0;
  readonly problems: string[] = [];
  #ended = false;
  #longest = 0;

  constructor(town: Town) {
    const program = town.client();
    const { world } = town;
    void program
      .thread(async () => {
        const archive = await program.bind(Archive, "archive");
        while (!this.#ended) {
          const from = world.now;
          const answer = await archive.change(this.made * 7, this.made * 13);
          this.made++;
          if (answer !== this.made) this.problems.push(`call ${this.made} was answered ${answer}`);
          this.#longest = Math.max(this.#longest, world.now - from);
          await program.sleep(5);
        }
      })
      .catch((error: unknown) => this.problems.push(String(error)));
  }

  /** The longest wait of a call since it was asked last, in whole ms. */
  longest(): number {
    const longest = Math.round(this.#longest);
    this.#longest = 0;
    return longest;
  }

  end(): void {
    this.#ended = true;
  }
}
